//! Multiplies a Scale into the map before or behind it, or into a neuron.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::carry::DeadEnds;
use super::numbers::spread;
use super::wires::Wires;
use super::{Done, Pass, carry, flat};

pub(super) const PASS: Pass = Pass {
    name: "fold_scale",
    about: "multiplies a Scale into the map before or behind it, also across pools and Flatten, else into `r` of the \
            neurons behind it; few platforms know Scale",
    condition: "",
    needs_reset: None,
    is_usual: true,
    folds: true,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let scales = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Scale(_)));
    let mut wires = Wires::of(graph);
    let mut dead_ends = DeadEnds::default();
    let fold = |name: &String| fold(graph, &mut wires, facts, &mut dead_ends, name);
    let done = scales.iter().filter_map(fold).collect();
    wires.finish(graph);
    done
}

fn fold(
    graph: &mut Graph,
    wires: &mut Wires,
    facts: &Facts,
    dead_ends: &mut DeadEnds,
    name: &str,
) -> Option<Done> {
    let Some(Primitive::Scale(scale)) = flat::primitive(graph, name) else { return None };
    if wires.arrivals(name) != 1 {
        return None;
    }
    let factors = spread(&scale.scale, &facts.leaf(facts.find(name)?).input)?;
    let source = wires.lone_source(name);
    let before =
        source.and_then(|at| carry::before(graph, wires, facts, dead_ends, at, factors.clone()));
    let (map, scaled) = if let Some(found) = before {
        found
    } else {
        let target = wires.lone_target(name)?;
        carry::behind(graph, wires, facts, target, factors)?
    };
    let how = match scaled {
        Primitive::If(_)
        | Primitive::Lif(_)
        | Primitive::CubaLif(_)
        | Primitive::I(_)
        | Primitive::Li(_)
        | Primitive::CubaLi(_) => format!("multiplied into `r` of `{map}`"),
        _ => format!("multiplied into `{map}`"),
    };
    graph.nodes.get_mut(&map)?.primitive = scaled;
    wires.bypass(name);
    Some(Done::new(name, how))
}
