//! Makes a program from a graph and a semantics: everything that can be decided before the first step.

mod wired;

use std::borrow::Cow;
use std::sync::Arc;

use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::field::Axes;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::super::option::{Feedback, Options, Precision, Timing};
use super::super::real::Real;
use super::super::time_block::{Stage, stages};
use super::connections::{Connections, connections};
use super::error::SemanticsError;
use super::fixed::FixedLayer;
use super::import::{InputRef, Walked, walk};
use super::layer::{Layer, weight_gains};
use super::map::{Map, Site};
use super::program::{Engine, Kind, Net, PlannedNode, Program, Subject};
use super::taken;
use super::values::{Later, Order, Semantics, Time, Wiring};
use nirkit_run::recording::{Observable, Request};

/// Makes a program for a graph under a semantics, or says everything that stands against it.
pub fn prepare(
    graph: &Graph,
    facts: &Facts,
    semantics: &Semantics,
) -> Result<Program, Vec<SemanticsError>> {
    let step = match semantics.time {
        Time::Step(dt) => dt,
        Time::Counted | Time::PerLayer => 1.0,
    };
    if !(step.is_finite() && step > 0.0) {
        return Err(vec![SemanticsError::TimeStep { dt: step }]);
    }
    let walked =
        walk(graph, facts, semantics).map_err(|ending| vec![SemanticsError::Ends(ending)])?;
    let plan = Plan::new(graph, facts, semantics, &walked)?;
    let wires = match semantics.maps.wiring {
        Wiring::Nodes => None,
        Wiring::Connections => Some(connections(graph, facts, semantics)?),
    };
    let (engine, names) = match semantics.precision {
        Precision::F32 => {
            let (net, names) = plan.made(wires.as_ref())?;
            (Engine::F32(Arc::new(net)), names)
        }
        Precision::F64 => {
            let (net, names) = plan.made(wires.as_ref())?;
            (Engine::F64(Arc::new(net)), names)
        }
    };
    let is_leaf = |name: &String| facts.find(name).is_some();
    Ok(Program {
        grid: Options::new(step),
        inputs: plan.inputs(),
        subjects: plan.subjects(&engine),
        engine,
        time: semantics.time,
        order: names.iter().filter(|name| is_leaf(name)).cloned().collect(),
        names,
    })
}

struct Plan<'a> {
    /// The leaves with the shapes that the semantics gives them.
    leaves: Vec<Cow<'a, Leaf>>,
    semantics: &'a Semantics,
    walked: &'a Walked,
    primitives: Vec<&'a Primitive>,
    /// Whether a leaf is part of a recurrent layer.
    recurrent: Vec<bool>,
    /// The Threshold that each leaf takes in.
    thresholds: Vec<Option<&'a Primitive>>,
    /// The leaves that see each leaf, in ascending order.
    targets: Vec<Vec<usize>>,
    /// The Inputs of the root graph, ascending.
    inputs: Vec<usize>,
}

