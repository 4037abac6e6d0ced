//! Lines over time.

use std::fmt::Write as _;

use super::canvas::{Canvas, Plot};
use super::scale::ticks;
use super::{Curve, Curves, GREY, TEXT, colour};
use crate::svg::xml::px;

/// Height of a panel.
pub(super) const HEIGHT: f64 = 120.0;

impl Curves {
    pub(super) fn draw(&self, canvas: &mut Canvas, plot: &Plot) {
        let (low, high) = self.range(plot);
        let y = |value: f64| plot.bottom() - plot.height * (value - low) / (high - low);
        for tick in ticks(&(low..high), 6) {
            canvas.line((plot.left - 3.0, y(tick.at)), (plot.left, y(tick.at)), GREY, 1.0, "");
            canvas.text((plot.left - 5.0, y(tick.at) + 4.0), TEXT, "end", GREY, &tick.text);
        }
        let label = TEXT.shorten(&self.label, plot.width);
        canvas.text((plot.left + 4.0, plot.top + TEXT.size + 1.0), TEXT, "start", GREY, &label);
        if let Some((level, _)) = &self.level {
            canvas.line((plot.left, y(*level)), (plot.right(), y(*level)), GREY, 1.0, "5 3");
        }
        for line in &self.lines {
            let ink = colour(Some(line.run));
            canvas.path(
                &line.path(plot, y),
                &format!(
                    "fill=\"none\" stroke=\"{ink}\" stroke-width=\"1.3\" stroke-linejoin=\"round\""
                ),
            );
        }
        if let Some((level, name)) = &self.level {
            canvas.text_over((plot.right() - 4.0, y(*level) - 3.0), TEXT, "end", GREY, name);
        }
    }

    /// The least and the greatest value, with some room.
    fn range(&self, plot: &Plot) -> (f64, f64) {
        let shown =
            self.lines.iter().flat_map(|line| &line.points).filter(|(time, _)| plot.has(*time));
        let levels = self.level.iter().map(|(level, _)| *level);
        let values = shown.map(|(_, value)| *value).chain(levels).chain([0.0]);
        let finite = values.filter(|value| value.is_finite());
        let (low, high) =
            finite.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        let span = (high - low).max(f64::MIN_POSITIVE);
        // The label stands above the lines.
        (low - 0.05 * span, high + 0.2 * span)
    }
}

impl Curve {
    /// The commands of the line; of many points at one place, the least and the greatest.
    fn path(&self, plot: &Plot, y: impl Fn(f64) -> f64) -> String {
        let mut path = String::new();
        let mut is_down = false;
        let mut put = |x: f64, value: f64| {
            if !value.is_finite() {
                is_down = false;
                return;
            }
            let _ = write!(path, "{}{} {}", if is_down { 'L' } else { 'M' }, px(x), px(y(value)));
            is_down = true;
        };
        let shown: Vec<(f64, f64)> = { self.points.iter() }
            .filter(|(time, _)| plot.has(*time))
            .map(|&(time, value)| (plot.x(time), value))
            .collect();
        if (shown.len() as f64) < 4.0 * plot.width {
            for &(x, value) in &shown {
                put(x, value);
            }
            return path;
        }
        for same in shown.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
            let x = same[0].0;
            let least = same.iter().map(|(_, v)| *v).fold(f64::INFINITY, f64::min);
            let greatest = same.iter().map(|(_, v)| *v).fold(f64::NEG_INFINITY, f64::max);
            put(x, least);
            put(x, greatest);
        }
        path
    }
}
