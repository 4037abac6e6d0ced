//! Adaptations between semantics that are drawn at random from the vocabulary of rules.

use crate::adapted;

use adapted::{DT, Neuron, both, network};
use nirkit_engine::clocked::semantics::rule::{
    Fire, Floor, Fold, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Stage, Term,
    Terms, Test,
};
use nirkit_engine::clocked::semantics::{Execution, Fate, Maps, Neurons, Semantics, Unknown};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_platforms::adapt::Level;
use nirkit_platforms::capability::Capability;
use nirkit_platforms::{Choices, Profile, find};
use nirkit_run::Reset;
use nirkit_testing::recipe::Numbers;

const KINDS: &[&str] = &["Affine", "Linear", "IF", "LIF", "CubaLIF"];
const CAPABILITIES: &[Capability] =
    &[plain("Affine"), plain("Linear"), plain("IF"), plain("LIF"), plain("CubaLIF")];

const fn plain(kind: &'static str) -> Capability {
    Capability { kind, becomes: "a module", demands: &[], notes: &[], evidence: "" }
}

fn pick<T: Copy>(numbers: &mut Numbers, among: &[T]) -> T {
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

/// A way to spike that two semantics share.
fn fire(numbers: &mut Numbers) -> Fire {
    Fire {
        test: pick(numbers, &[Test::After, Test::After, Test::Before]),
        comparison: pick(numbers, &[Comparison::Above, Comparison::AtLeast]),
        spikes: Spikes::One,
        reset: pick(numbers, &[Reset::Zero, Reset::Subtract, Reset::VReset]),
        timing: ResetTiming::AtOnce,
        floor: pick(numbers, &[Floor::None, Floor::None, Floor::Zero, Floor::MinusThreshold]),
        height: nirkit_engine::clocked::semantics::rule::Height::One,
        zero_feedback: false,
    }
}

fn semantics(numbers: &mut Numbers, fire: Fire) -> Semantics {
    let rule = |synapse: Option<Stage>, membrane: Stage, fold: Fold| {
        Some(Rule {
            synapse,
            membrane,
            fold,
            fan_in: nirkit_engine::clocked::semantics::rule::FanIn::Joined,
            first_only: &[],
            normalised: false,
            fire: Some(fire),
            fixed: None,
        })
    };
    let fold = |numbers: &mut Numbers, among: &[Term]| match numbers.below(3) {
        0 => Fold::Weights(terms(numbers, among)),
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
        time: nirkit_engine::clocked::semantics::Time::Step(DT),
        precision: pick(numbers, &[Precision::F32, Precision::F32, Precision::F64]),
        execution: Execution::PLAIN,
        maps: Maps::PLAIN,
        neurons,
        unknown: Unknown { known: KINDS, fate: Fate::Refused },
    }
}

fn profile(semantics: &Semantics) -> Profile {
    let base = find("norse").expect("a platform");
    Profile {
        name: "drawn",
        capabilities: CAPABILITIES,
        free_reset: &[],
        semantics: *semantics,
        ..*base
    }
}

fn neuron(numbers: &mut Numbers) -> (Neuron, f32) {
    let tau = pick(numbers, &[5e-4_f32, 1.6e-3, 1e-2]);
    match numbers.below(3) {
        0 => (Neuron::If { r: 1.0 }, 0.4),
        1 => (Neuron::Lif { tau, r: tau / 1e-4 }, 0.5),
        _ => {
            let tau_syn = pick(numbers, &[4e-4_f32, 8e-4]);
            (Neuron::CubaLif { tau_syn, tau_mem: tau, r: tau / 1e-4, w_in: tau_syn / 1e-4 }, 0.3)
        }
    }
}

/// Networks that are drawn, and between which semantics.
const CASES: u64 = 120;

#[test]
fn a_solution_that_exists_is_found() {
    let (mut found, mut all, mut missed) = (0, 0, String::new());
    for seed in 0..CASES {
        let mut numbers = Numbers(seed * 77 + 5);
        let fire = fire(&mut numbers);
        // The comparison can differ: a neighbour of the threshold makes up for it.
        let other = Fire {
            comparison: pick(&mut numbers, &[Comparison::Above, Comparison::AtLeast]),
            ..fire
        };
        let [reference, target] = [semantics(&mut numbers, fire), semantics(&mut numbers, other)];
        let (kind, size) = neuron(&mut numbers);
        let bias = pick(&mut numbers, &[0.0, 0.02]);
        let net = network(kind, size, bias, numbers.below(3) == 0, seed);
        let choices = Choices { dt: Some(DT), ..Choices::default() };
        let (adapted, trials) = both(&reference, &profile(&target), choices, &net);
        for trial in &trials {
            assert!(!trial.contradicted, "seed {seed}: {trial:?}, {:?}", adapted.nodes);
        }
        all += 1;
        if adapted.level() < Level::Impossible {
            found += 1;
        } else {
            let reasons = adapted.nodes.iter().flat_map(|node| &node.reasons);
            missed += &format!(
                "seed {seed} {kind:?}: {}\n",
                reasons.map(ToString::to_string).collect::<Vec<_>>().join("; ")
            );
        }
    }
    assert!(found * 100 >= all * 95, "{found} of {all}\n{missed}");
}

#[test]
fn no_claim_between_any_two_semantics_is_contradicted() {
    for seed in 0..CASES {
        let mut numbers = Numbers(seed * 131 + 17);
        let mut drawn = || {
            let mut own = fire(&mut numbers);
            own.spikes = pick(&mut numbers, &[Spikes::One, Spikes::One, Spikes::Quotient]);
            own.timing = pick(
                &mut numbers,
                &[
                    ResetTiming::AtOnce,
                    ResetTiming::BeforeLeak,
                    ResetTiming::AfterInput,
                    ResetTiming::Settled,
                ],
            );
            semantics(&mut numbers, own)
        };
        let [reference, target] = [drawn(), drawn()];
        let (kind, size) = neuron(&mut numbers);
        let net = network(kind, size, 0.01, numbers.below(3) == 0, seed);
        let choices = Choices { dt: Some(DT), ..Choices::default() };
        let (adapted, trials) = both(&reference, &profile(&target), choices, &net);
        for trial in &trials {
            assert!(!trial.contradicted, "seed {seed}: {trial:?}, {:?}", adapted.nodes);
        }
    }
}
