//! Windows of convolutions and pools as a semantics takes them.

use std::borrow::Cow;

use nirkit_ir::facts::{Leaf, LeafId, Window};
use nirkit_ir::field::Padding;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::error::SemanticsError;
use super::map::Site;
use super::values::{Dilation, Maps, PoolPadding};

/// The window of a convolution or a pool under the semantics. What leaves has to have the shape of the
/// file, because that is what the next node takes.
pub(super) fn window(primitive: &Primitive, site: &Site<'_>) -> Result<Window, SemanticsError> {
    let declared = site.leaf.window.as_ref().ok_or_else(|| site.foreign())?;
    let taken = taken(primitive, declared, &site.semantics.maps);
    if taken.output == declared.output {
        return Ok(taken);
    }
    Err(SemanticsError::Window {
        node: site.leaf.name.clone(),
        found: taken.output,
        declared: declared.output,
    })
}

/// The window of a node as a program takes it, whether or not what leaves has the shape of the file.
#[must_use]
pub fn taken(primitive: &Primitive, declared: &Window, maps: &Maps) -> Window {
    let mut window = declared.clone();
    match primitive {
        Primitive::Conv2d(p) if maps.dilation == Dilation::Ignored => {
            window.dilation = [1, 1];
            if is_same(&p.padding) {
                spread(&mut window, |kernel, _, _| kernel - 1);
            }
        }
        Primitive::SumPool2d(_) => match maps.pool_padding {
            PoolPadding::Zeros => {}
            PoolPadding::Ignored => spread(&mut window, |_, _, _| 0),
            PoolPadding::Same if window.before == [0, 0] => {}
            PoolPadding::Same => spread(&mut window, |kernel, stride, input| {
                let reach = (input.div_ceil(stride).saturating_sub(1)) * stride + kernel;
                reach.saturating_sub(input)
            }),
        },
        _ => {}
    }
    for axis in 0..2 {
        let reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
        let length = window.before[axis] + window.input[axis] + window.after[axis];
        window.output[axis] =
            length.checked_sub(reach).map_or(0, |rest| rest / window.stride[axis] + 1);
    }
    window
}

/// Whether what leaves a node only leaves the graph: it leads to Outputs that nothing else leads to and that lead
/// nowhere, or to nothing.
#[must_use]
pub fn only_leaves(graph: &Graph, facts: &Facts, leaf: &Leaf) -> bool {
    leaf.targets.iter().all(|&target| {
        let is_output = matches!(facts.primitive(graph, target), Some(Primitive::Output(_)));
        let output = facts.leaf(target);
        is_output && output.sources.len() == 1 && output.targets.is_empty()
    })
}

/// The leaves with the shapes that a program gives them: a window that is taken otherwise puts out another shape,
/// which no node contradicts if it only leaves the graph.
pub(super) fn leaves<'a>(graph: &Graph, facts: &'a Facts, maps: &Maps) -> Vec<Cow<'a, Leaf>> {
    let mut leaves: Vec<Cow<'a, Leaf>> = facts.leaves().iter().map(Cow::Borrowed).collect();
    for (id, leaf) in facts.iter() {
        let (Some(declared), Some(primitive)) = (&leaf.window, facts.primitive(graph, id)) else {
            continue;
        };
        let found = taken(primitive, declared, maps).output;
        let is_empty = found.contains(&0);
        if found == declared.output || is_empty || !only_leaves(graph, facts, leaf) {
            continue;
        }
        let mut shape = leaf.output.clone();
        let axes = shape.len().min(2);
        let start = shape.len() - axes;
        shape[start..].copy_from_slice(&found[2 - axes..]);
        let own = leaves[id.index()].to_mut();
        own.output.clone_from(&shape);
        own.window = Some(Window { output: found, ..declared.clone() });
        for target in leaf.targets.iter().map(|target: &LeafId| target.index()) {
            let output = leaves[target].to_mut();
            (output.input, output.output) = (shape.clone(), shape.clone());
        }
    }
    leaves
}

/// Spreads zeros over both sides of each axis, the smaller half before: so many for a kernel, a
/// stride and an input.
fn spread(window: &mut Window, zeros: impl Fn(usize, usize, usize) -> usize) {
    for axis in 0..2 {
        let zeros = zeros(window.kernel[axis], window.stride[axis], window.input[axis]);
        window.before[axis] = zeros / 2;
        window.after[axis] = zeros - zeros / 2;
    }
}

fn is_same(padding: &Padding) -> bool {
    matches!(padding, Padding::Rule(rule) if rule.as_str() == Some("same"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(kernel: usize, stride: usize, padding: usize, input: usize) -> Window {
        Window {
            channels_in: 1,
            channels_out: 1,
            groups: 1,
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            before: [padding; 2],
            after: [padding; 2],
            input: [input; 2],
            output: [(input + 2 * padding - kernel) / stride + 1; 2],
        }
    }

    fn pooled(window: &Window, pool_padding: PoolPadding) -> Window {
        let pair = || nirkit_numerics::Tensor::vector(vec![1_i64, 1]);
        let pool = nirkit_ir::primitive::SumPool2d {
            kernel_size: pair(),
            stride: pair(),
            padding: pair(),
        };
        let maps = Maps { pool_padding, ..Maps::PLAIN };
        taken(&Primitive::SumPool2d(pool), window, &maps)
    }

    /// `jax.lax.reduce_window(x, 0., add, (2, 2), (2, 2), "SAME")` of 5 x 5 sums 3 x 3 windows and pads
    /// 0 before and 1 after.
    #[test]
    fn a_padding_that_becomes_same_is_that_of_jax() {
        let window = pooled(&square(2, 2, 1, 5), PoolPadding::Same);
        assert_eq!((window.before, window.after, window.output), ([0; 2], [1; 2], [3; 2]));
    }

    /// `torch.nn.LPPool2d(1, 2, 3)` of 5 x 5 leaves 2 x 2, with a padding of 1 or without.
    #[test]
    fn a_padding_that_is_ignored_can_leave_the_shape_alone() {
        let window = pooled(&square(2, 3, 1, 5), PoolPadding::Ignored);
        assert_eq!((window.before, window.after, window.output), ([0; 2], [0; 2], [2; 2]));
    }
}
