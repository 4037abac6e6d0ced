//! Loihi 2: figures of the first Loihi, and what is known of how much faster the second is.

use super::super::Design;
use super::{Activity, Estimate, Part};

const LOIHI: &str = "Davies et al., IEEE Micro 38(1), 2018, table of Loihi (the first), 0.75 V";
const BRIEF: &str = "least: Intel Labs, Technology Brief: Loihi 2, 2021 (a step of 200 ns); most: Davies et \
                     al., 2018 (barrier of 465 ns, all in one core)";

const PICO: (&str, f64) = ("pJ", 1e-12);
const NANO: (&str, f64) = ("ns", 1e-9);

pub(in super::super) fn estimate(_: &Design, activity: &Activity) -> Estimate {
    let (operations, updates) = (activity.synaptic_operations(), activity.updates());
    let steps = activity.steps as u64;
    let time = [
        ("steps", steps, [200.0, 465.0]),
        ("synaptic operations", operations, [0.0, 3.5]),
        ("updates of neurons", updates, [0.0, 8.4]),
    ];
    Estimate {
        energy: vec![
            Part::times("synaptic operations", operations, [23.6; 2], PICO, LOIHI),
            // A neuron that is inactive takes 52 pJ, an active one 81 pJ.
            Part::times("updates of neurons", updates, [52.0, 81.0], PICO, LOIHI),
        ],
        time: time
            .map(|(what, count, figure)| Part::times(what, count, figure, NANO, BRIEF))
            .into(),
        remarks: vec![
            "no energy of an operation is published for Loihi 2: these are those of the first Loihi; \
             Intel says that circuits of Loihi 2 are 2 times (updates) to 5 times (synaptic operations) \
             as fast",
            "transport of spikes between cores (1.7 pJ in a tile, 3 to 4 pJ a hop on Loihi), idle power \
             and input and output are left out",
        ],
    }
}
