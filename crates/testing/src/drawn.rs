//! Semantics that are drawn at random from the vocabulary of rules.

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Format, Height, Leak, Ratio, ResetTiming, Rest, Rule, Spikes,
    Stage, Term, Terms, Test,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_run::Reset;

use crate::recipe::Numbers;

/// The kinds that these semantics know.
pub const KINDS: &[&str] = &["Affine", "Linear", "IF", "LIF", "CubaLIF"];

/// One of several.
pub fn pick<T: Copy>(numbers: &mut Numbers, among: &[T]) -> T {
    among[numbers.below(among.len())]
}

/// A leak that follows the time constant.
fn leak(numbers: &mut Numbers) -> Leak {
    let ratio = pick(numbers, &[Ratio::Quotient, Ratio::Reciprocal, Ratio::Steps]);
    let format = pick(numbers, &[Format::Single, Format::Double, Format::Stored]);
    match numbers.below(4) {
        0 => Leak::Euler(ratio, format),
        1 => Leak::Clipped(ratio, format),
        2 => Leak::Exponential(ratio, format),
        _ => Leak::Warped(ratio, format),
    }
}

/// Some of the factors of a gain.
fn terms(numbers: &mut Numbers, among: &[Term]) -> Terms {
    among.iter().fold(Terms::NONE, |terms, &term| terms.set(term, numbers.below(2) == 0))
}

fn stage(numbers: &mut Numbers, among: &[Term]) -> Stage {
    Stage {
        form: pick(numbers, &[Form::Keep, Form::Approach, Form::Recover, Form::Relax]),
        leak: leak(numbers),
        gain: terms(numbers, among),
        rest: pick(numbers, &[Rest::Ignored, Rest::Pull]),
    }
}

/// A way to spike.
pub fn fire(numbers: &mut Numbers) -> Fire {
    Fire {
        test: pick(numbers, &[Test::After, Test::After, Test::Before]),
        comparison: pick(numbers, &[Comparison::Above, Comparison::AtLeast]),
        spikes: Spikes::One,
        reset: pick(numbers, &[Reset::Zero, Reset::Subtract, Reset::VReset]),
        timing: ResetTiming::AtOnce,
        floor: pick(numbers, &[Floor::None, Floor::None, Floor::Zero, Floor::MinusThreshold]),
        height: Height::One,
        zero_feedback: false,
    }
}

/// A semantics of IF, LIF and `CubaLIF` for a step of `dt` seconds.
pub fn semantics(numbers: &mut Numbers, fire: Fire, dt: f64) -> Semantics {
    let rule = |synapse: Option<Stage>, membrane: Stage, fold: Fold| {
        Some(Rule {
            synapse,
            membrane,
            fold,
            fan_in: FanIn::Joined,
            first_only: &[],
            normalised: false,
            fire: Some(fire),
            fixed: None,
        })
    };
    let fold = |numbers: &mut Numbers, among: &[Term]| match numbers.below(3) {
        0 => match terms(numbers, among) {
            // Nothing is folded.
            Terms::NONE => Fold::None,
            terms => Fold::Weights(terms),
        },
        _ => Fold::None,
    };
    let plain =
        Stage { form: Form::Keep, leak: Leak::None, gain: Terms::NONE, rest: Rest::Ignored };
    let one = [Term::R, Term::Membrane];
    let two = [Term::R, Term::WIn, Term::Membrane, Term::Synapse];
    let lif = stage(numbers, &one);
    let synapse = Stage { rest: Rest::Ignored, ..stage(numbers, &[Term::WIn, Term::Synapse]) };
    let membrane = stage(numbers, &one);
    let neurons = Neurons {
        r#if: rule(None, Stage { gain: terms(numbers, &[Term::R]), ..plain }, Fold::None),
        lif: rule(None, lif, fold(numbers, &one)),
        cuba_lif: rule(Some(synapse), membrane, fold(numbers, &two)),
        ..Neurons::NONE
    };
    Semantics {
        time: Time::Step(dt),
        precision: pick(numbers, &[Precision::F32, Precision::F32, Precision::F64]),
        execution: Execution::PLAIN,
        maps: Maps::PLAIN,
        neurons,
        unknown: Unknown { known: KINDS, policy: UnknownNodePolicy::Refused },
    }
}
