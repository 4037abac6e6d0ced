//! What Lava's processes can hold of a graph, and what they cannot.

use nirkit_ir::facts::{LeafId, Window};
use nirkit_ir::{Place, Primitive};
use nirkit_run::Reset;

use super::super::Job;
use super::super::diagnostics::Diagnostics;
use super::super::layers::{Layers, Link};
use super::super::linear::{Linear, kernel_weights};
use crate::check::Verdict;
use crate::phrase::{brief, range};

/// Decays are shares of 4096.
const UNITY: f64 = 4096.0;

/// A graph that Lava's processes can hold, in real numbers.
pub(super) struct Plan {
    pub(super) dt: Option<f64>,
    pub(super) input: LeafId,
    pub(super) layers: Vec<Layer>,
    pub(super) output: Option<LeafId>,
}

/// A population with what leads to it.
pub(super) struct Layer {
    pub(super) leaf: LeafId,
    pub(super) neurons: usize,
    /// By what weights are multiplied, for each neuron.
    pub(super) gain: Vec<f64>,
    pub(super) threshold: Vec<f64>,
    /// What the leak adds to the voltage in each step.
    pub(super) leak: Vec<f64>,
    pub(super) decays: Decays,
    pub(super) ways: Vec<Way>,
}

/// Decays of a population, one for all neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decays {
    pub(super) du: i64,
    pub(super) dv: i64,
}

/// Weights from an Input or a population.
pub(super) struct Way {
    pub(super) source: LeafId,
    /// Names of the nodes that it is made of.
    pub(super) names: Vec<String>,
    pub(super) weights: Weights,
}

/// Weights in real numbers.
pub(super) enum Weights {
    Dense(Linear),
    Conv {
        window: Window,
        kernel: Vec<f64>,
        /// One number for each neuron.
        bias: Vec<f64>,
    },
}

/// Says everything that stands against a graph, and what it loses; the plan if there is one.
pub(super) fn check(
    job: &Job<'_>,
    layers: &Layers,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Plan> {
    let rules = Rules { job, layers };
    rules.check_kinds(diagnostics);
    let input = rules.check_input(diagnostics);
    let output = rules.check_output(diagnostics);
    let neurons = layers.populations.iter().copied().filter(|&leaf| job.spikes(leaf));
    let neurons: Vec<LeafId> = neurons.collect();
    if neurons.is_empty() {
        let says = "there are no neurons that spike";
        diagnostics.refuse(Place::root(), says, "Lava's LIF takes IF, LIF and CubaLIF");
    }
    let dt = rules.check_time(&neurons, diagnostics);
    let planned: Vec<Option<Layer>> =
        neurons.iter().map(|&leaf| rules.layer(leaf, dt, diagnostics)).collect();
    diagnostics.refuse_tangled(layers);
    let layers = planned.into_iter().collect::<Option<Vec<Layer>>>()?;
    let input = input?;
    (!diagnostics.has_refused()).then_some(Plan { dt, input, layers, output })
}

struct Rules<'a> {
    job: &'a Job<'a>,
    layers: &'a Layers,
}

