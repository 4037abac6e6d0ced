//! Bytes as the source of all choices, and numbers that look random.

use nirkit_numerics::Tensor;

/// Bytes that are taken one by one; zeros when none are left.
#[derive(Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// A whole number below an end, which is at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.next()) % end
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    /// True once in so many times, more or less.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// Numbers from a seed out of a byte.
    pub(super) fn numbers(&mut self) -> Numbers {
        Numbers(u64::from(self.next()))
    }

    /// Weights, of which some share is not 0.
    pub(super) fn weights(&mut self, shape: &[usize]) -> Tensor {
        let share = self.pick(&[1.0, 0.5, 0.1, 0.02]);
        let (mean, mut numbers) = (self.pick(&[0.3, 0.5, 0.0]), self.numbers());
        let mut weight = || if numbers.draw() < share { numbers.draw() - mean } else { 0.0 };
        tensor(shape, (0..shape.iter().product()).map(|_| weight()).collect())
    }

    /// A parameter of neurons: mostly the same for all, else different by up to a quarter.
    pub(super) fn parameter(&mut self, shape: &[usize], number: f32) -> Tensor {
        let neurons = shape.iter().product();
        if self.once_in(4) {
            let mut rest = self.numbers();
            return tensor(
                shape,
                (0..neurons).map(|_| number * (1.0 - rest.draw() / 4.0)).collect(),
            );
        }
        tensor(shape, vec![number; neurons])
    }
}

/// Numbers from 0 to 1 that look random, the same from the same seed.
#[derive(Debug)]
pub struct Numbers(pub u64);

impl Numbers {
    /// The next number.
    pub fn draw(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// A whole number below an end.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() * end as f32) as usize
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// A tensor of single precision.
pub(super) fn tensor(shape: &[usize], values: Vec<f32>) -> Tensor {
    Tensor::new(shape, values).expect("a number for each place")
}
