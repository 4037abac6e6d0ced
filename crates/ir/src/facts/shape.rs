//! Shapes: what each primitive takes and puts out.

use nirkit_numerics::Tensor;
use nirkit_numerics::broadcast::{common_shape, fits, squeezed};

use super::Shape;
use super::count::{counts, single};
use super::window::{Kernel, Window};
use crate::field::Axes;
use crate::primitive::Primitive;

/// The shapes of a node whose input is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) input: Shape,
    pub(crate) output: Shape,
    pub(crate) window: Option<Window>,
}

impl Placed {
    /// A node that puts out as many channels as enter.
    pub(crate) fn same(shape: &[usize]) -> Self {
        Self { input: shape.to_vec(), output: shape.to_vec(), window: None }
    }
}

/// Why a node cannot take what arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It takes another shape.
    Shape { takes: String },
    /// A parameter has another shape.
    Parameter { field: &'static str, shape: Shape },
    /// The window is larger than the padded input.
    Empty { kernel: [usize; 2], input: [usize; 2] },
    /// The axes to be joined do not exist.
    Flatten { start: i64, end: i64 },
}

/// The input shape that a primitive's own fields imply, if they do.
pub(crate) fn own_input(primitive: &Primitive) -> Option<Shape> {
    match primitive {
        Primitive::Input(p) => counts(&p.shape),
        Primitive::Output(p) => counts(&p.shape),
        Primitive::Affine(p) => p.weight.shape().get(1).map(|&inputs| vec![inputs]),
        Primitive::Linear(p) => p.weight.shape().get(1).map(|&inputs| vec![inputs]),
        Primitive::Conv1d(_) | Primitive::Conv2d(_) => {
            let declared = positive(counts(declared_input(primitive)?)?)?;
            Some([vec![Kernel::of(primitive)?.channels_in()], declared].concat())
        }
        Primitive::Flatten(p) => positive(counts(p.input_type.as_ref()?)?),
        Primitive::SumPool2d(_)
        | Primitive::AvgPool2d(_)
        | Primitive::Graph(_)
        | Primitive::Unknown(_) => None,
        Primitive::Scale(_)
        | Primitive::Delay(_)
        | Primitive::Threshold(_)
        | Primitive::I(_)
        | Primitive::Li(_)
        | Primitive::If(_)
        | Primitive::Lif(_)
        | Primitive::CubaLi(_)
        | Primitive::CubaLif(_) => parameter_shape(primitive),
    }
}

/// Lengths of axes that can be: some exporters write 0 for what they do not know.
fn positive(axes: Shape) -> Option<Shape> {
    axes.iter().all(|&axis| axis > 0).then_some(axes)
}

/// The field in which a node repeats the shape of its input.
pub(crate) fn declared_input(primitive: &Primitive) -> Option<&Tensor> {
    match primitive {
        Primitive::Conv1d(p) => p.input_shape.as_ref(),
        Primitive::Conv2d(p) => p.input_shape.as_ref(),
        Primitive::Flatten(p) => p.input_type.as_ref(),
        _ => None,
    }
}

/// The numbers that a map adds to its outputs.
pub(crate) fn bias(primitive: &Primitive) -> Option<&Tensor> {
    match primitive {
        Primitive::Affine(p) => Some(&p.bias),
        Primitive::Conv1d(p) => Some(&p.bias),
        Primitive::Conv2d(p) => Some(&p.bias),
        _ => None,
    }
}

/// The output shape that a primitive's own fields imply although its input is not known.
pub(crate) fn own_output(primitive: &Primitive) -> Option<Shape> {
    match primitive {
        Primitive::Affine(p) => p.weight.shape().first().map(|&outputs| vec![outputs]),
        Primitive::Linear(p) => p.weight.shape().first().map(|&outputs| vec![outputs]),
        _ => None,
    }
}

/// Parameters with one number a channel, by name. Empty for primitives that have none.
pub(crate) fn neuron_parameters(primitive: &Primitive) -> Vec<(&'static str, &Tensor)> {
    primitive
        .tensors()
        .filter(|(field, _)| field.axes == Axes::Neuron)
        .map(|(field, tensor)| (field.name, tensor))
        .collect()
}

/// The shape that the parameters of a neuron or a factor have together; `None` when they disagree.
pub(crate) fn parameter_shape(primitive: &Primitive) -> Option<Shape> {
    let mut shape = Shape::new();
    for (field, tensor) in primitive.tensors() {
        // Nearly always all have one shape.
        if field.axes == Axes::Neuron && tensor.shape() != shape {
            shape = common_shape(&shape, tensor.shape())?;
        }
    }
    Some(shape)
}

/// Whether a node takes the shape of whatever arrives, because its parameters are single numbers.
pub(crate) fn is_shapeless(primitive: &Primitive) -> bool {
    let tensors = primitive.tensors();
    let mut parameters = tensors.filter(|(field, _)| field.axes == Axes::Neuron).peekable();
    parameters.peek().is_some() && parameters.all(|(_, tensor)| tensor.len() == 1)
}