impl<'a> Plan<'a> {
    fn new(
        graph: &'a Graph,
        facts: &'a Facts,
        semantics: &'a Semantics,
        walked: &'a Walked,
    ) -> Result<Self, Vec<SemanticsError>> {
        let foreign = |leaf: &Leaf| vec![SemanticsError::ForeignFacts { node: leaf.name.clone() }];
        let primitives = facts
            .iter()
            .map(|(id, leaf)| facts.primitive(graph, id).ok_or_else(|| foreign(leaf)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut recurrent = vec![false; primitives.len()];
        let mut thresholds = vec![None; primitives.len()];
        for turn in &walked.turns {
            recurrent[turn.leaf] = turn.recurrent;
            thresholds[turn.leaf] = turn.threshold.map(|leaf| primitives[leaf]);
        }
        let mut targets = vec![Vec::new(); primitives.len()];
        for turn in &walked.turns {
            for input_ref in &turn.input_refs {
                targets[input_ref.source].push(turn.leaf);
            }
        }
        for targets in &mut targets {
            targets.sort_unstable();
        }
        let inputs = facts.inputs(graph).map(LeafId::index).collect();
        let leaves = taken::leaves(graph, facts, &semantics.maps);
        Ok(Self { leaves, semantics, walked, primitives, recurrent, thresholds, targets, inputs })
    }

    fn leaf(&self, at: usize) -> &Leaf {
        &self.leaves[at]
    }

    fn site(&self, at: usize) -> Site<'_> {
        Site { leaf: self.leaf(at), semantics: self.semantics, recurrent: self.recurrent[at] }
    }

    fn inputs(&self) -> Vec<(String, usize)> {
        let named = |&at: &usize| (self.leaf(at).name.clone(), self.leaf(at).outputs());
        self.inputs.iter().map(named).collect()
    }

    /// The network with the names of its nodes, or everything that is wrong with it.
    fn made<T: Real>(
        &self,
        wires: Option<&Connections>,
    ) -> Result<(Net<T>, Vec<String>), Vec<SemanticsError>> {
        if let Some(wires) = wires {
            return self.wired_net(wires);
        }
        let names = self.walked.turns.iter().map(|turn| self.leaf(turn.leaf).name.clone());
        Ok((self.net()?, names.collect()))
    }

    /// The network, or everything that is wrong with it.
    fn net<T: Real>(&self) -> Result<Net<T>, Vec<SemanticsError>> {
        let (mut planned_nodes, mut errors) = (Vec::new(), Vec::new());
        for turn in &self.walked.turns {
            errors.extend(self.misfits(turn.leaf, &turn.input_refs));
            match self.kind(turn.leaf) {
                Ok(kind) => planned_nodes.push(PlannedNode {
                    leaf: turn.leaf,
                    kind,
                    input_refs: turn.input_refs.clone(),
                    shape: self.leaf(turn.leaf).output.clone(),
                    inputs: self.leaf(turn.leaf).inputs(),
                }),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        self.time(&mut planned_nodes);
        Ok(self.finish(planned_nodes, self.primitives.len()))
    }

    /// The network of planned nodes, the numbers of which are below `leaves`.
    fn finish<T: Real>(&self, planned_nodes: Vec<PlannedNode<T>>, leaves: usize) -> Net<T> {
        let mut history = vec![false; leaves];
        for input_ref in planned_nodes.iter().flat_map(|planned_node| &planned_node.input_refs) {
            history[input_ref.source] |= input_ref.later.is_some();
        }
        let stages = Self::stages(&planned_nodes, leaves);
        let mut net = Net { planned_nodes, rest: Vec::new(), history, stages };
        net.rest = self.rest(&net);
        net
    }

    /// Sources that do not have as many channels as their target takes, of those that it ever sees.
    fn misfits(&self, at: usize, input_refs: &[InputRef]) -> Vec<SemanticsError> {
        let target = self.leaf(at);
        let seen = input_refs.iter().filter(|input_ref| input_ref.later != Some(Later::Never));
        let misfit = |input_ref: &InputRef| {
            let source = self.leaf(input_ref.source);
            let (source_node, name) = (source.name.clone(), target.name.clone());
            if source.outputs() != target.inputs() {
                let (outputs, inputs) = (source.outputs(), target.inputs());
                return Some(SemanticsError::Channels {
                    source_node,
                    outputs,
                    target: name,
                    inputs,
                });
            }
            // Where a node between them is left out, nobody has made the shapes fit.
            let is_bypass = self.semantics.execution.order == Order::DepthFirst
                && !target.sources.contains(&LeafId::new(input_ref.source));
            let (output, input) = (source.output.clone(), target.input.clone());
            (is_bypass && !takes_shape(self.primitives[at], &output, &input))
                .then_some(SemanticsError::Shape { source_node, output, target: name, input })
        };
        seen.filter_map(misfit).collect()
    }

    /// What a leaf does.
    fn kind<T: Real>(&self, at: usize) -> Result<Kind<T>, SemanticsError> {
        let input = self.inputs.iter().position(|&input| input == at);
        if let Some(input) = input.filter(|_| self.walked.entries.contains(&at)) {
            return Ok(Kind::Entry(input));
        }
        let (site, primitive) = (self.site(at), self.primitives[at]);
        let rules = &self.semantics.neurons;
        let threshold = self.thresholds[at];
        let rule = match threshold {
            Some(_) => rules.threshold_li.as_ref(),
            None => rules.rule(primitive, site.recurrent, site.leaf.inputs()),
        };
        if let Some(rule) = rule {
            return match rule.fixed {
                Some(fixed) => FixedLayer::new(primitive, rule, fixed, &site).map(Kind::Fixed),
                None => Layer::new(primitive, threshold, rule, &site).map(Kind::Layer),
            };
        }
        let gains = self.gains(at)?;
        Map::new(primitive, &site, gains.as_deref()).map(Kind::Map)
    }

    /// The gains that the neurons after a map fold into its weights.
    fn gains(&self, at: usize) -> Result<Option<Vec<f64>>, SemanticsError> {
        // A target that does not fit has no gain for each output; that it does not fit is told elsewhere.
        let fits = |&&target: &&usize| self.leaf(target).inputs() == self.leaf(at).outputs();
        for &target in self.targets[at].iter().filter(fits) {
            let (site, primitive) = (self.site(target), self.primitives[target]);
            let rules = &self.semantics.neurons;
            if let Some(rule) = rules.rule(primitive, site.recurrent, site.leaf.inputs()) {
                let is_inside = self.site(at).recurrent;
                return weight_gains(primitive, rule, &site, is_inside);
            }
        }
        Ok(None)
    }

    /// Says of every edge whether it carries this step or the one before.
    fn time<T: Real>(&self, planned_nodes: &mut [PlannedNode<T>]) {
        let mut without_feedthrough = vec![false; self.primitives.len()];
        for planned_node in &*planned_nodes {
            without_feedthrough[planned_node.leaf] = !planned_node.kind.has_feedthrough();
        }
        for planned_node in planned_nodes {
            let breaks_cycle = !planned_node.kind.has_feedthrough();
            for input_ref in &mut planned_node.input_refs {
                if self.semantics.maps.arrival == Timing::Next
                    && is_weighted(self.primitives[input_ref.source])
                {
                    input_ref.later = Some(Later::Before(Feedback::Absent));
                } else if breaks_cycle || without_feedthrough[input_ref.source] {
                    input_ref.later = None;
                }
            }
        }
    }

    /// The parts of the network that have to be stepped together.
    fn stages<T>(planned_nodes: &[PlannedNode<T>], leaves: usize) -> Vec<Stage> {
        let mut at = vec![usize::MAX; leaves];
        for (position, planned_node) in planned_nodes.iter().enumerate() {
            at[planned_node.leaf] = position;
        }
        let seen = |input_ref: &&InputRef| input_ref.later != Some(Later::Never);
        let sources = |planned_node: &PlannedNode<T>| {
            planned_node
                .input_refs
                .iter()
                .filter(seen)
                .map(|input_ref| at[input_ref.source])
                .collect()
        };
        let sources: Vec<Vec<usize>> = planned_nodes.iter().map(sources).collect();
        stages(&(0..planned_nodes.len()).collect::<Vec<_>>(), &sources)
    }

    /// What leaves each leaf when nothing happens: maps follow their sources, neurons are silent.
    fn rest<T: Real>(&self, net: &Net<T>) -> Vec<Vec<T>> {
        let zeros = |leaf: &Cow<'_, Leaf>| vec![T::ZERO; leaf.outputs()];
        let mut rest: Vec<Vec<T>> = self.leaves.iter().map(zeros).collect();
        rest.resize(net.history.len(), Vec::new());
        for planned_node in &net.planned_nodes {
            let channels = planned_node.shape.iter().product();
            rest[planned_node.leaf].resize(channels, T::ZERO);
        }
        for planned_node in &net.planned_nodes {
            if let Kind::Map(map) = &planned_node.kind {
                let mut sum = vec![T::ZERO; planned_node.inputs];
                for input_ref in &planned_node.input_refs {
                    for (sum, &x) in sum.iter_mut().zip(&rest[input_ref.source]) {
                        *sum += x;
                    }
                }
                let mut output = std::mem::take(&mut rest[planned_node.leaf]);
                map.apply(&sum, &mut Vec::new(), &mut output);
                rest[planned_node.leaf] = output;
            }
        }
        rest
    }

    /// What can be recorded.
    fn subjects(&self, engine: &Engine) -> Vec<Subject> {
        let runs = |leaf: &usize| match engine {
            Engine::F32(net) => net.runs(*leaf),
            Engine::F64(net) => net.runs(*leaf),
        };
        let mut subjects = Vec::new();
        for leaf in self.walked.turns.iter().map(|turn| turn.leaf).filter(runs) {
            let observables = match self.thresholds[leaf] {
                Some(_) => &[Observable::Spikes, Observable::V],
                None => observables(self.primitives[leaf]),
            };
            for observable in observables {
                subjects.push(self.subject(&self.leaf(leaf).name, *observable, leaf));
            }
        }
        for (name, &leaf) in self.walked.outcomes.iter().filter(|(_, leaf)| runs(leaf)) {
            subjects.push(self.subject(name, Observable::Spikes, leaf));
        }
        for &leaf in self.walked.results.iter().filter(|leaf| runs(leaf)) {
            subjects.push(self.subject(&self.leaf(leaf).name, Observable::Output, leaf));
        }
        subjects.sort_by(|a, b| a.request.cmp(&b.request));
        subjects
    }

    fn subject(&self, name: &str, observable: Observable, leaf: usize) -> Subject {
        let request = Request { node: name.to_owned(), observable };
        Subject { request, shape: self.leaf(leaf).output.clone(), leaf }
    }
}

/// What can be recorded of a node.
fn observables(primitive: &Primitive) -> &'static [Observable] {
    match primitive {
        Primitive::Li(_) => &[Observable::V],
        Primitive::If(_) | Primitive::Lif(_) => &[Observable::Spikes, Observable::V],
        Primitive::CubaLif(_) => &[Observable::Spikes, Observable::V, Observable::Isyn],
        _ => &[],
    }
}

/// Whether a module of PyTorch takes an array of another shape with as many numbers.
fn takes_shape(primitive: &Primitive, found: &[usize], wanted: &[usize]) -> bool {
    match primitive {
        Primitive::Flatten(_) | Primitive::Output(_) | Primitive::Input(_) => true,
        Primitive::Affine(_) | Primitive::Linear(_) => found.last() == wanted.last(),
        Primitive::Conv1d(_)
        | Primitive::Conv2d(_)
        | Primitive::SumPool2d(_)
        | Primitive::AvgPool2d(_) => found == wanted,
        // What is computed number by number is spread where an axis is missing or 1 long.
        _ => primitive.tensors().filter(|(field, _)| field.axes == Axes::Neuron).all(|(_, own)| {
            let pairs = found.iter().rev().zip(own.shape().iter().rev());
            pairs.into_iter().all(|(a, b)| a == b || *a == 1 || *b == 1)
        }),
    }
}

/// Whether a node multiplies by weights.
#[must_use]
pub fn is_weighted(primitive: &Primitive) -> bool {
    matches!(
        primitive,
        Primitive::Affine(_) | Primitive::Linear(_) | Primitive::Conv1d(_) | Primitive::Conv2d(_)
    )
}
