//! The quantisation of the converter that came with the NIR paper (`paper/nir_to_lava.py`): a single
//! LIF neuron, with all numbers cut off toward 0.

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Place, Primitive};
use nirkit_passes::quantise::Loss;

use super::super::Job;
use super::super::design::{QuantizationError, TimeConstantError};
use super::super::diagnostics::Diagnostics;
use super::super::layers::Layers;
use super::document::{Document, Input, Lif, Numbers, Process, VERSION};
use super::quantise::{Quantised, dense};
use crate::check::Verdict;
use crate::phrase::range;

/// The numbers of a single neuron, in single precision as the file has them.
struct Single {
    input: LeafId,
    weights: LeafId,
    neuron: LeafId,
    dt: f32,
    weight: f32,
    tau: f32,
    threshold: f32,
}

/// The two processes of weights and the neuron, or everything that the converter refuses.
/// `delay` is by how many steps the first process sends late.
pub(super) fn quantise(
    job: &Job<'_>,
    diagnostics: &mut Diagnostics<'_>,
    delay: usize,
) -> Option<Quantised> {
    let single = check(job, diagnostics)?;
    let share = single.dt / single.tau;
    let [weight, factor] = [single.weight, share].map(|x| (256.0 * x) as i64);
    let (dv, vth) = ((4095.0 * share) as i64, (131_071.0 * single.threshold) as i64 >> 9);
    let name = |leaf: LeafId| job.leaf(leaf).name.clone();
    let (first, second) = (name(single.weights), format!("{}.dt_over_tau", name(single.neuron)));
    let shape = vec![1];
    let mut into =
        dense(first.clone(), Some(name(single.input)), Some(second.clone()), vec![vec![weight]]);
    into.delay = delay;
    let neuron = name(single.neuron);
    let through =
        dense(second.clone(), Some(first.clone()), Some(neuron.clone()), vec![vec![factor]]);
    let lif = Lif {
        name: neuron.clone(),
        shape: Some(shape.clone()),
        du: 4095,
        dv,
        vth,
        bias_mant: Numbers::One(0),
        bias_exp: 0,
    };
    let lost = |layer: &str, what, number: f32, integer: i64, scale: f64| QuantizationError {
        layer: layer.to_owned(),
        what,
        loss: Loss::of(&[f64::from(number)], &[integer], scale),
        scales: [scale; 2],
    };
    Some(Quantised {
        document: Document {
            platform: Some(super::CHIP.name.to_owned()),
            version: Some(VERSION),
            input: Some(Input { name: name(single.input), shape }),
            output: Some(neuron.clone()),
            dt: job.dt,
            layers: vec![Process::Dense(into), Process::Dense(through), Process::Lif(lif)],
        },
        quantization_errors: vec![
            lost(&first, "weights", single.weight, weight.clamp(-256, 255), 256.0),
            lost(&second, "weights", share, factor, 256.0),
            lost(&neuron, "threshold", single.threshold, vth, 131_071.0 / 512.0),
        ],
        time_constant_errors: vec![TimeConstantError {
            layer: neuron,
            what: "tau",
            given: [f64::from(single.tau); 2],
            becomes: [f64::from(single.dt) * 4096.0 / dv as f64; 2],
            largest_change: (f64::from(share) * 4096.0 / dv as f64 - 1.0).abs(),
        }],
        approximations: Vec::new(),
        kept: Vec::new(),
    })
}

/// The single neuron, if the graph is nothing else.
fn check(job: &Job<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Single> {
    let layers = Layers::of(job.view());
    let dt = job.dt.filter(|dt| dt.is_finite() && *dt > 0.0);
    if dt.is_none() {
        diagnostics.refuse(Place::root(), "the converter takes a time step", "give `--dt`");
    }
    for (id, _) in job.facts.iter() {
        let Some(primitive) = job.primitive(id) else { continue };
        let is_known = matches!(
            primitive,
            Primitive::Input(_) | Primitive::Output(_) | Primitive::Affine(_) | Primitive::Lif(_)
        );
        if !is_known {
            let says = format!("ValueError: Unknown node type: {}", primitive.kind());
            diagnostics.refuse(job.place(id), &says, "leave `--quantize paper` out");
        }
    }
    let link = layers.links.first().filter(|link| {
        let is_small = |leaf: LeafId| job.leaf(leaf).outputs() == 1;
        layers.links.len() == 1
            && layers.populations == [link.target]
            && link.maps.len() == 1
            && is_small(link.source)
            && is_small(link.target)
    });
    let Some(link) = link else {
        let says = "the paper's converter makes a LIF process of one neuron behind one weight";
        diagnostics.refuse(Place::root(), says, "leave `--quantize paper` out");
        return None;
    };
    let (weights, neuron) = (*link.maps.first()?, link.target);
    let one = |leaf: LeafId, field: &str| Some(*job.numbers(leaf, field, 1)?.first()? as f32);
    if one(weights, "bias").is_some_and(|bias| bias != 0.0) {
        let says = "AssertionError: the bias must be 0";
        diagnostics.refuse(job.place(weights).field("bias"), says, "leave `--quantize paper` out");
    }
    let expected = [("r", 1.0), ("v_leak", 0.0), ("v_reset", 0.0)];
    for (field, expected) in expected {
        let Some(found) = one(neuron, field).filter(|&found| found != expected) else { continue };
        let message = format!("ignores {field} = {}", range(&[f64::from(found)]));
        let help = "leave `--quantize paper` out";
        diagnostics.lose(Verdict::Ignored, job.place(neuron).field(field), &message, help);
    }
    if diagnostics.has_refused() {
        return None;
    }
    Some(Single {
        input: link.source,
        weights,
        neuron,
        dt: dt? as f32,
        weight: one(weights, "weight")?,
        tau: one(neuron, "tau")?,
        threshold: one(neuron, "v_threshold")?,
    })
}
