//! Broadcasting: how one array stands for a larger one.

/// The shape that two shapes broadcast to, as in numpy: axes are matched from the last, and an axis
/// of length 1 takes the length of the other.
#[must_use]
pub fn common_shape(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let axis = |shape: &[usize], k: usize| {
        (k + shape.len()).checked_sub(rank).and_then(|at| shape.get(at).copied()).unwrap_or(1)
    };
    (0..rank)
        .map(|k| match (axis(a, k), axis(b, k)) {
            (x, y) if x == y => Some(x),
            (1, length) | (length, 1) => Some(length),
            _ => None,
        })
        .collect()
}

/// The shape without its axes of length 1.
#[must_use]
pub fn squeezed(shape: &[usize]) -> Vec<usize> {
    shape.iter().copied().filter(|&axis| axis != 1).collect()
}

/// Whether an array of shape `from` can stand for one of shape `to`: it broadcasts into it, or the
/// two differ in axes of length 1 only.
#[must_use]
pub fn fits(from: &[usize], to: &[usize]) -> bool {
    common_shape(from, to).as_deref() == Some(to) || squeezed(from) == squeezed(to)
}

/// The values of an array of shape `from`, repeated so that they fill the shape `to`; `None` when
/// they do not [fit](fits) or their number is not that of `from`.
#[must_use]
pub fn spread<T: Copy>(values: &[T], from: &[usize], to: &[usize]) -> Option<Vec<T>> {
    if !fits(from, to) {
        return None;
    }
    if squeezed(from) == squeezed(to) {
        return Some(values.to_vec());
    }
    let lead = to.len().checked_sub(from.len())?;
    let strides = strides(from);
    let len = to.iter().product();
    (0..len)
        .map(|flat: usize| {
            let mut rest = flat;
            let mut source = 0;
            for axis in (0..to.len()).rev() {
                let at = rest % to[axis];
                rest /= to[axis];
                if axis >= lead && from[axis - lead] != 1 {
                    source += at * strides[axis - lead];
                }
            }
            values.get(source).copied()
        })
        .collect()
}

/// The elements of an array in C order with its axes in another order; `None` unless each axis is named once.
#[must_use]
pub fn permuted<T: Copy>(values: &[T], shape: &[usize], axes: &[usize]) -> Option<Vec<T>> {
    let is_each = (0..shape.len()).all(|axis| axes.contains(&axis));
    if axes.len() != shape.len() || !is_each {
        return None;
    }
    let strides = strides(shape);
    let len = shape.iter().product();
    (0..len)
        .map(|flat: usize| {
            let (mut rest, mut source) = (flat, 0);
            for &axis in axes.iter().rev() {
                source += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            values.get(source).copied()
        })
        .collect()
}

/// Distance in C order between neighbours along each axis.
fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_as_in_numpy() {
        assert_eq!(common_shape(&[3, 1], &[4]), Some(vec![3, 4]));
        assert_eq!(common_shape(&[], &[2, 2]), Some(vec![2, 2]));
        assert_eq!(common_shape(&[3], &[4]), None);
    }

    #[test]
    fn axes_change_places() {
        // numpy.arange(6).reshape(1, 2, 3).transpose(2, 0, 1).ravel()
        assert_eq!(
            permuted(&[0, 1, 2, 3, 4, 5], &[1, 2, 3], &[2, 0, 1]),
            Some(vec![0, 3, 1, 4, 2, 5])
        );
        assert_eq!(permuted(&[1, 2], &[2], &[1]), None);
        assert_eq!(permuted(&[0_u8; 0], &[0, 2], &[1, 0]), Some(Vec::new()));
    }

    #[test]
    fn values_spread_along_axes_of_length_one() {
        // numpy.broadcast_to([[1], [2]], (2, 3)).ravel()
        assert_eq!(spread(&[1, 2], &[2, 1], &[2, 3]), Some(vec![1, 1, 1, 2, 2, 2]));
        // numpy.broadcast_to([1, 2, 3], (2, 3)).ravel()
        assert_eq!(spread(&[1, 2, 3], &[3], &[2, 3]), Some(vec![1, 2, 3, 1, 2, 3]));
        assert_eq!(spread(&[7], &[], &[2]), Some(vec![7, 7]));
        assert_eq!(spread(&[1, 2], &[1, 2], &[2]), Some(vec![1, 2]));
        assert_eq!(spread(&[1, 2], &[2], &[3]), None);
    }
}
