//! Connections: maps between neurons as sources, targets, weights and delays.
//!
//! A program that knows only neurons and connections gets the product of all maps between two layers. Every weight is
//! multiplied by the gain of its target, and rounded to a grid on which sums are exact: what arrives at a neuron does not
//! depend on the order in which spikes are added, nor on the number of processes that add them.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::facts::LeafId;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use self::table::Table;
use super::coefficient::{Parameters, Setting, milliseconds, synaptic};
use super::error::SemanticsError;
use super::map::Site;
use super::values::{Semantics, Time};

/// Binary digits of the largest sum of weights that a neuron takes; 8 more are left for several spikes at once.
const DIGITS: i32 = 44;

/// The most steps of a delay: each is a copy of what leaves a source.
const MOST_STEPS: f64 = 1000.0;

/// Everything between the neurons of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connections {
    /// The layers of neurons, ascending.
    pub populations: Vec<Population>,
    /// The connections from a layer or an Input to a layer, ascending by target and source.
    pub projections: Vec<Projection>,
}

/// A layer of neurons, and what enters it whether anything spikes or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// The leaf of the layer.
    pub leaf: LeafId,
    /// The time constant of each membrane in milliseconds.
    pub tau_mem: Vec<f64>,
    /// That of each synapse, which is never that of the membrane; empty for layers without.
    pub tau_syn: Vec<f64>,
    /// For layers without a synapse: `v_leak + r b` of each neuron, with the bias `b` of the maps before it. For others `v_leak`.
    pub currents: Vec<f64>,
    /// For layers with a synapse: the weight of a spike of each step that stands for the bias; empty without one.
    pub biases: Vec<f64>,
}

/// Connections from one leaf to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// A layer or an Input.
    pub source: LeafId,
    /// A layer.
    pub target: LeafId,
    /// The connections, ascending by steps, source and target.
    pub synapses: Vec<Synapse>,
}

/// A connection from one neuron to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Synapse {
    /// Steps from the spike to its arrival, at least 1.
    pub steps: u32,
    /// Number of the source within its layer.
    pub source: u32,
    /// Number of the target within its layer.
    pub target: u32,
    /// The weight, with the gain of the target.
    pub weight: f64,
}

/// Puts the maps of a graph together, or says everything that stands against it.
///
/// # Errors
///
/// Nodes that have no meaning as connections: see [`SemanticsError`].
pub fn connections(
    graph: &Graph,
    facts: &Facts,
    semantics: &Semantics,
) -> Result<Connections, Vec<SemanticsError>> {
    let mut wiring = Wiring::new(graph, facts, semantics);
    let mut found = Connections::default();
    let layers: Vec<LeafId> =
        facts.iter().map(|(id, _)| id).filter(|&id| wiring.is_layer(id)).collect();
    for id in layers {
        match wiring.layer(id) {
            Ok((population, projections)) => {
                found.populations.push(population);
                found.projections.extend(projections);
            }
            Err(error) => wiring.errors.push(error),
        }
    }
    wiring.check_outputs();
    if wiring.errors.is_empty() { Ok(found) } else { Err(wiring.errors) }
}

struct Wiring<'a> {
    graph: &'a Graph,
    facts: &'a Facts,
    semantics: &'a Semantics,
    inputs: Vec<LeafId>,
    errors: Vec<SemanticsError>,
}

/// What leads to the neurons of a layer: sources, and the sum of biases.
struct Incoming {
    found: BTreeMap<LeafId, Vec<Synapse>>,
    bias: Vec<f64>,
}

impl<'a> Wiring<'a> {
    fn new(graph: &'a Graph, facts: &'a Facts, semantics: &'a Semantics) -> Self {
        let inputs = facts.inputs(graph).collect();
        Self { graph, facts, semantics, inputs, errors: Vec::new() }
    }

