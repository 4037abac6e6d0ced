//! Multiplies a Scale into the map before or behind it.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::numbers::{scale_input, scale_output, spread};
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "fold_scale",
    about: "multiplies a Scale into the map before or behind it; few platforms know Scale",
    condition: "",
    is_usual: true,
    step,
};

fn step(graph: &mut Graph, facts: &Facts) -> Option<Done> {
    let scales = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Scale(_)));
    scales.into_iter().find_map(|name| fold(graph, facts, &name))
}

fn fold(graph: &mut Graph, facts: &Facts, name: &str) -> Option<Done> {
    let Some(Primitive::Scale(scale)) = flat::primitive(graph, name) else { return None };
    if flat::sources(graph, name).len() != 1 {
        return None;
    }
    let factors = spread(&scale.scale, &facts.leaf(facts.find(name)?).input)?;
    let before = flat::lone_source(graph, name)
        .and_then(|map| Some((scale_output(flat::primitive(graph, &map)?, &factors)?, map)));
    let behind = || {
        let map = flat::lone_target(graph, name)?;
        Some((scale_input(flat::primitive(graph, &map)?, &factors)?, map))
    };
    let (scaled, map) = before.or_else(behind)?;
    graph.nodes.get_mut(&map)?.primitive = scaled;
    flat::bypass(graph, name);
    Some(Done::new(name, format!("multiplied into `{map}`")))
}
