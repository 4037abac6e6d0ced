//! The moves of a rule of neurons.

use nirkit::Reset;
use nirkit_engine::clocked::Comparison;
use nirkit_engine::clocked::semantics::Slot;
use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Fixed, Floor, Fold, Form, Format, Height, Leak, Ratio, ResetTiming, Rest, Rule,
    Spikes, Stage, Term, Terms, Test,
};

use super::{Move, Moves};
use crate::identify::candidate::Candidate;

/// The factors that a gain of a kind can have.
fn terms_of(slot: Slot) -> Vec<Term> {
    let is_meant = |term: &Term| match term {
        Term::R | Term::PerThreshold | Term::PerStep => true,
        Term::Membrane | Term::Share => slot.kind() != "IF",
        Term::WIn | Term::Synapse => slot.kind() == "CubaLIF",
        // A probe cannot tell it from `dt / tau`.
        Term::Propagator => false,
    };
    let has_threshold = |term: &Term| *term != Term::PerThreshold || slot != Slot::Li;
    Term::ALL.into_iter().filter(is_meant).filter(has_threshold).collect()
}

/// The lists of parameters that are taken of the first neuron, for a kind.
fn first_only(slot: Slot) -> Vec<&'static [&'static str]> {
    let is_meant = |list: &&'static [&'static str]| match slot.kind() {
        "IF" => {
            !list.iter().any(|name| name.starts_with("tau")) || list.len() == FIRST_ONLY[8].len()
        }
        "CubaLIF" => !list.contains(&"tau") || list.len() > 1,
        _ => !list.iter().any(|name| name.starts_with("tau_")) || list.len() > 1,
    };
    FIRST_ONLY.into_iter().filter(is_meant).collect()
}

/// How high the spikes of a slot are, and how its edges come together: what shows with another layer only.
pub(in crate::identify) fn between(slot: Slot, key: &str) -> Vec<Move> {
    let mut moves = Moves::default();
    for height in [Height::One, Height::PerStep] {
        moves.add(&format!("{key}.fire.height"), format!("{height:?}"), move |c| {
            on_rule(c, slot, &|rule| {
                if let Some(fire) = &mut rule.fire {
                    fire.height = height;
                }
            });
        });
    }
    for fan_in in [FanIn::Joined, FanIn::OneByOne] {
        moves.add(&format!("{key}.fan_in"), format!("{fan_in:?}"), move |c| {
            on_rule(c, slot, &|rule| rule.fan_in = fan_in);
        });
    }
    moves.0
}

/// The moves of a rule.
pub(in crate::identify) fn rule(slot: Slot, key: &str) -> Vec<Move> {
    let mut moves = Moves::default();
    if matches!(slot.kind(), "CubaLIF") {
        stage(&mut moves, slot, &format!("{key}.synapse"), |rule| rule.synapse.as_mut());
    }
    if slot.kind() == "IF" {
        // A current that keeps nothing is the input itself.
        const NOTHING: Stage = Stage {
            form: Form::Keep,
            leak: Leak::Fixed(0.0),
            gain: Terms::NONE,
            rest: Rest::Ignored,
        };
        for (name, synapse) in [("none", None), ("a current that keeps nothing", Some(NOTHING))] {
            moves.add(&format!("{key}.synapse"), name, move |c| {
                on_rule(c, slot, &|rule| rule.synapse = synapse);
            });
        }
    }
    stage(&mut moves, slot, &format!("{key}.membrane"), |rule| Some(&mut rule.membrane));
    fold(&mut moves, slot, &format!("{key}.fold"));
    transfers(&mut moves, slot, key);
    let on = |moves: &mut Moves, name: &str, value: String, apply: Box<dyn Fn(&mut Rule)>| {
        moves.add(&format!("{key}.{name}"), value, move |c| on_rule(c, slot, &apply));
    };
    for first in first_only(slot) {
        on(
            &mut moves,
            "first_only",
            first.join(" "),
            Box::new(move |rule| rule.first_only = first),
        );
    }
    for normalised in [false, true] {
        on(
            &mut moves,
            "normalised",
            normalised.to_string(),
            Box::new(move |rule| rule.normalised = normalised),
        );
    }
    for fixed in integers() {
        let value = fixed.map_or("none".to_owned(), |fixed| format!("scale {}", fixed.scale));
        on(&mut moves, "fixed", value, Box::new(move |rule| rule.fixed = fixed));
    }
    if slot.kind() != "LI" || slot == Slot::ThresholdLi {
        fire(&mut moves, slot, &format!("{key}.fire"));
    }
    moves.0
}

/// The lists of parameters that are taken of the first neuron.
const FIRST_ONLY: [&[&str]; 9] = [
    &[],
    &["tau"],
    &["tau_mem"],
    &["tau_syn"],
    &["v_threshold"],
    &["r"],
    &["v_leak"],
    &["tau", "tau_mem", "tau_syn"],
    &["tau", "tau_mem", "tau_syn", "r", "w_in", "v_leak", "v_threshold", "v_reset"],
];

