//! A case before its answers are known.

use std::collections::{BTreeMap, BTreeSet};

use nirkit::SpikeReading;
use nirkit::ir::{Document, Graph, Primitive};
use nirkit::numerics::Tensor;

use super::case::{Case, Level};

/// A case before its answers are known.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub level: Level,
    /// What it asks.
    pub asks: String,
    /// The graph.
    pub graph: Document,
    /// What enters each Input.
    pub inputs: BTreeMap<String, Tensor>,
    /// Length of a step in seconds.
    pub dt: f64,
    /// Number of steps.
    pub steps: usize,
    /// What a spike is to the node that receives it.
    pub spike: SpikeReading,
    /// Why the graph has to be refused; `None` if it has to be run.
    pub refusal: Option<String>,
}

impl Draft {
    /// Returns the draft of a case that is complete.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Self {
            name: case.name.clone(),
            level: case.level,
            asks: case.asks.clone(),
            graph: case.graph.clone(),
            inputs: case.inputs.clone(),
            dt: case.dt,
            steps: case.steps,
            spike: case.spike,
            refusal: None,
        }
    }

    /// The kinds of the nodes, nested ones included, without Input and Output.
    #[must_use]
    pub fn primitives(&self) -> Vec<String> {
        fn collect(graph: &Graph, kinds: &mut BTreeSet<String>) {
            for (_, _, node) in graph.nodes.iter() {
                match &node.primitive {
                    Primitive::Input(_) | Primitive::Output(_) => {}
                    primitive => {
                        kinds.insert(primitive.kind().to_owned());
                    }
                }
                if let Primitive::Graph(inner) = &node.primitive {
                    collect(inner, kinds);
                }
            }
        }
        let mut kinds = BTreeSet::new();
        if let Some(graph) = self.graph.graph() {
            collect(graph, &mut kinds);
        }
        kinds.into_iter().collect()
    }
}
