//! Multiplies a Scale into the map before or behind it.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::numbers::{scale_input, scale_output, spread};
use super::wires::Wires;
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "fold_scale",
    about: "multiplies a Scale into the map before or behind it; few platforms know Scale",
    condition: "",
    is_usual: true,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let scales = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Scale(_)));
    let mut wires = Wires::of(graph);
    let fold = |name: &String| fold(graph, &mut wires, facts, name);
    let done = scales.iter().filter_map(fold).collect();
    wires.finish(graph);
    done
}

fn fold(graph: &mut Graph, wires: &mut Wires, facts: &Facts, name: &str) -> Option<Done> {
    let Some(Primitive::Scale(scale)) = flat::primitive(graph, name) else { return None };
    if wires.arrivals(name) != 1 {
        return None;
    }
    let factors = spread(&scale.scale, &facts.leaf(facts.find(name)?).input)?;
    let before = wires
        .lone_source(name)
        .and_then(|map| Some((scale_output(flat::primitive(graph, &map)?, &factors)?, map)));
    let behind = || {
        let map = wires.lone_target(name)?;
        Some((scale_input(flat::primitive(graph, &map)?, &factors)?, map))
    };
    let (scaled, map) = before.or_else(behind)?;
    graph.nodes.get_mut(&map)?.primitive = scaled;
    wires.bypass(name);
    Some(Done::new(name, format!("multiplied into `{map}`")))
}
