//! Projections as they run: from counts of spikes to a synapse.

use super::map::{Map, Matrix};
use super::network::Source;
use super::register::Register;

/// A projection that is ready to run.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) source: Source,
    pub(super) synapse: usize,
    pub(super) delay: usize,
    pub(super) limit: Option<i64>,
    pub(super) way: Way,
}

/// How a projection adds.
#[derive(Debug)]
pub(super) enum Way {
    /// Spike by spike; the weights are shifted already.
    EachSpike(Matrix),
    /// As a sum.
    Sum { maps: Vec<Map>, shift: i32, register: Option<Register> },
}

impl Way {
    /// Adds to the states of a synapse, spike by spike.
    ///
    /// The spikes of one source have one weight, so they push in one direction: adding them at once
    /// and adding them one by one saturate alike.
    pub(super) fn deliver(matrix: &Matrix, counts: &[i64], register: Register, states: &mut [i64]) {
        for (source, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            for &(target, weight) in matrix.row(source) {
                let state = &mut states[target as usize];
                *state = register.hold(*state + count * weight);
            }
        }
    }

    /// Adds the sum that arrives at each neuron; the two buffers are room for what is on the way.
    pub(super) fn sum(
        maps: &[Map],
        shift: i32,
        register: Option<Register>,
        counts: &mut Vec<i64>,
        scratch: &mut Vec<i64>,
        sums: &mut [i64],
    ) {
        for map in maps {
            scratch.clear();
            scratch.resize(map.targets(), 0);
            map.add(counts, scratch);
            std::mem::swap(counts, scratch);
        }
        for (sum, &exact) in sums.iter_mut().zip(counts.iter()) {
            let held = register.map_or(exact, |register| register.hold(exact));
            *sum += shifted(held, shift);
        }
    }
}

/// A number shifted left, or right toward minus infinity.
pub(super) fn shifted(number: i64, shift: i32) -> i64 {
    if shift >= 0 { number << shift } else { number >> -shift }
}
