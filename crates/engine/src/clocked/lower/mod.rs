//! Lowers a planned network to a step program.
//!
//! The program has a buffer for what leaves each node, under the name of the node, and one for each state: `lif.v`,
//! `lif.isyn`. Where spikes are impulses, currents and impulses leave a node in two buffers, `fc` and `fc.impulse`, and an Input
//! is two: that of the spikes has the name of the node, that of the current ends in `.current`.
//!
//! A node writes its own operations: see [`Node::lower`](super::node::Node::lower).

pub(super) mod numbers;

use nirkit_step::{
    Absent, BufferId, Dense, Format, Input, Numbers, Operation, ProgramBuilder, Read,
};

use self::numbers::{format, numbers};
use super::matrix::Matrix;
use super::net::{self, CURRENT, IMPULSE, Net, PlannedNode};
use super::option::Comparison;
use super::program::{Engine, Program};
use super::real::Real;
use super::record::Subject;
use super::run::{Frame, InputSource};
use nirkit_run::recording::Observable;

impl Program {
    /// Returns the step program that this one executes. A run of it on [`frames`](Self::frames) gives the bits of a run of this
    /// one.
    ///
    /// # Errors
    ///
    /// A sentence for each node that keeps more than 2^26 numbers from step to step: a Delay of very many steps.
    pub fn step_program(&self) -> Result<nirkit_step::Program, Vec<String>> {
        match &self.engine {
            Engine::F32(net) => self.lowered(net),
            Engine::F64(net) => self.lowered(net),
        }
    }

    /// Returns the numbers of a step for each input of the [step program](Self::step_program).
    pub fn frames(&self, step: usize, source: &mut dyn InputSource) -> Vec<Vec<f64>> {
        let has_impulses = self.options().impulse().is_some();
        let mut frames = Vec::new();
        for (input, port) in self.inputs().iter().enumerate() {
            let mut parts = [vec![0.0; port.channels()], vec![0.0; port.channels()]];
            let [spikes, current] = &mut parts;
            source.fill(step, input, &mut Frame { spikes, current });
            if has_impulses {
                frames.extend(parts);
            } else {
                frames.push(
                    spikes
                        .iter()
                        .zip(&*current)
                        .map(|(spikes, current)| spikes + current)
                        .collect(),
                );
            }
        }
        frames
    }

    fn lowered<T: Real>(&self, net: &Net<T>) -> Result<nirkit_step::Program, Vec<String>> {
        let names: Vec<&str> = self.leaves().map(|(name, _)| name).collect();
        let numbers = net
            .planned_nodes
            .iter()
            .map(|planned_node| planned_node.node.as_ref().map_or(0, |node| node.state_len()));
        let too_large = names.iter().zip(numbers).filter(|&(_, numbers)| numbers > MOST_NUMBERS);
        let errors: Vec<String> = too_large
            .map(|(name, numbers)| {
                format!("`{name}` keeps {numbers} numbers from step to step, and a node of a step program {MOST_NUMBERS} at most")
            })
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let shapes: Vec<&[usize]> = self.leaves().map(|(_, shape)| shape).collect();
        let mut lowering = Lowering {
            net,
            program: ProgramBuilder::new(Some(self.options().dt)),
            names,
            shapes,
            slots: vec![None; net.slots.len()],
            states: Vec::new(),
        };
        lowering.declare();
        lowering.enter();
        for &leaf in &net.order {
            lowering.take_turn(leaf);
        }
        for &leaf in &net.accepting {
            lowering.accept_input(leaf);
        }
        for request in self.requests() {
            let Ok(probe) = self.probe(&request) else { continue };
            let buffer = match &probe.subject {
                Subject::Output(slots) => lowering.sum_of(*slots, &request.node, probe.channels()),
                Subject::State { leaf, .. } => {
                    let at = usize::from(request.observable == Observable::Isyn);
                    lowering.states[*leaf][at]
                }
            };
            lowering.program.probe(format!("{}:{}", request.node, request.observable), buffer);
        }
        Ok(lowering.program.finish())
    }
}

/// The most numbers that a node of a step program keeps.
const MOST_NUMBERS: usize = 1 << 26;

