//! What a platform does with a kind of node, as far as its rule does not say it already.

use nirkit_sim::clocked::scheme::When;

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
    /// What it says when it does not get it, in its own words. `{type}` stands for the `NumPy` type of
    /// the field at fault, `…` for what the file does not decide.
    pub reason: &'static str,
    /// When it stops without it.
    pub when: When,
    /// Whether the recordings come from a mended copy, so that a run goes on all the same.
    pub mended: bool,
}

impl Demand {
    /// A demand without which the import stops.
    #[must_use]
    pub const fn new(what: Requirement, reason: &'static str) -> Self {
        Self { what, reason, when: When::Import, mended: false }
    }

    /// A demand without which the first step fails.
    #[must_use]
    pub const fn at_first_step(what: Requirement, reason: &'static str) -> Self {
        Self { when: When::FirstStep, ..Self::new(what, reason) }
    }

    /// A demand that the recorded copy of the platform was cured of.
    #[must_use]
    pub const fn mended(what: Requirement, reason: &'static str) -> Self {
        Self { mended: true, ..Self::new(what, reason) }
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
    /// The field is what it is held against, as `numpy.allclose` has it in the precision of the file.
    AllClose(&'static str, Level),
    /// The first number of the field is one of these, within a millionth.
    Close(&'static str, &'static [Level]),
    /// The time constant is at least this number of steps.
    AtLeastSteps(&'static str, f64),
    /// The time constant is more than this number of steps.
    MoreSteps(&'static str, f64),
    /// `1 - dt / tau` is not below 0 in the precision of the file.
    KeepsShare(&'static str),
    /// All thresholds are the same after they are divided by the gains of the neurons, in the
    /// precision of the file.
    OneDividedThreshold,
    /// `gain dt / tau` is 1 for all neurons; the fields of gain and time constant.
    UnitGain(&'static str, &'static str),
    /// The node leads to an Output and nowhere else.
    Last,
    /// The first edge out of the node leads to a node of one of these kinds.
    LeadsTo(&'static [&'static str]),
    /// The signal has one axis.
    OneAxis,
    /// The field has one axis, or more of which only the first is longer than 1.
    OneLongAxis(&'static str),
    /// Each of the fields has an axis.
    Lists(&'static [&'static str]),
    /// The field has this shape: that of the signal.
    FullShape(&'static str),
    /// The field has as many numbers as there are neurons.
    AsManyNumbers(&'static str),
    /// The field has one axis: where it has more, the state of the layer has twice the length of each.
    OneDoubledAxis(&'static str),
    /// There are at least so many neurons.
    AtLeast(usize),
    /// There are at least so many numbers in the field.
    AtLeastNumbers(&'static str, usize),
    /// There are exactly so many neurons, unless the node is part of a cycle.
    ExactlyOutsideCycles(usize),
    /// No number of the field is 0.
    NonZero(&'static str),
    /// All numbers of the field are 0.
    Zero(&'static str),
    /// The field holds floating-point numbers.
    FloatingPoint(&'static str),
    /// The padding is given in numbers.
    PaddingInNumbers,
    /// The input channels that a kernel sees can be divided by the number of groups.
    GroupsDivideKernel,
    /// The padding of a pool is at most half of its kernel.
    HalfPadding,
    /// The field has one axis.
    OneAxisOf(&'static str),
    /// What leaves has the shape of the file although the padding or the dilation is taken otherwise.
    KeepsShape,
    /// The node is not part of a cycle.
    NoCycle,
    /// Every cycle through the node holds one that hands on what arrived in the step before.
    NoInstantCycle,
    /// The input has the shape that is written into the platform's code under the node's name, or
    /// else the last one.
    InputByName(&'static [(&'static str, &'static [usize])]),
    /// The kernel sees as many channels as are written into the platform's code under the node's name,
    /// or else the last number.
    ChannelsByName(&'static [(&'static str, usize)]),
    /// The node has one of these names.
    NamedOneOf(&'static [&'static str]),
}

/// What a field is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// A number.
    Number(f64),
    /// A time constant as a number of steps, `tau / dt`.
    Steps(&'static str),
    /// `1 / dt`.
    PerStep,
    /// Another field.
    Field(&'static str),
}
