//! Stimuli as numbers of spikes on a grid.

use super::error::RunError;
use super::network::Input;
use crate::clocked::SpikeStep;
use nirkit_run::stimulus::{Signal, Stimulus};

/// The most spikes of a channel that may enter in a step.
pub(super) const MOST: i64 = (1 << 16) - 1;

/// A stimulus in numbers of spikes, frame by frame.
#[derive(Clone, Debug)]
pub struct Frames {
    /// For each input the channels and the counts, step by step.
    inputs: Vec<(usize, Vec<i64>)>,
    most: i64,
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
        let (mut inputs, mut most) = (Vec::new(), 0);
        for (name, channels) in expected {
            match counts(name, channels, &stimulus.signals[name], steps, dt) {
                Ok((counts, largest)) => {
                    inputs.push((channels, counts));
                    most = most.max(largest);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self { inputs, most }) } else { Err(errors) }
    }

    /// The most spikes of a channel in a step.
    pub(crate) fn most(&self) -> i64 {
        self.most
    }

    /// What enters an input in a step; nothing after the end.
    #[must_use]
    pub fn at(&self, input: usize, step: usize) -> &[i64] {
        let (channels, counts) = &self.inputs[input];
        counts.get(step * channels..(step + 1) * channels).unwrap_or(&[])
    }
}

/// The counts of a signal, step by step, and the largest of them.
fn counts(
    name: &str,
    channels: usize,
    signal: &Signal,
    steps: usize,
    dt: f64,
) -> Result<(Vec<i64>, i64), RunError> {
    let len = steps.saturating_mul(channels);
    let too_large = |_| RunError::TooLarge { steps };
    let mut added = Vec::new();
    let values = match signal {
        Signal::Current { .. } => return Err(RunError::Current { input: name.to_owned() }),
        // Frames of a current that happen to be whole numbers are no spikes.
        Signal::Frames { values, counts: false, .. }
            if values.iter().all(|&value| is_count(value)) =>
        {
            return Err(RunError::Current { input: name.to_owned() });
        }
        Signal::Frames { values, .. } => &values[..values.len().min(len)],
        Signal::Spikes { spikes, .. } => {
            added.try_reserve_exact(len).map_err(too_large)?;
            added.resize(len, 0.0);
            for spike in spikes {
                let at =
                    step(spike.time, dt).saturating_mul(channels).saturating_add(spike.channel);
                if let Some(value) = added.get_mut(at) {
                    *value += spike.value;
                }
            }
            &added[..]
        }
    };
    let mut counts: Vec<i64> = Vec::new();
    counts.try_reserve_exact(values.len()).map_err(too_large)?;
    let (mut are_counts, mut most) = (true, 0.0_f64);
    for &value in values {
        are_counts &= is_count(value);
        most = if value > most { value } else { most };
        counts.push(value as i64);
    }
    if are_counts {
        return Ok((counts, most as i64));
    }
    let wrong = values.iter().enumerate().find(|&(_, &value)| !is_count(value));
    let (at, value) = wrong.map_or((0, f64::NAN), |(at, &value)| (at, value));
    Err(RunError::NotCount {
        input: name.to_owned(),
        channel: at % channels,
        step: at / channels,
        value,
        most: MOST,
    })
}

/// Whether a number can be the spikes of a channel in a step.
fn is_count(value: f64) -> bool {
    let count = value as i64;
    count as f64 == value && (0..=MOST).contains(&count)
}

/// The step in which a time falls.
fn step(time: f64, dt: f64) -> usize {
    SpikeStep::Floor.of(time / dt)
}
