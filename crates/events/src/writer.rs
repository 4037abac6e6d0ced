//! Writes a recording, a stretch at a time.

use std::io::{Seek, Write};

use crate::error::WriteError;
use crate::format::{Compression, Encode};
use crate::{Event, Format, Size};

/// What recordings are written to: some formats fill in at the end how much there is.
pub trait Sink: Write + Seek {}

impl<S: Write + Seek + ?Sized> Sink for S {}

/// What is said about a recording that is written.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// The size of the sensor.
    pub size: Option<Size>,
    /// How packets of AEDAT 4.0 are compressed.
    pub compression: Compression,
}

/// A recording that is being written.
pub struct Writer<'a> {
    out: &'a mut dyn Sink,
    encoder: Box<dyn Encode>,
    events: u64,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("events", &self.events).finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    /// Begins a recording.
    ///
    /// # Errors
    ///
    /// A format that is not written, or that needs a size where none is given; what the system refuses.
    pub fn new(
        out: &'a mut dyn Sink,
        format: Format,
        options: &WriteOptions,
    ) -> Result<Self, WriteError> {
        let encoder = format.encoder(out, options)?;
        Ok(Self { out, encoder, events: 0 })
    }

    /// Writes events.
    ///
    /// # Errors
    ///
    /// The first event that the format has no room for; what the system refuses.
    pub fn write(&mut self, events: &[Event]) -> Result<(), WriteError> {
        self.encoder.encode(self.out, events, self.events)?;
        self.events += events.len() as u64;
        Ok(())
    }

    /// Completes the recording, and returns how many events it has.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        self.encoder.finish(self.out, self.events)?;
        self.out.flush()?;
        Ok(self.events)
    }
}
