//! Lowers a planned network to a step program.
//!
//! The program has a buffer for what leaves each node, under the name of the node, and one for each state: `lif.v`,
//! `lif.isyn`. A layer that puts out its spikes before it takes its input becomes two cells. Coefficients that all neurons
//! share stand in the cell as constants.

mod cell;
mod fixed;

use nirkit_step::{
    Absent, BufferId, Convolution, Input, Operation, Pool, ProgramBuilder, Read, When,
};

use super::super::lower::numbers::{format, numbers};
use super::super::option::Feedback;
use super::super::real::Real;
use super::import::InputRef;
use super::layer::Layer;
use super::map::{Map, Op};
use super::program::{Engine, Kind, Net, PlannedNode, Program};
use super::rule::FanIn;
use super::values::Later;
use crate::lowering::step_window;
use cell::Lowered;
use nirkit_run::recording::Observable;

impl Program {
    /// Returns the step program that this one executes, or a sentence for each node that has no step program: one
    /// whose additions were asked for in another order than the usual one, or a layer whose threshold of 0 makes what is no
    /// number spread.
    ///
    /// A run of it gives the bits of a run of this one.
    pub fn step_program(&self) -> Result<nirkit_step::Program, Vec<String>> {
        match &self.engine {
            Engine::F32(net) => Lowering::new(self, net).program(),
            Engine::F64(net) => Lowering::new(self, net).program(),
        }
    }
}

struct Lowering<'a, T> {
    source: &'a Program,
    net: &'a Net<T>,
    program: ProgramBuilder,
    /// What leaves each leaf.
    outputs: Vec<Option<BufferId>>,
    /// The states of each leaf.
    states: Vec<Option<Lowered>>,
    errors: Vec<String>,
}

impl<'a, T: Real> Lowering<'a, T> {
    fn new(source: &'a Program, net: &'a Net<T>) -> Self {
        let leaves = net.rest.len();
        let program = ProgramBuilder::new(source.length_of_step());
        let (outputs, states) = (vec![None; leaves], (0..leaves).map(|_| None).collect());
        Self { source, net, program, outputs, states, errors: Vec::new() }
    }

    fn program(mut self) -> Result<nirkit_step::Program, Vec<String>> {
        self.declare_inputs();
        let planned_nodes = || self.net.planned_nodes.iter().zip(&self.source.names);
        for (planned_node, name) in planned_nodes() {
            self.declare(planned_node, name);
        }
        let (without_feedthrough, others): (Vec<_>, Vec<_>) =
            planned_nodes().partition(|(planned_node, _)| !planned_node.kind.has_feedthrough());
        for (planned_node, _) in &without_feedthrough {
            self.emit(planned_node);
        }
        for (planned_node, name) in others.into_iter().chain(without_feedthrough) {
            self.take(planned_node, name);
        }
        self.probe();
        if self.errors.is_empty() { Ok(self.program.finish()) } else { Err(self.errors) }
    }

    fn declare_inputs(&mut self) {
        let shape = |input: usize| {
            let is_entry = |planned_node: &&PlannedNode<T>| matches!(planned_node.kind, Kind::Entry(at) if at == input);
            self.net
                .planned_nodes
                .iter()
                .find(is_entry)
                .map(|planned_node| planned_node.shape.clone())
        };
        for (at, (name, channels)) in self.source.inputs.iter().enumerate() {
            self.program.input(Input {
                name: name.clone(),
                shape: shape(at).unwrap_or_else(|| vec![*channels]),
                format: format::<T>(),
            });
        }
    }

    /// Declares what leaves a node, and its states.
    fn declare(&mut self, planned_node: &PlannedNode<T>, name: &str) {
        let start = numbers(&self.net.rest[planned_node.leaf]);
        let shape = &planned_node.shape;
        self.outputs[planned_node.leaf] = Some(self.program.buffer(name, shape, start));
        self.states[planned_node.leaf] = match &planned_node.kind {
            Kind::Layer(layer) => {
                if layer.spreads() {
                    let why = "divides by a threshold of 0, and what is no number then spreads to the whole layer";
                    self.errors.push(format!("{name} {why}, which a step program does not say"));
                }
                Some(self.declare_layer(layer, name, shape))
            }
            Kind::Fixed(layer) => Some(layer.lowered(name, shape, |name, shape, start| {
                self.program.buffer(name, shape, start)
            })),
            Kind::Entry(_) | Kind::Map(_) => None,
        };
    }

