//! From real numbers to the integers of Lava's processes.

mod reach;

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::facts::LeafId;
use nirkit_passes::quantise::Loss;

use super::super::Job;
use super::super::design::{Approximation, QuantizationError, TimeConstantError, range};
use super::document::{Conv, Dense, Document, Input, Lif, Numbers, Pair, Process, VERSION};
use super::rules::{Decays, Layer, Plan, Way, Weights};
use crate::phrase;
use reach::{Numbered, numbered};

/// The largest threshold: 17 bits.
const MOST_VTH: f64 = ((1 << 17) - 1) as f64;

/// Biases on voltages are shifted by so many bits, as weights are.
const BIAS_EXP: i32 = 6;

/// Mantissas of biases: 13 bits.
const MANTISSAS: [f64; 2] = [-4096.0, 4095.0];

/// Name of the neuron that always spikes.
const ALWAYS_ON: &str = "always_on";

/// What quantisation gives.
pub(super) struct Quantised {
    pub(super) document: Document,
    pub(super) quantization_errors: Vec<QuantizationError>,
    pub(super) time_constant_errors: Vec<TimeConstantError>,
    pub(super) approximations: Vec<Approximation>,
    /// Full names of the nodes whose weights keep the integers of the file.
    pub(super) kept: Vec<String>,
}

/// Integers with one scale for each layer. Biases of weights become weights of a neuron that always
/// spikes, or are added to the voltage.
pub(super) fn quantise(job: &Job<'_>, plan: &Plan, bias_on_v: bool) -> Quantised {
    let input = job.leaf(plan.input);
    let document = Document {
        platform: Some(super::CHIP.name.to_owned()),
        version: Some(VERSION),
        input: Some(Input { name: input.name.clone(), shape: input.output.clone() }),
        output: plan.output.map(|leaf| job.leaf(leaf).name.clone()),
        dt: plan.dt,
        layers: Vec::new(),
    };
    let (rounded, moved, treated) = (Vec::new(), Vec::new(), Vec::new());
    let mut all = Quantiser {
        job,
        plan,
        bias_on_v,
        on: Vec::new(),
        taken: plan
            .layers
            .iter()
            .map(|layer| layer.leaf)
            .chain([plan.input])
            .map(|leaf| job.leaf(leaf).name.clone())
            .collect(),
        numbers: BTreeMap::new(),
        done: Quantised {
            document,
            quantization_errors: rounded,
            time_constant_errors: moved,
            approximations: treated,
            kept: Vec::new(),
        },
    };
    let lags = plan.lags();
    for (layer, &lag) in plan.layers.iter().zip(&lags) {
        all.add(layer, lag);
    }
    all.done
}

/// A neuron that spikes in every step: its bias of 1, or what arrives, passes its threshold of 0.
fn spiking(name: &str, bias: i64) -> Process {
    Process::Lif(Lif {
        name: name.to_owned(),
        shape: Some(vec![1]),
        du: 4095,
        dv: 4095,
        vth: 0,
        bias_mant: Numbers::One(bias),
        bias_exp: 0,
    })
}

impl Plan {
    /// By how many steps each layer is late: one for each process of weights on the shortest way
    /// from the input; layers that it does not reach are in time with the first.
    fn lags(&self) -> Vec<usize> {
        let at: BTreeMap<LeafId, usize> =
            self.layers.iter().enumerate().map(|(at, layer)| (layer.leaf, at)).collect();
        let mut lags: Vec<Option<usize>> = vec![None; self.layers.len()];
        // Sources stand before their targets, so that two rounds are enough but for ways back.
        for _ in &self.layers {
            let before = lags.clone();
            for (layer, ways) in self.layers.iter().map(|layer| &layer.ways).enumerate() {
                let late = |way: &Way| match at.get(&way.source) {
                    Some(&source) => lags[source].map(|lag| lag + 1),
                    None => Some(1),
                };
                lags[layer] = ways.iter().filter_map(late).min();
            }
            if lags == before {
                break;
            }
        }
        lags.into_iter().map(|lag| lag.unwrap_or(1)).collect()
    }
}

struct Quantiser<'a> {
    job: &'a Job<'a>,
    plan: &'a Plan,
    bias_on_v: bool,
    /// Names of the neurons that always spike: the first from the start on, each other one from a
    /// step later than the one before it.
    on: Vec<String>,
    /// Names that a process or a node has.
    taken: BTreeSet<String>,
    /// The next number for each name that was wanted more than once.
    numbers: BTreeMap<String, usize>,
    done: Quantised,
}

