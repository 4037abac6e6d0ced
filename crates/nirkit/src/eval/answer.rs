//! The node whose output is the answer of a network.

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_run::Request;

use crate::error::{Error, ErrorKind};

/// The node whose output leaves a graph, or why there is none.
pub(crate) struct Answer(Result<String, Error>);

impl Answer {
    /// Looks for the node whose output leaves through the only Output; what leaves a nested graph stands under the
    /// name of the graph, or of what leads to its Output.
    pub(crate) fn of(graph: &Graph, facts: &Facts, requests: &[Request]) -> Self {
        Self(answer(graph, facts, requests))
    }

    pub(crate) fn node(&self) -> Result<String, Error> {
        self.0.clone()
    }
}

/// Whether a node puts out its voltage, and no spikes.
pub(crate) fn puts_out_voltage(graph: &Graph, facts: &Facts, name: &str) -> bool {
    let id = facts.find(name);
    matches!(
        id.and_then(|id| facts.primitive(graph, id)),
        Some(Primitive::Li(_) | Primitive::CubaLi(_) | Primitive::I(_))
    )
}

fn answer(graph: &Graph, facts: &Facts, requests: &[Request]) -> Result<String, Error> {
    let outputs: Vec<LeafId> = facts.outputs(graph).collect();
    let [output] = outputs.as_slice() else {
        let names: Vec<String> =
            outputs.iter().map(|&output| format!("`{}`", facts.leaf(output).name)).collect();
        let named =
            if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        let message = format!("the graph has {} Outputs{named}, classes need one", outputs.len());
        let help =
            "keep one Output in the graph that is evaluated: the one that leads to the classes";
        return Err(Error::new(message).of_kind(ErrorKind::Graph).help(help));
    };
    let leaf = facts.leaf(*output);
    let [source] = leaf.sources.as_slice() else {
        let sources: Vec<String> =
            leaf.sources.iter().map(|&source| format!("`{}`", facts.leaf(source).name)).collect();
        let named = if sources.is_empty() {
            String::new()
        } else {
            format!(" (from {})", sources.join(", "))
        };
        let message =
            format!("{} edges lead to the Output{named}, classes need one", leaf.sources.len());
        let help = "keep the edge from the neurons whose spikes or voltages are the classes";
        return Err(Error::new(message).of_kind(ErrorKind::Graph).help(help));
    };
    let mut at = *source;
    loop {
        let leaf = facts.leaf(at);
        let nested = facts.nested().iter().filter(|nested| nested.outputs == [at]);
        let mut names = nested.map(|nested| &nested.name).chain([&leaf.name]);
        let is_known = |name: &&String| requests.iter().any(|request| request.node == **name);
        if let Some(name) = names.find(is_known) {
            return Ok(name.clone());
        }
        // These hand on what they get, in the same order.
        let hands_on = matches!(
            facts.primitive(graph, at),
            Some(Primitive::Output(_) | Primitive::Flatten(_))
        );
        match leaf.sources.as_slice() {
            &[only] if hands_on => at = only,
            _ => {
                let name = &leaf.name;
                let message = format!(
                    "`{name}` puts out nothing there that can be read, and leads to the Output"
                );
                return Err(Error::new(message).of_kind(ErrorKind::Graph).help(
                    "classes are read from spikes or voltages: let a neuron lead to the Output",
                ));
            }
        }
    }
}
