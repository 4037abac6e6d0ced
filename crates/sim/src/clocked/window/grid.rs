//! Windows with the channels of a pixel side by side: the fast paths of convolutions.
//!
//! The sums of all output channels of a pixel stand next to each other, so that a weight and its
//! neighbours are added together. Each of the two ways adds to a target in ascending order of its
//! sources: events as they are listed, pixels by channel, row and column of what they see.

use pulp::{Simd, WithSimd};

use nirkit_ir::facts::Window;

use super::super::chunk::{CHUNK, vectorized};
use super::super::real::Real;
use super::super::sweep::{Arena, Events, Pass, Table};
use super::Along;

/// With more than this share of inputs other than 0, walking over the pixels is faster than walking
/// over the events.
const DENSE_SHARE: f64 = 0.3;

/// Pixels that share one walk over the kernel.
const TOGETHER: usize = 4;

/// The least number of output channels that are added side by side.
const NARROW: usize = 8;

/// A convolution over pixels.
#[derive(Clone, Debug)]
pub(super) struct Grid<T> {
    window: Window,
    /// Output channels of a group with their padding.
    lanes: usize,
    /// `weights[((channel * height + row) * width + column) * lanes + output channel]`.
    weights: Vec<T>,
    /// Channel, row and column of each source.
    places: Vec<[u16; 3]>,
    /// For rows and columns of sources, what sees them.
    over: [Over; 2],
    finite: bool,
}

/// For each source along an axis, the elements of the kernel that can lie over it, with the targets
/// for which they do.
#[derive(Clone, Debug)]
struct Over {
    ends: Vec<usize>,
    list: Vec<(u16, u16)>,
}

impl Over {
    fn new(along: Along) -> Self {
        let (mut ends, mut list) = (Vec::new(), Vec::new());
        for source in 0..along.input {
            list.extend(along.windows_over(source).map(|(k, to)| (k as u16, to as u16)));
            ends.push(list.len());
        }
        Self { ends, list }
    }

    #[inline(always)]
    fn at(&self, source: usize) -> &[(u16, u16)] {
        let start = if source == 0 { 0 } else { self.ends[source - 1] };
        &self.list[start..self.ends[source]]
    }
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
        let area = window.kernel[0] * window.kernel[1];
        let mut packed = vec![T::ZERO; window.channels_in * area * lanes];
        for target in 0..window.channels_out {
            for offset in 0..seen {
                let channel = target / fed * seen + offset;
                for at in 0..area {
                    packed[(channel * area + at) * lanes + target % fed] =
                        weights[(target * seen + offset) * area + at];
                }
            }
        }
        let [height, width] = window.input;
        let places = (0..window.channels_in * height * width)
            .map(|at| {
                [at / (height * width), at / width % height, at % width].map(|place| place as u16)
            })
            .collect();
        Some(Self {
            over: [0, 1].map(|axis| Over::new(Along::new(window, axis))),
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
    pub(super) fn sweep(&self, pass: &mut Pass<'_, T>, bias: &[T]) {
        pass.collect();
        let sources = pass.rows.len() * pass.inputs;
        let share = pass.room.events.len() as f64 / sources.max(1) as f64;
        self.sweep_by(pass, bias, self.finite && share > DENSE_SHARE);
    }

    /// Does so for listed events, by pixels or by events.
    pub(super) fn sweep_by(&self, pass: &mut Pass<'_, T>, bias: &[T], by_pixels: bool) {
        let pixels: usize = self.window.output.iter().product();
        let padded = self.padded_input();
        let Pass { arena, out, rows, room, .. } = pass;
        room.other.clear();
        room.other.resize(self.window.groups * pixels * self.lanes, T::ZERO);
        room.input.clear();
        room.input.resize(self.window.channels_in * padded[0] * padded[1], T::ZERO);
        let first = rows.start;
        for row in rows.clone() {
            let walk = Walk {
                grid: self,
                events: &room.events,
                number: row - first,
                sums: &mut room.other,
                picture: &mut room.input,
                bias,
                by_pixels,
                arena,
                out: *out,
                row,
            };
            match self.lanes {
                NARROW => vectorized(Lanes::<_, NARROW>(walk)),
                CHUNK => vectorized(Lanes::<_, CHUNK>(walk)),
                _ => vectorized(Lanes::<_, { 2 * CHUNK }>(walk)),
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

/// One row of a pass.
struct Walk<'a, T> {
    grid: &'a Grid<T>,
    events: &'a Events<T>,
    /// Number of the row in the list of events.
    number: usize,
    sums: &'a mut [T],
    picture: &'a mut [T],
    /// Bias of each target; empty without one.
    bias: &'a [T],
    by_pixels: bool,
    arena: &'a mut Arena<T>,
    out: Table,
    row: usize,
}

struct Lanes<'a, T, const L: usize>(Walk<'a, T>);

impl<T: Real, const L: usize> WithSimd for Lanes<'_, T, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut walk = self.0;
        if walk.by_pixels {
            walk.draw();
            walk.add_pixels::<{ CHUNK }>();
        } else if walk.grid.lanes == L {
            walk.add_events::<L>();
        } else {
            walk.add_wide_events();
        }
        walk.write();
    }
}

impl<T: Real> Walk<'_, T> {
    /// Adds the events to the sums of the pixels that see them, `L` channels side by side.
    #[inline(always)]
    fn add_events<const L: usize>(&mut self) {
        let grid = self.grid;
        let window = &grid.window;
        let (seen, [height, width]) = (window.channels_in / window.groups, window.kernel);
        let [_, columns] = window.output;
        let plane = window.output[0] * columns;
        let (weights, _) = grid.weights.as_chunks::<L>();
        let (sums, _) = self.sums.as_chunks_mut::<L>();
        for sum in sums.iter_mut() {
            *sum = [T::ZERO; L];
        }
        for (source, x) in self.events.row(self.number) {
            let [channel, y, at] = grid.places[source].map(usize::from);
            let sums = &mut sums[channel / seen * plane..][..plane];
            let kernel = &weights[channel * height * width..][..height * width];
            for &(k, to) in grid.over[0].at(y) {
                let sums = &mut sums[usize::from(to) * columns..][..columns];
                let kernel = &kernel[usize::from(k) * width..][..width];
                for &(k, to) in grid.over[1].at(at) {
                    // On a copy, so that nothing stands between the lanes.
                    let (mut sum, weight) = (sums[usize::from(to)], kernel[usize::from(k)]);
                    for lane in 0..L {
                        sum[lane] += weight[lane] * x;
                    }
                    sums[usize::from(to)] = sum;
                }
            }
        }
    }

    /// The same for any number of channels.
    #[inline(always)]
    fn add_wide_events(&mut self) {
        let grid = self.grid;
        let window = &grid.window;
        let (seen, [height, width]) = (window.channels_in / window.groups, window.kernel);
        let [_, columns] = window.output;
        let plane = window.output[0] * columns;
        self.sums.fill(T::ZERO);
        for (source, x) in self.events.row(self.number) {
            let [channel, y, at] = grid.places[source].map(usize::from);
            for &(row, to_row) in grid.over[0].at(y) {
                for &(column, to) in grid.over[1].at(at) {
                    let from = (channel * height + usize::from(row)) * width + usize::from(column);
                    let to =
                        channel / seen * plane + usize::from(to_row) * columns + usize::from(to);
                    let (sums, _) =
                        self.sums[to * grid.lanes..][..grid.lanes].as_chunks_mut::<CHUNK>();
                    let (weights, _) = grid.weights[from * grid.lanes..].as_chunks::<CHUNK>();
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        for lane in 0..CHUNK {
                            sum[lane] += weight[lane] * x;
                        }
                    }
                }
            }
        }
    }