fn on_rule(candidate: &mut Candidate, slot: Slot, change: &dyn Fn(&mut Rule)) {
    if let Some(rule) = candidate.semantics.neurons.get_mut(slot) {
        change(rule);
    }
}

/// Every form of integer states that a simulator has, and none.
fn integers() -> Vec<Option<Fixed>> {
    let mut found: Vec<Option<Fixed>> = vec![None];
    for profile in nirkit::platforms::version::all() {
        for slot in Slot::ALL {
            let fixed = profile.semantics.neurons.get(slot).and_then(|rule| rule.fixed);
            if !found.contains(&fixed) {
                found.push(fixed);
            }
        }
    }
    found
}

/// The parts of a leak.
fn parts(leak: Leak) -> (usize, Ratio, Format) {
    match leak {
        Leak::None => (0, Ratio::Quotient, Format::Single),
        Leak::Fixed(_) => (1, Ratio::Quotient, Format::Single),
        Leak::Euler(ratio, format) => (2, ratio, format),
        Leak::Clipped(ratio, format) => (3, ratio, format),
        Leak::Exponential(ratio, format) => (4, ratio, format),
        // A probe cannot tell the last digit of an exponential.
        Leak::Nearest(ratio) | Leak::Apart(ratio) => (4, ratio, Format::Double),
        Leak::WholeSeconds(ratio, format) => (5, ratio, format),
        Leak::Warped(ratio, format) => (6, ratio, format),
    }
}

fn leak(kind: usize, ratio: Ratio, format: Format) -> Leak {
    match kind {
        0 => Leak::None,
        1 => Leak::Fixed(0.0),
        2 => Leak::Euler(ratio, format),
        3 => Leak::Clipped(ratio, format),
        4 => Leak::Exponential(ratio, format),
        5 => Leak::WholeSeconds(ratio, format),
        _ => Leak::Warped(ratio, format),
    }
}

const LEAKS: [&str; 7] =
    ["none", "fixed = 0", "euler", "clipped", "exponential", "whole_seconds", "warped"];

const FORMS: [Form; 10] = [
    Form::Keep,
    Form::KeepBoth,
    Form::Approach,
    Form::Recover,
    Form::Relax,
    Form::Add,
    Form::Filter,
    Form::Late,
    Form::ApproachSteps,
    Form::KeepSteps,
];

fn stage(moves: &mut Moves, slot: Slot, key: &str, of: fn(&mut Rule) -> Option<&mut Stage>) {
    let mut on = |name: &str, value: String, change: Box<dyn Fn(&mut Stage)>| {
        moves.add(&format!("{key}.{name}"), value, move |c| {
            on_rule(c, slot, &|rule| {
                if let Some(stage) = of(rule) {
                    change(stage);
                }
            });
        });
    };
    for form in FORMS {
        on("form", format!("{form:?}"), Box::new(move |stage| stage.form = form));
    }
    for (kind, name) in LEAKS.into_iter().enumerate() {
        on(
            "leak",
            name.to_owned(),
            Box::new(move |stage| {
                let (_, ratio, format) = parts(stage.leak);
                stage.leak = leak(kind, ratio, format);
            }),
        );
    }
    for ratio in [Ratio::Quotient, Ratio::Reciprocal, Ratio::Steps] {
        on(
            "leak.ratio",
            format!("{ratio:?}"),
            Box::new(move |stage| {
                let (kind, _, format) = parts(stage.leak);
                stage.leak = leak(kind, ratio, format);
            }),
        );
    }
    for format in [Format::Single, Format::Double, Format::Stored] {
        on(
            "leak.format",
            format!("{format:?}"),
            Box::new(move |stage| {
                let (kind, ratio, _) = parts(stage.leak);
                stage.leak = leak(kind, ratio, format);
            }),
        );
    }
    for term in terms_of(slot) {
        on(
            &format!("gain.{term:?}"),
            "other".to_owned(),
            Box::new(move |stage| {
                stage.gain = stage.gain.set(term, !stage.gain.contains(term));
            }),
        );
    }
    for rest in [Rest::Ignored, Rest::Pull, Rest::Bias, Rest::Reset] {
        on("rest", format!("{rest:?}"), Box::new(move |stage| stage.rest = rest));
    }
}

fn with_terms(fold: Fold, terms: Terms) -> Fold {
    match fold {
        _ if terms == Terms::NONE => Fold::None,
        Fold::None | Fold::Weights(_) => Fold::Weights(terms),
        Fold::StoredWeights(_) => Fold::StoredWeights(terms),
        Fold::Threshold(_) => Fold::Threshold(terms),
        Fold::OwnThreshold(_) => Fold::OwnThreshold(terms),
        Fold::Relay(_) => Fold::Relay(terms),
    }
}

