//! Neurons and integrators: a membrane that follows an equation, with or without spikes.

use std::fmt::Debug;
use std::ops::Range;

use nirkit_step::{CellBuilder, Expr, Numbers, Operation, Variable, When};
use pulp::{Simd, WithSimd};

use super::fire::Fire;
use super::gain::Gain;
use super::lower::numbers::{number, spread};
use super::lower::{NodeLowering, StateLowering};
use super::net::{CURRENT, IMPULSE};
use super::node::{Incoming, Leaving, Node, Outgoing, Site};
use super::option::Start;
use super::parameter::{Columns, Parameter};
use super::real::Real;
use super::simd::{Vector, VectorLoop, padded, vectorized};
use super::span::{Part, Span};
use super::time_block::gather;
use nirkit_run::recording::Observable;

/// The state of the neurons of a node, one number each.
#[derive(Debug)]
pub(super) struct Membrane<'a, T> {
    /// Voltages.
    pub(super) v: &'a mut [T],
    /// Synaptic currents; empty for equations without one.
    pub(super) isyn: &'a mut [T],
}

/// An equation of motion.
pub(super) trait Dynamics<T: Real>: Debug + Send + Sync {
    /// Whether there is a synaptic current.
    const SYNAPSE: bool;

    /// The jumps that impulses at the start of a step cause: of the synaptic current, or of the voltage where there is none.
    fn jump(&self) -> &Gain<T>;

    /// Follows the equation for one step under a current that is constant within it.
    fn flow(&self, membrane: &mut Membrane<'_, T>, current: &[T]);

    /// Writes what [`flow`](Self::flow) does to the membrane.
    fn lower_flow(&self, builder: &mut CellBuilder, membrane: Lowered, current: Expr);

    /// Follows the equation of the neurons from `at` on.
    fn flow_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: Cells<S, T, W>,
        current: Vector<S, T, W>,
    ) -> Cells<S, T, W>;
}

/// The state of a neuron in a step program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowered {
    /// The voltage.
    pub(super) v: Variable,
    /// The synaptic current; the voltage for equations without one.
    pub(super) isyn: Variable,
}

/// The state of some neurons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<S: Simd, T: Real, const W: usize> {
    /// Voltages.
    pub(super) v: Vector<S, T, W>,
    /// Synaptic currents; nothing is meant by them in equations without one.
    pub(super) isyn: Vector<S, T, W>,
}

/// What all neurons have: an equation and a start.
#[derive(Debug)]
struct Body<D, T> {
    neurons: usize,
    dynamics: D,
    start: Columns<T, 1>,
}

impl<T: Real, D: Dynamics<T>> Body<D, T> {
    /// A body at rest at `v_leak`, or at 0 if the options say so.
    fn new(site: &Site<'_>, dynamics: D, v_leak: &Parameter) -> Self {
        let start = match site.options.start {
            Start::Rest => Columns::new(site.channels(), [v_leak], |[v_leak]| [v_leak]),
            Start::Zero => Columns::Uniform([T::ZERO]),
        };
        Self { neurons: site.channels(), dynamics, start }
    }

    /// Numbers of a part of the state: one for each neuron, in whole chunks.
    fn part(&self) -> usize {
        padded(self.neurons)
    }

    /// Numbers of state of the equation.
    fn len(&self) -> usize {
        if D::SYNAPSE { 2 * self.part() } else { self.part() }
    }

    fn write_start(&self, v: &mut [T]) {
        self.start.visit(v.len(), |neuron, [start]| v[neuron] = start);
    }

    fn step(&self, input: Incoming<'_, T>, state: &mut [T]) {
        let (v, isyn) = state.split_at_mut(self.part());
        let isyn = if D::SYNAPSE { &mut isyn[..self.neurons] } else { &mut [] };
        let mut membrane = Membrane { v: &mut v[..self.neurons], isyn };
        if !input.impulse.is_empty() {
            let states = if D::SYNAPSE { &mut *membrane.isyn } else { &mut *membrane.v };
            self.dynamics.jump().add(states, input.impulse);
        }
        self.dynamics.flow(&mut membrane, input.current);
    }

    fn lower_states(&self, states: &mut StateLowering<'_>) {
        states.state("v", spread(&self.start, self.neurons));
        if D::SYNAPSE {
            states.state("isyn", Numbers::filled(number(T::ZERO), self.neurons));
        }
    }

