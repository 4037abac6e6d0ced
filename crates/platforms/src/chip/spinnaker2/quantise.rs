//! From real numbers to the parameters of py-spinnaker2, as its import from NIR computes them: in
//! the precision of the file, and scaled in double precision.

use std::collections::BTreeMap;

use nirkit_ir::Primitive;
use nirkit_ir::facts::LeafId;
use nirkit_numerics::{DType, math};
use nirkit_passes::quantise::{Grid, Rounding, Scale, scale};
use nirkit_run::Reset;

use super::super::Job;
use super::super::design::{Approximation, QuantizationError};
use super::document::{
    Conv2dParams, Conv2dProjection, Document, ListProjection, Parameter, Population, Projection,
    SPIKE_LIST, VERSION,
};
use super::network::{BY_SUBTRACTION, CONV2D, CURR_EXP, NO_DELAY, TO_ZERO};
use super::rules::{Layer, Plan, Way, Weights};
use crate::phrase;

/// Weights of 8 bits, cut off toward 0.
const GRID: Grid = Grid { low: -128, high: 127, rounding: Rounding::TowardZero };

/// The scale that the paper's notebook took for its single neuron.
const NOTEBOOK: f64 = 102.02;

/// What quantisation gives.
pub(super) struct Quantised {
    pub(super) document: Document,
    pub(super) quantization_errors: Vec<QuantizationError>,
    pub(super) approximations: Vec<Approximation>,
    /// Full names of the nodes whose weights keep the integers of the file.
    pub(super) kept: Vec<String>,
}

/// The document of a plan.
pub(super) fn quantise(job: &Job<'_>, plan: &Plan) -> Quantised {
    let name = |leaf: LeafId| job.leaf(leaf).name.clone();
    let document = Document {
        platform: super::CHIP.name.to_owned(),
        version: VERSION,
        dt: job.dt,
        output: plan.output.map(name),
        populations: plan.inputs.iter().map(|&input| spike_list(job, input)).collect(),
        projections: Vec::new(),
    };
    let (rounded, treated, kept) = (Vec::new(), Vec::new(), Vec::new());
    let done = Quantised { document, quantization_errors: rounded, approximations: treated, kept };
    let mut all = Quantiser { job, plan, done };
    for layer in &plan.layers {
        all.add(layer);
    }
    all.done
}

/// A population that a stimulus fills.
fn spike_list(job: &Job<'_>, input: LeafId) -> Population {
    let leaf = job.leaf(input);
    Population {
        name: leaf.name.clone(),
        size: leaf.outputs(),
        shape: leaf.output.clone(),
        neuron_model: SPIKE_LIST.to_owned(),
        params: BTreeMap::new(),
        record: Vec::new(),
    }
}

struct Quantiser<'a> {
    job: &'a Job<'a>,
    plan: &'a Plan,
    done: Quantised,
}

