//! Figures of runs: panels below each other over one axis of time, as the papers of the field have them.
//!
//! A [`Figure`] has sections, each over its own stretch of time: the whole run, or a part of it enlarged. A section has panels:
//! marks of events ([`Raster`]), lines of voltages ([`Curves`]) or a picture of many channels ([`Image`]).

mod canvas;
mod curves;
mod image;
mod raster;
mod scale;

use std::ops::Range;

use crate::measure::Font;
use canvas::{Canvas, Plot};
use scale::ticks;

pub(crate) use scale::TimeUnit;

/// Panels over axes of time, drawn by [`figure`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// Stretches of time, from top to bottom.
    pub sections: Vec<Section>,
    /// Sentences below the panels: what is left out, and what stands where.
    pub notes: Vec<String>,
}

/// Panels over one axis of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// What the section shows, where there are several.
    pub title: String,
    /// The stretch of time in seconds.
    pub time: Range<f64>,
    /// Whether steps have no length, so that times are counts of steps.
    pub counts_steps: bool,
    /// A time that is marked through all panels, in seconds.
    pub marked: Option<f64>,
    /// The panels, from top to bottom.
    pub panels: Vec<Panel>,
}

/// One panel: what it is about, and its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The node.
    pub title: String,
    /// Lines below the title, each with the colour of a run if it names one.
    pub lines: Vec<(String, Option<usize>)>,
    /// What is drawn.
    pub content: Content,
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Events of neurons.
    Raster(Raster),
    /// Lines over time.
    Curves(Curves),
    /// Values of many channels.
    Image(Image),
}

/// Events: a row for each neuron, whether it has events or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raster {
    /// The neurons that have rows.
    pub neurons: Range<usize>,
    /// The events, in any order. Those of other neurons or outside the stretch of time are left out.
    pub marks: Vec<Mark>,
    /// The run whose colour the marks have that are in all runs; grey if none.
    pub run: Option<usize>,
}

/// An event of a neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// In seconds.
    pub time: f64,
    /// The neuron.
    pub neuron: usize,
    /// How it compares with the first run.
    pub kind: MarkKind,
}

/// How an event compares with the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// It is there too, or nothing is compared.
    Same,
    /// It is not in the first run.
    Extra,
    /// It is in the first run only.
    Missing,
}

/// Lines over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// What the numbers are, with their unit.
    pub label: String,
    /// The lines.
    pub lines: Vec<Curve>,
    /// A level that is marked, as a threshold, with its name.
    pub level: Option<(f64, String)>,
}

/// A line over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The run whose colour the line has.
    pub run: usize,
    /// Times in seconds, ascending, and values. Values that are not finite interrupt the line.
    pub points: Vec<(f64, f64)>,
}

/// Values of many channels over time, as colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// What the numbers are, with their unit.
    pub label: String,
    /// Channels of a row of values.
    pub channels: usize,
    /// The first time, and from one row of values to the next, in seconds.
    pub times: (f64, f64),
    /// The values, row by row.
    pub values: Vec<f64>,
}

/// Width of a figure in pixels, and of what stands beside the panels.
const WIDTH: f64 = 720.0;
const LEFT: f64 = 176.0;
const RIGHT: f64 = 20.0;
const MARGIN: f64 = 10.0;
const GAP: f64 = 12.0;
/// Room for the numbers below a section, and for its title.
const AXIS: f64 = 36.0;
const HEAD: f64 = 22.0;
const TEXT: Font = Font { size: 11.0, bold: false };
const TITLE: Font = Font { size: 12.0, bold: true };
/// Distance of lines of text.
const LINE: f64 = 14.0;

/// Colours of runs that people with any kind of sight can tell apart (Okabe and Ito, 2008), without the two of differences.
const PALETTE: [&str; 6] = ["#000000", "#009e73", "#cc79a7", "#56b4e9", "#785e28", "#5a5ac8"];
const EXTRA: &str = "#0072b2";
const MISSING: &str = "#d55e00";
const GREY: &str = "#6e6e6e";

fn colour(run: Option<usize>) -> &'static str {
    run.map_or("#404040", |run| PALETTE[run % PALETTE.len()])
}

/// Draws a figure as SVG.
#[must_use]
pub fn figure(figure: &Figure) -> String {
    let mut canvas = Canvas::new(WIDTH);
    let mut top = MARGIN;
    for section in &figure.sections {
        top = section.draw(&mut canvas, top) + GAP;
    }
    if figure.sections.iter().any(Section::has_differences) {
        top = legend(&mut canvas, top);
    }
    for note in &figure.notes {
        for line in TEXT.wrap(note, WIDTH - 2.0 * MARGIN) {
            canvas.text((MARGIN, top + TEXT.size), TEXT, "start", GREY, &line);
            top += LINE;
        }
    }
    canvas.finish(top + MARGIN)
}

