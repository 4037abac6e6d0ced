//! The stimulus in the order of time.

use super::program::Plan;
use nirkit_run::stimulus::{Signal, Spike, Stimulus};

/// What enters at all Inputs.
#[derive(Clone, Debug)]
pub(super) struct InputSource(Vec<Train>);

/// What enters at one Input.
#[derive(Clone, Debug)]
struct Train {
    /// The Input's node.
    node: usize,
    course: Course,
}

#[derive(Clone, Debug)]
enum Course {
    Spikes(Vec<Spike>),
    /// Instants, and the currents of all channels from each of them on.
    Current(Vec<f64>, Vec<Vec<f64>>),
}

/// Something that enters a channel at an instant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// Spikes.
    Spike(f64),
    /// A current in the place of another.
    Current { old: f64, new: f64 },
}

impl InputSource {
    /// The signals of a stimulus that was found sound. Frames become spikes at the start of their
    /// step, or a current that ends with the last step.
    pub(super) fn new(plan: &Plan, stimulus: &Stimulus) -> Self {
        let inputs = plan.nodes.iter().enumerate().filter(|(_, node)| node.is_input);
        let train = |(at, node): (usize, &super::program::Node)| {
            let course = Course::of(stimulus.signals.get(&node.name)?, plan.options.step);
            Some(Train { node: at, course })
        };
        Self(inputs.filter_map(train).collect())
    }

    /// Where each train stands at the start.
    pub(super) fn start(&self) -> Vec<usize> {
        vec![0; self.0.len()]
    }

    /// The next instant at which something enters.
    pub(super) fn next(&self, cursors: &[usize]) -> f64 {
        let times = self.0.iter().zip(cursors).map(|(train, &at)| train.course.time(at));
        times.fold(f64::INFINITY, f64::min)
    }

    /// Appends everything that enters up to an instant: node, channel and entry.
    pub(super) fn take(
        &self,
        cursors: &mut [usize],
        time: f64,
        entries: &mut Vec<(usize, usize, Entry)>,
    ) {
        for (train, at) in self.0.iter().zip(cursors) {
            while train.course.time(*at) <= time {
                let enter = |channel, entry| entries.push((train.node, channel, entry));
                train.course.enter(*at, enter);
                *at += 1;
            }
        }
    }
}

impl Course {
    fn of(signal: &Signal, step: f64) -> Self {
        match signal {
            Signal::Spikes { spikes, .. } => Self::Spikes(spikes.clone()),
            Signal::Current { channels, breakpoints, values } => {
                let rows = values.chunks_exact((*channels).max(1)).map(<[f64]>::to_vec);
                Self::Current(breakpoints.clone(), rows.collect())
            }
            Signal::Frames { channels, values, counts } => {
                let frames = values.chunks_exact((*channels).max(1)).enumerate();
                if *counts {
                    Self::counted(frames, step)
                } else {
                    Self::gridded(frames, *channels, step)
                }
            }
        }
    }

    fn counted<'a>(frames: impl Iterator<Item = (usize, &'a [f64])>, step: f64) -> Self {
        let spikes = frames.flat_map(|(k, frame)| {
            let spiking = frame.iter().enumerate().filter(|&(_, &value)| value != 0.0);
            spiking.map(move |(channel, &value)| Spike { time: k as f64 * step, channel, value })
        });
        Self::Spikes(spikes.collect())
    }

    fn gridded<'a>(
        frames: impl Iterator<Item = (usize, &'a [f64])>,
        channels: usize,
        step: f64,
    ) -> Self {
        let mut rows: Vec<Vec<f64>> = frames.map(|(_, frame)| frame.to_vec()).collect();
        rows.push(vec![0.0; channels]);
        Self::Current((0..rows.len()).map(|k| k as f64 * step).collect(), rows)
    }

    /// The instant of an entry; infinite past the last.
    fn time(&self, at: usize) -> f64 {
        let time = match self {
            Self::Spikes(spikes) => spikes.get(at).map(|spike| spike.time),
            Self::Current(breakpoints, _) => breakpoints.get(at).copied(),
        };
        time.unwrap_or(f64::INFINITY)
    }

    fn enter(&self, at: usize, mut visit: impl FnMut(usize, Entry)) {
        match self {
            Self::Spikes(spikes) => {
                let Some(spike) = spikes.get(at) else { return };
                visit(spike.channel, Entry::Spike(spike.value));
            }
            Self::Current(_, rows) => {
                let Some(row) = rows.get(at) else { return };
                for (channel, &new) in row.iter().enumerate() {
                    let old = at.checked_sub(1).map_or(0.0, |before| rows[before][channel]);
                    if old.to_bits() != new.to_bits() {
                        visit(channel, Entry::Current { old, new });
                    }
                }
            }
        }
    }
}
