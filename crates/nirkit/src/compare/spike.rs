//! What a spike is in the ideal, if nobody says it.

use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_sim::SpikeReading;

/// What a spike is in the ideal, and where the answer comes from. A neuron without a leak has no
/// time constant by which a gain of `tau / dt` could undo the length of a step: there a spike is an
/// impulse.
#[must_use]
pub fn usual_spike(graph: &Graph, facts: &Facts, dt: f64) -> (SpikeReading, &'static str) {
    if is_perfect(graph, facts) {
        (SpikeReading::Impulse { area: 1.0 }, "guessed: all neurons are IF")
    } else {
        (SpikeReading::Pulse { width: dt }, "default: a pulse of one step")
    }
}

/// Whether all neurons are IF, and there is one.
fn is_perfect(graph: &Graph, facts: &Facts) -> bool {
    let primitives = facts.iter().filter_map(|(id, _)| facts.primitive(graph, id));
    let leaky = |primitive: &Primitive| {
        use Primitive::{CubaLi, CubaLif, Li, Lif};
        matches!(primitive, Li(_) | CubaLi(_) | Lif(_) | CubaLif(_))
    };
    let mut has_if = false;
    for primitive in primitives {
        if leaky(primitive) {
            return false;
        }
        has_if |= matches!(primitive, Primitive::If(_));
    }
    has_if
}
