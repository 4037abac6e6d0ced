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