impl Quantiser<'_> {
    fn name(&self, leaf: LeafId) -> String {
        self.job.leaf(leaf).name.clone()
    }

    fn add(&mut self, layer: &Layer) {
        let weights = layer.ways.iter().flat_map(|way| way.weights.values());
        let names: Vec<&String> = layer.ways.iter().flat_map(|way| &way.names).collect();
        // A product of several matrices has no integers of the file.
        let is_single = layer.ways.iter().all(|way| way.names.len() <= 1);
        let of_file = self.job.common_weight_scale(names.iter().copied()).filter(|_| is_single);
        // Integers are a rounding of the file away from what they are, and are not cut off.
        let kept =
            of_file.map(|of_file| (1.0 / of_file, Grid { rounding: Rounding::HalfEven, ..GRID }));
        let fits = |&(scale, _): &(f64, Grid)| scale::extent(weights.clone()) * scale < 127.5;
        let kept = kept.filter(fits);
        if kept.is_some() {
            let (layer, how) = (self.name(layer.leaf), "the integers of the file".to_owned());
            self.done.approximations.push(Approximation { layer, what: "weights", how });
            self.done.kept.extend(names.iter().map(|name| (*name).clone()));
        }
        let (scale, grid) = kept.unwrap_or_else(|| {
            let own = if self.job.quantiser.name == super::NOTEBOOK.name {
                NOTEBOOK
            } else {
                scale::symmetric(weights.clone(), 127).unwrap_or(1.0)
            };
            (own, GRID)
        });
        for way in &layer.ways {
            self.add_way(layer, way, scale, grid);
        }
        self.add_population(layer, scale);
    }

    fn add_way(&mut self, layer: &Layer, way: &Way, scale: f64, grid: Grid) {
        let (integers, loss) = grid.quantise(way.weights.values(), Scale::Double(scale));
        let (pre, post) = (self.name(way.source), self.name(layer.leaf));
        let of = way.names.join("+");
        self.done.quantization_errors.push(QuantizationError {
            layer: of,
            what: "weights",
            loss,
            scales: [scale; 2],
        });
        let projection = match &way.weights {
            Weights::List { sources, .. } => {
                let synapse = |(at, weight): (usize, i64)| {
                    let (target, source) = (at / sources, at % sources);
                    (weight != 0).then_some([source as i64, target as i64, weight, 0])
                };
                let mut connections: Vec<[i64; 4]> =
                    integers.into_iter().enumerate().filter_map(synapse).collect();
                connections.sort_unstable();
                Projection::List(ListProjection { pre, post, connections })
            }
            Weights::Conv { pool, input, window, .. } => {
                let [height, width] = window.kernel;
                let plane = |output: usize, channel: usize| {
                    let start = (output * window.channels_in + channel) * height * width;
                    let plane = &integers[start..start + height * width];
                    plane.chunks(width).map(<[i64]>::to_vec).collect()
                };
                let outputs = 0..window.channels_out;
                let channel =
                    |channel| outputs.clone().map(|output| plane(output, channel)).collect();
                Projection::Conv2d(Conv2dProjection {
                    pre,
                    post,
                    weights: (0..window.channels_in).map(channel).collect(),
                    params: Conv2dParams {
                        in_height: input[0],
                        in_width: input[1],
                        stride_x: window.stride[0],
                        stride_y: window.stride[1],
                        pool_x: pool[0],
                        pool_y: pool[1],
                        pad_top: window.before[0],
                        pad_bottom: window.after[0],
                        pad_left: window.before[1],
                        pad_right: window.after[1],
                    },
                })
            }
        };
        self.done.document.projections.push(projection);
    }

    fn add_population(&mut self, layer: &Layer, scale: f64) {
        let leaf = self.job.leaf(layer.leaf);
        let numbers = |field: &str, default: f64| {
            let found = self.job.numbers(layer.leaf, field, layer.neurons);
            found.unwrap_or_else(|| vec![default; layer.neurons])
        };
        let (r, w_in) = (numbers("r", 1.0), numbers("w_in", 1.0));
        let (threshold, v_leak) = (numbers("v_threshold", 1.0), numbers("v_leak", 0.0));
        let bias = layer.bias();
        let (mem, syn) = self.decays(layer);
        let each = |number: &dyn Fn(usize) -> f64| {
            Parameter::Each((0..layer.neurons).map(number).collect())
        };
        // By what a voltage of the graph is multiplied; the products of shares and gains are those
        // of the file's precision, as numpy computes them.
        let single = self.is_single(layer.leaf);
        let product = |a: f64, b: f64| if single { f64::from(a as f32 * b as f32) } else { a * b };
        let r_factor = |n: usize| mem.as_ref().map_or(r[n], |mem| product(mem[n].lost, r[n]));
        let w_factor = |n: usize| syn.as_ref().map_or(1.0, |syn| product(syn[n].lost, w_in[n]));
        let v_scale = |n: usize| scale / product(r_factor(n), w_factor(n));
        let leak = |n: usize| mem.as_ref().map_or(0.0, |mem| product(mem[n].lost, v_leak[n]));
        let offset = |n: usize| {
            let current = if syn.is_some() { bias[n] * w_in[n] / w_factor(n) } else { bias[n] };
            leak(n) * v_scale(n) + current * scale
        };
        let mut params = BTreeMap::from([
            ("threshold".to_owned(), each(&|n| threshold[n] * v_scale(n))),
            ("alpha_decay".to_owned(), each(&|n| mem.as_ref().map_or(1.0, |mem| mem[n].kept))),
            ("i_offset".to_owned(), each(&offset)),
            ("reset".to_owned(), Parameter::Word(reset(self.job).to_owned())),
        ]);
        if let Some(syn) = &syn {
            for key in ["exc_decay", "inh_decay"] {
                params.insert(key.to_owned(), each(&|n| syn[n].kept));
            }
            params.insert("t_refrac".to_owned(), Parameter::One(0.0));
            params.insert("v_reset".to_owned(), Parameter::One(0.0));
        }
        let has_conv = layer.ways.iter().any(|way| matches!(way.weights, Weights::Conv { .. }));
        let model = match (syn.is_some(), has_conv) {
            (true, _) => CURR_EXP,
            (false, true) => CONV2D,
            (false, false) => NO_DELAY,
        };
        let is_output = self.plan.output == Some(layer.leaf);
        let scales: Vec<f64> = (0..layer.neurons).map(v_scale).collect();
        let population = Population {
            name: leaf.name.clone(),
            size: layer.neurons,
            shape: leaf.output.clone(),
            neuron_model: model.to_owned(),
            params,
            record: if is_output { vec!["spikes".to_owned()] } else { Vec::new() },
        };
        self.done.document.populations.push(population);
        self.treat(layer, &scales, &bias, &v_leak);
    }

    fn treat(&mut self, layer: &Layer, scales: &[f64], bias: &[f64], v_leak: &[f64]) {
        let name = self.name(layer.leaf);
        let mut treat = |what, how: String| {
            self.done.approximations.push(Approximation { layer: name.clone(), what, how });
        };
        treat("v_threshold", format!("times {}, in single precision", phrase::range(scales)));
        treat("reset", reset(self.job).to_owned());
        let is_cuba = matches!(self.job.primitive(layer.leaf), Some(Primitive::CubaLif(_)));
        if bias.iter().any(|&bias| bias != 0.0) {
            let how =
                if is_cuba { "as large as the current that it settles at" } else { "as it is" };
            treat("bias", format!("added to v in each step, {how}: {}", phrase::range(bias)));
        }
        if v_leak.iter().any(|&v_leak| v_leak != 0.0) {
            treat("v_leak", format!("added to v in each step: {}", phrase::range(v_leak)));
        }
    }

    /// Whether the parameters of a node have single precision.
    fn is_single(&self, leaf: LeafId) -> bool {
        let mut tensors = self.job.primitive(leaf).into_iter().flat_map(Primitive::tensors);
        tensors.all(|(_, tensor)| tensor.dtype() == DType::F32)
    }

    /// How the membrane and the synapse of each neuron decay, as far as there are any.
    fn decays(&self, layer: &Layer) -> (Option<Vec<Decay>>, Option<Vec<Decay>>) {
        let (mem, syn) = match self.job.primitive(layer.leaf) {
            Some(Primitive::Lif(_)) => (Some("tau"), None),
            Some(Primitive::CubaLif(_)) => (Some("tau_mem"), Some("tau_syn")),
            _ => (None, None),
        };
        let single = self.is_single(layer.leaf);
        let is_exponential = self.job.quantiser.name == super::EXPONENTIAL.name;
        let decays = |field: &str| {
            let tau = self.job.numbers(layer.leaf, field, layer.neurons)?;
            let dt = self.job.dt?;
            Some(tau.iter().map(|&tau| Decay::of(dt, tau, single, is_exponential)).collect())
        };
        (mem.and_then(decays), syn.and_then(decays))
    }
}

