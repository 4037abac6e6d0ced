//! What chips compute with numbers that are not rounded: the semantics that [`adapt`](crate::adapt) solves for.
//!
//! Weights, thresholds and decays are real numbers here, and states have no width. What a chip makes of them is in its
//! [`Design`](super::Design), and claims are made about that.

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Format, Height, Leak, Ratio, ResetTiming, Rest, Rule, Spikes,
    Stage, Terms, Test,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Comparison, Precision, Timing};
use nirkit_run::Reset;

use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// A decay as forward Euler has it: `1 - dt / tau`.
const EULER: Leak = Leak::Euler(Ratio::Quotient, Format::Double);

/// A voltage that adds what arrives and does not leak.
pub(super) const SUM: Stage =
    Stage { form: Form::Keep, leak: Leak::None, gain: Terms::NONE, rest: Rest::Ignored };

/// A state that keeps its share and adds what arrives.
pub(super) const KEEP: Stage = Stage { leak: EULER, ..SUM };

/// One spike above the threshold, which sets the voltage to 0.
pub(super) const TO_ZERO: Fire = Fire {
    test: Test::After,
    comparison: Comparison::Above,
    spikes: Spikes::One,
    reset: Reset::Zero,
    timing: ResetTiming::AtOnce,
    floor: Floor::None,
    height: Height::One,
    zero_feedback: false,
};

/// A membrane without a leak and without a synapse.
pub(super) const PLAIN: Rule = Rule {
    synapse: None,
    membrane: SUM,
    fold: Fold::None,
    fan_in: FanIn::Joined,
    first_only: &[],
    normalised: false,
    fire: Some(TO_ZERO),
    fixed: None,
};

/// Maps that are one step late.
pub(super) const LATE: Maps = Maps { arrival: Timing::Next, ..Maps::PLAIN };

/// The profile of a chip whose neurons follow these rules; `known` are the kinds that it takes.
pub(super) const fn profile(
    (name, version): (&'static str, &'static str),
    neurons: &Neurons,
    maps: Maps,
    known: &'static [&'static str],
) -> Profile {
    Profile {
        name,
        version,
        package: "the chip without roundings",
        evidence: "",
        dt: Dt::Counted,
        free_reset: &[],
        unbiased_reset: None,
        capabilities: &[],
        unknown: "",
        big_endian: None,
        semantics: Semantics {
            time: Time::Counted,
            precision: Precision::F64,
            execution: Execution::PLAIN,
            maps,
            neurons: *neurons,
            unknown: Unknown { known, policy: UnknownNodePolicy::Refused },
        },
    }
}

/// A kind that a chip takes where these demands are met.
pub(super) const fn takes(kind: &'static str, demands: &'static [Demand]) -> Capability {
    Capability { kind, becomes: "", demands, notes: &[], evidence: "" }
}

/// A time constant is at least a step: a state cannot lose more than itself.
pub(super) const fn lasts_a_step(field: &'static str) -> Demand {
    Demand::new(Requirement::AtLeastSteps(field, 1.0), "")
}
