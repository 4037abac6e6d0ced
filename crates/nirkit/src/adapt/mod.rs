//! Rewrites a graph so that a platform computes what a reference computes on the original, and says how far that holds.

mod reference;
mod stimuli;

use std::collections::HashSet;

use nirkit_engine::clocked::semantics::{self, Semantics};
use nirkit_ir::open::{self, Open};
use nirkit_ir::{Document, Facts, Graph, Primitive, Value};
use nirkit_numerics::Shortest;
use nirkit_platforms::adapt::{self as engine, Adapted, Goal, Level, NodeVerdict};
use nirkit_platforms::{Choices as PlatformChoices, Platform, Profile};
use nirkit_run::Stimulus as Sample;
use serde::Serialize;

use crate::bounds;
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind, Reason};
use crate::model::{Ledger, platform, seen};
use crate::settle;
use crate::stimulus::{Stimulus, inputs};
use crate::time_unit::{InSeconds, in_seconds};

pub use nirkit_platforms::adapt::Level as Claim;

pub use nirkit_passes::time_unit::REFERENCE;

/// What is adapted, to what, and what it is held against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adapt<'a> {
    like: Option<&'a str>,
    stimulus: Option<&'a Stimulus>,
}

impl<'a> Adapt<'a> {
    /// Takes the reference from the metadata, and tries stimuli of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what the platform is to compute: a platform on the original, or `ideal`, the equations on a grid.
    #[must_use]
    pub fn like(mut self, like: impl Into<Option<&'a str>>) -> Self {
        self.like = like.into();
        self
    }

    /// Gives a stimulus on which both are run besides the generated ones.
    #[must_use]
    pub fn stimulus(mut self, stimulus: impl Into<Option<&'a Stimulus>>) -> Self {
        self.stimulus = stimulus.into();
        self
    }
}

/// A graph made for a platform, and what holds for it.
#[derive(Debug, Serialize)]
pub struct Adaptation {
    /// The graph.
    #[serde(skip)]
    pub document: Document,
    /// The platform that it is made for.
    pub platform: String,
    /// What it is to compute.
    pub like: String,
    /// How far the claim about the whole goes: `equal`, `lag`, `bounded` or `impossible`.
    pub verdict: &'static str,
    /// How many steps the spikes that leave the network come later.
    pub lag: i64,
    /// Every choice, and where it comes from.
    pub choices: Vec<Choice>,
    /// What has to be said.
    pub notes: Vec<String>,
    /// What was changed.
    pub changes: Vec<ChangeInfo>,
    /// What holds for each layer of neurons.
    pub nodes: Vec<NodeInfo>,
    /// Why the platform does not take the graph; empty if it does.
    pub refused: Vec<Reason>,
    /// Steps that were run to hold the claims against.
    pub steps_run: usize,
    #[serde(skip)]
    level: Level,
}

/// One thing that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeInfo {
    /// Full name of the node; empty for the whole graph.
    pub node: String,
    /// What was changed.
    pub what: String,
}

/// What holds for a layer of neurons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeInfo {
    /// Full name of the node in the graph that came in.
    pub node: String,
    /// How far the claim goes, if what arrives is the same.
    pub verdict: &'static str,
    /// How many steps later its spikes come.
    pub lag: i64,
    /// How near to its threshold a voltage of the reference may come without another spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// What no file can bring about, and what to change instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Spikes of the reference and of the platform in the runs.
    pub spikes: [f64; 2],
    /// Entries, of a neuron in a step, that differ in the runs.
    pub differ: usize,
}

impl Adaptation {
    /// How far the claim about the whole goes.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }
}

/// The platform, prepared.
struct Case<'a> {
    graph: &'a Graph,
    facts: &'a Facts,
    profile: &'static Profile,
    choices: PlatformChoices,
    reference: Semantics,
}

