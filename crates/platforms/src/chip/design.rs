//! What a lowering gives: the network in the chip's terms, and what became of the numbers.

use nirkit_engine::clocked::Recording;
use nirkit_engine::{integer, mixed};
use nirkit_ir::value::Fields;
use nirkit_passes::quantise::Loss;
use nirkit_run::{Request, Stimulus};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::connections::Connection;

/// A network in a chip's terms.
#[derive(Clone, Debug)]
pub struct Design {
    /// It runs as the chip does.
    pub emulation: Emulation,
    /// What the chip's own tools read.
    pub configuration: ChipConfiguration,
    /// The population whose spikes are the answer.
    pub answer: Option<String>,
    /// Steps by which its spikes are later than in the graph.
    pub lag: usize,
    /// Where each node went.
    pub placements: Vec<Placement>,
    /// Numbers that became integers.
    pub quantization_errors: Vec<QuantizationError>,
    /// Time constants that the chip's decays come closest to.
    pub time_constant_errors: Vec<TimeConstantError>,
    /// What became of other numbers, biases above all.
    pub approximations: Vec<Approximation>,
    /// How much of the chip is used.
    pub usage: Vec<Usage>,
    /// What connects the populations.
    pub connections: Vec<Connection>,
    /// Full names of the nodes whose weights keep the integers that the file says they are.
    pub kept: Vec<String>,
    /// Further words about it.
    pub notes: Vec<String>,
}

/// A network that can be run.
#[derive(Clone, Debug)]
pub enum Emulation {
    /// In integers.
    Integer(integer::Program),
    /// In integer weights and states of single precision.
    Mixed(mixed::Program),
}

/// A document for the chip's own tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipConfiguration {
    /// What it is, in a few words.
    pub what: &'static str,
    /// The document: JSON.
    pub json: String,
    /// The same as a tree of arrays, for tools that read HDF5, or why it cannot be one; `None` for a
    /// chip without such tools.
    pub tree: Option<Result<Fields, String>>,
}

/// A node in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// Full name of the node.
    pub node: String,
    /// The population that it is part of.
    pub population: String,
    /// The part of the chip that holds it: `core 3`, `hidden neurons`.
    pub part: String,
    /// Number of its first neuron there.
    pub first: usize,
    /// Number of its neurons.
    pub neurons: usize,
}

/// Numbers that became integers.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizationError {
    /// Full name of the node that has them, or of the population.
    pub layer: String,
    /// Which numbers.
    pub what: &'static str,
    /// What they lost, in the units of the graph.
    pub loss: Loss,
    /// The smallest and the largest scale, in integers for each unit of the graph.
    pub scales: [f64; 2],
}

/// What a reader wants to know of it, the mean error among it.
impl Serialize for QuantizationError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { layer, what, loss, scales } = self;
        let mut row = serializer.serialize_struct("QuantizationError", 9)?;
        row.serialize_field("layer", layer)?;
        row.serialize_field("what", what)?;
        row.serialize_field("numbers", &loss.numbers)?;
        row.serialize_field("max_error", &loss.max_error)?;
        row.serialize_field("rms_error", &loss.rms_error())?;
        row.serialize_field("extent", &loss.extent)?;
        row.serialize_field("zeroed", &loss.zeroed)?;
        row.serialize_field("saturated", &loss.saturated)?;
        row.serialize_field("scales", scales)?;
        row.end()
    }
}

/// Time constants that moved to what the chip has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeConstantError {
    /// Full name of the node.
    pub layer: String,
    /// Which time constants.
    pub what: &'static str,
    /// The smallest and the largest of the graph, in seconds.
    pub given: [f64; 2],
    /// The smallest and the largest that they became, in seconds.
    pub becomes: [f64; 2],
    /// The largest change of one of them, as a share of what it was.
    pub largest_change: f64,
}

/// What became of numbers in another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approximation {
    /// Full name of the node.
    pub layer: String,
    /// Which numbers.
    pub what: &'static str,
    /// What became of them, in words and numbers.
    pub how: String,
}

