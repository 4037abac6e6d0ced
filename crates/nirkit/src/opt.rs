//! Rewrites that keep what a graph means.

use std::fmt;

use nirkit_ir::open::{self, Candidate, Open, Source};
use nirkit_ir::{Document, Limits, Severity, Value};
use nirkit_numerics::Tensor;
use nirkit_passes::optimise::{self, PASSES, Pass, Rewrite};

use crate::error::{Error, ErrorKind};
use crate::suggest::nearest;

/// Applies passes to a graph one after the other, by their names; the usual ones if none is named.
///
/// Where the numbers of the file said a time step, a reset or the size of a spike, and say it no longer, the metadata
/// say it from then on (`dt`, `reset`, `spike`), so that the graph is run as before.
///
/// # Errors
///
/// Every name that is no pass, with the nearest one that is; the errors of a graph that is not sound.
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
    let Some(graph) = document.graph_mut() else {
        return Err(Error::new(crate::verdict::NO_GRAPH).of_kind(ErrorKind::Graph));
    };
    let mut rewrites =
        optimise::optimise_within(graph, &passes, limits).map_err(|mut findings| {
            findings.retain(|finding| finding.severity == Severity::Error);
            Error::of_findings(ErrorKind::Graph, findings)
        })?;
    rewrites.extend(keep_answers(document, &before));
    Ok(rewrites)
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

/// Writes into the metadata what the numbers said before and say no longer.
fn keep_answers(document: &mut Document, before: &Open) -> Vec<Rewrite> {
    let now = open::open(document);
    let spike = |open: &Open| implied(open.only_spike());
    let reset = |open: &Open| implied(open.only_reset());
    let dt = |open: &Open| implied(open.only_dt());
    let mut done = Vec::new();
    let metadata = &mut document.root.metadata;
    let mut keep = |entry: &str, value: Value, shown: &dyn fmt::Display| {
        metadata.insert(entry.to_owned(), value);
        let done_so = format!("metadata `{entry}` = {shown}, which the numbers said before");
        done.push(Rewrite { pass: "metadata", node: String::new(), done: done_so });
    };
    if let Some(value) = dt(before).filter(|_| dt(&now).is_none()) {
        keep("dt", Value::from(Tensor::scalar(value)), &value);
    }
    if let Some(value) = reset(before).filter(|_| reset(&now).is_none()) {
        keep("reset", Value::from(value.as_str()), &value);
    }
    if let Some(value) = spike(before).filter(|_| spike(&now).is_none()) {
        keep("spike", Value::from(value.as_str()), &value);
    }
    done
}

/// An answer that the numbers imply, or metadata say.
fn implied<T: Clone>(candidate: Option<&Candidate<T>>) -> Option<T> {
    let candidate = candidate?;
    matches!(candidate.source, Source::Numbers | Source::Metadata).then(|| candidate.value.clone())
}