    /// Draws the events into the picture.
    #[inline(always)]
    fn draw(&mut self) {
        let [height, width] = self.grid.padded_input();
        let [above, left] = self.grid.window.before;
        self.picture.fill(T::ZERO);
        for (source, x) in self.events.row(self.number) {
            let [channel, y, at] = self.grid.places[source].map(usize::from);
            self.picture[(channel * height + y + above) * width + at + left] = x;
        }
    }

    /// Writes the sums of all pixels, some pixels of a row and `L` channels at a time.
    #[inline(always)]
    fn add_pixels<const L: usize>(&mut self) {
        let grid = self.grid;
        let window = &grid.window;
        let seen = window.channels_in / window.groups;
        let ([height, width], [rows, columns]) = (window.kernel, window.output);
        let [tall, wide] = grid.padded_input();
        let lanes = grid.lanes;
        for group in 0..window.groups {
            for (y, first) in
                (0..rows).flat_map(|y| (0..columns).step_by(TOGETHER).map(move |x| (y, x)))
            {
                let count = TOGETHER.min(columns - first);
                for lane in (0..lanes).step_by(L) {
                    let len = L.min(lanes - lane);
                    let mut sums = [[T::ZERO; L]; TOGETHER];
                    for channel in group * seen..(group + 1) * seen {
                        for row in 0..height {
                            let line =
                                channel * tall + y * window.stride[0] + row * window.dilation[0];
                            let line = &self.picture[line * wide..][..wide];
                            for column in 0..width {
                                let at = ((channel * height + row) * width + column) * lanes + lane;
                                let mut weight = [T::ZERO; L];
                                weight[..len].copy_from_slice(&grid.weights[at..at + len]);
                                for (pixel, sum) in sums.iter_mut().enumerate() {
                                    let to = (first + pixel.min(count - 1)) * window.stride[1];
                                    let x = line[to + column * window.dilation[1]];
                                    for lane in 0..L {
                                        sum[lane] += weight[lane] * x;
                                    }
                                }
                            }
                        }
                    }
                    for (pixel, sum) in sums.iter().enumerate().take(count) {
                        let to = (group * rows + y) * columns + first + pixel;
                        self.sums[to * lanes + lane..][..len].copy_from_slice(&sum[..len]);
                    }
                }
            }
        }
    }

    /// Writes the output: channel by channel, with the bias.
    #[inline(always)]
    fn write(&mut self) {
        let grid = self.grid;
        let window = &grid.window;
        let fed = window.channels_out / window.groups;
        let plane = window.output[0] * window.output[1];
        let output = self.arena.row_mut(self.out, self.row);
        for (group, sums) in self.sums.chunks_exact((plane * grid.lanes).max(1)).enumerate() {
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
        for (sum, &bias) in output.iter_mut().zip(self.bias) {
            *sum += bias;
        }
    }
}
