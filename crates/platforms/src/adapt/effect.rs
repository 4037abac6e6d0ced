//! What a reset amounts to, whenever it takes place.

use nirkit_engine::clocked::semantics::rule::{Fire, ResetTiming};
use nirkit_run::Reset;

/// What a reset amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// To a level, in the step of the spike.
    To,
    /// The threshold is taken off, in the step of the spike.
    Off,
    /// The threshold is taken off after the leak of the next step.
    OffLate,
    /// The voltage is lost after the input of the next step.
    ToLate,
    /// The threshold is taken off; what stands above two thresholds acts on the test of the next step.
    OffPending,
    /// Taken off twice or set twice.
    Twice,
    Never,
}

pub(super) fn effect(fire: &Fire) -> Effect {
    let subtracts = fire.reset == Reset::Subtract;
    match fire.timing {
        ResetTiming::AtOnce | ResetTiming::BeforeLeak => {
            if subtracts {
                Effect::Off
            } else {
                Effect::To
            }
        }
        ResetTiming::AfterInput if subtracts => Effect::OffLate,
        ResetTiming::AfterInput => Effect::ToLate,
        // To zero, nothing is ever pending.
        ResetTiming::Settled | ResetTiming::SettledEarly if !subtracts => Effect::To,
        ResetTiming::Settled | ResetTiming::SettledEarly => Effect::OffPending,
        ResetTiming::Twice => Effect::Twice,
        ResetTiming::Never => Effect::Never,
    }
}

impl Effect {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::To => "sets the voltage to a level",
            Self::Off => "takes the threshold off the voltage",
            Self::OffLate => "takes the threshold off after the leak of the next step",
            Self::ToLate => "sets the voltage one step late, and loses the input of that step",
            Self::OffPending => {
                "takes one threshold off, and another before the test of the next step"
            }
            Self::Twice => "acts twice",
            Self::Never => "never happens",
        }
    }
}
