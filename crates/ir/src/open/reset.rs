//! What happens to a neuron that spikes.

use nirkit_numerics::Tensor;

use super::gauge::{Gauge, short};
use super::{Candidate, Said, Source};
use crate::facts::unfold::UnfoldedLeaf;
use crate::primitive::Primitive;
use crate::value::{Fields, Value};

/// The reset that an entry of the metadata says.
pub(super) fn said(value: &Value) -> Option<Said> {
    let Value::Text(text) = value else { return None };
    text.as_str().and_then(known_reset).map(Said::word)
}

/// The candidates, the best supported first.
pub(super) fn candidates(metadata: &Fields, leaves: &[UnfoldedLeaf<'_>]) -> Vec<Candidate<String>> {
    let levels: Vec<Option<&Tensor>> =
        leaves.iter().filter_map(|leaf| v_reset(leaf.primitive)).collect();
    if levels.is_empty() {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    if let Some(said) = metadata.get("reset").and_then(said) {
        candidates.push(Candidate::new(said.word, Source::Metadata, "metadata `reset`"));
    }
    let to_zero = levels.iter().all(|level| level.is_none_or(Tensor::is_zero));
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
    let gauge = leaves.iter().find_map(|leaf| {
        Gauge::first(std::slice::from_ref(leaf)).filter(|gauge| gauge.v_threshold.is_some())
    });
    if let Some(gauge) = gauge {
        candidates = candidates.into_iter().map(|candidate| told(candidate, &gauge)).collect();
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

/// The names under which metadata speak of resets.
fn known_reset(name: &str) -> Option<&'static str> {
    match name {
        "v_reset" | "value" => Some("v_reset"),
        "zero" => Some("zero"),
        "subtract" | "subtractive" => Some("subtract"),
        _ => None,
    }
}

/// The candidate with what it does to a neuron.
fn told(candidate: Candidate<String>, gauge: &Gauge) -> Candidate<String> {
    let (name, threshold) = (&gauge.name, short(gauge.v_threshold.unwrap_or(0.0)));
    let effect = match candidate.value.as_str() {
        "v_reset" => format!("a spike sets v of `{name}` to {}", short(gauge.v_reset)),
        "zero" => format!("a spike sets v of `{name}` to 0"),
        _ => format!("a spike takes {threshold} from v of `{name}`; what was above it stays"),
    };
    candidate.effect(effect)
}
