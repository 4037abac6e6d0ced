//! The entries of metadata that nirkit reads: one list for whoever reads, compares, scales or doubts them.

use super::{dt, reset, spike, unit};
use crate::value::{Fields, Value};

/// The entry of a node's metadata with the scale of the integers that its weights are; chips read it.
pub const WEIGHT_SCALE: &str = "quant_weight_scale";

/// An entry of the metadata of a graph that answers an open question.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// What it has to say, as part of a sentence.
    pub wanted: &'static str,
    /// Whether its number is a time. With time in another unit, or slower, it is another number.
    pub is_time: bool,
    read: fn(&Value) -> Option<Said>,
    /// What is taken where the entry is absent, if that is the same as saying it.
    absent: Option<&'static str>,
}

/// What an entry says, however it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The word; empty for a number alone.
    pub word: String,
    /// The number, if it has one.
    pub number: Option<f64>,
}

impl Said {
    /// What is said in a word.
    pub(super) fn word(word: &str) -> Self {
        Self { word: word.to_owned(), number: None }
    }
}

/// The entries of the metadata of a graph that are read.
pub const ENTRIES: [Entry; 4] = [
    Entry {
        name: "dt",
        wanted: "a number of seconds above 0",
        is_time: true,
        read: dt::said,
        absent: None,
    },
    Entry {
        name: "reset",
        wanted: "`v_reset`, `zero` or `subtract`",
        is_time: false,
        read: reset::said,
        absent: None,
    },
    Entry {
        name: "spike",
        wanted: "`impulse:AREA` or `pulse:SECONDS`",
        is_time: true,
        read: spike::said,
        absent: None,
    },
    Entry {
        name: unit::ENTRY,
        wanted: "`s` or `ms`",
        is_time: false,
        read: unit::said,
        absent: Some("s"),
    },
];

impl Entry {
    /// The entry of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        ENTRIES.iter().find(|entry| entry.name == name)
    }

    /// What a value says; `None` where it is not understood.
    #[must_use]
    pub fn said(&self, value: &Value) -> Option<Said> {
        (self.read)(value)
    }

    /// What metadata say, or say by being silent.
    #[must_use]
    pub fn said_by(&self, metadata: &Fields) -> Option<Said> {
        match metadata.get(self.name) {
            Some(value) => self.said(value),
            None => self.absent.map(Said::word),
        }
    }
}
