//! Turns a graph and its facts into a program.

use std::sync::Arc;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Graph, Primitive};

use super::delay::Rounding;
use super::error::{PrepareError, PrepareErrors};
use super::net::Net;
use super::node::{Node, Site};
use super::option::{Feedback, Options, Precision, Timing};
use super::order::{Link, Schedule, schedule};
use super::program::{Engine, Program};
use super::real::Real;
use super::signal_part::{self, SignalParts};
use super::{
    affine, avg_pool2d, conv1d, conv2d, cuba_li, cuba_lif, delay, flatten, i, r#if, input, li, lif,
    linear, output, scale, sum_pool2d, threshold,
};
use nirkit_ir::facts::WiringError;
use nirkit_run::ErrorList;
use nirkit_run::choice::SpikeReading;

/// A pulse may differ from a step by this share of it and still be meant to last one step.
const SAME_WIDTH: f64 = 1e-9;

/// Makes a program for a graph under these options, or says everything that stands against it.
pub fn prepare(graph: &Graph, facts: &Facts, options: &Options) -> Result<Program, PrepareErrors> {
    let mut errors = check_options(options);
    let plan = match Plan::new(graph, facts, options) {
        Ok(plan) => plan,
        Err(foreign) => {
            errors.extend(foreign);
            return Err(ErrorList(errors));
        }
    };
    errors.extend(plan.check());
    let (engine, schedule, roundings) = match options.precision {
        Precision::F32 => {
            let (net, schedule, roundings) = plan.build(errors)?;
            (Engine::F32(Arc::new(net)), schedule, roundings)
        }
        Precision::F64 => {
            let (net, schedule, roundings) = plan.build(errors)?;
            (Engine::F64(Arc::new(net)), schedule, roundings)
        }
    };
    let levels = plan.entries_into_thresholds();
    Ok(Program::new(engine, graph, facts, options, &schedule, roundings, &levels))
}

/// What is wrong with the options themselves.
fn check_options(options: &Options) -> Vec<PrepareError> {
    let dt = options.dt;
    if !(dt.is_finite() && dt > 0.0) {
        return vec![PrepareError::TimeStep { dt }];
    }
    match options.spike {
        SpikeReading::Pulse { width } if (width - dt).abs() > SAME_WIDTH * dt => {
            vec![PrepareError::PulseWidth { width, dt }]
        }
        SpikeReading::Pulse { .. } | SpikeReading::Impulse { .. } => Vec::new(),
    }
}

/// What follows from graph, facts and options before any number is looked at.
pub(super) struct Plan<'a> {
    pub(super) facts: &'a Facts,
    options: &'a Options,
    primitives: Vec<&'a Primitive>,
    /// Sources of each leaf, ascending, one entry an edge.
    pub(super) sources: Vec<Vec<usize>>,
    /// Whether the stimulus fills a leaf.
    pub(super) is_entry: Vec<bool>,
    /// What can leave each leaf.
    pub(super) leaving: Vec<SignalParts>,
}

impl<'a> Plan<'a> {
    fn new(
        graph: &'a Graph,
        facts: &'a Facts,
        options: &'a Options,
    ) -> Result<Self, Vec<PrepareError>> {
        let primitives = primitives(graph, facts)?;
        let is_entry: Vec<bool> = facts
            .leaves()
            .iter()
            .zip(&primitives)
            .map(|(leaf, primitive)| {
                leaf.is_top_level() && matches!(primitive, Primitive::Input(_))
            })
            .collect();
        let sources: Vec<Vec<usize>> = facts
            .leaves()
            .iter()
            .map(|leaf| leaf.sources.iter().map(|source| source.index()).collect())
            .collect();
        let leaving = signal_part::spread(&sources, |leaf, arriving| {
            signal_part::leaving(primitives[leaf], is_entry[leaf], arriving, options)
        });
        Ok(Self { facts, options, primitives, sources, is_entry, leaving })
    }

    fn name(&self, leaf: usize) -> String {
        self.facts.leaf(LeafId::new(leaf)).name.clone()
    }

    /// What is wrong with the connections.
    fn check(&self) -> Vec<PrepareError> {
        let mut errors = Vec::new();
        for (target, leaf) in self.facts.leaves().iter().enumerate() {
            let sources = leaf.sources.iter().map(|&source| self.facts.leaf(source));
            let wrong = sources.filter_map(|source| WiringError::channels(source, leaf));
            errors.extend(wrong.map(PrepareError::from));
            for source in self.impulses_into(target) {
                let (node, source_node) = (leaf.name.clone(), self.name(source));
                errors.push(WiringError::ImpulseIntoThreshold { node, source_node }.into());
            }
        }
        errors
    }

    /// The neurons whose impulses reach a leaf, if it is a Threshold.
    fn impulses_into(&self, leaf: usize) -> Vec<usize> {
        if !matches!(self.primitives[leaf], Primitive::Threshold(_)) {
            return Vec::new();
        }
        let origins = self.origins(leaf).into_iter();
        origins.filter(|&origin| !self.is_entry[origin] && self.leaving[origin].impulse).collect()
    }

    /// For each entry, ascending, whether what enters there reaches a Threshold without passing a
    /// neuron: as an impulse it would have no level.
    fn entries_into_thresholds(&self) -> Vec<bool> {
        let mut reaches = vec![false; self.sources.len()];
        for (leaf, primitive) in self.primitives.iter().enumerate() {
            if matches!(primitive, Primitive::Threshold(_)) {
                for origin in self.origins(leaf) {
                    reaches[origin] = true;
                }
            }
        }
        (0..reaches.len()).filter(|&leaf| self.is_entry[leaf]).map(|leaf| reaches[leaf]).collect()
    }

