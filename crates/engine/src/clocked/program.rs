//! Programs: what `prepare` makes. A program does not change and can be shared between threads.

use std::fmt;
use std::sync::Arc;

use nirkit_ir::facts::{LeafId, Shape};
use nirkit_ir::{Facts, Graph, Primitive};

use super::delay::Rounding;
use super::net::Net;
use super::option::Options;
use super::order::Schedule;
use super::record::{Probe, ProbeError, Samples, Subject};
use super::run::{ResumeError, Run, Snapshot, State, Stepper};
use nirkit_run::recording::{Observable, Request};

/// A graph ready to run on a grid.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) engine: Engine,
    options: Options,
    inputs: Vec<Port>,
    order: Vec<Turn>,
    roundings: Vec<Rounding>,
    ports: Vec<Port>,
    nested: Vec<(String, Vec<usize>)>,
}

/// The planned network in the chosen number format.
#[derive(Clone, Debug)]
pub(super) enum Engine {
    F32(Arc<Net<f32>>),
    F64(Arc<Net<f64>>),
}

/// A point where a signal enters or leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Full name of the node.
    pub name: String,
    /// Lengths of the axes of the signal, without time and batch.
    pub shape: Shape,
    /// Whether what enters here reaches a Threshold, for which impulses have no meaning.
    pub(super) needs_level: bool,
    /// What leaves here: spikes, or an output of another kind.
    emits: Observable,
}

impl Port {
    /// Number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A leaf's turn in the order of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Full name of the leaf.
    pub node: String,
    /// Sources of which it takes what they put out in the step before.
    pub before: Vec<String>,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.node)?;
        if !self.before.is_empty() {
            write!(f, " (takes the step before of {})", self.before.join(", "))?;
        }
        Ok(())
    }
}

impl Program {
    /// Puts a program together. `levels` says for each entry whether it leads to a Threshold.
    pub(super) fn new(
        engine: Engine,
        graph: &Graph,
        facts: &Facts,
        options: &Options,
        schedule: &Schedule,
        roundings: Vec<Rounding>,
        levels: &[bool],
    ) -> Self {
        let entry = |(id, &needs_level): (LeafId, &bool)| {
            let leaf = facts.leaf(id);
            let (name, shape) = (leaf.name.clone(), leaf.output.clone());
            Port { name, shape, needs_level, emits: Observable::Output }
        };
        let port = |(leaf, emits): (&nirkit_ir::facts::Leaf, Observable)| Port {
            name: leaf.name.clone(),
            shape: leaf.output.clone(),
            needs_level: false,
            emits,
        };
        let outputs = |nested: &nirkit_ir::facts::Nested| {
            nested.outputs.iter().map(|output| output.index()).collect()
        };
        Self {
            engine,
            options: options.clone(),
            inputs: facts.inputs(graph).zip(levels).map(entry).collect(),
            order: turns(facts, schedule),
            roundings,
            ports: facts.leaves().iter().zip(emissions(graph, facts)).map(port).collect(),
            nested: facts.nested().iter().map(|n| (n.name.clone(), outputs(n))).collect(),
        }
    }

    /// The choices that the program was made under.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Where the stimulus enters, in ascending order of names. An [`InputSource`](super::InputSource) numbers
    /// Inputs by this order.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// The order in which leaves run within a step.
    #[must_use]
    pub fn order(&self) -> &[Turn] {
        &self.order
    }

    /// The delays that are no whole number of steps.
    #[must_use]
    pub fn roundings(&self) -> &[Rounding] {
        &self.roundings
    }

    /// Starts a run of `batch` independent samples, before its first step.
    #[must_use]
    pub fn start(&self, batch: usize) -> Run {
        Run(match &self.engine {
            Engine::F32(net) => State::F32(Stepper::new(Arc::clone(net), batch)),
            Engine::F64(net) => State::F64(Stepper::new(Arc::clone(net), batch)),
        })
    }

    /// Takes up a run where it was saved. It goes on as if it had not been interrupted.
    pub fn resume(&self, snapshot: &Snapshot) -> Result<Run, ResumeError> {
        let mut run = self.start(snapshot.batch);
        run.restore(snapshot)?;
        Ok(run)
    }

