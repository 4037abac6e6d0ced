//! Maps of shares: a cell for each row and column, coloured by its share and with the number in it.

use std::fmt::Write as _;

use crate::measure::Font;
use crate::svg::FONTS;
use crate::svg::xml::{escaped, px};

/// A map of shares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    /// What is shown, above the map.
    pub title: String,
    /// Names of the rows, from top to bottom.
    pub rows: Vec<String>,
    /// Names of the columns, from left to right.
    pub columns: Vec<String>,
    /// For each row, a cell for each column.
    pub cells: Vec<Vec<Cell>>,
}

/// What a cell shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// A share from 0 to 1.
    Share(f64),
    /// A word in the place of a number.
    Word(String),
    /// Nothing.
    #[default]
    Empty,
}

const TITLE: Font = Font { size: 14.0, bold: true };
const NAME: Font = Font { size: 12.0, bold: false };
const NUMBER: Font = Font { size: 11.0, bold: false };
const MARGIN: f64 = 16.0;
const GAP: f64 = 8.0;
/// Height of a row, and least width of a column.
const ROW: f64 = 22.0;
const COLUMN: f64 = 58.0;
/// Widest name of a row and of a column; longer ones are shortened, with the whole as a title.
const NAMES: f64 = 320.0;
const HEADS: f64 = 200.0;
/// Least and greatest share, as colours: one hue, darker with the share, for all kinds of colour vision and for print.
const COLOURS: [[f64; 3]; 2] = [[239.0, 243.0, 250.0], [8.0, 69.0, 128.0]];
/// A colour that stands for no share.
const NONE: &str = "#e2e2e2";

/// Draws maps below each other as SVG.
#[must_use]
pub fn heat_maps(maps: &[HeatMap]) -> String {
    let mut body = String::new();
    let (mut top, mut width) = (MARGIN, 0.0_f64);
    for map in maps {
        let (right, bottom) = map.draw(&mut body, top);
        (top, width) = (bottom + 2.0 * GAP, width.max(right));
    }
    let (right, bottom) = legend(&mut body, top);
    let (width, height) = (px(width.max(right) + MARGIN), px(bottom + MARGIN));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONTS}\" role=\"img\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

impl HeatMap {
    /// Draws from a height on; returns where it ends to the right and below.
    fn draw(&self, out: &mut String, top: f64) -> (f64, f64) {
        let widest = |names: &[String], font: Font, most: f64| {
            names.iter().map(|name| font.width(name).min(most)).fold(0.0, f64::max).ceil()
        };
        let baseline = top + TITLE.size;
        text(out, (MARGIN, baseline), TITLE, "start", &self.title, f64::INFINITY);
        let left = MARGIN + widest(&self.rows, NAME, NAMES) + GAP;
        let column = (widest(&self.columns, NAME, HEADS) + GAP).max(COLUMN);
        let heads = baseline + GAP + NAME.size;
        for (at, name) in self.columns.iter().enumerate() {
            let middle = left + (at as f64 + 0.5) * column;
            text(out, (middle, heads), NAME, "middle", name, HEADS);
        }
        let first = heads + GAP;
        for (row, (name, cells)) in self.rows.iter().zip(&self.cells).enumerate() {
            let y = first + row as f64 * ROW;
            text(out, (left - GAP, y + 0.68 * ROW), NAME, "end", name, NAMES);
            for (at, cell) in cells.iter().enumerate() {
                cell.draw(out, (left + at as f64 * column, y), column);
            }
        }
        let right = left + self.columns.len() as f64 * column;
        let titled = MARGIN + TITLE.width(&self.title).ceil();
        (right.max(titled), first + self.rows.len() as f64 * ROW)
    }
}

impl Cell {
    fn draw(&self, out: &mut String, (x, y): (f64, f64), width: f64) {
        let (fill, ink, says) = match self {
            Self::Share(share) => {
                let ink = if *share > 0.55 { "#ffffff" } else { "#1a1a1a" };
                (colour(*share), ink, format!("{:.1} %", 100.0 * share))
            }
            Self::Word(word) => (NONE.to_owned(), "#444444", word.clone()),
            Self::Empty => return,
        };
        let (x, y, width, height) = (x + 1.0, y + 1.0, width - 2.0, ROW - 2.0);
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" fill=\"{fill}\"/>",
            px(x),
            px(y),
            px(width),
            px(height)
        );
        let at = (x + width / 2.0, y + 0.7 * height);
        let text_ = escaped(&NUMBER.shorten(&says, width));
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"middle\" fill=\"{ink}\">{text_}</text>",
            px(at.0),
            px(at.1),
            px(NUMBER.size)
        );
    }
}

/// The colour of a share.
fn colour(share: f64) -> String {
    mixed(COLOURS, share)
}

/// The colour at a share of the way from one to another.
pub(crate) fn mixed([low, high]: [[f64; 3]; 2], share: f64) -> String {
    let share = share.clamp(0.0, 1.0);
    let part = |at: usize| (low[at] + share * (high[at] - low[at])).round() as u8;
    format!("#{:02x}{:02x}{:02x}", part(0), part(1), part(2))
}

/// A bar of all colours; returns where it ends to the right and below.
fn legend(out: &mut String, top: f64) -> (f64, f64) {
    const PARTS: usize = 20;
    const PART: f64 = 8.0;
    let left = MARGIN + NUMBER.width("0 %") + GAP;
    text(out, (MARGIN, top + 11.0), NUMBER, "start", "0 %", f64::INFINITY);
    for part in 0..PARTS {
        let fill = colour((part as f64 + 0.5) / PARTS as f64);
        let x = left + part as f64 * PART;
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" fill=\"{fill}\"/>",
            px(x),
            px(top),
            px(PART)
        );
    }
    let right = left + PARTS as f64 * PART + GAP;
    text(out, (right, top + 11.0), NUMBER, "start", "100 %", f64::INFINITY);
    (right + NUMBER.width("100 %"), top + 14.0)
}

/// A text at a place; one that is wider than `most` is shortened, and has the whole as its title.
fn text(out: &mut String, (x, y): (f64, f64), font: Font, anchor: &str, says: &str, most: f64) {
    let shown = font.shorten(says, most);
    let title =
        if shown == says { String::new() } else { format!("<title>{}</title>", escaped(says)) };
    let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight} text-anchor=\"{anchor}\" fill=\"#1a1a1a\">{title}{}</text>",
        px(x),
        px(y),
        px(font.size),
        escaped(&shown)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_from_light_to_dark() {
        assert_eq!([colour(-1.0), colour(0.0), colour(1.0)], ["#eff3fa", "#eff3fa", "#084580"]);
        let light = |share| u32::from_str_radix(&colour(share)[1..3], 16).unwrap();
        assert!(light(0.2) > light(0.4) && light(0.4) > light(0.8));
    }

    #[test]
    fn names_of_strangers_are_text() {
        let map = HeatMap {
            title: "<script>".to_owned(),
            rows: vec!["a&b".to_owned()],
            columns: vec!["\"".to_owned()],
            cells: vec![vec![Cell::Word("</svg>".to_owned())]],
        };
        let drawn = heat_maps(&[map]);
        assert!(drawn.contains("&lt;script&gt;") && drawn.contains("a&amp;b"));
        assert_eq!(drawn.matches("</svg>").count(), 1);
    }
}
