//! The bounds of every buffer: between which integers its numbers lie, whatever enters.
//!
//! The bounds are those that no step leaves. They are found by steps on intervals, which are widened to whole registers where they do not
//! settle, and then narrowed: an interval that holds all numbers holds them after another step as well.

use crate::cell::Cell;
use crate::number::Numbers;
use crate::program::{BufferId, Convolution, Deliver, Operation, Program, Register};

use super::interval::{Interval, integers};
use super::simplify::written;

/// Steps before intervals are widened, and steps in which they are narrowed.
const EXACT_STEPS: usize = 6;
const NARROWING_STEPS: usize = 4;

/// What a cell writes into its buffers, if these hold numbers between given bounds.
pub type CellBounds<'a> =
    dyn Fn(&Cell, &dyn Fn(BufferId) -> Interval) -> Vec<(BufferId, Interval)> + 'a;

/// Returns the bounds of each buffer of integers of a [simplified](super::simplify) program. `inputs` has the bounds of what enters,
/// `cell` computes with them. Buffers of other numbers have bounds without a meaning.
#[must_use]
pub fn bounds(program: &Program, inputs: &[Interval], cell: &CellBounds<'_>) -> Vec<Interval> {
    let sums: Vec<Vec<[i128; 2]>> =
        program.operations.iter().map(|operation| row_sums(program, operation)).collect();
    let step = |known: &[Interval]| {
        let mut next: Vec<Interval> =
            program.buffers.iter().map(|buffer| Interval::of(&buffer.start)).collect();
        for (operation, sums) in program.operations.iter().zip(&sums) {
            for (buffer, range) in results(operation, sums, known, inputs, cell) {
                next[buffer.0] = next[buffer.0].join(range);
            }
        }
        next
    };
    let mut known: Vec<Interval> =
        program.buffers.iter().map(|buffer| Interval::of(&buffer.start)).collect();
    for round in 0.. {
        let next = step(&known);
        if next.iter().zip(&known).all(|(next, known)| known.contains(*next)) {
            break;
        }
        for (known, next) in known.iter_mut().zip(next) {
            let joined = known.join(next);
            *known = if round < EXACT_STEPS { joined } else { joined.widened(*known) };
        }
    }
    for _ in 0..NARROWING_STEPS {
        known = step(&known);
    }
    known
}

/// What an operation writes, if buffers hold these numbers.
fn results(
    operation: &Operation,
    sums: &[[i128; 2]],
    known: &[Interval],
    inputs: &[Interval],
    cell_bounds: &CellBounds<'_>,
) -> Vec<(BufferId, Interval)> {
    let of = |buffer: BufferId| known[buffer.0];
    match operation {
        Operation::Frame { input, to } => vec![(*to, inputs[*input])],
        Operation::Dense(dense) => {
            let bias = dense.bias.as_ref();
            vec![(dense.to, weighted(sums, bias, 1, of(dense.from)))]
        }
        Operation::Convolution(Convolution { from, window, bias, to, .. }) => {
            // What lies outside of the picture is 0.
            let from = of(*from).join(Interval::point(0));
            let area = window.output[0] * window.output[1];
            vec![(*to, weighted(sums, bias.as_ref(), area, from))]
        }
        Operation::Pool(pool) => {
            let from = of(pool.from).join(Interval::point(0));
            let elements = (pool.window.kernel[0] * pool.window.kernel[1]) as i128;
            let ends = [from.low, from.high].map(|end| i128::from(end) * elements);
            vec![(pool.to, Interval::exact(ends[0], ends[1]))]
        }
        Operation::Deliver(deliver) => {
            vec![(deliver.to, delivered(deliver.register, sums, of(deliver.from), of(deliver.to)))]
        }
        Operation::Permute { from, to, .. } => vec![(*to, of(*from))],
        Operation::Store { from, ring } => vec![(*ring, of(*from))],
        Operation::Recall { ring, to, .. } => vec![(*to, of(*ring))],
        Operation::Cell(cell) => cell_bounds(cell, &of),
        // Simplified programs have no others.
        other => written(other).into_iter().map(|to| (to, Interval::ALL)).collect(),
    }
}

/// The sums of the negative and of the positive weights of each row, or of each output channel.
fn row_sums(program: &Program, operation: &Operation) -> Vec<[i128; 2]> {
    let (weights, rows) = match operation {
        Operation::Dense(dense) => (&dense.weights, program.buffers[dense.to.0].len()),
        Operation::Deliver(deliver) => (&deliver.weights, program.buffers[deliver.to.0].len()),
        Operation::Convolution(found) => (&found.weights, found.window.channels_out),
        _ => return Vec::new(),
    };
    let weights: Vec<i64> = integers(weights).collect();
    let sums = weights.chunks((weights.len() / rows.max(1)).max(1)).map(|row| {
        let sum = |keep: fn(&i64) -> bool| {
            row.iter().filter(|&weight| keep(weight)).map(|&weight| i128::from(weight)).sum()
        };
        [sum(|&weight| weight < 0), sum(|&weight| weight > 0)]
    });
    sums.collect()
}

