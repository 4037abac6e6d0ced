//! A scheme: everything in which a program on a grid is free, in one value.

use nirkit_ir::Primitive;

use super::super::option::{Feedback, Precision, Timing};
use super::rule::{Grid, Rule};

/// How a program runs any graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scheme {
    /// What the program takes for the time step.
    pub time: Time,
    /// In which numbers the program computes.
    pub precision: Precision,
    /// In which order nodes run, and what they see of each other.
    pub execution: Execution,
    /// What it does with nodes that have no state.
    pub maps: Maps,
    /// What it does with each neuron.
    pub neurons: Neurons,
    /// What happens to kinds that it does not know.
    pub unknown: Unknown,
}

/// What a program takes for the time step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time {
    /// This many seconds.
    Step(f64),
    /// It knows only steps: a time constant is a number of them.
    Counted,
    /// Each layer has its own: the smallest `tau / (1 + r)` of its neurons, in seconds.
    PerLayer,
}

/// In which order nodes run, and what they see of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The order within a step.
    pub order: Order,
    /// What a node gets from a source that runs after it.
    pub later: Later,
    /// The same inside a nested graph.
    pub nested_later: Later,
    /// What leaves a nested graph.
    pub result: Outcome,
}

/// The order within a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Depth first from the first Input, following the list of edges; each node when it is met.
    /// What the first Input does not reach never runs.
    DepthFirst,
    /// Sources before targets; edges that close a cycle, as the list of edges has it, are left out
    /// of account.
    SourcesFirst,
}

/// What a node gets from a source that runs after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// What the source put out in the step before.
    Before(Feedback),
    /// Nothing: each node runs over the whole sequence at once.
    Never,
}

/// What leaves a nested graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What its Output puts out.
    Output,
    /// What the node puts out that ran last in it.
    LastRun,
}

/// What a program does with nodes that have no state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Maps {
    /// In which step what a weighted map puts out arrives.
    pub arrival: Timing,
    /// Whether a weighted map sees only which inputs are not 0.
    pub truth_only: bool,
    /// Whether the bias of a map inside a cycle is used.
    pub recurrent_bias: bool,
    /// The grid to which weights inside a cycle are rounded.
    pub recurrent_grid: Option<Grid>,
    /// Whether the biases of convolutions are used.
    pub convolution_bias: bool,
    /// How a pool adds.
    pub pool: Pool,
    /// In which order Flatten takes the axes of a picture.
    pub flatten: Axes,
}

/// How `SumPool2d` adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// It adds.
    Sum,
    /// It takes the mean and multiplies by the area, which can round differently.
    MeanTimesArea,
}

/// In which order Flatten takes the axes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Channels, rows, columns, as NIR.
    ChannelsFirst,
    /// Rows, columns, channels; weights that follow are not reordered.
    ChannelsLast,
}

/// The rules of neurons by primitive; `None` for those that the program does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Neurons {
    /// LI.
    pub li: Option<Rule>,
    /// IF.
    pub r#if: Option<Rule>,
    /// LIF.
    pub lif: Option<Rule>,
    /// LIF, in a layer of a single neuron.
    pub lone_lif: Option<Rule>,
    /// LIF in a cycle.
    pub recurrent_lif: Option<Rule>,
    /// `CubaLIF`.
    pub cuba_lif: Option<Rule>,
    /// `CubaLIF` in a cycle.
    pub recurrent_cuba_lif: Option<Rule>,
}

/// What happens to kinds of nodes that a program does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The kinds that it does know, neurons included; Input and Output are known to all.
    pub known: &'static [&'static str],
    /// What becomes of the others.
    pub fate: Fate,
}

/// What becomes of a node of an unknown kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The program stops.
    Refused,
    /// The node is missing, and nothing passes where it stood.
    Cut,
    /// The node is missing, and its sources lead to its targets.
    Bypassed,
}

impl Unknown {
    /// Whether a node of this kind is not there for the program.
    #[must_use]
    pub fn misses(&self, primitive: &Primitive) -> bool {
        self.fate != Fate::Refused && !self.knows(primitive)
    }

    /// Whether the program knows this kind of node.
    #[must_use]
    pub fn knows(&self, primitive: &Primitive) -> bool {
        let kind = primitive.kind();
        matches!(primitive, Primitive::Input(_) | Primitive::Output(_))
            || self.known.contains(&kind)
    }
}

impl Neurons {
    /// The rule for a node of so many neurons, inside or outside a cycle; `None` for what is no
    /// neuron and for neurons without a rule.
    #[must_use]
    pub fn rule(&self, primitive: &Primitive, recurrent: bool, neurons: usize) -> Option<&Rule> {
        let lone = self.lone_lif.as_ref().filter(|_| neurons == 1);
        let in_cycle = |rule: &'_ Option<Rule>| recurrent.then_some(*rule).flatten().is_some();
        match primitive {
            Primitive::Li(_) => self.li.as_ref(),
            Primitive::If(_) => self.r#if.as_ref(),
            Primitive::Lif(_) if in_cycle(&self.recurrent_lif) => self.recurrent_lif.as_ref(),
            Primitive::Lif(_) => lone.or(self.lif.as_ref()),
            Primitive::CubaLif(_) if in_cycle(&self.recurrent_cuba_lif) => {
                self.recurrent_cuba_lif.as_ref()
            }
            Primitive::CubaLif(_) => self.cuba_lif.as_ref(),
            _ => None,
        }
    }
}
