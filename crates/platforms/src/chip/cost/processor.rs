//! The same network on a processor that leaves nothing out.

use serde::Serialize;

use super::Activity;

/// Multiplications and additions in single precision with 45 nm: 3.7 and 0.9 pJ by themselves; with
/// an instruction (70 pJ) and a read of a small cache (10 pJ) around them.
const PICOJOULES: [f64; 2] = [4.6, 84.6];

/// What a processor without events computes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dense {
    /// Multiplications with an addition.
    pub macs: u64,
    /// Multiplications with an addition for each synaptic operation; `None` without any.
    pub macs_per_operation: Option<f64>,
    /// Their energy in joules: arithmetic alone, and with instructions and memory around it.
    pub energy: [f64; 2],
    /// Where the figures are written.
    pub source: &'static str,
}

impl Dense {
    pub(super) fn of(activity: &Activity) -> Self {
        let macs = activity.traffic.iter().map(|traffic| traffic.macs).sum();
        let operations = activity.synaptic_operations();
        Self {
            macs,
            macs_per_operation: (operations > 0).then(|| macs as f64 / operations as f64),
            energy: PICOJOULES.map(|figure| macs as f64 * figure * 1e-12),
            source: "Horowitz, Computing's energy problem, ISSCC 2014: single precision, 45 nm",
        }
    }
}
