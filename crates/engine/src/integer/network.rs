//! The vocabulary: a network of integers, in values.

use nirkit_ir::facts::Shape;

use super::decay::Decay;
use super::fire::Fire;
use super::map::Map;
use super::register::Register;
use nirkit_run::recording::Observable;

/// A network of integers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Where spikes enter.
    pub inputs: Vec<Input>,
    /// The populations in the order of their turns.
    pub populations: Vec<Population>,
    /// What connects them, in the order in which a target takes it.
    pub projections: Vec<Projection>,
}

/// Where spikes enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name, as the stimulus has it.
    pub name: String,
    /// Channels.
    pub channels: usize,
}

/// Neurons of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its name, as recordings have it.
    pub name: String,
    /// Shape of its neurons, without time.
    pub shape: Shape,
    /// The synaptic currents of each neuron, at least one.
    pub synapses: Vec<Synapse>,
    /// The membrane.
    pub membrane: Membrane,
    /// When a neuron spikes.
    pub fire: Fire,
    /// The neurons that count the spikes of each neuron as theirs; empty for none at all.
    pub aliases: Vec<Vec<usize>>,
}

impl Population {
    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A synaptic current.
#[derive(Clone, Debug, PartialEq)]
pub struct Synapse {
    /// Where it lives.
    pub register: Register,
    /// How it decays.
    pub decay: Decay,
    /// How what arrives is added.
    pub arrival: Arrival,
    /// Whether what arrives decays in the same step.
    pub order: Order,
    /// What a recording calls it; `None` for what is never looked at.
    pub observable: Option<Observable>,
}

/// How what arrives in a step is added to a synaptic current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Spike by spike: sources ascending, each addition held by the register. Weights are shifted
    /// left first, and wrap in the width of the register.
    EachSpike,
    /// In one: the exact sum, shifted left by so many bits.
    Sum {
        /// Bits of the shift.
        shift: u32,
    },
}

/// Which comes first in a step of a synaptic current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What arrives is added, then all of it decays.
    ArriveThenDecay,
    /// The current decays, then what arrives is added.
    DecayThenArrive,
}

/// The membrane of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Membrane {
    /// Where the voltage lives.
    pub register: Register,
    /// How it decays.
    pub decay: Decay,
    /// What is added in each step, for each neuron; empty for nothing.
    pub bias: Vec<i64>,
    /// How voltage, currents and bias become the new voltage.
    pub assembly: Assembly,
}

/// How the parts of a new voltage are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assembly {
    /// All of them are added exactly, and the register holds the sum.
    AtOnce,
    /// The change is put together in a register of the same width, first what decays (which wraps),
    /// then the currents, then the bias, and is then added to the voltage; each addition is held.
    ByChange,
}

/// Weights from an input or a population to a synapse of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Whose spikes are taken.
    pub source: Source,
    /// The population that receives them.
    pub target: usize,
    /// Its synapse.
    pub synapse: usize,
    /// What becomes of the spikes on the way, one after the other; the last one has the weights.
    pub maps: Vec<Map>,
    /// More spikes of a channel in a step than this are not seen.
    pub limit: Option<i64>,
    /// Steps after which spikes arrive.
    pub delay: usize,
    /// Bits by which weights (or their sum, where sums arrive) are shifted left; a negative number
    /// shifts right, toward minus infinity.
    pub shift: i32,
    /// Where the sum lives before it arrives; `None` where it is exact.
    pub sum: Option<Register>,
}

/// Whose spikes a projection takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Those of an input.
    Input(usize),
    /// Those of a population.
    Population(usize),
}
