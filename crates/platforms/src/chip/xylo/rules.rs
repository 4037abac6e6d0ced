//! What Rockpool's mapper asks of a network, and what it loses of one.

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Place, Primitive};
use nirkit_run::Reset;

use super::super::Job;
use super::super::diagnostics::Diagnostics;
use super::super::layers::{Layers, Link};
use super::quantise::shifts;
use super::{HIDDEN, INPUTS, LONGEST, OUTPUTS};
use crate::check::Verdict;
use crate::phrase::{brief, range, times};

/// Gains that differ from 1 by less than this share are taken for 1.
const SAME_GAIN: f64 = 0.01;

/// A network that the mapper takes.
pub(super) struct Plan {
    /// The time step in seconds.
    pub(super) dt: f64,
    pub(super) input: LeafId,
    /// The layers that become hidden neurons, in their order.
    pub(super) hidden: Vec<LeafId>,
    pub(super) output: LeafId,
    pub(super) links: Vec<Link>,
}

/// Says everything that the mapper refuses or loses; the network if there is one.
pub(super) fn check(
    job: &Job<'_>,
    layers: &Layers,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Plan> {
    let rules = Rules { job, layers };
    rules.check_kinds(diagnostics);
    let dt = rules.check_time(diagnostics);
    let input = rules.check_input(diagnostics);
    let output = rules.check_output(diagnostics);
    rules.check_weights(diagnostics);
    if layers.populations.len() < 2 {
        diagnostics.refuse(
            Place::root(),
            "DRCError: At least two layers of neurons are required to map to hidden and output \
             layers on Xylo",
            "add a layer that hands its spikes on one by one, or take a chip with one population",
        );
    }
    let neurons = layers.populations.iter().copied().filter(|&leaf| is_neuron(job.primitive(leaf)));
    for leaf in neurons {
        rules.check_neuron(leaf, dt, diagnostics);
    }
    let (dt, input, output) = (dt?, input?, output?);
    if diagnostics.has_refused() {
        return None;
    }
    let hidden = layers.populations.iter().copied().filter(|&leaf| leaf != output).collect();
    let plan = Plan { dt, input, hidden, output, links: layers.links.clone() };
    rules.check_room(&plan, diagnostics);
    Some(plan)
}

struct Rules<'a> {
    job: &'a Job<'a>,
    layers: &'a Layers,
}

fn is_neuron(primitive: Option<&Primitive>) -> bool {
    matches!(primitive, Some(Primitive::CubaLif(_)))
}

fn is_weight(primitive: Option<&Primitive>) -> bool {
    matches!(primitive, Some(Primitive::Affine(_) | Primitive::Linear(_)))
}

