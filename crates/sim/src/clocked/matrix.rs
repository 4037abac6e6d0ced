//! Matrices, stored by source.
//!
//! Each target's sum starts at +0 and takes its sources in ascending order; vector instructions run
//! across targets. A source whose input is 0 is left out, and a matrix that is mostly zero keeps its
//! other weights only. Neither changes a bit: such a source would add +0 or -0, and a sum that
//! starts at +0 never becomes -0 (a sum of two numbers is -0 only if both are), so adding either
//! leaves it as it is. This needs finite weights and inputs, to which graph and stimulus are held.

use nirkit_numerics::Tensor;

use super::real::Real;

/// A matrix may have this share of weights other than 0, and no more, to be kept as a list of them.
/// A listed weight takes twice the memory of a dense one and cannot be added by vector instructions.
const SPARSE_SHARE: f64 = 0.1;

/// A linear map from sources to targets.
#[derive(Clone, Debug)]
pub(super) struct Matrix<T> {
    targets: usize,
    rows: Rows<T>,
}

/// The weights of each source.
#[derive(Clone, Debug)]
enum Rows<T> {
    /// `weights[source * targets + target]`.
    Dense(Vec<T>),
    /// Source `s` has the entries from `starts[s]` to `starts[s + 1]`, targets ascending.
    Sparse { starts: Vec<usize>, entries: Vec<(u32, T)> },
}

impl<T: Real> Matrix<T> {
    /// The matrix of a tensor of shape (targets, sources); `None` for a tensor of another rank or
    /// of complex numbers.
    pub(super) fn new(weight: &Tensor) -> Option<Self> {
        let &[targets, sources] = weight.shape() else { return None };
        let weights = T::elements(weight)?;
        let nonzero = weights.iter().filter(|&&weight| weight != T::ZERO).count();
        let sparse = nonzero as f64 <= SPARSE_SHARE * weights.len() as f64;
        let rows = if sparse && u32::try_from(targets).is_ok() {
            list(&weights, targets, sources)
        } else {
            Rows::Dense(transposed(&weights, targets, sources))
        };
        Some(Self { targets, rows })
    }

    /// Writes the sums of all targets.
    pub(super) fn apply(&self, input: &[T], output: &mut [T]) {
        output.fill(T::ZERO);
        match &self.rows {
            Rows::Dense(weights) => add_dense(weights, self.targets, input, output),
            Rows::Sparse { starts, entries } => add_sparse(starts, entries, input, output),
        }
    }
}

/// Turns rows of sources into rows of targets, in tiles that fit the cache.
fn transposed<T: Real>(weights: &[T], targets: usize, sources: usize) -> Vec<T> {
    const TILE: usize = 32;
    let mut rows = vec![T::ZERO; weights.len()];
    for tile in (0..targets).step_by(TILE) {
        let end = (tile + TILE).min(targets);
        for source in 0..sources {
            let row = &mut rows[source * targets..][..targets];
            for target in tile..end {
                row[target] = weights[target * sources + source];
            }
        }
    }
    rows
}

/// Lists the weights that are not 0, by source.
fn list<T: Real>(weights: &[T], targets: usize, sources: usize) -> Rows<T> {
    let mut starts = vec![0; sources + 1];
    let present = |target: usize| {
        let row = &weights[target * sources..][..sources];
        row.iter().enumerate().filter(|&(_, &weight)| weight != T::ZERO)
    };
    for (source, _) in (0..targets).flat_map(present) {
        starts[source + 1] += 1;
    }
    for source in 0..sources {
        starts[source + 1] += starts[source];
    }
    let mut next = starts.clone();
    let mut entries = vec![(0, T::ZERO); starts[sources]];
    for target in 0..targets {
        for (source, &weight) in present(target) {
            entries[next[source]] = (target as u32, weight);
            next[source] += 1;
        }
    }
    Rows::Sparse { starts, entries }
}

