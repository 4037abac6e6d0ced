//! What a file leaves open: the time step, the kind of reset, what a spike is, the state at the
//! start, and the unit of times where the numbers speak against seconds. One file for each question.
//!
//! NIR says none of it. Programs that run on a grid write graphs that depend on both all the same: the
//! gain `r = tau / dt` turns "one spike a step" into "one unit of voltage", and a network trained
//! with a subtractive reset looks like any other. Here the candidates are collected with what
//! speaks for them and what each would change. Nothing is decided; whoever decides says so.

mod dt;
mod entry;
mod gauge;
mod reset;
mod spike;
mod start;
mod unit;

use crate::diag::{Code, Diagnostic, Place};
use crate::document::Document;
use crate::facts::unfold::{UnfoldedLeaf, leaves};
use crate::graph::Node;
use crate::primitive::Primitive;
use crate::value::Value;
use gauge::Gauge;
use unit::TimeScales;

pub use entry::{ENTRIES, Entry, Said, WEIGHT_SCALE};
pub use unit::{ENTRY as TIME_UNIT, of_times};

/// Ratios of stored numbers count as equal up to this relative difference: a few roundings of f32.
const TOLERANCE: f64 = 1e-5;

/// A possible answer, with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<T> {
    /// The answer.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
    /// What speaks for it, as part of a sentence.
    pub evidence: String,
    /// What it would do to the first neuron of the file, in numbers; empty if that cannot be told.
    pub effect: String,
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Metadata of the graph say it.
    Metadata,
    /// The parameters imply it.
    Numbers,
    /// NIR's equations say it, or it is possible; nothing in this file speaks for it.
    Convention,
}

impl<T> Candidate<T> {
    fn new(value: T, source: Source, evidence: impl Into<String>) -> Self {
        Self { value, source, evidence: evidence.into(), effect: String::new() }
    }

    fn effect(self, effect: String) -> Self {
        Self { effect, ..self }
    }
}

/// A name as part of a sentence, which stays on its line.
fn on_a_line(name: &str) -> String {
    if !name.contains(['\n', '\r', '\t']) {
        return name.to_owned();
    }
    name.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

/// Whether two numbers are equal up to a few roundings of f32.
fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

/// What a file leaves open. An empty list means that the question does not arise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    /// Time steps in seconds, the best supported first.
    pub dt: Vec<Candidate<f64>>,
    /// Resets (`v_reset`, `zero`, `subtract`), the best supported first.
    pub reset: Vec<Candidate<String>>,
    /// What a spike is (`impulse:AREA`, `pulse:SECONDS`), the best supported first.
    pub spike: Vec<Candidate<String>>,
    /// The state at the start (`rest`, `zero`), the best supported first.
    pub start: Vec<Candidate<String>>,
    /// Units of times (`ms`, `s`), the best supported first, where time constants look like milliseconds.
    pub time_unit: Vec<Candidate<String>>,
    /// Whether there are neurons that integrate and spike, and nothing leaks: no number says then how long a spike lasts.
    pub is_leakless: bool,
}

impl Open {
    /// The time step, when exactly one is supported by metadata or by the parameters.
    #[must_use]
    pub fn only_dt(&self) -> Option<&Candidate<f64>> {
        only(&self.dt)
    }

    /// The reset, when exactly one is supported by metadata or by the parameters.
    #[must_use]
    pub fn only_reset(&self) -> Option<&Candidate<String>> {
        only(&self.reset)
    }

    /// What a spike is, when exactly one reading is supported by metadata or by the parameters.
    #[must_use]
    pub fn only_spike(&self) -> Option<&Candidate<String>> {
        only(&self.spike)
    }
}

/// The one candidate of metadata, or else the one that the numbers imply.
fn only<T>(candidates: &[Candidate<T>]) -> Option<&Candidate<T>> {
    let of = |source| {
        let mut found = candidates.iter().filter(move |candidate| candidate.source == source);
        found.next().filter(|_| found.next().is_none())
    };
    of(Source::Metadata).or_else(|| of(Source::Numbers))
}

/// Collects what a file leaves open.
#[must_use]
pub fn open(document: &Document) -> Open {
    let Some(graph) = document.graph() else { return Open::default() };
    let leaves = leaves(graph);
    let (metadata, gauge) = (&document.root.metadata, Gauge::first(&leaves));
    let gauge = gauge.as_ref();
    let scales = TimeScales::of(&leaves);
    let dt = dt::candidates(metadata, &leaves, &scales).into_iter().map(|candidate| {
        let effect = gauge.map_or(String::new(), |gauge| gauge.step(candidate.value));
        candidate.effect(effect)
    });
    let dt: Vec<Candidate<f64>> = dt.collect();
    let is_leakless = is_leakless(&leaves);
    Open {
        reset: reset::candidates(metadata, &leaves),
        spike: spike::candidates(metadata, gauge, is_leakless, &dt),
        start: start::candidates(&leaves),
        time_unit: unit::candidates(metadata, &scales),
        is_leakless,
        dt,
    }
}

