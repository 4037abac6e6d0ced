//! The sums of all pixels for one row of a pass, by its events or by the picture that they draw.

use pulp::{Simd, WithSimd};

use super::super::kernel_patch::One;
use super::Grid;
use crate::clocked::real::Real;
use crate::clocked::simd::CHUNK;
use crate::clocked::time_block::Events;

/// Pixels that share one walk over the kernel.
const TOGETHER: usize = 4;

/// The sums of one row of a pass.
pub(super) struct RowSums<'a, T> {
    pub(super) grid: &'a Grid<T>,
    pub(super) events: &'a Events<T>,
    /// Number of the row in the list of events.
    pub(super) number: usize,
    pub(super) sums: &'a mut [T],
    pub(super) picture: &'a mut [T],
    pub(super) by_pixels: bool,
}

/// Adds the sums of a row, `L` channels side by side.
pub(super) struct Lanes<'w, 'a, T, const L: usize>(pub(super) &'w mut RowSums<'a, T>);

impl<T: Real, const L: usize> WithSimd for Lanes<'_, '_, T, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let row_sums = self.0;
        if row_sums.by_pixels {
            row_sums.draw();
            row_sums.add_pixels::<{ CHUNK }>();
        } else if row_sums.grid.lanes == L {
            row_sums.add_events::<L>();
        } else {
            row_sums.add_wide_events();
        }
    }
}

impl<T: Real> RowSums<'_, T> {
    /// Adds the events to the sums of the pixels that see them, `L` channels side by side.
    #[inline(always)]
    fn add_events<const L: usize>(&mut self) {
        self.sums.fill(T::ZERO);
        let (weights, _) = self.grid.weights.as_chunks::<L>();
        let (sums, _) = self.sums.as_chunks_mut::<L>();
        let (places, numbers) = (self.events.places(self.number), self.events.numbers(self.number));
        let Some(patches) = &self.grid.patches else {
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
                patches.scatter_add(source, One, weights, sums);
            }
        } else {
            for (event, &source) in places.iter().enumerate() {
                patches.scatter_add(source, numbers.at(event), weights, sums);
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
