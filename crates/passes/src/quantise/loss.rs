//! What quantisation loses.

/// What numbers lost when they became integers, in the units that they had.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// How many numbers there were.
    pub numbers: usize,
    /// The largest difference between a number and what its integer stands for.
    pub max_error: f64,
    /// The sum of the squares of the differences.
    pub squares: f64,
    /// Numbers other than 0 that became 0.
    pub zeroed: usize,
    /// Numbers that the grid ends before.
    pub saturated: usize,
    /// The largest distance of a number from 0.
    pub extent: f64,
}

impl Loss {
    /// The loss of numbers under one scale; numbers that the grid ends before are not counted here.
    #[must_use]
    pub fn of(numbers: &[f64], integers: &[i64], scale: f64) -> Self {
        let mut loss = Self::default();
        for (&number, &integer) in numbers.iter().zip(integers) {
            loss.add(number, integer, scale);
        }
        loss
    }

    /// Adds a number, the integer that it became, and the scale.
    pub fn add(&mut self, number: f64, integer: i64, scale: f64) {
        let error = (integer as f64 / scale - number).abs();
        self.numbers += 1;
        self.max_error = self.max_error.max(error);
        self.squares += error * error;
        self.zeroed += usize::from(integer == 0 && number != 0.0);
        self.extent = self.extent.max(number.abs());
    }

    /// Both losses in one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            numbers: self.numbers + other.numbers,
            max_error: self.max_error.max(other.max_error),
            squares: self.squares + other.squares,
            zeroed: self.zeroed + other.zeroed,
            saturated: self.saturated + other.saturated,
            extent: self.extent.max(other.extent),
        }
    }

    /// The root of the mean of the squares of the differences.
    #[must_use]
    pub fn rms_error(&self) -> f64 {
        (self.squares / self.numbers.max(1) as f64).sqrt()
    }
}
