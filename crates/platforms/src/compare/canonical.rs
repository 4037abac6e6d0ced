//! One way of writing rules that compute the same but for rounding, so that two of them differ only
//! where they mean something else.
//!
//! Every state becomes `s = k s + g x + (1 - k) rest`, with the whole gain at the membrane and the
//! voltage in the units of the file.

use nirkit_engine::clocked::semantics::rule::{
    Fold, Form, Format, Leak, Ratio, Rest, Rule, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{Neurons, Route, Semantics, Slot, route};
use nirkit_ir::{Facts, Graph};

/// The same semantics with rules for the neurons of this graph only, each in its own place.
pub(super) fn placed(semantics: &Semantics, graph: &Graph, facts: &Facts) -> Semantics {
    let route = route(graph, facts, semantics).ok();
    let recurrent = recurrent(route.as_ref(), facts);
    let mut used = Neurons::default();
    for (id, leaf) in facts.iter() {
        let Some(primitive) = facts.primitive(graph, id) else { continue };
        let (neurons, recurrent) = (leaf.inputs(), recurrent[id.index()]);
        let rule = semantics.neurons.rule(primitive, recurrent, neurons);
        if let Some(slot) = Neurons::place(primitive, recurrent, neurons) {
            *used.get_mut(slot) = rule.copied();
        }
    }
    if route.is_some_and(|route| !route.fused.is_empty()) {
        used.threshold_li = semantics.neurons.threshold_li;
    }
    Semantics { neurons: used, ..*semantics }
}

/// Whether each leaf is part of a recurrent layer, as the semantics walks the graph.
fn recurrent(route: Option<&Route>, facts: &Facts) -> Vec<bool> {
    let mut recurrent = vec![false; facts.leaves().len()];
    if let Some(route) = route {
        for id in route.recurrent.iter().filter_map(|name| facts.find(name)) {
            recurrent[id.index()] = true;
        }
    }
    recurrent
}

/// A placed semantics in canonical form.
pub(super) fn canonical(placed: &Semantics) -> Semantics {
    let mut neurons = placed.neurons;
    for slot in Slot::ALL {
        let rule = neurons.get_mut(slot);
        *rule = rule.map(canonical_rule);
    }
    Semantics { neurons, ..*placed }
}

fn canonical_rule(mut rule: Rule) -> Rule {
    let mut gain = rule.fold.terms();
    rule.fold = match rule.fold {
        Fold::Relay(_) => Fold::Relay(Terms::NONE),
        _ => Fold::None,
    };
    if let Some(synapse) = &mut rule.synapse {
        gain = gain.and(canonical_stage(synapse, Term::Synapse));
    }
    gain = gain.and(canonical_stage(&mut rule.membrane, Term::Membrane));
    // A current that keeps nothing is the input itself.
    let is_input = |stage: &Stage| stage.leak == Leak::Fixed(0.0) && !stage.form.is_late();
    rule.synapse = rule.synapse.filter(|synapse| !is_input(synapse));
    rule.membrane.gain = gain.set(Term::PerThreshold, false);
    rule.normalised = false;
    rule
}

/// Brings a stage into the form that keeps and adds; the gain that it had.
fn canonical_stage(stage: &mut Stage, own: Term) -> Terms {
    let mut gain = stage.gain;
    match stage.form {
        Form::Keep | Form::KeepBoth | Form::Late => {}
        Form::KeepSteps => stage.form = Form::Keep,
        Form::Charge => {
            // What a current brings to the voltage is `dt / tau` of it but for its own decay.
            if gain.contains(Term::Propagator) {
                gain = gain.set(Term::Propagator, false).set(own, true);
            }
            stage.form = Form::Keep;
        }
        Form::Approach | Form::Recover | Form::ApproachSteps => {
            gain = gain.set(own, true);
            stage.form = Form::Keep;
        }
        Form::Relax => {
            gain = gain.set(share(stage.leak, own), true);
            stage.form = Form::Keep;
        }
        Form::Add => {
            // `x / dt` for `dt` seconds is `x`.
            gain = gain.set(Term::PerStep, false);
            stage.form = Form::Keep;
        }
        Form::Filter => {
            gain = gain.set(share(stage.leak, own), true);
            stage.form = Form::Late;
        }
    }
    stage.gain = Terms::NONE;
    if stage.rest == Rest::PullByTau {
        stage.rest = Rest::Pull;
    }
    stage.leak = canonical_leak(stage.leak);
    gain
}

/// `1 - k` as a factor of its own, which stays when another decay is taken.
fn share(leak: Leak, own: Term) -> Term {
    match leak {
        Leak::Exponential(..) if own == Term::Membrane => Term::Share,
        _ => own,
    }
}

/// How a ratio is rounded belongs to the arithmetic.
fn canonical_leak(leak: Leak) -> Leak {
    match leak {
        Leak::None => Leak::None,
        Leak::Fixed(keep) => Leak::Fixed(keep),
        Leak::Clipped(..) => Leak::Clipped(Ratio::Quotient, Format::Double),
        Leak::WholeSeconds(..) => Leak::WholeSeconds(Ratio::Quotient, Format::Double),
        Leak::Euler(..) | Leak::Warped(..) => Leak::Euler(Ratio::Quotient, Format::Double),
        Leak::Exponential(..) | Leak::Nearest(_) | Leak::Apart(_) => {
            Leak::Exponential(Ratio::Quotient, Format::Double)
        }
    }
}
