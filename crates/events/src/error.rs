//! Why a recording cannot be read or written.

use std::io;

use thiserror::Error;

/// Why a recording cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The system refuses.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Nothing here reads it.
    #[error("{what}")]
    Unknown {
        /// What was found.
        what: String,
        /// What to do.
        help: String,
    },
    /// The format is known, this use of it is not read.
    #[error("{what}")]
    Unsupported {
        /// What was found.
        what: String,
        /// What to do.
        help: String,
    },
    /// The file contradicts its format before its first event.
    #[error("{what}, at byte {at} of {length}")]
    Damaged {
        /// What is wrong.
        what: String,
        /// Where.
        at: u64,
        /// Bytes of the file.
        length: u64,
    },
    /// It demands more than is allowed.
    #[error("{what}, the limit is {limit}")]
    Limit {
        /// What is demanded.
        what: String,
        /// The most that is allowed.
        limit: u64,
    },
}

impl ReadError {
    /// Returns what to do about it, if there is something.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Unknown { help, .. } | Self::Unsupported { help, .. } => Some(help),
            _ => None,
        }
    }

    /// Puts what an error is about in front of it.
    #[must_use]
    pub(crate) fn about(mut self, whose: &str) -> Self {
        match &mut self {
            Self::Io(_) => {}
            Self::Unknown { what, .. }
            | Self::Unsupported { what, .. }
            | Self::Damaged { what, .. }
            | Self::Limit { what, .. } => *what = format!("{whose}: {what}"),
        }
        self
    }

    pub(crate) fn unsupported(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into(), help: help.into() }
    }
}

/// Why a recording cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The system refuses.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The format cannot hold an event.
    #[error("event {event}: {what}")]
    Event {
        /// Which, counted from 0.
        event: u64,
        /// What it has that the format has no room for.
        what: String,
        /// What to do.
        help: String,
    },
    /// The format is not written, or needs something that is missing.
    #[error("{what}")]
    Unsupported {
        /// What is not there.
        what: String,
        /// What to do.
        help: String,
    },
}

impl WriteError {
    /// Counts the event that has no room from so many events before it on.
    #[must_use]
    pub fn behind(mut self, before: u64) -> Self {
        if let Self::Event { event, .. } = &mut self {
            *event += before;
        }
        self
    }

    /// Returns what to do about it, if there is something.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Io(_) => None,
            Self::Event { help, .. } | Self::Unsupported { help, .. } => Some(help),
        }
    }
}
