//! The plainest rule of a neuron, from which tests make others.

use nirkit_engine::clocked::Comparison;
use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Height, Leak, ResetTiming, Rest, Rule, Spikes, Stage, Terms,
    Test,
};
use nirkit_run::Reset;

/// One spike above the threshold, which is subtracted with it.
pub(crate) const FIRE: Fire = Fire {
    test: Test::After,
    comparison: Comparison::Above,
    spikes: Spikes::One,
    reset: Reset::Subtract,
    timing: ResetTiming::AtOnce,
    floor: Floor::None,
    height: Height::One,
    zero_feedback: false,
};

/// A state that adds what arrives and does not leak.
pub(crate) const SUM: Stage =
    Stage { form: Form::Keep, leak: Leak::None, gain: Terms::NONE, rest: Rest::Ignored };

/// A membrane without a synapse that sums what arrives and spikes as [`FIRE`] says.
pub(crate) const RULE: Rule = Rule {
    synapse: None,
    membrane: SUM,
    fold: Fold::None,
    fan_in: FanIn::Joined,
    first_only: &[],
    normalised: false,
    fire: Some(FIRE),
    fixed: None,
};
