//! Loihi 2: figures of the first Loihi, for none of single operations are published for the second.

use super::super::{Design, Placement};
use super::{Activity, Estimate, Part};

const LOIHI: &str = "Davies et al., Loihi, IEEE Micro 38(1), 2018, table 1, at 0.75 V, as commonly quoted: the \
                     first Loihi";

const PICO: (&str, f64) = ("pJ", 1e-12);
const NANO: (&str, f64) = ("ns", 1e-9);

/// What a run takes. The least time is that of work spread evenly over all cores that are used, the
/// most that of work in a single one.
pub(in super::super) fn estimate(design: &Design, activity: &Activity) -> Estimate {
    let (operations, updates) = (activity.synaptic_operations(), activity.updates());
    let spread = |mut part: Part| {
        let cores = cores(&design.placements);
        part.range[0] /= cores as f64;
        part.how += &format!(", spread over {cores} cores or in one");
        part
    };
    let time = |what, count, figure| Part::times(what, count, figure, NANO, LOIHI);
    Estimate {
        energy: vec![
            Part::times("synaptic operations", operations, [23.6; 2], PICO, LOIHI),
            // A neuron that is inactive takes 52 pJ, an active one 81 pJ.
            Part::times("updates of neurons", updates, [52.0, 81.0], PICO, LOIHI),
        ],
        time: vec![
            time("barriers between steps", activity.steps as u64, [113.0, 465.0]),
            spread(time("synaptic operations", operations, [3.5; 2])),
            spread(time("updates of neurons", updates, [5.3, 8.4])),
        ],
        remarks: vec![
            "no figures of single operations are published for Loihi 2; Intel's Technology Brief, 2021, \
             says that its circuits are 2 times (updates) to 5 times (synaptic operations) as fast",
            "transport of spikes between cores (1.7 pJ in a tile, 3 to 4 pJ a hop on Loihi), idle power, \
             input and output are left out",
        ],
    }
}

/// How many cores are used, at least one.
fn cores(placed: &[Placement]) -> usize {
    let parts: Vec<&str> = placed.iter().map(|placed| placed.part.as_str()).collect();
    parts.iter().enumerate().filter(|(at, part)| !parts[..*at].contains(part)).count().max(1)
}
