//! Affine in the place of Linear.

use nirkit_ir::primitive::{Affine, Primitive};
use nirkit_ir::{Facts, Graph};

use super::numbers::like;
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "add_bias",
    about: "makes an Affine with a bias of 0 of every Linear, for platforms that know Affine only",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, _: &Facts) -> Vec<Done> {
    let maps = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Linear(_)));
    maps.into_iter().filter_map(|name| add(graph, name)).collect()
}

fn add(graph: &mut Graph, name: String) -> Option<Done> {
    let Some(Primitive::Linear(linear)) = flat::primitive(graph, &name) else { return None };
    let rows = *linear.weight.shape().first()?;
    let bias = like(&linear.weight, &[rows], vec![0.0; rows])?;
    let affine = Affine { weight: linear.weight.clone(), bias };
    graph.nodes.get_mut(&name)?.primitive = Primitive::Affine(affine);
    Some(Done::new(name, "is an Affine with a bias of 0"))
}
