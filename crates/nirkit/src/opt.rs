//! Rewrites that keep what a graph means.

use nirkit_ir::open::{self, Open};
use nirkit_ir::{Document, Limits, Place, Severity, Value};
use nirkit_numerics::{Shortest, Tensor};
use nirkit_passes::optimise::{self, PASSES, Pass, Rewrite};
use nirkit_passes::time_unit::{self, OutOfRange, REFERENCE, Scaled};
use nirkit_platforms::Platform;
use nirkit_platforms::adapt::structured;
use nirkit_platforms::profile::Dt;

use crate::choices::Choices;
use crate::error::{Error, ErrorKind, Reason};
use crate::model::{is_ideal, platform, seen};
use crate::settle;
use crate::suggest::nearest;

/// Applies passes to a graph one after the other, by their names; the usual ones if none is named.
///
/// Where the numbers of the file said a time step, a reset or the size of a spike, and say it no longer or say another,
/// the metadata say it from then on (`dt`, `reset`, `spike`), so that the graph is run as before.
///
/// # Errors
///
/// Every name that is no pass, with the nearest one that is; passes that need another reset than the file says; the errors
/// of a graph that is not sound.
///
/// ```
/// let mut graph = nirkit::read("../../examples/small.nir")?;
/// for rewrite in nirkit::opt(&mut graph, &["fold_gain"], &nirkit::io::Limits::default())? {
///     println!("{rewrite}");
/// }
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn opt(
    document: &mut Document,
    passes: &[&str],
    limits: &Limits,
) -> Result<Vec<Rewrite>, Error> {
    let passes = find(passes)?;
    let before = open::open(document);
    check_resets(&passes, &before)?;
    if document.graph().is_none() {
        return Err(Error::new(crate::verdict::NO_GRAPH).of_kind(ErrorKind::Graph));
    }
    let mut rewrites =
        optimise::optimise_document(document, &passes, limits).map_err(|mut findings| {
            findings.retain(|finding| finding.severity == Severity::Error);
            Error::of_findings(ErrorKind::Graph, findings)
        })?;
    let reference = drop_reference(document, &rewrites);
    rewrites.extend(reference);
    rewrites.extend(keep_answers(document, &before));
    Ok(rewrites)
}

/// What came of [`opt_for`].
#[derive(Clone, Debug)]
pub struct OptFor {
    /// What was done.
    pub rewrites: Vec<Rewrite>,
    /// What has to be said.
    pub notes: Vec<String>,
    /// Why the platform does not take the graph all the same; empty if it does.
    pub refused: Vec<Reason>,
}

/// Brings a graph into the form that a platform takes, as far as NIR's equations stay what they are: what
/// [`adapt`](crate::adapt::adapt) does before it fits numbers.
///
/// # Errors
///
/// A platform that is not known; the errors of a graph that is not sound.
///
/// ```
/// let mut graph = nirkit::read("../../examples/small.nir")?;
/// let made = nirkit::opt_for(&mut graph, "spyx", &nirkit::Choices::new().dt(1e-4))?;
/// println!("{} rewrites, {} reasons against the result", made.rewrites.len(), made.refused.len());
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn opt_for(document: &mut Document, title: &str, choices: &Choices) -> Result<OptFor, Error> {
    let platform = platform(title)?;
    let before = open::open(document);
    let dt = settle::known_step(choices, &before)?.map(|step| step.value);
    let (graph, facts, mut notes) = seen(document, &[platform], &choices.limits)?;
    let made = structured(&graph, &facts, platform, dt, &choices.limits);
    let made =
        made.ok_or_else(|| Error::new(crate::verdict::NO_GRAPH).of_kind(ErrorKind::Graph))?;
    notes.extend(made.notes);
    let refused = made.refusals.iter().map(Reason::from).collect();
    let mut rewrites = made.rewrites;
    if rewrites.is_empty() {
        return Ok(OptFor { rewrites, notes, refused });
    }
    if let Some(graph) = document.graph_mut() {
        *graph = made.graph;
    }
    let reference = drop_reference(document, &rewrites);
    rewrites.extend(reference);
    rewrites.extend(keep_answers(document, &before));
    Ok(OptFor { rewrites, notes, refused })
}

/// Multiplies all times of a graph by a factor, as [`time_unit::rescale`](nirkit_passes::time_unit::rescale) does. Metadata that say
/// with which platform the graph was trained go where that platform has one time step alone: it cannot run with the other one.
///
/// # Errors
///
/// Times that leave the range of numbers; the document is then what it was.
pub fn rescale(document: &mut Document, factor: f64) -> Result<Vec<Scaled>, OutOfRange> {
    let fixed = step_of_reference(document);
    let mut scaled = time_unit::rescale(document, factor)?;
    if let Some((said, dt)) = fixed.filter(|_| factor != 1.0) {
        document.root.metadata.shift_remove(REFERENCE);
        scaled.retain(|scaled| !scaled.done.starts_with(&format!("metadata `{REFERENCE}`")));
        let done = format!(
            "metadata `{REFERENCE}` = {said} dropped, since that platform has no step but {} s; name the reference where you adapt the \
             graph (`--like`)",
            Shortest(dt)
        );
        scaled.push(Scaled { place: Place::root(), done });
    }
    Ok(scaled)
}

