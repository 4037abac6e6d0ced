//! Counts voltages from their value at rest.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Tensor;

use super::numbers::{all_are, like, spread};
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "center_leak",
    about: "counts voltages from `v_leak`, which becomes 0, for platforms that ask for that",
    condition: "the reset is to `v_reset`, and voltages start at rest",
    needs_reset: Some("v_reset"),
    is_usual: false,
    folds: true,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let rests = |primitive: &Primitive| match primitive {
        Primitive::Lif(p) => !all_are(&p.v_leak, 0.0),
        Primitive::CubaLif(p) => !all_are(&p.v_leak, 0.0),
        _ => false,
    };
    let neurons = flat::nodes(graph, rests).into_iter();
    neurons.filter_map(|name| center_node(graph, facts, name)).collect()
}

fn center_node(graph: &mut Graph, facts: &Facts, name: String) -> Option<Done> {
    let shape = facts.leaf(facts.find(&name)?).input.clone();
    match &mut graph.nodes.get_mut(&name)?.primitive {
        Primitive::Lif(p) => center(&mut p.v_leak, &mut p.v_threshold, &mut p.v_reset, &shape)?,
        Primitive::CubaLif(p) => center(&mut p.v_leak, &mut p.v_threshold, &mut p.v_reset, &shape)?,
        _ => return None,
    }
    Some(Done::new(name, "`v_leak` is 0 now, threshold and reset moved with it"))
}

fn center(
    v_leak: &mut Tensor,
    v_threshold: &mut Tensor,
    v_reset: &mut Option<Tensor>,
    shape: &[usize],
) -> Option<()> {
    let rest = spread(v_leak, shape)?;
    let moved = |level: &Tensor| {
        let level = spread(level, shape)?;
        let moved = level.iter().zip(&rest).map(|(level, rest)| level - rest).collect();
        like(v_leak, shape, moved)
    };
    let threshold = moved(v_threshold)?;
    let zero = v_leak.filled(0.0)?;
    let reset = moved(v_reset.as_ref().unwrap_or(&zero))?;
    (*v_leak, *v_threshold, *v_reset) = (zero, threshold, Some(reset));
    Some(())
}
