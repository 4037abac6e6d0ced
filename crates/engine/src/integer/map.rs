//! What becomes of spikes on their way: matrices and windows of integer weights.

use nirkit_ir::facts::Window;

/// A linear map of counts to sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Map {
    /// Each source has a weight to each target.
    Matrix(Matrix),
    /// A kernel moves over pictures.
    Window {
        /// How it moves.
        window: Window,
        /// Weights by output channel, input channel within the group, row and column.
        weights: Vec<i64>,
    },
}

/// A matrix that keeps the weights that are not 0, by source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    sources: usize,
    targets: usize,
    /// Source `s` has the entries from `starts[s]` to `starts[s + 1]`, targets ascending.
    starts: Vec<usize>,
    entries: Vec<(u32, i64)>,
}

impl Matrix {
    /// A matrix from `weight(source, target)`.
    #[must_use]
    pub fn new(sources: usize, targets: usize, weight: impl Fn(usize, usize) -> i64) -> Self {
        let (mut starts, mut entries) = (vec![0], Vec::new());
        for source in 0..sources {
            let row = (0..targets).map(|target| (target as u32, weight(source, target)));
            entries.extend(row.filter(|&(_, weight)| weight != 0));
            starts.push(entries.len());
        }
        Self { sources, targets, starts, entries }
    }

    /// Channels that enter.
    pub(crate) fn sources(&self) -> usize {
        self.sources
    }

    /// Channels that leave.
    pub(crate) fn targets(&self) -> usize {
        self.targets
    }

    /// The weights of a source that are not 0, with their targets.
    #[must_use]
    pub fn row(&self, source: usize) -> &[(u32, i64)] {
        &self.entries[self.starts[source]..self.starts[source + 1]]
    }

    /// The same matrix with other weights.
    #[must_use]
    pub fn with_weights(&self, change: impl Fn(i64) -> i64) -> Self {
        let entries = self.entries.iter().map(|&(target, weight)| (target, change(weight)));
        Self { entries: entries.collect(), starts: self.starts.clone(), ..*self }
    }
}

impl Map {
    /// A window that adds what it sees in each channel.
    #[must_use]
    pub fn sum(window: &Window) -> Self {
        let weights = vec![1; window.channels_out * window.kernel.iter().product::<usize>()];
        Self::Window { window: window.clone(), weights }
    }

    /// Channels that enter.
    #[must_use]
    pub fn sources(&self) -> usize {
        match self {
            Self::Matrix(matrix) => matrix.sources,
            Self::Window { window, .. } => {
                window.channels_in * window.input.iter().product::<usize>()
            }
        }
    }

    /// Channels that leave.
    #[must_use]
    pub fn targets(&self) -> usize {
        match self {
            Self::Matrix(matrix) => matrix.targets,
            Self::Window { window, .. } => {
                window.channels_out * window.output.iter().product::<usize>()
            }
        }
    }

    /// The weights, zeros of a matrix left out.
    pub fn weights(&self) -> Box<dyn Iterator<Item = i64> + '_> {
        match self {
            Self::Matrix(matrix) => Box::new(matrix.entries.iter().map(|&(_, weight)| weight)),
            Self::Window { weights, .. } => Box::new(weights.iter().copied()),
        }
    }

    /// The largest sum of a target, sign left out, for counts of 1.
    #[must_use]
    pub fn gain(&self) -> i64 {
        let sizes = match self {
            Self::Matrix(matrix) => {
                let mut sizes = vec![0_i64; matrix.targets];
                for &(target, weight) in &matrix.entries {
                    let size = &mut sizes[target as usize];
                    *size = size.saturating_add(weight.saturating_abs());
                }
                sizes
            }
            Self::Window { window, weights } => {
                let kernels = weights.chunks((weights.len() / window.channels_out.max(1)).max(1));
                let size = |kernel: &[i64]| {
                    kernel
                        .iter()
                        .fold(0_i64, |sum, weight| sum.saturating_add(weight.saturating_abs()))
                };
                kernels.map(size).collect()
            }
        };
        sizes.into_iter().max().unwrap_or(0)
    }

    /// Calls `visit` with each target that a source reaches, and the weight; weights of 0 are left
    /// out. Targets of a window that see the source more than once are visited as often.
    pub fn visit(&self, source: usize, mut visit: impl FnMut(usize, i64)) {
        match self {
            Self::Matrix(matrix) => {
                matrix.row(source).iter().for_each(|&(target, w)| visit(target as usize, w));
            }
            Self::Window { window, weights } => visit_window(window, weights, source, &mut visit),
        }
    }

    /// Adds the sums of all targets.
    pub(super) fn add(&self, counts: &[i64], sums: &mut [i64]) {
        for (source, &count) in counts.iter().enumerate().filter(|&(_, &count)| count != 0) {
            self.visit(source, |target, weight| sums[target] += count * weight);
        }
    }
}

