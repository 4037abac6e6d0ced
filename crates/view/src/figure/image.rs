//! Values of many channels over time, as colours with a bar that says what they mean.

use std::fmt::Write as _;

use super::canvas::{Canvas, Plot};
use super::{GREY, Image, TEXT};
use crate::heat_map::mixed;
use crate::svg::xml::px;

/// Height of a panel.
pub(super) const HEIGHT: f64 = 120.0;
/// Edge of a cell.
const CELL: f64 = 3.0;
/// Shades from the least to the greatest value.
const SHADES: usize = 24;
/// One hue, darker with the value, for all kinds of sight and for print.
const COLOURS: [[f64; 3]; 2] = [[247.0, 247.0, 247.0], [8.0, 48.0, 107.0]];
/// Room for the bar.
const BAR: f64 = 56.0;

impl Image {
    pub(super) fn draw(&self, canvas: &mut Canvas, plot: &Plot) {
        let x = plot.left - 5.0;
        canvas.text((x, plot.bottom() - 2.0), TEXT, "end", GREY, "0");
        canvas.text(
            (x, plot.top + TEXT.size),
            TEXT,
            "end",
            GREY,
            &self.channels.saturating_sub(1).to_string(),
        );
        canvas.text((x - 4.0, plot.top + plot.height / 2.0 + 4.0), TEXT, "end", GREY, "channel");
        let columns = (plot.width / CELL).floor().max(1.0) as usize;
        let rows = ((plot.height / CELL).floor().max(1.0) as usize).min(self.channels.max(1));
        let cells = self.means(plot, columns, rows);
        let finite = cells.iter().flatten().filter(|value| value.is_finite());
        let (low, high) = finite
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
        let mut paths = vec![String::new(); SHADES];
        let (width, height) = (plot.width / columns as f64, plot.height / rows as f64);
        for (at, cell) in cells.iter().enumerate() {
            let Some(value) = cell.filter(|value| value.is_finite()) else { continue };
            let share = if high > low { (value - low) / (high - low) } else { 0.0 };
            let shade = ((share * SHADES as f64) as usize).min(SHADES - 1);
            let (x, y) = (
                plot.left + (at % columns) as f64 * width,
                plot.bottom() - (at / columns + 1) as f64 * height,
            );
            let _ = write!(
                paths[shade],
                "M{} {}h{}v{}h{}z",
                px(x),
                px(y),
                px(width),
                px(height),
                px(-width)
            );
        }
        for (shade, path) in paths.iter().enumerate() {
            canvas.path(
                path,
                &format!("fill=\"{0}\" stroke=\"{0}\" stroke-width=\"0.3\"", colour(shade)),
            );
        }
        self.bar(canvas, plot, (low, high));
    }

    /// The mean of the values in each cell; none where there is no value.
    fn means(&self, plot: &Plot, columns: usize, rows: usize) -> Vec<Option<f64>> {
        let mut sums = vec![(0.0, 0_u32); columns * rows];
        let (first, step) = self.times;
        for (at, values) in self.values.chunks(self.channels.max(1)).enumerate() {
            let time = first + at as f64 * step;
            if !plot.has(time) {
                continue;
            }
            let share = (plot.x(time) - plot.left) / plot.width;
            let column = ((share * columns as f64) as usize).min(columns - 1);
            for (channel, value) in values.iter().enumerate() {
                let (sum, count) =
                    &mut sums[channel * rows / self.channels.max(1) * columns + column];
                *sum += value;
                *count += 1;
            }
        }
        // Few rows are as wide as they are long.
        let mut means: Vec<Option<f64>> =
            sums.iter().map(|&(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect();
        for row in means.chunks_mut(columns) {
            let mut last = None;
            for cell in row {
                last = cell.or(last);
                *cell = last;
            }
        }
        means
    }

    /// The bar of colours below the title, with the least and the greatest value.
    fn bar(&self, canvas: &mut Canvas, plot: &Plot, (low, high): (f64, f64)) {
        if !low.is_finite() {
            return;
        }
        let (left, top) = (super::MARGIN, plot.bottom() - 14.0);
        for shade in 0..SHADES {
            let x = left + BAR * shade as f64 / SHADES as f64;
            canvas.rect((x, top - 12.0), (BAR / SHADES as f64 + 0.2, 8.0), colour(shade).as_str());
        }
        canvas.text((left, top - 16.0), TEXT, "start", GREY, &self.label);
        canvas.text((left, top + 8.0), TEXT, "start", GREY, &number(low));
        canvas.text((left + BAR, top + 8.0), TEXT, "start", GREY, &number(high));
    }
}

fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-3..1e4).contains(&size) {
        format!("{value:.3}")
    } else {
        format!("{value:.1e}")
    }
}

fn colour(shade: usize) -> String {
    mixed(COLOURS, shade as f64 / (SHADES - 1) as f64)
}
