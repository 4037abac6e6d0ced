//! Figures of a comparison: panels over one axis of time, as the field's papers have them.

use std::fmt::Display;

use nirkit::compare::{Comparison, Job, Report, Side};
use nirkit::{Observable, Signal};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::failure::Failure;

/// Width of a figure in points.
const WIDTH: u32 = 900;
/// Heights of panels.
const INPUT: u32 = 110;
const VOLTAGE: u32 = 170;
const SPIKES: u32 = 80;
/// Room for the axis of time.
const AXIS: u32 = 40;
/// Room for the title of a panel and the numbers beside it.
const LEFT: u32 = 150;

/// Rows of a raster; of more neurons, so many are drawn that lie evenly among those that spike.
const ROWS: usize = 100;
/// Nodes whose spikes are drawn.
const NODES: usize = 6;

/// Colours that people with any kind of sight can tell apart (Okabe and Ito, 2008).
const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 0, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(120, 94, 40),
    RGBColor(90, 90, 200),
];
/// Spikes that differ from those of the first run.
const DIFFERS: RGBColor = RGBColor(213, 94, 0);
const GREY: RGBColor = RGBColor(130, 130, 130);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Input, the voltage of the neuron at which the runs part first, and the spikes of every run.
pub(crate) fn comparison(
    job: &Job<'_>,
    comparison: &Comparison,
    report: &Report,
) -> Result<String, Failure> {
    let nodes: Vec<&str> = report.nodes.iter().take(NODES).map(|node| node.node.as_str()).collect();
    let panels = panels(job, comparison, report, &nodes)?;
    let height: u32 = panels.iter().map(Panel::height).sum::<u32>() + AXIS;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        let mut rest = root.clone();
        for (at, panel) in panels.iter().enumerate() {
            let is_last = at + 1 == panels.len();
            let room = panel.height() + if is_last { AXIS } else { 0 };
            let (area, below) = rest.split_vertically(room);
            panel.draw(&area, job.steps as f64 * job.dt, is_last)?;
            rest = below;
        }
        root.present().map_err(failed)?;
    }
    Ok(svg)
}

fn failed(error: impl Display) -> Failure {
    Failure::new(format!("the figure could not be drawn: {error}"))
}

/// One panel.
enum Panel {
    Raster {
        title: String,
        colour: RGBColor,
        rows: usize,
        height: u32,
        /// Time, row, and whether the mark differs from that of the first run.
        marks: Vec<(f64, usize, bool)>,
    },
    Voltage {
        title: String,
        lines: Vec<Line>,
    },
}

/// The voltage of one run.
struct Line {
    name: String,
    colour: RGBColor,
    points: Vec<(f64, f64)>,
}

fn panels(
    job: &Job<'_>,
    comparison: &Comparison,
    report: &Report,
    nodes: &[&str],
) -> Result<Vec<Panel>, Failure> {
    let mut panels: Vec<Panel> =
        job.stimulus.signals.iter().map(|(name, signal)| input(job, name, signal)).collect();
    panels.extend(voltages(job, comparison, report)?);
    for node in nodes {
        panels.extend(rasters(job, &comparison.sides, node));
    }
    Ok(panels)
}

fn colour(at: usize) -> RGBColor {
    PALETTE[at % PALETTE.len()]
}

/// What enters: spikes, or where a current is not 0.
fn input(job: &Job<'_>, name: &str, signal: &Signal) -> Panel {
    let (channels, marks) = match signal {
        Signal::Frames { channels, values, .. } => {
            let marks = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
            let place = |at: usize| ((at / channels) as f64 * job.dt, at % channels, false);
            (*channels, marks.map(|(at, _)| place(at)).collect())
        }
        Signal::Spikes { channels, spikes } => {
            (*channels, spikes.iter().map(|spike| (spike.time, spike.channel, false)).collect())
        }
        Signal::Current { channels, breakpoints, values } => {
            let row = |(at, time): (usize, &f64)| {
                let values = &values[at * channels..(at + 1) * channels];
                let on = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
                on.map(|(channel, _)| (*time, channel, false)).collect::<Vec<_>>()
            };
            (*channels, breakpoints.iter().enumerate().flat_map(row).collect())
        }
    };
    Panel::Raster { title: name.to_owned(), colour: GREY, rows: channels, height: INPUT, marks }
}

/// The voltage of the neuron at which two runs part first, in thresholds.
fn voltages(
    job: &Job<'_>,
    comparison: &Comparison,
    report: &Report,
) -> Result<Option<Panel>, Failure> {
    let firsts = report.pairs.iter().filter_map(|pair| pair.first.as_ref());
    let Some(first) = firsts.min_by_key(|first| first.step) else { return Ok(None) };
    let mut lines = Vec::new();
    for (at, side) in comparison.sides.iter().enumerate() {
        let Some(trace) = side.trace(job, &first.node, first.neuron)? else { continue };
        let point = |(step, v): (usize, &f64)| ((step + 1) as f64 * job.dt, *v);
        let points = trace.v.iter().enumerate().map(point).collect();
        lines.push(Line { name: side.title.clone(), colour: colour(at), points });
    }
    let title = format!("{}, neuron {}\nv / threshold", first.node, first.neuron);
    Ok(Some(Panel::Voltage { title, lines }))
}

