//! Errors of nirkit as exceptions of the Python module `nirkit.errors`.

use nirkit::io::{ReadError, ReadFault, WriteError};
use nirkit::ir::Diagnostic;
use nirkit::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::finding;

/// A reason, and what to do about it.
pub(crate) type Reason = (String, Option<String>);

/// The exceptions that are raised from here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Raise {
    Read,
    Missing,
    Write,
    ValueType,
    Graph,
    Stimulus,
    Choice,
    Refused,
    Run,
    Internal,
}

impl Raise {
    fn class(self) -> &'static str {
        match self {
            Self::Read => "ReadError",
            Self::Missing => "MissingFileError",
            Self::Write => "WriteError",
            Self::ValueType => "ValueTypeError",
            Self::Graph => "GraphError",
            Self::Stimulus => "StimulusError",
            Self::Choice => "ChoiceError",
            Self::Refused => "RefusedError",
            Self::Run => "RunError",
            Self::Internal => "InternalError",
        }
    }

    /// For one reason.
    pub(crate) fn one(self, message: impl ToString) -> PyErr {
        self.many(vec![(message.to_string(), None)])
    }

    /// For one reason, with what to do about it.
    pub(crate) fn help(self, message: impl ToString, help: impl ToString) -> PyErr {
        self.many(vec![(message.to_string(), Some(help.to_string()))])
    }

    /// For all of these reasons at once.
    pub(crate) fn many(self, reasons: Vec<Reason>) -> PyErr {
        self.with_findings(reasons, &[])
    }

    /// For a graph with these findings.
    pub(crate) fn findings(self, findings: &[Diagnostic]) -> PyErr {
        let reasons = findings.iter().map(|found| (found.to_string(), found.help.clone()));
        self.with_findings(reasons.collect(), findings)
    }

    fn with_findings(self, reasons: Vec<Reason>, findings: &[Diagnostic]) -> PyErr {
        Python::attach(|py| {
            let make = || -> PyResult<PyErr> {
                let class = py.import("nirkit.errors")?.getattr(self.class())?;
                let arguments = PyDict::new(py);
                arguments.set_item("reasons", reasons)?;
                arguments.set_item("findings", finding::to_list(py, findings)?)?;
                Ok(PyErr::from_value(class.call((), Some(&arguments))?))
            };
            make().unwrap_or_else(|failed| failed)
        })
    }

    /// The exception for an error of the crate.
    #[expect(clippy::needless_pass_by_value, reason = "it is the end of the error")]
    pub(crate) fn error(error: Error) -> PyErr {
        let raise = match error.kind() {
            ErrorKind::Missing => Self::Missing,
            ErrorKind::Read => Self::Read,
            ErrorKind::Write => Self::Write,
            ErrorKind::Graph => Self::Graph,
            ErrorKind::Stimulus => Self::Stimulus,
            ErrorKind::Choice => Self::Choice,
            ErrorKind::Refused => Self::Refused,
            ErrorKind::Internal => Self::Internal,
            _ => Self::Run,
        };
        let reasons = error.reasons().iter();
        let reasons = reasons.map(|reason| (reason.message.clone(), reason.help.clone()));
        raise.with_findings(reasons.collect(), error.findings())
    }
}

/// Why a file cannot be read.
pub(crate) fn read_error(error: &ReadError) -> PyErr {
    let is_missing =
        matches!(&error.fault, ReadFault::Io(io) if io.kind() == std::io::ErrorKind::NotFound);
    let raise = if is_missing { Raise::Missing } else { Raise::Read };
    raise.many(vec![(error.to_string(), error.help())])
}

/// Why a file cannot be written.
pub(crate) fn write_error(error: &WriteError) -> PyErr {
    Raise::Write.many(vec![(error.to_string(), error.help().map(str::to_owned))])
}