/// A step program in the making.
struct Lowering<'a, T> {
    net: &'a Net<T>,
    program: ProgramBuilder,
    names: Vec<&'a str>,
    shapes: Vec<&'a [usize]>,
    /// The buffer of each slot.
    slots: Vec<Option<BufferId>>,
    /// The states of each leaf, in its own order.
    states: Vec<Vec<BufferId>>,
}

/// A node while its operations are written.
pub(in super::super) struct NodeLowering<'a> {
    program: &'a mut ProgramBuilder,
    /// Full name of the node.
    name: &'a str,
    format: Format,
    /// Channels that enter.
    pub(in super::super) channels: usize,
    /// What arrives on each part; nothing arrives at a node without feedthrough.
    pub(in super::super) arriving: [Option<BufferId>; 2],
    /// What leaves on each part.
    pub(in super::super) leaving: [Option<BufferId>; 2],
    /// The states that the node declared.
    pub(in super::super) states: &'a [BufferId],
}

impl NodeLowering<'_> {
    /// Adds an operation.
    pub(in super::super) fn push(&mut self, operation: Operation) {
        self.program.push(operation);
    }

    /// The current that arrives: zeros where none can.
    pub(in super::super) fn current(&mut self) -> BufferId {
        if let Some(buffer) = self.arriving[CURRENT] {
            return buffer;
        }
        let name = format!("{}.none", self.name);
        let to = self.program.zeros(&name, self.channels, self.format);
        self.push(Operation::Add { from: Vec::new(), to });
        to
    }

    /// The buffer of the part on which spikes leave.
    pub(in super::super) fn spikes(&self) -> Option<BufferId> {
        self.leaving[IMPULSE].or(self.leaving[CURRENT])
    }

    /// Writes what a map makes of each part. `map` is given what arrives and what leaves, and whether its constant is added.
    pub(in super::super) fn each_lane(&mut self, map: impl Fn([BufferId; 2], bool) -> Operation) {
        if let Some(to) = self.leaving[CURRENT] {
            let from = self.current();
            self.push(map([from, to], true));
        }
        if let (Some(from), Some(to)) = (self.arriving[IMPULSE], self.leaving[IMPULSE]) {
            self.push(map([from, to], false));
        }
    }
}

/// What declares the states of a node.
pub(in super::super) struct StateLowering<'a> {
    program: &'a mut ProgramBuilder,
    name: &'a str,
    shape: &'a [usize],
    format: Format,
    states: Vec<BufferId>,
}

impl StateLowering<'_> {
    /// Declares a state with a number for each channel.
    pub(in super::super) fn state(&mut self, kind: &str, start: Numbers) {
        let name = format!("{}.{kind}", self.name);
        self.states.push(self.program.buffer(&name, self.shape, start));
    }

    /// Declares a ring of so many numbers, all 0.
    pub(in super::super) fn ring(&mut self, kind: &str, len: usize) {
        let name = format!("{}.{kind}", self.name);
        self.states.push(self.program.zeros(&name, len, self.format));
    }
}

