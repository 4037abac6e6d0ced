//! The mapper: hidden layers stacked to one population, in real numbers.

use nirkit_ir::facts::LeafId;

use super::super::Job;
use super::super::design::{Approximation, Placement, TimeConstantError, range};
use super::Specification;
use super::rules::Plan;
use crate::phrase;

/// Weights by source and target.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    pub(super) sources: usize,
    pub(super) targets: usize,
    /// `values[source * targets + target]`.
    pub(super) values: Vec<f64>,
}

impl Weights {
    fn new(sources: usize, targets: usize) -> Self {
        Self { sources, targets, values: vec![0.0; sources * targets] }
    }

    /// The weights to a target.
    pub(super) fn column(&self, target: usize) -> impl Iterator<Item = &f64> {
        self.values.iter().skip(target).step_by(self.targets.max(1))
    }
}

/// Neurons of one population, in real numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Neurons {
    pub(super) threshold: Vec<f64>,
    pub(super) bias: Vec<f64>,
    /// Time constants in steps.
    pub(super) mem: Vec<f64>,
    pub(super) syn: Vec<f64>,
    /// The scale under which the weights that lead to a neuron are the integers of the file.
    pub(super) scale: Vec<Option<f64>>,
    /// Layers with the number of their neurons.
    layers: Vec<(String, usize)>,
}

/// A network on Xylo, in real numbers.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    pub(super) dt: f64,
    pub(super) input: String,
    pub(super) weights_in: Weights,
    pub(super) weights_rec: Weights,
    pub(super) weights_out: Weights,
    pub(super) hidden: Neurons,
    pub(super) output: Neurons,
    pub(super) approximations: Vec<Approximation>,
}

/// Brings a network into Xylo's places.
pub(super) fn map(job: &Job<'_>, plan: &Plan) -> Mapped {
    let neurons = |leaf: LeafId| job.leaf(leaf).outputs();
    let first = |leaf: LeafId| {
        let before = plan.hidden.iter().take_while(|&&hidden| hidden != leaf);
        before.map(|&hidden| neurons(hidden)).sum::<usize>()
    };
    let all = plan.hidden.iter().map(|&leaf| neurons(leaf)).sum();
    let mut mapped = Mapped {
        dt: plan.dt,
        input: job.leaf(plan.input).name.clone(),
        weights_in: Weights::new(neurons(plan.input), all),
        weights_rec: Weights::new(all, all),
        weights_out: Weights::new(all, neurons(plan.output)),
        hidden: Neurons::of(job, &plan.hidden, plan.dt),
        output: Neurons::of(job, &[plan.output], plan.dt),
        approximations: Vec::new(),
    };
    for link in &plan.links {
        let Some(&map) = link.maps.first() else { continue };
        let weights = match (link.source == plan.input, link.target == plan.output) {
            (true, _) => &mut mapped.weights_in,
            (false, true) => &mut mapped.weights_out,
            (false, false) => &mut mapped.weights_rec,
        };
        let row = if link.source == plan.input { 0 } else { first(link.source) };
        let column = if link.target == plan.output { 0 } else { first(link.target) };
        place(job, map, weights, row, column);
        mapped.approximations.extend(dropped_bias(job, map));
    }
    mapped.hidden.scale = scales_of_file(job, plan, &plan.hidden);
    mapped.output.scale = scales_of_file(job, plan, &[plan.output]);
    mapped.approximations.extend(mapped.hidden.added_bias());
    mapped.approximations.extend(mapped.output.added_bias());
    mapped
}

/// For each neuron of these layers, the scale that makes the integers of the file of the weights that lead to it.
fn scales_of_file(job: &Job<'_>, plan: &Plan, layers: &[LeafId]) -> Vec<Option<f64>> {
    let scale = |layer: LeafId| {
        let links = plan.links.iter().filter(|link| link.target == layer);
        let maps = links.filter_map(|link| Some(&job.leaf(*link.maps.first()?).name));
        job.common_weight_scale(maps).map(|scale| 1.0 / scale)
    };
    let neurons = |&layer: &LeafId| vec![scale(layer); job.leaf(layer).outputs()];
    layers.iter().flat_map(neurons).collect()
}

/// Full names of the maps whose weights are the integers of the file under these scales of the hidden and the output
/// neurons.
pub(super) fn kept(job: &Job<'_>, plan: &Plan, [hidden, output]: &[Vec<f64>; 2]) -> Vec<String> {
    let mut kept = Vec::new();
    for link in &plan.links {
        let Some(&map) = link.maps.first() else { continue };
        let Some(scale) = job.weight_scale(map) else { continue };
        let before = plan.hidden.iter().take_while(|&&layer| layer != link.target);
        let first: usize = before.map(|&layer| job.leaf(layer).outputs()).sum();
        let scales = if link.target == plan.output {
            &output[..]
        } else {
            &hidden[first..first + job.leaf(link.target).outputs()]
        };
        if scales.iter().all(|own| (own * scale - 1.0).abs() < 1e-9) {
            kept.push(job.leaf(map).name.clone());
        }
    }
    kept
}