impl Rules<'_> {
    fn check_kinds(&self, diagnostics: &mut Diagnostics<'_>) {
        for (id, primitive, says) in self.job.foreign() {
            let (says, help) = match primitive {
                Primitive::Lif(_) => (
                    "AttributeError: 'LIF' object has no attribute 'tau_mem'",
                    "make it a CubaLIF whose tau_syn is a few time steps long",
                ),
                Primitive::Conv1d(_) | Primitive::Conv2d(_) => {
                    (says.as_str(), "write the convolution as the weights of an Affine")
                }
                Primitive::Scale(_) => (
                    says.as_str(),
                    "`nir opt IN OUT --pass fold_scale` multiplies it into the weights beside it",
                ),
                _ => (
                    says.as_str(),
                    "Xylo has CubaLIF neurons between Affine or Linear weights and nothing else",
                ),
            };
            diagnostics.refuse(self.job.place(id), says, help);
        }
    }

    fn check_time(&self, diagnostics: &mut Diagnostics<'_>) -> Option<f64> {
        let dt = self.job.dt.filter(|dt| dt.is_finite() && *dt > 0.0);
        if dt.is_none() {
            let says = "time constants become shifts, which needs a time step in seconds above 0";
            diagnostics.refuse(Place::root(), says, "give `--dt`");
        }
        dt
    }

    /// The one Input, with one way that leads on.
    fn check_input(&self, diagnostics: &mut Diagnostics<'_>) -> Option<LeafId> {
        let inputs: Vec<LeafId> = self.job.facts.inputs(self.job.graph).collect();
        let [input] = inputs.as_slice() else {
            let says = format!("the graph has {} Inputs, Xylo has one", inputs.len());
            diagnostics.refuse(Place::root(), &says, "join the Inputs to one");
            return None;
        };
        let ways = self.layers.links.iter().filter(|link| link.source == *input);
        if ways.count() > 1 {
            let says = "the weights of an Input lead to one population only";
            let help = "stack the populations that the Input drives to one";
            diagnostics.refuse(self.job.place(*input), says, help);
        }
        Some(*input)
    }

    /// The one population that leads to the Output, and nowhere else.
    fn check_output(&self, diagnostics: &mut Diagnostics<'_>) -> Option<LeafId> {
        let [result] = self.layers.results.as_slice() else {
            let says = format!("{} ways lead to Outputs, Xylo has one", self.layers.results.len());
            diagnostics.refuse(Place::root(), &says, "lead one population to one Output");
            return None;
        };
        let output = result.source;
        if !result.maps.is_empty() || !is_neuron(self.job.primitive(output)) {
            let says = "DRCError: All network outputs must be directly from neurons";
            diagnostics.refuse(
                self.job.place(result.target),
                says,
                "put a CubaLIF before the Output",
            );
        }
        if self.layers.links.iter().any(|link| link.source == output) {
            let says = "DRCError: Output neurons may not be recurrent";
            let help = "put another layer between these neurons and the Output";
            diagnostics.refuse(self.job.place(output), says, help);
        }
        Some(output)
    }

    /// Weights stand before every layer, one matrix for each way.
    fn check_weights(&self, diagnostics: &mut Diagnostics<'_>) {
        diagnostics.refuse_tangled(self.layers);
        let mut seen: Vec<(LeafId, LeafId)> = Vec::new();
        for link in &self.layers.links {
            let place = self.job.place(link.target);
            let weights = link.maps.iter().filter(|&&map| is_weight(self.job.primitive(map)));
            match weights.count() {
                1 => {}
                0 => diagnostics.refuse(
                    place.clone(),
                    "DRCError: All neurons must receive inputs only from weight nodes",
                    "put a Linear before the neurons",
                ),
                _ => diagnostics.refuse(
                    place.clone(),
                    "DRCError: Inputs to linear weights may not be linear weights",
                    "`nir opt IN OUT --pass fold_linear` makes one matrix of them",
                ),
            }
            if seen.contains(&(link.source, link.target)) {
                let says = "two matrices lead from one layer to another, and the second replaces \
                            the first";
                diagnostics.refuse(place, says, "add the two matrices");
            }
            seen.push((link.source, link.target));
        }
        for (id, leaf) in self.job.facts.iter() {
            let bias = self.job.numbers(id, "bias", leaf.outputs());
            let Some(bias) = bias.filter(|bias| bias.iter().any(|&bias| bias != 0.0)) else {
                continue;
            };
            let message = format!("drops the bias, {}", range(&bias));
            let place = self.job.place(id).field("bias");
            diagnostics.lose(Verdict::Ignored, place, &message, "train without biases of weights");
        }
    }

    fn check_neuron(&self, leaf: LeafId, dt: Option<f64>, diagnostics: &mut Diagnostics<'_>) {
        let place = self.job.place(leaf);
        let neurons = self.job.leaf(leaf).outputs();
        let numbers =
            |field: &str| self.job.numbers(leaf, field, neurons).unwrap_or(vec![0.0; neurons]);
        if let Some(dt) = dt {
            for field in ["tau_mem", "tau_syn"] {
                let tau = numbers(field);
                if tau.iter().any(|&tau| tau <= dt || tau as f32 <= dt as f32) {
                    let says = format!("ValueError: one or more time constants <= `dt` ({field})");
                    let help = format!("{field} is {} s; take a smaller `--dt`", range(&tau));
                    diagnostics.refuse(place.field(field), &says, &help);
                }
                let longest = tau.iter().copied().fold(0.0, f64::max) / dt;
                let limit = self.job.chip.limits.of(&LONGEST);
                if longest > limit.most() as f64 {
                    let help = "take a larger `--dt`";
                    diagnostics.exceed(place.field(field), &limit, longest.ceil() as usize, help);
                }
            }
            self.check_synapse(leaf, dt, diagnostics);
            self.check_gain(leaf, dt, diagnostics);
        }
        let threshold = numbers("v_threshold");
        if threshold.iter().any(|&threshold| threshold < 0.0) {
            let says =
                format!("a neuron with a threshold below 0 ({}) never stops", range(&threshold));
            diagnostics.refuse(place.field("v_threshold"), &says, "give it a threshold above 0");
        }
        let v_leak = numbers("v_leak");
        if v_leak.iter().any(|&v_leak| v_leak != 0.0) {
            let message = format!("adds v_leak = {} in each step, as a bias", range(&v_leak));
            let help =
                "`nir opt IN OUT --pass center_leak` counts voltages from v_leak, which becomes 0";
            diagnostics.lose(Verdict::Reinterpreted, place.field("v_leak"), &message, help);
        }
        let v_reset = numbers("v_reset");
        if v_reset.iter().any(|&v_reset| v_reset != 0.0) {
            let message =
                format!("ignores v_reset = {}: it subtracts the threshold", range(&v_reset));
            let help = "train with a reset by subtraction";
            diagnostics.lose(Verdict::Ignored, place.field("v_reset"), &message, help);
        }
        if matches!(self.job.reset, Some(Reset::Zero | Reset::VReset)) {
            diagnostics.reset(place, "subtracts the threshold, whatever reset is asked for");
        }
    }

    /// Whether a synaptic current outlives its step. A shift of 0 takes all of it away before the membrane sees it.
    fn check_synapse(&self, leaf: LeafId, dt: f64, diagnostics: &mut Diagnostics<'_>) {
        let neurons = self.job.leaf(leaf).outputs();
        let tau = self.job.numbers(leaf, "tau_syn", neurons).unwrap_or_default();
        let steps: Vec<f64> = tau.iter().map(|tau| tau / dt).collect();
        let dead = shifts(&steps).iter().filter(|&&shift| shift == 0).count();
        if dead == 0 || tau.iter().any(|&tau| tau <= dt) {
            return;
        }
        let message = format!(
            "decays the synaptic current by a shift of 0 bits in {dead} of {neurons} neurons (tau_syn = {} s, {} steps): \
             nothing of it reaches the membrane, and the neurons never spike",
            range(&tau),
            range(&steps),
        );
        let least = std::f64::consts::SQRT_2 * dt;
        let help = format!(
            "take a tau_syn above {} s (sqrt(2) steps), or a `--dt` below {} s",
            brief(least),
            brief(tau.iter().copied().fold(f64::INFINITY, f64::min) / std::f64::consts::SQRT_2),
        );
        diagnostics.cut_off(self.job.place(leaf).field("tau_syn"), &message, &help);
    }

    /// The gain of the equations, which is not applied.
    fn check_gain(&self, leaf: LeafId, dt: f64, diagnostics: &mut Diagnostics<'_>) {
        let neurons = self.job.leaf(leaf).outputs();
        let numbers =
            |field: &str| self.job.numbers(leaf, field, neurons).unwrap_or(vec![1.0; neurons]);
        let parts = ["r", "w_in", "tau_mem", "tau_syn"].map(numbers);
        let gain = |n: usize| parts[0][n] * parts[1][n] * dt / parts[2][n] * dt / parts[3][n];
        let factors: Vec<f64> = (0..neurons).map(|n| 1.0 / gain(n)).collect();
        if factors.iter().any(|factor| (factor - 1.0).abs() >= SAME_GAIN) {
            let effect = times(&factors);
            let message = format!(
                "does not apply w_in dt / tau_syn r dt / tau_mem: the input counts {effect}"
            );
            let help = "scale weights or thresholds to make up for it";
            diagnostics.lose(Verdict::Reinterpreted, self.job.place(leaf), &message, help);
        }
    }

    /// Whether the chip has as much as the network needs.
    fn check_room(&self, plan: &Plan, diagnostics: &mut Diagnostics<'_>) {
        let outputs = |leaf: LeafId| self.job.leaf(leaf).outputs();
        let hidden: usize = plan.hidden.iter().map(|&leaf| outputs(leaf)).sum();
        let rooms = [
            (&INPUTS, outputs(plan.input), plan.input, "merge channels"),
            (&HIDDEN, hidden, plan.output, "take fewer or smaller layers"),
            (&OUTPUTS, outputs(plan.output), plan.output, "take fewer classes, or code them"),
        ];
        for (limit, needed, leaf, help) in rooms {
            let limit = self.job.chip.limits.of(limit);
            if needed > limit.most() {
                let place =
                    if limit.name == HIDDEN.name { Place::root() } else { self.job.place(leaf) };
                diagnostics.exceed(place, &limit, needed, help);
            }
        }
    }
}
