//! Windows that move over an input: the one kernel of convolutions and pools.
//!
//! Each target's sum starts at +0 and takes what its window sees in ascending order of the source:
//! input channel, row, column. There are two ways to walk: over planes of targets, which suits dense
//! input, and over the sources that are not 0, which suits events. Both add the same numbers to each
//! target in the same order, but for zeros, which change nothing (see [`matrix`](super::matrix)).

mod grid;
mod kernel_patch;
mod runs;

use nirkit_ir::facts::Window;

use self::grid::Grid;
use super::matrix::Matrix;
use super::real::Real;
use super::time_block::Pass;

/// Walking from source to target costs more for each product; it pays when fewer than one source in
/// this many is not 0.
const DENSE_ADVANTAGE: usize = 4;

/// With fewer output channels a group than this there is nothing to be added side by side, and
/// connections are listed instead.
const FEW: usize = 4;

/// Lists of connections are never longer than this.
const LISTED: usize = 1 << 22;

/// A window with the weights of its kernel.
#[derive(Clone, Debug)]
pub(super) struct Windowed<T> {
    window: Window,
    /// Weights by output channel, input channel within the group, row and column.
    weights: Vec<T>,
    fast: Fast<T>,
}

/// The kernel of a window for blocks of steps.
#[derive(Clone, Debug)]
enum Fast<T> {
    /// Channels side by side.
    Grid(Box<Grid<T>>),
    /// Connections of few channels, one by one.
    Listed(Matrix<T>),
    /// As a single step does.
    Plain,
}

impl<T: Real> Windowed<T> {
    /// A convolution; `None` when the weights are not as many as the window needs.
    pub(super) fn new(window: &Window, weights: Vec<T>) -> Option<Self> {
        let [height, width] = window.kernel;
        let needed = window.channels_out * (window.channels_in / window.groups) * height * width;
        if weights.len() != needed {
            return None;
        }
        let fast = Fast::Plain;
        let mut windowed = Self { window: window.clone(), weights, fast };
        windowed.fast = windowed.fastest();
        Some(windowed)
    }

    /// Returns the kernel of this window for blocks of steps.
    fn fastest(&self) -> Fast<T> {
        let Window { channels_in, input, .. } = &self.window;
        let sources = channels_in * input[0] * input[1];
        let targets = self.window.channels_out * self.plane();
        let few = self.channels_fed() < FEW && u32::try_from(targets).is_ok();
        if few && targets * self.channels_seen() * self.area() <= LISTED {
            return Fast::Listed(Matrix::listed(sources, targets, &self.connections()));
        }
        Grid::new(&self.window, &self.weights)
            .map_or(Fast::Plain, |grid| Fast::Grid(Box::new(grid)))
    }

    /// Every connection: source, target, weight, ascending.
    pub(super) fn connections(&self) -> Vec<(usize, u32, T)> {
        let [height, width] = self.window.input;
        let mut all = Vec::new();
        for source in 0..self.window.channels_in * height * width {
            let (channel, at) = (source / (height * width), source % (height * width));
            let first = all.len();
            self.visit(channel, [at / width, at % width], |target, weight| {
                all.push((source, target as u32, weight));
            });
            all[first..].sort_unstable_by_key(|&(_, target, _)| target);
        }
        all
    }

    /// Writes the sums of all targets, and the bias of each added to them, for every row of a pass;
    /// whether marks are written as well.
    pub(super) fn run_block(&self, pass: &mut Pass<'_, T>, bias: &[T]) -> bool {
        match &self.fast {
            Fast::Listed(matrix) => return matrix.run_block(pass, bias),
            Fast::Grid(grid) => grid.run_block(pass, bias),
            Fast::Plain => pass.each(|input, output| {
                self.apply(input, output);
                for (sum, &bias) in output.iter_mut().zip(bias) {
                    *sum += bias;
                }
            }),
        }
        false
    }

    /// Whether the kernel is a list of connections.
    pub(super) fn is_listed(&self) -> bool {
        matches!(self.fast, Fast::Listed(_))
    }

    /// Whether a block can leave the sums of a pixel side by side, when outputs have this bias; the
    /// number of channels.
    pub(super) fn channels_last(&self, bias: &[T]) -> Option<usize> {
        match &self.fast {
            Fast::Grid(grid) => grid.channels_last(bias),
            Fast::Listed(_) | Fast::Plain => None,
        }
    }