/// The moves that take factors from one place of a rule to another: they change roundings only.
fn transfers(moves: &mut Moves, slot: Slot, key: &str) {
    fn swap(rule: &mut Rule, term: Term, from_synapse: bool) {
        let stage = if from_synapse { rule.synapse.as_mut() } else { Some(&mut rule.membrane) };
        let Some(stage) = stage else { return };
        let folded = rule.fold.terms();
        if stage.gain.contains(term) == folded.contains(term) {
            return;
        }
        let is_folded = folded.contains(term);
        stage.gain = stage.gain.set(term, is_folded);
        rule.fold = with_terms(rule.fold, folded.set(term, !is_folded));
    }
    for from_synapse in [true, false] {
        if from_synapse && slot.kind() != "CubaLIF" {
            continue;
        }
        let stage = if from_synapse { "synapse" } else { "membrane" };
        for term in terms_of(slot) {
            moves.add(
                &format!("{key}.fold.{term:?}"),
                format!("in the gain of the {stage}, or from there"),
                move |c| {
                    on_rule(c, slot, &|rule| swap(rule, term, from_synapse));
                },
            );
        }
        let all = terms_of(slot);
        moves.add(&format!("{key}.fold"), format!("the gain of the {stage}"), move |c| {
            on_rule(c, slot, &|rule| all.iter().for_each(|&term| swap(rule, term, from_synapse)));
        });
        // Forward Euler has the factor in its form, and the sum that decays has it in its gain.
        let own = if from_synapse { Term::Synapse } else { Term::Membrane };
        for form in [Form::Keep, Form::Approach, Form::Recover] {
            moves.add(
                &format!("{key}.{stage}.form"),
                format!("{form:?} with the other gain"),
                move |c| {
                    on_rule(c, slot, &|rule| {
                        let stage = if from_synapse {
                            rule.synapse.as_mut()
                        } else {
                            Some(&mut rule.membrane)
                        };
                        let Some(stage) = stage.filter(|stage| stage.form != form) else { return };
                        stage.form = form;
                        stage.gain = stage.gain.set(own, !stage.gain.contains(own));
                    });
                },
            );
        }
    }
}

/// Some term: only the kind of a fold counts.
const ANY: Terms = Terms::of(&[Term::R]);

fn fold(moves: &mut Moves, slot: Slot, key: &str) {
    let kinds = [
        ("none", Fold::None),
        ("weights", Fold::Weights(ANY)),
        ("stored_weights", Fold::StoredWeights(ANY)),
        ("threshold", Fold::Threshold(ANY)),
        ("own_threshold", Fold::OwnThreshold(ANY)),
        ("relay", Fold::Relay(ANY)),
    ];
    for (name, kind) in kinds {
        moves.add(key, name, move |c| {
            on_rule(c, slot, &|rule| {
                rule.fold =
                    if kind == Fold::None { kind } else { with_terms(kind, rule.fold.terms()) };
            });
        });
    }
    for term in terms_of(slot) {
        moves.add(&format!("{key}.{term:?}"), "other", move |c| {
            on_rule(c, slot, &|rule| {
                let terms = rule.fold.terms();
                rule.fold = with_terms(rule.fold, terms.set(term, !terms.contains(term)));
            });
        });
    }
}

fn fire(moves: &mut Moves, slot: Slot, key: &str) {
    let mut on = |name: &str, value: String, change: Box<dyn Fn(&mut Fire)>| {
        moves.add(&format!("{key}.{name}"), value, move |c| {
            on_rule(c, slot, &|rule| {
                if let Some(fire) = &mut rule.fire {
                    change(fire);
                }
            });
        });
    };
    for test in [Test::After, Test::Before] {
        on("test", format!("{test:?}"), Box::new(move |fire| fire.test = test));
    }
    for comparison in [Comparison::Above, Comparison::AtLeast] {
        on(
            "comparison",
            comparison.to_string(),
            Box::new(move |fire| fire.comparison = comparison),
        );
    }
    for spikes in
        [Spikes::One, Spikes::Quotient, Spikes::Several(65536.0), Spikes::FloorQuotient(65536.0)]
    {
        on("spikes", format!("{spikes:?}"), Box::new(move |fire| fire.spikes = spikes));
    }
    for reset in [Reset::VReset, Reset::Zero, Reset::Subtract] {
        on("reset", reset.to_string(), Box::new(move |fire| fire.reset = reset));
    }
    let timings = [
        ResetTiming::AtOnce,
        ResetTiming::BeforeLeak,
        ResetTiming::AfterInput,
        ResetTiming::Twice,
        ResetTiming::Settled,
        ResetTiming::SettledEarly,
        ResetTiming::Never,
    ];
    for timing in timings {
        on("timing", format!("{timing:?}"), Box::new(move |fire| fire.timing = timing));
    }
    for floor in [Floor::None, Floor::Zero, Floor::MinusThreshold] {
        on("floor", format!("{floor:?}"), Box::new(move |fire| fire.floor = floor));
    }
}
