//! In which numbers two tensors differ, by how much, and whether they are only written in another way.

use std::borrow::Cow;

use nirkit_numerics::broadcast::{spread, squeezed};
use nirkit_numerics::{ByteOrder, Tensor};

use super::{Differ, entry};
use crate::diag::Place;
use crate::value::Value;

impl Differ {
    /// Two tensors, in the shape of the larger one.
    pub(super) fn tensor(&mut self, place: &Place, a: &Tensor, b: &Tensor) {
        let (Some(x), Some(y)) = (a.to_f64(), b.to_f64()) else {
            if a != b {
                let shown = |tensor: &Tensor| entry(&Value::Tensor(tensor.clone()));
                self.note(place, format!("{} and {}, complex numbers", shown(a), shown(b)));
            }
            return;
        };
        let wide = if a.len() >= b.len() { a.shape() } else { b.shape() };
        let both = in_shape(&x, a.shape(), wide).zip(in_shape(&y, b.shape(), wide));
        let kinds = format!("{}{:?} and {}{:?}", a.dtype(), a.shape(), b.dtype(), b.shape());
        let Some((x, y)) = both else { return self.note(place, kinds) };
        let (mut beyond, mut all) = (Differing::default(), Differing::default());
        let mut other_zeros = 0;
        // An element stands at the same place in both where neither is repeated.
        let are_exact = a.len() == b.len();
        for (at, (&p, &q)) in x.iter().zip(y.iter()).enumerate() {
            let rounded = are_exact && p == q && p.abs() >= EXACT;
            let by = if rounded { apart(a, b, at) } else { p - q };
            if rounded && by != 0.0 || !is_equal(p, q) {
                all.add(at, by);
                if by.abs() > self.tolerance * p.abs().max(q.abs()) || !self.same(p, q) {
                    beyond.add(at, by);
                }
            } else if p == 0.0 && p.is_sign_negative() != q.is_sign_negative() {
                other_zeros += 1;
            }
        }
        if let Some(first) = beyond.first {
            let shown = |tensor: &Tensor, number: f64| match whole(tensor, first) {
                Some(whole) if are_exact => whole.to_string(),
                _ => number.to_string(),
            };
            let told = beyond.told(x.len());
            let what = format!("{} and {}; {told}", shown(a, x[first]), shown(b, y[first]));
            return self.note(&place.element_at(first, wide), what);
        }
        if other_zeros > 0 {
            self.remark(place, format!("{other_zeros} of {} numbers are 0 and -0", x.len()));
        }
        let is_written_otherwise = a.shape() != b.shape() || a.dtype() != b.dtype();
        if all.count > 0 {
            let kinds = if is_written_otherwise { format!("{kinds}; ") } else { String::new() };
            let what = format!("{kinds}{}, within the tolerance", all.told(x.len()));
            self.tolerate(place, what, all.count);
        } else if is_written_otherwise {
            self.remark(place, format!("{kinds} with equal numbers"));
        }
        if a.byte_order() != b.byte_order() && [a, b].iter().all(|tensor| tensor.dtype().size() > 1)
        {
            let orders = format!("{} and {}", order(a), order(b));
            self.remark(place, format!("{orders} numbers; some platforms refuse big-endian ones"));
        }
    }
}

/// Numbers that differ between two arrays.
#[derive(Default)]
struct Differing {
    count: usize,
    /// The place of the first.
    first: Option<usize>,
    largest: f64,
    /// Whether a difference is no finite number.
    has_other: bool,
}

impl Differing {
    fn add(&mut self, at: usize, by: f64) {
        self.count += 1;
        self.first = self.first.or(Some(at));
        self.largest = self.largest.max(by.abs());
        self.has_other |= !by.is_finite();
    }

    fn told(&self, of: usize) -> String {
        let Self { count, largest, has_other, .. } = self;
        let by = if *has_other { String::new() } else { format!(", by up to {largest:e}") };
        format!("{count} of {of} numbers differ{by}")
    }
}

/// The values of an array in a shape that it stands for; copied only where they are repeated.
fn in_shape<'a>(values: &'a [f64], from: &[usize], to: &[usize]) -> Option<Cow<'a, [f64]>> {
    if squeezed(from) == squeezed(to) {
        return Some(Cow::Borrowed(values));
    }
    spread(values, from, to).map(Cow::Owned)
}

/// From here on not every integer is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An integer of 64 bits as it is; `None` for elements of another type.
fn whole(tensor: &Tensor, at: usize) -> Option<i128> {
    let signed = tensor.as_slice::<i64>().and_then(|all| all.get(at)).map(|&n| i128::from(n));
    signed.or_else(|| tensor.as_slice::<u64>()?.get(at).map(|&n| i128::from(n)))
}

/// How far two elements are apart that are equal as doubles, of which one may be an integer.
fn apart(a: &Tensor, b: &Tensor, at: usize) -> f64 {
    let exact = |tensor: &Tensor| {
        let double = || tensor.get_f64(at).filter(|number| number.is_finite());
        whole(tensor, at).or_else(|| Some(double()? as i128))
    };
    exact(a).zip(exact(b)).map_or(0.0, |(a, b)| (a - b) as f64)
}

/// Whether two numbers are equal, or the same kind of no number.
pub(super) fn is_equal(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a - b == 0.0
}

fn order(tensor: &Tensor) -> &'static str {
    match tensor.byte_order() {
        ByteOrder::Little => "little-endian",
        ByteOrder::Big => "big-endian",
    }
}
