//! Recordings of event cameras and cochleae, read and written a stretch at a time.
//!
//! [`Reader`] tells a format by its content, gives [`Event`]s with times in microseconds, and notes everything that is
//! skipped, damaged, or out of order ([`Finding`]). [`About`] says what the file states and what was chosen in reading it.
//! Memory does not grow with the length of a file. [`Writer`] writes the formats that have a use for exchange; [`filter`]
//! picks events, [`Summary`] counts them.
//!
//! ```
//! use nirkit_events::{Event, Format, Reader, WriteOptions, Writer};
//!
//! let events = [Event::new(10, 3, 4, true), Event::new(25, 5, 6, false)];
//! let mut file = std::io::Cursor::new(Vec::new());
//! let mut writer = Writer::new(&mut file, Format::Csv, &WriteOptions::default())?;
//! writer.write(&events)?;
//! writer.finish()?;
//!
//! let mut reader = Reader::of_bytes(file.into_inner(), &Default::default())?;
//! assert_eq!(reader.read_all(100)?, events);
//! assert!(reader.findings().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod about;
mod clock;
mod detect;
mod error;
mod event;
pub mod filter;
mod finding;
mod format;
mod input;
mod reader;
mod summary;
mod writer;

pub use about::{About, LikelyUnit, Size, TimeUnit, YOrigin};
pub use error::{ReadError, WriteError};
pub use event::Event;
pub use finding::{Finding, Kind, Place};
pub use format::{Camera, Compression, Format, ROW, fill_rows};
pub use input::Source;
pub use reader::{ReadOptions, Reader};
pub use summary::{Histogram, Summary};
pub use writer::{Sink, WriteOptions, Writer};
