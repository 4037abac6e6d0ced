//! How a stimulus is read, as options.

use std::num::NonZeroU32;
use std::ops::Range;

use clap::{Args as ClapArgs, ValueEnum};
use nirkit::stimulus::{EventUnit, Window};
use nirkit::{Frames, seconds};

/// How the numbers of a stimulus are read.
#[derive(Debug, ClapArgs)]
pub(crate) struct ReadingArgs {
    /// What the numbers of a frame are
    #[arg(long, value_enum, default_value = "auto", requires = "input")]
    pub(crate) frames: FramesName,
    /// Unit of the times of events in a .npy or .csv table; if not given, whole numbers are us, others s
    #[arg(long, value_enum, value_name = "UNIT", requires = "input")]
    pub(crate) event_times: Option<EventTimes>,
    /// Count the events of each channel in windows of this length; without it, each keeps its own time
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "input")]
    pub(crate) window: Option<f64>,
    /// The most that a channel counts in a window; 1 takes events as yes or no
    #[arg(long, value_name = "N", requires = "window")]
    pub(crate) window_most: Option<NonZeroU32>,
    /// Samples that are taken of a file with a list of spikes for each of many (SHD): 7, 0:100
    #[arg(long, value_name = "N|FROM:TO", value_parser = sample_range, requires = "input")]
    pub(crate) samples: Option<Range<usize>>,
}

impl ReadingArgs {
    /// How events are counted in windows.
    pub(crate) fn window(&self) -> Option<Window> {
        self.window.map(|seconds| Window { seconds, most: self.window_most })
    }
}

/// Samples, counted from 0: one, `7`, or from one on and before another, `0:100`.
pub(crate) fn sample_range(text: &str) -> Result<Range<usize>, String> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number < usize::MAX);
    let range = match text.split_once(':') {
        None => number(text).map(|one| one..one + 1),
        Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| from..to),
    };
    range.filter(|range| !range.is_empty()).ok_or_else(|| {
        "give the number of a sample, counted from 0, or from which on and before which: 7, 0:100"
            .to_owned()
    })
}

/// Units of the times of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventTimes {
    /// Seconds
    S,
    /// Milliseconds
    Ms,
    /// Microseconds
    Us,
    /// Nanoseconds
    Ns,
}

impl From<EventTimes> for EventUnit {
    fn from(unit: EventTimes) -> Self {
        match unit {
            EventTimes::S => Self::Seconds,
            EventTimes::Ms => Self::Milliseconds,
            EventTimes::Us => Self::Microseconds,
            EventTimes::Ns => Self::Nanoseconds,
        }
    }
}

/// What the numbers of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FramesName {
    /// Spikes if all numbers are counts, else a current
    Auto,
    /// Numbers of spikes
    Spikes,
    /// A current for the length of a step
    Current,
}

impl From<FramesName> for Frames {
    fn from(name: FramesName) -> Self {
        match name {
            FramesName::Auto => Self::Auto,
            FramesName::Spikes => Self::Spikes,
            FramesName::Current => Self::Current,
        }
    }
}