/// What the metadata say of the platform that a graph was trained with, and the time step of that platform, if it has one alone.
fn step_of_reference(document: &Document) -> Option<(String, f64)> {
    let Some(Value::Text(said)) = document.root.metadata.get(REFERENCE) else { return None };
    let said = said.as_str()?.to_owned();
    let Ok(Platform::Simulator(profile)) = platform(said.split_whitespace().next()?) else {
        return None;
    };
    let Dt::Fixed(dt) = profile.dt else { return None };
    Some((said, dt))
}

/// Drops the metadata that say with which platform the graph was trained, where that need not compute the same any more.
fn drop_reference(document: &mut Document, rewrites: &[Rewrite]) -> Option<Rewrite> {
    let folds = rewrites
        .iter()
        .find(|rewrite| optimise::find(rewrite.pass).is_some_and(|pass| pass.folds))?;
    let metadata = &mut document.root.metadata;
    let Some(Value::Text(said)) = metadata.get(REFERENCE) else { return None };
    let said = said.as_str().unwrap_or_default().to_owned();
    if said.split_whitespace().next().is_some_and(is_ideal) {
        return None;
    }
    metadata.shift_remove(REFERENCE);
    let done = format!(
        "metadata `{REFERENCE}` = {said} dropped, since that need not compute the same after `{}`; `nir adapt` keeps it",
        folds.pass
    );
    Some(Rewrite { pass: "metadata", node: String::new(), done })
}

/// What is said where passes are named that leave nested graphs, and all that stands beside them, as they are.
#[must_use]
pub fn held_back(document: &Document, passes: &[&str]) -> Option<String> {
    let nodes = document.graph()?.nodes.iter();
    let nested = nodes.filter(|(.., node)| node.primitive.as_graph().is_some());
    let nested: Vec<String> = nested.take(4).map(|(_, name, _)| format!("`{name}`")).collect();
    let first = passes.iter().find(|name| **name != "unnest")?;
    let is_held_back = !nested.is_empty() && !passes.contains(&"unnest");
    is_held_back.then(|| {
        format!(
            "`{first}` works on a graph without nested graphs, and this one has {}: name `unnest` before it",
            nested.join(", ")
        )
    })
}

/// The passes of these names, or the usual ones.
fn find(names: &[&str]) -> Result<Vec<&'static Pass>, Error> {
    if names.is_empty() {
        return Ok(PASSES.iter().filter(|pass| pass.is_usual).collect());
    }
    let known = || PASSES.iter().map(|pass| pass.name);
    let unknown = |name: &&str| {
        let error = Error::new(format!("there is no pass `{name}`")).of_kind(ErrorKind::Choice);
        match nearest(name, known()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => {
                error.help(format!("the passes are {}", known().collect::<Vec<_>>().join(", ")))
            }
        }
    };
    let errors: Vec<Error> =
        names.iter().filter(|name| optimise::find(name).is_none()).map(unknown).collect();
    if !errors.is_empty() {
        return Err(Error::several(errors).of_kind(ErrorKind::Choice));
    }
    Ok(names.iter().filter_map(|name| optimise::find(name)).collect())
}

/// Refuses passes that change the output under the reset that the file says.
fn check_resets(passes: &[&Pass], open: &Open) -> Result<(), Error> {
    let Some(said) = open.only_reset() else { return Ok(()) };
    let unfit = passes.iter().filter(|pass| pass.needs_reset.is_some_and(|it| it != said.value));
    let errors = unfit.map(|pass| {
        let message = format!(
            "`{}` keeps the output if {}; the file says the reset {} ({})",
            pass.name, pass.condition, said.value, said.evidence
        );
        Error::new(message).of_kind(ErrorKind::Choice)
    });
    let errors: Vec<Error> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::several(errors).of_kind(ErrorKind::Choice)) }
}

/// How near two time steps are that are the same: a few roundings of single precision.
const SAME_STEP: f64 = 1e-5;

/// Writes into the metadata what the numbers said before, where they say nothing or something else now.
fn keep_answers(document: &mut Document, before: &Open) -> Vec<Rewrite> {
    let now = open::open(document);
    let dt = |open: &Open| open.only_dt().map(|candidate| candidate.value);
    let reset = |open: &Open| open.only_reset().map(|candidate| candidate.value.clone());
    let spike = |open: &Open| open.only_spike().map(|candidate| candidate.value.clone());
    let is_same = |a: f64, b: Option<f64>| b.is_some_and(|b| (a - b).abs() <= SAME_STEP * a);
    let mut kept: Vec<(&str, Value, String)> = Vec::new();
    let step = dt(before).filter(|&step| !is_same(step, dt(&now)));
    if let Some(step) = step {
        kept.push(("dt", Value::from(Tensor::scalar(step)), step.to_string()));
    }
    if let Some(reset) = reset(before).filter(|before| reset(&now).as_ref() != Some(before)) {
        kept.push(("reset", Value::from(reset.as_str()), reset));
    }
    // A pulse as long as a step that has moved by a rounding is the same one.
    let is_kept = step.is_some() || spike(&now).is_none();
    let differs = |before: &String| is_kept && spike(&now).as_ref() != Some(before);
    if let Some(spike) = spike(before).filter(differs) {
        kept.push(("spike", Value::from(spike.as_str()), spike));
    }
    let keep = |(entry, value, shown): (&str, Value, String)| {
        document.root.metadata.insert(entry.to_owned(), value);
        let done = format!("metadata `{entry}` = {shown}, which the numbers said before");
        Rewrite { pass: "metadata", node: String::new(), done }
    };
    kept.into_iter().map(keep).collect()
}
