//! Elements of SVG, written one after the other.

use std::fmt::Write as _;
use std::ops::Range;

use crate::measure::Font;
use crate::svg::FONTS;
use crate::svg::xml::{escaped, px};

/// A place for a panel, over a stretch of time.
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) time: Range<f64>,
}

impl Plot {
    /// Where a time stands.
    pub(super) fn x(&self, time: f64) -> f64 {
        let span = (self.time.end - self.time.start).max(f64::MIN_POSITIVE);
        self.left + self.width * (time - self.time.start) / span
    }

    /// Whether a time is within the stretch.
    pub(super) fn has(&self, time: f64) -> bool {
        (self.time.start..=self.time.end).contains(&time)
    }

    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// What was drawn so far.
pub(super) struct Canvas {
    width: f64,
    body: String,
}

impl Canvas {
    pub(super) fn new(width: f64) -> Self {
        Self { width, body: String::new() }
    }

    /// A text that stays readable over lines.
    pub(super) fn text_over(
        &mut self,
        at: (f64, f64),
        font: Font,
        anchor: &str,
        ink: &str,
        says: &str,
    ) {
        self.body.push_str(
            "<g stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\">\n",
        );
        self.text(at, font, anchor, ink, says);
        self.body.push_str("</g>\n");
    }

    pub(super) fn text(&mut self, at: (f64, f64), font: Font, anchor: &str, ink: &str, says: &str) {
        let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
        let (x, y, size) = (px(at.0), px(at.1), px(font.size));
        let says = escaped(says);
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight} text-anchor=\"{anchor}\" fill=\"{ink}\">{says}</text>"
        );
    }

    /// A text that is shortened where it is wider than there is room, and has the whole as its title.
    pub(super) fn text_within(
        &mut self,
        at: (f64, f64),
        font: Font,
        ink: &str,
        says: &str,
        most: f64,
    ) {
        let shown = font.shorten(says, most);
        if shown == says {
            return self.text(at, font, "start", ink, says);
        }
        let _ = writeln!(self.body, "<g><title>{}</title>", escaped(says));
        self.text(at, font, "start", ink, &shown);
        self.body.push_str("</g>\n");
    }

    pub(super) fn line(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        ink: &str,
        width: f64,
        dashes: &str,
    ) {
        let dashed = if dashes.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dashes}\"")
        };
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(px);
        let _ = writeln!(
            self.body,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{ink}\" stroke-width=\"{width}\"{dashed}/>"
        );
    }

    pub(super) fn rect(&mut self, at: (f64, f64), size: (f64, f64), fill: &str) {
        let [x, y, width, height] = [at.0, at.1, size.0, size.1].map(px);
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
        );
    }

    /// A path of commands.
    pub(super) fn path(&mut self, commands: &str, style: &str) {
        if !commands.is_empty() {
            let _ = writeln!(self.body, "<path d=\"{commands}\" {style}/>");
        }
    }

    /// The box of a panel.
    pub(super) fn frame(&mut self, plot: &Plot) {
        let [x, y, width, height] = [plot.left, plot.top, plot.width, plot.height].map(px);
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"none\" stroke=\"#b4b4b4\"/>"
        );
    }

    /// The whole, so high.
    pub(super) fn finish(self, height: f64) -> String {
        let (width, height) = (px(self.width), px(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"{FONTS}\" role=\"img\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            self.body
        )
    }
}
