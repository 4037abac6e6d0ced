//! An Input of one axis as a picture of one pixel.

use nirkit_ir::primitive::{Flatten, Input, Primitive};
use nirkit_ir::{Edge, Facts, Graph, Node};
use nirkit_numerics::Tensor;

use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "picture_input",
    about: "gives an Input of one axis (n) the axes (n, 1, 1), and puts a Flatten behind it, for platforms that take pictures \
            only; its frames are then those of the original, reshaped",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let names = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Input(_)));
    names.into_iter().filter_map(|name| picture(graph, facts, name)).collect()
}

fn picture(graph: &mut Graph, facts: &Facts, name: String) -> Option<Done> {
    let [channels] = facts.leaf(facts.find(&name)?).output[..] else { return None };
    let shape = Tensor::vector(vec![channels as i64, 1, 1]);
    graph.nodes.get_mut(&name)?.primitive = Primitive::Input(Input { shape: shape.clone() });
    let flatten = Flatten {
        input_type: Some(shape),
        start_dim: Tensor::scalar(0_i64),
        end_dim: Tensor::scalar(-1_i64),
    };
    let behind = graph.free_name(&format!("{name}_flat"));
    graph.nodes.insert(behind.clone(), Node::new(Primitive::Flatten(flatten)));
    for edge in graph.edges.iter_mut().filter(|edge| edge.source == name) {
        edge.source.clone_from(&behind);
    }
    graph.edges.push(Edge::new(name.as_str(), behind.as_str()));
    let what = format!(
        "its shape [{channels}] is [{channels}, 1, 1], with the Flatten `{behind}` behind it"
    );
    Some(Done::new(name, what))
}