    fn primitive(&self, id: LeafId) -> Result<&'a Primitive, SemanticsError> {
        let node = || self.facts.leaf(id).name.clone();
        let found = self.facts.primitive(self.graph, id);
        found.ok_or_else(|| SemanticsError::ForeignFacts { node: node() })
    }

    fn site(&self, id: LeafId) -> Site<'_> {
        Site { leaf: self.facts.leaf(id), semantics: self.semantics, recurrent: false }
    }

    /// Whether a leaf has a rule.
    fn is_layer(&self, id: LeafId) -> bool {
        let neurons = self.facts.leaf(id).inputs();
        let primitive = self.facts.primitive(self.graph, id);
        primitive.is_some_and(|p| self.semantics.neurons.rule(p, false, neurons).is_some())
    }

    /// Everything that enters a layer.
    fn layer(&self, id: LeafId) -> Result<(Population, Vec<Projection>), SemanticsError> {
        let (leaf, primitive) = (self.facts.leaf(id), self.primitive(id)?);
        let neurons = leaf.inputs();
        let rule = self.semantics.neurons.rule(primitive, false, neurons);
        let rule = *rule.ok_or_else(|| self.site(id).unknown(primitive.kind()))?;
        let parameters = Parameters::of(primitive, leaf, rule.first_only)?;
        let setting = Setting::new(&rule, self.semantics.time, &parameters, neurons);
        let each = |number: &dyn Fn(usize) -> f64| (0..neurons).map(number).collect::<Vec<f64>>();
        let gains = each(&|n| setting.gain(rule.fold.terms(), parameters.numbers(n)));
        let mut incoming = Incoming { found: BTreeMap::new(), bias: vec![0.0; neurons] };
        let table = Table::identity(neurons);
        for &source in &leaf.sources {
            self.back(source, &table, &mut Vec::new(), &mut incoming)?;
        }
        let (mut tau_syn, mut biases) = (Vec::new(), Vec::new());
        let mut currents = each(&|n| parameters.v_leak.at(n));
        if rule.synapse.is_some() {
            tau_syn = each(&|n| synaptic(parameters.numbers(n)));
            if incoming.bias.iter().any(|&bias| bias != 0.0) {
                biases = each(&|n| incoming.bias[n] * gains[n]);
            }
        } else {
            currents = each(&|n| currents[n] + parameters.r.at(n) * incoming.bias[n]);
        }
        let found = weigh(incoming.found, &gains, &mut biases);
        let found = found
            .map_err(|neuron| SemanticsError::NoFiniteWeight { node: leaf.name.clone(), neuron })?;
        let tau_mem = each(&|n| milliseconds(parameters.tau_mem.at(n)));
        let projection = |(source, synapses)| Projection { source, target: id, synapses };
        let population = Population { leaf: id, tau_mem, tau_syn, currents, biases };
        Ok((population, found.into_iter().map(projection).collect()))
    }

    /// Walks back from a layer through maps: `table` leads from the output of `id` to the layer.
    fn back(
        &self,
        id: LeafId,
        table: &Table,
        path: &mut Vec<LeafId>,
        incoming: &mut Incoming,
    ) -> Result<(), SemanticsError> {
        let leaf = self.facts.leaf(id);
        if self.is_layer(id) || self.inputs.contains(&id) {
            let synapses = incoming.found.entry(id).or_default();
            return table.synapses(|delay| self.steps(delay, &leaf.name), synapses);
        }
        if path.contains(&id) {
            return Err(SemanticsError::NoNeuronInCycle { node: leaf.name.clone() });
        }
        let primitive = self.primitive(id)?;
        let site = self.site(id);
        table.add_bias(primitive, &site, &mut incoming.bias)?;
        let before = table.behind(primitive, &site)?;
        path.push(id);
        for &source in &leaf.sources {
            self.back(source, before.as_ref().unwrap_or(table), path, incoming)?;
        }
        path.pop();
        Ok(())
    }

    /// The steps of a delay in seconds: the nearest number, ties to even, and at least 1.
    fn steps(&self, delay: f64, node: &str) -> Result<u32, SemanticsError> {
        let dt = match self.semantics.time {
            Time::Step(dt) => dt,
            Time::Counted | Time::PerLayer => 1.0,
        };
        let steps = (delay / dt).round_ties_even();
        if steps <= MOST_STEPS {
            return Ok(steps.max(1.0) as u32);
        }
        let (node, most) = (node.to_owned(), MOST_STEPS as u32);
        Err(SemanticsError::DelayTooLong { node, seconds: delay, most })
    }

    /// Outputs that something else than neurons and Inputs leads to.
    fn check_outputs(&mut self) {
        for (id, leaf) in self.facts.iter() {
            let is_output = matches!(self.primitive(id), Ok(Primitive::Output(_)));
            let read = leaf.sources.iter().find(|&&source| is_output && !self.is_read(source));
            if let Some(&source) = read {
                let node = self.facts.leaf(source).name.clone();
                let kind = self.facts.primitive(self.graph, source).map_or("", Primitive::kind);
                let kind = kind.to_owned();
                self.errors.push(SemanticsError::NoNeuronBehind { node, kind });
            }
        }
    }

    /// Whether what leaves a leaf is what neurons put out, or what enters.
    fn is_read(&self, id: LeafId) -> bool {
        let (mut open, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = open.pop() {
            if self.is_layer(id) || self.inputs.contains(&id) || !seen.insert(id) {
                continue;
            }
            if !is_port(self.primitive(id).ok()) {
                return false;
            }
            open.extend(&self.facts.leaf(id).sources);
        }
        true
    }
}

