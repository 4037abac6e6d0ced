//! A semantics: everything in which a program on a grid is free, in one value.

use std::fmt;
use std::str::FromStr;

use nirkit_ir::Primitive;
use serde::{Deserialize, Serialize};

use super::super::option::{Feedback, Precision, Timing};
use super::neurons::Neurons;
use super::rule::Grid;
use super::text;
use nirkit_run::choice::ChoiceError;

/// How a program runs any graph.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Semantics {
    /// What the program takes for the time step.
    #[serde(skip)]
    pub time: Time,
    /// In which numbers the program computes.
    pub precision: Precision,
    /// How the file becomes something that runs.
    pub execution: Execution,
    /// What it does with nodes that have no state.
    pub maps: Maps,
    /// What it does with each neuron.
    pub neurons: Neurons,
    /// What happens to kinds that it does not know.
    pub unknown: Unknown,
}

/// What a program takes for the time step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Time {
    /// This many seconds.
    Step(f64),
    /// It knows only steps: a time constant is a number of them.
    #[default]
    Counted,
    /// Each layer has its own: the smallest `tau / (1 + r)` of its neurons, in seconds.
    PerLayer,
}

/// How a package turns a file into something that runs: what it keeps of the graph, in which order
/// nodes run, and what they see of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Execution {
    /// Whether the reader adds an Input before nodes without a source, and an Output behind nodes
    /// without a target.
    pub completes: bool,
    /// Whether a neuron and a matrix that feed each other first become a nested graph.
    pub wraps_cycles: bool,
    /// What becomes of nested graphs.
    pub blocks: Blocks,
    /// What the import raises where an edge stands twice; `None` where it does not mind.
    #[serde(default)]
    pub doubled: Option<&'static str>,
    /// The order within a step.
    pub order: Order,
    /// What a node gets from a source that runs after it.
    pub later: Later,
    /// Kinds of neurons whose state takes its shape from what first arrives, so that they put out a
    /// single number where nothing has arrived yet.
    #[serde(deserialize_with = "text::list")]
    pub shaped_by_input: &'static [&'static str],
    /// Which of several ways is taken, where the hash of an object decides.
    #[serde(skip)]
    pub chance: usize,
}

impl Execution {
    /// Every node of the graph, sources before targets; a cycle carries the step before, with all its
    /// biases.
    pub const PLAIN: Self = Self {
        completes: false,
        wraps_cycles: false,
        blocks: Blocks::Walked,
        doubled: None,
        order: Order::SourcesFirst,
        later: Later::Before(Feedback::Rest),
        shaped_by_input: &[],
        chance: 0,
    };
}

/// What becomes of nested graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound(deserialize = "'de: 'static"))]
pub enum Blocks {
    /// Each is walked as the graph itself is.
    Walked,
    /// Each is one recurrent layer, or the import fails.
    Cell(Cell),
}

/// A nested graph of four nodes that is taken for a recurrent layer, whatever its edges are, with
/// the words of the package about others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Cell {
    /// The kinds of neurons that it can have.
    #[serde(deserialize_with = "text::list")]
    pub neurons: &'static [&'static str],
    /// There are not four nodes.
    pub count: &'static str,
    /// A neuron, a matrix, an Input or an Output is missing.
    pub parts: &'static str,
    /// The sizes do not agree; `None` where the import does not look at them.
    pub sizes: Option<CellSizes>,
}

/// The words of a package about the sizes of a recurrent layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct CellSizes {
    /// Input and Output differ; `None` where nobody looks.
    pub output: Option<&'static str>,
    /// The neurons are not as many as the channels of the Input; `None` where nobody looks.
    pub threshold: Option<&'static str>,
    /// The matrix is not square, or of another size.
    pub weight: &'static str,
}

/// The order within a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound(deserialize = "'de: 'static"))]
pub enum Order {
    /// Depth first along the list of edges from a node to which no edge leads; what it does not
    /// reach never runs.
    DepthFirst,
    /// In the order of the names, beginning with the first Input; a node whose sources are not there
    /// yet is put off.
    Deferred,
    /// A chain from the node `input` to the node `output`, along the first edge out of each node.
    Chain(OpenEnd),
    /// Sources before targets; edges that close a cycle, as the list of edges has it, are left out
    /// of account.
    SourcesFirst,
}

/// What happens where a chain does not reach its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenEnd {
    /// The chain ends there, and the last node is no part of it.
    Ends,
    /// The import raises this.
    Raises(&'static str),
}

