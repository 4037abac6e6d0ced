//! What one core of this machine can do: the roofline that the engine is held against.
//!
//! `cargo bench -p nirkit-engine --bench machine` prints gigabytes and operations a second, the best of
//! several tries.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::inline_always,
    reason = "a benchmark has no users, and prints its result"
)]

use std::hint::black_box;
use std::time::Instant;

use pulp::{Arch, Simd, WithSimd};

/// Adds rows of weights to sums, as a matrix does for its events.
struct Add<'a> {
    sums: &'a mut [f32; 64],
    rows: &'a [[f32; 64]],
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut sums = *self.sums;
        for row in self.rows {
            for lane in 0..64 {
                sums[lane] += row[lane];
            }
        }
        *self.sums = sums;
    }
}

/// Multiplies and adds in registers, without fusing.
struct MultiplyAdd<'a> {
    sums: &'a mut [f32; 128],
    factor: f32,
    times: usize,
}

impl WithSimd for MultiplyAdd<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut sums = *self.sums;
        for _ in 0..self.times {
            for sum in &mut sums {
                *sum = *sum * self.factor + 1.0;
            }
        }
        *self.sums = sums;
    }
}

/// The best of some tries, in seconds.
fn best(mut run: impl FnMut()) -> f64 {
    let once = |_| {
        let begun = Instant::now();
        run();
        begun.elapsed().as_secs_f64()
    };
    (0..25).map(once).fold(f64::INFINITY, f64::min)
}

fn main() {
    let from = vec![1_u8; 256 << 20];
    let mut to = vec![0_u8; 256 << 20];
    let seconds = best(|| {
        to.copy_from_slice(&from);
        black_box(&to);
    });
    println!("copy, 256 MiB: {:.1} GB/s", from.len() as f64 / seconds / 1e9);
    for (name, bytes) in
        [("first-level cache, 16 KiB", 16 << 10), ("256 KiB", 256 << 10), ("8 MiB", 8 << 20)]
    {
        let rows = vec![[1e-3_f32; 64]; bytes / 256];
        let repeats = (64 << 20) / bytes;
        let mut sums = [0.0; 64];
        let seconds = best(|| {
            for _ in 0..repeats {
                Arch::new().dispatch(Add { sums: &mut sums, rows: black_box(&rows) });
            }
            black_box(&sums);
        });
        println!("add from {name}: {:.1} GB/s", (bytes * repeats) as f64 / seconds / 1e9);
    }
    let mut sums = [1.0; 128];
    let times = 100_000;
    let seconds = best(|| {
        let (sums, factor) = (&mut sums, black_box(0.5));
        Arch::new().dispatch(MultiplyAdd { sums, factor, times });
    });
    println!("multiply, then add: {:.1} GFLOP/s", (2 * 128 * times) as f64 / seconds / 1e9);
}
