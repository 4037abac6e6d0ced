//! Networks of neurons and connections: each layer with a matrix for every source and delay.

use std::collections::BTreeMap;

use nirkit_ir::facts::LeafId;

use super::super::super::matrix::Matrix;
use super::super::super::option::Feedback;
use super::super::super::real::Real;
use super::super::connections::{Connections, Population, Projection, Synapse, is_port};
use super::super::error::SemanticsError;
use super::super::import::InputRef;
use super::super::layer::Layer;
use super::super::map::Map;
use super::super::program::{Kind, Net, PlannedNode};
use super::super::values::Later;
use super::Plan;

/// Nodes that stand for connections have the numbers after those of all leaves.
struct Wires<'p, 'a, T> {
    plan: &'p Plan<'a>,
    planned_nodes: Vec<PlannedNode<T>>,
    names: Vec<String>,
    /// The node that hands on what a leaf puts out, so many steps later.
    held: BTreeMap<(usize, u32), usize>,
    next: usize,
}

impl Plan<'_> {
    /// The network of the connections with the names of its nodes, or everything that is wrong with it.
    pub(super) fn wired_net<T: Real>(
        &self,
        connections: &Connections,
    ) -> Result<(Net<T>, Vec<String>), Vec<SemanticsError>> {
        let mut wires = Wires {
            plan: self,
            planned_nodes: Vec::new(),
            names: Vec::new(),
            held: BTreeMap::new(),
            next: self.primitives.len(),
        };
        for (number, &leaf) in self.inputs.iter().enumerate() {
            wires.push(leaf, Kind::Entry(number), Vec::new());
        }
        let mut entering = BTreeMap::new();
        for projection in &connections.projections {
            let seen = wires.projection(projection);
            entering.entry(projection.target.index()).or_insert_with(Vec::new).extend(seen);
        }
        let mut errors = Vec::new();
        for population in &connections.populations {
            let seen = entering.remove(&population.leaf.index()).unwrap_or_default();
            errors.extend(wires.layer(population, seen).err());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        wires.ports();
        let Wires { planned_nodes, names, next, .. } = wires;
        Ok((self.finish(planned_nodes, next), names))
    }
}

impl<T: Real> Wires<'_, '_, T> {
    fn push(&mut self, leaf: usize, kind: Kind<T>, input_refs: Vec<InputRef>) {
        let found = self.plan.leaf(leaf);
        self.names.push(found.name.clone());
        let (shape, inputs) = (found.output.clone(), found.inputs());
        self.planned_nodes.push(PlannedNode { leaf, kind, input_refs, shape, inputs });
    }

    /// Adds a node that is no leaf, and returns its number.
    fn add(
        &mut self,
        name: String,
        [inputs, outputs]: [usize; 2],
        map: Map<T>,
        input_refs: Vec<InputRef>,
    ) -> usize {
        let (leaf, kind, shape) = (self.next, Kind::Map(map), vec![outputs]);
        self.next += 1;
        self.names.push(name);
        self.planned_nodes.push(PlannedNode { leaf, kind, input_refs, shape, inputs });
        leaf
    }

    /// Adds a matrix for each delay of a projection; each is seen in the step in which it puts out.
    fn projection(&mut self, projection: &Projection) -> Vec<InputRef> {
        let Projection { source, target, synapses } = projection;
        let [from, to] = [source, target].map(|id| self.plan.leaf(id.index()));
        let (sources, targets) = (from.outputs(), to.inputs());
        let name = format!("{} -> {}", from.name, to.name);
        let mut seen = Vec::new();
        for group in synapses.chunk_by(|a, b| a.steps == b.steps) {
            let steps = group[0].steps;
            let entry = |synapse: &Synapse| {
                (synapse.source as usize, synapse.target, T::round(synapse.weight))
            };
            let entries: Vec<(usize, u32, T)> = group.iter().map(entry).collect();
            let map = Map::connected(Matrix::listed(sources, targets, &entries));
            let held = self.hold(source.index(), steps - 1);
            let name =
                if steps == 1 { name.clone() } else { format!("{name} after {steps} steps") };
            seen.push(now(self.add(name, [sources, targets], map, vec![before(held)])));
        }
        seen
    }

    /// The node that hands on what a leaf puts out, so many steps later.
    fn hold(&mut self, leaf: usize, steps: u32) -> usize {
        let (name, channels) = {
            let found = self.plan.leaf(leaf);
            (found.name.clone(), found.outputs())
        };
        let mut last = leaf;
        for step in 1..=steps {
            last = if let Some(&held) = self.held.get(&(leaf, step)) {
                held
            } else {
                let name = format!("{name} {step} steps before");
                let held = self.add(name, [channels; 2], Map::same(), vec![before(last)]);
                self.held.insert((leaf, step), held);
                held
            };
        }
        last
    }

    /// Adds a layer with what it sees.
    fn layer(
        &mut self,
        population: &Population,
        mut seen: Vec<InputRef>,
    ) -> Result<(), SemanticsError> {
        let at = population.leaf.index();
        let (plan, leaf) = (self.plan, self.plan.leaf(at));
        let (primitive, site) = (plan.primitives[at], plan.site(at));
        let rule = plan.semantics.neurons.rule(primitive, false, leaf.inputs());
        let rule = rule.ok_or_else(|| site.unknown(primitive.kind()))?;
        let layer = Layer::driven(primitive, rule, &site, &population.currents)?;
        if !population.biases.is_empty() {
            let biases = population.biases.iter().map(|&bias| T::round(bias)).collect();
            let (name, neurons) = (format!("bias of {}", leaf.name), leaf.inputs());
            let bias = self.add(name, [neurons; 2], Map::constant(biases), Vec::new());
            seen.push(before(bias));
        }
        self.push(at, Kind::Layer(layer), seen);
        Ok(())
    }

    /// Adds the ports that hand on what neurons put out, or what enters.
    fn ports(&mut self) {
        let plan = self.plan;
        let mut is_there = vec![false; plan.primitives.len()];
        for planned_node in &self.planned_nodes {
            if let Some(is_there) = is_there.get_mut(planned_node.leaf) {
                *is_there = true;
            }
        }
        loop {
            let is_next = |&leaf: &usize| {
                let sources = &plan.leaf(leaf).sources;
                let is_open = !is_there[leaf] && is_port(Some(plan.primitives[leaf]));
                is_open && !sources.is_empty() && sources.iter().all(|id| is_there[id.index()])
            };
            let Some(leaf) = (0..is_there.len()).find(is_next) else { break };
            is_there[leaf] = true;
            let sources = plan.leaf(leaf).sources.clone();
            let seen = sources.into_iter().map(LeafId::index).map(now).collect();
            self.push(leaf, Kind::Map(Map::same()), seen);
        }
    }
}

/// A source that is seen in its own step.
fn now(source: usize) -> InputRef {
    InputRef { source, later: None, closes_cycle: false }
}

/// A source that is seen a step later.
fn before(source: usize) -> InputRef {
    InputRef { source, later: Some(Later::Before(Feedback::Absent)), closes_cycle: false }
}
