//! Draws a layout as SVG. The text comes from files, so all of it is escaped; there is no script, no style sheet and no
//! reference to anything outside.

pub(crate) mod edge;
mod legend;
pub(crate) mod xml;

use std::fmt::Write as _;

use crate::block::{Block, Content, PADDING, Style};
use crate::layout::{Label, Layout};
use legend::Legend;
use xml::{escaped, px};

/// Room around the drawing.
const MARGIN: f64 = 16.0;
/// Fonts that have the widths of [`crate::measure`] at most.
pub(crate) const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
/// Colours of text, of edges, of errors and of warnings.
const INK: &str = "#1a1a1a";
const GREY: &str = "#555555";
const ERROR: &str = "#b53c00";
const WARNING: &str = "#8a6d00";

/// Draws a layout as SVG, under a title that is shown where pictures have one.
#[must_use]
pub fn svg(layout: &Layout, title: &str) -> String {
    let legend = Legend::of(layout);
    let width = layout.width.max(legend.width) + 2.0 * MARGIN;
    let height = layout.height + legend.height + 2.0 * MARGIN;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         font-family=\"{FONTS}\" role=\"img\">\n<title>{}</title>\n",
        escaped(title),
        w = px(width),
        h = px(height),
    );
    let _ =
        writeln!(out, "<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>", px(width), px(height));
    // A drawing that is narrower than its legend stands in the middle.
    let left = MARGIN + ((width - 2.0 * MARGIN - layout.width) / 2.0).round();
    let _ = writeln!(out, "<g transform=\"translate({} {})\">", px(left), px(MARGIN));
    // Boxes of nested graphs come before what is in them, and edges lie over them.
    let nested = |block: &&Block| block.content == Content::Nested;
    layout.nodes.iter().filter(nested).for_each(|block| draw_box(block, &mut out));
    edge::draw(layout, &mut out);
    layout.nodes.iter().filter(|block| !nested(block)).for_each(|block| draw_box(block, &mut out));
    layout.labels.iter().for_each(|label| draw_label(label, &mut out));
    out.push_str("</g>\n");
    legend.draw(MARGIN, MARGIN + layout.height, &mut out);
    out.push_str("</svg>\n");
    out
}

fn draw_box(block: &Block, out: &mut String) {
    let (fill, mut stroke) = block.family.colours();
    let mut width = 1.2;
    if let Some(mark) = block.findings.first() {
        // Errors come first.
        (stroke, width) = (if mark.error { ERROR } else { WARNING }, 2.0);
    }
    let round = match block.family {
        crate::Family::Port => 12.0_f64.min(block.height / 2.0),
        crate::Family::Graph => 6.0,
        _ => 3.0,
    };
    let _ = writeln!(out, "<g><title>{}</title>", escaped(&block.title));
    let mut outline = |inset: f64, fill: &str| {
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>",
            px(block.x + inset),
            px(block.y + inset),
            px(block.width - 2.0 * inset),
            px(block.height - 2.0 * inset),
            px(round),
        );
    };
    outline(0.0, fill);
    let is_folded = matches!(block.content, Content::Folded { .. });
    if is_folded {
        outline(3.0, "none");
    }
    let is_nested = block.content == Content::Nested;
    let mut y = block.y + PADDING - 3.0 + if is_folded { 3.0 } else { 0.0 };
    if !is_nested {
        // A box can be higher than its text.
        let text: f64 = block.lines.iter().map(|line| line.style.height()).sum();
        y = block.y + (block.height - text) / 2.0 - 1.0;
    }
    for line in &block.lines {
        y += line.style.height();
        let (x, anchor) = if is_nested {
            (block.x + PADDING, "start")
        } else {
            (block.x + block.width / 2.0, "middle")
        };
        text(&line.text, line.style, [x, y - 3.0], anchor, out);
    }
    out.push_str("</g>\n");
}

/// Writes a line of text at its base line.
fn text(text: &str, style: Style, [x, y]: [f64; 2], anchor: &str, out: &mut String) {
    let font = style.font();
    let colour = match style {
        Style::Name => INK,
        Style::Kind | Style::Detail => GREY,
        Style::Error => ERROR,
        Style::Warning => WARNING,
    };
    let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
    let anchor =
        if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{colour}\">{}</text>",
        px(x),
        px(y),
        px(font.size),
        escaped(text),
    );
}

fn draw_label(label: &Label, out: &mut String) {
    let place = [label.x, label.y + label.height - 3.0];
    text(&label.text, Style::Detail, place, "start", out);
}
