//! Maps of integers as kernels of 32 bits.

use super::super::map::{Map, Matrix};
use super::spikes::Spike;
use crate::executor::kernel::{self, Ends, Entries, Windowed};
use crate::lowering::step_window;

pub(crate) type Kernel = kernel::Kernel<i32>;
pub(crate) type Dense = kernel::Dense<i32>;

/// The weights of a matrix times a power of two.
pub(crate) struct Shifted<'a> {
    pub(crate) matrix: &'a Matrix,
    pub(crate) shift: u32,
}

impl Entries<i32> for Shifted<'_> {
    fn each(&self, mut visit: impl FnMut(usize, usize, i32)) {
        for source in 0..self.matrix.sources() {
            for &(target, weight) in self.matrix.row(source) {
                visit(source, target as usize, (weight << self.shift) as i32);
            }
        }
    }
}

/// A kernel that multiplies weights by a power of two; `None` where a weight is too large.
pub(super) fn kernel(map: &Map, shift: u32, ends: Ends) -> Option<Kernel> {
    let fits =
        |weight: i64| weight.checked_mul(1 << shift).is_some_and(|w| w.abs() <= super::BOUND);
    if shift > 30 || !map.weights().all(fits) {
        return None;
    }
    Some(match map {
        Map::Matrix(matrix) => {
            let shape = [map.sources(), map.targets()];
            Kernel::matrix(&Shifted { matrix, shift }, shape, ends)
        }
        Map::Window { window, weights } => {
            let weights: Vec<i32> =
                weights.iter().map(|&weight| (weight << shift) as i32).collect();
            Kernel::Window(Windowed::new(&step_window(window), ends, &weights))
        }
    })
}

/// Spikes that arrive; more of a channel than `limit` are not seen.
#[inline(always)]
pub(crate) fn seen(
    spikes: &[Spike],
    limit: i32,
) -> impl Iterator<Item = (usize, i32)> + Clone + '_ {
    spikes.iter().map(move |&(source, count)| (source as usize, count.min(limit)))
}
