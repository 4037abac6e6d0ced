//! Keeps events of one polarity, or forgets polarities.

use super::Filter;
use crate::{Event, ReadError};

/// Keeps events of one polarity, or forgets polarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// Keeps events that are ON.
    On,
    /// Keeps events that are OFF.
    Off,
    /// Makes every event ON.
    Merge,
}

impl Filter for Polarity {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        match self {
            Self::On => events.retain(|event| event.on),
            Self::Off => events.retain(|event| !event.on),
            Self::Merge => events.iter_mut().for_each(|event| event.on = true),
        }
        Ok(())
    }

    fn words(&self) -> String {
        match self {
            Self::On => "keep events that are ON",
            Self::Off => "keep events that are OFF",
            Self::Merge => "merge polarities: every event becomes ON",
        }
        .to_owned()
    }
}
