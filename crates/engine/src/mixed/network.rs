//! The vocabulary: a network in values.

use nirkit_ir::facts::Shape;

use crate::integer::{Input, Map, Source};

/// A network of integer weights, with states in single precision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Where spikes enter.
    pub inputs: Vec<Input>,
    /// The populations in the order of their turns.
    pub populations: Vec<Population>,
    /// What connects them.
    pub projections: Vec<Projection>,
}

/// Neurons of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its name, as recordings have it.
    pub name: String,
    /// Shape of its neurons, without time.
    pub shape: Shape,
    /// What each synaptic current keeps in a step; `None` for neurons without a synapse.
    pub synapse: Option<Vec<f32>>,
    /// What each voltage keeps in a step.
    pub membrane: Vec<f32>,
    /// What is added to each voltage in a step.
    pub offset: Vec<f32>,
    /// The voltage above which each neuron spikes.
    pub threshold: Vec<f32>,
    /// What a spike does to the voltage.
    pub reset: Reset,
}

impl Population {
    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What a spike does to the voltage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reset {
    /// It becomes 0.
    Zero,
    /// It loses the threshold.
    Subtract,
}

/// Weights from an input or a population to a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Whose spikes are taken.
    pub source: Source,
    /// The population that receives them.
    pub target: usize,
    /// What becomes of the spikes on the way, one after the other.
    pub maps: Vec<Map>,
    /// Steps after which spikes arrive, at least 1.
    pub delay: usize,
}