/// Multiplies weights by the gains of their targets, and rounds them and biases to the grid of each neuron. Fails with a
/// neuron of which the weights are no finite number.
fn weigh(
    mut found: BTreeMap<LeafId, Vec<Synapse>>,
    gains: &[f64],
    biases: &mut [f64],
) -> Result<BTreeMap<LeafId, Vec<Synapse>>, usize> {
    let mut sums = vec![0.0; gains.len()];
    for (sum, bias) in sums.iter_mut().zip(&*biases) {
        *sum += bias.abs();
    }
    for synapses in found.values_mut() {
        merge(synapses);
        for Synapse { target, weight, .. } in synapses {
            *weight *= gains[*target as usize];
            sums[*target as usize] += weight.abs();
        }
    }
    if let Some(neuron) = sums.iter().position(|sum| !sum.is_finite()) {
        return Err(neuron);
    }
    let grids: Vec<f64> = sums.iter().map(|&sum| grid(sum)).collect();
    for (bias, &grid) in biases.iter_mut().zip(&grids) {
        *bias = on_grid(*bias, grid);
    }
    for synapses in found.values_mut() {
        for Synapse { target, weight, .. } in &mut *synapses {
            *weight = on_grid(*weight, grids[*target as usize]);
        }
        synapses.retain(|synapse| synapse.weight != 0.0);
    }
    Ok(found)
}

/// Whether a node hands on what it gets.
pub(super) fn is_port(primitive: Option<&Primitive>) -> bool {
    matches!(primitive, Some(Primitive::Input(_) | Primitive::Output(_) | Primitive::Flatten(_)))
}

/// Sorts synapses, and makes one of those that are alike.
fn merge(synapses: &mut Vec<Synapse>) {
    synapses.sort_by_key(|synapse| (synapse.steps, synapse.source, synapse.target));
    synapses.dedup_by(|next, kept| {
        let place = |synapse: &Synapse| (synapse.steps, synapse.source, synapse.target);
        let is_alike = place(next) == place(kept);
        if is_alike {
            kept.weight += next.weight;
        }
        is_alike
    });
}

/// The distance of two weights of a neuron of which the magnitudes have this sum; 0 where every number is kept.
fn grid(sum: f64) -> f64 {
    if sum == 0.0 {
        return 0.0;
    }
    // The exponent of a number is that of its leading digit.
    let exponent = (sum.to_bits() >> 52) as i32 - 1023;
    let grid = 2.0_f64.powi((exponent + 1 - DIGITS).max(-1000));
    if grid.is_normal() { grid } else { 0.0 }
}

fn on_grid(weight: f64, grid: f64) -> f64 {
    if grid == 0.0 { weight } else { (weight / grid).round_ties_even() * grid }
}

#[cfg(test)]
mod tests {
    use super::{Synapse, grid, merge, on_grid};

    #[test]
    fn sums_on_a_grid_are_exact_in_every_order() {
        let weights = [0.1_f64, -0.7, 0.3, 1e-9, 2.0 / 3.0, -0.123_456_789];
        let step = grid(weights.iter().map(|weight| weight.abs()).sum());
        let weights = weights.map(|weight| on_grid(weight, step));
        let forward = weights.iter().fold(0.0, |sum, weight| sum + weight);
        let backward = weights.iter().rev().fold(0.0, |sum, weight| sum + weight);
        assert_eq!(forward, backward);
        assert_eq!(256.0 * forward + weights[0] - weights[0], 256.0 * forward);
        assert!((weights[4] - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn connections_that_are_alike_become_one() {
        let synapse = |steps, source, weight| Synapse { steps, source, target: 0, weight };
        let mut synapses = vec![synapse(2, 0, 1.0), synapse(1, 1, 2.0), synapse(2, 0, 3.0)];
        merge(&mut synapses);
        assert_eq!(synapses, [synapse(1, 1, 2.0), synapse(2, 0, 4.0)]);
    }
}