/// Names the command that makes a platform compute what a reference computes.
pub(crate) fn remedy(target: &str, reference: &str) -> String {
    format!(
        "`nir adapt IN OUT --for {target} --like {reference}` makes a graph with which {target} computes what {reference} computes \
         with this one, as far as that can be had"
    )
}

/// Rewrites a graph so that `title` computes what the reference computes on the original.
///
/// The reference is given, or said by the metadata of the graph (`nirkit.reference`).
///
/// # Errors
///
/// No reference; a platform that is not known, or is a chip; a reference that refuses the graph; a graph that is not
/// sound.
///
/// ```no_run
/// use nirkit::adapt::{Adapt, adapt};
/// use nirkit::Choices;
///
/// let graph = nirkit::read("net.nir")?;
/// let choices = Choices::new().dt(1e-4);
/// let found = adapt(&graph, "norse", &choices, &Adapt::new().like("snntorch"))?;
/// println!("{}: {} changes", found.verdict, found.changes.len());
/// nirkit::write("for_norse.nir", &found.document)?;
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn adapt(
    document: &Document,
    title: &str,
    given: &Choices,
    how: &Adapt<'_>,
) -> Result<Adaptation, Error> {
    let wrong = |message: String| Error::new(message).of_kind(ErrorKind::Choice);
    let target = platform(title)?;
    let Platform::Simulator(profile) = target else {
        let error = wrong(format!("{title} is a chip, and a file cannot hold its integers"));
        return Err(error.help("`lower` makes integers and says what is lost"));
    };
    let InSeconds { document: seconds, unit, notes: said } = in_seconds(document, given)?;
    let (seen, facts, notes) = seen(&seconds, &[target], &given.limits)?;
    let open = open::open(&seconds);
    let mut ledger = Ledger { notes: said.into_iter().chain(notes).collect(), ..Ledger::default() };
    let wanted = reference::settle(&seconds, how.like, given)?;
    ledger.push("like", &wanted.title, wanted.source.clone());
    let reference = reference::semantics(&wanted, (&seen, &facts, &open), given, &mut ledger)?;
    let given = &Choices {
        dt: given.dt.or(wanted.dt),
        reset: given.reset.or(wanted.reset),
        ..given.clone()
    };
    let choices = target_choices(profile, given, &open, &mut ledger)?;
    ledger.choices.extend(unit);
    let case = Case { graph: &seen, facts: &facts, profile, choices, reference };
    let goal = Goal { profile, choices, reference: &case.reference };
    let found = engine::candidates(case.graph, case.facts, &goal, &given.limits)
        .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Refused))?;
    let samples = stimuli::samples(
        how.stimulus,
        &inputs(&seen, &facts),
        choices.dt,
        given,
        &mut ledger.notes,
    )?;
    let (adapted, trials) = chosen(&case, found, &samples, given)?;
    ledger.notes.extend(not_judged(&adapted, &case, &wanted.title)?);
    let changed = written(document, &seconds, &adapted, &case, &wanted.title);
    let level = adapted.level();
    let refused = adapted.refusals.iter().map(|found| Reason {
        message: found.diagnostic.to_string(),
        help: found.diagnostic.help.clone(),
    });
    Ok(Adaptation {
        document: changed,
        platform: profile.title(),
        like: wanted.title,
        verdict: level.name(),
        lag: lag(&adapted, &facts, &seen),
        choices: ledger.choices,
        notes: ledger.notes,
        changes: adapted
            .changes
            .iter()
            .map(|change| ChangeInfo { node: change.node.clone(), what: change.what.clone() })
            .collect(),
        nodes: adapted
            .nodes
            .iter()
            .zip(&trials.nodes)
            .map(|(node, trial)| info(node, trial))
            .collect(),
        refused: refused.collect(),
        steps_run: trials.steps,
        level,
    })
}

