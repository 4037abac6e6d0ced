//! Arithmetic on parameters. Sums and products are worked out in double precision and rounded once
//! to the number format of the parameter.

use nirkit_ir::primitive::Primitive;
use nirkit_numerics::{DType, Tensor};

/// A tensor of this shape with these values, in the number format of another; numbers that are not
/// floating become doubles. `None` where the format cannot hold one of them: a finite number would become infinite, or
/// another number 0.
pub(super) fn like(other: &Tensor, shape: &[usize], values: Vec<f64>) -> Option<Tensor> {
    match other.dtype() {
        DType::F16 | DType::F32 => {
            let rounded: Vec<f32> = values.iter().map(|&value| value as f32).collect();
            let mut pairs = rounded.iter().zip(&values);
            let are_held = pairs.all(|(r, value)| {
                r.is_finite() == value.is_finite() && (*r != 0.0 || *value == 0.0)
            });
            are_held.then(|| Tensor::new(shape, rounded).ok())?
        }
        _ => Tensor::new(shape, values).ok(),
    }
}

/// A tensor with every element multiplied by the factor at its place; `None` as for [`like`].
pub(super) fn multiply(tensor: &Tensor, factor: impl Fn(usize) -> f64) -> Option<Tensor> {
    let values = tensor.to_f64()?;
    let product = |(at, &value): (usize, &f64)| {
        let factor = factor(at);
        let product = value * factor;
        is_held(product, value, factor).then_some(product)
    };
    let products: Option<Vec<f64>> = values.iter().enumerate().map(product).collect();
    like(tensor, tensor.shape(), products?)
}

/// Whether double precision holds the product of two numbers: it is not too small for it, nor too large.
pub(super) fn is_held(product: f64, a: f64, b: f64) -> bool {
    let vanishes = product == 0.0 && a != 0.0 && b != 0.0;
    let overflows = product.is_infinite() && a.is_finite() && b.is_finite();
    !vanishes && !overflows
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
    multiply(&whole, |at| factors[at])
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
        multiply(tensor, |at| each[at / row.max(1)])
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
        (columns == factors.len()).then(|| multiply(tensor, |at| factors[at % columns]))?
    };
    let all = |tensor: &Tensor| {
        let factor = uniform(factors)?;
        multiply(tensor, |_| factor)
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
