//! Runs under a semantics: what changes from step to step.

use std::sync::Arc;

use nirkit_numerics::{Element, Tensor, TensorError};

use super::super::RunError;
use super::super::drive::GridSignal;
use super::super::option::Feedback;
use super::super::real::Real;
use super::super::record::{ProbeError, Recording};
use super::batch_runner::BatchRunner;
use super::fixed::FixedState;
use super::import::InputRef;
use super::layer::LayerState;
use super::program::{Engine, Kind, Net, PlannedNode, Program, Subject};
use super::rule::FanIn;
use super::values::Later;
use nirkit_run::recording::{Observable, Request};
use nirkit_run::stimulus::Stimulus;

/// A run of a program: one sample.
#[derive(Clone, Debug)]
pub struct Run(Numbers);

#[derive(Clone, Debug)]
enum Numbers {
    F32(Network<f32>),
    F64(Network<f64>),
}

impl Run {
    pub(super) fn new(program: &Program) -> Self {
        Self(match &program.engine {
            Engine::F32(net) => Numbers::F32(Network::new(net)),
            Engine::F64(net) => Numbers::F64(Network::new(net)),
        })
    }

    /// Takes a step. `frames` has the numbers of each Input, in the order of
    /// [`Program::inputs`]; an Input without a frame puts out 0.
    pub fn step(&mut self, frames: &[Vec<f64>]) {
        match &mut self.0 {
            Numbers::F32(network) => network.step(frames),
            Numbers::F64(network) => network.step(frames),
        }
    }
}

/// A neuron in the step that was taken last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Spikes that it put out.
    pub spikes: f64,
    /// The voltage that was held against the threshold, before a reset.
    pub v: f64,
    /// The threshold, in the units of this voltage.
    pub threshold: f64,
}

/// The network with what changes in it.
#[derive(Clone, Debug)]
struct Network<T> {
    net: Arc<Net<T>>,
    steps: usize,
    states: Vec<State<T>>,
    /// What each leaf puts out in this step.
    now: Vec<Vec<T>>,
    /// What each leaf put out in the step before, where it is needed.
    before: Vec<Vec<T>>,
    /// Room for a sum, and for a map.
    sum: Vec<T>,
    scratch: Vec<T>,
}

/// What changes in a node.
#[derive(Clone, Debug)]
enum State<T> {
    None,
    Layer(LayerState<T>),
    Fixed(FixedState),
}

impl<T: Real> Network<T> {
    fn new(net: &Arc<Net<T>>) -> Self {
        let zeros: Vec<Vec<T>> = net.rest.iter().map(|rest| vec![T::ZERO; rest.len()]).collect();
        let mut states = vec![State::None; zeros.len()];
        for planned_node in &net.planned_nodes {
            states[planned_node.leaf] = match &planned_node.kind {
                Kind::Entry(_) | Kind::Map(_) => State::None,
                Kind::Layer(layer) => State::Layer(layer.start()),
                Kind::Fixed(layer) => State::Fixed(layer.start()),
            };
        }
        Self {
            net: Arc::clone(net),
            steps: 0,
            states,
            before: zeros.clone(),
            now: zeros,
            sum: Vec::new(),
            scratch: Vec::new(),
        }
    }

    fn step(&mut self, frames: &[Vec<f64>]) {
        let net = Arc::clone(&self.net);
        for planned_node in &net.planned_nodes {
            if let (Kind::Layer(layer), State::Layer(state)) =
                (&planned_node.kind, &mut self.states[planned_node.leaf])
                && !layer.has_feedthrough()
            {
                layer.emit(state, &mut self.now[planned_node.leaf]);
            }
        }
        let (without_feedthrough, others): (Vec<_>, Vec<_>) =
            net.planned_nodes.iter().partition(|planned_node| !planned_node.kind.has_feedthrough());
        for planned_node in others {
            let mut output = std::mem::take(&mut self.now[planned_node.leaf]);
            self.turn(planned_node, frames, &mut output);
            self.now[planned_node.leaf] = output;
        }
        for planned_node in without_feedthrough {
            // What it puts out stands there already, and a layer that feeds itself sees it.
            self.turn(planned_node, frames, &mut []);
        }
        for (leaf, _) in net.history.iter().enumerate().filter(|(_, needed)| **needed) {
            self.before[leaf].copy_from_slice(&self.now[leaf]);
        }
        self.steps += 1;
    }

