//! What a file leaves open: the time step and the kind of reset.
//!
//! NIR says neither. Programs that run on a grid write graphs that depend on both all the same: the
//! gain `r = tau / dt` turns "one spike a step" into "one unit of voltage", and a network trained
//! with a subtractive reset looks like any other. Here the candidates are collected with what
//! speaks for them. Nothing is decided; whoever decides says so.

use crate::diag::{Code, Diagnostic, Place};
use crate::document::Document;
use crate::facts::shape::parameter_shape;
use crate::facts::unfold::{self, UnfoldedLeaf};
use crate::primitive::Primitive;
use crate::value::{Fields, Value};
use nirkit_numerics::Tensor;
use nirkit_numerics::broadcast::spread;

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
        Self { value, source, evidence: evidence.into() }
    }
}

/// What a file leaves open. An empty list means that the question does not arise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    /// Time steps in seconds, the best supported first.
    pub dt: Vec<Candidate<f64>>,
    /// Resets (`v_reset`, `zero`, `subtract`), the best supported first.
    pub reset: Vec<Candidate<String>>,
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
    let leaves = unfold::leaves(graph);
    Open {
        dt: time_steps(&document.root.metadata, &leaves),
        reset: resets(&document.root.metadata, &leaves),
    }
}

/// What is left open, as notes.
#[must_use]
pub fn findings(open: &Open) -> Vec<Diagnostic> {
    let dt = open.dt.first().filter(|best| best.source != Source::Metadata);
    let reset = open.reset.first().filter(|best| best.source != Source::Metadata);
    let dt = dt.map(|_| {
        let list = list(&open.dt, |dt| format!("{dt} s"));
        Diagnostic::new(Code::DtOpen, Place::root(), "the file does not say a time step")
            .help(format!("give `--dt`; candidates: {list}"))
    });
    let reset = reset.map(|_| {
        let list = list(&open.reset, Clone::clone);
        Diagnostic::new(
            Code::ResetOpen,
            Place::root(),
            "the file does not say how a neuron is reset",
        )
        .help(format!("give `--reset`; candidates: {list}"))
    });
    dt.into_iter().chain(reset).collect()
}