    /// Writes a step to a cell, and returns the voltage.
    fn lower(&self, builder: &mut CellBuilder, node: &mut NodeLowering<'_>) -> Variable {
        let v = Variable::Buffer(node.states[0]);
        let isyn = if D::SYNAPSE { Variable::Buffer(node.states[1]) } else { v };
        let membrane = Lowered { v, isyn };
        if let Some(impulses) = node.arriving[IMPULSE] {
            self.dynamics.jump().lower(
                builder,
                membrane.isyn,
                Expr::of(Variable::Buffer(impulses)),
            );
        }
        let current = Expr::of(Variable::Buffer(node.current()));
        self.dynamics.lower_flow(builder, membrane, current);
        v
    }

    fn place(&self, observable: Observable) -> Option<Range<usize>> {
        match observable {
            Observable::V => Some(0..self.neurons),
            Observable::Isyn if D::SYNAPSE => Some(self.part()..self.part() + self.neurons),
            Observable::Spikes
            | Observable::Isyn
            | Observable::Isyn2
            | Observable::U
            | Observable::Output => None,
        }
    }
}

/// A node that puts out its voltage. Its state is the voltages, then the synaptic currents.
#[derive(Debug)]
pub(super) struct Integrating<D, T>(Body<D, T>);

impl<T: Real, D: Dynamics<T>> Integrating<D, T> {
    pub(super) fn new(site: &Site<'_>, dynamics: D, v_leak: &Parameter) -> Self {
        Self(Body::new(site, dynamics, v_leak))
    }
}

impl<T: Real, D: Dynamics<T>> Node<T> for Integrating<D, T> {
    fn state_len(&self) -> usize {
        self.0.len()
    }

    fn start(&self, state: &mut [T]) {
        self.0.write_start(&mut state[..self.0.neurons]);
    }

    fn rest(&self, _: Incoming<'_, T>, output: Outgoing<'_, T>) {
        self.0.write_start(output.current);
    }

    fn step(&self, _: usize, input: Incoming<'_, T>, state: &mut [T], output: Outgoing<'_, T>) {
        self.0.step(input, state);
        output.current.copy_from_slice(&state[..self.0.neurons]);
    }

    fn lower_states(&self, states: &mut StateLowering<'_>) {
        self.0.lower_states(states);
    }

    fn lower(&self, node: &mut NodeLowering<'_>) {
        let mut builder = CellBuilder::new(self.0.neurons, When::Always);
        let v = self.0.lower(&mut builder, node);
        if let Some(output) = node.leaving[CURRENT] {
            builder.set(Variable::Buffer(output), Expr::of(v));
        }
        node.push(Operation::Cell(builder.finish()));
    }

    fn run_block(&self, span: &mut Span<'_, T>) {
        vectorized(BlockPass { body: &self.0, fire: None, span });
    }

    fn place(&self, observable: Observable) -> Option<Range<usize>> {
        self.0.place(observable)
    }
}

/// A node that puts out spikes. Its state is the voltages, then the synaptic currents, then what
/// [`Fire`] keeps.
#[derive(Debug)]
pub(super) struct Spiking<D, T> {
    body: Body<D, T>,
    fire: Fire<T>,
}

impl<T: Real, D: Dynamics<T>> Spiking<D, T> {
    pub(super) fn new(site: &Site<'_>, dynamics: D, v_leak: &Parameter, fire: Fire<T>) -> Self {
        Self { body: Body::new(site, dynamics, v_leak), fire }
    }
}

impl<T: Real, D: Dynamics<T>> Node<T> for Spiking<D, T> {
    fn state_len(&self) -> usize {
        self.body.len() + self.fire.state_len(self.body.neurons)
    }

    fn start(&self, state: &mut [T]) {
        self.body.write_start(&mut state[..self.body.neurons]);
    }

    fn step(&self, _: usize, input: Incoming<'_, T>, state: &mut [T], output: Outgoing<'_, T>) {
        let (membrane, waiting) = state.split_at_mut(self.body.len());
        let waiting = &mut waiting[..self.fire.waiting(self.body.neurons)];
        self.fire.reset_waiting(&mut membrane[..self.body.neurons], waiting);
        self.body.step(input, membrane);
        self.fire.test(&mut membrane[..self.body.neurons], waiting, output.spikes());
    }

