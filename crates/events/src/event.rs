//! One event of a sensor.

/// A change that a pixel saw, or a spike of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Event {
    /// The time in microseconds, on the clock of the file; wrap-around of the counter is undone.
    pub t: i64,
    /// The column, counted from the left, or the channel.
    pub x: u16,
    /// The row, counted as the file counts ([`crate::YOrigin`]); 0 for channels.
    pub y: u16,
    /// Whether the pixel became brighter.
    pub on: bool,
}

impl Event {
    /// Makes an event.
    #[must_use]
    pub fn new(t: i64, x: u16, y: u16, on: bool) -> Self {
        Self { t, x, y, on }
    }
}