/// The shapes of a node that receives a signal of shape `arriving`.
pub(crate) fn place(primitive: &Primitive, arriving: &[usize]) -> Result<Placed, Misfit> {
    match primitive {
        Primitive::Input(_) | Primitive::Output(_) => fixed(primitive, arriving, None),
        Primitive::Affine(_) | Primitive::Linear(_) => {
            fixed(primitive, arriving, own_output(primitive))
        }
        Primitive::Conv1d(_) | Primitive::Conv2d(_) => convolve(primitive, arriving),
        Primitive::SumPool2d(_) | Primitive::AvgPool2d(_) => pool(primitive, arriving),
        Primitive::Flatten(p) => {
            let (start, end) = (single(&p.start_dim), single(&p.end_dim));
            flatten(arriving, start.unwrap_or(0), end.unwrap_or(-1))
        }
        Primitive::Graph(_) | Primitive::Unknown(_) => {
            Err(Misfit::Shape { takes: "nothing".into() })
        }
        Primitive::Scale(_)
        | Primitive::Delay(_)
        | Primitive::Threshold(_)
        | Primitive::I(_)
        | Primitive::Li(_)
        | Primitive::If(_)
        | Primitive::Lif(_)
        | Primitive::CubaLi(_)
        | Primitive::CubaLif(_) => each(primitive, arriving),
    }
}

/// A node that takes one shape and no other, but for axes of length 1.
fn fixed(
    primitive: &Primitive,
    arriving: &[usize],
    output: Option<Shape>,
) -> Result<Placed, Misfit> {
    let input = own_input(primitive).unwrap_or_default();
    if squeezed(&input) != squeezed(arriving) {
        return Err(Misfit::Shape { takes: format!("{input:?}") });
    }
    let output = output.unwrap_or_else(|| input.clone());
    Ok(Placed { input, output, window: None })
}

/// A node that treats each channel by itself.
fn each(primitive: &Primitive, arriving: &[usize]) -> Result<Placed, Misfit> {
    let misfit = neuron_parameters(primitive)
        .into_iter()
        .find(|(_, tensor)| !fits(tensor.shape(), arriving));
    match misfit {
        Some((field, tensor)) => Err(Misfit::Parameter { field, shape: tensor.shape().to_vec() }),
        None => Ok(Placed::same(arriving)),
    }
}

fn convolve(primitive: &Primitive, arriving: &[usize]) -> Result<Placed, Misfit> {
    let Some(kernel) = Kernel::of(primitive) else {
        return Err(Misfit::Shape { takes: "nothing".into() });
    };
    let channels = kernel.channels_in();
    match (primitive, arriving) {
        (Primitive::Conv1d(_), &[c, length]) if c == channels => {
            slide(&kernel, arriving, [1, length])
        }
        (Primitive::Conv2d(_), &[c, height, width]) if c == channels => {
            slide(&kernel, arriving, [height, width])
        }
        (Primitive::Conv1d(_), _) => Err(Misfit::Shape { takes: format!("[{channels}, length]") }),
        _ => Err(Misfit::Shape { takes: format!("[{channels}, height, width]") }),
    }
}

fn pool(primitive: &Primitive, arriving: &[usize]) -> Result<Placed, Misfit> {
    match (Kernel::of(primitive), arriving) {
        (Some(kernel), &[channels, height, width]) => {
            slide(&kernel.over_channels(channels), arriving, [height, width])
        }
        _ => Err(Misfit::Shape { takes: "[channels, height, width]".into() }),
    }
}

/// Moves a kernel over an input of this height and width.
fn slide(kernel: &Kernel, arriving: &[usize], input: [usize; 2]) -> Result<Placed, Misfit> {
    let window = kernel.place(input).ok_or(Misfit::Empty { kernel: kernel.reach(), input })?;
    let axes = arriving.len() - 1;
    let output = [vec![window.channels_out], window.output[2 - axes..].to_vec()].concat();
    Ok(Placed { input: arriving.to_vec(), output, window: Some(window) })
}

fn flatten(arriving: &[usize], start: i64, end: i64) -> Result<Placed, Misfit> {
    let rank = arriving.len() as i64;
    let position = |dim: i64| if dim < 0 { dim + rank } else { dim };
    let (first, last) = (position(start), position(end));
    if first < 0 || last >= rank || first > last {
        return Err(Misfit::Flatten { start, end });
    }
    let (first, last) = (first as usize, last as usize);
    // A product beyond the address space is found too large when the sizes are held against limits.
    let joined = arriving[first..=last].iter().fold(1_usize, |all, &axis| all.saturating_mul(axis));
    let output = [&arriving[..first], &[joined], &arriving[last + 1..]].concat();
    Ok(Placed { input: arriving.to_vec(), output, window: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flatten_counts_axes_from_both_ends() {
        let output = |start, end| flatten(&[2, 3, 4], start, end).map(|placed| placed.output);
        assert_eq!(output(0, -1), Ok(vec![24]));
        assert_eq!(output(1, -1), Ok(vec![2, 12]));
        assert_eq!(output(0, 1), Ok(vec![6, 4]));
        assert_eq!(output(2, 1), Err(Misfit::Flatten { start: 2, end: 1 }));
        assert_eq!(output(0, 3), Err(Misfit::Flatten { start: 0, end: 3 }));
    }
}
