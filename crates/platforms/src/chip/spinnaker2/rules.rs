//! What py-spinnaker2 can hold of a graph, and what it cannot.

use nirkit_ir::facts::{LeafId, Window};
use nirkit_ir::{Place, Primitive};
use nirkit_run::Reset;

use super::super::Job;
use super::super::diagnostics::Diagnostics;
use super::super::layers::{Layers, Link};
use super::super::linear::{Linear, kernel_weights};
use crate::check::Verdict;
use crate::phrase::range;

/// A graph that py-spinnaker2 can hold, in real numbers.
pub(super) struct Plan {
    pub(super) inputs: Vec<LeafId>,
    pub(super) layers: Vec<Layer>,
    pub(super) output: Option<LeafId>,
}

/// A population with what leads to it.
pub(super) struct Layer {
    pub(super) leaf: LeafId,
    pub(super) neurons: usize,
    pub(super) ways: Vec<Way>,
}

/// Weights from an Input or a population.
pub(super) struct Way {
    pub(super) source: LeafId,
    /// Names of the nodes that it is made of.
    pub(super) names: Vec<String>,
    pub(super) weights: Weights,
    /// One number for each neuron.
    pub(super) bias: Vec<f64>,
}

/// Weights in real numbers.
pub(super) enum Weights {
    /// By target and source.
    List { sources: usize, values: Vec<f64> },
    /// A kernel behind a pool that sums up.
    Conv { pool: [usize; 2], input: [usize; 2], window: Window, values: Vec<f64> },
}

impl Weights {
    pub(super) fn values(&self) -> &[f64] {
        match self {
            Self::List { values, .. } | Self::Conv { values, .. } => values,
        }
    }
}

/// Says everything that stands against a graph, and what it loses; the plan if there is one.
pub(super) fn check(
    job: &Job<'_>,
    layers: &Layers,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Plan> {
    let rules = Rules { job, layers };
    rules.check_kinds(diagnostics);
    rules.check_time(diagnostics);
    rules.check_outputs(diagnostics);
    diagnostics.refuse_tangled(layers);
    let neurons = layers.populations.iter().copied().filter(|&leaf| job.spikes(leaf));
    let planned: Vec<Option<Layer>> = neurons.map(|leaf| rules.layer(leaf, diagnostics)).collect();
    if planned.is_empty() {
        let says = "there are no neurons that spike";
        diagnostics.refuse(Place::root(), says, "py-spinnaker2 takes IF, LIF and CubaLIF");
    }
    let layers = planned.into_iter().collect::<Option<Vec<Layer>>>()?;
    let inputs = job.facts.inputs(job.graph).collect();
    let output = rules.layers.results.first().map(|result| result.source);
    (!diagnostics.has_refused()).then_some(Plan { inputs, layers, output })
}

fn is_weight(primitive: Option<&Primitive>) -> bool {
    matches!(primitive, Some(Primitive::Affine(_) | Primitive::Linear(_) | Primitive::Conv2d(_)))
}

fn is_pool(primitive: Option<&Primitive>) -> bool {
    matches!(primitive, Some(Primitive::SumPool2d(_) | Primitive::AvgPool2d(_)))
}

struct Rules<'a> {
    job: &'a Job<'a>,
    layers: &'a Layers,
}

