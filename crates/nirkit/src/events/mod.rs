//! Recordings of event cameras and cochleae: what is in them, and from one format to another.
//!
//! The formats are read and written by [`nirkit_events`], whose items stand here too.
//!
//! ```no_run
//! use nirkit::events::{self, ReadOptions};
//!
//! let info = events::info("recording.aedat4".as_ref(), &ReadOptions::default(), &|_, _| ())?;
//! println!("{} events in {} s", info.events, info.duration);
//! # Ok::<(), nirkit::Error>(())
//! ```

mod convert;
mod convert_samples;
mod filters;
mod info;
mod info_samples;
mod picture;
mod samples;

use std::path::Path;

pub use convert::{Conversion, Converted, PolarityChoice, Step, Written, convert, format_of_name};
pub use convert_samples::{ConvertedSamples, convert_samples};
pub use info::{HistogramInfo, Info, info};
pub use info_samples::{ClassInfo, SamplesInfo, Spread, info_samples};
pub use nirkit_events::*;
pub use picture::{draw, draw_samples};
pub use samples::Samples;
pub(crate) use samples::{check_chosen, is_hdf5};

use crate::suggest;
use crate::{Error, ErrorKind};

/// Told how much was read, and how much there is.
pub type Watch<'a> = &'a dyn Fn(u64, u64);

/// Opens a recording.
///
/// # Errors
///
/// A file that cannot be opened, or is no recording that is read.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Reader, Error> {
    Reader::open(path, options).map_err(|error| of_read(&error, path))
}

/// The error of a recording that cannot be read.
fn of_read(error: &ReadError, path: &Path) -> Error {
    let kind = match &error {
        ReadError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => ErrorKind::Missing,
        _ => ErrorKind::Read,
    };
    let made = Error::new(error.to_string()).of_kind(kind).in_file(path);
    match error.help() {
        Some(help) => made.help(help),
        None => suggest::with_file(made, path, &Format::ALL.map(Format::endings)),
    }
}

/// The error of a recording that cannot be written.
fn of_write(error: &WriteError, path: &Path) -> Error {
    let made = Error::new(error.to_string()).of_kind(ErrorKind::Write).in_file(path);
    match error.help() {
        Some(help) => made.help(help),
        None => made,
    }
}
