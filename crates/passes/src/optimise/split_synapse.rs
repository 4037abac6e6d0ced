//! LI and LIF in the place of CubaLIF.

use nirkit_ir::primitive::{Li, Lif, Primitive};
use nirkit_ir::{Edge, Facts, Graph, Node};

use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "split_synapse",
    about: "makes an LI and a LIF of each CubaLIF, for platforms that know both and no CubaLIF",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, _: &Facts) -> Vec<Done> {
    let neurons = flat::nodes(graph, |primitive| matches!(primitive, Primitive::CubaLif(_)));
    neurons.into_iter().filter_map(|name| split(graph, name)).collect()
}

fn split(graph: &mut Graph, name: String) -> Option<Done> {
    let Primitive::CubaLif(neuron) = flat::primitive(graph, &name)? else { return None };
    let synapse = Li {
        tau: neuron.tau_syn.clone(),
        r: match &neuron.w_in {
            Some(w_in) => w_in.clone(),
            None => neuron.tau_syn.filled(1.0)?,
        },
        v_leak: neuron.tau_syn.filled(0.0)?,
    };
    let membrane = Lif {
        tau: neuron.tau_mem.clone(),
        r: neuron.r.clone(),
        v_leak: neuron.v_leak.clone(),
        v_threshold: neuron.v_threshold.clone(),
        v_reset: neuron.v_reset.clone(),
    };
    let before = graph.free_name(&format!("{name}_synapse"));
    graph.nodes.get_mut(&name)?.primitive = Primitive::Lif(membrane);
    graph.nodes.insert(before.clone(), Node::new(Primitive::Li(synapse)));
    // The edge stands before those that follow from it.
    let mut is_new = true;
    let mut edges = Vec::with_capacity(graph.edges.len() + 1);
    for edge in std::mem::take(&mut graph.edges) {
        let leads_here = edge.target == name;
        let source = edge.source.clone();
        edges.push(if leads_here { Edge::new(source, before.as_str()) } else { edge });
        if leads_here && std::mem::take(&mut is_new) {
            edges.push(Edge::new(before.as_str(), name.as_str()));
        }
    }
    graph.edges = edges;
    Some(Done::new(name, format!("is a LIF behind the LI `{before}`")))
}