    fn declare_layer(&mut self, layer: &Layer<T>, name: &str, shape: &[usize]) -> Lowered {
        let start = layer.start();
        let mut state = |kind: &str, values: &[T]| {
            let is_there = !values.is_empty();
            is_there.then(|| self.program.buffer(&format!("{name}.{kind}"), shape, numbers(values)))
        };
        let v = state("v", &start.v);
        let isyn = state("isyn", &start.isyn);
        let relayed = state("relayed", &start.relayed);
        // Spikes of another height leave the layer: their number is kept beside them.
        let spikes = if layer.firing.is_some() && layer.height != T::ONE {
            state("spikes", &start.spikes)
        } else {
            None
        };
        Lowered { v, isyn, relayed, spikes, integers: None }
    }

    /// What leaves a leaf before it takes its input.
    fn emit(&mut self, planned_node: &PlannedNode<T>) {
        if let (Kind::Layer(layer), Some(states), Some(output)) =
            (&planned_node.kind, &self.states[planned_node.leaf], self.outputs[planned_node.leaf])
        {
            let cell = layer.emission(states, output);
            self.program.push(Operation::Cell(cell));
        }
    }

    /// A leaf's turn.
    fn take(&mut self, planned_node: &PlannedNode<T>, name: &str) {
        let Some(to) = self.outputs[planned_node.leaf] else { return };
        match &planned_node.kind {
            Kind::Entry(input) => {
                self.program.push(Operation::Frame { input: *input, to });
            }
            Kind::Map(map) => {
                let from = self.joined(planned_node, name);
                self.map(map, name, from, to);
            }
            Kind::Layer(layer) if layer.fan_in == FanIn::Joined => {
                let from = self.joined(planned_node, name);
                self.step_layer(layer, planned_node.leaf, &[from], When::Always);
            }
            Kind::Layer(layer) => {
                let layer_step = |lowering: &mut Self, inputs: &[BufferId], when| {
                    lowering.step_layer(layer, planned_node.leaf, inputs, when);
                };
                self.one_by_one(planned_node, name, layer_step);
            }
            Kind::Fixed(layer) => {
                let layer_step = |lowering: &mut Self, inputs: &[BufferId], when| {
                    if let Some(states) = &lowering.states[planned_node.leaf] {
                        let cell = layer.cell(states, to, inputs, when, format::<T>());
                        lowering.program.push(Operation::Cell(cell));
                    }
                };
                self.one_by_one(planned_node, name, layer_step);
            }
        }
    }

    fn step_layer(&mut self, layer: &Layer<T>, leaf: usize, inputs: &[BufferId], when: When) {
        if let (Some(states), Some(output)) = (&self.states[leaf], self.outputs[leaf]) {
            let cell = layer.intake(states, output, inputs, when);
            self.program.push(Operation::Cell(cell));
        }
    }

    /// How a source is read; `None` for one that is never seen.
    fn read(&self, input_ref: &InputRef) -> Option<Read> {
        let before = match input_ref.later {
            None => None,
            Some(Later::Before(Feedback::Rest)) => Some(Absent::Start),
            Some(Later::Before(Feedback::Absent)) => Some(Absent::Nothing),
            Some(Later::Never) => return None,
        };
        Some(Read { buffer: self.outputs[input_ref.source]?, before })
    }

    /// The buffer with the sum of what arrives: that of the source, where there is only one.
    fn joined(&mut self, planned_node: &PlannedNode<T>, name: &str) -> BufferId {
        let reads: Vec<Read> =
            planned_node.input_refs.iter().filter_map(|input_ref| self.read(input_ref)).collect();
        if let [Read { buffer, before: None }] = reads.as_slice() {
            return *buffer;
        }
        self.add(planned_node.inputs, name, reads)
    }