/// Adds the rows of the sources that are not 0, four at a time: a target's sum is then loaded and
/// stored once for four sources, and still takes them one after the other.
fn add_dense<T: Real>(weights: &[T], targets: usize, input: &[T], output: &mut [T]) {
    let row = |source: usize| &weights[source * targets..][..targets];
    let mut group = [(0, T::ZERO); 4];
    let mut len = 0;
    for (source, &x) in input.iter().enumerate().filter(|&(_, &x)| x != T::ZERO) {
        group[len] = (source, x);
        len += 1;
        if len == group.len() {
            add_four(output, group.map(|(source, x)| (row(source), x)));
            len = 0;
        }
    }
    for &(source, x) in &group[..len] {
        add_row(output, row(source), x);
    }
}

/// Adds four rows times their factors, one after the other for each target.
fn add_four<T: Real>(output: &mut [T], group: [(&[T], T); 4]) {
    let [(a, x), (b, y), (c, z), (d, w)] = group;
    let rows = a.iter().zip(b).zip(c).zip(d);
    for (sum, (((&a, &b), &c), &d)) in output.iter_mut().zip(rows) {
        *sum = (((*sum + a * x) + b * y) + c * z) + d * w;
    }
}

/// Adds one row times a factor.
fn add_row<T: Real>(output: &mut [T], row: &[T], factor: T) {
    for (sum, &weight) in output.iter_mut().zip(row) {
        *sum += weight * factor;
    }
}

/// Adds the listed weights of the sources that are not 0.
fn add_sparse<T: Real>(starts: &[usize], entries: &[(u32, T)], input: &[T], output: &mut [T]) {
    for (&x, span) in input.iter().zip(starts.windows(2)) {
        if x == T::ZERO {
            continue;
        }
        for &(target, weight) in &entries[span[0]..span[1]] {
            output[target as usize] += weight * x;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The sums as the definition has them, with every source.
    fn by_definition(weights: &[f32], targets: usize, input: &[f32]) -> Vec<u32> {
        let sources = input.len();
        let sum = |target: usize| {
            let row = &weights[target * sources..][..sources];
            row.iter().zip(input).fold(0.0, |sum, (weight, x)| sum + weight * x)
        };
        (0..targets).map(|target| f32::to_bits(sum(target))).collect()
    }

    fn sums(rows: Rows<f32>, targets: usize, input: &[f32]) -> Vec<u32> {
        let mut output = vec![f32::NAN; targets];
        Matrix { targets, rows }.apply(input, &mut output);
        output.into_iter().map(f32::to_bits).collect()
    }

    /// Numbers that round, zeros of both signs, and numbers whose products vanish.
    fn number() -> impl Strategy<Value = f32> {
        prop_oneof![3 => -2.0_f32..2.0, 1 => Just(0.0), 1 => Just(-0.0), 1 => Just(-1e-30)]
    }

    proptest! {
        #[test]
        fn leaving_out_zeros_changes_no_bit(
            (weights, targets, input) in (1_usize..7, 0_usize..12).prop_flat_map(|(t, s)| {
                let weights = prop::collection::vec(number(), t * s);
                (weights, Just(t), prop::collection::vec(number(), s))
            }),
        ) {
            let sources = input.len();
            let expected = by_definition(&weights, targets, &input);
            let dense = Rows::Dense(transposed(&weights, targets, sources));
            prop_assert_eq!(sums(dense, targets, &input), expected.clone());
            prop_assert_eq!(sums(list(&weights, targets, sources), targets, &input), expected);
        }
    }

    #[test]
    fn a_matrix_that_is_mostly_zero_is_listed() {
        let mut weights = vec![0.0_f32; 200];
        weights[7] = 1.0;
        let tensor = Tensor::new(&[10, 20], weights).unwrap();
        let matrix = Matrix::<f32>::new(&tensor).unwrap();
        assert!(matches!(matrix.rows, Rows::Sparse { ref entries, .. } if entries.len() == 1));
        let full = Tensor::new(&[10, 20], vec![1.0_f32; 200]).unwrap();
        assert!(matches!(Matrix::<f32>::new(&full).unwrap().rows, Rows::Dense(_)));
    }
}
