//! Keeps a stretch of time.

use super::Filter;
use crate::{Event, ReadError};

/// Keeps events from one time on and before another, both counted from the first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindow {
    from: i64,
    to: i64,
    first: Option<i64>,
}

impl TimeWindow {
    /// Keeps events from `from` on and before `to`, in microseconds since the first event.
    #[must_use]
    pub fn new(from: i64, to: i64) -> Self {
        Self { from, to, first: None }
    }
}

impl Filter for TimeWindow {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        let Some(event) = events.first() else { return Ok(()) };
        let first = *self.first.get_or_insert(event.t);
        events.retain(|event| (self.from..self.to).contains(&event.t.saturating_sub(first)));
        Ok(())
    }

    fn words(&self) -> String {
        let [from, to] = [self.from, self.to].map(|time| time as f64 / 1e6);
        format!("time window from {from} s on and before {to} s after the first event")
    }
}
