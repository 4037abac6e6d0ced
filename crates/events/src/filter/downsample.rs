//! Makes one pixel of a square of pixels.

use super::Filter;
use crate::{Event, ReadError, Size};

/// Makes one pixel of a square; every event stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downsample {
    /// Columns and rows of the square.
    pub factor: std::num::NonZeroU16,
}

impl Filter for Downsample {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        for event in events {
            event.x /= self.factor;
            event.y /= self.factor;
        }
        Ok(())
    }

    fn size(&self, size: Option<Size>) -> Option<Size> {
        let factor = self.factor.get();
        size.map(|Size { width, height }| Size {
            width: width.div_ceil(factor),
            height: height.div_ceil(factor),
        })
    }

    fn words(&self) -> String {
        let factor = self.factor;
        format!("downsample: one pixel of {factor} x {factor}")
    }
}
