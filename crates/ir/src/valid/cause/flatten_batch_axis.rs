//! A Flatten counts the batch axis, which signals of NIR do not have.

use nirkit_numerics::Tensor;

use super::{Mended, listed, set};
use crate::diag::{Code, Diagnostic};
use crate::facts::count::single;
use crate::graph::Graph;
use crate::limits::Limits;
use crate::primitive::Primitive;
use crate::valid::survey::Survey;

/// The graph with Flattens that begin one axis before, where their output does not fit what they lead to.
pub(super) fn suppose(graph: &Graph, before: &Survey, _: &Limits) -> Option<Mended> {
    let mut mended = graph.clone();
    let mut moved = Vec::new();
    for leaf in &before.leaves {
        let nodes = &leaf.place.nodes;
        let suspicious = leaf.targets.iter().any(|&target| {
            let target = &before.leaves[target];
            leaf.output.is_none() || target.input.is_some() && leaf.output != target.input
        });
        let Some(node) = mended.node_at_mut(nodes).filter(|_| suspicious) else { continue };
        let Primitive::Flatten(flatten) = &node.primitive else { continue };
        let dims = single(&flatten.start_dim).zip(single(&flatten.end_dim));
        let Some((start, end)) = dims.filter(|&(start, _)| start >= 1) else { continue };
        set(node, "start_dim", Tensor::scalar(start - 1));
        if end > 0 {
            set(node, "end_dim", Tensor::scalar(end - 1));
        }
        moved.push((leaf.place.clone(), start, end));
    }
    let (place, start, end) = moved.first()?.clone();
    let names: Vec<String> = moved.iter().map(|(place, ..)| place.nodes.join(".")).collect();
    let to = if end > 0 { format!(", `end_dim` {}", end - 1) } else { String::new() };
    let message = format!(
        "`start_dim` {start} counts a batch axis, which signals of NIR do not have: {} fits what follows",
        if end > 0 { format!("`start_dim` {}{to}", start - 1) } else { (start - 1).to_string() }
    );
    let finding = Diagnostic::new(Code::FlattenBatchAxis, place.field("start_dim"), message)
        .help(format!(
            "run `nir convert --repair` to count the axes of {} without it",
            listed(&names)
        ))
        .repairable();
    let done = format!(
        "`start_dim` is {}{to} now, without a batch axis, in {}",
        start - 1,
        listed(&names)
    );
    Some(Mended { graph: mended, finding, done })
}
