//! Windows with the channels of a pixel side by side: the fast paths of convolutions.
//!
//! The sums of all output channels of a pixel stand next to each other, so that a weight and its
//! neighbours are added together. Each of the two ways adds to a target in ascending order of its
//! sources: events as they are listed, pixels by channel, row and column of what they see.

use pulp::{Simd, WithSimd};

use nirkit_ir::facts::Window;

use super::super::real::Real;
use super::super::simd::{CHUNK, Lines, vectorized, zeros};
use super::super::time_block::{Events, Pass, PassScratch};
use super::KernelAxis;
use super::kernel_patch::{One, Stamps};

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
    /// `weights[((channel * height + row) * width + column) * lanes + output channel]`, where row and
    /// column are places in [`Runs`].
    weights: Lines<T>,
    /// Channel, row and column of each source.
    places: Vec<[u16; 3]>,
    /// Runs of rows and of columns.
    runs: [Runs; 2],
    /// The same for whole pixels, if each has one run of each, and channels are in one group.
    stamps: Option<Stamps>,
    finite: bool,
}

/// For each row of sources, the rows of targets that see it, in runs in which targets as well as
/// elements of the kernel stand next to each other; for columns likewise.
///
/// The next target sees a source through an element that lies a stride before. So the elements of the
/// kernel are kept by their remainder of the stride, the last one first.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    ends: Vec<usize>,
    list: Vec<Run>,
    /// Element of the kernel at each place.
    order: Vec<usize>,
    /// Place of each element.
    places: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// First target.
    pub(super) to: u16,
    /// First place in the kernel.
    pub(super) from: u16,
    pub(super) len: u16,
}

impl Runs {
    fn new(axis_of_kernel: KernelAxis) -> Self {
        let mut order: Vec<usize> = (0..axis_of_kernel.kernel).collect();
        order.sort_by_key(|&k| (k % axis_of_kernel.stride, axis_of_kernel.kernel - k));
        let mut places = vec![0; axis_of_kernel.kernel];
        for (place, &k) in order.iter().enumerate() {
            places[k] = place;
        }
        let (mut ends, mut list) = (Vec::new(), Vec::<Run>::new());
        for source in 0..axis_of_kernel.input {
            let first = list.len();
            let mut seen: Vec<(usize, usize)> = axis_of_kernel.windows_over(source).collect();
            seen.sort_by_key(|&(_, to)| to);
            for (to, from) in seen.into_iter().map(|(k, to)| (to as u16, places[k] as u16)) {
                match list[first..].last_mut() {
                    Some(run) if (run.to + run.len, run.from + run.len) == (to, from) => {
                        run.len += 1;
                    }
                    _ => list.push(Run { to, from, len: 1 }),
                }
            }
            ends.push(list.len());
        }
        Self { ends, list, order, places }
    }

    #[inline(always)]
    pub(super) fn at(&self, source: usize) -> &[Run] {
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
        let stamps = (window.groups == 1)
            .then(|| Stamps::new(&runs, window.input, window.output[1], window.kernel))
            .flatten();
        Some(Self {
            runs,
            stamps,
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
            let mut walk =
                VectorLoop { grid: self, events, number, sums: place, picture, by_pixels };
            match self.lanes {
                NARROW => vectorized(Lanes::<_, NARROW>(&mut walk)),
                CHUNK => vectorized(Lanes::<_, CHUNK>(&mut walk)),
                _ => vectorized(Lanes::<_, { 2 * CHUNK }>(&mut walk)),
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

/// The sums of one row of a pass.
struct VectorLoop<'a, T> {
    grid: &'a Grid<T>,
    events: &'a Events<T>,
    /// Number of the row in the list of events.
    number: usize,
    sums: &'a mut [T],
    picture: &'a mut [T],
    by_pixels: bool,
}

struct Lanes<'w, 'a, T, const L: usize>(&'w mut VectorLoop<'a, T>);

impl<T: Real, const L: usize> WithSimd for Lanes<'_, '_, T, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let walk = self.0;
        if walk.by_pixels {
            walk.draw();
            walk.add_pixels::<{ CHUNK }>();
        } else if walk.grid.lanes == L {
            walk.add_events::<L>();
        } else {
            walk.add_wide_events();
        }
    }
}

impl<T: Real> VectorLoop<'_, T> {
    /// Adds the events to the sums of the pixels that see them, `L` channels side by side.
    #[inline(always)]
    fn add_events<const L: usize>(&mut self) {
        self.sums.fill(T::ZERO);
        let (weights, _) = self.grid.weights.as_chunks::<L>();
        let (sums, _) = self.sums.as_chunks_mut::<L>();
        let (places, numbers) = (self.events.places(self.number), self.events.numbers(self.number));
        let Some(stamps) = &self.grid.stamps else {
            return self.grid.each_run(places, |event, to, from, len| {
                let x = numbers.at(event);
                let (sums, weights) = (&mut sums[to..to + len], &weights[from..from + len]);
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = scaled_sum(*sum, *weight, x);
                }
            });
        };
        if self.events.same() == Some(T::ONE) {
            for &source in places {
                stamps.scatter_add(source, One, weights, sums);
            }
        } else {
            for (event, &source) in places.iter().enumerate() {
                stamps.scatter_add(source, numbers.at(event), weights, sums);
            }
        }
    }

    /// The same for any number of channels.
    #[inline(always)]
    fn add_wide_events(&mut self) {
        self.sums.fill(T::ZERO);
        let wide = self.grid.lanes / CHUNK;
        let (weights, _) = self.grid.weights.as_chunks::<CHUNK>();
        let (sums, _) = self.sums.as_chunks_mut::<CHUNK>();
        let (places, numbers) = (self.events.places(self.number), self.events.numbers(self.number));
        self.grid.each_run(places, |event, to, from, len| {
            let x = numbers.at(event);
            let (to, from, len) = (to * wide, from * wide, len * wide);
            let (sums, weights) = (&mut sums[to..to + len], &weights[from..from + len]);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = scaled_sum(*sum, *weight, x);
            }
        });
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
                                let [row, column_at] =
                                    [grid.runs[0].places[row], grid.runs[1].places[column]];
                                let at = (channel * height + row) * width + column_at;
                                let at = at * lanes + lane;
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
}

/// Sums with weights times a number added to them. All by copies, so that nothing stands between the
/// lanes.
#[inline(always)]
fn scaled_sum<T: Real, const L: usize>(mut sum: [T; L], weight: [T; L], x: T) -> [T; L] {
    for lane in 0..L {
        sum[lane] += weight[lane] * x;
    }
    sum
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