    /// Where the signal that arrives at a leaf was made: entries and leaves with a membrane or a
    /// threshold, ascending. Maps and delays in between are looked through.
    fn origins(&self, leaf: usize) -> Vec<usize> {
        let mut seen = vec![false; self.sources.len()];
        let mut open = self.sources[leaf].clone();
        let mut origins = Vec::new();
        while let Some(source) = open.pop() {
            if std::mem::replace(&mut seen[source], true) {
                continue;
            }
            if self.is_map(source) || matches!(self.primitives[source], Primitive::Delay(_)) {
                open.extend(&self.sources[source]);
            } else {
                origins.push(source);
            }
        }
        origins.sort_unstable();
        origins
    }

    /// Whether the output of a leaf is a function of its input of the same step.
    pub(super) fn is_map(&self, leaf: usize) -> bool {
        let primitive = self.primitives[leaf];
        primitive.is_stateless()
            && !self.is_entry[leaf]
            && !matches!(primitive, Primitive::Threshold(_))
    }

    /// Builds the network, unless there are errors.
    fn build<T: Real>(
        &self,
        mut errors: Vec<PrepareError>,
    ) -> Result<(Net<T>, Schedule, Vec<Rounding>), PrepareErrors> {
        let mut roundings = Vec::new();
        let mut nodes = Vec::with_capacity(self.primitives.len());
        for leaf in 0..self.primitives.len() {
            match self.node::<T>(leaf, &mut roundings) {
                Ok(node) => nodes.push(node),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(ErrorList(errors));
        }
        let schedule = schedule(&self.sources, |_, target| self.link(target, &nodes));
        let mut net = self.connect(nodes, &schedule);
        if self.options.feedback == Feedback::Rest {
            self.settle(&mut net);
        }
        Ok((net, schedule, roundings))
    }

    /// What an edge into a leaf asks of the order.
    fn link<T: Real>(&self, target: usize, nodes: &[Option<Box<dyn Node<T>>>]) -> Link {
        if nodes[target].as_ref().is_some_and(|node| !node.has_feedthrough()) {
            Link::Ahead
        } else if self.options.input == Timing::Next && has_membrane(self.primitives[target]) {
            Link::Before
        } else {
            Link::Follows
        }
    }

    /// What a leaf does; `None` for an entry.
    fn node<T: Real>(
        &self,
        leaf: usize,
        roundings: &mut Vec<Rounding>,
    ) -> Result<Option<Box<dyn Node<T>>>, PrepareError> {
        if self.is_entry[leaf] {
            return Ok(None);
        }
        let site = Site {
            leaf: self.facts.leaf(LeafId::new(leaf)),
            options: self.options,
            arriving: signal_part::arriving(&self.leaving, &self.sources[leaf]),
        };
        let node: Box<dyn Node<T>> = match self.primitives[leaf] {
            Primitive::Input(_) => Box::new(input::plan()),
            Primitive::Output(_) => Box::new(output::plan()),
            Primitive::Affine(p) => Box::new(affine::plan::<T>(p, &site)?),
            Primitive::Linear(p) => Box::new(linear::plan::<T>(p, &site)?),
            Primitive::Scale(p) => Box::new(scale::plan::<T>(p, &site)?),
            Primitive::Conv1d(p) => Box::new(conv1d::plan::<T>(p, &site)?),
            Primitive::Conv2d(p) => Box::new(conv2d::plan::<T>(p, &site)?),
            Primitive::SumPool2d(_) => Box::new(sum_pool2d::plan::<T>(&site)?),
            Primitive::AvgPool2d(_) => Box::new(avg_pool2d::plan::<T>(&site)?),
            Primitive::Flatten(_) => Box::new(flatten::plan()),
            Primitive::Delay(p) => {
                let (node, rounded) = delay::plan(p, &site)?;
                roundings.extend(rounded);
                Box::new(node)
            }
            Primitive::Threshold(p) => Box::new(threshold::plan::<T>(p, &site)?),
            Primitive::I(p) => Box::new(i::plan::<T>(p, &site)?),
            Primitive::Li(p) => Box::new(li::plan::<T>(p, &site)?),
            Primitive::If(p) => Box::new(r#if::plan::<T>(p, &site)?),
            Primitive::Lif(p) => Box::new(lif::plan::<T>(p, &site)?),
            Primitive::CubaLi(p) => Box::new(cuba_li::plan::<T>(p, &site)?),
            Primitive::CubaLif(p) => Box::new(cuba_lif::plan::<T>(p, &site)?),
            Primitive::Graph(_) | Primitive::Unknown(_) => return Err(site.foreign()),
        };
        Ok(Some(node))
    }
}

/// What each leaf computes, or which of them the graph does not know.
fn primitives<'a>(
    graph: &'a Graph,
    facts: &Facts,
) -> Result<Vec<&'a Primitive>, Vec<PrepareError>> {
    let found: Vec<_> = facts
        .iter()
        .map(|(id, leaf)| {
            facts.primitive(graph, id).ok_or_else(|| WiringError::foreign(leaf).into())
        })
        .collect();
    if found.iter().all(Result::is_ok) {
        return Ok(found.into_iter().filter_map(Result::ok).collect());
    }
    Err(found.into_iter().filter_map(Result::err).collect())
}

/// Whether a leaf follows a differential equation.
fn has_membrane(primitive: &Primitive) -> bool {
    !primitive.is_stateless() && !matches!(primitive, Primitive::Delay(_))
}
