//! Whole numbers in fields: strides, paddings, lengths of axes.

use nirkit_numerics::Tensor;

/// The elements as whole numbers from 0; `None` when one is negative, broken or too large.
///
/// Whole numbers stored as floats count: some exporters write strides so.
pub(crate) fn counts(tensor: &Tensor) -> Option<Vec<usize>> {
    signed(tensor)?.into_iter().map(|value| usize::try_from(value).ok()).collect()
}

/// The elements as whole numbers; `None` when one is broken or too large.
pub(crate) fn signed(tensor: &Tensor) -> Option<Vec<i64>> {
    if tensor.dtype().is_float() {
        let whole =
            |value: &f64| (value.fract() == 0.0 && value.abs() < 9e15).then_some(*value as i64);
        return tensor.to_f64()?.iter().map(whole).collect();
    }
    tensor.to_i64()
}

/// One whole number for all axes, or one for each.
pub(crate) fn per_axis<const AXES: usize>(tensor: &Tensor) -> Option<[usize; AXES]> {
    let counts = counts(tensor)?;
    match counts.as_slice() {
        [one] => Some([*one; AXES]),
        several => several.try_into().ok(),
    }
}

/// The only element, as a whole number.
pub(crate) fn single(tensor: &Tensor) -> Option<i64> {
    match signed(tensor)?.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}
