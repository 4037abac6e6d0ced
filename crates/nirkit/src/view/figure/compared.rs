//! The figure of a comparison: the whole run, and the first difference enlarged.

use std::ops::Range;

use nirkit_run::Observable;
use nirkit_view::{
    Curve, Curves, EventMark, Figure, MarkKind, Panel, PanelContent, Raster, Section,
};

use super::{TIMES, chosen, counted, input, left_out, places};
use crate::compare::{Compared, FirstReport, Job, Side};
use crate::error::Error;

/// Steps before and behind the first difference, and neurons above and below, that are enlarged.
const STEPS: usize = 12;
const NEURONS: usize = 4;

/// Draws what enters, the voltage of the neuron at which the runs differ first, and the spikes of all runs, as SVG. The first
/// difference is marked in all panels, and enlarged below them.
///
/// # Errors
///
/// A run fails the second time, in which the voltages are taken.
///
/// ```
/// use nirkit::compare::{Compare, compare_platforms};
/// use nirkit::{Choices, Stimulus, view::comparison_figure};
///
/// let graph = nirkit::read("../../examples/small.nir")?;
/// let stimulus = Stimulus::read("../../examples/small_input.npy")?;
/// let choices = Choices::new().dt(1e-4);
/// let compared = compare_platforms(&graph, &["ideal", "norse"], &stimulus, &choices, &Compare::new().causes(false))?;
/// assert!(comparison_figure(&compared)?.starts_with("<svg"));
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn comparison_figure(compared: &Compared) -> Result<String, Error> {
    Ok(nirkit_view::figure(&comparison_panels(compared)?))
}

/// Returns what [`comparison_figure`] draws, for other ways to draw it: one section for the whole run, and one for the steps around
/// the first difference where there is one.
///
/// # Errors
///
/// A run fails the second time, in which the voltages are taken.
pub fn comparison_panels(compared: &Compared) -> Result<Figure, Error> {
    let (job, report) = (compared.job(), &compared.report);
    let sides = &compared.comparison.sides;
    let places = places(job.facts);
    let mut names: Vec<&str> = report.nodes.iter().map(|node| node.node.as_str()).collect();
    names.sort_by_key(|name| places.get(name).copied().unwrap_or(usize::MAX));
    let firsts = report.pairs.iter().filter_map(|pair| pair.first.as_ref());
    let first = firsts.min_by_key(|first| first.step);
    let needed: Vec<usize> = { first.iter() }
        .filter_map(|first| names.iter().position(|name| *name == first.node))
        .collect();
    let drawn = chosen(names.len(), &needed);
    let layers: Vec<Layer<'_>> =
        drawn.iter().map(|&at| Layer::of(&job, sides, names[at])).collect();
    let marked = first.map(|first| end_of(&job, first.step));
    let mut panels: Vec<Panel> =
        job.stimulus.signals.iter().map(|(name, signal)| input(name, signal, job.dt)).collect();
    let voltages = first.map(|first| voltages(&job, sides, first)).transpose()?.flatten();
    panels.extend(voltages.clone());
    panels.extend(layers.iter().flat_map(|layer| layer.panels(None)));
    let whole =
        Section { time: 0.0..job.steps as f64 * job.dt, marked, panels, ..Section::default() };
    let mut sections = vec![whole];
    if let Some(first) = first {
        sections.push(enlarged(&job, first, voltages, &layers, marked));
    }
    let missing: Vec<&str> =
        (0..names.len()).filter(|at| !drawn.contains(at)).map(|at| names[at]).collect();
    let notes = std::iter::once(TIMES.to_owned()).chain(left_out("the spikes", &missing)).collect();
    Ok(super::escaped(Figure { sections, notes }))
}

/// The end of a step in seconds.
fn end_of(job: &Job<'_>, step: usize) -> f64 {
    (step + 1) as f64 * job.dt
}

/// The spikes of a node in every run that has it.
struct Layer<'a> {
    node: &'a str,
    neurons: usize,
    runs: Vec<RunOf<'a>>,
}

struct RunOf<'a> {
    /// Which run it is, and its name.
    run: usize,
    title: &'a str,
    spikes: f64,
    marks: Vec<EventMark>,
}

