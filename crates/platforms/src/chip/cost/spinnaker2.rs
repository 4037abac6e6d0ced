//! SpiNNaker 2: steps in real time; no figures of operations.

use super::super::Design;
use super::{Activity, Estimate, Part};

const TICK: &str = "py-spinnaker2, hardware.SpiNNaker2Chip.run, sys_tick_in_s: 1 ms unless changed";

pub(in super::super) fn estimate(_: &Design, activity: &Activity) -> Estimate {
    let steps = activity.steps as u64;
    Estimate {
        energy: Vec::new(),
        time: vec![Part::times("steps", steps, [1.0; 2], ("ms", 1e-3), TICK)],
        remarks: vec![
            "no energy of an operation that could be checked is published for SpiNNaker 2 in silicon: \
             Höppner et al., arXiv:1903.08941, 2019, measured a prototype in 28 nm, and Höppner et al., \
             arXiv:2103.08392, 2021, a processing element on their own benchmarks; the first \
             SpiNNaker took 8 nJ for a synaptic event (Stromatias et al., IJCNN 2013)",
        ],
    }
}
