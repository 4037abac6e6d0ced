//! The formats, a file each: how each is read, and how some are written.

pub(crate) mod address;
pub(crate) mod aedat2;
pub(crate) mod aedat3;
pub(crate) mod aedat4;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod dat;
pub(crate) mod event_stream;
pub(crate) mod evt2;
pub(crate) mod evt21;
pub(crate) mod evt3;
pub(crate) mod nmnist;
pub(crate) mod npy;
pub(crate) mod npz;
pub(crate) mod percent;
pub(crate) mod spike_list;

use std::io;

use serde::Serialize;

pub use address::Camera;
pub use aedat4::Compression;
pub use npy::{ROW, fill_rows};

use crate::error::{ReadError, WriteError};
use crate::finding::Findings;
use crate::input::Input;
use crate::reader::ReadOptions;
use crate::writer::{Sink, WriteOptions};
use crate::{About, Event};

/// A format of recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// AEDAT 1.0 of jAER: 16 bits of address, 32 bits of time.
    Aedat1,
    /// AEDAT 2.0 of jAER: 32 bits of address, 32 bits of time.
    Aedat2,
    /// AEDAT 3.1 of cAER: packets of typed events.
    Aedat3,
    /// AEDAT 4.0 of DV: compressed packets in flatbuffers.
    Aedat4,
    /// Prophesee EVT 2.0: words of 32 bits.
    Evt2,
    /// Prophesee EVT 2.1: words of 64 bits, 32 pixels each.
    Evt21,
    /// Prophesee EVT 3.0: words of 16 bits.
    Evt3,
    /// Prophesee DAT: decoded events of 64 bits.
    Dat,
    /// N-MNIST and N-Caltech101: events of 40 bits without a header.
    Nmnist,
    /// Event Stream 2.0.
    Es,
    /// A structured numpy array, as tonic has it.
    Npy,
    /// Structured numpy arrays, or an array for each column, in an archive.
    Npz,
    /// Text with a line that names the columns.
    Csv,
    /// A list of spikes of a file of HDF5 that holds one for each of many samples, as SHD and SSC.
    Shd,
}

impl Format {
    /// All formats of one recording a file.
    pub const ALL: [Self; 13] = [
        Self::Aedat1,
        Self::Aedat2,
        Self::Aedat3,
        Self::Aedat4,
        Self::Evt2,
        Self::Evt21,
        Self::Evt3,
        Self::Dat,
        Self::Nmnist,
        Self::Es,
        Self::Npy,
        Self::Npz,
        Self::Csv,
    ];

    /// Those that are written.
    pub const WRITTEN: [Self; 7] =
        [Self::Aedat4, Self::Evt2, Self::Evt3, Self::Dat, Self::Nmnist, Self::Npy, Self::Csv];

