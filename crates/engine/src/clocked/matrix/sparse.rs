//! Sparse matrices: the weights of each source that are not 0.

use super::super::real::Real;
use super::super::time_block::{Pass, WORD};

/// Calls `take` with the source, the target and the value of each weight that is not 0, row by row.
fn each_nonzero<U: Real>(weights: &[U], sources: usize, mut take: impl FnMut(usize, usize, U)) {
    for (target, row) in weights.chunks_exact(sources.max(1)).enumerate() {
        let (chunks, _) = row.as_chunks::<16>();
        // Without a branch for each weight, so that the chunk is looked at as a whole.
        let nonzero = |chunk: &[U; 16]| {
            let any = chunk.iter().map(|&weight| u8::from(weight != U::ZERO));
            any.fold(0, |any, one| any | one)
        };
        let scanned = chunks.iter().enumerate().filter(|(_, chunk)| nonzero(chunk) != 0);
        let rest = chunks.len() * 16..sources;
        let places = scanned.flat_map(|(at, _)| at * 16..(at + 1) * 16).chain(rest);
        for source in places.filter(|&source| row[source] != U::ZERO) {
            take(source, target, row[source]);
        }
    }
}

/// Source `s` has the weights from `starts[s]` to `starts[s + 1]`, targets ascending.
#[derive(Clone, Debug)]
pub(super) struct Sparse<T> {
    targets: usize,
    starts: Vec<usize>,
    /// The target of each weight.
    places: Vec<u32>,
    weights: Vec<T>,
    /// Whether a weight that is not listed is a weight of 0; else there is no connection.
    connected: bool,
    /// Whether all listed weights are above 0.
    positive: bool,
}

impl<T: Real> Sparse<T> {
    /// The weights other than 0 of an array of shape (targets, sources). They are counted first and then put into their
    /// places, so that no second list of them takes memory.
    pub(super) fn new<U: Real>(weights: &[U], targets: usize, sources: usize) -> Self {
        let mut starts = vec![0; sources + 1];
        each_nonzero(weights, sources, |source, _, _| starts[source + 1] += 1);
        for source in 0..sources {
            starts[source + 1] += starts[source];
        }
        let listed = starts[sources];
        let (mut places, mut values) = (vec![0; listed], vec![T::ZERO; listed]);
        // Where the next weight of a source goes.
        let mut next = starts.clone();
        each_nonzero(weights, sources, |source, target, weight| {
            let next = &mut next[source];
            (places[*next], values[*next]) = (target as u32, T::round(weight.wide()));
            *next += 1;
        });
        let positive = is_positive(&values);
        Self { targets, starts, places, weights: values, connected: true, positive }
    }

    /// Connections `(source, target, weight)`, ascending; there are no others.
    pub(super) fn listed(sources: usize, targets: usize, weights: &[(usize, u32, T)]) -> Self {
        let mut starts = vec![0; sources + 1];
        for &(source, ..) in weights {
            starts[source + 1] += 1;
        }
        for source in 0..sources {
            starts[source + 1] += starts[source];
        }
        let (places, weights): (_, Vec<T>) =
            weights.iter().map(|&(_, target, weight)| (target, weight)).unzip();
        let positive = is_positive(&weights);
        Self { targets, starts, places, weights, connected: false, positive }
    }

    pub(super) fn bytes(&self) -> usize {
        self.weights.len() * (size_of::<u32>() + size_of::<T>())
    }

    /// Adds the weights of the sources that are not 0 to the sums of all targets.
    pub(super) fn add(&self, input: &[T], output: &mut [T]) {
        for (source, &x) in input.iter().enumerate() {
            if x != T::ZERO {
                self.scatter(source, x, output);
            }
        }
    }

    /// Writes all rows of a pass whose events are listed, and their marks where it is clear from the
    /// events alone which sums are not 0; whether it is.
    pub(super) fn run_block(&self, pass: &mut Pass<'_, T>, bias: &[T]) -> bool {
        if bias.is_empty() && self.positive && pass.scratch.events.same() == Some(T::ONE) {
            self.run_marking(pass);
            return true;
        }
        for number in 0..pass.rows.len() {
            if pass.is_bias_only(number, bias) {
                continue;
            }
            let output = pass.buffer_pool.row_mut(pass.out, pass.rows.start + number);
            output.fill(T::ZERO);
            for (source, x) in pass.scratch.events.row(number) {
                self.scatter(source, x, output);
            }
            for (sum, &bias) in output.iter_mut().zip(bias) {
                *sum += bias;
            }
        }
        false
    }

    /// The same where every sum that is added to is above 0.
    fn run_marking(&self, pass: &mut Pass<'_, T>) {
        let has_bitmask = pass.out.has_bitmask();
        for number in 0..pass.rows.len() {
            let row = pass.rows.start + number;
            if has_bitmask {
                pass.buffer_pool.write_bitmask(pass.out, row, &[]);
            }
            if pass.is_bias_only(number, &[]) {
                continue;
            }
            let (output, bitmask) = pass.buffer_pool.row_and_bitmask(pass.out, row);
            output.fill(T::ZERO);
            for &source in pass.scratch.events.places(number) {
                let range = self.starts[source as usize]..self.starts[source as usize + 1];
                for (&target, &weight) in
                    self.places[range.clone()].iter().zip(&self.weights[range])
                {
                    output[target as usize] += weight;
                    if has_bitmask {
                        bitmask[target as usize / WORD] |= 1 << (target as usize % WORD);
                    }
                }
            }
        }
    }

    /// Adds the weights of one source.
    #[inline]
    fn scatter(&self, source: usize, x: T, output: &mut [T]) {
        let range = self.starts[source]..self.starts[source + 1];
        let entries = self.places[range.clone()].iter().zip(&self.weights[range]);
        if !x.is_finite() && self.connected {
            return self.scatter_all(entries, x, output);
        }
        for (&target, &weight) in entries {
            output[target as usize] += weight * x;
        }
    }

    /// Adds the weights of one source, zeros among them.
    #[cold]
    fn scatter_all<'a>(
        &self,
        entries: impl Iterator<Item = (&'a u32, &'a T)>,
        x: T,
        output: &mut [T],
    ) {
        let mut entries = entries.peekable();
        for (target, sum) in output.iter_mut().enumerate().take(self.targets) {
            let listed = entries.next_if(|(at, _)| **at as usize == target);
            *sum += listed.map_or(T::ZERO, |(_, &weight)| weight) * x;
        }
    }
}

fn is_positive<T: Real>(weights: &[T]) -> bool {
    weights.iter().all(|&weight| weight > T::ZERO && weight.is_finite())
}
