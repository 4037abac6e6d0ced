//! What a run says about itself.

use std::fmt;

/// How the states of a node are worked out between events.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
    /// In closed form: exact up to rounding.
    ClosedForm,
    /// By Taylor's series over short whiles.
    Series {
        /// Degree of the series.
        degree: usize,
        /// Length of a while in seconds.
        step: f64,
        /// What a while leaves out, relative to the largest state of the coupled nodes.
        bound: f64,
    },
}

/// A decision that is closer than the arithmetic can tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Graze {
    /// Full name of the node.
    pub node: String,
    /// Channel in C order.
    pub channel: usize,
    /// The instant in seconds at which it was decided.
    pub time: f64,
    /// How near the other decision is, in the unit of the threshold.
    pub margin: f64,
    /// Whether the node spikes in this run.
    pub spikes: bool,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Instants at which something happened.
    pub instants: u64,
    /// Spikes of neurons and Thresholds.
    pub spikes: u64,
    /// Channels of nodes that something arrived at or that crossed their threshold.
    pub updates: u64,
    /// Times that the series of coupled nodes were worked out anew.
    pub renewals: u64,
    /// Grazes, those beyond the list included.
    pub grazes: u64,
}

/// What a run says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The stateful nodes by their full names, and how their states are worked out.
    pub methods: Vec<(String, Method)>,
    /// The first grazes, at most [`Report::LISTED`].
    pub grazes: Vec<Graze>,
    /// How much was done.
    pub counts: Counts,
}

impl Report {
    /// Grazes that are listed; more are only counted.
    pub const LISTED: usize = 1000;
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedForm => f.write_str("closed form"),
            Self::Series { degree, step, bound } => write!(
                f,
                "Taylor series of degree {degree} over {step:e} s, error below {bound:.0e} a step"
            ),
        }
    }
}

impl fmt::Display for Graze {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { node, channel, time, margin, spikes } = self;
        let decision = if *spikes { "spikes" } else { "does not spike" };
        write!(f, "{node}[{channel}] {decision} at {time} s by a margin of {margin:.1e}")
    }
}
