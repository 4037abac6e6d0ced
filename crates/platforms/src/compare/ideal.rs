//! The ideal on a grid: NIR's equations by forward Euler in double precision, with every parameter
//! read. It is what platforms are led back to; the ideal in continuous time has no choices that
//! could be switched.

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Format, Height, Leak, Ratio, ResetTiming, Rest, Rule, Spikes,
    Stage, Term, Terms, Test,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_run::{Reset, SpikeReading};

use super::Variant;

/// The ideal on a grid of `dt` seconds.
///
/// A spike is a pulse of height 1 that lasts a step. Where spikes are read as impulses, it is an impulse of area 1 to an IF, whose
/// equation has no time constant, as all platforms have it; a bias is then added to an IF once a step.
#[must_use]
pub fn ideal(dt: f64, reset: Reset, spike: SpikeReading) -> Variant {
    let form = match spike {
        SpikeReading::Pulse { .. } => Form::Add,
        SpikeReading::Impulse { .. } => IF.membrane.form,
    };
    let integrator = Rule { membrane: Stage { form, ..IF.membrane }, ..IF };
    let fire = Fire { reset, ..FIRE };
    let with = |rule: Rule| Some(Rule { fire: Some(fire), ..rule });
    let neurons = Neurons {
        li: Some(LIF),
        r#if: with(integrator),
        lif: with(LIF),
        cuba_lif: with(CUBA_LIF),
        ..Neurons::NONE
    };
    let semantics = Semantics { time: Time::Step(dt), neurons, ..SEMANTICS };
    Variant { title: "ideal on a grid".to_owned(), semantics }
}

const FIRE: Fire = Fire {
    test: Test::After,
    comparison: Comparison::Above,
    spikes: Spikes::One,
    reset: Reset::VReset,
    timing: ResetTiming::AtOnce,
    floor: Floor::None,
    height: Height::One,
    zero_feedback: false,
};

const LEAK: Leak = Leak::Euler(Ratio::Quotient, Format::Double);

const LIF: Rule = Rule {
    synapse: None,
    membrane: Stage {
        form: Form::Keep,
        leak: LEAK,
        gain: Terms::of(&[Term::R, Term::Membrane]),
        rest: Rest::Pull,
    },
    fold: Fold::None,
    fan_in: FanIn::Joined,
    first_only: &[],
    normalised: false,
    fire: None,
    fixed: None,
};

const IF: Rule = Rule {
    membrane: Stage {
        leak: Leak::None,
        gain: Terms::of(&[Term::R]),
        rest: Rest::Ignored,
        ..LIF.membrane
    },
    ..LIF
};

const CUBA_LIF: Rule = Rule {
    // The voltage sees the current from before the step.
    synapse: Some(Stage { form: Form::Late, leak: LEAK, gain: Terms::NONE, rest: Rest::Ignored }),
    membrane: Stage {
        gain: Terms::of(&[Term::R, Term::WIn, Term::Membrane, Term::Synapse]),
        ..LIF.membrane
    },
    ..LIF
};

const SEMANTICS: Semantics = Semantics {
    time: Time::Step(1.0),
    precision: Precision::F64,
    execution: Execution::PLAIN,
    maps: Maps::PLAIN,
    neurons: Neurons::NONE,
    unknown: Unknown {
        known: &[
            "Affine",
            "Linear",
            "Scale",
            "Conv1d",
            "Conv2d",
            "SumPool2d",
            "AvgPool2d",
            "Flatten",
            "LI",
            "IF",
            "LIF",
            "CubaLIF",
            "NIRGraph",
        ],
        policy: UnknownNodePolicy::Refused,
    },
};