impl<'a> Layer<'a> {
    fn of(job: &Job<'_>, sides: &'a [Side], node: &'a str) -> Self {
        let mut neurons = 0;
        let mut first: Option<Vec<f64>> = None;
        let mut runs = Vec::new();
        for (run, side) in sides.iter().enumerate() {
            let Some(spikes) = side.recording().get(node, Observable::Spikes) else { continue };
            let Some(counts) = spikes.to_f64() else { continue };
            neurons = spikes.shape().iter().skip(1).product::<usize>().max(1);
            let marks = marks(job, &counts, first.as_deref(), neurons);
            runs.push(RunOf { run, title: &side.title, spikes: counts.iter().sum(), marks });
            if run == 0 {
                first = Some(counts.into_owned());
            }
        }
        Self { node, neurons, runs }
    }

    /// A panel for each run, of all neurons or some.
    fn panels(&self, neurons: Option<Range<usize>>) -> impl Iterator<Item = Panel> {
        let rows = neurons.unwrap_or(0..self.neurons);
        self.runs.iter().map(move |run| {
            let of = |kind| run.marks.iter().filter(|mark| mark.kind == kind).count();
            let differ = [(of(MarkKind::Missing), "missing"), (of(MarkKind::Extra), "extra")];
            let differ = differ.into_iter().filter(|(count, _)| *count > 0);
            let differ = differ.map(|(count, word)| (format!("{count} {word}"), None));
            let lines =
                vec![(run.title.to_owned(), Some(run.run)), (counted(run.spikes, "spike"), None)];
            let lines = lines.into_iter().chain(differ).collect();
            // Spikes that all runs have are grey: no colour of a run is taken for a difference.
            let raster = Raster { neurons: rows.clone(), marks: run.marks.clone(), run: None };
            Panel { title: self.node.to_owned(), lines, content: PanelContent::Raster(raster) }
        })
    }
}

/// Where a run spikes, and where it does not and the first run does.
fn marks(job: &Job<'_>, counts: &[f64], first: Option<&[f64]>, neurons: usize) -> Vec<EventMark> {
    let mut marks = Vec::new();
    for (at, &count) in counts.iter().enumerate() {
        let before = first.map_or(count, |first| first.get(at).copied().unwrap_or(0.0));
        let kind = match () {
            () if count > before => MarkKind::Extra,
            () if count < before => MarkKind::Missing,
            () if count != 0.0 => MarkKind::Same,
            () => continue,
        };
        marks.push(EventMark { time: end_of(job, at / neurons), neuron: at % neurons, kind });
    }
    marks
}

/// The voltage of the neuron at which two runs differ first, in thresholds.
fn voltages(job: &Job<'_>, sides: &[Side], first: &FirstReport) -> Result<Option<Panel>, Error> {
    let mut lines = Vec::new();
    let mut names = vec![(format!("neuron {}", first.neuron), None)];
    for (run, side) in sides.iter().enumerate() {
        let Some(trace) = side.trace(job, &first.node, first.neuron)? else { continue };
        let points = trace.v.iter().enumerate().map(|(step, v)| (end_of(job, step), *v)).collect();
        lines.push(Curve { run, points });
        names.push((side.title.clone(), Some(run)));
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let content = PanelContent::Curves(Curves {
        label: "v / threshold".to_owned(),
        lines,
        level: Some((1.0, "threshold".to_owned())),
    });
    Ok(Some(Panel { title: first.node.clone(), lines: names, content }))
}

/// The steps and neurons around the first difference.
fn enlarged(
    job: &Job<'_>,
    first: &FirstReport,
    voltages: Option<Panel>,
    layers: &[Layer<'_>],
    marked: Option<f64>,
) -> Section {
    let from = first.step.saturating_sub(STEPS);
    let to = (first.step + STEPS + 1).min(job.steps);
    let mut panels: Vec<Panel> = voltages.into_iter().collect();
    if let Some(layer) = layers.iter().find(|layer| layer.node == first.node) {
        let low = first.neuron.saturating_sub(NEURONS);
        let high = (first.neuron + NEURONS + 1).min(layer.neurons);
        panels.extend(layer.panels(Some(low..high)).map(|mut panel| {
            // The numbers are those of the whole run.
            panel.lines.truncate(1);
            panel
        }));
    }
    let title = format!(
        "around the first difference: step {}, {}, neuron {}",
        first.step, first.node, first.neuron
    );
    let time = from as f64 * job.dt..to as f64 * job.dt;
    Section { title, time, marked, panels, ..Section::default() }
}
