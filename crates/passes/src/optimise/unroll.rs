//! Matrices in the place of convolutions and pools, and one axis in the place of several.

use nirkit_ir::facts::{Leaf, Window};
use nirkit_ir::field::Axes;
use nirkit_ir::primitive::{Affine, Input, Linear, Output, Primitive};
use nirkit_ir::value::Fields;
use nirkit_ir::{Facts, Graph, Value};
use nirkit_numerics::{DType, Tensor};

use super::wires::Wires;
use super::{Done, Pass, flat};

/// Weights of a matrix that is made, at most.
pub const MOST_WEIGHTS: usize = 1 << 22;

pub(super) const PASS: Pass = Pass {
    name: "unroll",
    about: "makes a matrix of each convolution and pool, and one axis of the axes of all other nodes, for platforms that \
            know matrices only; a matrix has at most 2^22 weights",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

/// Says why a graph cannot be unrolled; `None` where it can, and where there is nothing to unroll.
#[must_use]
pub fn obstacle(graph: &Graph, facts: &Facts) -> Option<String> {
    facts.iter().find_map(|(id, leaf)| {
        let name = &leaf.name;
        let reason = match facts.primitive(graph, id)? {
            primitive if is_window(primitive) => {
                let weights = leaf.inputs().checked_mul(leaf.outputs());
                let is_small = weights.is_some_and(|weights| weights <= MOST_WEIGHTS);
                if is_small {
                    return None;
                }
                let weights = weights.map_or("too many".to_owned(), |n| n.to_string());
                format!("`{name}` as a matrix has {weights} weights, and at most {MOST_WEIGHTS} are written out")
            }
            Primitive::Affine(_) | Primitive::Linear(_) if leaf.input.len() != 1 => {
                format!("`{name}` is a matrix over several axes")
            }
            Primitive::Flatten(_) if leaf.sources.len() != 1 => {
                format!("`{name}` adds the signals of {} nodes", leaf.sources.len())
            }
            Primitive::Unknown(unknown) => format!("`{name}` is of the unknown kind {}", unknown.kind),
            _ => return None,
        };
        Some(reason)
    })
}

fn is_window(primitive: &Primitive) -> bool {
    matches!(
        primitive,
        Primitive::Conv1d(_)
            | Primitive::Conv2d(_)
            | Primitive::SumPool2d(_)
            | Primitive::AvgPool2d(_)
    )
}

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let names = flat::nodes(graph, |_| true);
    let has_axes = |leaf: &Leaf| leaf.input.len() > 1 || leaf.output.len() > 1;
    if !facts.iter().any(|(_, leaf)| has_axes(leaf)) || obstacle(graph, facts).is_some() {
        return Vec::new();
    }
    let is_wide = facts
        .iter()
        .filter_map(|(id, _)| facts.primitive(graph, id))
        .any(|primitive| primitive.tensors().any(|(_, tensor)| tensor.dtype() == DType::F64));
    let mut wires = Wires::of(graph);
    let mut done = Vec::new();
    for name in names {
        let Some(leaf) = facts.find(&name).map(|id| facts.leaf(id)) else { continue };
        let Some(node) = graph.nodes.get_mut(&name) else { continue };
        if matches!(node.primitive, Primitive::Flatten(_)) {
            wires.bypass(&name);
            done.push(Done::new(name, "left out: there is one axis"));
            continue;
        }
        let Some((changed, what)) = unrolled(&node.primitive, leaf, is_wide) else { continue };
        node.primitive = changed;
        done.push(Done::new(name, what));
    }
    wires.finish(graph);
    done
}

/// A node over one axis, and what was done; `None` for one that is over one axis already.
fn unrolled(primitive: &Primitive, leaf: &Leaf, is_wide: bool) -> Option<(Primitive, String)> {
    let one_axis = |shape: &Tensor, axes: &[usize]| {
        (shape.len() != 1).then(|| {
            let what = format!("its shape {axes:?} is [{}]", axes.iter().product::<usize>());
            (Tensor::vector(vec![axes.iter().product::<usize>() as i64]), what)
        })
    };
    match primitive {
        Primitive::Input(port) => {
            let (shape, what) = one_axis(&port.shape, &leaf.output)?;
            Some((Primitive::Input(Input { shape }), what))
        }
        Primitive::Output(port) => {
            let (shape, what) = one_axis(&port.shape, &leaf.input)?;
            Some((Primitive::Output(Output { shape }), what))
        }
        primitive if is_window(primitive) => {
            let kind = primitive.kind();
            let map = matrix(primitive, leaf, is_wide)?;
            let size = format!("{} × {}", leaf.outputs(), leaf.inputs());
            Some((map, format!("the {kind} is a matrix of {size} weights")))
        }
        Primitive::Affine(_) | Primitive::Linear(_) => None,
        other => flat_parameters(other, leaf),
    }
}