fn list<T>(candidates: &[Candidate<T>], show: impl Fn(&T) -> String) -> String {
    let shown =
        |candidate: &Candidate<T>| format!("{} ({})", show(&candidate.value), candidate.evidence);
    candidates.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn time_steps(metadata: &Fields, leaves: &[UnfoldedLeaf<'_>]) -> Vec<Candidate<f64>> {
    let ratios: Vec<Ratios> = leaves.iter().filter_map(Ratios::of).collect();
    let mut candidates = Vec::new();
    if let Some(Value::Tensor(dt)) = metadata.get("dt")
        && let (1, Some(dt)) = (dt.len(), dt.get_f64(0))
    {
        candidates.push(Candidate::new(dt, Source::Metadata, "metadata `dt`"));
    }
    let telling: Vec<&Ratios> = ratios.iter().filter(|ratios| !ratios.neutral).collect();
    if let Some(dt) = common(telling.iter().flat_map(|ratios| &ratios.values)) {
        let evidence = format!("{} in {}", telling[0].rule, names(&telling));
        candidates.push(Candidate::new(dt, Source::Numbers, evidence));
    } else if telling.is_empty() {
        // A gain of 1 is no evidence: it is also what one writes who has no step in mind.
        if let Some(dt) = common(ratios.iter().flat_map(|ratios| &ratios.values)) {
            let evidence = format!("{}, but every gain is 1", ratios[0].rule);
            candidates.push(Candidate::new(dt, Source::Convention, evidence));
        }
    } else {
        let evidence = format!("{} differs between neurons", telling[0].rule);
        let first = telling[0].values.first().copied();
        candidates.extend(first.map(|dt| Candidate::new(dt, Source::Convention, evidence)));
    }
    candidates.push(Candidate::new(1e-4, Source::Convention, "usual for trained networks"));
    candidates.push(Candidate::new(1e-3, Source::Convention, "usual for simulators"));
    let mut seen: Vec<f64> = Vec::new();
    candidates.retain(|candidate| {
        let is_new = !seen.iter().any(|&dt| is_close(dt, candidate.value));
        seen.push(candidate.value);
        is_new
    });
    // Without a node in which time appears, any step is right.
    if ratios.is_empty() && !leaves.iter().any(|leaf| has_time(leaf.primitive)) {
        candidates.retain(|candidate| candidate.source == Source::Metadata);
    }
    candidates
}

fn names(ratios: &[&Ratios]) -> String {
    let mut names: Vec<String> = ratios.iter().map(|ratios| format!("`{}`", ratios.name)).collect();
    names.dedup();
    names.join(", ")
}

/// Whether time appears in the equations of a primitive.
fn has_time(primitive: &Primitive) -> bool {
    !primitive.is_stateless()
}

/// The steps that one rule implies for the channels of one node.
struct Ratios {
    name: String,
    rule: &'static str,
    values: Vec<f64>,
    /// Whether all gains are 1, so that the ratio is the time constant itself.
    neutral: bool,
}

impl Ratios {
    fn of(leaf: &UnfoldedLeaf<'_>) -> Option<Self> {
        let primitive = leaf.primitive;
        let (rule, tau, gain) = match primitive {
            Primitive::Li(p) => ("dt = tau/r", &p.tau, &p.r),
            Primitive::Lif(p) => ("dt = tau/r", &p.tau, &p.r),
            Primitive::CubaLi(p) => ("dt = tau_mem/r", &p.tau_mem, &p.r),
            Primitive::CubaLif(p) => ("dt = tau_mem/r", &p.tau_mem, &p.r),
            _ => return None,
        };
        let shape = parameter_shape(primitive)?;
        let numbers = |tensor: &Tensor| spread(&tensor.to_f64()?, tensor.shape(), &shape);
        let (tau, gain) = (numbers(tau)?, numbers(gain)?);
        let neutral = gain.iter().all(|&gain| is_close(gain, 1.0));
        let mut values: Vec<f64> = tau.iter().zip(&gain).map(|(tau, gain)| tau / gain).collect();
        values.extend(synaptic(primitive, &numbers).unwrap_or_default());
        Some(Self { name: leaf.name.clone(), rule, values, neutral })
    }
}

/// `tau_syn / w_in`, where `w_in` is not simply 1.
fn synaptic(
    primitive: &Primitive,
    numbers: &impl Fn(&Tensor) -> Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    let (tau, gain) = match primitive {
        Primitive::CubaLi(p) => (&p.tau_syn, p.w_in.as_ref()?),
        Primitive::CubaLif(p) => (&p.tau_syn, p.w_in.as_ref()?),
        _ => return None,
    };
    let (tau, gain) = (numbers(tau)?, numbers(gain)?);
    let neutral = gain.iter().all(|&gain| is_close(gain, 1.0));
    (!neutral).then(|| tau.iter().zip(&gain).map(|(tau, gain)| tau / gain).collect())
}

/// The value that all have in common, up to rounding, as a short decimal when one is near.
fn common<'a>(values: impl Iterator<Item = &'a f64>) -> Option<f64> {
    let mut values = values.copied();
    let first = values.next().filter(|first| first.is_finite() && *first > 0.0)?;
    let agree = values.all(|value| is_close(value, first));
    agree.then(|| shortened(first))
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

/// The decimal of four digits that is equal up to rounding, if there is one: 0.0001 for 1.0000000e-4
/// as single precision leaves it.
fn shortened(value: f64) -> f64 {
    format!("{value:.3e}").parse().ok().filter(|&short| is_close(short, value)).unwrap_or(value)
}

fn resets(metadata: &Fields, leaves: &[UnfoldedLeaf<'_>]) -> Vec<Candidate<String>> {
    let levels: Vec<Option<&Tensor>> =
        leaves.iter().filter_map(|leaf| v_reset(leaf.primitive)).collect();
    if levels.is_empty() {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    if let Some(Value::Text(reset)) = metadata.get("reset")
        && let Some(name) = reset.as_str().and_then(known_reset)
    {
        candidates.push(Candidate::new(name.to_owned(), Source::Metadata, "metadata `reset`"));
    }
    let to_zero = levels.iter().all(|level| level.is_none_or(is_zero));
    let evidence = if to_zero {
        "NIR's equations; `v_reset` is 0"
    } else {
        "NIR's equations; `v_reset` is not 0"
    };
    candidates.push(Candidate::new("v_reset".into(), Source::Convention, evidence));
    candidates.push(Candidate::new("subtract".into(), Source::Convention, "usual in training"));
    if !to_zero {
        candidates.push(Candidate::new("zero".into(), Source::Convention, "some simulators"));
    }
    let mut seen: Vec<String> = Vec::new();
    candidates.retain(|candidate| {
        let is_new = !seen.contains(&candidate.value);
        seen.push(candidate.value.clone());
        is_new
    });
    candidates
}

/// The reset of a spiking neuron; `None` for other primitives.
#[expect(clippy::option_option, reason = "a neuron may lack the field")]
fn v_reset(primitive: &Primitive) -> Option<Option<&Tensor>> {
    match primitive {
        Primitive::If(p) => Some(p.v_reset.as_ref()),
        Primitive::Lif(p) => Some(p.v_reset.as_ref()),
        Primitive::CubaLif(p) => Some(p.v_reset.as_ref()),
        _ => None,
    }
}

fn is_zero(level: &Tensor) -> bool {
    level.to_f64().is_some_and(|values| values.iter().all(|&value| value == 0.0))
}

/// The names under which metadata speak of resets.
fn known_reset(name: &str) -> Option<&'static str> {
    match name {
        "v_reset" | "value" => Some("v_reset"),
        "zero" => Some("zero"),
        "subtract" | "subtractive" => Some("subtract"),
        _ => None,
    }
}
