//! Multiplies the gains of neurons into the weights before them.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Tensor;

use super::carry::DeadEnds;
use super::numbers::{all_are, spread};
use super::wires::Wires;
use super::{Done, Pass, carry, flat};

pub(super) const PASS: Pass = Pass {
    name: "fold_gain",
    about: "multiplies `r` and `w_in` into the weights before the neurons, also across pools and Flatten, for platforms that \
            ignore them",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: true,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let neurons = flat::nodes(graph, |primitive| gains(primitive).is_some());
    let mut wires = Wires::of(graph);
    let mut dead_ends = DeadEnds::default();
    let fold = |name: &String| fold(graph, &mut wires, facts, &mut dead_ends, name);
    let done = neurons.iter().filter_map(fold).collect();
    wires.finish(graph);
    done
}

/// The gains of a neuron, unless all are 1.
fn gains(primitive: &Primitive) -> Option<Vec<&Tensor>> {
    let gains: Vec<&Tensor> = match primitive {
        Primitive::Li(p) => vec![&p.r],
        Primitive::Lif(p) => vec![&p.r],
        Primitive::I(p) => vec![&p.r],
        Primitive::If(p) => vec![&p.r],
        Primitive::CubaLi(p) => std::iter::once(&p.r).chain(&p.w_in).collect(),
        Primitive::CubaLif(p) => std::iter::once(&p.r).chain(&p.w_in).collect(),
        _ => return None,
    };
    (!gains.iter().all(|gain| all_are(gain, 1.0))).then_some(gains)
}

/// The neuron with all gains 1.
fn without_gains(primitive: &Primitive) -> Option<Primitive> {
    let mut plain = primitive.clone();
    let one = |tensor: &Tensor| tensor.filled(1.0);
    match &mut plain {
        Primitive::Li(p) => p.r = one(&p.r)?,
        Primitive::Lif(p) => p.r = one(&p.r)?,
        Primitive::I(p) => p.r = one(&p.r)?,
        Primitive::If(p) => p.r = one(&p.r)?,
        Primitive::CubaLi(p) => (p.r, p.w_in) = (one(&p.r)?, one_if_any(p.w_in.as_ref())),
        Primitive::CubaLif(p) => (p.r, p.w_in) = (one(&p.r)?, one_if_any(p.w_in.as_ref())),
        _ => return None,
    }
    Some(plain)
}

fn one_if_any(tensor: Option<&Tensor>) -> Option<Tensor> {
    tensor.and_then(|tensor| tensor.filled(1.0))
}

fn fold(
    graph: &mut Graph,
    wires: &mut Wires,
    facts: &Facts,
    dead_ends: &mut DeadEnds,
    name: &str,
) -> Option<Done> {
    let primitive = flat::primitive(graph, name)?;
    let shape = &facts.leaf(facts.find(name)?).input;
    let mut factors = vec![1.0; shape.iter().product()];
    for gain in gains(primitive)? {
        factors.iter_mut().zip(spread(gain, shape)?).for_each(|(factor, gain)| *factor *= gain);
    }
    let plain = without_gains(primitive)?;
    let mut sources = wires.sources(name);
    sources.sort();
    let mut scaled = Vec::new();
    for edges in sources.chunk_by(|a, b| a == b) {
        let source = edges.first()?;
        let leads_elsewhere = wires.departures(source) > edges.len();
        if leads_elsewhere {
            return None;
        }
        scaled.push(carry::before(
            graph,
            wires,
            facts,
            dead_ends,
            source.clone(),
            factors.clone(),
        )?);
    }
    if scaled.is_empty() {
        return None;
    }
    let names: Vec<String> = scaled.iter().map(|(source, _)| format!("`{source}`")).collect();
    for (source, map) in scaled {
        graph.nodes.get_mut(&source)?.primitive = map;
    }
    graph.nodes.get_mut(name)?.primitive = plain;
    Some(Done::new(name, format!("its gains went into {}", names.join(", "))))
}
