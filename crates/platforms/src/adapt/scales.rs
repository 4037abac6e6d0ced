//! Gains that no parameter of a neuron holds: Scales on edges, which become part of the weights beside them.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::Semantics;
use nirkit_ir::primitive::{Linear, Scale};
use nirkit_ir::{Edge, Facts, Graph, Limits, Node, Primitive};
use nirkit_numerics::Tensor;
use nirkit_passes::optimise::{find, optimise_within};

use super::Change;
use super::draft::Draft;
use super::fit::Fit;
use super::structure;

/// How the names of the Scales begin.
const NAME: &str = "adapt_scale";

/// Scales for the edges into and out of layers.
#[derive(Default)]
pub(super) struct Scales {
    before: BTreeMap<String, Tensor>,
    behind: BTreeMap<String, Tensor>,
}

impl Scales {
    /// Asks for a Scale on every edge into a layer.
    pub(super) fn before(&mut self, layer: &str, shape: &[usize], factors: &[f64]) {
        if factors.iter().all(|factor| *factor == 1.0) {
            return;
        }
        if let Ok(scale) = Tensor::new(shape, factors.to_vec()) {
            self.before.insert(layer.to_owned(), scale);
        }
    }

    /// Asks for a Scale on every edge out of a layer that leads to a node that computes.
    pub(super) fn behind(&mut self, layer: &str, shape: &[usize], factor: f64) {
        let count = shape.iter().product();
        if let Ok(scale) = Tensor::new(shape, vec![factor; count]) {
            self.behind.insert(layer.to_owned(), scale);
        }
    }

    /// Puts the Scales into a graph.
    pub(super) fn insert(self, graph: &mut Graph) {
        if self.before.is_empty() && self.behind.is_empty() {
            return;
        }
        let edges = std::mem::take(&mut graph.edges);
        let mut all = Vec::with_capacity(edges.len());
        let mut next = None;
        for edge in edges {
            let target = graph.nodes.get(&edge.target).map(|node| &node.primitive);
            let computes = !matches!(target, Some(Primitive::Output(_)));
            let scales =
                [self.behind.get(&edge.source).filter(|_| computes), self.before.get(&edge.target)];
            let mut from = edge.source;
            for scale in scales.into_iter().flatten() {
                // As `Graph::free_name` does it, without asking for the names that are taken again.
                let name = loop {
                    let name = next.map_or(NAME.to_owned(), |next: usize| format!("{NAME}_{next}"));
                    next = Some(next.map_or(0, |next| next + 1));
                    if !graph.nodes.contains(&name) {
                        break name;
                    }
                };
                let scale = Primitive::Scale(Scale { scale: scale.clone() });
                graph.nodes.insert(name.clone(), Node::new(scale));
                all.push(Edge::new(from, name.as_str()));
                from = name;
            }
            all.push(Edge::new(from, edge.target));
        }
        graph.edges = all;
    }
}

/// Multiplies the Scales into the maps beside them; what is left becomes a diagonal matrix, which is told.
pub(super) fn fold(
    graph: &mut Graph,
    fits: &BTreeMap<String, Fit>,
    facts: &Facts,
    semantics: &Semantics,
    limits: &Limits,
) -> Option<Vec<Change>> {
    let is_ours = |name: &str| name.starts_with(NAME);
    let mut changes = Vec::new();
    if !graph.nodes.iter().any(|(_, name, _)| is_ours(name)) {
        return Some(changes);
    }
    optimise_within(graph, &[find("fold_scale")?], limits).ok()?;
    let mut again = Scales::default();
    // The pass knows no platform: a gain that it gave to a neuron, which has no weights before it, goes back.
    for (name, fit) in fits {
        let fitted = fit.draft.primitive()?;
        let shape = &facts.leaf(facts.find(name)?).input;
        let node = graph.nodes.get_mut(name)?;
        if node.primitive == fitted {
            continue;
        }
        let factors = Draft::of(&node.primitive, shape)?.gain_over(&fit.draft);
        node.primitive = fitted;
        again.before(name, shape, &factors);
    }
    again.insert(graph);
    let left: Vec<String> = graph
        .nodes
        .iter()
        .map(|(_, name, _)| name.to_owned())
        .filter(|name| is_ours(name))
        .collect();
    let knows = |kind: &str| semantics.unknown.known.contains(&kind);
    for name in left {
        let Some(Primitive::Scale(scale)) = graph.nodes.get(&name).map(|node| &node.primitive)
        else {
            continue;
        };
        if knows("Scale") || scale.scale.rank() != 1 {
            continue;
        }
        let factors = scale.scale.to_f64()?;
        let count = factors.len();
        let mut weights = vec![0.0_f32; count * count];
        for (at, &factor) in factors.iter().enumerate() {
            weights[at * count + at] = factor as f32;
        }
        let linear = Linear { weight: Tensor::new(&[count, count], weights).ok()? };
        let primitive = if knows("Linear") {
            Primitive::Linear(linear)
        } else {
            Primitive::Affine(structure::affine(&linear))
        };
        graph.nodes.get_mut(&name)?.primitive = primitive;
        changes.push(Change::new(&name, "a matrix that holds a gain was added"));
    }
    Some(changes)
}