impl<T: Real> Lowering<'_, T> {
    /// Declares what leaves each leaf, and its states.
    fn declare(&mut self) {
        for (leaf, planned_node) in self.net.planned_nodes.iter().enumerate() {
            let (name, shape) = (self.names[leaf], self.shapes[leaf]);
            let [current, impulse] = planned_node.slots;
            let impulses =
                if current.is_some() { format!("{name}.impulse") } else { name.to_owned() };
            for (slot, name) in [(current, name), (impulse, impulses.as_str())] {
                if let Some(slot) = slot {
                    let start = numbers(&self.net.slots[slot].rest);
                    self.slots[slot] = Some(self.program.buffer(name, shape, start));
                }
            }
            let program = &mut self.program;
            let mut states =
                StateLowering { program, name, shape, format: format::<T>(), states: Vec::new() };
            if let Some(node) = &planned_node.node {
                node.lower_states(&mut states);
            }
            let states = states.states;
            self.states.push(states);
        }
    }

    /// Takes what enters.
    fn enter(&mut self) {
        for &leaf in &self.net.entries {
            let (name, shape) = (self.names[leaf], self.shapes[leaf].to_vec());
            let [current, impulse] = self.net.planned_nodes[leaf].slots;
            let currents =
                if impulse.is_some() { format!("{name}.current") } else { name.to_owned() };
            for (slot, name) in [(impulse, name), (current, currents.as_str())] {
                let Some(to) = slot.and_then(|slot| self.slots[slot]) else { continue };
                let input =
                    Input { name: name.to_owned(), shape: shape.clone(), format: format::<T>() };
                let input = self.program.input(input);
                self.program.push(Operation::Frame { input, to });
            }
        }
    }

    /// The turn of a leaf.
    fn take_turn(&mut self, leaf: usize) {
        let planned_node = &self.net.planned_nodes[leaf];
        let Some(node) = &planned_node.node else { return };
        let arriving =
            if node.has_feedthrough() { self.gathered(planned_node, leaf) } else { [None; 2] };
        node.lower(&mut self.node(leaf, arriving));
    }

    /// What a leaf takes at the end of a step.
    fn accept_input(&mut self, leaf: usize) {
        let planned_node = &self.net.planned_nodes[leaf];
        let Some(node) = planned_node.node.as_ref().filter(|node| !node.has_feedthrough()) else {
            return;
        };
        let arriving = self.gathered(planned_node, leaf);
        node.lower_accept_input(&mut self.node(leaf, arriving));
    }

    fn node(&mut self, leaf: usize, arriving: [Option<BufferId>; 2]) -> NodeLowering<'_> {
        let PlannedNode { slots: leaving, inputs: channels, .. } = self.net.planned_nodes[leaf];
        NodeLowering {
            program: &mut self.program,
            name: self.names[leaf],
            format: format::<T>(),
            channels,
            arriving,
            leaving: leaving.map(|slot| slot.and_then(|slot| self.slots[slot])),
            states: &self.states[leaf],
        }
    }

    /// The buffers with the sum of what arrives on each part: that of the source, where there is only one.
    fn gathered(&mut self, planned_node: &PlannedNode<T>, leaf: usize) -> [Option<BufferId>; 2] {
        [(CURRENT, "sum"), (IMPULSE, "impulse_sum")].map(|(part, kind)| {
            let read = |read: &net::Read| {
                let before = read.is_delayed.then_some(Absent::Start);
                Some(Read { buffer: self.slots[read.slot]?, before })
            };
            let from: Vec<Read> = planned_node.reads[part].iter().filter_map(read).collect();
            match from.as_slice() {
                [] => None,
                [Read { buffer, before: None }] => Some(*buffer),
                _ => {
                    let name = format!("{}.{kind}", self.names[leaf]);
                    let to = self.program.zeros(&name, planned_node.inputs, format::<T>());
                    self.program.push(Operation::Add { from, to });
                    Some(to)
                }
            }
        })
    }

    /// The sum of what leaves on both parts.
    fn sum_of(&mut self, slots: [Option<usize>; 2], node: &str, channels: usize) -> BufferId {
        let buffers = slots.map(|slot| slot.and_then(|slot| self.slots[slot]));
        let from: Vec<Read> =
            buffers.into_iter().flatten().map(|buffer| Read { buffer, before: None }).collect();
        if let [only] = from.as_slice() {
            return only.buffer;
        }
        let to = self.program.zeros(&format!("{node}.both"), channels, format::<T>());
        if !from.is_empty() {
            self.program.push(Operation::Add { from, to });
        }
        to
    }
}

impl Comparison {
    /// The comparison of a step program.
    pub(in super::super) fn lowered(self) -> nirkit_step::Comparison {
        match self {
            Self::Above => nirkit_step::Comparison::Above,
            Self::AtLeast => nirkit_step::Comparison::AtLeast,
        }
    }
}

impl<T: Real> Matrix<T> {
    /// The matrix as an operation.
    pub(in super::super) fn lowered(
        &self,
        [from, to]: [BufferId; 2],
        sources: usize,
        bias: Option<Numbers>,
    ) -> Operation {
        // The column of each source is what a 1 at its place gives.
        let targets = self.targets();
        let mut weights = vec![T::ZERO; sources * targets];
        let (mut unit, mut column) = (vec![T::ZERO; sources], vec![T::ZERO; targets]);
        for source in 0..sources {
            unit[source] = T::ONE;
            self.apply(&unit, &mut column);
            unit[source] = T::ZERO;
            for (target, &weight) in column.iter().enumerate() {
                weights[target * sources + source] = weight;
            }
        }
        Operation::Dense(Dense { from, weights: numbers(&weights), bias, to })
    }
}