    /// Whether a block reads only the events of its input.
    pub(super) fn takes_events(&self) -> bool {
        !matches!(self.fast, Fast::Plain)
    }

    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        match &self.fast {
            Fast::Grid(grid) => grid.bytes(),
            Fast::Listed(matrix) => matrix.bytes(),
            Fast::Plain => self.weights.len() * size_of::<T>(),
        }
    }

    /// A window that adds what it sees in each channel.
    pub(super) fn sum(window: &Window) -> Option<Self> {
        let [height, width] = window.kernel;
        Self::new(window, vec![T::ONE; window.channels_out * height * width])
    }

    /// How the window moves.
    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    /// Weights by output channel, input channel within the group, row and column.
    pub(super) fn weights(&self) -> &[T] {
        &self.weights
    }

    /// Number of elements that the kernel covers in one channel.
    pub(super) fn area(&self) -> usize {
        self.window.kernel.iter().product()
    }

    /// Channels of targets in one output channel.
    pub(super) fn plane(&self) -> usize {
        self.window.output.iter().product()
    }

    /// Writes the sums of all targets.
    pub(super) fn apply(&self, input: &[T], output: &mut [T]) {
        output.fill(T::ZERO);
        let active = input.iter().filter(|&&x| x != T::ZERO).count();
        if active * DENSE_ADVANTAGE < input.len() {
            self.add_events(input, output);
        } else {
            self.add_planes(input, output);
        }
    }

    /// Input channels that an output channel sees.
    fn channels_seen(&self) -> usize {
        self.window.channels_in / self.window.groups
    }

    /// Output channels of a group.
    fn channels_fed(&self) -> usize {
        self.window.channels_out / self.window.groups
    }

    /// Adds plane after plane: a shifted input channel times one weight of the kernel.
    fn add_planes(&self, input: &[T], output: &mut [T]) {
        let (seen, fed, area) = (self.channels_seen(), self.channels_fed(), self.area());
        let pixels: usize = self.window.input.iter().product();
        for (channel, plane) in output.chunks_exact_mut(self.plane()).enumerate() {
            let kernels = &self.weights[channel * seen * area..][..seen * area];
            let first = channel / fed * seen;
            for (offset, kernel) in kernels.chunks_exact(area).enumerate() {
                let image = &input[(first + offset) * pixels..][..pixels];
                self.add_channel(kernel, image, plane);
            }
        }
    }

    /// Adds one input channel to one output channel.
    fn add_channel(&self, kernel: &[T], image: &[T], plane: &mut [T]) {
        let ([_, width], [_, columns]) = (self.window.input, self.window.output);
        let [rows, across] = [KernelAxis::new(&self.window, 0), KernelAxis::new(&self.window, 1)];
        for (row, weights) in kernel.chunks_exact(across.kernel).enumerate() {
            for (column, &weight) in weights.iter().enumerate() {
                let span = across.targets_seeing(column);
                if span.is_empty() {
                    continue;
                }
                let first = across.source(span.start, column);
                for y in rows.targets_seeing(row) {
                    let source = &image[rows.source(y, row) * width..][..width];
                    let target = &mut plane[y * columns..][span.clone()];
                    add_strided(target, &source[first..], across.stride, weight);
                }
            }
        }
    }

    /// Adds what each source that is not 0 gives to the targets whose windows see it.
    fn add_events(&self, input: &[T], output: &mut [T]) {
        let [height, width] = self.window.input;
        for (channel, image) in input.chunks_exact(height * width).enumerate() {
            for (at, &x) in image.iter().enumerate() {
                if x != T::ZERO {
                    self.scatter(channel, [at / width, at % width], x, output);
                }
            }
        }
    }

    /// Adds one source to all its targets. No target sees a source twice, so their order is free.
    fn scatter(&self, channel: usize, at: [usize; 2], value: T, output: &mut [T]) {
        self.visit(channel, at, |target, weight| output[target] += weight * value);
    }

    /// Calls `visit` with the targets of a source and their weights.
    fn visit(&self, channel: usize, [y, x]: [usize; 2], mut visit: impl FnMut(usize, T)) {
        let (seen, fed, area) = (self.channels_seen(), self.channels_fed(), self.area());
        let (plane, columns) = (self.plane(), self.window.output[1]);
        let [rows, across] = [KernelAxis::new(&self.window, 0), KernelAxis::new(&self.window, 1)];
        let (group, offset) = (channel / seen, channel % seen);
        for target in group * fed..(group + 1) * fed {
            let kernel = &self.weights[(target * seen + offset) * area..][..area];
            for (row, at) in rows.windows_over(y) {
                for (column, to) in across.windows_over(x) {
                    let weight = kernel[row * across.kernel + column];
                    visit(target * plane + at * columns + to, weight);
                }
            }
        }
    }
}

