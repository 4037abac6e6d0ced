//! The network as NEST takes it: nodes with ids, parameters, blocks of connections.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::{
    Connections, Population as Layer, Projection, Synapse, step_in_milliseconds,
};
use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::broadcast::spread;
use nirkit_platforms::Profile;
use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// The most connections of a block: what a file holds, and what NEST is given at once.
const BLOCK: usize = 1 << 20;

/// The model of neurons without a synaptic current.
const DELTA: &str = "iaf_psc_delta";

/// The model of neurons with one.
const EXPONENTIAL: &str = "iaf_psc_exp_multisynapse";

/// A network.
#[derive(Clone, Debug, Serialize)]
pub struct Network {
    /// The platform that it is for.
    pub platform: String,
    /// The time step in seconds.
    pub dt: f64,
    /// The same in milliseconds.
    pub resolution_ms: f64,
    /// The same in microseconds.
    pub resolution_us: u64,
    /// Layers of neurons, in the order of their ids.
    pub populations: Vec<Population>,
    /// Generators that play the stimulus of each Input.
    pub inputs: Vec<Input>,
    /// A generator that spikes in every step, for biases that are no constant current.
    pub bias: Option<Bias>,
    /// Blocks of connections.
    #[serde(skip)]
    pub blocks: Vec<Block>,
}

/// A layer of neurons.
#[derive(Clone, Debug, Serialize)]
pub struct Population {
    /// Full name of its node in the graph.
    pub node: String,
    /// The model of NEST.
    pub model: &'static str,
    /// The id of its first neuron; the others follow in C order.
    pub first_id: i32,
    /// Number of neurons.
    pub neurons: usize,
    /// Lengths of the axes of the node.
    pub shape: Vec<usize>,
    /// Whether it spikes; else its voltage is what it puts out.
    pub spikes: bool,
    /// The parameters, in the units of NEST.
    #[serde(skip)]
    pub parameters: BTreeMap<&'static str, Values>,
}

/// A parameter: the same for all neurons, or a number for each.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// The same number for all.
    Uniform(f64),
    /// A number for each neuron.
    Each(Vec<f64>),
}

/// The generators of an Input.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// Full name of the node.
    pub node: String,
    /// The id of the first channel.
    pub first_id: i32,
    /// Number of channels.
    pub channels: usize,
    /// Lengths of the axes of a frame.
    pub shape: Vec<usize>,
}

/// The generator of biases.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Bias {
    /// Its id.
    pub first_id: i32,
}

/// Connections that are made together.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Which input of the model they lead to: 0 for the only one, 1 for the first synaptic current.
    pub receptor: usize,
    /// Ids of the sources.
    pub sources: Vec<i32>,
    /// Ids of the targets.
    pub targets: Vec<i32>,
    /// Weights in mV or pA.
    pub weights: Vec<f64>,
    /// Delays in ms.
    pub delays: Vec<f64>,
}

impl Network {
    pub(super) fn new(
        profile: &Profile,
        (graph, facts): (&Graph, &Facts),
        connections: &Connections,
        dt: f64,
    ) -> Result<Self, Error> {
        let mut ids = Ids { next: 1, first: BTreeMap::new() };
        let mut populations = Vec::with_capacity(connections.populations.len());
        for layer in &connections.populations {
            let leaf = facts.leaf(layer.leaf);
            let first_id = ids.take(layer.leaf, leaf.inputs())?;
            let primitive = facts.primitive(graph, layer.leaf);
            let primitive =
                primitive.ok_or_else(|| Error::new("the facts are of another graph"))?;
            populations.push(Population::new(layer, leaf, primitive, first_id)?);
        }
        let mut inputs = Vec::new();
        for id in facts.inputs(graph) {
            let leaf = facts.leaf(id);
            let (node, shape, channels) = (leaf.name.clone(), leaf.output.clone(), leaf.outputs());
            inputs.push(Input { node, first_id: ids.take(id, channels)?, channels, shape });
        }
        let is_biased = connections.populations.iter().any(|layer| !layer.biases.is_empty());
        let bias = if is_biased { Some(Bias { first_id: ids.take_one()? }) } else { None };
        let resolution_ms = step_in_milliseconds(dt);
        let mut network = Self {
            platform: profile.title(),
            dt,
            resolution_ms,
            resolution_us: (1000.0 * resolution_ms).round() as u64,
            populations,
            inputs,
            bias,
            blocks: Vec::new(),
        };
        network.connect(connections, &ids);
        Ok(network)
    }

    /// Number of connections.
    #[must_use]
    pub fn synapses(&self) -> usize {
        self.blocks.iter().map(|block| block.sources.len()).sum()
    }

