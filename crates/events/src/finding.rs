//! What was noticed in a recording: what was skipped, where time jumps, where the file is damaged.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// A kind of thing that is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The file ends in the middle of something.
    Truncated,
    /// Something cannot be read, and was passed over.
    Damaged,
    /// Words that the format does not define, or that cannot be placed in time or space.
    Unknown,
    /// Time goes back from one event to the next.
    Backwards,
    /// Times before 0.
    Negative,
    /// Coordinates outside the sensor.
    OutOfRange,
    /// The unit of the times follows from their values, and another one is as likely.
    DoubtfulUnit,
    /// Numbers that were rounded to whole microseconds.
    Rounded,
    /// The counter of time wrapped around, and was continued.
    Wrapped,
    /// Data of another kind than events: triggers, frames, samples of an inertial sensor.
    OtherData,
}

impl Kind {
    /// Whether it puts the events in doubt. Wrap-around, rounding and data of other kinds do not.
    #[must_use]
    pub fn is_warning(self) -> bool {
        !matches!(self, Self::Wrapped | Self::Rounded | Self::OtherData)
    }
}

/// Something noticed, with how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// What it is.
    pub what: String,
    /// How often it was met.
    pub count: u64,
    /// Where it was met first.
    pub first: Place,
}

/// A place in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A byte of the file.
    Byte(u64),
    /// An event, counted from 0.
    Event(u64),
    /// A line of a text, counted from 1.
    Line(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(at) => write!(f, "byte {at}"),
            Self::Event(at) => write!(f, "event {at}"),
            Self::Line(at) => write!(f, "line {at}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(f, "{}, at {}", self.what, self.first),
            count => write!(f, "{}: {count} times, first at {}", self.what, self.first),
        }
    }
}

/// Different things that are kept apart; files choose some of the words.
const MOST: usize = 256;

/// Everything noticed so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings(BTreeMap<(Kind, String), (u64, Place)>);

impl Findings {
    /// Notes something.
    pub(crate) fn add(&mut self, kind: Kind, what: &str, first: Place) {
        self.add_many(kind, what, 1, first);
    }

    /// Notes something that was met several times.
    pub(crate) fn add_many(&mut self, kind: Kind, what: &str, count: u64, first: Place) {
        if count == 0 {
            return;
        }
        let full = self.0.len() >= MOST;
        let key = (kind, what.to_owned());
        let known = self.0.contains_key(&key);
        let key = if full && !known { (kind, "more of this kind".to_owned()) } else { key };
        self.0.entry(key).or_insert((0, first)).0 += count;
    }

    /// Returns everything noticed, the gravest first.
    pub(crate) fn list(&self) -> Vec<Finding> {
        let finding = |((kind, what), (count, first)): (&(Kind, String), &(u64, Place))| Finding {
            kind: *kind,
            what: what.clone(),
            count: *count,
            first: *first,
        };
        self.0.iter().map(finding).collect()
    }
}

/// Counts of words by a small number, which are named when a stretch is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally<const N: usize>([(u64, u64); N]);

impl<const N: usize> Default for Tally<N> {
    fn default() -> Self {
        Self([(0, 0); N])
    }
}

impl<const N: usize> Tally<N> {
    /// Counts a word at a byte of the file.
    pub(crate) fn count(&mut self, word: usize, at: u64) {
        if let Some((count, first)) = self.0.get_mut(word) {
            *first = if *count == 0 { at } else { *first };
            *count += 1;
        }
    }

    /// Hands the counts over to the findings.
    pub(crate) fn tell(
        &mut self,
        findings: &mut Findings,
        name: impl Fn(usize) -> (Kind, &'static str),
    ) {
        for (word, (count, first)) in self.0.iter_mut().enumerate() {
            if *count > 0 {
                let (kind, what) = name(word);
                findings.add_many(kind, what, *count, Place::Byte(*first));
                *count = 0;
            }
        }
    }
}