impl Quantiser<'_> {
    /// The neuron that spikes in every step from `start` on, with those before it that wake it up.
    fn always_on(&mut self, start: usize) -> String {
        while self.on.len() <= start {
            let name = self.fresh_name(ALWAYS_ON);
            let bias = match self.on.last().cloned() {
                None => 1,
                Some(before) => {
                    let wake = self.fresh_name(&format!("{name}.wake"));
                    let wake = dense(wake, Some(before), Some(name.clone()), vec![vec![255]]);
                    self.done.document.layers.push(Process::Dense(wake));
                    0
                }
            };
            self.done.document.layers.push(spiking(&name, bias));
            self.on.push(name);
        }
        self.on[start].clone()
    }

    fn name(&self, leaf: LeafId) -> String {
        self.job.leaf(leaf).name.clone()
    }

    /// A name that no process and no node has yet.
    fn fresh_name(&mut self, wanted: &str) -> String {
        // Names below this number are taken.
        let first = self.numbers.get(wanted).copied().unwrap_or(1);
        let numbered = |n: usize| if n == 1 { wanted.to_owned() } else { format!("{wanted}.{n}") };
        let mut names = (first..).map(|n| (n, numbered(n)));
        let (n, name) = names.find(|(_, name)| !self.taken.contains(name)).unwrap_or_default();
        self.numbers.insert(wanted.to_owned(), n + 1);
        self.taken.insert(name.clone());
        name
    }

    fn add(&mut self, layer: &Layer, lag: usize) {
        let factors = layer.factors();
        let ways: Vec<Numbered> = layer.ways.iter().map(|way| numbered(way, &factors)).collect();
        let bias: Vec<f64> = layer.bias().iter().zip(&factors).map(|(b, f)| b * f).collect();
        let bias = Numbered::dense(bias);
        let common = layer.common_threshold();
        let mut scale = ways.iter().map(Numbered::scale).fold(MOST_VTH / common, f64::min);
        if !self.bias_on_v {
            scale = scale.min(bias.scale());
        }
        if !scale.is_finite() {
            scale = 1.0;
        }
        if let Some(kept) = self.scale_of_integers(layer, &factors, &ways, scale) {
            scale = kept;
            let step = ways.iter().map(|way| way.step).fold(1.0, f64::max);
            let how = if step > 1.0 {
                "twice the integers of the file"
            } else {
                "the integers of the file"
            };
            self.treat(layer, "weights", how.to_owned());
            self.done.kept.extend(layer.ways.iter().flat_map(|way| way.names.iter().cloned()));
        }
        for (way, numbers) in layer.ways.iter().zip(&ways) {
            self.add_way(layer, way, numbers, scale);
        }
        let on_v = self.add_biases(layer, lag, &bias, scale);
        self.add_lif(layer, scale, &on_v);
        self.note_decays(layer);
    }

    /// The scale under which weights that are integers already stay what they are, or become twice that where both
    /// signs leave even steps only; `None` where there is none, or none that fits, which is at most `most`.
    fn scale_of_integers(
        &self,
        layer: &Layer,
        factors: &[f64],
        ways: &[Numbered],
        most: f64,
    ) -> Option<f64> {
        let names = layer.ways.iter().flat_map(|way| &way.names);
        let of_file = self.job.common_weight_scale(names)?;
        // A product of several matrices has no integers of the file.
        if layer.ways.iter().any(|way| way.names.len() > 1) {
            return None;
        }
        let factor = *factors.first()?;
        let is_even = factors.iter().all(|other| other - factor == 0.0);
        let step = ways.iter().map(|way| way.step).fold(1.0, f64::max);
        let scale = step / (of_file * factor);
        // A weight that is the largest of its grid may be a rounding beyond it.
        (is_even && scale.is_finite() && scale <= most * (1.0 + 1e-6)).then_some(scale)
    }

    fn add_way(&mut self, layer: &Layer, way: &Way, numbers: &Numbered, scale: f64) {
        let (integers, loss) = numbers.quantise(scale);
        let wanted = if way.names.is_empty() { "identity".to_owned() } else { way.names.join("+") };
        let name = self.fresh_name(&wanted);
        let (source, target) = (Some(self.name(way.source)), Some(self.name(layer.leaf)));
        let rounded =
            |what| QuantizationError { layer: name.clone(), what, loss, scales: [scale; 2] };
        self.done.quantization_errors.push(rounded("weights"));
        let process = match &way.weights {
            Weights::Dense(linear) => {
                if way.names.len() > 1 {
                    self.done.approximations.push(Approximation {
                        layer: name.clone(),
                        what: "nodes",
                        how: format!(
                            "{} became one Dense of {} × {} weights",
                            way.names.join(", "),
                            linear.targets,
                            linear.sources
                        ),
                    });
                }
                let rows = integers.chunks(linear.sources.max(1)).map(<[i64]>::to_vec);
                Process::Dense(dense(name, source, target, rows.collect()))
            }
            Weights::Conv { window, .. } => {
                let [height, width] = window.kernel;
                let plane = |plane: &[i64]| plane.chunks(width).map(<[i64]>::to_vec).collect();
                let output = |kernel: &[i64]| kernel.chunks(height * width).map(plane).collect();
                let seen = window.channels_in / window.groups;
                Process::Conv(Conv {
                    name,
                    source,
                    target,
                    weights: integers.chunks(seen * height * width).map(output).collect(),
                    layout: Some("out,in,height,width; cross-correlation".to_owned()),
                    stride: Pair::Each(window.stride),
                    padding: Pair::Each(window.before),
                    dilation: Pair::Each(window.dilation),
                    groups: window.groups,
                    num_message_bits: 0,
                })
            }
        };
        self.done.document.layers.push(process);
    }

    /// Adds the biases of the weights; gives what is added to voltages, in units of the scale.
    fn add_biases(&mut self, layer: &Layer, lag: usize, bias: &Numbered, scale: f64) -> Vec<f64> {
        let leak = layer.leak.iter().zip(layer.ratios()).map(|(leak, ratio)| leak * ratio);
        let mut on_v: Vec<f64> = leak.collect();
        if on_v.iter().any(|&leak| leak != 0.0) {
            self.treat(
                layer,
                "v_leak",
                format!("added to the voltage in each step, {}", phrase::range(&layer.leak)),
            );
        }
        if bias.values.iter().all(|&b| b == 0.0) {
            return on_v;
        }
        if self.bias_on_v {
            // A constant current settles at 4096 / (du + 1) times what enters in a step.
            let settled = 4096.0 / (layer.decays.du + 1) as f64;
            for (sum, bias) in on_v.iter_mut().zip(&bias.values) {
                *sum += bias * settled;
            }
            let how = if layer.decays.du == 4095 {
                "added to the voltage in each step, one step early"
            } else {
                "added to the voltage in each step, as large as the current that it settles at"
            };
            self.treat(layer, "bias", how.to_owned());
            return on_v;
        }
        let (integers, loss) = bias.quantise(scale);
        let always = Some(self.always_on(lag - 1));
        let name = self.fresh_name(&format!("{}.bias", self.name(layer.leaf)));
        let rounded =
            QuantizationError { layer: name.clone(), what: "biases", loss, scales: [scale; 2] };
        self.done.quantization_errors.push(rounded);
        self.treat(layer, "bias", "weights of a neuron that always spikes".to_owned());
        let rows = integers.into_iter().map(|integer| vec![integer]).collect();
        let process = Process::Dense(dense(name, always, Some(self.name(layer.leaf)), rows));
        self.done.document.layers.push(process);
        on_v
    }

    fn treat(&mut self, layer: &Layer, what: &'static str, how: String) {
        self.done.approximations.push(Approximation { layer: self.name(layer.leaf), what, how });
    }

    fn add_lif(&mut self, layer: &Layer, scale: f64, on_v: &[f64]) {
        let Decays { du, dv } = layer.decays;
        let name = self.name(layer.leaf);
        let common = layer.common_threshold();
        let vth = (scale * common).round_ties_even() as i64;
        let loss = Loss::of(&[common], &[vth], scale);
        let rounded =
            |what, loss| QuantizationError { layer: name.clone(), what, loss, scales: [scale; 2] };
        self.done.quantization_errors.push(rounded("threshold", loss));
        let mut bias_mant = Numbers::One(0);
        if on_v.iter().any(|&bias| bias != 0.0) {
            let [low, high] = MANTISSAS;
            let mantissas: Vec<i64> = on_v
                .iter()
                .map(|bias| (bias * scale).round_ties_even().clamp(low, high) as i64)
                .collect();
            let mut loss = Loss::of(on_v, &mantissas, scale);
            let is_beyond =
                |bias: &&f64| !(low..=high).contains(&(*bias * scale).round_ties_even());
            loss.saturated = on_v.iter().filter(is_beyond).count();
            self.done.quantization_errors.push(rounded("biases", loss));
            bias_mant = Numbers::Each(mantissas);
        }
        self.done.document.layers.push(Process::Lif(Lif {
            shape: Some(self.job.leaf(layer.leaf).output.clone()),
            bias_exp: if bias_mant == Numbers::One(0) { 0 } else { BIAS_EXP },
            name,
            du,
            dv,
            vth,
            bias_mant,
        }));
    }

    /// Time constants as the decays have them.
    fn note_decays(&mut self, layer: &Layer) {
        let Some(dt) = self.plan.dt else { return };
        let decays = [
            ("tau", layer.decays.dv),
            ("tau_mem", layer.decays.dv),
            ("tau_syn", layer.decays.du + 1),
        ];
        for (what, decay) in decays {
            let Some(given) = self.job.numbers(layer.leaf, what, layer.neurons) else { continue };
            let becomes = dt * 4096.0 / decay as f64;
            let change = |given: &f64| (becomes / given - 1.0).abs();
            self.done.time_constant_errors.push(TimeConstantError {
                layer: self.name(layer.leaf),
                what,
                given: range(&given),
                becomes: [becomes; 2],
                largest_change: given.iter().map(change).fold(0.0, f64::max),
            });
        }
    }
}

/// A Dense of 8 bits.
pub(super) fn dense(
    name: String,
    source: Option<String>,
    target: Option<String>,
    weights: Vec<Vec<i64>>,
) -> Dense {
    Dense {
        name,
        source,
        target,
        weights,
        num_weight_bits: 8,
        weight_exp: 0,
        num_message_bits: 0,
        delay: 1,
    }
}