    fn add(&mut self, channels: usize, name: &str, from: Vec<Read>) -> BufferId {
        let to = self.program.zeros(&format!("{name}.sum"), channels, format::<T>());
        self.program.push(Operation::Add { from, to });
        to
    }

    /// Steps a layer that takes its inputs one after the other, those of a cycle last. In the first step some of them
    /// may not be there yet.
    fn one_by_one(
        &mut self,
        planned_node: &PlannedNode<T>,
        name: &str,
        mut step: impl FnMut(&mut Self, &[BufferId], When),
    ) {
        let of = |feedback: bool| {
            planned_node
                .input_refs
                .iter()
                .filter(move |input_ref| input_ref.closes_cycle == feedback)
        };
        let input_refs: Vec<Read> =
            of(false).chain(of(true)).filter_map(|input_ref| self.read(input_ref)).collect();
        let is_late = |read: &Read| read.before == Some(Absent::Nothing);
        let is_absent: Vec<bool> = input_refs.iter().map(is_late).collect();
        let inputs: Vec<BufferId> = input_refs
            .into_iter()
            .map(|read| match read.before {
                None => read.buffer,
                Some(_) => self.add(planned_node.inputs, name, vec![read]),
            })
            .collect();
        let first = inputs.iter().zip(&is_absent).filter(|(_, absent)| !**absent);
        let first: Vec<BufferId> = first.map(|(input, _)| *input).collect();
        let or_zero = |lowering: &mut Self, inputs: Vec<BufferId>| {
            if inputs.is_empty() {
                vec![lowering.add(planned_node.inputs, name, Vec::new())]
            } else {
                inputs
            }
        };
        if first.len() == inputs.len() {
            let inputs = or_zero(self, inputs);
            step(self, &inputs, When::Always);
            return;
        }
        let first = or_zero(self, first);
        step(self, &first, When::First);
        step(self, &inputs, When::Later);
    }

    fn map(&mut self, map: &Map<T>, name: &str, from: BufferId, to: BufferId) {
        let mut from = from;
        if map.truth_only {
            let len = self.program.len(from);
            let truth = self.program.zeros(&format!("{name}.truth"), len, format::<T>());
            self.program.push(Operation::Truth { from, to: truth });
            from = truth;
        }
        let bias = (!map.bias.is_empty()).then(|| numbers(&map.bias));
        let operation = match &map.op {
            Op::Same => Operation::Add { from: vec![Read { buffer: from, before: None }], to },
            Op::Matrix(matrix) => matrix.lowered([from, to], self.program.len(from), bias),
            Op::Window(windowed) => Operation::Convolution(Convolution {
                from,
                window: step_window(windowed.window()),
                weights: numbers(windowed.weights()),
                bias,
                to,
            }),
            Op::Pool(windowed, divisor, factor) => {
                let mean = (*divisor != T::ONE).then(|| [divisor.wide(), factor.wide()]);
                Operation::Pool(Pool { from, window: step_window(windowed.window()), mean, to })
            }
            Op::Scale(factors) => Operation::Scale { from, factors: numbers(factors), to },
            Op::Permute(order) => Operation::Permute { from, order: order.clone(), to },
            Op::Backward(_) | Op::Wide(_) => {
                self.errors.push(format!("{name} adds in another order than a step program"));
                return;
            }
        };
        self.program.push(operation);
    }

    /// Names everything that can be recorded.
    fn probe(&mut self) {
        for subject in &self.source.subjects {
            let output = self.outputs[subject.leaf];
            let states = self.states[subject.leaf].as_ref();
            let state = |of: fn(&Lowered) -> Option<BufferId>| states.and_then(of);
            let found = match subject.request.observable {
                Observable::V => state(|states| states.v),
                Observable::Isyn => state(|states| states.isyn),
                Observable::Spikes => state(|states| states.spikes),
                _ => None,
            };
            if let Some(buffer) = found.or(output) {
                let request = &subject.request;
                let name = format!("{}:{}", request.node, request.observable);
                self.program.probe(name, buffer);
            }
        }
    }
}
