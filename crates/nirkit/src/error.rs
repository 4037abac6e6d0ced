//! What can go wrong between a file and a result, with what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use nirkit_io::{ReadError, ReadFault, WriteError};
use nirkit_ir::Diagnostic;
use nirkit_platforms::Finding;

/// What an error is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file does not exist.
    Missing,
    /// A file cannot be read, or is not what it should be.
    Read,
    /// A file cannot be written.
    Write,
    /// The graph is not sound; the findings say why.
    Graph,
    /// The stimulus, or the labels of a set, do not fit the graph.
    Stimulus,
    /// A choice is missing, unknown, or of no use where it is given.
    Choice,
    /// The platform does not run the graph; the findings say why.
    Refused,
    /// The run ended early, or asks for more than a limit allows.
    #[default]
    Run,
    /// Whoever watches the run stopped it.
    Stopped,
    /// A fault of nirkit.
    Internal,
}

/// One or several reasons why something could not be done, all at once.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    reasons: Vec<Reason>,
    findings: Vec<Diagnostic>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// One reason, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl From<&Finding> for Reason {
    fn from(found: &Finding) -> Self {
        Self { message: found.diagnostic.to_string(), help: found.diagnostic.help.clone() }
    }
}

impl Error {
    /// An error for one reason, of the kind [`ErrorKind::Run`].
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self::from_reasons(vec![Reason { message: message.into(), help: None }])
    }

    fn from_reasons(reasons: Vec<Reason>) -> Self {
        Self { kind: ErrorKind::default(), reasons, findings: Vec::new(), source: None }
    }

    /// Says what kind of error it is.
    #[must_use]
    pub fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Says what to do about the last reason.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.reasons.last_mut() {
            last.help = Some(help.into());
        }
        self
    }

    /// An error for all of these reasons; it is of the kind of the first.
    #[must_use]
    pub fn several(errors: impl IntoIterator<Item = Self>) -> Self {
        let mut errors = errors.into_iter();
        let Some(mut all) = errors.next() else { return Self::from_reasons(Vec::new()) };
        for error in errors {
            all.reasons.extend(error.reasons);
            all.findings.extend(error.findings);
        }
        all
    }

    /// An error for each of several messages.
    #[must_use]
    pub fn all(messages: impl IntoIterator<Item = impl ToString>) -> Self {
        let reason = |message: &dyn ToString| Reason { message: message.to_string(), help: None };
        Self::from_reasons(messages.into_iter().map(|message| reason(&message)).collect())
    }

    /// An error because of findings, each of which is a reason.
    #[must_use]
    pub fn of_findings(kind: ErrorKind, findings: Vec<Diagnostic>) -> Self {
        let reason =
            |found: &Diagnostic| Reason { message: found.to_string(), help: found.help.clone() };
        let reasons = findings.iter().map(reason).collect();
        Self { kind, reasons, findings, source: None }
    }

    /// Puts the name of a file before every reason.
    #[must_use]
    pub fn in_file(self, file: &Path) -> Self {
        self.about(&file.display())
    }

    /// Puts what the error is about before every reason.
    #[must_use]
    pub fn about(mut self, what: &dyn fmt::Display) -> Self {
        for reason in &mut self.reasons {
            reason.message = format!("{what}: {}", reason.message);
        }
        self
    }

    /// What the error is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Every reason with what to do about it.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The findings that are the reasons, where there are any.
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> =
            self.reasons.iter().map(|reason| reason.message.as_str()).collect();
        f.write_str(&messages.join("; "))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        let is_missing =
            matches!(&error.fault, ReadFault::Io(io) if io.kind() == std::io::ErrorKind::NotFound);
        let kind = if is_missing { ErrorKind::Missing } else { ErrorKind::Read };
        let reason = Reason { message: error.to_string(), help: error.help() };
        Self { source: Some(Arc::new(error)), ..Self::from_reasons(vec![reason]).of_kind(kind) }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        let help = error.help().map(str::to_owned);
        let reason = Reason { message: error.to_string(), help };
        let source: Option<Arc<dyn StdError + Send + Sync>> = Some(Arc::new(error));
        Self { source, ..Self::from_reasons(vec![reason]).of_kind(ErrorKind::Write) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_errors_are_one_with_all_reasons() {
        let first = Error::new("a").of_kind(ErrorKind::Choice).help("do this");
        let error = Error::several([first, Error::new("b")]);
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Choice, "a; b"));
        assert_eq!(error.reasons()[0].help.as_deref(), Some("do this"));
    }

    #[test]
    fn a_file_that_is_not_there_is_missing_and_says_why() {
        let error = crate::document::read("/none.nir");
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Missing);
        assert!(error.source().is_some());
    }
}
