//! The margin: how far all thresholds can change until a spike of the ideal moves to another step.

use nirkit::Error;
use nirkit::ir::{Graph, Primitive};
use nirkit::numerics::Tensor;

use super::super::case::Exact;
use super::super::draft::Draft;
use super::{any_node, exact};
use crate::array::Array;

/// Changes of the thresholds by which the margin is found.
pub const MARGINS: [f64; 12] =
    [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3];

/// The largest change of the thresholds in both directions that leaves all spikes of the ideal in their steps.
pub(super) fn margin(draft: &Draft, exact: &Exact) -> Result<Option<f64>, Error> {
    if !draft.graph.graph().is_some_and(|graph| any_node(graph, &has_threshold)) {
        return Ok(None);
    }
    let mut margin = 0.0;
    for change in MARGINS {
        for sign in [1.0, -1.0] {
            if spikes_with(draft, sign * change)? != exact.nodes {
                return Ok(Some(margin));
            }
        }
        margin = change;
    }
    Ok(Some(margin))
}

fn has_threshold(primitive: &Primitive) -> bool {
    matches!(
        primitive,
        Primitive::If(_) | Primitive::Lif(_) | Primitive::CubaLif(_) | Primitive::Threshold(_)
    )
}

/// The spikes of the ideal by steps with all thresholds changed by a share of themselves; one of 0 by the share itself.
///
/// # Errors
///
/// The graph cannot run.
pub fn spikes_with(draft: &Draft, share: f64) -> Result<Vec<(String, Array)>, Error> {
    let mut changed = draft.clone();
    if let Some(graph) = changed.graph.graph_mut() {
        change_thresholds(graph, share);
    }
    Ok(exact(&changed)?.nodes)
}

fn change_thresholds(graph: &mut Graph, share: f64) {
    for (_, node) in graph.nodes.iter_mut() {
        let threshold = match &mut node.primitive {
            Primitive::Graph(inner) => {
                change_thresholds(inner, share);
                continue;
            }
            Primitive::If(node) => &mut node.v_threshold,
            Primitive::Lif(node) => &mut node.v_threshold,
            Primitive::CubaLif(node) => &mut node.v_threshold,
            Primitive::Threshold(node) => &mut node.threshold,
            _ => continue,
        };
        let Some(values) = threshold.to_f64() else { continue };
        // Double precision holds changes that single precision would round away.
        let moved = |&v: &f64| if v == 0.0 { share } else { v + v.abs() * share };
        let values: Vec<f64> = values.iter().map(moved).collect();
        if let Ok(tensor) = Tensor::new(threshold.shape(), values) {
            *threshold = tensor;
        }
    }
}
