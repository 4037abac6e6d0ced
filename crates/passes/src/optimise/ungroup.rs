//! One group in the place of several in a convolution.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::{DType, Tensor};

use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "ungroup",
    about: "makes one group of the groups of a convolution, with weights of 0 between channels that did not see each \
            other, for platforms without groups",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let is_convolution =
        |primitive: &Primitive| matches!(primitive, Primitive::Conv1d(_) | Primitive::Conv2d(_));
    let names = flat::nodes(graph, is_convolution);
    names.into_iter().filter_map(|name| join(graph, facts, name)).collect()
}

fn join(graph: &mut Graph, facts: &Facts, name: String) -> Option<Done> {
    let window = facts.leaf(facts.find(&name)?).window.clone()?;
    if window.groups <= 1 {
        return None;
    }
    let (weight, groups) = match &mut graph.nodes.get_mut(&name)?.primitive {
        Primitive::Conv1d(map) => (&mut map.weight, &mut map.groups),
        Primitive::Conv2d(map) => (&mut map.weight, &mut map.groups),
        _ => return None,
    };
    let each = window.channels_out.checked_div(window.groups)?;
    let joined = joined(weight, window.channels_in, each)?;
    *groups = groups.filled(1.0)?;
    *weight = joined;
    Some(Done::new(name, format!("its {} groups are one", window.groups)))
}

/// Kernels over all channels, 0 where a kernel did not see one; `each` kernels belong to a group.
fn joined(weight: &Tensor, channels: usize, each: usize) -> Option<Tensor> {
    let [kernels, seen, axes @ ..] = weight.shape() else { return None };
    let area = axes.iter().product::<usize>();
    let own = weight.to_f64()?;
    let mut values = vec![0.0; kernels * channels * area];
    for kernel in 0..*kernels {
        let first = kernel.checked_div(each)? * seen;
        let from = kernel * seen * area;
        let to = (kernel * channels + first) * area;
        values[to..to + seen * area].copy_from_slice(&own[from..from + seen * area]);
    }
    let shape = [&[*kernels, channels], axes].concat();
    if weight.dtype() == DType::F64 {
        return Tensor::new(&shape, values).ok();
    }
    Tensor::new(&shape, values.into_iter().map(|x| x as f32).collect()).ok()
}
