//! Rewrites a graph so that a platform computes what a reference computes on the original, and says how far that holds.

mod leaving;
mod prepared;
mod reference;
mod stimuli;
mod target;
mod trials;
mod written;

use std::collections::HashSet;

use nirkit_ir::open;
use nirkit_ir::{Document, Primitive};
use nirkit_platforms::adapt::{self as engine, Adapted, Delays, Level, NodeVerdict};
use serde::Serialize;

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind, Reason};
use crate::model::{Ledger, is_own, platform, seen};
use crate::stimulus::{Stimulus, inputs};
use crate::time_unit::{InSeconds, in_seconds};
use prepared::Prepared;
use target::{Case, Target};

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
    /// What the graph needs more of than the chip has, though its arithmetic is defined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceeds: Vec<Reason>,
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

/// Names the command that makes a platform compute what a reference computes.
pub(crate) fn remedy(target: &str, reference: &str, given: &str) -> String {
    format!(
        "`nir adapt IN OUT --for {target} --like {reference}{given}` makes a graph with which {target} computes what {reference} computes \
         with this one, as far as that can be had"
    )
}

/// Rewrites a graph so that `title` computes what the reference computes on the original.
///
/// The reference is given, or said by the metadata of the graph (`nirkit.reference`).
///
/// # Errors
///
/// No reference; a platform that is not known; a reference that refuses the graph; a graph that is not
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
    let platform = platform(title)?;
    let InSeconds { document: seconds, unit, notes: said } = in_seconds(document, given)?;
    let (seen, facts, notes) = seen(&seconds, &[platform], &given.limits)?;
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
    let seen = seen.into_owned();
    let Prepared { graph: seen, facts, changes, delays } = if is_own(&wanted.title) {
        prepared::prepared(seen, facts, &reference, &given.limits)?
    } else {
        Prepared { graph: seen, facts, changes: Vec::new(), delays: Delays::default() }
    };
    let target = Target::of(platform, given, (&seen, &facts, &open), &mut ledger)?;
    ledger.choices.extend(unit);
    let case = Case { graph: &seen, facts: &facts, target, reference };
    let found = engine::candidates(case.graph, case.facts, &case.goal(), &given.limits)
        .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Refused))?;
    let samples = stimuli::samples(
        how.stimulus,
        &inputs(&seen, &facts),
        case.target.dt(),
        given,
        &mut ledger.notes,
    )?;
    let (mut adapted, trials) = trials::chosen(&case, found, &samples, given)?;
    ledger.notes.extend(trials.note.clone());
    delays.tell(&mut adapted);
    adapted.changes.splice(0..0, changes);
    if !delays.is_empty() {
        ledger.notes.push("both were run on the graph without its Delays".to_owned());
    }
    ledger.notes.extend(adapted.notes.iter().cloned());
    ledger.notes.extend(not_judged(&adapted, &case, &wanted.title)?);
    let changed = written::written(document, &seconds, &adapted, &case, &wanted.title);
    let lag = leaving::lag(&adapted, &facts, &seen, &delays);
    let level = adapted.level().max(if lag == 0 { Level::Equal } else { Level::Lag });
    let differs = leaving::differs(&case, &adapted, &wanted.title, &given.limits);
    let level = if differs.is_some() { Level::Impossible } else { level };
    ledger.notes.extend(differs);
    let [refused, exceeds] = [&adapted.refusals, &adapted.excess]
        .map(|findings| findings.iter().map(Reason::from).collect());
    Ok(Adaptation {
        document: changed,
        platform: case.target.title(),
        like: wanted.title,
        verdict: level.name(),
        lag,
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
        refused,
        exceeds,
        steps_run: trials.steps,
        level,
    })
}

fn info(node: &NodeVerdict, trial: &trials::Totals) -> NodeInfo {
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
            case.target.name()
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
    let others = neurons.filter(|&(id, leaf)| {
        !delays(id)
            && !judged.contains(leaf.name.as_str())
            && !adapted.synapses.contains(&leaf.name)
    });
    let names: Vec<String> = others.map(|(_, leaf)| format!("`{}`", leaf.name)).collect();
    let (some, more) = names.split_at(names.len().min(4));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    Ok((!some.is_empty()).then(|| {
        format!("nothing is claimed of {}{more}, which {reference} does not run", some.join(", "))
    }))
}
