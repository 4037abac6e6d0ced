//! The planned network: what `prepare` makes and a run walks. Nothing in it changes.

use super::node::Node;
use super::signal_part::SignalParts;
use super::time_block::Stage;

/// Number of the part of currents.
pub(super) const CURRENT: usize = 0;
/// Number of the part of impulses.
pub(super) const IMPULSE: usize = 1;

/// A network ready to run, in the number format `T`.
#[derive(Debug)]
pub(super) struct Net<T> {
    /// The leaves, in ascending order of their names.
    pub(super) planned_nodes: Vec<PlannedNode<T>>,
    /// The order in which they run within a step.
    pub(super) order: Vec<usize>,
    /// The leaves that take their input at the end of a step, ascending.
    pub(super) accepting: Vec<usize>,
    /// The leaves that the stimulus fills, ascending.
    pub(super) entries: Vec<usize>,
    /// The buffers between the leaves.
    pub(super) slots: Vec<Slot<T>>,
    /// The parts that have to be stepped together.
    pub(super) stages: Vec<Stage>,
}

/// A leaf in its network.
#[derive(Debug)]
pub(super) struct PlannedNode<T> {
    /// What it does; `None` for an entry, which the stimulus fills.
    pub(super) node: Option<Box<dyn Node<T>>>,
    /// Channels that enter.
    pub(super) inputs: usize,
    /// For each part, the buffers whose sum arrives, in ascending order of their leaves.
    pub(super) reads: [Vec<Read>; 2],
    /// For each part, the buffer that it fills, if it can carry anything.
    pub(super) slots: [Option<usize>; 2],
}

/// What leaves a leaf on one part.
#[derive(Debug)]
pub(super) struct Slot<T> {
    /// Channels.
    pub(super) width: usize,
    /// Whether the buffer of the step before is kept beside that of this step.
    pub(super) history: bool,
    /// What stands in it before the first step.
    pub(super) rest: Vec<T>,
}

/// One summand of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// The buffer.
    pub(super) slot: usize,
    /// Whether the kept buffer of the step before is meant. A buffer whose leaf has not yet run
    /// holds the step before as well.
    pub(super) before: bool,
    /// Whether the step before is meant, wherever it stands.
    pub(super) is_delayed: bool,
}

impl<T> Net<T> {
    /// A number of slots for each leaf: one for each part that it fills.
    pub(super) fn number_slots(leaving: &[SignalParts]) -> Vec<[Option<usize>; 2]> {
        let mut next = 0..;
        let mut slot = |present: bool| if present { next.next() } else { None };
        leaving.iter().map(|parts| [slot(parts.current), slot(parts.impulse)]).collect()
    }

    /// The most channels that enter a leaf.
    pub(super) fn widest_input(&self) -> usize {
        self.planned_nodes.iter().map(|planned_node| planned_node.inputs).max().unwrap_or(0)
    }
}
