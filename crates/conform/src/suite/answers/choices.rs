//! The choices of the clocked engine under which a case is computed, and the cases that have them.

use nirkit::SpikeReading;
use nirkit::ir::Primitive;
use nirkit::ir::primitive::If;

use super::super::case::Follows;
use super::super::draft::Draft;
use super::any_node;

/// A set of choices of the clocked engine.
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) choices: &'static [(&'static str, &'static str)],
    pub(super) follows: Follows,
}

/// A pulse of one step where the case has an impulse of that area, and the other way round.
pub(super) const OTHER: &str = "other";

const EXPONENTIAL: (&str, &str) = ("integrator", "exponential");

/// The choices that are tried, NIR's own first.
pub(super) const NAMED: &[Named] = &[
    Named { name: "exponential", choices: &[EXPONENTIAL], follows: Follows::Nir },
    Named { name: "euler", choices: &[("integrator", "euler")], follows: Follows::Nir },
    Named {
        name: "euler_new_current",
        choices: &[("integrator", "euler"), ("synapse", "new")],
        follows: Follows::Nir,
    },
    Named {
        name: "single_precision",
        choices: &[EXPONENTIAL, ("precision", "f32")],
        follows: Follows::Nir,
    },
    Named {
        name: "euler_single_precision",
        choices: &[("integrator", "euler"), ("precision", "f32")],
        follows: Follows::Nir,
    },
    Named {
        name: "at_least",
        choices: &[EXPONENTIAL, ("comparison", ">=")],
        follows: Follows::Nir,
    },
    Named { name: "input_next", choices: &[EXPONENTIAL, ("input", "next")], follows: Follows::Nir },
    Named {
        name: "feedback_absent",
        choices: &[EXPONENTIAL, ("feedback", "absent")],
        follows: Follows::Nir,
    },
    Named {
        name: "other_reading",
        choices: &[EXPONENTIAL, ("spike", OTHER)],
        follows: Follows::Nir,
    },
    Named {
        name: "euler_other_reading",
        choices: &[("integrator", "euler"), ("spike", OTHER)],
        follows: Follows::Nir,
    },
    Named {
        name: "euler_other_reading_new_current",
        choices: &[("integrator", "euler"), ("synapse", "new"), ("spike", OTHER)],
        follows: Follows::Nir,
    },
    Named {
        name: "start_zero",
        choices: &[EXPONENTIAL, ("start", "zero")],
        follows: Follows::Open,
    },
    Named {
        name: "reset_next",
        choices: &[EXPONENTIAL, ("reset_timing", "next")],
        follows: Follows::Open,
    },
    Named {
        name: "threshold_level",
        choices: &[EXPONENTIAL, ("threshold", "level")],
        follows: Follows::Open,
    },
    Named {
        name: "spike_impulse",
        choices: &[EXPONENTIAL, ("spike", "impulse:1")],
        follows: Follows::Open,
    },
    Named {
        name: "reset_zero",
        choices: &[EXPONENTIAL, ("reset", "zero")],
        follows: Follows::Departs,
    },
    Named {
        name: "reset_subtract",
        choices: &[EXPONENTIAL, ("reset", "subtract")],
        follows: Follows::Departs,
    },
];

/// The other reading of a spike that is as long, or as large, as a step.
pub(super) fn other_reading(draft: &Draft) -> SpikeReading {
    match draft.spike {
        SpikeReading::Impulse { .. } => SpikeReading::Pulse { width: draft.dt },
        SpikeReading::Pulse { .. } => SpikeReading::Impulse { area: draft.dt },
    }
}

/// Whether the spikes of a case have the size of a step.
fn has_size_of_step(draft: &Draft) -> bool {
    match draft.spike {
        SpikeReading::Impulse { area } => area == draft.dt,
        SpikeReading::Pulse { .. } => true,
    }
}

/// Whether a graph has something that a set of choices is about.
pub(super) fn applies(draft: &Draft, name: &str) -> bool {
    let has = |is_meant: &dyn Fn(&Primitive) -> bool| {
        draft.graph.graph().is_some_and(|graph| any_node(graph, is_meant))
    };
    match name {
        "euler_new_current" => has(&|p| matches!(p, Primitive::CubaLif(_) | Primitive::CubaLi(_))),
        // An impulse has no level.
        "other_reading" | "euler_other_reading" => {
            let becomes_impulse = matches!(draft.spike, SpikeReading::Pulse { .. });
            let has_level = has(&|p| matches!(p, Primitive::Threshold(_)));
            has_size_of_step(draft) && !(becomes_impulse && has_level)
        }
        "euler_other_reading_new_current" => {
            has_size_of_step(draft)
                && has(&|p| matches!(p, Primitive::CubaLif(_) | Primitive::CubaLi(_)))
        }
        "threshold_level" => has(&|p| matches!(p, Primitive::Threshold(_))),
        "spike_impulse" => {
            let only = has(&|p| matches!(p, Primitive::If(If { .. })));
            has_size_of_step(draft) && only && !has(&|p| matches!(p, Primitive::Threshold(_)))
        }
        _ => true,
    }
}
