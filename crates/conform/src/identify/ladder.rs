//! The weights before a layer of neurons: a ladder over many sizes, so that some neurons spike and others do not.

use nirkit::ir::Primitive;
use nirkit::numerics::Tensor;

use super::probe::{Outcome, Probe};
use crate::suite::Draw;
use crate::suite::net::tensor;

/// Weights of two columns: a ladder over many sizes, or sizes near the threshold. Without a `middle` they lie where most packages
/// spike; with one, an exponent of ten, around it.
pub(super) fn ladder(draw: &mut Draw, neurons: usize, style: u64, middle: Option<f64>) -> Tensor {
    let offset = draw.unit();
    let mut values = Vec::with_capacity(2 * neurons);
    for neuron in 0..neurons {
        let rung = (neuron as f64 + offset) / neurons as f64;
        let exponent = match (middle, style) {
            (None, 4 | 5) => -1.2 + 2.0 * rung,
            (None, _) if neurons == 1 => -2.0 + 4.0 * draw.unit(),
            (None, _) => -4.5 + 8.0 * rung,
            (Some(middle), 4 | 5) => middle - 1.0 + 2.0 * rung,
            (Some(middle), _) if neurons == 1 => middle - 1.5 + 3.0 * draw.unit(),
            (Some(middle), _) => middle - 2.0 + 4.0 * rung,
        };
        let size = power_of_ten(exponent);
        values.push(size as f32);
        let other = if draw.chance(0.5) { -0.6 } else { 0.7 };
        values.push((other * size) as f32);
    }
    tensor(&[neurons, 2], values)
}

/// A power of ten, the same on every machine.
fn power_of_ten(exponent: f64) -> f64 {
    nirkit::numerics::math::exp(exponent * std::f64::consts::LN_10)
}

/// Returns the exponent of ten from which on the neurons of a probe spike; `None` where all or none of them do, and where no
/// matrix stands before them.
pub(super) fn boundary(probe: &Probe) -> Option<f64> {
    let Outcome::Put(put) = &probe.found else { return None };
    let weights = probe.graph().nodes.iter().find_map(|(_, name, node)| match &node.primitive {
        _ if name != "fc" => None,
        Primitive::Linear(node) => node.weight.to_f32(),
        Primitive::Affine(node) => node.weight.to_f32(),
        _ => None,
    })?;
    let neurons = weights.len() / 2;
    let spikes = |neuron: usize| put.0.iter().skip(neuron).step_by(neurons).any(|&x| x != 0.0);
    let rungs: Vec<(f64, bool)> = (0..neurons)
        .map(|neuron| {
            let size = f64::from(weights[2 * neuron].abs());
            (nirkit::numerics::math::ln(size) / std::f64::consts::LN_10, spikes(neuron))
        })
        .collect();
    // The ladder ascends. The cut with the fewest neurons on the wrong side:
    let wrong = |cut: usize| {
        rungs.iter().enumerate().filter(|&(at, &(_, spikes))| spikes != (at >= cut)).count()
    };
    let is_mixed = rungs.iter().any(|rung| rung.1) && rungs.iter().any(|rung| !rung.1);
    let cut = (1..neurons).min_by_key(|&cut| wrong(cut)).filter(|_| is_mixed)?;
    Some(f64::midpoint(rungs[cut - 1].0, rungs[cut].0))
}

/// Returns the middle of some boundaries.
pub(super) fn middle(mut boundaries: Vec<f64>) -> Option<f64> {
    boundaries.sort_by(f64::total_cmp);
    boundaries.get(boundaries.len() / 2).copied()
}
