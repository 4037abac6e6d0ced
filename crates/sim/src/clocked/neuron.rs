//! Neurons and integrators: a membrane that follows an equation, with or without spikes.

use std::fmt::Debug;
use std::ops::Range;

use super::fire::Fire;
use super::node::{Incoming, Node, Outgoing, Site};
use super::option::Start;
use super::parameter::{Columns, Parameter};
use super::real::Real;
use crate::recording::Observable;

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

    /// Adds the jumps that impulses at the start of the step cause.
    fn jump(&self, membrane: &mut Membrane<'_, T>, impulses: &[T]);

    /// Follows the equation for one step under a current that is constant within it.
    fn flow(&self, membrane: &mut Membrane<'_, T>, current: &[T]);
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

    /// Numbers of state of the equation.
    fn len(&self) -> usize {
        if D::SYNAPSE { 2 * self.neurons } else { self.neurons }
    }

    fn write_start(&self, v: &mut [T]) {
        self.start.visit(v.len(), |neuron, [start]| v[neuron] = start);
    }

    fn step(&self, input: Incoming<'_, T>, state: &mut [T]) {
        let (v, isyn) = state.split_at_mut(self.neurons);
        let mut membrane = Membrane { v, isyn };
        if !input.impulse.is_empty() {
            self.dynamics.jump(&mut membrane, input.impulse);
        }
        self.dynamics.flow(&mut membrane, input.current);
    }

    fn place(&self, observable: Observable) -> Option<Range<usize>> {
        match observable {
            Observable::V => Some(0..self.neurons),
            Observable::Isyn if D::SYNAPSE => Some(self.neurons..2 * self.neurons),
            Observable::Spikes | Observable::Isyn | Observable::Isyn2 | Observable::U => None,
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
        self.fire.reset_waiting(&mut membrane[..self.body.neurons], waiting);
        self.body.step(input, membrane);
        self.fire.test(&mut membrane[..self.body.neurons], waiting, output.spikes());
    }

    fn place(&self, observable: Observable) -> Option<Range<usize>> {
        self.body.place(observable)
    }
}