/// What sums of weighted numbers lie between; each row writes so many elements, each with a bias of its own.
fn weighted(sums: &[[i128; 2]], bias: Option<&Numbers>, area: usize, from: Interval) -> Interval {
    let biases: Vec<i64> = bias.map(|bias| integers(bias).collect()).unwrap_or_default();
    let mut ends: Option<[i128; 2]> = None;
    for (row, sums) in sums.iter().enumerate() {
        let [low, high] = total(*sums, from);
        let biases = biases.get(row * area..(row + 1) * area).unwrap_or(&[]);
        let least = biases.iter().min().copied().map_or(0, i128::from);
        let most = biases.iter().max().copied().map_or(0, i128::from);
        let [least, most] = [low.saturating_add(least), high.saturating_add(most)];
        ends = Some(ends.map_or([least, most], |[low, high]| [low.min(least), high.max(most)]));
    }
    let [low, high] = ends.unwrap_or([0, 0]);
    Interval::exact(low, high)
}

/// What the weighted sum of a row lies between.
fn total([negative, positive]: [i128; 2], from: Interval) -> [i128; 2] {
    let [low, high] = [from.low, from.high].map(i128::from);
    let times = i128::saturating_mul;
    [
        times(negative, high).saturating_add(times(positive, low)),
        times(negative, low).saturating_add(times(positive, high)),
    ]
}

/// Returns what stands in a buffer while a map adds to it, before a bias is added; `None` of what is no sum.
#[must_use]
pub fn accumulated(
    program: &Program,
    operation: &Operation,
    known: &[Interval],
) -> Option<(BufferId, Interval)> {
    let zero = Interval::point(0);
    let (from, to, elements) = match operation {
        Operation::Dense(map) => (map.from, map.to, None),
        Operation::Convolution(map) => (map.from, map.to, None),
        Operation::Pool(pool) => {
            let elements = (pool.window.kernel[0] * pool.window.kernel[1]) as i128;
            (pool.from, pool.to, Some(elements))
        }
        _ => return None,
    };
    let from = known[from.0].join(zero);
    let range = match elements {
        Some(elements) => {
            let [low, high] = [from.low, from.high].map(|end| i128::from(end) * elements);
            Interval::exact(low, high)
        }
        None => weighted(&row_sums(program, operation), None, 1, from),
    };
    Some((to, range.join(zero)))
}

/// What a register holds after products were added to it one by one.
fn delivered(register: Register, sums: &[[i128; 2]], from: Interval, start: Interval) -> Interval {
    let held = Interval { low: register.low, high: register.high };
    if from == Interval::point(0) {
        return start;
    }
    // A sum that overflows on its way can end anywhere in the register.
    let from = from.join(Interval::point(0));
    let ends = sums.iter().map(|&sums| total(sums, from));
    let ends = ends.reduce(|[a, b], [c, d]| [a.min(c), b.max(d)]).unwrap_or([0, 0]);
    let reached = Interval::exact(
        ends[0].min(0).saturating_add(start.low.into()),
        ends[1].max(0).saturating_add(start.high.into()),
    );
    match held.contains(start) {
        true if !register.wraps => {
            Interval { low: reached.low.max(held.low), high: reached.high.min(held.high) }
        }
        true if held.contains(reached) => reached,
        true => held,
        false => held.join(start),
    }
}

/// Returns the bounds of a sum that a register takes, which are those of what it held and one product more; `None` where 64 bits do not
/// hold them.
#[must_use]
pub fn on_delivery(deliver: &Deliver, from: Interval, held: Interval) -> Option<Interval> {
    let register = Interval { low: deliver.register.low, high: deliver.register.high };
    let [low, high] = Interval::of(&deliver.weights).products(from);
    let held = held.join(register);
    let [low, high] = [i128::from(held.low) + low.min(0), i128::from(held.high) + high.max(0)];
    // The distance from the lower end has to fit as well.
    let fits = i64::try_from(low - i128::from(register.low)).is_ok()
        && i64::try_from(high - i128::from(register.low)).is_ok();
    let sum = Interval::exact(low, high);
    (fits && i128::from(sum.low) == low && i128::from(sum.high) == high).then_some(sum)
}
