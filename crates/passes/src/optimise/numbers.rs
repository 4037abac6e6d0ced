//! Arithmetic on parameters. Sums and products are worked out in double precision and rounded once
//! to the number format of the parameter.

use nirkit_ir::primitive::Primitive;
use nirkit_numerics::{DType, Tensor};

/// A tensor of this shape with these values, in the number format of another; numbers that are not
/// floating become doubles.
pub(super) fn like(other: &Tensor, shape: &[usize], values: Vec<f64>) -> Option<Tensor> {
    match other.dtype() {
        DType::F16 | DType::F32 => {
            Tensor::new(shape, values.into_iter().map(|value| value as f32).collect()).ok()
        }
        _ => Tensor::new(shape, values).ok(),
    }
}

/// A tensor with every element changed.
pub(super) fn map(tensor: &Tensor, change: impl Fn(usize, f64) -> f64) -> Option<Tensor> {
    let values = tensor.to_f64()?;
    let changed = values.iter().enumerate().map(|(at, &value)| change(at, value)).collect();
    like(tensor, tensor.shape(), changed)
}

/// The elements of a parameter for each of the neurons of this shape.
pub(super) fn spread(tensor: &Tensor, shape: &[usize]) -> Option<Vec<f64>> {
    Some(tensor.spread(shape)?.to_f64()?.into_owned())
}

/// The one value that all elements have.
pub(super) fn uniform(values: &[f64]) -> Option<f64> {
    let (first, rest) = values.split_first()?;
    rest.iter().all(|value| value.to_bits() == first.to_bits()).then_some(*first)
}

/// Whether every element is this number.
pub(super) fn all_are(tensor: &Tensor, number: f64) -> bool {
    tensor.to_f64().is_some_and(|values| values.iter().all(|&value| value - number == 0.0))
}

/// A parameter with one number for each element of a signal, multiplied element by element. What is written has the shape
/// of the signal: a node that fits the signal by its own numbers alone fits it afterwards.
fn each(tensor: &Tensor, factors: &[f64], shape: &[usize]) -> Option<Tensor> {
    let whole = tensor.spread(shape)?;
    if whole.len() != factors.len() {
        return None;
    }
    map(&whole, |at, value| value * factors[at])
}

/// A map whose output of this shape is multiplied element by element; `None` where it has no numbers of its own
/// to carry the factors, or fewer than there are different factors.
pub(super) fn scale_output(map: &Primitive, factors: &[f64], shape: &[usize]) -> Option<Primitive> {
    // Elements of `tensor` in rows, one for each factor or for each run of equal factors.
    let rows = |tensor: &Tensor| {
        let rows = *tensor.shape().first()?;
        let each: Option<Vec<f64>> =
            factors.chunks(factors.len().checked_div(rows)?.max(1)).map(uniform).collect();
        let each = each.filter(|each| each.len() == rows)?;
        let row = tensor.len() / rows.max(1);
        self::map(tensor, |at, value| value * each[at / row.max(1)])
    };
    let mut scaled = map.clone();
    match &mut scaled {
        Primitive::Linear(p) => p.weight = rows(&p.weight)?,
        Primitive::Affine(p) => (p.weight, p.bias) = (rows(&p.weight)?, rows(&p.bias)?),
        Primitive::Conv1d(p) => (p.weight, p.bias) = (rows(&p.weight)?, rows(&p.bias)?),
        Primitive::Conv2d(p) => (p.weight, p.bias) = (rows(&p.weight)?, rows(&p.bias)?),
        Primitive::Scale(p) => p.scale = each(&p.scale, factors, shape)?,
        _ => return None,
    }
    Some(scaled)
}

/// A map whose input of this shape is multiplied element by element; `None` as for [`scale_output`].
pub(super) fn scale_input(map: &Primitive, factors: &[f64], shape: &[usize]) -> Option<Primitive> {
    let columns = |tensor: &Tensor| {
        let columns = *tensor.shape().last()?;
        (columns == factors.len())
            .then(|| self::map(tensor, |at, value| value * factors[at % columns]))?
    };
    let all = |tensor: &Tensor| {
        let factor = uniform(factors)?;
        self::map(tensor, |_, value| value * factor)
    };
    let mut scaled = map.clone();
    match &mut scaled {
        Primitive::Linear(p) => p.weight = columns(&p.weight)?,
        Primitive::Affine(p) => p.weight = columns(&p.weight)?,
        Primitive::Conv1d(p) => p.weight = all(&p.weight)?,
        Primitive::Conv2d(p) => p.weight = all(&p.weight)?,
        Primitive::Scale(p) => p.scale = each(&p.scale, factors, shape)?,
        _ => return None,
    }
    Some(scaled)
}

/// Neurons whose input of this shape is multiplied, by their gain `r`; `None` for what has no gain.
pub(super) fn scale_gain(
    neuron: &Primitive,
    factors: &[f64],
    shape: &[usize],
) -> Option<Primitive> {
    let mut scaled = neuron.clone();
    let r = match &mut scaled {
        Primitive::Li(p) => &mut p.r,
        Primitive::Lif(p) => &mut p.r,
        Primitive::I(p) => &mut p.r,
        Primitive::If(p) => &mut p.r,
        Primitive::CubaLi(p) => &mut p.r,
        Primitive::CubaLif(p) => &mut p.r,
        _ => return None,
    };
    *r = each(r, factors, shape)?;
    Some(scaled)
}
