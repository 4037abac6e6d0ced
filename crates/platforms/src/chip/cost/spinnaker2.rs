//! SpiNNaker 2: steps in real time; one figure of operations, for the part that its accelerators do.

use super::super::Design;
use super::{Activity, Estimate, Part};

const TICK: &str = "py-spinnaker2, hardware.SpiNNaker2Chip.run, sys_tick_in_s: 1 ms unless changed";

const OPERATION: &str = "least: Tang et al., Frontiers in Neuroscience 17, 2023 (SENECA), table 3, for SpiNNaker 2, after \
                         Höppner et al., arXiv:2103.08392, 2021; most: the first SpiNNaker, Stromatias \
                         et al., IJCNN 2013, 8 nJ";

pub(in super::super) fn estimate(_: &Design, activity: &Activity) -> Estimate {
    let steps = activity.steps as u64;
    Estimate {
        energy: vec![Part::times(
            "synaptic operations",
            activity.synaptic_operations(),
            [10.0, 8000.0],
            ("pJ", 1e-12),
            OPERATION,
        )],
        time: vec![Part::times("steps", steps, [1.0; 2], ("ms", 1e-3), TICK)],
        remarks: vec![
            "the range is wide: the least is the chip with its accelerators, the most is the chip before it \
             with the updates of its neurons; the papers themselves were not at hand",
            "updates of neurons, idle power, memory outside of the chip, input and output are left out",
        ],
    }
}
