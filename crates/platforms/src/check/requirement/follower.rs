//! Conditions on the nodes that follow.

use std::collections::BTreeSet;

use nirkit_engine::clocked::semantics::Order;
use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::primitive::Primitive;

use super::super::Case;
use super::{Unmet, node};

/// Whether only Outputs follow.
pub(super) fn last(case: &Case<'_>, leaf: &Leaf) -> Option<Unmet> {
    let targets = behind_outputs(case, leaf);
    let next = targets.iter().rev().filter_map(|&target| {
        let is_joined = case.facts.leaf(target).sources.len() > 1;
        Some((is_joined, case.primitive(target)?))
    });
    let next = { next }.find(|(_, primitive)| !matches!(primitive, Primitive::Output(_)));
    let unmet = node(next.is_none(), "only an Output may follow")?;
    // Programs that connect nodes have no tuples.
    let hands_on = case.semantics.execution.order != Order::SourcesFirst;
    let says = next.filter(|_| hands_on).map(|(is_joined, primitive)| {
        if is_joined { ADDED_TUPLE.to_owned() } else { given_a_tuple(primitive) }
    });
    Some(Unmet { says, ..unmet })
}

/// The targets of a leaf; an Output of a nested graph hands on what it is given.
fn behind_outputs(case: &Case<'_>, leaf: &Leaf) -> Vec<LeafId> {
    let mut open: Vec<LeafId> = leaf.targets.iter().rev().copied().collect();
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    while let Some(target) = open.pop() {
        if !seen.insert(target) {
            continue;
        }
        let handed_on = &case.facts.leaf(target).targets;
        if matches!(case.primitive(target), Some(Primitive::Output(_))) && !handed_on.is_empty() {
            open.extend(handed_on.iter().rev());
        } else {
            found.push(target);
        }
    }
    found
}

/// The kind of a node; of a nested graph that is a recurrent layer, the kind of its neurons.
pub(super) fn kind_of_layer(primitive: &Primitive) -> &str {
    let Primitive::Graph(inner) = primitive else { return primitive.kind() };
    let kinds = inner.nodes.iter().map(|(_, _, node)| node.primitive.kind());
    { kinds }.find(|kind| matches!(*kind, "LIF" | "CubaLIF")).unwrap_or(primitive.kind())
}

/// What PyTorch says where a tuple is added to something.
const ADDED_TUPLE: &str = "TypeError: add(): argument '…' (position …) must be Tensor, not tuple";

/// What a module of PyTorch says that is given a tuple in place of a tensor.
fn given_a_tuple(primitive: &Primitive) -> String {
    let function = match primitive {
        Primitive::Affine(_) | Primitive::Linear(_) => "linear",
        Primitive::AvgPool2d(_) => "avg_pool2d",
        Primitive::Conv1d(_) => return "TypeError: conv1d() received an invalid combination of arguments - got (tuple, …".to_owned(),
        Primitive::Conv2d(_) => return "TypeError: conv2d() received an invalid combination of arguments - got (tuple, …".to_owned(),
        Primitive::SumPool2d(_) => return "AttributeError: 'tuple' object has no attribute 'pow'".to_owned(),
        Primitive::Flatten(_) => return "AttributeError: 'tuple' object has no attribute 'flatten'".to_owned(),
        Primitive::Li(_) | Primitive::If(_) | Primitive::Lif(_) | Primitive::CubaLif(_) => {
            return "AttributeError: 'tuple' object has no attribute 'shape'".to_owned();
        }
        _ => return "TypeError: …tuple…".to_owned(),
    };
    format!("TypeError: {function}(): argument 'input' (position 1) must be Tensor, not tuple")
}
