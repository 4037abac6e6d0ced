//! Kernel patches: what an event adds to the pixels that see it, as one rectangle of them and of the kernel.
//!
//! Where targets that see a source stand next to each other, and so do the elements of the kernel
//! through which they do, an event is a copy of a part of the kernel, pressed onto the sums. Few shapes
//! of such parts are common, and these are compiled by themselves.

use super::super::real::Real;
use super::runs::Runs;

/// The part of the kernel that an event brings, and where it goes.
#[derive(Clone, Copy, Debug)]
struct KernelPatch {
    /// First target, a pixel of a channel.
    to: u32,
    /// First element of the kernel of a channel.
    from: u32,
    rows: u16,
    columns: u16,
}

/// A kernel patch for each pixel of a source's channel.
#[derive(Clone, Debug)]
pub(super) struct KernelPatches {
    list: Vec<KernelPatch>,
    /// Pixels of a row of targets.
    pitch: usize,
    /// Rows and columns of the kernel.
    kernel: [usize; 2],
}

impl KernelPatches {
    /// The patches of all pixels; `None` where targets of one of them do not stand together.
    pub(super) fn new(
        runs: &[Runs; 2],
        input: [usize; 2],
        pitch: usize,
        kernel: [usize; 2],
    ) -> Option<Self> {
        let mut list = Vec::with_capacity(input[0] * input[1]);
        for y in 0..input[0] {
            for x in 0..input[1] {
                let kernel_patch = match (runs[0].at(y), runs[1].at(x)) {
                    ([rows], [columns]) => KernelPatch {
                        to: u32::from(rows.to) * pitch as u32 + u32::from(columns.to),
                        from: u32::from(rows.from) * kernel[1] as u32 + u32::from(columns.from),
                        rows: rows.len,
                        columns: columns.len,
                    },
                    ([], _) | (_, []) => KernelPatch { to: 0, from: 0, rows: 0, columns: 0 },
                    _ => return None,
                };
                list.push(kernel_patch);
            }
        }
        Some(Self { list, pitch, kernel })
    }

    /// Adds an event of a source to the sums of all pixels, `L` channels side by side.
    #[inline(always)]
    pub(super) fn scatter_add<T: Real, const L: usize>(
        &self,
        source: u32,
        height: impl Height<T>,
        weights: &[[T; L]],
        sums: &mut [[T; L]],
    ) {
        let pixels = self.list.len() as u32;
        let (channel, pixel) = (source / pixels, source % pixels);
        let KernelPatch { to, from, rows, columns } = self.list[pixel as usize];
        let from = channel as usize * self.kernel[0] * self.kernel[1] + from as usize;
        let (weights, sums) = (&weights[from..], &mut sums[to as usize..]);
        let part = Part { weights, width: self.kernel[1], sums, pitch: self.pitch, height };
        match (rows, columns) {
            (3, 3) => part.scatter_add::<3, 3>(),
            (2, 3) => part.scatter_add::<2, 3>(),
            (3, 2) => part.scatter_add::<3, 2>(),
            (2, 2) => part.scatter_add::<2, 2>(),
            (1, 1) => part.scatter_add::<1, 1>(),
            _ => part.press_any(rows.into(), columns.into()),
        }
    }
}

/// The height of an event.
pub(super) trait Height<T>: Copy {
    /// A sum with a weight times the height added to it.
    fn add(self, sum: T, weight: T) -> T;
}

/// The height of most events, by which nothing has to be multiplied.
#[derive(Clone, Copy, Debug)]
pub(super) struct One;

impl<T: Real> Height<T> for One {
    #[inline(always)]
    fn add(self, sum: T, weight: T) -> T {
        sum + weight
    }
}

impl<T: Real> Height<T> for T {
    #[inline(always)]
    fn add(self, sum: T, weight: T) -> T {
        sum + weight * self
    }
}

/// A part of the kernel and the sums that it is added to, both from their first element on.
struct Part<'a, T, H, const L: usize> {
    weights: &'a [[T; L]],
    /// Elements from row to row of the kernel.
    width: usize,
    sums: &'a mut [[T; L]],
    /// Pixels from row to row of the sums.
    pitch: usize,
    height: H,
}

impl<T: Real, H: Height<T>, const L: usize> Part<'_, T, H, L> {
    /// Adds so many rows and columns.
    #[inline(always)]
    fn scatter_add<const R: usize, const C: usize>(self) {
        for row in 0..R {
            let weights = self.weights[row * self.width..].first_chunk::<C>();
            let sums = self.sums[row * self.pitch..].first_chunk_mut::<C>();
            if let (Some(weights), Some(sums)) = (weights, sums) {
                for column in 0..C {
                    sums[column] = add(self.height, sums[column], weights[column]);
                }
            }
        }
    }

    #[inline(always)]
    fn press_any(self, rows: usize, columns: usize) {
        for row in 0..rows {
            let weights = &self.weights[row * self.width..][..columns];
            let sums = &mut self.sums[row * self.pitch..][..columns];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = add(self.height, *sum, *weight);
            }
        }
    }
}

/// By copies, so that nothing stands between the lanes.
#[inline(always)]
fn add<T: Real, const L: usize>(height: impl Height<T>, mut sum: [T; L], weight: [T; L]) -> [T; L] {
    for lane in 0..L {
        sum[lane] = height.add(sum[lane], weight[lane]);
    }
    sum
}
