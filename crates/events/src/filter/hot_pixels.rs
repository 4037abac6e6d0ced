//! Takes out pixels that fire all the time.

use std::collections::BTreeSet;

use super::Filter;
use crate::{Event, ReadError, Summary};

/// Takes out the events of pixels whose mean rate over the recording is above a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct HotPixels {
    pixels: BTreeSet<(u16, u16)>,
    rate: f64,
}

impl HotPixels {
    /// Takes out pixels with more than so many events in a second, as a recording was counted; `None` where its pixels were
    /// too many to be counted.
    #[must_use]
    pub fn of(summary: &Summary, rate: f64) -> Option<Self> {
        let duration = summary.duration();
        let is_hot = |count: u32| duration > 0.0 && f64::from(count) / duration > rate;
        let cells = summary.pixels.as_ref()?.cells();
        let hot = cells.filter(|(_, _, count)| is_hot(**count)).map(|(x, y, _)| (x, y));
        Some(Self { pixels: hot.collect(), rate })
    }
}

impl Filter for HotPixels {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        events.retain(|event| !self.pixels.contains(&(event.x, event.y)));
        Ok(())
    }

    fn words(&self) -> String {
        format!("hot pixels: {} with more than {} events in a second", self.pixels.len(), self.rate)
    }
}
