//! Kernels that move over pictures: what arrives is scattered to the pixels whose windows see it.

use nirkit_step::Window;

use super::super::layout::Layout;
use super::super::number::Lane;
use super::Ends;

/// A window with its weights.
#[derive(Debug)]
pub(crate) struct Windowed<T> {
    /// Channel, row and column of each source.
    sources: Vec<[u32; 3]>,
    /// For each row and each column of the input the stretches of positions that see it.
    reach: [Vec<Vec<Stretch>>; 2],
    kernel: [usize; 2],
    columns: usize,
    /// Channels that feed a group, and channels that a group feeds.
    seen: usize,
    fed: usize,
    /// Distance of two pixels, and of two channels.
    strides: [usize; 2],
    /// Weights by input channel, row, column from the last one, and output channel of the group.
    weights: Vec<T>,
}

/// Positions one after the other that see a pixel with elements one before the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    /// The first position.
    position: usize,
    /// Its element, counted from the last one.
    element: usize,
    len: usize,
}

impl<T: Lane> Windowed<T> {
    /// A window that adds the elements of each channel.
    pub(crate) fn pool(window: &Window, ends: Ends) -> Self {
        let window = Window { groups: window.channels_in, ..window.clone() };
        let len = window.channels_out * window.kernel[0] * window.kernel[1];
        Self::new(&window, ends, &vec![T::from_i32(1); len])
    }

    /// A window with weights by output channel, input channel of the group, row and column.
    pub(crate) fn new(window: &Window, Ends { from, to }: Ends, weights: &[T]) -> Self {
        let [height, width] = window.input;
        let seen = window.channels_in / window.groups;
        let fed = window.channels_out / window.groups;
        let pixels = window.output[0] * window.output[1];
        let source = |place: usize| {
            let (channel, pixel) = (from.channel(place) / (height * width), from.channel(place));
            let pixel = pixel % (height * width);
            [channel as u32, (pixel / width) as u32, (pixel % width) as u32]
        };
        let [rows, columns] = window.kernel;
        let mut turned = Vec::with_capacity(window.channels_in * rows * columns * fed);
        for channel in 0..window.channels_in {
            for (i, j) in (0..rows).flat_map(|i| (0..columns).rev().map(move |j| (i, j))) {
                turned.extend((0..fed).map(|out| {
                    let kernel = (channel / seen * fed + out) * seen + channel % seen;
                    weights[(kernel * rows + i) * columns + j]
                }));
            }
        }
        Self {
            sources: (0..window.channels_in * height * width).map(source).collect(),
            reach: [0, 1].map(|axis| {
                (0..window.input[axis]).map(|at| stretches(window, axis, at)).collect()
            }),
            kernel: window.kernel,
            columns: window.output[1],
            seen,
            fed,
            strides: match to {
                Layout::Plain => [1, pixels],
                Layout::ByPixel { channels, .. } => [channels, 1],
            },
            weights: turned,
        }
    }

    #[inline(always)]
    pub(crate) fn add(&self, arrivals: impl Iterator<Item = (usize, T)>, sums: &mut [T]) {
        let [pixel, out] = self.strides;
        // Whether positions and channels of a stretch lie side by side.
        let is_plain = pixel == self.fed && (out == 1 || self.fed == 1);
        for (source, number) in arrivals {
            let [channel, y, x] = self.sources[source];
            let channel = channel as usize;
            let first = channel / self.seen * self.fed * out;
            for rows in &self.reach[0][y as usize] {
                for row in 0..rows.len {
                    let element = self.kernel[0] - 1 - (rows.element + row);
                    let line = (channel * self.kernel[0] + element) * self.kernel[1];
                    for stretch in &self.reach[1][x as usize] {
                        let at = (rows.position + row) * self.columns + stretch.position;
                        let weights = &self.weights[(line + stretch.element) * self.fed..]
                            [..stretch.len * self.fed];
                        if is_plain {
                            let sums = &mut sums[at * pixel + first..][..weights.len()];
                            for lane in 0..weights.len() {
                                sums[lane] = sums[lane].add(weights[lane].multiply(number));
                            }
                            continue;
                        }
                        for position in 0..stretch.len {
                            let place = (at + position) * pixel + first;
                            for fed in 0..self.fed {
                                let sum = &mut sums[place + fed * out];
                                let weight = weights[position * self.fed + fed];
                                *sum = sum.add(weight.multiply(number));
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The stretches of positions along an axis that see a pixel:
/// `position * stride + element * dilation = at + before`.
fn stretches(window: &Window, axis: usize, at: usize) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for element in 0..window.kernel[axis] {
        let k = window.kernel[axis] - 1 - element;
        let reach = (at + window.before[axis]).checked_sub(k * window.dilation[axis]);
        let Some(reach) = reach.filter(|reach| reach % window.stride[axis] == 0) else { continue };
        let position = reach / window.stride[axis];
        if position >= window.output[axis] {
            continue;
        }
        match found.last_mut() {
            Some(last)
                if [last.position + last.len, last.element + last.len] == [position, element] =>
            {
                last.len += 1;
            }
            _ => found.push(Stretch { position, element, len: 1 }),
        }
    }
    found
}
