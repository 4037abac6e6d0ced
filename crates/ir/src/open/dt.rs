//! The time step.

use nirkit_numerics::Tensor;
use nirkit_numerics::broadcast::spread;

use super::{Candidate, Source, is_close};
use crate::facts::shape::parameter_shape;
use crate::facts::unfold::UnfoldedLeaf;
use crate::primitive::Primitive;
use crate::value::{Fields, Value};

/// The candidates, the best supported first.
pub(super) fn candidates(metadata: &Fields, leaves: &[UnfoldedLeaf<'_>]) -> Vec<Candidate<f64>> {
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

/// The decimal of four digits that is equal up to rounding, if there is one: 0.0001 for 1.0000000e-4
/// as single precision leaves it.
fn shortened(value: f64) -> f64 {
    format!("{value:.3e}").parse().ok().filter(|&short| is_close(short, value)).unwrap_or(value)
}