/// Writes a matrix of shape (targets, sources) into the weights of a population.
fn place(job: &Job<'_>, map: LeafId, weights: &mut Weights, row: usize, column: usize) {
    let (sources, targets) = (job.leaf(map).inputs(), job.leaf(map).outputs());
    let Some(matrix) = job.numbers(map, "weight", sources * targets) else { return };
    for source in 0..sources {
        for target in 0..targets {
            let at = (row + source) * weights.targets + column + target;
            weights.values[at] = matrix[target * sources + source];
        }
    }
}

fn dropped_bias(job: &Job<'_>, map: LeafId) -> Option<Approximation> {
    let bias = job.numbers(map, "bias", job.leaf(map).outputs())?;
    let nonzero = bias.iter().filter(|&&bias| bias != 0.0).count();
    (nonzero > 0).then(|| Approximation {
        layer: job.leaf(map).name.clone(),
        what: "bias",
        how: format!("dropped: {nonzero} of {} were not 0, {}", bias.len(), phrase::range(&bias)),
    })
}

/// Where each layer went.
pub(super) fn placed(job: &Job<'_>, plan: &Plan) -> Vec<Placement> {
    let mut first = 0;
    let mut place = |leaf: LeafId, population: &str| {
        let neurons = job.leaf(leaf).outputs();
        first += neurons;
        Placement {
            node: job.leaf(leaf).name.clone(),
            population: population.to_owned(),
            part: format!("{population} neurons"),
            first: first - neurons,
            neurons,
        }
    };
    let mut placed: Vec<Placement> =
        plan.hidden.iter().map(|&leaf| place(leaf, super::network::HIDDEN)).collect();
    let output = place(plan.output, super::network::OUTPUT);
    placed.push(Placement { first: 0, ..output });
    placed
}

impl Neurons {
    fn of(job: &Job<'_>, layers: &[LeafId], dt: f64) -> Self {
        let mut all = Self::default();
        for &leaf in layers {
            let neurons = job.leaf(leaf).outputs();
            let numbers =
                |field: &str| job.numbers(leaf, field, neurons).unwrap_or(vec![0.0; neurons]);
            let steps = |field: &str| numbers(field).into_iter().map(|tau| tau / dt);
            all.threshold.extend(numbers("v_threshold"));
            all.bias.extend(numbers("v_leak"));
            all.mem.extend(steps("tau_mem"));
            all.syn.extend(steps("tau_syn"));
            all.layers.push((job.leaf(leaf).name.clone(), neurons));
        }
        all
    }

    fn added_bias(&self) -> Option<Approximation> {
        let nonzero = self.bias.iter().filter(|&&bias| bias != 0.0).count();
        (nonzero > 0).then(|| Approximation {
            layer: self.layers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
            what: "v_leak",
            how: format!("added in each step as a bias, {}", phrase::range(&self.bias)),
        })
    }

    /// How the time constants of each layer moved, for shifts by so many bits.
    fn moved(
        &self,
        dt: f64,
        what: &'static str,
        steps: &[f64],
        bits: &[i64],
    ) -> Vec<TimeConstantError> {
        let mut first = 0;
        let mut moved = Vec::new();
        for (layer, neurons) in &self.layers {
            let span = first..first + neurons;
            first += neurons;
            let given: Vec<f64> = steps[span.clone()].iter().map(|steps| steps * dt).collect();
            let power = |&bits: &i64| dt * (1_u64 << bits.clamp(0, 62)) as f64;
            let becomes: Vec<f64> = bits[span].iter().map(power).collect();
            let changes = given.iter().zip(&becomes).map(|(given, is)| (is / given - 1.0).abs());
            moved.push(TimeConstantError {
                layer: layer.clone(),
                what,
                given: range(&given),
                becomes: range(&becomes),
                largest_change: changes.fold(0.0, f64::max),
            });
        }
        moved
    }
}

impl Mapped {
    /// How time constants moved in a specification of this network.
    pub(super) fn moved(&self, specification: &Specification) -> Vec<TimeConstantError> {
        let (hidden, output, dt) = (&self.hidden, &self.output, self.dt);
        let bits = |bits: &Option<Vec<i64>>| bits.clone().unwrap_or_default();
        [
            hidden.moved(dt, "tau_mem", &hidden.mem, &bits(&specification.dash_mem)),
            hidden.moved(dt, "tau_syn", &hidden.syn, &bits(&specification.dash_syn)),
            output.moved(dt, "tau_mem", &output.mem, &bits(&specification.dash_mem_out)),
            output.moved(dt, "tau_syn", &output.syn, &bits(&specification.dash_syn_out)),
        ]
        .concat()
    }
}
