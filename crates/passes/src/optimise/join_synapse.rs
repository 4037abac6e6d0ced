//! CubaLIF in the place of LI and LIF.

use std::collections::BTreeMap;

use nirkit_ir::primitive::{CubaLif, Primitive};
use nirkit_ir::{Facts, Graph};

use super::numbers::all_are;
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "join_synapse",
    about: "makes a CubaLIF of an LI without `v_leak` that leads to a LIF and to nothing else, for platforms that know no LI",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, _: &Facts) -> Vec<Done> {
    let synapses = flat::nodes(
        graph,
        |primitive| matches!(primitive, Primitive::Li(li) if all_are(&li.v_leak, 0.0)),
    );
    let (mut leaving, mut arriving) = (BTreeMap::new(), BTreeMap::<String, usize>::new());
    for edge in &graph.edges {
        leaving.entry(edge.source.clone()).or_insert_with(Vec::new).push(edge.target.clone());
        *arriving.entry(edge.target.clone()).or_default() += 1;
    }
    let mut joined = BTreeMap::new();
    for name in synapses {
        let Some([target]) = leaving.get(&name).map(Vec::as_slice) else { continue };
        if arriving.get(target) == Some(&1) && join(graph, &name, target).is_some() {
            joined.insert(name, target.clone());
        }
    }
    // What led to the LI leads to the neuron.
    graph.edges.retain(|edge| !joined.contains_key(&edge.source));
    for edge in &mut graph.edges {
        if let Some(target) = joined.get(&edge.target) {
            edge.target.clone_from(target);
        }
    }
    graph.nodes.retain(|name| !joined.contains_key(name));
    let done = |(name, target): (String, String)| {
        Done::new(target, format!("is a CubaLIF with `{name}` as its synapse"))
    };
    joined.into_iter().map(done).collect()
}

/// Makes a CubaLIF of a LIF behind an LI; `None` for other nodes.
fn join(graph: &mut Graph, name: &str, target: &str) -> Option<()> {
    let (Primitive::Li(li), Primitive::Lif(lif)) =
        (flat::primitive(graph, name)?, flat::primitive(graph, target)?)
    else {
        return None;
    };
    let joined = CubaLif {
        tau_syn: li.tau.clone(),
        tau_mem: lif.tau.clone(),
        r: lif.r.clone(),
        v_leak: lif.v_leak.clone(),
        v_threshold: lif.v_threshold.clone(),
        v_reset: lif.v_reset.clone(),
        w_in: Some(li.r.clone()),
    };
    graph.nodes.get_mut(target)?.primitive = Primitive::CubaLif(joined);
    Some(())
}
