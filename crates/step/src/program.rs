//! The parts of a program.

use crate::cell::Cell;
use crate::number::{Format, Numbers};

/// A step program: what is computed in each step, in execution order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Length of a step in seconds; `None` where a step has none.
    pub dt: Option<f64>,
    /// What enters in each step.
    pub inputs: Vec<Input>,
    /// Everything that is computed.
    pub buffers: Vec<Buffer>,
    /// What can be recorded after a step.
    pub probes: Vec<Probe>,
    /// What is done in a step, in order.
    pub operations: Vec<Operation>,
}

/// Numbers that enter in each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Full name of the Input node.
    pub name: String,
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// The format to which frames are rounded.
    pub format: Format,
}

/// The place of a buffer in [`Program::buffers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BufferId(pub usize);

/// Numbers that are kept within a step and, as far as operations read them before they write them, from step to step.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    /// A name of its own: that of the node for what leaves it, `lif.v` for a state.
    pub name: String,
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// The numbers before the first step: one for each element.
    pub start: Numbers,
}

impl Buffer {
    /// The format of the numbers.
    #[must_use]
    pub fn format(&self) -> Format {
        self.start.format()
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// Whether the buffer has no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start.is_empty()
    }
}

/// A name under which a buffer is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Node and observable: `lif1:v`.
    pub name: String,
    /// What is recorded after each step.
    pub buffer: BufferId,
}

/// In which steps an operation is executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum When {
    /// In every step.
    #[default]
    Always,
    /// In the first step only.
    First,
    /// In every step but the first.
    Later,
}

/// A buffer as an operation reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The buffer.
    pub buffer: BufferId,
    /// `None`: as it is now. Else as it was at the end of the step before, and what is read in the first step.
    pub before: Option<Absent>,
}

/// What is read of the step before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// The numbers that the buffer starts with.
    Start,
    /// Nothing: a sum leaves it out.
    Nothing,
}

/// Something that is done in a step. Every operation writes one buffer, but for [cells](Cell).
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Writes the frame of an input.
    Frame {
        /// Place of the input.
        input: usize,
        /// What is written.
        to: BufferId,
    },
    /// Adds buffers element by element, one after the other; 0 without any.
    Add {
        /// What is added.
        from: Vec<Read>,
        /// What is written.
        to: BufferId,
    },
    /// Writes 1 where an element is not 0, and 0 elsewhere.
    Truth {
        /// What is looked at.
        from: BufferId,
        /// What is written.
        to: BufferId,
    },
    /// Multiplies by a matrix.
    Dense(Dense),
    /// Adds products to integers that stand there, one after the other.
    Deliver(Deliver),
    /// Convolves pictures.
    Convolution(Convolution),
    /// Adds the elements of windows.
    Pool(Pool),
    /// Multiplies each element by a factor of its own.
    Scale {
        /// What is multiplied.
        from: BufferId,
        /// A factor for each element.
        factors: Numbers,
        /// What is written.
        to: BufferId,
    },
    /// Writes elements in another order.
    Permute {
        /// What is read.
        from: BufferId,
        /// The element of `from` at each place of `to`.
        order: Vec<usize>,
        /// What is written.
        to: BufferId,
    },
    /// Keeps elements in a ring, which has a row for each of the last steps: writes row `n mod rows` in step `n`, counted
    /// from 0.
    Store {
        /// What is kept.
        from: BufferId,
        /// The rows, one after the other.
        ring: BufferId,
    },
    /// Reads elements that were stored some steps before: element `at` of row `(n - delays[at]) mod rows` in step `n`. Before
    /// the row of a step is stored, a delay of as many steps as there are rows reads what stood there.
    Recall {
        /// The rows.
        ring: BufferId,
        /// A number of steps for each element, at most as many as there are rows.
        delays: Vec<usize>,
        /// What is written.
        to: BufferId,
    },
    /// Steps neurons.
    Cell(Cell),
}

/// A matrix, with a bias.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// What is multiplied.
    pub from: BufferId,
    /// A row of weights for each element of `to`.
    pub weights: Numbers,
    /// A number that is added to each sum; `None` adds nothing.
    pub bias: Option<Numbers>,
    /// What is written.
    pub to: BufferId,
}

/// A matrix whose products are added to what stands in a buffer, from the first source to the last, each addition held
/// by a register.
#[derive(Clone, Debug, PartialEq)]
pub struct Deliver {
    /// What is multiplied.
    pub from: BufferId,
    /// A row of weights for each element of `to`.
    pub weights: Numbers,
    /// What holds the sums.
    pub register: Register,
    /// What is added to.
    pub to: BufferId,
}

/// A register of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register {
    /// The smallest number.
    pub low: i64,
    /// The largest number.
    pub high: i64,
    /// Whether a number beyond comes back in at the other end; else it stays at the end that it passed.
    pub wraps: bool,
}

/// A convolution, with a bias.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// Pictures: channels, rows, columns.
    pub from: BufferId,
    /// How kernels move.
    pub window: Window,
    /// Kernels: output channels, input channels of a group, rows, columns.
    pub weights: Numbers,
    /// A number that is added to each sum; `None` adds nothing.
    pub bias: Option<Numbers>,
    /// What is written: channels, rows, columns.
    pub to: BufferId,
}

/// Sums over windows of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Pictures: channels, rows, columns.
    pub from: BufferId,
    /// How the window moves.
    pub window: Window,
    /// A sum is divided by the first number and multiplied by the second, each time rounded; `None` leaves it as it is.
    pub mean: Option<[f64; 2]>,
    /// What is written: channels, rows, columns.
    pub to: BufferId,
}

/// How a window moves over pictures; one number for rows, one for columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Channels that enter.
    pub channels_in: usize,
    /// Channels that leave.
    pub channels_out: usize,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// Distance of two windows.
    pub stride: [usize; 2],
    /// Distance of two elements of a window.
    pub dilation: [usize; 2],
    /// Zeros before the picture.
    pub before: [usize; 2],
    /// Rows and columns that enter.
    pub input: [usize; 2],
    /// Rows and columns that leave.
    pub output: [usize; 2],
}

/// Numbers of the neurons of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// A name within the cell.
    pub name: String,
    /// A number for each neuron.
    pub numbers: Numbers,
}
