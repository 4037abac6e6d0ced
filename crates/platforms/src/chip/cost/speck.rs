//! Speck: asynchronous, without a clock; figures of the whole chip.

use super::super::Design;
use super::{Activity, Estimate, Part};

const PIPELINE: &str =
    "Richter et al., arXiv:2304.06793, 2023: 3.36 µs for an event through 9 layers";
const POWER: &str = "Yao et al., Nature Communications 15:4464, 2024: 0.42 mW at rest, 0.70 mW with the \
                     least busy of their networks";

/// Time of an event in a layer, in seconds.
const LAYER: f64 = 3.36e-6 / 9.0;
/// Power of the chip, in watts.
const WATTS: [f64; 2] = [0.42e-3, 0.70e-3];

pub(in super::super) fn estimate(_: &Design, activity: &Activity) -> Estimate {
    let layers = activity.populations().count();
    let behind = Part {
        what: "from the last event to the answer",
        range: [layers as f64 * LAYER; 2],
        how: format!("{layers} layers of 0.373 µs"),
        source: PIPELINE,
    };
    let mut remarks = vec![
        "no energy of a synaptic operation that could be checked is published for Speck: the power \
         of the chip is a lower end, busy networks take more",
    ];
    let energy = activity.seconds().map(|seconds| Part {
        what: "power of the chip",
        range: WATTS.map(|watts| watts * seconds),
        how: format!("0.42 to 0.7 mW for {seconds} s, as long as the input lasts"),
        source: POWER,
    });
    if energy.is_none() {
        remarks.push("the energy needs the length of the run: give `--dt`");
    }
    Estimate { energy: energy.into_iter().collect(), time: vec![behind], remarks }
}