    /// A node's turn.
    fn turn(&mut self, planned_node: &PlannedNode<T>, frames: &[Vec<f64>], output: &mut [T]) {
        if let Kind::Entry(input) = planned_node.kind {
            let frame = frames.get(input).map_or(&[][..], Vec::as_slice);
            for (at, out) in output.iter_mut().enumerate() {
                *out = frame.get(at).map_or(T::ZERO, |&x| T::round(x));
            }
            return;
        }
        let mut sum = std::mem::take(&mut self.sum);
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut state = std::mem::replace(&mut self.states[planned_node.leaf], State::None);
        {
            let arriving: Vec<&[T]> = planned_node
                .input_refs
                .iter()
                .filter_map(|input_ref| self.seen(input_ref))
                .collect();
            let one_by_one = matches!(&planned_node.kind, Kind::Layer(layer) if layer.fan_in() == FanIn::OneByOne);
            let separate = one_by_one || matches!(planned_node.kind, Kind::Fixed(_));
            if !separate || arriving.is_empty() {
                add(&arriving, planned_node.inputs, &mut sum);
            }
            let joined = [sum.as_slice()];
            let inputs = if separate && !arriving.is_empty() {
                self.forward_first(planned_node)
            } else {
                joined.to_vec()
            };
            match (&planned_node.kind, &mut state) {
                (Kind::Map(map), _) => map.apply(inputs[0], &mut scratch, output),
                (Kind::Layer(layer), State::Layer(state)) => layer.step(state, &inputs, output),
                (Kind::Fixed(layer), State::Fixed(state)) => {
                    layer.step(state, &inputs.iter().copied(), output);
                }
                _ => {}
            }
        }
        self.states[planned_node.leaf] = state;
        self.sum = sum;
        self.scratch = scratch;
    }

    /// What a node sees of a source; `None` when there is nothing yet.
    fn seen(&self, input_ref: &InputRef) -> Option<&[T]> {
        match input_ref.later {
            None => Some(&self.now[input_ref.source]),
            Some(Later::Before(_)) if self.steps > 0 => Some(&self.before[input_ref.source]),
            Some(Later::Before(Feedback::Rest)) => Some(&self.net.rest[input_ref.source]),
            Some(Later::Before(Feedback::Absent) | Later::Never) => None,
        }
    }

    /// What a node sees of its sources, those in a cycle with it last.
    fn forward_first(&self, planned_node: &PlannedNode<T>) -> Vec<&[T]> {
        let of = |feedback: bool| {
            let input_refs = planned_node
                .input_refs
                .iter()
                .filter(move |input_ref| input_ref.closes_cycle == feedback);
            input_refs.filter_map(|input_ref| self.seen(input_ref))
        };
        of(false).chain(of(true)).collect()
    }

    fn moment(&self, leaf: usize, neuron: usize) -> Option<Moment> {
        let planned_node =
            self.net.planned_nodes.iter().find(|planned_node| planned_node.leaf == leaf)?;
        match (&planned_node.kind, &self.states[leaf]) {
            (Kind::Layer(layer), State::Layer(state)) => Some(Moment {
                spikes: state.spikes.get(neuron)?.wide(),
                v: state.tested.get(neuron)?.wide(),
                threshold: layer.threshold(neuron),
            }),
            (Kind::Fixed(layer), State::Fixed(state)) => Some(Moment {
                spikes: self.now[leaf].get(neuron)?.wide(),
                v: f64::from(*state.v.get(neuron)?),
                threshold: layer.threshold(),
            }),
            _ => None,
        }
    }

    /// The numbers of an observable of a leaf.
    fn read(&self, leaf: usize, observable: Observable) -> Vec<f64> {
        let wide = |numbers: &[T]| numbers.iter().map(|x| x.wide()).collect();
        match (&self.states[leaf], observable) {
            (State::Layer(state), Observable::Spikes) => wide(&state.spikes),
            (State::Layer(state), Observable::V) => wide(&state.v),
            (State::Layer(state), Observable::Isyn) => wide(&state.isyn),
            (State::Fixed(state), Observable::V) => state.v.iter().map(|&v| f64::from(v)).collect(),
            (State::Fixed(state), Observable::Isyn) => {
                state.isyn.iter().map(|&isyn| f64::from(isyn)).collect()
            }
            _ => wide(&self.now[leaf]),
        }
    }
}

/// Writes the sum of the signals in their order; zeros for none.
fn add<T: Real>(signals: &[&[T]], channels: usize, sum: &mut Vec<T>) {
    sum.clear();
    let Some((first, others)) = signals.split_first() else {
        sum.resize(channels, T::ZERO);
        return;
    };
    sum.extend_from_slice(first);
    for other in others {
        for (sum, &x) in sum.iter_mut().zip(*other) {
            *sum += x;
        }
    }
}

