//! The Neuromorphic Intermediate Representation as plain data.
//!
//! # What a graph means
//!
//! A [`Graph`] is a set of named nodes and directed edges. Each node is a [`Primitive`]: a hybrid
//! system of continuous dynamics and discrete events, free of a time step. An edge carries the
//! output signal of its source to the input of its target, without delay and without change.
//!
//! * **Time** is in seconds and starts at 0. A signal has one value for each channel of a shape;
//!   channels are numbered in C order.
//! * **Fan-in**: the signals of all edges into a node are added. An edge that stands twice counts
//!   twice.
//! * **Events**: LIF, IF, CubaLIF and Threshold put out spikes; LI, I and CubaLI put out their
//!   continuous state. Everything else maps its input at the same instant.
//! * **Recurrence** is allowed. In continuous time a cycle has no delay but that of its `Delay`
//!   nodes; on a time grid a cycle takes the output of the step before. A cycle of nodes without
//!   state has no meaning and is an error.
//! * **Nested graphs** are nodes too: what enters goes to their `Input`, what leaves comes from
//!   their `Output`. A nested node is named `outer.inner`.
//!
//! What a file leaves open — the time step, the kind of reset, the size of a spike, the state at
//! the start — is not in the graph. It is an option of the engine that runs it.
//!
//! # The rooms
//!
//! [`graph`] and [`primitive`] are data; [`facts`] are what follows from the data and stand beside
//! it; [`valid`] finds what is wrong and hands out the facts of a sound graph; [`diag`] is how it
//! says so; [`text`] is the form that people read and write; [`mod@diff`] holds two files side by side.

pub mod diag;
pub mod diff;
pub mod document;
pub mod facts;
pub mod field;
pub mod graph;
pub mod limits;
pub mod open;
pub mod primitive;
pub mod text;
pub mod valid;
pub mod value;

pub use diag::{Code, Diagnostic, Place, Severity};
pub use document::{Document, Storage};
pub use facts::Facts;
pub use field::{Declared, Field};
pub use graph::{Edge, Graph, Node, NodeId, Nodes};
pub use limits::{LimitError, Limits};
pub use primitive::Primitive;
pub use valid::validate;
pub use value::{Fields, Text, Value};

/// Version of the Python package `nir` whose file format this crate follows.
pub const REFERENCE_VERSION: &str = "1.0.8";