/// What a node gets from a source that runs after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Later {
    /// What the source put out in the step before.
    Before(Feedback),
    /// Nothing: each node runs over the whole sequence at once.
    Never,
}

/// What a program does with nodes that have no state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Maps {
    /// Whether maps are nodes, or connections between neurons.
    #[serde(default, skip_serializing_if = "Wiring::is_nodes")]
    pub wiring: Wiring,
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
    /// In which order the products of a weighted map are added.
    #[serde(skip)]
    pub sums: Sums,
    /// How a pool adds.
    pub pool: Pool,
    /// What the padding of a `SumPool2d` does.
    pub pool_padding: PoolPadding,
    /// What the dilation of a `Conv2d` does.
    pub dilation: Dilation,
    /// In which order Flatten takes the axes of a picture.
    pub flatten: Axes,
}

impl Maps {
    /// Maps as NIR has them.
    pub const PLAIN: Self = Self {
        wiring: Wiring::Nodes,
        arrival: Timing::Same,
        truth_only: false,
        recurrent_bias: true,
        recurrent_grid: None,
        convolution_bias: true,
        sums: Sums::Forward,
        pool: Pool::Sum,
        pool_padding: PoolPadding::Zeros,
        dilation: Dilation::Spread,
        flatten: Axes::ChannelsFirst,
    };
}

/// What becomes of the maps between neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wiring {
    /// Each is a node with a turn of its own.
    #[default]
    Nodes,
    /// Together they are connections, each with a weight and a delay of at least one step: see
    /// [`Connections`](super::Connections).
    Connections,
}

impl Wiring {
    /// Whether maps are nodes.
    #[must_use]
    pub fn is_nodes(&self) -> bool {
        *self == Self::Nodes
    }
}

/// How the products of a weighted map are added. Libraries choose the order by the shape and the
/// processor, so a result that depends on it is one of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sums {
    /// From the first input to the last, the bias at the end.
    #[default]
    Forward,
    /// Matrices: from the last input to the first. Convolutions: as [`Wide`](Self::Wide).
    Backward,
    /// In double precision, rounded once.
    Wide,
    /// The exact sum plus the most by which the roundings of any order can exceed it: `n u` times the
    /// sum of the magnitudes, for `n` terms and the unit roundoff `u` of the format.
    High,
    /// The exact sum minus the same.
    Low,
}

impl Sums {
    /// Every order; the first one is taken if nothing else is asked for.
    pub const ALL: [Self; 5] = [Self::Forward, Self::Backward, Self::Wide, Self::High, Self::Low];
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "forward",
            Self::Backward => "backward",
            Self::Wide => "wide",
            Self::High => "high",
            Self::Low => "low",
        })
    }
}

impl FromStr for Sums {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|sums| sums.to_string() == text);
        found.ok_or_else(|| {
            ChoiceError::new("sums", text, "`forward`, `backward`, `wide`, `high` or `low`")
        })
    }
}

/// What the dilation of a `Conv2d` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dilation {
    /// So many steps lie between two elements of the kernel.
    Spread,
    /// Nothing: the elements lie side by side.
    Ignored,
}

/// What the padding of a `SumPool2d` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolPadding {
    /// So many zeros stand on each side.
    Zeros,
    /// Nothing.
    Ignored,
    /// Any padding but 0 becomes as many zeros as give an output for every stride of the input, the
    /// smaller half of them before it.
    Same,
}

/// How `SumPool2d` adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// It adds.
    Sum,
    /// It takes the mean and multiplies by the area, which can round differently.
    MeanTimesArea,
}

/// In which order Flatten takes the axes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axes {
    /// Channels, rows, columns, as NIR.
    ChannelsFirst,
    /// Rows, columns, channels; weights that follow are not reordered.
    ChannelsLast,
}

/// What happens to kinds of nodes that a program does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Unknown {
    /// The kinds that it does know, neurons included; Input and Output are known to all.
    #[serde(deserialize_with = "text::list")]
    pub known: &'static [&'static str],
    /// What becomes of the others.
    pub policy: UnknownNodePolicy,
}

/// What becomes of a node of an unknown kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownNodePolicy {
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
        self.policy != UnknownNodePolicy::Refused && !self.knows(primitive)
    }

    /// Whether the program knows this kind of node.
    #[must_use]
    pub fn knows(&self, primitive: &Primitive) -> bool {
        let kind = primitive.kind();
        matches!(primitive, Primitive::Input(_) | Primitive::Output(_))
            || self.known.contains(&kind)
    }
}
