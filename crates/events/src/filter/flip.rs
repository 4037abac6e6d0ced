//! Counts rows from the other side.

use super::Filter;
use crate::{Event, ReadError};

/// Counts rows from the other side of the sensor. Events outside the sensor are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlipY {
    /// Rows of the sensor.
    pub height: u16,
}

impl Filter for FlipY {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        events.retain_mut(|event| {
            let is_in = event.y < self.height;
            event.y = self.height.wrapping_sub(1).wrapping_sub(event.y);
            is_in
        });
        Ok(())
    }

    fn words(&self) -> String {
        format!("flip: rows count from the other side of {} rows", self.height)
    }
}