/// The spikes of a node in every run.
fn rasters(job: &Job<'_>, sides: &[Side], node: &str) -> Vec<Panel> {
    let found: Vec<(usize, &Side, Vec<f64>, usize)> = sides
        .iter()
        .enumerate()
        .filter_map(|(at, side)| {
            let spikes = side.recording().get(node, Observable::Spikes)?;
            let neurons = spikes.shape().iter().skip(1).product();
            Some((at, side, spikes.to_f64()?.into_owned(), neurons))
        })
        .collect();
    let shown = shown(found.iter().map(|(.., spikes, neurons)| (spikes.as_slice(), *neurons)));
    let base = found.first().map_or_else(Vec::new, |(.., spikes, _)| spikes.clone());
    let panel = |(at, side, spikes, neurons): &(usize, &Side, Vec<f64>, usize)| {
        let mut marks = Vec::new();
        for (row, &neuron) in shown.iter().enumerate() {
            let of_neuron = spikes.iter().skip(neuron).step_by(*neurons).enumerate();
            for (step, count) in of_neuron.filter(|(_, count)| **count != 0.0) {
                let same = base.get(step * neurons + neuron) == Some(count);
                marks.push((step as f64 * job.dt, row, !same));
            }
        }
        let of = if shown.len() < *neurons {
            format!("{} of {neurons} neurons", shown.len())
        } else {
            String::new()
        };
        let title = format!("{node}\n{}\n{of}", side.title).trim_end().to_owned();
        Panel::Raster { title, colour: colour(*at), rows: shown.len(), height: SPIKES, marks }
    };
    found.iter().map(panel).collect()
}

/// The neurons that are drawn: all, or some that lie evenly among those that spike in any run.
fn shown<'a>(runs: impl Iterator<Item = (&'a [f64], usize)>) -> Vec<usize> {
    let mut active: Vec<bool> = Vec::new();
    for (spikes, neurons) in runs {
        active.resize(neurons, false);
        for row in spikes.chunks(neurons.max(1)) {
            active.iter_mut().zip(row).for_each(|(active, count)| *active |= *count != 0.0);
        }
    }
    if active.len() <= ROWS {
        return (0..active.len()).collect();
    }
    let spiking: Vec<usize> = (0..active.len()).filter(|&neuron| active[neuron]).collect();
    let stride = spiking.len().div_ceil(ROWS).max(1);
    spiking.into_iter().step_by(stride).collect()
}

impl Panel {
    fn height(&self) -> u32 {
        match self {
            Self::Raster { height, .. } => *height,
            Self::Voltage { .. } => VOLTAGE,
        }
    }

    fn draw(&self, area: &Area<'_>, duration: f64, is_last: bool) -> Result<(), Failure> {
        let (low, high) = self.range();
        let mut chart = ChartBuilder::on(area)
            .margin_top(6)
            .margin_right(16)
            .set_label_area_size(LabelAreaPosition::Left, LEFT)
            .set_label_area_size(LabelAreaPosition::Bottom, if is_last { AXIS } else { 2 })
            .build_cartesian_2d(0.0..duration.max(f64::MIN_POSITIVE), low..high)
            .map_err(failed)?;
        let numbers = matches!(self, Self::Voltage { .. });
        let mut mesh = chart.configure_mesh();
        mesh.disable_mesh().axis_style(GREY).label_style(("sans-serif", 12));
        mesh.y_labels(if numbers { 4 } else { 0 }).x_labels(if is_last { 8 } else { 0 });
        if is_last {
            mesh.x_desc("time (s)");
        }
        mesh.draw().map_err(failed)?;
        self.title(area)?;
        match self {
            Self::Raster { colour, marks, .. } => {
                let mark = |&(time, row, differs): &(f64, usize, bool)| {
                    let (row, colour) = (row as f64, if differs { DIFFERS } else { *colour });
                    let style = colour.stroke_width(2);
                    PathElement::new(vec![(time, row + 0.1), (time, row + 0.9)], style)
                };
                chart.draw_series(marks.iter().map(mark)).map_err(failed)?;
            }
            Self::Voltage { lines, .. } => {
                let threshold = vec![(0.0, 1.0), (duration, 1.0)];
                chart.draw_series(LineSeries::new(threshold, GREY)).map_err(failed)?;
                for Line { colour, points, .. } in lines {
                    let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
                    chart.draw_series(line).map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    /// Limits of the vertical axis.
    fn range(&self) -> (f64, f64) {
        match self {
            Self::Raster { rows, .. } => (0.0, (*rows).max(1) as f64),
            Self::Voltage { lines, .. } => {
                let values = lines.iter().flat_map(|line| &line.points).map(|&(_, v)| v);
                let finite = values.filter(|v| v.is_finite());
                let (low, high) =
                    finite.fold((0.0_f64, 1.1_f64), |(low, high), v| (low.min(v), high.max(v)));
                (low, high + 0.05 * (high - low))
            }
        }
    }

    /// The title in the margin, line by line; for voltages also the names of the runs.
    fn title(&self, area: &Area<'_>) -> Result<(), Failure> {
        let (title, lines): (&str, Vec<(&str, RGBColor)>) = match self {
            Self::Raster { title, colour, marks, .. } => {
                let mut rows = title.lines();
                let head = rows.next().unwrap_or_default();
                let differs = marks.iter().any(|(.., differs)| *differs);
                let remark = differs.then_some(("not as the first", DIFFERS));
                (head, rows.map(|line| (line, *colour)).chain(remark).collect())
            }
            Self::Voltage { title, lines } => {
                let mut rows = title.lines();
                let head = rows.next().unwrap_or_default();
                let names = lines.iter().map(|line| (line.name.as_str(), line.colour));
                (head, rows.map(|line| (line, GREY)).chain(names).collect())
            }
        };
        let line = |at: i32, text: &str, colour: &RGBColor| {
            let style = ("sans-serif", 13).into_text_style(area).color(colour);
            area.draw(&Text::new(text.to_owned(), (8, 10 + 16 * at), style)).map_err(failed)
        };
        line(0, title, &BLACK)?;
        for (at, (text, colour)) in (1..).zip(lines) {
            line(at, text, &colour)?;
        }
        Ok(())
    }
}
