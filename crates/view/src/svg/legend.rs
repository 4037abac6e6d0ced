//! The legend below a drawing: families of nodes, edges that lead back, findings about the whole graph, and what is not drawn.

use std::fmt::Write as _;

use super::edge::{DASHES, FEEDBACK};
use super::text;
use super::xml::{escaped, px};
use crate::block::{Line, Mark, Style, mark_titles};
use crate::family::Family;
use crate::layout::Layout;

/// Room above the legend.
const ABOVE: f64 = 18.0;
/// Height of a row.
const ROW: f64 = 17.0;
/// Width of a sample, and the room between it and its text.
const SAMPLE: f64 = 16.0;
/// Room between two entries.
const BESIDE: f64 = 16.0;
/// Least width over which entries are distributed.
const LEAST: f64 = 320.0;
/// Width that lines about the whole graph have at least.
const LEAST_LINE: f64 = 480.0;
/// Lines about the whole graph; the rest is counted.
const MOST_LINES: usize = 12;

/// What the legend holds, in its place.
pub(super) struct Legend {
    entries: Vec<(Sample, &'static str, [f64; 2])>,
    lines: Vec<(Line, String)>,
    rows: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What is shown beside a text.
#[derive(Clone, Copy)]
enum Sample {
    Family(Family),
    Feedback,
}

impl Legend {
    pub(super) fn of(layout: &Layout) -> Self {
        let is_there = |family: &Family| layout.nodes.iter().any(|block| block.family == *family);
        let families = Family::ALL.into_iter().filter(is_there);
        let mut samples: Vec<(Sample, &str)> =
            families.map(|family| (Sample::Family(family), family.title())).collect();
        if layout.edges.iter().any(|arrow| arrow.feedback) {
            samples.push((Sample::Feedback, "feedback"));
        }
        let (most, mut at, mut width) = (layout.width.max(LEAST), [0.0, 0.0], 0.0_f64);
        let mut entries = Vec::new();
        for (sample, title) in samples {
            let needed = SAMPLE + 5.0 + Style::Detail.font().width(title);
            if at[0] > 0.0 && at[0] + needed > most {
                at = [0.0, at[1] + ROW];
            }
            entries.push((sample, title, at));
            width = width.max(at[0] + needed);
            at[0] += needed + BESIDE;
        }
        let rows = if entries.is_empty() { 0.0 } else { at[1] + ROW };
        let lines = lines(layout, most.max(LEAST_LINE));
        let widths = lines.iter().map(|(line, _)| line.style.font().width(&line.text));
        let width = widths.fold(width, f64::max).ceil();
        let height = ABOVE + rows + ROW * lines.len() as f64;
        Self { entries, lines, rows, width, height }
    }

    pub(super) fn draw(&self, x: f64, y: f64, out: &mut String) {
        let top = y + ABOVE;
        for (sample, title, at) in &self.entries {
            let (x, y) = (x + at[0], top + at[1]);
            let _ = match sample {
                Sample::Family(family) => {
                    let (fill, stroke) = family.colours();
                    writeln!(
                        out,
                        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"11\" rx=\"2\" fill=\"{fill}\" stroke=\"{stroke}\"/>",
                        px(x),
                        px(y),
                        px(SAMPLE)
                    )
                }
                Sample::Feedback => writeln!(
                    out,
                    "<path d=\"M{} {} h{}\" stroke=\"{FEEDBACK}\" stroke-width=\"1.2\" stroke-dasharray=\"{DASHES}\"/>",
                    px(x),
                    px(y + 6.0),
                    px(SAMPLE)
                ),
            };
            text(title, Style::Detail, [x + SAMPLE + 5.0, y + 9.0], "start", out);
        }
        for ((line, full), row) in self.lines.iter().zip(0_u16..) {
            let y = top + self.rows + ROW * f64::from(row) + 9.0;
            let _ = write!(out, "<g><title>{}</title>", escaped(full));
            text(&line.text, line.style, [x, y], "start", out);
            out.push_str("</g>\n");
        }
    }
}

/// Lines below the samples, shortened to a width, with their full texts.
fn lines(layout: &Layout, most: f64) -> Vec<(Line, String)> {
    let style = |mark: &Mark| if mark.error { Style::Error } else { Style::Warning };
    let marks = layout.findings.iter().map(style).chain(std::iter::repeat(Style::Detail));
    let mut full: Vec<(String, Style)> =
        mark_titles(&layout.findings).into_iter().zip(marks).collect();
    full.extend(layout.notes().into_iter().map(|note| (note, Style::Detail)));
    if full.len() > MOST_LINES {
        let more = full.split_off(MOST_LINES - 1);
        let rest: Vec<&str> = more.iter().map(|(text, _)| text.as_str()).take(100).collect();
        let shown = format!("and {} more: {}", more.len(), rest.join("; "));
        full.push((shown, Style::Detail));
    }
    let line = |(full, style): (String, Style)| {
        (Line { text: style.font().shorten(&full, most), style }, full)
    };
    full.into_iter().map(line).collect()
}
