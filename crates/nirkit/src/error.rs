//! What can go wrong between a file and a result, with what to do about it.

use std::fmt;
use std::path::Path;

use nirkit_io::{ReadError, WriteError};

/// One or several reasons why something could not be done, all at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    reasons: Vec<Reason>,
}

/// One reason, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reason {
    message: String,
    help: Option<String>,
}

impl Error {
    /// An error for one reason.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { reasons: vec![Reason { message: message.into(), help: None }] }
    }

    /// Says what to do about the last reason.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.reasons.last_mut() {
            last.help = Some(help.into());
        }
        self
    }

    /// An error for all of these reasons.
    #[must_use]
    pub fn several(errors: impl IntoIterator<Item = Self>) -> Self {
        Self { reasons: errors.into_iter().flat_map(|error| error.reasons).collect() }
    }

    /// Puts the name of a file before every reason.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        for reason in &mut self.reasons {
            reason.message = format!("{}: {}", file.display(), reason.message);
        }
        self
    }

    /// Every reason with what to do about it.
    #[must_use]
    pub fn messages(self) -> Vec<(String, Option<String>)> {
        self.reasons.into_iter().map(|reason| (reason.message, reason.help)).collect()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> =
            self.reasons.iter().map(|reason| reason.message.as_str()).collect();
        f.write_str(&messages.join("; "))
    }
}

impl std::error::Error for Error {}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        let help = error.help();
        Self { reasons: vec![Reason { message: error.to_string(), help }] }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        let help = error.help().map(str::to_owned);
        Self { reasons: vec![Reason { message: error.to_string(), help }] }
    }
}
