//! What enters a run once the stimulus is matched with its Inputs, and what has to be said of it.

use std::collections::BTreeMap;

use nirkit_engine::clocked::{SpikeStep, snapped};
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Shortest;
use nirkit_run::{Signal, Stimulus as Sample};

/// A stimulus for the Inputs of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bound {
    /// One stimulus for each sample of the batch; a single one without a batch.
    pub(crate) samples: Vec<Sample>,
    /// Number of frames, if it came in frames.
    pub(crate) steps: Option<usize>,
    /// How long it lasts in seconds, if it says so.
    pub(crate) duration: Option<f64>,
    /// The time step that the data were recorded with, in seconds, if they say so.
    pub(crate) dt: Option<f64>,
    /// Inputs that receive frames, and whether these were taken as spikes.
    pub(crate) readings: Vec<(String, bool)>,
    /// How long the stimulus of each Input lasts, as far as it says so.
    pub(crate) lengths: Vec<(String, Length)>,
    /// The last event of a recording that does not say how long it lasts, in seconds.
    pub(crate) last_event: Option<f64>,
    /// How events were read, in sentences.
    pub(crate) told: Vec<String>,
    /// What puts a recording in doubt, with its file.
    pub(crate) doubts: Vec<String>,
    /// Events that are left out because their channels have more in a window than are counted.
    pub(crate) clipped: u64,
}

/// How long the stimulus of an Input lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Length {
    /// A number of frames.
    Frames(usize),
    /// Seconds.
    Seconds(f64),
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Frames(count) => write!(f, "{count} frames"),
            Self::Seconds(time) => write!(f, "{} s", Shortest(*time)),
        }
    }
}

/// Steps of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    /// How many there are.
    pub(crate) steps: usize,
    /// The length of one, in seconds.
    pub(crate) dt: f64,
    /// In which step a spike acts.
    pub(crate) spike_step: SpikeStep,
}

impl Grid {
    /// A grid on which a spike acts in the step that it falls into.
    pub(crate) fn new(steps: usize, dt: f64) -> Self {
        Self { steps, dt, spike_step: SpikeStep::Floor }
    }
}

impl Bound {
    /// Returns how many numbers of frames and spikes it holds.
    pub(crate) fn numbers(&self) -> usize {
        let of_signal = |signal: &Signal| match signal {
            Signal::Spikes { spikes, .. } => spikes.len(),
            Signal::Current { values, .. } | Signal::Frames { values, .. } => values.len(),
        };
        self.samples.iter().flat_map(|sample| sample.signals.values()).map(of_signal).sum()
    }

    /// What has to be said about the stimuli for a run of so many seconds: Inputs whose stimuli end
    /// at different times, and spikes that come too late.
    ///
    /// On a grid a spike comes too late behind the last whole step; in continuous time at the end. `dt` is the length of a
    /// frame in continuous time.
    #[must_use]
    pub(crate) fn notes(&self, duration: f64, grid: Option<Grid>, dt: Option<f64>) -> Vec<String> {
        let mut notes = self.doubts.clone();
        notes.extend(self.told.iter().cloned());
        notes.extend(clipped(self.clipped));
        if let Some((first, length)) = self.lengths.first()
            && let Some((other, differs)) = self.lengths.iter().find(|(_, other)| other != length)
        {
            notes.push(format!(
                "the stimulus of `{first}` lasts {length}, that of `{other}` {differs}; nothing enters after the end of each"
            ));
        }
        let (end, is_late): (f64, Box<dyn Fn(f64) -> bool>) = match grid {
            Some(Grid { steps, dt, spike_step }) => {
                let end = duration.min(steps as f64 * dt);
                (end, Box::new(move |time| spike_step.of(time / dt) >= steps))
            }
            None => (duration, Box::new(move |time| is_late(time, duration, dt))),
        };
        let last = end;
        let end = Shortest(end);
        let taken = grid.map(|grid| grid.steps).or_else(|| dt.map(|dt| frames_until(duration, dt)));
        if let (Some(frames), Some(taken)) = (self.steps, taken)
            && taken < frames
        {
            let left = frames - taken;
            notes.push(format!(
                "{left} of {frames} frames come at or after the end at {end} s and are left out"
            ));
        }
        let mut late: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (name, signal) in self.samples.iter().flat_map(|sample| &sample.signals) {
            let (what, count) = match signal {
                Signal::Spikes { spikes, .. } => {
                    ("spike", spikes.iter().filter(|spike| is_late(spike.time)).count())
                }
                Signal::Current { breakpoints, .. } => {
                    // One at the end itself closes a course, and changes nothing.
                    let is_behind = |time: &&f64| is_late(**time) && **time > last;
                    ("breakpoint", breakpoints.iter().filter(is_behind).count())
                }
                Signal::Frames { .. } => continue,
            };
            *late.entry((name, what)).or_default() += count;
        }
        for ((name, what), count) in late.into_iter().filter(|(_, count)| *count > 0) {
            let (plural, come, are) =
                if count == 1 { ("", "comes", "is") } else { ("s", "come", "are") };
            notes.push(format!(
                "{count} {what}{plural} for `{name}` {come} at or after the end at {end} s and {are} left out"
            ));
        }
        notes
    }
}

/// What is said of events that windows leave out.
pub(crate) fn clipped(events: u64) -> Option<String> {
    let words = "left out, as their channels have more in a window than are counted";
    match events {
        0 => None,
        1 => {
            Some(format!("1 event is {}", words.replace("their channels have", "its channel has")))
        }
        events => Some(format!("{events} events are {words}")),
    }
}

/// Whether what enters at a time comes too late for a run of so many seconds, in which frames have the length `dt`.
pub(crate) fn is_late(time: f64, duration: f64, dt: Option<f64>) -> bool {
    match dt {
        Some(dt) => snapped(time / dt) >= snapped(duration / dt),
        None => time >= duration,
    }
}

/// How many frames of the length `dt` begin before the end.
pub(crate) fn frames_until(duration: f64, dt: f64) -> usize {
    snapped(duration / dt).ceil() as usize
}

/// Names and shapes of the Inputs of a graph.
#[must_use]
pub(crate) fn inputs(graph: &Graph, facts: &Facts) -> Vec<(String, Vec<usize>)> {
    let inputs = facts.inputs(graph).map(|id| facts.leaf(id));
    inputs.map(|leaf| (leaf.name.clone(), leaf.output.clone())).collect()
}