impl Rules<'_> {
    fn check_kinds(&self, diagnostics: &mut Diagnostics<'_>) {
        for (id, primitive, says) in self.job.foreign() {
            let help = match primitive {
                Primitive::Conv1d(_) => "write it as a Conv2d of height 1, or as an Affine",
                Primitive::Scale(_) => {
                    "`nir opt IN OUT --pass fold_scale` multiplies it into the weights beside it"
                }
                Primitive::Threshold(_) => "put an IF in its place",
                Primitive::Delay(_) => "train without delays; spikes take one step anyway",
                _ => "put a threshold to these neurons and count the spikes",
            };
            diagnostics.refuse(self.job.place(id), &says, help);
        }
    }

    fn check_time(&self, diagnostics: &mut Diagnostics<'_>) {
        let is_given = self.job.dt.is_some_and(|dt| dt.is_finite() && dt > 0.0);
        let decays = |&leaf: &LeafId| {
            self.job.spikes(leaf) && !matches!(self.job.primitive(leaf), Some(Primitive::If(_)))
        };
        if !is_given && self.layers.populations.iter().any(decays) {
            let says = "time constants become decays, which needs a time step in seconds above 0";
            diagnostics.refuse(Place::root(), says, "give `--dt`");
        }
    }

    fn check_outputs(&self, diagnostics: &mut Diagnostics<'_>) {
        for result in &self.layers.results {
            if !result.maps.is_empty() || !self.job.spikes(result.source) {
                let says = "what is recorded are spikes of neurons, and no weights follow them";
                let help = "put neurons behind the last weights";
                diagnostics.refuse(self.job.place(result.target), says, help);
            }
        }
    }

    /// A population, or `None` after everything was said that stands against it.
    fn layer(&self, leaf: LeafId, diagnostics: &mut Diagnostics<'_>) -> Option<Layer> {
        self.check_neurons(leaf, diagnostics);
        let ways: Vec<Option<Way>> =
            self.layers.into(leaf).map(|link| self.way(link, diagnostics)).collect();
        let neurons = self.job.leaf(leaf).outputs();
        Some(Layer { leaf, neurons, ways: ways.into_iter().collect::<Option<_>>()? })
    }

    fn check_neurons(&self, leaf: LeafId, diagnostics: &mut Diagnostics<'_>) {
        let place = self.job.place(leaf);
        let numbers = |field| {
            self.job.numbers(leaf, field, self.job.leaf(leaf).outputs()).unwrap_or_default()
        };
        let threshold = numbers("v_threshold");
        if threshold.iter().any(|&threshold| threshold <= 0.0) {
            let says =
                format!("a threshold must be above 0; the neurons have {}", range(&threshold));
            diagnostics.refuse(
                place.field("v_threshold"),
                &says,
                "give the neurons thresholds above 0",
            );
        }
        let v_reset = numbers("v_reset");
        if v_reset.iter().any(|&v_reset| v_reset != 0.0) {
            let message = format!("ignores v_reset = {}", range(&v_reset));
            let help = "shift voltages so that they are reset to 0";
            diagnostics.lose(Verdict::Ignored, place.field("v_reset"), &message, help);
        }
        if self.job.reset == Some(Reset::VReset) && v_reset.iter().any(|&v_reset| v_reset != 0.0) {
            diagnostics.reset(place.clone(), "sets voltages to 0 or subtracts the threshold");
        }
        let mut gains = vec![("r", numbers("r"))];
        if let Some(Primitive::CubaLif(_)) = self.job.primitive(leaf) {
            gains.push(("w_in", numbers("w_in")));
            if self.job.leaf(leaf).output.len() > 1 {
                let says = "CubaLIF of more than one axis is not supported";
                diagnostics.refuse(place.clone(), says, "put a Flatten before it");
            }
        }
        for (field, gain) in gains {
            if gain.contains(&0.0) {
                let says = format!("thresholds are divided by {field}, which is 0");
                diagnostics.refuse(place.field(field), &says, "leave these neurons out");
            }
        }
        self.check_decays(leaf, &place, diagnostics);
    }

    fn check_decays(&self, leaf: LeafId, place: &Place, diagnostics: &mut Diagnostics<'_>) {
        let Some(dt) = self.job.dt else { return };
        for field in ["tau", "tau_mem", "tau_syn"] {
            let neurons = self.job.leaf(leaf).outputs();
            let Some(tau) = self.job.numbers(leaf, field, neurons) else { continue };
            if tau.iter().any(|&tau| tau < dt) && self.job.quantiser.name != super::EXPONENTIAL.name
            {
                let says = format!(
                    "a time constant shorter than the time step decays by more than all: {field} \
                     is {} s",
                    range(&tau)
                );
                let help = "take `--quantize exponential` or a smaller `--dt`";
                diagnostics.refuse(place.field(field), &says, help);
            }
        }
    }

    fn way(&self, link: &Link, diagnostics: &mut Diagnostics<'_>) -> Option<Way> {
        let kinds = || link.maps.iter().map(|&map| self.job.primitive(map));
        let names: Vec<String> =
            link.maps.iter().map(|&map| self.job.leaf(map).name.clone()).collect();
        let place = self.job.place(link.target);
        if kinds().filter(|kind| is_weight(*kind)).count() > 1 {
            let says = format!(
                "HardwareConstraintError: Two successive layers with weights are not supported! \
                 Got: {}",
                names.join(" and ")
            );
            let help = "`nir opt IN OUT --pass fold_linear` makes one matrix of two in a row; or put \
                        neurons between them";
            diagnostics.refuse(place, &says, help);
            return None;
        }
        if kinds().all(|kind| !is_weight(kind) && !is_pool(kind)) {
            let says = "NotImplementedError: Direct connections from spike source nodes to neuron \
                        nodes not supported yet!";
            diagnostics.refuse(place, says, "put a Linear with ones on its diagonal between them");
            return None;
        }
        if kinds().any(|kind| kind.is_some_and(|kind| self.is_unknown(kind))) {
            return None;
        }
        let has_conv = kinds().any(|kind| matches!(kind, Some(Primitive::Conv2d(_))));
        let is_cuba = matches!(self.job.primitive(link.target), Some(Primitive::CubaLif(_)));
        if has_conv && is_cuba {
            let says = "AssertionError: Conv2d with CubaLIF is currently not supported!";
            diagnostics.refuse(place, says, "take LIF or IF behind the convolution");
            return None;
        }
        let linear = || {
            let sources = self.job.leaf(link.source).outputs();
            let linear = Linear::of(self.job.view(), &link.maps, sources)?;
            let (weights, bias) = (linear.weights, linear.bias);
            Some((Weights::List { sources, values: weights }, bias))
        };
        let found = self.conv(link).or_else(linear);
        if found.is_none() {
            let says = format!("the weights of {} are too many for a list", names.join(", "));
            diagnostics.refuse(place, &says, "put neurons between the pool and the weights");
        }
        let (weights, bias) = found?;
        Some(Way { source: link.source, names, weights, bias })
    }

    fn is_unknown(&self, primitive: &Primitive) -> bool {
        self.job.chip.capability(primitive.kind()).is_none()
    }

    /// A convolution, or a pool before it, that the chip moves itself.
    fn conv(&self, link: &Link) -> Option<(Weights, Vec<f64>)> {
        let (pool, conv) = match *link.maps.as_slice() {
            [conv] => (None, conv),
            [pool, conv] => (Some(pool), conv),
            _ => return None,
        };
        let Some(Primitive::Conv2d(_)) = self.job.primitive(conv) else { return None };
        let window = self.job.leaf(conv).window.clone()?;
        if window.groups != 1 || window.dilation != [1, 1] {
            return None;
        }
        let mut values = self.job.numbers(conv, "weight", kernel_weights(&window))?;
        let (mut size, mut input) = ([1, 1], window.input);
        if let Some(pool) = pool {
            let moves = self.job.leaf(pool).window.as_ref()?;
            let is_plain = moves.kernel == moves.stride
                && [moves.before, moves.after] == [[0, 0]; 2]
                && (0..2).all(|axis| moves.input[axis].is_multiple_of(moves.kernel[axis]));
            if !is_pool(self.job.primitive(pool)) || !is_plain {
                return None;
            }
            (size, input) = (moves.kernel, moves.input);
            if let Some(Primitive::AvgPool2d(_)) = self.job.primitive(pool) {
                let area = size.iter().product::<usize>() as f64;
                for value in &mut values {
                    *value /= area;
                }
            }
        }
        let bias = self.job.numbers(conv, "bias", window.channels_out)?;
        let each = window.output.iter().product();
        let bias = bias.iter().flat_map(|&bias| std::iter::repeat_n(bias, each)).collect();
        Some((Weights::Conv { pool: size, input, window, values }, bias))
    }
}
