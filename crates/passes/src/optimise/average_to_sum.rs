//! Sums in the place of means.

use std::collections::BTreeMap;

use nirkit_ir::primitive::{Primitive, Scale, SumPool2d};
use nirkit_ir::{Edge, Facts, Graph, Node};
use nirkit_numerics::Tensor;

use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "average_to_sum",
    about: "makes a SumPool2d and a Scale of an AvgPool2d; `fold_scale` brings the factor into the weights",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: true,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let pools = flat::nodes(graph, |primitive| matches!(primitive, Primitive::AvgPool2d(_)));
    let mut scales = BTreeMap::new();
    let replace = |name: String| {
        let (scale, area) = replace(graph, facts, &name)?;
        let what = format!("sums, and `{scale}` divides by {area}");
        scales.insert(name.clone(), scale);
        Some(Done::new(name, what))
    };
    let done = pools.into_iter().filter_map(replace).collect();
    for edge in &mut graph.edges {
        if let Some(scale) = scales.get(&edge.source) {
            edge.source.clone_from(scale);
        }
    }
    graph.edges.extend(scales.into_iter().map(|(name, scale)| Edge::new(name, scale)));
    done
}

/// Makes a sum of a pool, and a Scale whose edges are still missing: its name, and what it divides by.
fn replace(graph: &mut Graph, facts: &Facts, name: &str) -> Option<(String, f64)> {
    let Some(Primitive::AvgPool2d(pool)) = flat::primitive(graph, name) else { return None };
    let leaf = facts.leaf(facts.find(name)?);
    let kernel = pool.kernel_size.to_f64()?;
    let area = if kernel.len() == 1 { kernel[0] * kernel[0] } else { kernel.iter().product() };
    let sum = SumPool2d {
        kernel_size: pool.kernel_size.clone(),
        stride: pool.stride.clone(),
        padding: pool.padding.clone(),
    };
    let factor = Tensor::new(&leaf.output, vec![(1.0 / area) as f32; leaf.outputs()]).ok()?;
    let scale = graph.free_name(&format!("{name}_mean"));
    graph.nodes.get_mut(name)?.primitive = Primitive::SumPool2d(sum);
    graph.nodes.insert(scale.clone(), Node::new(Primitive::Scale(Scale { scale: factor })));
    Some((scale, area))
}