    fn connect(&mut self, connections: &Connections, ids: &Ids) {
        let receptors: BTreeMap<LeafId, usize> =
            connections.populations.iter().map(receptor).collect();
        for projection in &connections.projections {
            let Projection { source, target, synapses } = projection;
            let (source, to) = (ids.of(*source), ids.of(*target));
            let receptor = receptors.get(target).copied().unwrap_or_default();
            for synapse in synapses {
                let Synapse { steps, weight, .. } = *synapse;
                let ids = [source + synapse.source as i32, to + synapse.target as i32];
                self.push(receptor, ids, weight, steps);
            }
        }
        let Some(bias) = self.bias else { return };
        for layer in &connections.populations {
            let (to, (_, receptor)) = (ids.of(layer.leaf), receptor(layer));
            let biases = (0..).zip(&layer.biases).filter(|(_, bias)| **bias != 0.0);
            for (neuron, &weight) in biases {
                self.push(receptor, [bias.first_id, to + neuron], weight, 1);
            }
        }
    }

    fn push(&mut self, receptor: usize, [source, target]: [i32; 2], weight: f64, steps: u32) {
        let is_full = |block: &Block| block.receptor != receptor || block.sources.len() >= BLOCK;
        if self.blocks.last().is_none_or(is_full) {
            self.blocks.push(Block { receptor, ..Block::default() });
        }
        let delay = self.milliseconds(steps);
        if let Some(block) = self.blocks.last_mut() {
            block.sources.push(source);
            block.targets.push(target);
            block.weights.push(weight);
            block.delays.push(delay);
        }
    }

    /// A number of steps in milliseconds.
    fn milliseconds(&self, steps: u32) -> f64 {
        (u64::from(steps) * self.resolution_us) as f64 / 1000.0
    }
}

/// The input of a layer that connections lead to.
fn receptor(layer: &Layer) -> (LeafId, usize) {
    (layer.leaf, usize::from(!layer.tau_syn.is_empty()))
}

/// The ids of nodes, in the order in which they are made.
struct Ids {
    next: i32,
    first: BTreeMap<LeafId, i32>,
}

impl Ids {
    fn take(&mut self, leaf: LeafId, nodes: usize) -> Result<i32, Error> {
        let first = self.next;
        let next = i32::try_from(nodes).ok().and_then(|nodes| first.checked_add(nodes));
        self.next = next.ok_or_else(|| {
            let error = Error::new("the network has more than 2147483647 neurons and channels");
            error.of_kind(ErrorKind::Refused)
        })?;
        self.first.insert(leaf, first);
        Ok(first)
    }

    fn take_one(&mut self) -> Result<i32, Error> {
        let first = self.next;
        self.next =
            first.checked_add(1).ok_or_else(|| Error::new("the network has too many nodes"))?;
        Ok(first)
    }

    fn of(&self, leaf: LeafId) -> i32 {
        self.first.get(&leaf).copied().unwrap_or_default()
    }
}

impl Population {
    fn new(
        layer: &Layer,
        leaf: &Leaf,
        primitive: &Primitive,
        first_id: i32,
    ) -> Result<Self, Error> {
        let field = |name: &str| field(primitive, leaf, name);
        let is_synaptic = !layer.tau_syn.is_empty();
        let spikes = !matches!(primitive, Primitive::Li(_));
        let tau = Values::of(layer.tau_mem.clone());
        let mut parameters = BTreeMap::from([
            ("C_m", tau.clone()),
            ("E_L", Values::Uniform(0.0)),
            ("I_e", Values::of(layer.currents.clone())),
            ("V_m", Values::of(field("v_leak")?)),
            ("tau_m", tau),
            ("t_ref", Values::Uniform(0.0)),
        ]);
        let levels = if spikes {
            [field("v_threshold")?, field("v_reset")?]
        } else {
            [vec![f64::MAX], vec![0.0]]
        };
        let [threshold, reset] = levels.map(Values::of);
        parameters.extend([("V_th", threshold), ("V_reset", reset)]);
        if is_synaptic {
            parameters.insert("tau_syn", Values::of(layer.tau_syn.clone()));
        }
        let model = if is_synaptic { EXPONENTIAL } else { DELTA };
        let (node, neurons, shape) = (leaf.name.clone(), leaf.inputs(), leaf.output.clone());
        Ok(Self { node, model, first_id, neurons, shape, spikes, parameters })
    }
}

/// The number of a field for each neuron; 0 for a field that the file lacks.
fn field(primitive: &Primitive, leaf: &Leaf, name: &str) -> Result<Vec<f64>, Error> {
    let Some((_, tensor)) = primitive.tensors().find(|(field, _)| field.name == name) else {
        return Ok(vec![0.0]);
    };
    let values = tensor.to_f64().and_then(|values| spread(&values, tensor.shape(), &leaf.input));
    values.ok_or_else(|| Error::new(format!("{}: {name} does not fit the neurons", leaf.name)))
}

impl Values {
    /// One number if all are the same.
    fn of(values: Vec<f64>) -> Self {
        match values.first() {
            Some(&first) if values.iter().all(|value| value.to_bits() == first.to_bits()) => {
                Self::Uniform(first)
            }
            _ => Self::Each(values),
        }
    }
}
