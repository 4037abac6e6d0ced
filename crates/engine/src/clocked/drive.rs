//! Turns a stimulus into frames: what has a time of its own is brought onto the grid.

use super::option::{Current, Options, SpikeStep};
use super::program::{Port, Program};
use super::real::Real;
use super::run::{Frame, InputSource};
use super::spike_bitmask::SpikeBitmask;
use nirkit_run::choice::SpikeReading;
use nirkit_run::stimulus::{Signal, Spike, Stimulus, StimulusError};

/// An instant that lies this close to the start of a step, in steps, is meant to be that start:
/// `0.3 ms / 0.1 ms` is a little less than 3 in binary numbers.
const AT_START: f64 = 1e-6;

/// Stimuli as an [`InputSource`], one for each sample of the batch.
///
/// After its last frame, and before its first breakpoint, a signal is 0.
#[derive(Clone, Debug)]
pub struct GridInput<'a> {
    /// `tracks[input][sample]`.
    pub(super) tracks: Vec<Vec<GridSignal<'a>>>,
}

/// One signal on the grid.
#[derive(Clone, Debug)]
pub(super) enum GridSignal<'a> {
    /// Spikes by step, ascending.
    Spikes(Vec<(usize, usize, f64)>),
    /// A current with its breakpoints in steps.
    Current { breakpoints: Vec<f64>, values: Vec<f64>, reading: Current },
    /// One frame a step.
    Frames { values: &'a [f64], counts: bool },
    /// One frame a step, in which every number that is not 0 is 1.
    SpikeBitmask { bitmask: SpikeBitmask, counts: bool },
}

impl<'a> GridInput<'a> {
    /// Brings one stimulus for each sample onto the grid of a program, or says everything that is
    /// wrong with them.
    pub fn new(program: &Program, stimuli: &'a [Stimulus]) -> Result<Self, Vec<StimulusError>> {
        let inputs: Vec<(&str, usize)> =
            program.inputs().iter().map(|port| (port.name.as_str(), port.channels())).collect();
        let mut errors = Vec::new();
        for stimulus in stimuli {
            errors.extend(stimulus.check(&inputs));
            errors.extend(program.inputs().iter().filter_map(|p| no_level(program, p, stimulus)));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let track = |port: &Port, stimulus: &'a Stimulus| {
            let signal = stimulus.signals.get(&port.name);
            signal.map_or(GridSignal::Spikes(Vec::new()), |signal| {
                GridSignal::new(program.options(), signal)
            })
        };
        let of_input = |port| stimuli.iter().map(|stimulus| track(port, stimulus)).collect();
        Ok(Self { tracks: program.inputs().iter().map(of_input).collect() })
    }
}

/// The error for impulses that would reach a Threshold.
fn no_level(program: &Program, port: &Port, stimulus: &Stimulus) -> Option<StimulusError> {
    let signal = stimulus.signals.get(&port.name)?;
    let is_impulse = matches!(program.options().spike, SpikeReading::Impulse { .. })
        && matches!(signal, Signal::Spikes { .. } | Signal::Frames { counts: true, .. });
    (is_impulse && port.needs_level)
        .then(|| StimulusError::ImpulseIntoThreshold { input: port.name.clone() })
}

impl InputSource for GridInput<'_> {
    fn fill(&mut self, step: usize, input: usize, frame: &mut Frame<'_>) {
        let Some(tracks) = self.tracks.get(input) else { return };
        let channels = frame.spikes.len() / tracks.len().max(1);
        for (sample, track) in tracks.iter().enumerate() {
            let span = sample * channels..(sample + 1) * channels;
            if let (Some(spikes), Some(current)) =
                (frame.spikes.get_mut(span.clone()), frame.current.get_mut(span))
            {
                track.fill(step, spikes, current);
            }
        }
    }
}

/// Room for a frame while it is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    spikes: Vec<f64>,
    current: Vec<f64>,
}

impl<'a> GridSignal<'a> {
    pub(super) fn new(options: &Options, signal: &'a Signal) -> Self {
        match signal {
            Signal::Spikes { spikes, .. } => {
                let on_grid = |spike: &Spike| {
                    let step = options.spike_step.of(spike.time / options.dt);
                    (step, spike.channel, spike.value)
                };
                let mut spikes: Vec<_> = spikes.iter().map(on_grid).collect();
                spikes.sort_by_key(|&(step, ..)| step);
                Self::Spikes(spikes)
            }
            Signal::Current { breakpoints, values, .. } => Self::Current {
                breakpoints: breakpoints.iter().map(|time| snapped(time / options.dt)).collect(),
                values: values.clone(),
                reading: options.current,
            },
            Signal::Frames { channels, values, counts } => {
                match SpikeBitmask::new(values, *channels) {
                    Some(bitmask) => Self::SpikeBitmask { bitmask, counts: *counts },
                    None => Self::Frames { values, counts: *counts },
                }
            }
        }
    }

    /// Writes one step of one sample, spikes and current in one.
    pub(super) fn frame(&self, step: usize, frame: &mut [f64]) {
        self.joined(step, frame, &mut Scratch::default());
    }

