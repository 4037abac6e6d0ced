//! Linear in the place of Affine.

use nirkit_ir::primitive::{Linear, Primitive};
use nirkit_ir::{Facts, Graph};

use super::numbers::all_are;
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "drop_bias",
    about: "makes a Linear of every Affine whose bias is 0, for platforms that know Linear only",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, _: &Facts) -> Vec<Done> {
    let has_none =
        |primitive: &Primitive| matches!(primitive, Primitive::Affine(p) if all_are(&p.bias, 0.0));
    flat::nodes(graph, has_none).into_iter().filter_map(|name| remove(graph, name)).collect()
}

fn remove(graph: &mut Graph, name: String) -> Option<Done> {
    let Some(Primitive::Affine(affine)) = flat::primitive(graph, &name) else { return None };
    let linear = Linear { weight: affine.weight.clone() };
    graph.nodes.get_mut(&name)?.primitive = Primitive::Linear(linear);
    Some(Done::new(name, "is a Linear: its bias was 0"))
}
