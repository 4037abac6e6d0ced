//! The state before anything happens.

use super::gauge::short;
use super::{Candidate, Source};
use crate::facts::unfold::UnfoldedLeaf;
use crate::primitive::Primitive;

/// The candidates (`rest`, `zero`). The question arises only if a voltage does not rest at 0.
pub(super) fn candidates(leaves: &[UnfoldedLeaf<'_>]) -> Vec<Candidate<String>> {
    let Some((name, v_leak)) = leaves.iter().find_map(away_from_zero) else { return Vec::new() };
    let candidate = |value: &str, evidence: &str, effect: String| {
        Candidate::new(value.to_owned(), Source::Convention, evidence).effect(effect)
    };
    let effect = |v: f64| format!("v of `{name}` starts at {}", short(v));
    vec![
        candidate("rest", "where the equations stay without input", effect(v_leak)),
        candidate("zero", "some simulators", effect(0.0)),
    ]
}

/// Name of a node of which a voltage does not rest at 0, and where it does.
fn away_from_zero<'a>(leaf: &'a UnfoldedLeaf<'_>) -> Option<(&'a str, f64)> {
    let v_leak = match leaf.primitive {
        Primitive::Li(p) => &p.v_leak,
        Primitive::Lif(p) => &p.v_leak,
        Primitive::CubaLi(p) => &p.v_leak,
        Primitive::CubaLif(p) => &p.v_leak,
        _ => return None,
    };
    let rest = v_leak.to_f64()?.iter().copied().find(|&v| v != 0.0)?;
    Some((leaf.name.as_str(), rest))
}
