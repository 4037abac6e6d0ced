//! Kernels: maps in the form in which they bring listed spikes to sums.

mod dense;
mod listed;
mod window;

use super::Layout;
use super::spikes::Spike;
use crate::integer::map::Map;

pub(crate) use dense::Dense;
use listed::Listed;
use window::Windowed;

/// A matrix with at most this share of weights is kept as a list of them.
const LISTED_SHARE: f64 = 0.1;

/// A map with its weights in 32 bits.
#[derive(Debug)]
pub(crate) enum Kernel {
    Dense(Dense),
    Listed(Listed),
    Window(Windowed),
}

impl Kernel {
    /// A kernel that multiplies weights by a power of two, between signals that lie so; `None` where
    /// a weight is too large.
    pub(crate) fn new(map: &Map, shift: u32, from: Layout, to: Layout) -> Option<Self> {
        let fits =
            |weight: i64| weight.checked_mul(1 << shift).is_some_and(|w| w.abs() <= super::BOUND);
        if shift > 30 || !map.weights().all(fits) {
            return None;
        }
        Some(match map {
            Map::Matrix(matrix) => {
                let share = map.weights().count() as f64;
                if share <= LISTED_SHARE * (map.sources() * map.targets()) as f64 {
                    Self::Listed(Listed::new(matrix, shift, from, to))
                } else {
                    Self::Dense(Dense::new(matrix, shift, from, to))
                }
            }
            Map::Window { window, weights } => {
                Self::Window(Windowed::new(window, weights, shift, from, to))
            }
        })
    }

    /// Bytes of the weights.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.bytes(),
            Self::Listed(listed) => listed.bytes(),
            Self::Window(_) => 0,
        }
    }

    /// Adds what the spikes of a row bring to the sums of all targets; more spikes of a channel
    /// than `limit` are not seen.
    #[inline(always)]
    pub(crate) fn add(&self, spikes: &[Spike], limit: i32, sums: &mut [i32]) {
        match self {
            Self::Dense(dense) => {
                for tile in 0..dense.tiles() {
                    dense.add(tile, spikes, limit, sums);
                }
            }
            Self::Listed(listed) => listed.add(spikes, limit, sums),
            Self::Window(window) => window.add(spikes, limit, sums),
        }
    }
}
