//! Windows with the channels of a pixel side by side: the fast paths of convolutions.
//!
//! The sums of all output channels of a pixel stand next to each other, so that a weight and its
//! neighbours are added together. Each of the two ways adds to a target in ascending order of its
//! sources: events as they are listed, pixels by channel, row and column of what they see.

mod row;

use pulp::{Simd, WithSimd};

use nirkit_ir::facts::Window;

use super::super::real::Real;
use super::super::simd::{CHUNK, Lines, vectorized, zeros};
use super::super::time_block::{Pass, PassScratch};
use super::KernelAxis;
use super::kernel_patch::KernelPatches;
use super::runs::Runs;
use row::{Lanes, RowSums};

/// With more than this share of inputs other than 0, walking over the pixels is faster than walking
/// over the events.
const DENSE_SHARE: f64 = 0.3;

/// The least number of output channels that are added side by side.
const NARROW: usize = 8;

/// A convolution over pixels.
#[derive(Clone, Debug)]
pub(super) struct Grid<T> {
    window: Window,
    /// Output channels of a group with their padding.
    lanes: usize,
    /// `weights[((channel * height + row) * width + column) * lanes + output channel]`, where row and
    /// column are places in [`Runs`].
    weights: Lines<T>,
    /// Channel, row and column of each source.
    places: Vec<[u16; 3]>,
    /// Runs of rows and of columns.
    runs: [Runs; 2],
    /// The same for whole pixels, if each has one run of each, and channels are in one group.
    patches: Option<KernelPatches>,
    finite: bool,
}

