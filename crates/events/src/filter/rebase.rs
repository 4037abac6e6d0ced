//! Lets times begin at 0.

use super::Filter;
use crate::{Event, ReadError};

/// Takes the time of the first event from all times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebase {
    first: Option<i64>,
}

impl Filter for Rebase {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        let Some(event) = events.first() else { return Ok(()) };
        let first = *self.first.get_or_insert(event.t);
        for event in events {
            event.t = event.t.saturating_sub(first);
        }
        Ok(())
    }

    fn words(&self) -> String {
        match self.first {
            Some(first) => format!("rebase: {first} us are taken from all times"),
            None => "rebase: times begin at 0".to_owned(),
        }
    }
}
