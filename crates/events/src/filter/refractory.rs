//! Takes out events that follow another of their pixel too soon.

use super::{Filter, Grid, too_many_pixels};
use crate::{Event, ReadError};

/// Takes out events that come less than a time after the last one of their pixel that was kept, of either polarity.
#[derive(Clone, Debug)]
pub struct Refractory {
    period: i64,
    last: Grid<Option<i64>>,
}

impl Refractory {
    /// Takes out events that come less than so many microseconds after the last one.
    #[must_use]
    pub fn new(period: i64) -> Self {
        Self { period, last: Grid::default() }
    }
}

impl Filter for Refractory {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        let mut is_too_large = false;
        events.retain(|event| {
            let Some(last) = self.last.at(event.x, event.y) else {
                is_too_large = true;
                return true;
            };
            // Time that goes back begins anew.
            let is_kept = last
                .is_none_or(|last| event.t < last || event.t.saturating_sub(last) >= self.period);
            if is_kept {
                *last = Some(event.t);
            }
            is_kept
        });
        if is_too_large { Err(too_many_pixels()) } else { Ok(()) }
    }

    fn words(&self) -> String {
        format!(
            "refractory: events less than {} s after the last of their pixel",
            self.period as f64 / 1e6
        )
    }
}
