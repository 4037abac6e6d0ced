//! The time step.

use nirkit_numerics::broadcast::spread;
use nirkit_numerics::{DType, Tensor};

use super::unit::TimeScales;
use super::{Candidate, Said, Source, is_close};
use crate::facts::shape::parameter_shape;
use crate::facts::size::elements;
use crate::facts::unfold::UnfoldedLeaf;
use crate::limits::Limits;
use crate::primitive::Primitive;
use crate::value::{Fields, Value};

/// The time step that an entry of the metadata says.
pub(super) fn said(value: &Value) -> Option<Said> {
    let number = match value {
        // Yes and no are no numbers.
        Value::Tensor(dt) if dt.len() == 1 && dt.dtype() != DType::Bool => dt.get_f64(0),
        _ => None,
    };
    let number = number.filter(|dt| dt.is_finite() && *dt > 0.0)?;
    Some(Said { word: String::new(), number: Some(number) })
}

/// The candidates, the best supported first.
pub(super) fn candidates(
    metadata: &Fields,
    leaves: &[UnfoldedLeaf<'_>],
    scales: &TimeScales,
) -> Vec<Candidate<f64>> {
    let mut budget = Limits::default().graph_elements;
    let ratios: Vec<Ratios> =
        leaves.iter().filter_map(|leaf| Ratios::of(leaf, &mut budget)).collect();
    let mut candidates = Vec::new();
    if let Some(dt) = metadata.get("dt").and_then(said).and_then(|said| said.number) {
        candidates.push(Candidate::new(dt, Source::Metadata, "metadata `dt`"));
    }
    let telling: Vec<&Ratios> = ratios.iter().filter(|ratios| !ratios.neutral).collect();
    if let Some(dt) = common(telling.iter().map(|ratios| &ratios.values)) {
        let evidence = format!("{} in {}", telling[0].rule, names(&telling));
        candidates.push(Candidate::new(dt, Source::Numbers, evidence));
    } else if telling.is_empty() {
        // A gain of 1 is no evidence: it is also what one writes who has no step in mind.
        if let Some(dt) = common(ratios.iter().map(|ratios| &ratios.values)) {
            let evidence = format!("{}, but every gain is 1", ratios[0].rule);
            candidates.push(Candidate::new(dt, Source::Convention, evidence));
        }
    } else {
        let evidence = format!("{} differs between neurons", telling[0].rule);
        let first = telling[0].values.first;
        candidates.extend(first.map(|dt| Candidate::new(dt, Source::Convention, evidence)));
    }
    // A gain in ohms is no count of steps.
    candidates.retain(|candidate| {
        candidate.source == Source::Metadata || scales.is_step(candidate.value)
    });
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
    values: Range,
    /// Whether all gains are 1, so that the ratio is the time constant itself.
    neutral: bool,
}

impl Ratios {
    /// Nothing for a node whose parameters stand for more than a layer may have, or than is left of the
    /// `budget` of elements: the graph need not be sound.
    fn of(leaf: &UnfoldedLeaf<'_>, budget: &mut u64) -> Option<Self> {
        let primitive = leaf.primitive;
        let (rule, tau, gain) = match primitive {
            Primitive::Li(p) => ("dt = tau/r", &p.tau, &p.r),
            Primitive::Lif(p) => ("dt = tau/r", &p.tau, &p.r),
            Primitive::CubaLi(p) => ("dt = tau_mem/r", &p.tau_mem, &p.r),
            Primitive::CubaLif(p) => ("dt = tau_mem/r", &p.tau_mem, &p.r),
            _ => return None,
        };
        let shape = parameter_shape(primitive)?;
        let needed = elements(&shape);
        if needed > Limits::default().layer_elements {
            return None;
        }
        *budget = budget.checked_sub(needed)?;
        let numbers = |tensor: &Tensor| spread(&tensor.to_f64()?, tensor.shape(), &shape);
        let (tau, gain) = (numbers(tau)?, numbers(gain)?);
        let neutral = gain.iter().all(|&gain| is_close(gain, 1.0));
        let mut values = Range::default();
        values.extend(&tau, &gain);
        synaptic(primitive, &numbers, &mut values);
        Some(Self { name: super::on_a_line(&leaf.name), rule, values, neutral })
    }
}

/// What is asked of many numbers: the first, the least and the greatest.
#[derive(Default)]
struct Range {
    first: Option<f64>,
    low: f64,
    high: f64,
    /// Whether one of them is NaN or infinite.
    spoilt: bool,
}

impl Range {
    /// Takes the ratios of two lists.
    fn extend(&mut self, above: &[f64], below: &[f64]) {
        for (above, below) in above.iter().zip(below) {
            let ratio = above / below;
            if self.first.is_none() {
                (self.first, self.low, self.high) = (Some(ratio), ratio, ratio);
            }
            self.low = self.low.min(ratio);
            self.high = self.high.max(ratio);
            self.spoilt |= !ratio.is_finite();
        }
    }
}

/// `tau_syn / w_in`, where `w_in` is not simply 1.
fn synaptic(
    primitive: &Primitive,
    numbers: &impl Fn(&Tensor) -> Option<Vec<f64>>,
    values: &mut Range,
) -> Option<()> {
    let (tau, gain) = match primitive {
        Primitive::CubaLi(p) => (&p.tau_syn, p.w_in.as_ref()?),
        Primitive::CubaLif(p) => (&p.tau_syn, p.w_in.as_ref()?),
        _ => return None,
    };
    let (tau, gain) = (numbers(tau)?, numbers(gain)?);
    if !gain.iter().all(|&gain| is_close(gain, 1.0)) {
        values.extend(&tau, &gain);
    }
    Some(())
}

/// The value that all have in common, up to rounding, as a short decimal when one is near.
fn common<'a>(mut values: impl Iterator<Item = &'a Range> + Clone) -> Option<f64> {
    let first = values.clone().find_map(|range| range.first);
    let first = first.filter(|first| first.is_finite() && *first > 0.0)?;
    // What is close to a number is an interval, so the ends speak for all between them.
    let agrees = |range: &Range| {
        let ends = is_close(range.low, first) && is_close(range.high, first);
        range.first.is_none() || (ends && !range.spoilt)
    };
    values.all(agrees).then(|| shortened(first))
}

/// The decimal of four digits that is equal up to rounding, if there is one: 0.0001 for 1.0000000e-4
/// as single precision leaves it.
fn shortened(value: f64) -> f64 {
    format!("{value:.3e}").parse().ok().filter(|&short| is_close(short, value)).unwrap_or(value)
}