fn info(node: &NodeVerdict, trial: &Totals) -> NodeInfo {
    let reasons = node
        .reasons
        .iter()
        .map(|reason| Reason { message: reason.what.clone(), help: Some(reason.instead.clone()) });
    NodeInfo {
        node: node.node.clone(),
        verdict: node.level.name(),
        lag: node.lag,
        bound: node.bound,
        reasons: reasons.collect(),
        spikes: trial.spikes,
        differ: trial.differ,
    }
}

/// Names the neurons of the graph that the reference does not run, of which nothing is claimed; an error where it runs none.
fn not_judged(
    adapted: &Adapted,
    case: &Case<'_>,
    reference: &str,
) -> Result<Option<String>, Error> {
    let judged: HashSet<&str> = adapted.nodes.iter().map(|node| node.node.as_str()).collect();
    if judged.is_empty() {
        let message = format!(
            "{reference} runs no neuron of the graph, so there is nothing to hold {} to",
            case.profile.name
        );
        let error = Error::new(message).of_kind(ErrorKind::Refused);
        return Err(error.help("`nir check --platform` says what it makes of each node"));
    }
    let has_state = |id| {
        let primitive = case.facts.primitive(case.graph, id);
        primitive.is_some_and(|primitive| !primitive.is_stateless() || primitive.is_spiking())
    };
    let neurons = case.facts.iter().filter(|&(id, _)| has_state(id));
    let delays = |id| matches!(case.facts.primitive(case.graph, id), Some(Primitive::Delay(_)));
    let others = neurons.filter(|&(id, leaf)| !delays(id) && !judged.contains(leaf.name.as_str()));
    let names: Vec<String> = others.map(|(_, leaf)| format!("`{}`", leaf.name)).collect();
    let (some, more) = names.split_at(names.len().min(4));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    Ok((!some.is_empty()).then(|| {
        format!("nothing is claimed of {}{more}, which {reference} does not run", some.join(", "))
    }))
}

/// The lag of what leaves the network: the largest of the layers that lead to an Output.
fn lag(adapted: &Adapted, facts: &Facts, graph: &Graph) -> i64 {
    let leads_out = |name: &str| {
        let Some(id) = facts.find(name) else { return false };
        facts.outputs(graph).any(|output| facts.leaf(output).sources.contains(&id))
    };
    let last = adapted.nodes.iter().filter(|node| leads_out(&node.node));
    last.map(|node| node.lag).max().unwrap_or(0)
}

/// The choices under which the platform runs.
fn target_choices(
    profile: &'static Profile,
    given: &Choices,
    open: &Open,
    ledger: &mut Ledger,
) -> Result<PlatformChoices, Error> {
    let step = settle::platform_step(profile, given, open)?;
    let dt = step.value.map_or("none".to_owned(), |dt| Shortest(dt).to_string());
    ledger.push("platform", profile.title(), "given");
    ledger.push("dt", dt, step.source);
    ledger.notes.extend(step.note);
    let asked = settle::asked_reset(given, open);
    if let Some(asked) = asked.as_ref().filter(|_| !profile.free_reset.is_empty()) {
        ledger.push("reset", asked.value, asked.source.clone());
    }
    let reset = asked.map(|asked| asked.value);
    Ok(PlatformChoices { dt: step.value, reset, ..PlatformChoices::default() })
}

/// What all runs together say about a layer.
#[derive(Clone, Debug, Default)]
struct Totals {
    spikes: [f64; 2],
    differ: usize,
}

struct Trials {
    nodes: Vec<Totals>,
    steps: usize,
}

