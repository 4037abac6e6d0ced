//! Keeps a rectangle of the sensor.

use super::Filter;
use crate::{Event, ReadError, Size};

/// Keeps the events of a rectangle; its corner becomes column 0 and row 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Its first column.
    pub x: u16,
    /// Its first row.
    pub y: u16,
    /// Its columns and rows.
    pub size: Size,
}

impl Filter for Crop {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        let Self { x, y, size } = *self;
        events.retain_mut(|event| {
            let (Some(column), Some(row)) = (event.x.checked_sub(x), event.y.checked_sub(y)) else {
                return false;
            };
            (event.x, event.y) = (column, row);
            column < size.width && row < size.height
        });
        Ok(())
    }

    fn size(&self, _size: Option<Size>) -> Option<Size> {
        Some(self.size)
    }

    fn words(&self) -> String {
        let Self { x, y, size } = self;
        format!("crop {} x {} pixels at column {x}, row {y}", size.width, size.height)
    }
}