/// A stimulus on the grid of a program, frame by frame.
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    tracks: Vec<GridSignal<'a>>,
    frames: Vec<Vec<f64>>,
}

impl<'a> Frames<'a> {
    /// The frames of a stimulus, or everything that is wrong with it.
    pub fn new(program: &Program, stimulus: &'a Stimulus) -> Result<Self, RunError> {
        let frames = program.inputs().iter().map(|(_, channels)| vec![0.0; *channels]).collect();
        Ok(Self { tracks: tracks(program, stimulus)?, frames })
    }

    /// What enters each Input in a step.
    pub fn at(&mut self, step: usize) -> &[Vec<f64>] {
        for (track, frame) in self.tracks.iter().zip(&mut self.frames) {
            track.frame(step, frame);
        }
        &self.frames
    }
}

/// Runs a stimulus for so many steps; the arrays have the shape (T, *shape).
pub fn record(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    requests: &[Request],
) -> Result<Recording, RunError> {
    BatchRunner::new(program, requests)?.play(stimulus, steps)
}

/// The same step by step, by the definition: what [`record`] is held against.
pub fn record_stepwise(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    requests: &[Request],
) -> Result<Recording, RunError> {
    let mut frames = Frames::new(program, stimulus)?;
    let subjects = subjects(program, requests)?;
    let mut run = program.start();
    let mut samples = vec![Vec::new(); subjects.len()];
    for step in 0..steps {
        run.step(frames.at(step));
        for (subject, samples) in subjects.iter().zip(&mut samples) {
            samples.extend(run.read(subject));
        }
    }
    let arrays = subjects.iter().zip(samples).map(|(subject, samples)| {
        let shape = [&[steps], subject.shape.as_slice()].concat();
        Ok((subject.request.clone(), run.tensor(&shape, samples)?))
    });
    Ok(Recording { arrays: arrays.collect::<Result<_, TensorError>>()? })
}

impl Run {
    /// What a node puts out, or a state of it, after the step that was taken last; `None` for what
    /// the node does not have.
    #[must_use]
    pub fn observe(&self, program: &Program, request: &Request) -> Option<Vec<f64>> {
        program.subject(&request.node, request.observable).map(|subject| self.read(subject))
    }

    /// A neuron in the step that was taken last; `None` for what is no neuron.
    #[must_use]
    pub fn moment(&self, program: &Program, node: &str, neuron: usize) -> Option<Moment> {
        let leaf = program.subject(node, Observable::Spikes)?.leaf;
        match &self.0 {
            Numbers::F32(network) => network.moment(leaf, neuron),
            Numbers::F64(network) => network.moment(leaf, neuron),
        }
    }

    fn read(&self, subject: &Subject) -> Vec<f64> {
        let (leaf, observable) = (subject.leaf, subject.request.observable);
        match &self.0 {
            Numbers::F32(network) => network.read(leaf, observable),
            Numbers::F64(network) => network.read(leaf, observable),
        }
    }

    /// Numbers of this run as a tensor in its format.
    fn tensor(&self, shape: &[usize], numbers: Vec<f64>) -> Result<Tensor, TensorError> {
        match &self.0 {
            Numbers::F32(_) => rounded::<f32>(shape, &numbers),
            Numbers::F64(_) => Tensor::new(shape, numbers),
        }
    }
}

fn rounded<T: Real + Element>(shape: &[usize], numbers: &[f64]) -> Result<Tensor, TensorError> {
    Tensor::new(shape, numbers.iter().map(|&number| T::round(number)).collect())
}

/// The stimulus on the grid, one track for each Input.
pub(super) fn tracks<'a>(
    program: &Program,
    stimulus: &'a Stimulus,
) -> Result<Vec<GridSignal<'a>>, RunError> {
    let inputs: Vec<(&str, usize)> =
        program.inputs().iter().map(|(name, channels)| (name.as_str(), *channels)).collect();
    let errors = stimulus.check(&inputs);
    if !errors.is_empty() {
        return Err(RunError::Stimulus(errors));
    }
    let signals = inputs.iter().filter_map(|(name, _)| stimulus.signals.get(*name));
    Ok(signals.map(|signal| GridSignal::new(&program.grid, signal)).collect())
}

pub(super) fn subjects<'a>(
    program: &'a Program,
    requests: &[Request],
) -> Result<Vec<&'a Subject>, RunError> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for request in requests {
        match program.subject(&request.node, request.observable) {
            Some(subject) => found.push(subject),
            None => errors.push(ProbeError::NoSuchState { request: request.clone() }),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(RunError::Request(errors)) }
}