    /// Returns its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aedat1 => "aedat1",
            Self::Aedat2 => "aedat2",
            Self::Aedat3 => "aedat3",
            Self::Aedat4 => "aedat4",
            Self::Evt2 => "evt2",
            Self::Evt21 => "evt21",
            Self::Evt3 => "evt3",
            Self::Dat => "dat",
            Self::Nmnist => "nmnist",
            Self::Es => "es",
            Self::Npy => "npy",
            Self::Npz => "npz",
            Self::Csv => "csv",
            Self::Shd => "shd",
        }
    }

    /// Returns its title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Aedat1 => "AEDAT 1.0",
            Self::Aedat2 => "AEDAT 2.0",
            Self::Aedat3 => "AEDAT 3.1",
            Self::Aedat4 => "AEDAT 4.0",
            Self::Evt2 => "Prophesee EVT 2.0",
            Self::Evt21 => "Prophesee EVT 2.1",
            Self::Evt3 => "Prophesee EVT 3.0",
            Self::Dat => "Prophesee DAT",
            Self::Nmnist => "N-MNIST binary",
            Self::Es => "Event Stream",
            Self::Npy => "structured numpy array",
            Self::Npz => "numpy archive",
            Self::Csv => "CSV with a header",
            Self::Shd => "HDF5 with a list of spikes for each sample",
        }
    }

    /// Returns the endings of its files, without the dot.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Aedat1 | Self::Aedat2 | Self::Aedat3 => &["aedat"],
            Self::Aedat4 => &["aedat4"],
            Self::Evt2 | Self::Evt21 | Self::Evt3 => &["raw"],
            Self::Dat => &["dat"],
            Self::Nmnist => &["bin"],
            Self::Es => &["es"],
            Self::Npy => &["npy"],
            Self::Npz => &["npz"],
            Self::Csv => &["csv"],
            Self::Shd => &["h5", "hdf5"],
        }
    }

    /// Whether its files do not state the unit of their times, so that it follows from the times or from the user.
    #[must_use]
    pub fn states_no_time_unit(self) -> bool {
        matches!(self, Self::Npy | Self::Npz | Self::Csv)
    }

    /// Whether reading advances by rows of an array, not by bytes.
    pub(crate) fn is_counted_in_rows(self) -> bool {
        matches!(self, Self::Npy | Self::Npz | Self::Shd)
    }

    /// Returns the format of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Begins to read a file whose format is settled.
    pub(crate) fn open(
        self,
        input: Input,
        decided_by: &str,
        options: &ReadOptions,
    ) -> Result<Opened, ReadError> {
        options.refuse_unused(self)?;
        let about = About::new(self, decided_by);
        match self {
            Self::Aedat1 | Self::Aedat2 => aedat2::open(input, about, options),
            Self::Aedat3 => aedat3::open(input, about, options),
            Self::Aedat4 => aedat4::open(input, about, options),
            Self::Evt2 => evt2::open(input, about),
            Self::Evt21 => evt21::open(input, about),
            Self::Evt3 => evt3::open(input, about),
            Self::Dat => dat::open(input, about),
            Self::Nmnist => Ok(nmnist::open(input, about)),
            Self::Es => event_stream::open(input, about),
            Self::Npy => npy::open(input, about, options),
            Self::Npz => npz::open(input, about, options),
            Self::Csv => csv::open(input, about, options),
            Self::Shd => Err(ReadError::unsupported(
                "HDF5 is not read as one recording",
                "a sample of its lists is",
            )),
        }
    }

    /// Begins to write a file.
    pub(crate) fn encoder(
        self,
        out: &mut dyn Sink,
        options: &WriteOptions,
    ) -> Result<Box<dyn Encode>, WriteError> {
        Ok(match self {
            Self::Aedat4 => Box::new(aedat4::Encoder::begin(out, options)?),
            Self::Evt2 => Box::new(evt2::Encoder::begin(out, options)?),
            Self::Evt3 => Box::new(evt3::Encoder::begin(out, options)?),
            Self::Dat => Box::new(dat::Encoder::begin(out, options)?),
            Self::Nmnist => Box::new(nmnist::Encoder),
            Self::Npy => Box::new(npy::Encoder::begin(out)?),
            Self::Csv => Box::new(csv::Encoder::begin(out)?),
            other => {
                let written = Self::WRITTEN.map(Self::name).join(", ");
                return Err(WriteError::Unsupported {
                    what: format!("{} is read and not written", other.title()),
                    help: format!("formats that are written: {written}"),
                });
            }
        })
    }
}

/// A file that is being read: what it says about itself, and what reads it.
pub(crate) struct Opened {
    pub(crate) about: About,
    pub(crate) decoder: Box<dyn Decode>,
    /// Noticed in the header.
    pub(crate) findings: Findings,
}

impl Opened {
    pub(crate) fn new(about: About, decoder: impl Decode + 'static) -> Self {
        Self { about, decoder: Box::new(decoder), findings: Findings::default() }
    }
}

/// Reads events of one format.
pub(crate) trait Decode: Send {
    /// Appends the events of the next stretch; `false` at the end of the file. A stretch may have none.
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool>;

    /// Returns how many bytes were read, and how many there are.
    fn progress(&self) -> (u64, u64);
}

/// Writes events of one format.
pub(crate) trait Encode {
    /// Writes events; `at` have been written before.
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError>;

    /// Writes what comes after `events` events.
    fn finish(&mut self, out: &mut dyn Sink, events: u64) -> Result<(), WriteError> {
        let _ = (out, events);
        Ok(())
    }
}

/// An event that a format has no room for.
pub(crate) fn no_room(event: u64, what: impl Into<String>, help: &str) -> WriteError {
    WriteError::Event { event, what: what.into(), help: help.to_owned() }
}

/// What to do about times that a format cannot count.
pub(crate) const REBASE: &str = "let times begin at 0 (`--rebase`), or write aedat4, npy or csv";
/// What to do about a gap between events that a format has no room for.
pub(crate) const WIDER: &str = "write aedat4, npy or csv";
