//! What a graph leaves open and a run has to be told.

use super::error::PrepareError;
use nirkit_run::choice::{Reset, SpikeReading};

/// The choices under which a graph is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// What a spike is to the node that receives it.
    pub spike: SpikeReading,
    /// What happens to the voltage of a neuron that spikes.
    pub reset: Reset,
    /// Length of a frame of the stimulus in seconds. Nothing else has a step.
    pub step: f64,
    /// Rounds at one instant after which a cycle without delay is an error.
    pub max_rounds: usize,
    /// Signals on their way (ends of pulses, delayed signals) above which a run is given up:
    /// excitation that feeds itself spikes ever faster and would take all memory.
    pub max_pending: usize,
    /// Spikes above which a run is given up.
    pub max_spikes: u64,
}

impl Default for Options {
    fn default() -> Self {
        let (spike, reset) = (SpikeReading::default(), Reset::default());
        Self {
            spike,
            reset,
            step: 1e-3,
            max_rounds: 10_000,
            max_pending: 10_000_000,
            max_spikes: 10_000_000,
        }
    }
}

impl Options {
    /// What is wrong with the choices by themselves.
    pub(super) fn faults(&self) -> Vec<PrepareError> {
        let size = match self.spike {
            SpikeReading::Impulse { area } => ("area of an impulse", area),
            SpikeReading::Pulse { width } => ("width of a pulse", width),
        };
        let choices = [size, ("length of a frame", self.step)];
        let bad = choices.into_iter().filter(|&(_, value)| !(value.is_finite() && value > 0.0));
        bad.map(|(what, value)| PrepareError::Choice { what, value }).collect()
    }
}