/// How much of something is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// What, in the plural.
    pub what: &'static str,
    /// How many are used.
    pub used: usize,
    /// How many there are.
    pub available: usize,
    /// Where this is written.
    pub source: &'static str,
}

impl Design {
    /// A design of which nothing else is said yet.
    pub(super) fn new(emulation: Emulation, configuration: ChipConfiguration) -> Self {
        Self {
            emulation,
            configuration,
            answer: None,
            lag: 0,
            placements: Vec::new(),
            quantization_errors: Vec::new(),
            time_constant_errors: Vec::new(),
            approximations: Vec::new(),
            usage: Vec::new(),
            connections: Vec::new(),
            kept: Vec::new(),
            notes: Vec::new(),
        }
    }
}

impl Emulation {
    /// A network of integers that runs, or everything that stands against it.
    pub(super) fn integer(network: integer::Network) -> Result<Self, Vec<String>> {
        integer::prepare(network).map(Self::Integer).map_err(|errors| sentences(&errors.0))
    }

    /// A network of integer weights and states in single precision that runs, or everything that stands against it.
    pub(super) fn mixed(network: mixed::Network) -> Result<Self, Vec<String>> {
        mixed::prepare(network).map(Self::Mixed).map_err(|errors| sentences(&errors.0))
    }

    /// Where spikes enter.
    fn network_inputs(&self) -> &[integer::Input] {
        match self {
            Self::Integer(program) => &program.network().inputs,
            Self::Mixed(program) => &program.network().inputs,
        }
    }

    /// Names and shapes of the inputs that a stimulus fills.
    #[must_use]
    pub fn inputs(&self) -> Vec<(String, Vec<usize>)> {
        let inputs = self.network_inputs().iter();
        inputs.map(|input| (input.name.clone(), vec![input.channels])).collect()
    }

    /// What enters in the first steps, as numbers of spikes, or everything that is wrong with it.
    pub fn entering(
        &self,
        stimulus: &Stimulus,
        steps: usize,
        dt: f64,
    ) -> Result<integer::Frames, Vec<String>> {
        integer::Frames::new(self.network_inputs(), stimulus, steps, dt)
            .map_err(|errors| sentences(&errors))
    }

    /// Everything that can be recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        match self {
            Self::Integer(program) => program.requests(),
            Self::Mixed(program) => program.requests(),
        }
    }

    /// How many numbers each of the requests has in a step; 0 for what cannot be recorded.
    #[must_use]
    pub fn channels(&self, requests: &[Request]) -> Vec<usize> {
        let neurons: Vec<(&str, usize)> = match self {
            Self::Integer(program) => {
                let populations = program.network().populations.iter();
                populations.map(|found| (found.name.as_str(), found.neurons())).collect()
            }
            Self::Mixed(program) => {
                let populations = program.network().populations.iter();
                populations.map(|found| (found.name.as_str(), found.neurons())).collect()
            }
        };
        let known = self.requests();
        let channels = |request: &Request| {
            let found = neurons.iter().find(|(name, _)| *name == request.node);
            found.filter(|_| known.contains(request)).map_or(0, |&(_, neurons)| neurons)
        };
        requests.iter().map(channels).collect()
    }

    /// Runs a stimulus for so many steps of `dt` seconds; arrays have the shape (T, *shape).
    pub fn record(
        &self,
        stimulus: &Stimulus,
        steps: usize,
        dt: f64,
        requests: &[Request],
    ) -> Result<Recording, Vec<String>> {
        match self {
            Self::Integer(program) => integer::record(program, stimulus, steps, dt, requests)
                .map_err(|errors| sentences(&errors)),
            Self::Mixed(program) => mixed::record(program, stimulus, steps, dt, requests)
                .map_err(|errors| sentences(&errors)),
        }
    }
}

fn sentences(errors: &[impl ToString]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

/// The smallest and the largest of numbers.
pub(super) fn range(numbers: &[f64]) -> [f64; 2] {
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    [low, numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)]
}