/// The graph with the strongest claim. Where none keeps what the reference computes, the one whose spikes differ least in
/// the runs.
fn chosen(
    case: &Case<'_>,
    found: Vec<Adapted>,
    samples: &[(Sample, usize)],
    given: &Choices,
) -> Result<(Adapted, Trials), Error> {
    let is_open = found
        .first()
        .is_some_and(|best| best.level() == Level::Impossible && best.refusals.is_empty());
    let mut best: Option<(usize, Adapted, Trials)> = None;
    for mut adapted in found {
        if best.is_some() && (!is_open || !adapted.refusals.is_empty()) {
            continue;
        }
        let trials = tried(case, &mut adapted, samples, given)?;
        let differ = trials.nodes.iter().map(|node| node.differ).sum();
        if best.as_ref().is_none_or(|(least, ..)| differ < *least) {
            best = Some((differ, adapted, trials));
        }
    }
    let (_, adapted, trials) =
        best.ok_or_else(|| Error::new("there is no graph").of_kind(ErrorKind::Internal))?;
    Ok((adapted, trials))
}

/// Runs both sides on all stimuli. A claim that a run contradicts is withdrawn, and told.
fn tried(
    case: &Case<'_>,
    adapted: &mut Adapted,
    samples: &[(Sample, usize)],
    given: &Choices,
) -> Result<Trials, Error> {
    let mut totals = vec![Totals::default(); adapted.nodes.len()];
    let mut steps_run = 0;
    let facts = nirkit_ir::valid::validate_within(&adapted.graph, &given.limits).facts;
    let Some(facts) = facts.filter(|_| adapted.refusals.is_empty()) else {
        return Ok(Trials { nodes: totals, steps: 0 });
    };
    let errors =
        |errors: Vec<semantics::SemanticsError>| Error::all(&errors).of_kind(ErrorKind::Refused);
    let reference = semantics::prepare(case.graph, case.facts, &case.reference).map_err(errors)?;
    let found = case.profile.prepare(&adapted.graph, &facts, &case.choices).map_err(errors)?;
    let channels = facts.leaves().iter().map(nirkit_ir::facts::Leaf::outputs);
    let longest = samples.iter().map(|(_, steps)| *steps).max().unwrap_or(0);
    bounds::recording(channels, [longest, 2], &given.limits)?;
    for (sample, steps) in samples {
        steps_run += steps;
        let trials = engine::trial::trial(adapted, [&reference, &found], sample, *steps)
            .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Stimulus))?;
        for ((node, total), trial) in adapted.nodes.iter_mut().zip(&mut totals).zip(trials) {
            total.differ += trial.differ;
            for (sum, spikes) in total.spikes.iter_mut().zip(trial.spikes) {
                *sum += spikes;
            }
            if trial.contradicted && node.level != Level::Impossible {
                let (step, neuron) = trial.first.unwrap_or_default();
                node.reasons.push(engine::Reason::new(
                    format!(
                        "a run contradicts the claim `{}`: step {step}, neuron {neuron}",
                        node.level.name()
                    ),
                    "this is a fault of nirkit; please report it with the graph",
                ));
                node.level = Level::Impossible;
                node.bound = None;
            }
        }
    }
    Ok(Trials { nodes: totals, steps: steps_run })
}

/// The document with the adapted graph, and what its numbers mean now; the one that came in if nothing was changed.
fn written(
    original: &Document,
    seconds: &Document,
    adapted: &Adapted,
    case: &Case<'_>,
    like: &str,
) -> Document {
    if adapted.changes.is_empty() {
        return original.clone();
    }
    let mut document = seconds.clone();
    if let Some(graph) = document.graph_mut() {
        graph.clone_from(&adapted.graph);
    }
    let dt = case.choices.dt.map_or(String::new(), |dt| format!(" dt={dt}"));
    let says = format!("{}{dt}", case.profile.title());
    let metadata = &mut document.root.metadata;
    metadata.insert(REFERENCE.to_owned(), Value::from(says.as_str()));
    metadata.insert("nirkit.adapted_from".to_owned(), Value::from(like));
    if let Some(dt) = case.choices.dt.filter(|_| metadata.contains_key("dt")) {
        metadata.insert("dt".to_owned(), Value::from(nirkit_numerics::Tensor::scalar(dt)));
    }
    document
}
