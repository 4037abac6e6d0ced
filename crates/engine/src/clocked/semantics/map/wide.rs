//! Weighted maps that add in double precision and round once.

use super::super::values::Sums;
use super::Op;
use crate::clocked::real::Real;

/// A weighted map in double precision.
#[derive(Debug)]
pub(in super::super) struct Wide {
    op: Op<f64>,
    /// The bias of each output; empty without one.
    bias: Vec<f64>,
    shift: Option<Shift>,
}

/// How far the roundings of other numbers can shift a sum.
#[derive(Debug)]
struct Shift {
    /// The map with the magnitudes of the weights.
    magnitudes: Op<f64>,
    /// The shift for a sum of magnitudes of 1; negative for one downwards.
    factor: f64,
}

impl Wide {
    /// Returns the map with weights in double precision; `terms` products make a sum.
    pub(super) fn of<T: Real>(
        weights: &[T],
        sums: Sums,
        terms: usize,
        map: impl Fn(Vec<f64>) -> Option<Op<f64>>,
    ) -> Option<Op<T>> {
        let op = map(weights.iter().map(|weight| weight.wide()).collect())?;
        let sign = match sums {
            Sums::High => Some(1.0),
            Sums::Low => Some(-1.0),
            Sums::Forward | Sums::Backward | Sums::Wide => None,
        };
        let shift = |sign: f64| {
            let magnitudes = map(weights.iter().map(|weight| weight.wide().abs()).collect())?;
            // A product and a bias are rounded as well.
            Some(Shift { magnitudes, factor: sign * (terms + 1) as f64 * T::ROUNDOFF })
        };
        let shift = match sign {
            Some(sign) => Some(shift(sign)?),
            None => None,
        };
        Some(Op::Wide(Box::new(Self { op, bias: Vec::new(), shift })))
    }

    /// Sets the bias of each output.
    pub(super) fn set_bias<T: Real>(&mut self, bias: &[T]) {
        self.bias = bias.iter().map(|bias| bias.wide()).collect();
    }

    /// Writes the sums with their biases, each shifted as far as the roundings of others can.
    pub(super) fn apply<T: Real>(&self, input: &[T], output: &mut [T]) {
        let mut input: Vec<f64> = input.iter().map(|x| x.wide()).collect();
        let mut sums = vec![0.0; output.len()];
        self.op.apply(&input, &mut sums);
        add_to(&mut sums, &self.bias);
        if let Some(Shift { magnitudes, factor }) = &self.shift {
            for x in &mut input {
                *x = x.abs();
            }
            let mut bounds = vec![0.0; output.len()];
            magnitudes.apply(&input, &mut bounds);
            add_to(&mut bounds, &self.bias.iter().map(|bias| bias.abs()).collect::<Vec<f64>>());
            add_to(&mut sums, &bounds.iter().map(|bound| bound * factor).collect::<Vec<f64>>());
        }
        for (out, sum) in output.iter_mut().zip(sums) {
            *out = T::round(sum);
        }
    }
}

fn add_to(sums: &mut [f64], others: &[f64]) {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum += other;
    }
}