/// Whether there are neurons that integrate and spike, and nothing leaks.
fn is_leakless(leaves: &[UnfoldedLeaf<'_>]) -> bool {
    use Primitive::{CubaLi, CubaLif, If, Li, Lif};
    let leaks =
        |leaf: &UnfoldedLeaf<'_>| matches!(leaf.primitive, Li(_) | CubaLi(_) | Lif(_) | CubaLif(_));
    leaves.iter().any(|leaf| matches!(leaf.primitive, If(_))) && !leaves.iter().any(leaks)
}

/// Entries of the metadata that are not taken: those of a graph that answer an open question in a way that is not
/// understood, and those of nested graphs that say something else than the whole graph.
#[must_use]
pub fn metadata_findings(document: &Document) -> Vec<Diagnostic> {
    let metadata = &document.root.metadata;
    let fault = |entry: &Entry| {
        let value = metadata.get(entry.name).filter(|value| entry.said(value).is_none())?;
        let message = format!(
            "the metadata say `{}` = {}, which is not {}",
            entry.name,
            shown(value),
            entry.wanted
        );
        let finding = Diagnostic::new(Code::MetadataUnread, Place::root(), message);
        Some(finding.help("it is not taken; correct it, or take it out"))
    };
    let mut findings: Vec<Diagnostic> = ENTRIES.iter().filter_map(fault).collect();
    nested_findings(document, &document.root, &Place::root(), &mut findings);
    findings
}

/// What a graph is run with is read from the metadata of the whole graph alone.
fn nested_findings(
    document: &Document,
    node: &Node,
    place: &Place,
    findings: &mut Vec<Diagnostic>,
) {
    let Primitive::Graph(graph) = &node.primitive else { return };
    for (_, name, inner) in graph.nodes.iter() {
        if !matches!(inner.primitive, Primitive::Graph(_)) {
            continue;
        }
        let place = place.node(name);
        let fault = |entry: &Entry| {
            let value = inner.metadata.get(entry.name)?;
            let said = entry.said(value);
            let outer = entry.said_by(&document.root.metadata);
            if said.is_some() && said == outer {
                return None;
            }
            let message = format!(
                "the metadata of a nested graph say `{}` = {}, which is not taken",
                entry.name,
                shown(value)
            );
            let finding = Diagnostic::new(Code::MetadataUnread, place.clone(), message);
            Some(finding.help(format!(
                "`{}` is read from the metadata of the whole graph; write it there if it holds for all of it",
                entry.name
            )))
        };
        findings.extend(ENTRIES.iter().filter_map(fault));
        nested_findings(document, inner, &place, findings);
    }
}

/// What an entry says, as it stands, or in words.
fn shown(value: &Value) -> String {
    let found = match value {
        Value::Text(text) => text.as_str().map(|text| format!("{text:?}")),
        Value::Tensor(tensor) if tensor.len() == 1 => tensor.get_f64(0).map(|n| n.to_string()),
        _ => None,
    };
    found.unwrap_or_else(|| value.describe())
}

/// What is left open, as notes; but for [`time_unit_finding`], which is about the numbers as they stand.
#[must_use]
pub fn findings(open: &Open) -> Vec<Diagnostic> {
    let dt = question(&open.dt, |dt| format!("{dt} s"), "--dt");
    let reset = question(&open.reset, Clone::clone, "--reset");
    let spike = question(&open.spike, Clone::clone, "--spike");
    let start = question(&open.start, Clone::clone, "--start");
    let about = [
        (Code::DtOpen, "the file does not say a time step", dt),
        (Code::ResetOpen, "the file does not say how a neuron is reset", reset),
        (Code::SpikeOpen, "the file does not say what a spike is to its receivers", spike),
        (Code::StartOpen, "the file does not say where voltages start", start),
    ];
    let note = |(code, message, help): (Code, &str, Option<String>)| {
        Some(Diagnostic::new(code, Place::root(), message).help(help?))
    };
    about.into_iter().filter_map(note).collect()
}

/// The note on times that look like milliseconds. No platform answers this question.
#[must_use]
pub fn time_unit_finding(open: &Open) -> Option<Diagnostic> {
    let candidate = open.time_unit.first()?;
    let message = match candidate.source {
        Source::Metadata => "the metadata say that times are in milliseconds".to_owned(),
        _ => format!("the time constants look like milliseconds: {}", candidate.evidence),
    };
    let help = match candidate.source {
        Source::Metadata => {
            "they are taken so; a simulator package takes the numbers of this file for seconds, and `nir \
             convert --time-unit ms` writes a file that it reads rightly"
        }
        _ => {
            "times are taken as seconds; give `--time-unit ms` if they are milliseconds, and `nir convert \
             --time-unit ms` writes seconds"
        }
    };
    Some(Diagnostic::new(Code::TimeUnitOpen, Place::root(), message).help(help))
}

/// What to do about an open question; `None` if metadata answer it or it does not arise.
fn question<T>(
    candidates: &[Candidate<T>],
    show: impl Fn(&T) -> String,
    option: &str,
) -> Option<String> {
    let best = candidates.first()?;
    let list = || list(candidates, show);
    (best.source != Source::Metadata).then(|| format!("give `{option}`; candidates: {}", list()))
}

fn list<T>(candidates: &[Candidate<T>], show: impl Fn(&T) -> String) -> String {
    let shown = |candidate: &Candidate<T>| {
        let effect = match candidate.effect.as_str() {
            "" => String::new(),
            effect => format!(": {effect}"),
        };
        format!("{} ({}){effect}", show(&candidate.value), candidate.evidence)
    };
    candidates.iter().map(shown).collect::<Vec<_>>().join("; ")
}
