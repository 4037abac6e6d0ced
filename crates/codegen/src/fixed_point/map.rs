//! Weighted maps in integers.

use nirkit_passes::quantise::{Grid, Loss};
use nirkit_step::Numbers;

use super::column::Column;

/// The integers of weights, and what they lost. `source` and `target` are the scales of what a weight reads and writes.
pub(crate) fn weights(
    weights: &Numbers,
    bits: u32,
    source: impl Fn(usize) -> f64,
    target: impl Fn(usize) -> f64,
) -> (Numbers, Loss) {
    let grid = Grid::signed(bits);
    let mut loss = Loss::default();
    let quantise = |(at, weight): (usize, nirkit_step::Number)| {
        let (weight, scale) = (weight.to_f64(), target(at) / source(at));
        let integer = grid.place(weight * scale);
        loss.add(weight, integer, scale);
        loss.saturated += usize::from((weight * scale).round_ties_even() != integer as f64);
        integer
    };
    let integers = weights.iter().enumerate().map(quantise).collect();
    (Numbers::I64(integers), loss)
}

/// The integers of a bias under the scales of what is written, and the largest error in numbers of the network.
pub(crate) fn bias(bias: &Numbers, target: &Column) -> (Numbers, f64) {
    let mut error = 0.0_f64;
    let quantise = |(at, x): (usize, nirkit_step::Number)| {
        let (x, scale) = (x.to_f64(), target.get(at));
        let integer = (x * scale).round_ties_even();
        error = error.max((integer / scale - x).abs());
        integer as i64
    };
    let integers = bias.iter().enumerate().map(quantise).collect();
    (Numbers::I64(integers), error)
}
