//! What chips compute with numbers that are not rounded: the semantics that [`adapt`](crate::adapt) solves for.
//!
//! Weights, thresholds and decays are real numbers here, and states have no width. What a chip makes of them is in its
//! [`Design`](super::Design), and claims are made about that.

use nirkit_engine::clocked::semantics::rule::{Format, Leak, Ratio, Stage};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Precision, Timing};

use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};
use crate::simulator::SUM;

/// A decay as forward Euler has it: `1 - dt / tau`.
const EULER: Leak = Leak::Euler(Ratio::Quotient, Format::Double);

/// A state that keeps its share and adds what arrives.
pub(super) const KEEP: Stage = Stage { leak: EULER, ..SUM };

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
