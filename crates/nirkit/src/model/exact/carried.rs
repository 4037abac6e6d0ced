//! What arrives at an Output in continuous time: voltages, spikes, what enters.

use std::collections::BTreeSet;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Tensor;

use crate::settle::Voice;

/// What arrives at an Output.
#[derive(Default)]
pub(super) struct Carried {
    /// The nodes whose voltages arrive, directly or through maps.
    pub(super) voltages: BTreeSet<String>,
    /// Whether spikes or a stimulus can arrive.
    pub(super) spikes: bool,
    /// The Inputs that reach it with no neuron between.
    inputs: BTreeSet<String>,
    /// The nodes on the way that change the size of a spike.
    weights: BTreeSet<String>,
    /// Those of them with a bias.
    biases: BTreeSet<String>,
}

impl Carried {
    /// Follows all edges back from an Output.
    pub(super) fn by(graph: &Graph, facts: &Facts, output: LeafId) -> Self {
        let mut carried = Self::default();
        let (mut open, mut seen) = (vec![output], BTreeSet::new());
        while let Some(leaf) = open.pop().map(|id| facts.leaf(id)) {
            for &source in &leaf.sources {
                match facts.primitive(graph, source) {
                    Some(Primitive::Li(_) | Primitive::CubaLi(_) | Primitive::I(_)) => {
                        carried.voltages.insert(facts.leaf(source).name.clone());
                    }
                    Some(
                        Primitive::If(_)
                        | Primitive::Lif(_)
                        | Primitive::CubaLif(_)
                        | Primitive::Threshold(_),
                    ) => carried.spikes = true,
                    // Only an Input of the whole graph, and not a port of a nested one, has no source.
                    Some(Primitive::Input(_)) if facts.leaf(source).sources.is_empty() => {
                        carried.spikes = true;
                        carried.inputs.insert(facts.leaf(source).name.clone());
                    }
                    Some(primitive) if seen.insert(source) => {
                        carried.pass(&facts.leaf(source).name, primitive);
                        open.push(source);
                    }
                    _ => {}
                }
            }
        }
        carried
    }

    /// Takes down what a node on the way does to what it hands on.
    fn pass(&mut self, name: &str, primitive: &Primitive) {
        let bias = match primitive {
            Primitive::Input(_)
            | Primitive::Output(_)
            | Primitive::Flatten(_)
            | Primitive::Delay(_)
            | Primitive::Graph(_) => return,
            Primitive::Affine(node) => Some(&node.bias),
            Primitive::Conv1d(node) => Some(&node.bias),
            Primitive::Conv2d(node) => Some(&node.bias),
            _ => None,
        };
        self.weights.insert(name.to_owned());
        let bias = bias.and_then(Tensor::to_f64).unwrap_or_default();
        if bias.iter().any(|&bias| bias != 0.0) {
            self.biases.insert(name.to_owned());
        }
    }

    /// Says what of an Output is not counted in continuous time, and how to look at it.
    pub(super) fn notes(&self, output: &str, voice: Voice) -> Vec<String> {
        let list = |names: &BTreeSet<String>| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        let mut notes = Vec::new();
        if let Some(first) = self.voltages.first() {
            notes.push(format!(
                "`{output}` carries the voltage of {}, of which nothing is counted; record `{first}:v` ({}) at instants of \
                 your own ({})",
                list(&self.voltages),
                voice.option("record"),
                voice.option("sample"),
            ));
        }
        if self.spikes && !self.weights.is_empty() {
            notes.push(format!(
                "`{output}` gets spikes of the sizes that {} gives them: they count in its total, and its list of spikes has \
                 times and channels only",
                list(&self.weights)
            ));
        }
        let continuous = [("what enters", &self.inputs), ("the bias of", &self.biases)];
        notes.extend(continuous.into_iter().filter(|(_, names)| !names.is_empty()).map(
            |(what, names)| {
                format!(
                    "`{output}` carries {what} {} with no neuron between: spikes are counted there, and of a current nothing is",
                    list(names)
                )
            },
        ));
        notes
    }
}
