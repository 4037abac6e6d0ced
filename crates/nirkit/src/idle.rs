//! Choices that are given and cannot change a result: each is told, with the reason.

use std::collections::BTreeSet;

use nirkit_engine::clocked::{Integrator, Options, Timing};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Signal};

use crate::choices::{Choice, Choices};
use crate::model::Bound;
use crate::run::{Instants, Run};
use crate::settle::Voice;

/// What a choice can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    TimeConstant,
    Synapse,
    Membrane,
    Neuron,
    Threshold,
    /// A `v_leak` other than 0.
    LeakVoltage,
    Cycle,
}

/// What a graph has of it.
fn parts(graph: &Graph, facts: &Facts) -> BTreeSet<Part> {
    let mut parts = BTreeSet::new();
    for (id, leaf) in facts.iter() {
        let Some(primitive) = facts.primitive(graph, id) else { continue };
        parts.extend(parts_of(primitive));
        parts.extend(
            leak_voltage(primitive).filter(|v_leak| !v_leak.is_zero()).map(|_| Part::LeakVoltage),
        );
        parts.extend(leaf.targets.contains(&id).then_some(Part::Cycle));
    }
    let has_cycle = facts.components().iter().any(|component| component.members.len() > 1);
    parts.extend(has_cycle.then_some(Part::Cycle));
    parts
}

/// What a primitive has of it by its kind.
fn parts_of(primitive: &Primitive) -> &'static [Part] {
    match primitive {
        Primitive::Li(_) => &[Part::TimeConstant, Part::Membrane],
        Primitive::Lif(_) => &[Part::TimeConstant, Part::Membrane, Part::Neuron],
        Primitive::CubaLi(_) => &[Part::TimeConstant, Part::Membrane, Part::Synapse],
        Primitive::CubaLif(_) => &[Part::TimeConstant, Part::Membrane, Part::Synapse, Part::Neuron],
        Primitive::I(_) => &[Part::Membrane],
        Primitive::If(_) => &[Part::Membrane, Part::Neuron],
        Primitive::Threshold(_) => &[Part::Threshold],
        _ => &[],
    }
}

fn leak_voltage(primitive: &Primitive) -> Option<&Tensor> {
    match primitive {
        Primitive::Li(p) => Some(&p.v_leak),
        Primitive::Lif(p) => Some(&p.v_leak),
        Primitive::CubaLi(p) => Some(&p.v_leak),
        Primitive::CubaLif(p) => Some(&p.v_leak),
        _ => None,
    }
}

/// The sentence about an option without effect.
fn no_effect(voice: Voice, name: &str, reason: &str) -> String {
    format!("{} has no effect: {reason}", voice.option(name))
}

/// What is said of a reset where no neuron spikes.
pub(crate) fn reset(graph: &Graph, facts: &Facts, given: &Choices) -> Option<String> {
    let is_idle = given.reset.is_some() && !parts(graph, facts).contains(&Part::Neuron);
    is_idle.then(|| no_effect(given.voice, "reset", "the graph has no neuron that spikes"))
}

/// What is said of choices of the clocked engine that nothing in the graph depends on.
pub(crate) fn on_grid(
    graph: &Graph,
    facts: &Facts,
    options: &Options,
    given: &Choices,
) -> Vec<String> {
    // Most runs give none, and need not look at the graph.
    if given.others.is_empty() {
        return reset(graph, facts, given).into_iter().collect();
    }
    let parts = parts(graph, facts);
    let lacks = |part: Part| !parts.contains(&part);
    let follows = options.integrator == Integrator::Exponential;
    let reason = |name: &str| match name {
        "integrator" if lacks(Part::TimeConstant) => Some("the graph has no time constant"),
        "input" if lacks(Part::Membrane) => Some("the graph has no neuron and no integrator"),
        "synapse" if lacks(Part::Synapse) => Some("the graph has no CubaLIF and no CubaLI"),
        "synapse" if follows => Some("the exponential integrator follows the current in a step"),
        "reset_timing" if lacks(Part::Neuron) => Some("the graph has no neuron that spikes"),
        "comparison" if lacks(Part::Neuron) && lacks(Part::Threshold) => {
            Some("the graph has no threshold")
        }
        "start" if lacks(Part::LeakVoltage) => Some("every neuron rests at 0"),
        "feedback" if lacks(Part::Cycle) && options.input == Timing::Same => {
            Some("the graph has no cycle")
        }
        "threshold" if lacks(Part::Threshold) => Some("the graph has no Threshold"),
        _ => None,
    };
    let mut names: Vec<&str> = given.others.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let notes =
        names.into_iter().filter_map(|name| Some(no_effect(given.voice, name, reason(name)?)));
    notes.chain(reset(graph, facts, given)).collect()
}

/// What is said of choices about signals that the stimulus does not hold.
pub(crate) fn on_stimulus(choices: &[Choice], bound: &Bound, voice: Voice) -> Vec<String> {
    let signals = || bound.stimulus.samples.iter().flat_map(|sample| sample.signals.values());
    let has_spikes = signals().any(|signal| matches!(signal, Signal::Spikes { .. }));
    let has_current = signals().any(|signal| matches!(signal, Signal::Current { .. }));
    let is_given =
        |name: &str| choices.iter().any(|choice| choice.name == name && choice.source == "given");
    let idle = [
        ("spike_step", has_spikes, "no spike enters at a time of its own"),
        ("current", has_current, "no current enters that changes in a step"),
    ];
    let idle = idle.into_iter().filter(|&(name, acts, _)| is_given(name) && !acts);
    idle.map(|(name, _, reason)| no_effect(voice, name, reason)).collect()
}

/// What is said in continuous time about a time step that is given, and that nothing is counted in: no frame enters, the
/// duration is known without it, and a spike is no pulse of its length.
pub(crate) fn step(
    choices: &[Choice],
    bound: &Bound,
    run: &Run<'_>,
    voice: Voice,
) -> Option<String> {
    let choice = |name: &str| choices.iter().find(|choice| choice.name == name);
    let is_given = choice("dt").is_some_and(|dt| dt.source == "given");
    let is_pulse = choice("spike").is_some_and(|spike| spike.value.starts_with("pulse"));
    let stimulus = &bound.stimulus;
    let lasts = run.duration.is_some() || stimulus.duration.is_some();
    let is_idle = is_given && !is_pulse && stimulus.steps.is_none() && lasts;
    is_idle.then(|| no_effect(voice, "dt", "the run is in continuous time, and no frames enter"))
}

/// What is said of instants at which nothing is looked at.
pub(crate) fn instants(run: &Run<'_>, requests: &[Request], voice: Voice) -> Option<String> {
    let is_given = !matches!(run.instants, Instants::None);
    let looks = requests.iter().any(|request| request.observable != Observable::Spikes);
    (is_given && !looks).then(|| {
        let record = voice.option("record");
        no_effect(voice, "sample", &format!("only spikes are recorded; {record} names voltages"))
    })
}