/// A node whose parameters stand along one axis.
fn flat_parameters(primitive: &Primitive, leaf: &Leaf) -> Option<(Primitive, String)> {
    if leaf.input.len() == 1 {
        return None;
    }
    let mut fields = Fields::default();
    for (field, value) in primitive.values() {
        let value = match value {
            Value::Tensor(tensor) if field.axes == Axes::Neuron && tensor.rank() > 0 => {
                let spread = tensor.spread(&leaf.input)?;
                Value::Tensor(spread.reshaped(&[leaf.inputs()]).ok()?)
            }
            other => other,
        };
        fields.insert(field.name.to_owned(), value);
    }
    let (changed, _) = Primitive::from_fields(primitive.kind(), fields);
    Some((changed, "its parameters stand along one axis".to_owned()))
}

/// The matrix of a convolution or a pool.
fn matrix(primitive: &Primitive, leaf: &Leaf, is_wide: bool) -> Option<Primitive> {
    let window = leaf.window.as_ref()?;
    let area = window.kernel.iter().product::<usize>();
    let kernels = window.channels_out * window.channels_in.checked_div(window.groups)? * area;
    let (weight, bias) = match primitive {
        Primitive::Conv1d(map) => (map.weight.to_f64()?.into_owned(), Some(&map.bias)),
        Primitive::Conv2d(map) => (map.weight.to_f64()?.into_owned(), Some(&map.bias)),
        Primitive::SumPool2d(_) => (vec![1.0; kernels], None),
        Primitive::AvgPool2d(_) => (vec![1.0 / area as f64; kernels], None),
        _ => return None,
    };
    let tensor = |shape: &[usize], values: Vec<f64>| {
        if is_wide {
            return Tensor::new(shape, values).ok();
        }
        Tensor::new(shape, values.into_iter().map(|x| x as f32).collect()).ok()
    };
    let [rows, columns] = [leaf.outputs(), leaf.inputs()];
    let weight = tensor(&[rows, columns], weights(window, &weight, rows, columns)?)?;
    let bias = bias.and_then(Tensor::to_f64).filter(|bias| bias.iter().any(|&x| x != 0.0));
    let Some(bias) = bias else { return Some(Primitive::Linear(Linear { weight })) };
    let each = rows.checked_div(window.channels_out)?;
    let channel = |n: usize| bias.get(n / each.max(1)).or(bias.first()).copied();
    let bias = (0..rows).map(channel).collect::<Option<Vec<f64>>>()?;
    Some(Primitive::Affine(Affine { weight, bias: tensor(&[rows], bias)? }))
}

/// The weights of a window by target and source.
fn weights(window: &Window, kernels: &[f64], rows: usize, columns: usize) -> Option<Vec<f64>> {
    let [height, width] = window.input;
    let [kernel_height, kernel_width] = window.kernel;
    let seen = window.channels_in.checked_div(window.groups)?;
    let fed = window.channels_out.checked_div(window.groups)?;
    let mut weights = vec![0.0; rows * columns];
    let places = window.output[0] * window.output[1];
    for target in 0..rows {
        let (channel, place) = (target / places, target % places);
        let [y, x] = [place / window.output[1], place % window.output[1]];
        for element in 0..seen * kernel_height * kernel_width {
            let own = element / (kernel_height * kernel_width);
            let (i, j) = (element / kernel_width % kernel_height, element % kernel_width);
            let at = |axis: usize, position: usize, k: usize| {
                (position * window.stride[axis] + k * window.dilation[axis])
                    .checked_sub(window.before[axis])
                    .filter(|&at| at < window.input[axis])
            };
            let (Some(row), Some(column)) = (at(0, y, i), at(1, x, j)) else { continue };
            let source = ((channel / fed * seen + own) * height + row) * width + column;
            let kernel = channel * seen * kernel_height * kernel_width + element;
            *weights.get_mut(target * columns + source)? += kernels.get(kernel)?;
        }
    }
    Some(weights)
}