impl<T: Real> Grid<T> {
    /// The convolution with these weights; `None` where a picture is too large for short indices.
    pub(super) fn new(window: &Window, weights: &[T]) -> Option<Self> {
        let (seen, fed) = (window.channels_in / window.groups, window.channels_out / window.groups);
        let largest = window.input.iter().chain(&window.output).chain(&window.kernel).max();
        if *largest.max(Some(&window.channels_in))? > usize::from(u16::MAX) {
            return None;
        }
        let lanes = match fed {
            ..=NARROW => NARROW,
            _ => fed.div_ceil(CHUNK) * CHUNK,
        };
        let runs = [0, 1].map(|axis| Runs::new(KernelAxis::new(window, axis)));
        let area = window.kernel[0] * window.kernel[1];
        // The element of the kernel at each place.
        let element = |place: usize| {
            let [row, column] = [place / window.kernel[1], place % window.kernel[1]];
            runs[0].order[row] * window.kernel[1] + runs[1].order[column]
        };
        let mut packed = zeros(window.channels_in * area * lanes);
        for target in 0..window.channels_out {
            for offset in 0..seen {
                let channel = target / fed * seen + offset;
                for place in 0..area {
                    packed[(channel * area + place) * lanes + target % fed] =
                        weights[(target * seen + offset) * area + element(place)];
                }
            }
        }
        let [height, width] = window.input;
        let places = (0..window.channels_in * height * width)
            .map(|at| {
                [at / (height * width), at / width % height, at % width].map(|place| place as u16)
            })
            .collect();
        let patches = (window.groups == 1)
            .then(|| KernelPatches::new(&runs, window.input, window.output[1], window.kernel))
            .flatten();
        Some(Self {
            runs,
            patches,
            finite: weights.iter().all(|weight| weight.is_finite()),
            window: window.clone(),
            lanes,
            weights: packed,
            places,
        })
    }

    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        self.weights.len() * size_of::<T>()
    }

    /// Writes the sums of all targets for every row of a pass, and the bias of each added to them.
    pub(super) fn run_block(&self, pass: &mut Pass<'_, T>, bias: &[T]) {
        pass.collect();
        let sources = pass.rows.len() * pass.inputs;
        let share = pass.scratch.events.len() as f64 / sources.max(1) as f64;
        self.run_block_by(pass, bias, self.finite && share > DENSE_SHARE);
    }

    /// Does so for listed events, by pixels or by events.
    pub(super) fn run_block_by(&self, pass: &mut Pass<'_, T>, bias: &[T], by_pixels: bool) {
        let Pass { buffer_pool, out, rows, scratch, .. } = pass;
        let PassScratch { events, input: picture, other: sums } = &mut **scratch;
        let is_direct = out.channels_last > 0;
        let padded = self.padded_input();
        let drawn = if by_pixels { self.window.channels_in * padded[0] * padded[1] } else { 0 };
        let summed = if is_direct { 0 } else { self.window.groups * self.plane() * self.lanes };
        picture.resize(picture.len().max(drawn), T::ZERO);
        sums.resize(sums.len().max(summed), T::ZERO);
        let (picture, sums) = (&mut picture[..drawn], &mut sums[..summed]);
        for (number, row) in rows.clone().enumerate() {
            let place = if is_direct { buffer_pool.row_mut(*out, row) } else { &mut sums[..] };
            let mut row_sums =
                RowSums { grid: self, events, number, sums: place, picture, by_pixels };
            match self.lanes {
                NARROW => vectorized(Lanes::<_, NARROW>(&mut row_sums)),
                CHUNK => vectorized(Lanes::<_, CHUNK>(&mut row_sums)),
                _ => vectorized(Lanes::<_, { 2 * CHUNK }>(&mut row_sums)),
            }
            let output = buffer_pool.row_mut(*out, row);
            if is_direct {
                self.add_bias(bias, output);
            } else {
                vectorized(Turn { grid: self, sums, bias, output });
            }
        }
    }

    /// Whether the sums of a pixel can stay where they are, channels side by side, when each channel
    /// has this bias; the number of channels.
    pub(super) fn channels_last(&self, bias: &[T]) -> Option<usize> {
        let channels = self.window.channels_out;
        let mut planes = bias.chunks_exact(self.plane().max(1));
        let even = planes.all(|plane| plane.iter().all(|&bias| bias == plane[0]));
        let whole = self.window.groups == 1 && self.lanes == channels;
        (even && whole && channels.is_power_of_two()).then_some(channels)
    }

    /// Calls `each` with every run of pixels that see an event: number of the event, first pixel,
    /// first element of the kernel, and length.
    #[inline(always)]
    fn each_run(&self, places: &[u32], mut each: impl FnMut(usize, usize, usize, usize)) {
        let window = &self.window;
        let (seen, [height, width]) = (window.channels_in / window.groups, window.kernel);
        let [_, columns] = window.output;
        for (event, &source) in places.iter().enumerate() {
            let [channel, y, x] = self.places[source as usize].map(usize::from);
            let pixel = if window.groups == 1 { 0 } else { channel / seen * self.plane() };
            for rows in self.runs[0].at(y) {
                for columns_run in self.runs[1].at(x) {
                    let row = channel * height + usize::from(rows.from);
                    let mut from = row * width + usize::from(columns_run.from);
                    let row = usize::from(rows.to);
                    let mut to = pixel + row * columns + usize::from(columns_run.to);
                    for _ in 0..rows.len {
                        each(event, to, from, usize::from(columns_run.len));
                        to += columns;
                        from += width;
                    }
                }
            }
        }
    }

    /// Pixels of the output.
    fn plane(&self) -> usize {
        self.window.output.iter().product()
    }

    /// Adds the bias to sums with channels side by side.
    fn add_bias(&self, bias: &[T], sums: &mut [T]) {
        if bias.is_empty() {
            return;
        }
        let each = bias.iter().step_by(self.plane().max(1));
        for pixel in sums.chunks_exact_mut(self.window.channels_out) {
            for (sum, &bias) in pixel.iter_mut().zip(each.clone()) {
                *sum += bias;
            }
        }
    }

    /// Height and width of a picture with the zeros around it.
    fn padded_input(&self) -> [usize; 2] {
        let Window { kernel, stride, dilation, output, before, input, .. } = &self.window;
        [0, 1].map(|axis| {
            let reach = (output[axis].max(1) - 1) * stride[axis]
                + (kernel[axis].max(1) - 1) * dilation[axis]
                + 1;
            reach.max(before[axis] + input[axis])
        })
    }
}

/// Turns sums with channels side by side into channel after channel, and adds the bias.
struct Turn<'a, T> {
    grid: &'a Grid<T>,
    sums: &'a [T],
    /// Bias of each target; empty without one.
    bias: &'a [T],
    output: &'a mut [T],
}

impl<T: Real> WithSimd for Turn<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { grid, sums, bias, output } = self;
        let fed = grid.window.channels_out / grid.window.groups;
        let plane = grid.plane();
        for (group, sums) in sums.chunks_exact((plane * grid.lanes).max(1)).enumerate() {
            let output = &mut output[group * fed * plane..][..fed * plane];
            for first in (0..plane).step_by(CHUNK) {
                let count = CHUNK.min(plane - first);
                let sums = &sums[first * grid.lanes..][..count * grid.lanes];
                for channel in 0..fed {
                    let output = &mut output[channel * plane + first..][..count];
                    for (pixel, out) in output.iter_mut().enumerate() {
                        *out = sums[pixel * grid.lanes + channel];
                    }
                }
            }
        }
        for (sum, &bias) in output.iter_mut().zip(bias) {
            *sum += bias;
        }
    }
}
