//! What a platform does with a kind of node, as far as its rule does not say it already.

/// What a platform does with one kind of node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capability {
    /// The kind, as in the file: `LIF`.
    pub kind: &'static str,
    /// What the platform turns it into, in its own words.
    pub becomes: &'static str,
    /// What the platform asks for, and stops without.
    pub demands: &'static [Demand],
    /// What the platform does to it that no rule says, for the reader.
    pub notes: &'static [&'static str],
    /// File and function in which this was seen.
    pub evidence: &'static str,
}

/// Something that a platform asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// What it asks for.
    pub what: Requirement,
    /// What it says when it does not get it, in its own words.
    pub reason: &'static str,
    /// Whether the recordings come from a mended copy, so that a run goes on all the same.
    pub mended: bool,
}

impl Demand {
    /// A demand without which the platform stops for good.
    #[must_use]
    pub const fn new(what: Requirement, reason: &'static str) -> Self {
        Self { what, reason, mended: false }
    }

    /// A demand that the recorded copy of the platform was cured of.
    #[must_use]
    pub const fn mended(what: Requirement, reason: &'static str) -> Self {
        Self { what, reason, mended: true }
    }
}

/// A condition on a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Requirement {
    /// Never met: the platform always stops here.
    Never,
    /// Every number of the field is this one.
    Equals(&'static str, f64),
    /// All numbers of the field are the same.
    Uniform(&'static str),
    /// `gain dt / tau` is 1 for all neurons; the fields of gain and time constant.
    UnitGain(&'static str, &'static str),
    /// `gain dt / tau` is the same for all neurons; the fields of gain and time constant.
    UniformGain(&'static str, &'static str),
    /// The node leads to an Output and nowhere else.
    Last,
    /// The signal has one axis.
    OneAxis,
    /// There are at least so many neurons.
    AtLeast(usize),
    /// There are exactly so many neurons, unless the node is part of a cycle.
    ExactlyOutsideCycles(usize),
    /// All numbers of the field are 0.
    Zero(&'static str),
    /// The node is not part of a cycle.
    NoCycle,
    /// The input has the shape that is written into the platform's code under the node's name, or
    /// else the last one.
    InputByName(&'static [(&'static str, &'static [usize])]),
}
