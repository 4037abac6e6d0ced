//! Picks and changes events, a stretch at a time. Each filter says what it does and how many events it took out.

mod crop;
mod downsample;
mod flip;
mod grid;
mod hot_pixels;
mod polarity;
mod rebase;
mod refractory;
mod time_window;

pub use crop::Crop;
pub use downsample::Downsample;
pub use flip::FlipY;
pub use grid::Grid;
pub use hot_pixels::HotPixels;
pub use polarity::Polarity;
pub use rebase::Rebase;
pub use refractory::Refractory;
pub use time_window::TimeWindow;

use crate::{Event, ReadError, Size};

/// Picks or changes events.
pub trait Filter {
    /// Applies it to events that follow those before.
    ///
    /// # Errors
    ///
    /// Places that are spread too far apart for what the filter has to remember.
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError>;

    /// Returns the size of the sensor after it.
    fn size(&self, size: Option<Size>) -> Option<Size> {
        size
    }

    /// Returns what it does, in words.
    fn words(&self) -> String;
}

/// Filters one after the other.
#[derive(Default)]
pub struct Chain(Vec<(Box<dyn Filter>, u64)>);

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(filter, removed)| (filter.words(), removed)))
            .finish()
    }
}

impl Chain {
    /// Adds a filter at the end.
    pub fn push(&mut self, filter: impl Filter + 'static) {
        self.0.push((Box::new(filter), 0));
    }

    /// Applies all filters.
    ///
    /// # Errors
    ///
    /// Those of the filters.
    pub fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        for (filter, removed) in &mut self.0 {
            let before = events.len();
            filter.apply(events)?;
            *removed += (before - events.len()) as u64;
        }
        Ok(())
    }

    /// Returns the size of the sensor after all filters.
    #[must_use]
    pub fn size(&self, size: Option<Size>) -> Option<Size> {
        self.0.iter().fold(size, |size, (filter, _)| filter.size(size))
    }

    /// Returns what each filter does, and how many events it took out.
    pub fn done(&self) -> impl Iterator<Item = (String, u64)> {
        self.0.iter().map(|(filter, removed)| (filter.words(), *removed))
    }
}

/// The error of a filter that cannot remember as many pixels.
fn too_many_pixels() -> ReadError {
    ReadError::Limit {
        what: "the places of the events are spread over too many pixels; crop them first"
            .to_owned(),
        limit: grid::MOST as u64,
    }
}