/// Adds every `stride`-th number times a weight.
fn add_strided<T: Real>(target: &mut [T], source: &[T], stride: usize, weight: T) {
    if stride == 1 {
        for (sum, &x) in target.iter_mut().zip(source) {
            *sum += weight * x;
        }
    } else {
        for (sum, &x) in target.iter_mut().zip(source.iter().step_by(stride)) {
            *sum += weight * x;
        }
    }
}

/// A window `axis_of_kernel` one axis.
#[derive(Clone, Copy, Debug)]
struct KernelAxis {
    kernel: usize,
    stride: usize,
    dilation: usize,
    before: usize,
    input: usize,
    output: usize,
}

impl KernelAxis {
    fn new(window: &Window, axis: usize) -> Self {
        Self {
            kernel: window.kernel[axis],
            stride: window.stride[axis],
            dilation: window.dilation[axis],
            before: window.before[axis],
            input: window.input[axis],
            output: window.output[axis],
        }
    }

    /// The source that element `k` of the window of target `o` sees; it must lie in the input.
    fn source(self, o: usize, k: usize) -> usize {
        o * self.stride + k * self.dilation - self.before
    }

    /// The targets whose window has its element `k` over the input and not over the padding.
    fn targets_seeing(self, k: usize) -> std::ops::Range<usize> {
        let shift = k * self.dilation;
        let start = self.before.saturating_sub(shift).div_ceil(self.stride);
        let end = (self.input + self.before).saturating_sub(shift).div_ceil(self.stride);
        start.min(self.output)..end.min(self.output)
    }

    /// The windows that see source `s`: the element that lies over it, and the target.
    fn windows_over(self, s: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..self.kernel).filter_map(move |k| {
            let reach = (s + self.before).checked_sub(k * self.dilation)?;
            let target = reach / self.stride;
            (reach % self.stride == 0 && target < self.output).then_some((k, target))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A window of any geometry that fits its input.
    fn any_window() -> impl Strategy<Value = Window> {
        let pair = |least: usize, most: usize| [least..=most, least..=most];
        let geometry = (pair(1, 3), pair(1, 3), pair(1, 2), pair(0, 2), pair(0, 2), pair(1, 6));
        let channels = (1_usize..3, 1_usize..3, 1_usize..3);
        (geometry, channels).prop_filter_map("larger than its input", |(geometry, channels)| {
            let (kernel, stride, dilation, before, after, input) = geometry;
            let (groups, seen, fed) = channels;
            let axis_of_kernel = |axis: usize| {
                let padded = input[axis] + before[axis] + after[axis];
                Some(
                    padded.checked_sub(dilation[axis] * (kernel[axis] - 1) + 1)? / stride[axis] + 1,
                )
            };
            Some(Window {
                channels_in: groups * seen,
                channels_out: groups * fed,
                groups,
                kernel,
                stride,
                dilation,
                before,
                after,
                input,
                output: [axis_of_kernel(0)?, axis_of_kernel(1)?],
            })
        })
    }

    /// Zeros of both signs, and numbers that round.
    fn number() -> impl Strategy<Value = f32> {
        prop_oneof![2 => -2.0_f32..2.0, 1 => Just(0.0), 1 => Just(-0.0)]
    }

    proptest! {
        #[test]
        fn planes_and_events_give_the_same_bits(
            (windowed, input) in any_window().prop_flat_map(|window| {
                let [height, width] = window.kernel;
                let seen = window.channels_in / window.groups;
                let weights = window.channels_out * seen * height * width;
                let pixels: usize = window.channels_in * window.input.iter().product::<usize>();
                (
                    prop::collection::vec(number(), weights)
                        .prop_map(move |weights| Windowed::new(&window, weights).unwrap()),
                    prop::collection::vec(number(), pixels),
                )
            }),
        ) {
            let targets = windowed.window.channels_out * windowed.plane();
            let (mut planes, mut events) = (vec![0.0_f32; targets], vec![0.0_f32; targets]);
            windowed.add_planes(&input, &mut planes);
            windowed.add_events(&input, &mut events);
            let bits = |sums: Vec<f32>| sums.into_iter().map(f32::to_bits).collect::<Vec<_>>();
            prop_assert_eq!(bits(planes), bits(events));
        }
    }
}