/// Visits the targets whose windows see a source.
fn visit_window(
    window: &Window,
    weights: &[i64],
    source: usize,
    visit: &mut impl FnMut(usize, i64),
) {
    let [height, width] = window.input;
    let [kernel_height, kernel_width] = window.kernel;
    let [rows, columns] = window.output;
    let (channel, pixel) = (source / (height * width), source % (height * width));
    let seen = window.channels_in / window.groups;
    let fed = window.channels_out / window.groups;
    let group = channel / seen;
    for i in 0..kernel_height {
        let Some(y) = position(window, 0, pixel / width, i) else { continue };
        for j in 0..kernel_width {
            let Some(x) = position(window, 1, pixel % width, j) else { continue };
            for out in group * fed..(group + 1) * fed {
                let kernel = (out * seen + channel % seen) * kernel_height * kernel_width;
                let weight = weights[kernel + i * kernel_width + j];
                if weight != 0 {
                    visit((out * rows + y) * columns + x, weight);
                }
            }
        }
    }
}

/// The position of the window whose element `k` lies over pixel `at` of an axis.
fn position(window: &Window, axis: usize, at: usize, k: usize) -> Option<usize> {
    let reach = (at + window.before[axis]).checked_sub(k * window.dilation[axis])?;
    let position = reach / window.stride[axis];
    (reach % window.stride[axis] == 0 && position < window.output[axis]).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_gives_the_sums_of_its_definition() {
        let window = Window {
            channels_in: 2,
            channels_out: 2,
            groups: 2,
            kernel: [2, 3],
            stride: [2, 1],
            dilation: [1, 2],
            before: [1, 0],
            after: [1, 0],
            input: [3, 6],
            output: [2, 2],
        };
        let weights: Vec<i64> = (1..=12).map(|n| n - 5).collect();
        let counts: Vec<i64> = (0..36).map(|n| (n * 7) % 4).collect();
        let mut expected = vec![0; 8];
        for (out, y, x) in
            (0..2).flat_map(|c| (0..2).flat_map(move |y| (0..2).map(move |x| (c, y, x))))
        {
            for (i, j) in (0..2).flat_map(|i| (0..3).map(move |j| (i, j))) {
                let (row, column) = ((y * 2 + i) as i64 - 1, x + 2 * j);
                if (0..3).contains(&row) {
                    let pixel = (out * 3 + row as usize) * 6 + column;
                    expected[(out * 2 + y) * 2 + x] += weights[out * 6 + i * 3 + j] * counts[pixel];
                }
            }
        }
        let mut sums = vec![0; 8];
        Map::Window { window, weights }.add(&counts, &mut sums);
        assert_eq!(sums, expected);
    }

    #[test]
    fn a_matrix_keeps_what_is_not_zero() {
        let matrix = Matrix::new(2, 3, |source, target| if source == target { 5 } else { 0 });
        assert_eq!(matrix.row(1), [(1, 5)]);
        let mut sums = vec![1, 1, 1];
        Map::Matrix(matrix).add(&[2, 3], &mut sums);
        assert_eq!(sums, [11, 16, 1]);
    }
}
