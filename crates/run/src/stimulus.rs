//! What enters a graph: one signal for each Input node.

use std::collections::BTreeMap;

/// Signals by the name of the Input node that they enter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stimulus {
    /// The signals. Every Input of the graph needs one.
    pub signals: BTreeMap<String, Signal>,
}

/// One signal. Channels are numbered in C order of the Input's shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// Spikes at their own times.
    Spikes {
        /// Number of channels.
        channels: usize,
        /// The spikes, in ascending order of time.
        spikes: Vec<Spike>,
    },
    /// A current that is constant between breakpoints.
    Current {
        /// Number of channels.
        channels: usize,
        /// Instants in seconds, ascending; the current is 0 before the first.
        breakpoints: Vec<f64>,
        /// `values[k * channels + c]` holds for channel `c` from breakpoint `k` to the next, the
        /// last to the end.
        values: Vec<f64>,
    },
    /// One frame a step: what the Input puts out in each step of a grid.
    ///
    /// Without a grid, whole numbers of spikes act at the start of their step and other numbers
    /// are a current for the length of a step.
    Frames {
        /// Number of channels.
        channels: usize,
        /// `values[t * channels + c]` is channel `c` in step `t`.
        values: Vec<f64>,
        /// Whether the numbers count spikes (integer or truth-value data) or are a current.
        counts: bool,
    },
}

/// A spike of the stimulus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// Time in seconds.
    pub time: f64,
    /// Channel in C order.
    pub channel: usize,
    /// How many spikes it counts for; any real number for valued events.
    pub value: f64,
}

impl Signal {
    /// Number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        match self {
            Self::Spikes { channels, .. }
            | Self::Current { channels, .. }
            | Self::Frames { channels, .. } => *channels,
        }
    }
}

/// What is wrong with a stimulus.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StimulusError {
    /// An Input has no signal.
    #[error("the Input `{input}` has no signal; the stimulus names {named:?}")]
    Missing {
        /// Name of the Input.
        input: String,
        /// Names in the stimulus.
        named: Vec<String>,
    },
    /// A signal enters no Input.
    #[error("the stimulus names `{name}`, which is no Input; the Inputs are {inputs:?}")]
    Unknown {
        /// Name in the stimulus.
        name: String,
        /// Names of the Inputs.
        inputs: Vec<String>,
    },
    /// A signal has another number of channels than its Input.
    #[error("the signal of `{input}` has {found} channels, the Input has {expected}")]
    Channels {
        /// Name of the Input.
        input: String,
        /// Channels of the signal.
        found: usize,
        /// Channels of the Input.
        expected: usize,
    },
    /// A spike is on a channel that does not exist.
    #[error("spike {spike} of `{input}` is on channel {channel} of {channels}")]
    Channel {
        /// Name of the Input.
        input: String,
        /// Position of the spike in the list.
        spike: usize,
        /// Its channel.
        channel: usize,
        /// Number of channels.
        channels: usize,
    },
    /// A number is NaN or infinite.
    #[error("number {index} of the {what} of `{input}` is {value}; it must be finite")]
    NotFinite {
        /// Name of the Input.
        input: String,
        /// Which numbers: `times`, `values`, `breakpoints`.
        what: &'static str,
        /// Position of the number.
        index: usize,
        /// The number.
        value: f64,
    },
    /// A time lies before the start, or before the one that precedes it in the list.
    #[error(
        "number {index} of the {what} of `{input}` is {time} s, before {limit} s; sort the times"
    )]
    Order {
        /// Name of the Input.
        input: String,
        /// Which numbers: `times`, `breakpoints`.
        what: &'static str,
        /// Position of the time.
        index: usize,
        /// The time in seconds.
        time: f64,
        /// The time in seconds that it must not precede.
        limit: f64,
    },
    /// There are more or fewer values than the other lengths ask for.
    #[error(
        "the signal of `{input}` has {found} values, not a multiple of its {channels} channels \
             that fits its {pieces} pieces"
    )]
    Values {
        /// Name of the Input.
        input: String,
        /// Number of values.
        found: usize,
        /// Number of channels.
        channels: usize,
        /// Number of pieces or frames.
        pieces: usize,
    },
    /// Spikes of the stimulus reach a Threshold as impulses.
    #[error(
        "the spikes of `{input}` reach a Threshold as impulses, which have no level; \
         read spikes as pulses or give a current"
    )]
    ImpulseIntoThreshold {
        /// Name of the Input.
        input: String,
    },
}

