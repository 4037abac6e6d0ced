//! Drivers: whatever answers the questions of the suite. A process that speaks the protocol, a function, or a platform
//! that nirkit has.

mod function;
mod platform;
mod process;
mod reader;
mod words;

use std::collections::BTreeMap;

use nirkit::ir::{Document, Primitive};
use nirkit::numerics::Tensor;

pub use crate::protocol::{Answer, Hello, Reply};
pub use function::Function;
pub use platform::PlatformDriver;
pub(crate) use platform::{inputs_of, source};
pub use process::{Process, ProcessLimits};

/// A graph that a driver is asked to run.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The graph.
    pub graph: &'a Document,
    /// For each Input, an array of shape (T, *shape).
    pub inputs: &'a BTreeMap<String, Tensor>,
    /// Length of a step in seconds.
    pub dt: f64,
    /// Number of steps T.
    pub steps: usize,
}

impl Question<'_> {
    /// Names of the Outputs of the graph, in the order of the file.
    #[must_use]
    pub fn outputs(&self) -> Vec<String> {
        names(self.graph, |primitive| matches!(primitive, Primitive::Output(_)))
    }
}

/// Names of the nodes of some kind at the top of a graph, in the order of the file.
pub(crate) fn names(document: &Document, is_meant: impl Fn(&Primitive) -> bool) -> Vec<String> {
    let nodes = document.graph().into_iter().flat_map(|graph| graph.nodes.iter());
    nodes
        .filter(|(_, _, node)| is_meant(&node.primitive))
        .map(|(_, name, _)| name.to_owned())
        .collect()
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// The driver cannot be started at all.
    #[error("the driver `{command}` does not start: {reason}")]
    Start {
        /// What was started.
        command: String,
        /// What the system says.
        reason: String,
    },
    /// It did not answer in time.
    #[error("the driver did not answer in {seconds} s{said}")]
    Silent {
        /// How long it had.
        seconds: u64,
        /// What it wrote to its standard error.
        said: String,
    },
    /// It ended.
    #[error("the driver ended without an answer ({status}){said}")]
    Ended {
        /// How it ended.
        status: String,
        /// What it wrote to its standard error.
        said: String,
    },
    /// It wrote more than a line may have.
    #[error("the driver wrote more than {most} bytes without the end of an answer")]
    Flood {
        /// The bytes that were allowed.
        most: usize,
    },
    /// What it wrote is no answer to the question.
    #[error("the driver's answer cannot be read: {reason}; it begins with `{begins}`")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
        /// How the line begins.
        begins: String,
    },
    /// The files of an answer cannot be read.
    #[error("{0}")]
    Files(String),
    /// The files of a question cannot be written, which is no fault of the driver.
    #[error("the files of a question cannot be written: {0}")]
    Question(String),
}

/// Something that answers questions.
pub trait Driver {
    /// Returns who the driver is.
    ///
    /// # Errors
    ///
    /// The driver does not start or does not answer.
    fn hello(&mut self) -> Result<Hello, DriverError>;

    /// Runs a graph.
    ///
    /// # Errors
    ///
    /// The driver does not answer, or its answer cannot be read. That it refuses the graph is no error.
    fn ask(&mut self, question: &Question<'_>) -> Result<Reply, DriverError>;
}
