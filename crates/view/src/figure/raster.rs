//! Events of neurons: a mark each where there is room, else how many there are.

use std::fmt::Write as _;

use super::canvas::{Canvas, Plot};
use super::{EXTRA, GREY, MISSING, Mark, MarkKind, Raster, TEXT, colour};
use crate::svg::xml::px;

/// Heights of a panel: least, most, and of a row where there are few.
const LEAST: f64 = 44.0;
const MOST: f64 = 150.0;
const ROW: f64 = 12.0;
/// Rows lower than this, or marks nearer than this, are counted in cells.
const CELL: f64 = 2.0;
/// Marks for each pixel of width from which cells say more.
const CROWDED: f64 = 40.0;
/// Shades of a cell.
const SHADES: usize = 5;

impl Raster {
    pub(super) fn height(&self) -> f64 {
        (self.neurons.len() as f64 * ROW).clamp(LEAST, MOST)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, plot: &Plot) {
        self.numbers(canvas, plot);
        let shown: Vec<&Mark> = { self.marks.iter() }
            .filter(|mark| plot.has(mark.time) && self.neurons.contains(&mark.neuron))
            .collect();
        let row = plot.height / self.neurons.len().max(1) as f64;
        if row < CELL || shown.len() as f64 > CROWDED * plot.width {
            self.cells(canvas, plot, &shown);
        } else {
            self.ticks(canvas, plot, &shown, row);
        }
    }

    /// The first and the last neuron beside the panel: neuron 0 at the bottom.
    fn numbers(&self, canvas: &mut Canvas, plot: &Plot) {
        let x = plot.left - 5.0;
        let row = plot.height / self.neurons.len().max(1) as f64;
        let first = plot.bottom() - (row / 2.0).min(6.0) + 4.0;
        canvas.text((x, first), TEXT, "end", GREY, &self.neurons.start.to_string());
        if self.neurons.len() > 1 {
            let last = plot.top + (row / 2.0).min(6.0) + 4.0;
            canvas.text((x, last), TEXT, "end", GREY, &(self.neurons.end - 1).to_string());
        }
        let middle = plot.top + plot.height / 2.0 + 4.0;
        canvas.text((x - 4.0, middle), TEXT, "end", GREY, "neuron");
    }

    fn ticks(&self, canvas: &mut Canvas, plot: &Plot, marks: &[&Mark], row: f64) {
        let gap = if row > 5.0 { 0.12 * row } else { 0.0 };
        // Near marks are drawn thinner.
        let width = if marks.len() as f64 > plot.width { 1.0 } else { 1.6 };
        for kind in [MarkKind::Same, MarkKind::Extra, MarkKind::Missing] {
            let mut path = String::new();
            for mark in marks.iter().filter(|mark| mark.kind == kind) {
                let place = (mark.neuron - self.neurons.start) as f64;
                let (x, y) = (plot.x(mark.time), plot.bottom() - place * row - gap);
                let _ = write!(path, "M{} {}v{}", px(x), px(y), px(-(row - 2.0 * gap)));
            }
            let (ink, dashes) = match kind {
                MarkKind::Same => (colour(self.run), ""),
                MarkKind::Extra => (EXTRA, ""),
                // Also without colours it is seen that something is not there.
                MarkKind::Missing => (MISSING, " stroke-dasharray=\"2 1.5\""),
            };
            let width = if kind == MarkKind::Same { width } else { width + 0.6 };
            canvas.path(
                &path,
                &format!("fill=\"none\" stroke=\"{ink}\" stroke-width=\"{width}\"{dashes}"),
            );
        }
    }

    /// Counts the marks of each kind in cells, and draws the more of them the darker; a difference is never hidden by what is the same.
    fn cells(&self, canvas: &mut Canvas, plot: &Plot, marks: &[&Mark]) {
        let columns = (plot.width / CELL).floor().max(1.0) as usize;
        let rows = ((plot.height / CELL).floor().max(1.0) as usize).min(self.neurons.len().max(1));
        let mut counts = vec![[0_u32; 3]; columns * rows];
        for mark in marks {
            let share = (plot.x(mark.time) - plot.left) / plot.width;
            let column = ((share * columns as f64) as usize).min(columns - 1);
            let row = (mark.neuron - self.neurons.start) * rows / self.neurons.len().max(1);
            counts[row * columns + column][mark.kind as usize] += 1;
        }
        let most = counts.iter().map(|kinds| kinds.iter().sum::<u32>()).max().unwrap_or(0).max(1);
        // One path for each ink and shade.
        let mut paths = vec![String::new(); 3 * SHADES];
        let (width, height) = (plot.width / columns as f64, plot.height / rows as f64);
        for (at, kinds) in counts.iter().enumerate() {
            let all: u32 = kinds.iter().sum();
            if all == 0 {
                continue;
            }
            let kind = match kinds {
                [_, extra, missing] if extra + missing > 0 => 1 + usize::from(missing > extra),
                _ => 0,
            };
            let shade = (all as usize * SHADES).div_ceil(most as usize) - 1;
            let (x, y) = (
                plot.left + (at % columns) as f64 * width,
                plot.bottom() - (at / columns + 1) as f64 * height,
            );
            let path = &mut paths[kind * SHADES + shade.min(SHADES - 1)];
            let _ =
                write!(path, "M{} {}h{}v{}h{}z", px(x), px(y), px(width), px(height), px(-width));
        }
        for (at, path) in paths.iter().enumerate() {
            let ink = [colour(self.run), EXTRA, MISSING][at / SHADES];
            let opacity = 0.35 + 0.65 * (at % SHADES + 1) as f64 / SHADES as f64;
            canvas.path(path, &format!("fill=\"{ink}\" fill-opacity=\"{opacity:.2}\""));
        }
    }
}