impl Section {
    fn has_differences(&self) -> bool {
        let differs = |mark: &Mark| mark.kind != MarkKind::Same;
        self.panels.iter().any(|panel| match &panel.content {
            Content::Raster(raster) => raster.marks.iter().any(differs),
            Content::Curves(_) | Content::Image(_) => false,
        })
    }

    /// Draws from a height on, and returns where it ends.
    fn draw(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let mut y = top;
        if !self.title.is_empty() {
            canvas.text((MARGIN, y + TITLE.size), TITLE, "start", "#1a1a1a", &self.title);
            y += HEAD;
        }
        let first = y;
        let heights: Vec<f64> = self.panels.iter().map(Panel::height).collect();
        if let Some(time) = self.marked {
            // Below what the panels draw: it must not hide the spike at this time.
            let plot =
                self.plot(first, heights.iter().map(|height| height + GAP).sum::<f64>() - GAP);
            let (x, bottom) = (plot.x(time), plot.bottom());
            canvas.line((x, first - 4.0), (x, bottom + 3.0), MISSING, 1.0, "3 2");
        }
        for (panel, height) in self.panels.iter().zip(heights) {
            let plot = self.plot(y, height);
            panel.draw(canvas, &plot);
            y += height + GAP;
        }
        let bottom = y - GAP;
        self.axis(canvas, bottom);
        bottom + AXIS
    }

    /// A place over the stretch of time.
    fn plot(&self, top: f64, height: f64) -> Plot {
        Plot { left: LEFT, width: WIDTH - LEFT - RIGHT, top, height, time: self.time.clone() }
    }

    /// The axis of time below the last panel.
    fn axis(&self, canvas: &mut Canvas, y: f64) {
        let plot = self.plot(y, 0.0);
        let largest = self.time.start.abs().max(self.time.end.abs());
        // Steps are counted one by one.
        let unit = TimeUnit::of(if self.counts_steps { 1.0 } else { largest });
        let scaled = self.time.start / unit.seconds..self.time.end / unit.seconds;
        for tick in ticks(&scaled, 7) {
            let x = plot.x(tick.at * unit.seconds);
            canvas.line((x, y), (x, y + 4.0), GREY, 1.0, "");
            canvas.text((x, y + 15.0), TEXT, "middle", "#1a1a1a", &tick.text);
        }
        let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
        let name =
            if self.counts_steps { "step".to_owned() } else { format!("time ({})", unit.name) };
        canvas.text((middle, y + 29.0), TEXT, "middle", "#1a1a1a", &name);
    }
}

impl Panel {
    fn height(&self) -> f64 {
        let content = match &self.content {
            Content::Raster(raster) => raster.height(),
            Content::Curves(_) => curves::HEIGHT,
            Content::Image(_) => image::HEIGHT,
        };
        content.max((1 + self.lines.len()) as f64 * LINE + 4.0)
    }

    fn draw(&self, canvas: &mut Canvas, plot: &Plot) {
        let most = LEFT - MARGIN - 44.0;
        canvas.text_within((MARGIN, plot.top + TITLE.size), TITLE, "#1a1a1a", &self.title, most);
        for (at, (line, run)) in self.lines.iter().enumerate() {
            let y = plot.top + TITLE.size + (at + 1) as f64 * LINE;
            let ink = if run.is_some() { colour(*run) } else { GREY };
            canvas.text_within((MARGIN, y), TEXT, ink, line, most);
        }
        canvas.frame(plot);
        match &self.content {
            Content::Raster(raster) => raster.draw(canvas, plot),
            Content::Curves(curves) => curves.draw(canvas, plot),
            Content::Image(image) => image.draw(canvas, plot),
        }
    }
}

/// Says what the colours of marks mean; returns where it ends.
fn legend(canvas: &mut Canvas, top: f64) -> f64 {
    let mut x = MARGIN;
    for (ink, says) in
        [(MISSING, "missing: in the first run only"), (EXTRA, "extra: not in the first run")]
    {
        canvas.rect((x, top + 2.0), (9.0, 9.0), ink);
        canvas.text((x + 14.0, top + TEXT.size), TEXT, "start", "#1a1a1a", says);
        x += 14.0 + TEXT.width(says) + 24.0;
    }
    top + LINE + 4.0
}

#[cfg(test)]
mod tests;
