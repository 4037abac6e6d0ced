//! What a run gave, and the files that hold it.

mod files;
mod recorded;

use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request};
use serde::Serialize;

use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::rounding::Affected;

pub use nirkit_exact::Graze;
pub use recorded::Recorded;

pub use files::{
    Batch, EVALUATION, REPORT, check_folder, is_data_file, make_folder, stage, write_data,
};

/// What a run gave.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Recording {
    /// The kind of engine: `exact`, `clocked`, `platform`.
    pub engine: &'static str,
    /// How long it ran, in seconds; `None` where steps have no length.
    pub duration: Option<f64>,
    /// Number of steps; `None` in continuous time.
    pub steps: Option<usize>,
    /// Length of a step, or of a frame of the stimulus, in seconds, if anything says it.
    pub dt: Option<f64>,
    /// Whether there is an axis for samples.
    pub has_batch: bool,
    /// How many samples ran; totals are of all together.
    pub samples: usize,
    /// Every choice, and where it comes from.
    pub choices: Vec<Choice>,
    /// What has to be said: guesses, losses, doubts.
    pub notes: Vec<String>,
    /// How things were computed: the order of the nodes on a grid, the method of each node without.
    pub methods: Vec<String>,
    /// Arrays of shape (T, *shape), or (T, B, *shape) with a batch. T counts steps; for voltages in continuous
    /// time, the instants.
    pub arrays: Vec<(Request, Tensor)>,
    /// In continuous time, the spikes of each node: a train for each sample.
    pub events: Vec<(String, Vec<Train>)>,
    /// The instants of the arrays in continuous time, in seconds, ascending.
    pub instants: Vec<f64>,
    /// What each node put out in all.
    pub totals: Vec<Total>,
    /// Decisions in continuous time that are closer than the arithmetic can tell.
    pub grazes: Vec<Graze>,
    /// Nodes whose spikes depend on the order of additions; `None` if that was not asked for.
    pub affected: Option<Vec<Affected>>,
    /// Files that were made while the run went on.
    pub(crate) files: Batch,
}

impl Recording {
    /// Returns the time between two rows of the arrays, in seconds.
    ///
    /// # Errors
    ///
    /// Nothing says how long a step is, or the instants of voltages in continuous time are no grid that begins at 0.
    pub fn array_step(&self) -> Result<f64, Error> {
        let [first, second, ..] = self.instants.as_slice() else {
            let none = Error::new("an array has a time step, and nothing says one");
            return self.dt.ok_or_else(|| none.of_kind(ErrorKind::Choice).help("give it"));
        };
        let step = second - first;
        let is_even = |(at, time): (usize, &f64)| (time - at as f64 * step).abs() <= 1e-6 * step;
        if step > 0.0 && self.instants.iter().enumerate().all(is_even) {
            return Ok(step);
        }
        let message = "the times at which voltages were looked at are no even grid from 0 on, which NIRData asks for";
        let help = "look at them at an interval, or write a folder";
        Err(Error::new(message).of_kind(ErrorKind::Choice).help(help))
    }
}

/// The spikes of a node in one sample, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Train {
    /// Times in seconds.
    pub times: Vec<f64>,
    /// The channel of each, counted in C order.
    pub channels: Vec<i64>,
    /// Number of channels of the node.
    pub outputs: usize,
}

/// What a node put out in all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Total {
    /// The node.
    pub node: String,
    /// The sum over steps and channels: of a neuron, its number of spikes.
    pub sum: f64,
}

impl Recording {
    /// An array that was recorded.
    #[must_use]
    pub fn get(&self, node: &str, observable: Observable) -> Option<&Tensor> {
        let is_meant = |request: &Request| request.node == node && request.observable == observable;
        self.arrays.iter().find(|(request, _)| is_meant(request)).map(|(_, tensor)| tensor)
    }

    /// The spikes of a node, step by step.
    #[must_use]
    pub fn spikes(&self, node: &str) -> Option<&Tensor> {
        self.get(node, Observable::Spikes)
    }

    /// The spikes of a node in continuous time, a train for each sample.
    #[must_use]
    pub fn trains(&self, node: &str) -> Option<&[Train]> {
        self.events.iter().find(|(name, _)| name == node).map(|(_, trains)| trains.as_slice())
    }
}