    /// Finds what a request names.
    pub fn probe(&self, request: &Request) -> Result<Probe, ProbeError> {
        let leaf = self.find(request)?;
        let is_output = matches!(request.observable, Observable::Spikes | Observable::Output);
        if is_output && self.ports[leaf].emits != request.observable {
            return Err(ProbeError::NoSuchState { request: request.clone() });
        }
        let subject = match &self.engine {
            Engine::F32(net) => Subject::find(net, leaf, request.observable),
            Engine::F64(net) => Subject::find(net, leaf, request.observable),
        };
        let subject =
            subject.ok_or_else(|| ProbeError::NoSuchState { request: request.clone() })?;
        Ok(Probe { request: request.clone(), shape: self.ports[leaf].shape.clone(), subject })
    }

    /// Everything that can be recorded, in ascending order of names.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let names = self.ports.iter().map(|port| &port.name);
        let mut requests: Vec<Request> = names
            .chain(self.nested.iter().map(|(name, _)| name))
            .flat_map(|node| {
                [Observable::Spikes, Observable::V, Observable::Isyn, Observable::Output]
                    .map(|observable| Request { node: node.clone(), observable })
            })
            .filter(|request| self.probe(request).is_ok())
            .collect();
        requests.sort();
        requests
    }

    /// An empty series of numbers in the program's number format.
    #[must_use]
    pub fn samples(&self) -> Samples {
        match self.engine {
            Engine::F32(_) => Samples::F32(Vec::new()),
            Engine::F64(_) => Samples::F64(Vec::new()),
        }
    }

    /// Names and shapes of what leaves the leaves, in ascending order of names.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.ports.iter().map(|port| (port.name.as_str(), port.shape.as_slice()))
    }

    /// The leaf that a request names; a nested graph stands for its Output.
    fn find(&self, request: &Request) -> Result<usize, ProbeError> {
        if let Ok(leaf) = self.ports.binary_search_by(|port| port.name.cmp(&request.node)) {
            return Ok(leaf);
        }
        let nested = self.nested.iter().find(|(name, _)| *name == request.node);
        match nested.map(|(_, outputs)| outputs.as_slice()) {
            None => Err(ProbeError::NoSuchNode { node: request.node.clone() }),
            Some(&[output])
                if matches!(request.observable, Observable::Spikes | Observable::Output) =>
            {
                Ok(output)
            }
            Some([_]) => Err(ProbeError::NoSuchState { request: request.clone() }),
            Some(outputs) => Err(ProbeError::SeveralOutputs {
                node: request.node.clone(),
                outputs: outputs.iter().map(|&leaf| self.ports[leaf].name.clone()).collect(),
            }),
        }
    }
}

/// What each leaf puts out: spikes where it is a neuron that spikes, or hands on nothing but spikes.
fn emissions(graph: &Graph, facts: &Facts) -> Vec<Observable> {
    use Primitive::{CubaLif, Delay, Flatten, If, Lif, Output, Threshold};
    let primitives: Vec<Option<&Primitive>> =
        facts.iter().map(|(id, _)| facts.primitive(graph, id)).collect();
    let mut spikes: Vec<bool> = primitives
        .iter()
        .zip(facts.leaves())
        .map(|(primitive, leaf)| match primitive {
            Some(
                If(_) | Lif(_) | CubaLif(_) | Threshold(_) | Delay(_) | Flatten(_) | Output(_),
            ) => true,
            // The port of a nested graph; into an Input of the graph itself nothing leads.
            Some(Primitive::Input(_)) => !leaf.sources.is_empty(),
            _ => false,
        })
        .collect();
    let hands_on = |leaf: usize| {
        matches!(primitives[leaf], Some(Delay(_) | Flatten(_) | Output(_) | Primitive::Input(_)))
    };
    // Whatever is not spikes spreads along the edges.
    let mut open: Vec<usize> = (0..spikes.len()).filter(|&leaf| !spikes[leaf]).collect();
    while let Some(leaf) = open.pop() {
        for target in facts.leaves()[leaf].targets.iter().map(|target| target.index()) {
            if hands_on(target) && std::mem::replace(&mut spikes[target], false) {
                open.push(target);
            }
        }
    }
    spikes.into_iter().map(|is| if is { Observable::Spikes } else { Observable::Output }).collect()
}

/// The order of a step by names.
fn turns(facts: &Facts, schedule: &Schedule) -> Vec<Turn> {
    let turn = |&leaf: &usize| {
        let at = facts.leaf(LeafId::new(leaf));
        let edges = at.sources.iter().zip(&schedule.before[leaf]);
        let before = edges.filter(|&(_, &before)| before);
        Turn {
            node: at.name.clone(),
            before: before.map(|(&source, _)| facts.leaf(source).name.clone()).collect(),
        }
    };
    schedule.order.iter().map(turn).collect()
}