/// How a state decays in a step.
#[derive(Clone, Copy, Debug)]
struct Decay {
    /// The share that it keeps.
    kept: f64,
    /// The share that it loses.
    lost: f64,
}

impl Decay {
    /// By forward Euler or exactly; in single precision or in double.
    fn of(dt: f64, tau: f64, single: bool, is_exponential: bool) -> Self {
        let ratio = if single { f64::from(dt as f32 / tau as f32) } else { dt / tau };
        let round = |number: f64| if single { f64::from(number as f32) } else { number };
        let kept = if is_exponential { round(math::exp(-ratio)) } else { round(1.0 - ratio) };
        let lost = if is_exponential { round(1.0 - kept) } else { ratio };
        Self { kept, lost }
    }
}

/// The reset by its name.
fn reset(job: &Job<'_>) -> &'static str {
    match job.reset {
        Some(Reset::Zero | Reset::VReset) => TO_ZERO,
        Some(Reset::Subtract) | None => BY_SUBTRACTION,
    }
}

impl Layer {
    /// The sum of the biases of the weights that lead here.
    fn bias(&self) -> Vec<f64> {
        let mut bias = vec![0.0; self.neurons];
        for way in &self.ways {
            bias.iter_mut().zip(&way.bias).for_each(|(sum, own)| *sum += own);
        }
        bias
    }
}