    fn lower_states(&self, states: &mut StateLowering<'_>) {
        self.body.lower_states(states);
        if self.fire.waiting(self.body.neurons) > 0 {
            states.state("waiting", Numbers::filled(number(T::ZERO), self.body.neurons));
        }
    }

    fn lower(&self, node: &mut NodeLowering<'_>) {
        let Some(spikes) = node.spikes().map(Variable::Buffer) else { return };
        let mut builder = CellBuilder::new(self.body.neurons, When::Always);
        let v = Variable::Buffer(node.states[0]);
        let waiting = (self.fire.waiting(self.body.neurons) > 0).then(|| node.states.last());
        let waiting = waiting.flatten().map(|&waiting| Variable::Buffer(waiting));
        if let Some(waiting) = waiting {
            self.fire.lower_reset(&mut builder, v, waiting);
        }
        self.body.lower(&mut builder, node);
        self.fire.lower_test(&mut builder, v, waiting, spikes);
        node.push(Operation::Cell(builder.finish()));
    }

    fn leaving(&self) -> Leaving {
        Leaving::Spikes
    }

    fn run_block(&self, span: &mut Span<'_, T>) {
        vectorized(BlockPass { body: &self.body, fire: Some(&self.fire), span });
    }

    fn place(&self, observable: Observable) -> Option<Range<usize>> {
        self.body.place(observable)
    }
}

/// Neurons over a span. They do not wait for each other, so some of them take all steps while their
/// state stays in registers.
struct BlockPass<'a, 's, D, T> {
    body: &'a Body<D, T>,
    fire: Option<&'a Fire<T>>,
    span: &'a mut Span<'s, T>,
}

impl<T: Real, D: Dynamics<T>> WithSimd for BlockPass<'_, '_, D, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if self.span.part == Part::Absorb {
            return;
        }
        self.walk(simd, 0..self.body.part());
    }
}

impl<T: Real, D: Dynamics<T>> VectorLoop<T> for BlockPass<'_, '_, D, T> {
    /// Takes the neurons from one on through all rows.
    #[inline(always)]
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize) {
        let Self { body, fire, span } = self;
        let Span { buffer_pool, input_refs, state, rows, outs, traces, .. } = &mut **span;
        // Voltages, synaptic currents, and who waits; each is there or not.
        let places = [0, body.part(), body.len()].map(|place| place + at);
        let present = [true, D::SYNAPSE, state.len() > body.len()];
        let load = |k: usize| {
            if present[k] {
                Vector::load(simd, state, places[k])
            } else {
                Vector::splat(simd, T::ZERO)
            }
        };
        let mut cells = Cells { v: load(0), isyn: load(1) };
        let mut waits: Vector<S, T, W> = load(2);
        let out = outs[IMPULSE].or(outs[CURRENT]);
        for row in rows.clone() {
            let current = gather(simd, buffer_pool, input_refs[CURRENT], row, at);
            let impulses = match input_refs[IMPULSE] {
                [] => None,
                input_refs => Some(gather(simd, buffer_pool, input_refs, row, at)),
            };
            if let Some(fire) = fire {
                cells.v = fire.reset_vector(simd, at, cells.v, waits);
            }
            if let Some(impulses) = impulses {
                let states = if D::SYNAPSE { &mut cells.isyn } else { &mut cells.v };
                *states = body.dynamics.jump().add_vector(simd, at, *states, impulses);
            }
            cells = body.dynamics.flow_vector(simd, at, cells, current);
            match (*fire, out) {
                (Some(fire), out) => {
                    let (spikes, bits) = fire.test_vector(simd, at, &mut cells.v, &mut waits);
                    if let Some(out) = out {
                        buffer_pool.store_with_bitmask(out, row, at, bits, spikes);
                    }
                }
                (None, Some(out)) => buffer_pool.store(out, row, at, cells.v),
                (None, None) => {}
            }
            for (trace, vector) in traces.iter().zip([cells.v, cells.isyn]) {
                if let Some(trace) = trace {
                    buffer_pool.store(*trace, row, at, vector);
                }
            }
        }
        for (k, vector) in [cells.v, cells.isyn, waits].into_iter().enumerate() {
            if present[k] {
                vector.store(state, places[k]);
            }
        }
    }
}
