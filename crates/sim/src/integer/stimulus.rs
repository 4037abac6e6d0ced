//! Stimuli as numbers of spikes on a grid.

use super::error::RunError;
use super::network::Input;
use crate::stimulus::{Signal, Stimulus};

/// The most spikes of a channel that may enter in a step.
pub(super) const MOST: i64 = (1 << 16) - 1;

/// A stimulus in numbers of spikes, frame by frame.
#[derive(Clone, Debug)]
pub struct Frames {
    /// For each input the channels and the counts, step by step.
    inputs: Vec<(usize, Vec<i64>)>,
}

impl Frames {
    /// The first `steps` frames of a stimulus for these inputs, or everything that is wrong with
    /// it.
    ///
    /// `dt` is the length of a step in seconds; timed spikes enter in the step in which they fall.
    pub fn new(
        inputs: &[Input],
        stimulus: &Stimulus,
        steps: usize,
        dt: f64,
    ) -> Result<Self, Vec<RunError>> {
        let expected: Vec<(&str, usize)> =
            inputs.iter().map(|input| (input.name.as_str(), input.channels)).collect();
        let mut errors: Vec<RunError> =
            stimulus.check(&expected).into_iter().map(RunError::from).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut inputs = Vec::new();
        for (name, channels) in expected {
            match counts(name, channels, &stimulus.signals[name], steps, dt) {
                Ok(counts) => inputs.push((channels, counts)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self { inputs }) } else { Err(errors) }
    }

    /// What enters an input in a step; nothing after the end.
    #[must_use]
    pub fn at(&self, input: usize, step: usize) -> &[i64] {
        let (channels, counts) = &self.inputs[input];
        counts.get(step * channels..(step + 1) * channels).unwrap_or(&[])
    }
}

/// The counts of a signal, step by step.
fn counts(
    name: &str,
    channels: usize,
    signal: &Signal,
    steps: usize,
    dt: f64,
) -> Result<Vec<i64>, RunError> {
    let len = steps.saturating_mul(channels);
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| RunError::TooLarge { steps })?;
    match signal {
        Signal::Current { .. } => return Err(RunError::Current { input: name.to_owned() }),
        Signal::Frames { values: frames, .. } => {
            values.extend_from_slice(&frames[..frames.len().min(len)]);
        }
        Signal::Spikes { spikes, .. } => {
            values.resize(len, 0.0);
            for spike in spikes {
                let at =
                    step(spike.time, dt).saturating_mul(channels).saturating_add(spike.channel);
                if let Some(value) = values.get_mut(at) {
                    *value += spike.value;
                }
            }
        }
    }
    let count = |(at, &value): (usize, &f64)| {
        let is_count = value.fract() == 0.0 && (0.0..=MOST as f64).contains(&value);
        is_count.then_some(value as i64).ok_or_else(|| RunError::NotCount {
            input: name.to_owned(),
            channel: at % channels,
            step: at / channels,
            value,
            most: MOST,
        })
    };
    values.iter().enumerate().map(count).collect()
}

/// The step in which a time falls; one that is a rounding short of a step belongs to it.
fn step(time: f64, dt: f64) -> usize {
    let at = time / dt;
    let nearest = at.round_ties_even();
    if (at - nearest).abs() <= 1e-9 * nearest.abs().max(1.0) {
        nearest as usize
    } else {
        at as usize
    }
}