impl Stimulus {
    /// Everything that is wrong with the stimulus for Inputs of these names and numbers of channels.
    #[must_use]
    pub fn check(&self, inputs: &[(&str, usize)]) -> Vec<StimulusError> {
        let mut errors = Vec::new();
        for name in self.signals.keys().filter(|name| !inputs.iter().any(|(n, _)| n == name)) {
            let inputs = inputs.iter().map(|&(name, _)| name.to_owned()).collect();
            errors.push(StimulusError::Unknown { name: name.clone(), inputs });
        }
        for &(input, expected) in inputs {
            match self.signals.get(input) {
                Some(signal) if signal.channels() == expected => signal.check(input, &mut errors),
                Some(signal) => errors.push(StimulusError::Channels {
                    input: input.to_owned(),
                    found: signal.channels(),
                    expected,
                }),
                None => errors.push(StimulusError::Missing {
                    input: input.to_owned(),
                    named: self.signals.keys().cloned().collect(),
                }),
            }
        }
        errors
    }
}

impl Signal {
    /// Adds what is wrong with the signal by itself; the first fault of each list.
    fn check(&self, input: &str, errors: &mut Vec<StimulusError>) {
        match self {
            Self::Spikes { channels, spikes } => {
                let times: Vec<f64> = spikes.iter().map(|spike| spike.time).collect();
                let values: Vec<f64> = spikes.iter().map(|spike| spike.value).collect();
                check_times(input, "times", &times, errors);
                check_finite(input, "values", &values, errors);
                if let Some(spike) = spikes.iter().position(|spike| spike.channel >= *channels) {
                    errors.push(StimulusError::Channel {
                        input: input.to_owned(),
                        spike,
                        channel: spikes[spike].channel,
                        channels: *channels,
                    });
                }
            }
            Self::Current { channels, breakpoints, values } => {
                check_times(input, "breakpoints", breakpoints, errors);
                check_finite(input, "values", values, errors);
                check_len(input, values.len(), *channels, breakpoints.len(), errors);
            }
            Self::Frames { channels, values, .. } => {
                check_finite(input, "values", values, errors);
                let frames = values.len() / (*channels).max(1);
                check_len(input, values.len(), *channels, frames, errors);
            }
        }
    }
}

fn check_finite(input: &str, what: &'static str, numbers: &[f64], errors: &mut Vec<StimulusError>) {
    // All of them without a way out first, so that many are looked at together.
    if numbers.iter().fold(0, |any, number| any | u8::from(!number.is_finite())) == 0 {
        return;
    }
    if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
        let (input, value) = (input.to_owned(), numbers[index]);
        errors.push(StimulusError::NotFinite { input, what, index, value });
    }
}

/// Times must be finite, at least 0 and in order.
fn check_times(input: &str, what: &'static str, times: &[f64], errors: &mut Vec<StimulusError>) {
    check_finite(input, what, times, errors);
    let mut limit = 0.0;
    for (index, &time) in times.iter().enumerate() {
        if time < limit {
            errors.push(StimulusError::Order { input: input.to_owned(), what, index, time, limit });
            return;
        }
        limit = time;
    }
}

fn check_len(
    input: &str,
    found: usize,
    channels: usize,
    pieces: usize,
    errors: &mut Vec<StimulusError>,
) {
    if found != channels * pieces {
        errors.push(StimulusError::Values { input: input.to_owned(), found, channels, pieces });
    }
}
