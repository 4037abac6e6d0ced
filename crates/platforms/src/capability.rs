//! What a platform does with a kind of node, as far as its rule does not say it already.

use nirkit_engine::clocked::semantics::When;
use nirkit_engine::clocked::semantics::text;
use serde::{Deserialize, Serialize};

/// What a platform does with one kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Capability {
    /// The kind, as in the file: `LIF`.
    #[serde(skip)]
    pub kind: &'static str,
    /// What the platform turns it into, in its own words.
    #[serde(default)]
    pub becomes: &'static str,
    /// What the platform asks for, and stops without.
    #[serde(default, deserialize_with = "text::list")]
    pub demands: &'static [Demand],
    /// What the platform does to it that no rule says, for the reader.
    #[serde(default, deserialize_with = "text::list")]
    pub notes: &'static [&'static str],
    /// File and function in which this was seen.
    #[serde(default)]
    pub evidence: &'static str,
}

/// Something that a platform asks for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Demand {
    /// What it asks for.
    pub what: Requirement,
    /// What it says when it does not get it, in its own words. `{type}` stands for the `NumPy` type of
    /// the field at fault, `…` for what the file does not decide.
    pub reason: &'static str,
    /// When it stops without it.
    pub when: When,
    /// Whether the recordings come from a mended copy, so that a run goes on all the same.
    #[serde(default)]
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

    /// A demand without which the run never ends.
    #[must_use]
    pub const fn or_never_ends(what: Requirement, reason: &'static str) -> Self {
        Self { when: When::Never, ..Self::new(what, reason) }
    }

    /// A demand that the recorded copy of the platform was cured of.
    #[must_use]
    pub const fn mended(what: Requirement, reason: &'static str) -> Self {
        Self { mended: true, ..Self::new(what, reason) }
    }
}

/// A condition on a node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    Close(&'static str, #[serde(deserialize_with = "text::list")] &'static [Level]),
    /// The time constant is at least this number of steps.
    AtLeastSteps(&'static str, f64),
    /// The time constant is at most this number of steps.
    AtMostSteps(&'static str, f64),
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
    /// The first edge out of the node leads to a node of one of these kinds, or to a nested graph with
    /// such neurons.
    LeadsTo(#[serde(deserialize_with = "text::list")] &'static [&'static str]),
    /// The signal has one axis.
    OneAxis,
    /// The field has one axis, or more of which only the first is longer than 1.
    OneLongAxis(&'static str),
    /// Each of the fields has an axis.
    Lists(#[serde(deserialize_with = "text::list")] &'static [&'static str]),
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
    /// The fields hold integers.
    Integers(#[serde(deserialize_with = "text::list")] &'static [&'static str]),
    /// The field is a number by itself, or a pair.
    PairOrNumber(&'static str),
    /// The field is a number by itself, not a list of one.
    NumberByItself(&'static str),
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
    /// Every cycle through the node holds a matrix, which hands on what arrived in the step before.
    MatrixInCycle,
    /// The input has the shape that is written into the platform's code under the node's name, or
    /// else the last one.
    InputByName(#[serde(deserialize_with = "text::list")] &'static [NamedShape]),
    /// The kernel sees as many channels as are written into the platform's code under the node's name,
    /// or else the last number.
    ChannelsByName(#[serde(deserialize_with = "text::list")] &'static [(&'static str, usize)]),
    /// Every number of the first field is below that of the second for the same neuron.
    Below(&'static str, &'static str),
    /// The time step is a whole number of microseconds.
    WholeMicroseconds,
    /// The node has one of these names.
    NamedOneOf(#[serde(deserialize_with = "text::list")] &'static [&'static str]),
}

impl Requirement {
    /// The fields of the node that it is about.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static str> {
        let level = |level: &Level| match *level {
            Level::Steps(field) | Level::Field(field) => Some(field),
            Level::Number(_) | Level::PerStep => None,
        };
        match *self {
            Self::Equals(field, _)
            | Self::Uniform(field)
            | Self::AtLeastSteps(field, _)
            | Self::AtMostSteps(field, _)
            | Self::MoreSteps(field, _)
            | Self::KeepsShare(field)
            | Self::OneLongAxis(field)
            | Self::FullShape(field)
            | Self::AsManyNumbers(field)
            | Self::OneDoubledAxis(field)
            | Self::AtLeastNumbers(field, _)
            | Self::NonZero(field)
            | Self::Zero(field)
            | Self::FloatingPoint(field)
            | Self::PairOrNumber(field)
            | Self::NumberByItself(field)
            | Self::OneAxisOf(field) => vec![field],
            Self::AllClose(field, held) => std::iter::once(field).chain(level(&held)).collect(),
            Self::Close(field, levels) => {
                std::iter::once(field).chain(levels.iter().filter_map(level)).collect()
            }
            Self::UnitGain(a, b) | Self::Below(a, b) => vec![a, b],
            Self::Lists(fields) | Self::Integers(fields) => fields.to_vec(),
            Self::Never
            | Self::OneDividedThreshold
            | Self::Last
            | Self::LeadsTo(_)
            | Self::OneAxis
            | Self::AtLeast(_)
            | Self::ExactlyOutsideCycles(_)
            | Self::PaddingInNumbers
            | Self::GroupsDivideKernel
            | Self::HalfPadding
            | Self::KeepsShape
            | Self::NoCycle
            | Self::NoInstantCycle
            | Self::MatrixInCycle
            | Self::WholeMicroseconds
            | Self::InputByName(_)
            | Self::ChannelsByName(_)
            | Self::NamedOneOf(_) => Vec::new(),
        }
    }
}

/// A shape that stands in a platform's code under a name.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedShape {
    /// The name of the node.
    pub name: &'static str,
    /// Its shape.
    #[serde(deserialize_with = "text::list")]
    pub shape: &'static [usize],
}

/// What a field is held against.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Capabilities as a table in which each kind stands once.
pub(crate) mod by_kind {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Capability;

    /// Writes a capability under its kind.
    pub(crate) fn serialize<S: Serializer>(
        capabilities: &&'static [Capability],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(capabilities.iter().map(|capability| (capability.kind, capability)))
    }

    /// Reads a table of capabilities; the key is the kind.
    pub(crate) fn deserialize<'de: 'static, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static [Capability], D::Error> {
        let table = BTreeMap::<&'static str, Capability>::deserialize(deserializer)?;
        let named = table.into_iter().map(|(kind, capability)| Capability { kind, ..capability });
        Ok(named.collect::<Vec<_>>().leak())
    }
}