impl Rules<'_> {
    fn check_kinds(&self, diagnostics: &mut Diagnostics<'_>) {
        for (id, primitive, says) in self.job.foreign() {
            let help = match primitive {
                Primitive::Delay(_) => "train without delays; a Dense is one step late anyway",
                Primitive::Threshold(_) => "put an IF in its place",
                _ => "Lava's LIF spikes; put a threshold to these neurons and count the spikes",
            };
            diagnostics.refuse(self.job.place(id), &says, help);
        }
    }

    fn check_time(&self, neurons: &[LeafId], diagnostics: &mut Diagnostics<'_>) -> Option<f64> {
        let dt = self.job.dt.filter(|dt| dt.is_finite() && *dt > 0.0);
        let decays = |&leaf: &LeafId| !matches!(self.job.primitive(leaf), Some(Primitive::If(_)));
        if dt.is_none() && neurons.iter().any(decays) {
            let says = "time constants become decays, which needs a time step in seconds above 0";
            diagnostics.refuse(Place::root(), says, "give `--dt`");
        }
        dt
    }

    fn check_input(&self, diagnostics: &mut Diagnostics<'_>) -> Option<LeafId> {
        let inputs: Vec<LeafId> = self.job.facts.inputs(self.job.graph).collect();
        let [input] = inputs.as_slice() else {
            let says = format!("the graph has {} Inputs, the document has one", inputs.len());
            diagnostics.refuse(Place::root(), &says, "join the Inputs to one");
            return None;
        };
        Some(*input)
    }

    /// What leaves the chip are spikes of neurons.
    fn check_output(&self, diagnostics: &mut Diagnostics<'_>) -> Option<LeafId> {
        for result in &self.layers.results {
            if !result.maps.is_empty() || !self.job.spikes(result.source) {
                let says = "what leaves the chip are spikes of neurons, and no weights follow them";
                let help = "put neurons behind the last weights";
                diagnostics.refuse(self.job.place(result.target), says, help);
            }
        }
        self.layers.results.first().map(|result| result.source)
    }

    /// A population, or `None` after everything was said that stands against it.
    fn layer(
        &self,
        leaf: LeafId,
        dt: Option<f64>,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Layer> {
        let place = self.job.place(leaf);
        let neurons = self.job.leaf(leaf).outputs();
        let numbers = |field: &str, default: f64| {
            self.job.numbers(leaf, field, neurons).unwrap_or_else(|| vec![default; neurons])
        };
        let threshold = numbers("v_threshold", 0.0);
        check_threshold(&threshold, &place, diagnostics);
        self.check_reset(&numbers("v_reset", 0.0), &place, diagnostics);
        let (mem, syn) = match self.job.primitive(leaf)? {
            Primitive::If(_) => (None, None),
            Primitive::Lif(_) => (Some("tau"), None),
            _ => (Some("tau_mem"), Some("tau_syn")),
        };
        let mut shares = |field: Option<&'static str>| match field {
            Some(field) => self.shares(leaf, field, dt?, diagnostics),
            None => Some(vec![1.0; neurons]),
        };
        let (mem_shares, syn_shares) = (shares(mem)?, shares(syn)?);
        let dv = mem.map_or(Some(0), |field| one_decay(&mem_shares, &place, field, diagnostics));
        let du = syn.map_or(Some(4096), |field| one_decay(&syn_shares, &place, field, diagnostics));
        let (r, w_in, v_leak) = (numbers("r", 1.0), numbers("w_in", 1.0), numbers("v_leak", 0.0));
        let gain = (0..neurons).map(|n| r[n] * mem_shares[n] * w_in[n] * syn_shares[n]);
        let gain: Vec<f64> = gain.collect();
        let leak = (0..neurons).map(|n| v_leak[n] * mem_shares[n]).collect();
        let ways = self.layers.into(leaf);
        let ways: Vec<Option<Way>> =
            ways.map(|link| self.way(link, &gain, &threshold, diagnostics)).collect();
        Some(Layer {
            leaf,
            neurons,
            gain,
            threshold,
            leak,
            decays: Decays { du: du?.max(1) - 1, dv: dv?.min(4095) },
            ways: ways.into_iter().collect::<Option<_>>()?,
        })
    }

    fn check_reset(&self, v_reset: &[f64], place: &Place, diagnostics: &mut Diagnostics<'_>) {
        if v_reset.iter().any(|&v_reset| v_reset != 0.0) {
            let message = format!("ignores v_reset = {}: it sets voltages to 0", range(v_reset));
            let help = "shift voltages so that they are reset to 0";
            diagnostics.lose(Verdict::Ignored, place.field("v_reset"), &message, help);
        }
        if matches!(self.job.reset, Some(Reset::Subtract)) {
            diagnostics.reset(place.clone(), "sets voltages to 0, whatever reset is asked for");
        }
    }

    /// What is lost in a step as a share, `dt / tau`.
    fn shares(
        &self,
        leaf: LeafId,
        field: &'static str,
        dt: f64,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Vec<f64>> {
        let neurons = self.job.leaf(leaf).outputs();
        let tau = self.job.numbers(leaf, field, neurons)?;
        let shares: Vec<f64> = tau.iter().map(|tau| dt / tau).collect();
        let is_short = shares.iter().any(|&share| share > 1.0);
        let is_long = shares.iter().any(|&share| (UNITY * share).round_ties_even() < 1.0);
        let place = self.job.place(leaf).field(field);
        if is_short {
            let says = format!(
                "a time constant shorter than the time step of {} s decays by more than all",
                brief(dt)
            );
            let help = format!("{field} is {} s; take a smaller `--dt`", range(&tau));
            diagnostics.refuse(place, &says, &help);
            return None;
        }
        if is_long {
            let message = format!(
                "decays by at least 1 / 4096 in a step; {field} = {} s asks for less",
                range(&tau)
            );
            diagnostics.lose(Verdict::Reinterpreted, place, &message, "take a larger `--dt`");
        }
        Some(shares)
    }

    /// Weights in the form that fits the nodes best.
    fn way(
        &self,
        link: &Link,
        gain: &[f64],
        threshold: &[f64],
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Way> {
        let names: Vec<String> =
            link.maps.iter().map(|&map| self.job.leaf(map).name.clone()).collect();
        let is_even = |numbers: &[f64]| numbers.iter().all(|other| Some(other) == numbers.first());
        let conv = if is_even(gain) && is_even(threshold) { self.conv(link) } else { None };
        let sources = self.job.leaf(link.source).outputs();
        let dense = || Linear::of(self.job.view(), &link.maps, sources).map(Weights::Dense);
        let known = link.maps.iter().all(|&map| {
            let kind = self.job.primitive(map).map_or("", Primitive::kind);
            self.job.chip.capability(kind).is_some()
        });
        let weights = conv.or_else(dense);
        if weights.is_none() && known {
            let says =
                format!("the weights of {} would make a Dense that is too large", names.join(", "));
            let help = "put neurons between the pool and the weights, or a convolution alone";
            diagnostics.refuse(self.job.place(link.target), &says, help);
        }
        Some(Way { source: link.source, names, weights: weights? })
    }

    /// A convolution that stands alone.
    fn conv(&self, link: &Link) -> Option<Weights> {
        let &[map] = link.maps.as_slice() else { return None };
        let Some(Primitive::Conv2d(_)) = self.job.primitive(map) else { return None };
        let window = self.job.leaf(map).window.clone()?;
        let is_picture = self.job.leaf(link.source).output.len() == 3;
        if window.before != window.after || !is_picture {
            return None;
        }
        let kernel = self.job.numbers(map, "weight", kernel_weights(&window))?;
        let bias = self.job.numbers(map, "bias", window.channels_out)?;
        let each = window.output.iter().product();
        let bias = bias.iter().flat_map(|&bias| std::iter::repeat_n(bias, each)).collect();
        Some(Weights::Conv { window, kernel, bias })
    }
}

fn check_threshold(threshold: &[f64], place: &Place, diagnostics: &mut Diagnostics<'_>) {
    let differs = threshold.iter().any(|&other| Some(&other) != threshold.first());
    let wrong = |&threshold: &f64| threshold < 0.0 || differs && threshold == 0.0;
    if threshold.iter().any(wrong) {
        let says = format!("a threshold must be above 0; the neurons have {}", range(threshold));
        diagnostics.refuse(
            place.field("v_threshold"),
            &says,
            "give the neurons thresholds above 0",
        );
    }
}

/// The decay of all neurons in shares of 4096, if it is one.
fn one_decay(
    shares: &[f64],
    place: &Place,
    field: &str,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<i64> {
    let decay = |&share: &f64| (UNITY * share).round_ties_even().max(1.0) as i64;
    let decays: Vec<i64> = shares.iter().map(decay).collect();
    let first = decays.first().copied().unwrap_or(1);
    if decays.iter().any(|&other| other != first) {
        let all: Vec<f64> = decays.iter().map(|&decay| decay as f64).collect();
        let says = format!(
            "a LIF process has one decay for all its neurons; {field} gives {} of 4096",
            range(&all)
        );
        let help = "make a layer for each time constant, or train with one time constant a layer";
        diagnostics.refuse(place.field(field), &says, help);
        return None;
    }
    Some(first)
}