    /// The same, in the numbers of a run.
    pub(super) fn joined<T: Real>(&self, step: usize, frame: &mut [T], scratch: &mut Scratch) {
        if let Self::Frames { values, .. } = self {
            let start = step.saturating_mul(frame.len());
            let Some(values) = values.get(start..start.saturating_add(frame.len())) else {
                return frame.fill(T::ZERO);
            };
            for (to, &value) in frame.iter_mut().zip(values) {
                // The other part is 0; adding it takes the sign off a 0.
                *to = T::round(value + 0.0);
            }
            return;
        }
        if let Self::SpikeBitmask { bitmask, .. } = self {
            frame.fill(T::ZERO);
            return bitmask.each(step, |channel| frame[channel] = T::ONE);
        }
        let (spikes, current) = self.parts(step, frame.len(), scratch);
        for ((to, spikes), current) in frame.iter_mut().zip(spikes).zip(current) {
            *to = T::round(spikes + current);
        }
    }

    /// The marks of a step, if the track has only marks; nothing after its end.
    pub(super) fn bitmask(&self, step: usize) -> Option<&[u64]> {
        if let Self::SpikeBitmask { bitmask, .. } = self { Some(bitmask.row(step)) } else { None }
    }

    /// Whether every number of the track that is not 0 is 1.
    pub(super) fn is_binary(&self) -> bool {
        matches!(self, Self::SpikeBitmask { .. })
    }

    /// Spikes and current of one step of one sample.
    pub(super) fn parts<'s>(
        &self,
        step: usize,
        channels: usize,
        scratch: &'s mut Scratch,
    ) -> (&'s [f64], &'s [f64]) {
        let Scratch { spikes, current } = scratch;
        for part in [&mut *spikes, &mut *current] {
            part.clear();
            part.resize(channels, 0.0);
        }
        self.fill(step, spikes, current);
        (spikes, current)
    }

    /// Writes one step of one sample.
    fn fill(&self, step: usize, spikes: &mut [f64], current: &mut [f64]) {
        match self {
            Self::Spikes(events) => {
                let first = events.partition_point(|&(at, ..)| at < step);
                let due = events.iter().skip(first).take_while(|&&(at, ..)| at == step);
                for &(_, channel, value) in due {
                    spikes[channel] += value;
                }
            }
            Self::Current { breakpoints, values, reading: Current::Mean } => {
                add_mean(breakpoints, values, step as f64, current);
            }
            Self::Current { breakpoints, values, reading: Current::Sample } => {
                let after = breakpoints.partition_point(|&at| at <= step as f64);
                if let Some(piece) = after.checked_sub(1) {
                    add_scaled(piece_of(values, piece, current.len()), 1.0, current);
                }
            }
            Self::SpikeBitmask { bitmask, counts } => {
                let frame = if *counts { spikes } else { current };
                bitmask.each(step, |channel| frame[channel] = 1.0);
            }
            Self::Frames { values, counts } => {
                let frame = if *counts { spikes } else { current };
                let start = step.saturating_mul(frame.len());
                if let Some(values) = values.get(start..start.saturating_add(frame.len())) {
                    frame.copy_from_slice(values);
                }
            }
        }
    }
}

/// Adds the mean over the step from `start` of a current that is constant between breakpoints, all
/// in steps.
fn add_mean(breakpoints: &[f64], values: &[f64], start: f64, current: &mut [f64]) {
    let end = start + 1.0;
    let first = breakpoints.partition_point(|&at| at <= start).saturating_sub(1);
    for (piece, &from) in breakpoints.iter().enumerate().skip(first) {
        if from >= end {
            break;
        }
        let to = breakpoints.get(piece + 1).copied().unwrap_or(f64::INFINITY);
        let share = to.min(end) - from.max(start);
        if share > 0.0 {
            add_scaled(piece_of(values, piece, current.len()), share, current);
        }
    }
}

/// The values of a piece.
fn piece_of(values: &[f64], piece: usize, channels: usize) -> &[f64] {
    values.get(piece * channels..(piece + 1) * channels).unwrap_or_default()
}

fn add_scaled(values: &[f64], factor: f64, current: &mut [f64]) {
    for (sum, value) in current.iter_mut().zip(values) {
        *sum += value * factor;
    }
}

/// A position in steps, moved onto the start of a step where that is meant.
#[must_use]
pub fn snapped(position: f64) -> f64 {
    let nearest = position.round_ties_even();
    if (position - nearest).abs() <= AT_START { nearest } else { position }
}

impl SpikeStep {
    /// The step in which a spike at a position, in steps, acts.
    #[must_use]
    pub fn of(self, position: f64) -> usize {
        match self {
            Self::Floor => snapped(position).floor() as usize,
            Self::Nearest => position.round_ties_even() as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_on_the_grid_belongs_to_the_step_that_starts_there() {
        // In binary numbers the quotient is a little less than 3.
        assert_eq!(SpikeStep::Floor.of(0.3e-3 / 1e-4), 3);
        assert_eq!(SpikeStep::Floor.of(2.9), 2);
        assert_eq!(SpikeStep::Nearest.of(2.9), 3);
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "the numbers are exact in binary")]
    fn the_mean_of_a_step_weighs_its_pieces() {
        // 0 before 0.25, 4 until 1.5, then -2: by hand 0.75 * 4, then 0.5 * 4 - 0.5 * 2, then -2.
        let (breakpoints, values) = ([0.25, 1.5], [4.0, -2.0]);
        let mean = |start| {
            let mut current = [0.0];
            add_mean(&breakpoints, &values, start, &mut current);
            current[0]
        };
        assert_eq!([mean(0.0), mean(1.0), mean(2.0), mean(9.0)], [3.0, 1.0, -2.0, -2.0]);
    }
}
