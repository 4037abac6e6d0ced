//! Numbers in a stated format.

use std::fmt;

/// A number format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Single precision.
    F32,
    /// Double precision.
    F64,
    /// Integers of 64 bits; sums, differences and products wrap around, quotients are rounded towards zero.
    I64,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::F32, Self::F64, Self::I64];

    /// The name, as the text form has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::I64 => "i64",
        }
    }

    /// Whether numbers of the format are integers.
    #[must_use]
    pub fn is_integer(self) -> bool {
        self == Self::I64
    }

    /// The number of this format that is nearest to another; halves go to even. Integers are cut: see
    /// [`Number::convert`].
    #[must_use]
    pub fn round(self, value: f64) -> Number {
        Number::F64(value).convert(self)
    }
}

/// A number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Single precision.
    F32(f32),
    /// Double precision.
    F64(f64),
    /// An integer of 64 bits.
    I64(i64),
}

impl Number {
    /// The format of the number.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::F32(_) => Format::F32,
            Self::F64(_) => Format::F64,
            Self::I64(_) => Format::I64,
        }
    }

    /// 0 in a format.
    #[must_use]
    pub fn zero(format: Format) -> Self {
        match format {
            Format::F32 => Self::F32(0.0),
            Format::F64 => Self::F64(0.0),
            Format::I64 => Self::I64(0),
        }
    }

    /// The number as a double; an integer is rounded to the nearest one.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::F32(x) => f64::from(x),
            Self::F64(x) => x,
            Self::I64(x) => x as f64,
        }
    }

    /// Whether the number is 0 of either sign.
    #[must_use]
    pub fn is_zero(self) -> bool {
        match self {
            Self::F32(x) => x == 0.0,
            Self::F64(x) => x == 0.0,
            Self::I64(x) => x == 0,
        }
    }

    /// The number in another format: the nearest, halves to even. What becomes an integer is cut towards zero; what no
    /// integer of 64 bits can hold, NaN included, becomes the lowest one, as processors of x86-64 have it.
    #[must_use]
    pub fn convert(self, format: Format) -> Self {
        match (self, format) {
            (Self::I64(x), Format::F32) => Self::F32(x as f32),
            (x, Format::F32) => Self::F32(x.to_f64() as f32),
            (x, Format::F64) => Self::F64(x.to_f64()),
            (Self::I64(x), Format::I64) => Self::I64(x),
            (x, Format::I64) => {
                const END: f64 = 9_223_372_036_854_775_808.0;
                let x = x.to_f64();
                Self::I64(if (-END..END).contains(&x) { x as i64 } else { i64::MIN })
            }
        }
    }

    /// Whether two numbers have the same bits.
    #[must_use]
    pub fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::F32(a), Self::F32(b)) => a.to_bits() == b.to_bits(),
            (Self::F64(a), Self::F64(b)) => a.to_bits() == b.to_bits(),
            (Self::I64(a), Self::I64(b)) => a == b,
            _ => false,
        }
    }
}

/// Prints the shortest decimal that is read back as the same number.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F32(x) => write!(f, "{x:?}"),
            Self::F64(x) => write!(f, "{x:?}"),
            Self::I64(x) => write!(f, "{x}"),
        }
    }
}

/// Numbers of one format, side by side.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
    /// Integers of 64 bits.
    I64(Vec<i64>),
}

impl Numbers {
    /// So many times the same number.
    #[must_use]
    pub fn filled(number: Number, len: usize) -> Self {
        match number {
            Number::F32(x) => Self::F32(vec![x; len]),
            Number::F64(x) => Self::F64(vec![x; len]),
            Number::I64(x) => Self::I64(vec![x; len]),
        }
    }

    /// The format of the numbers.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::F32(_) => Format::F32,
            Self::F64(_) => Format::F64,
            Self::I64(_) => Format::I64,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F32(x) => x.len(),
            Self::F64(x) => x.len(),
            Self::I64(x) => x.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place.
    ///
    /// # Panics
    ///
    /// Panics if there are not as many.
    #[must_use]
    pub fn get(&self, at: usize) -> Number {
        match self {
            Self::F32(x) => Number::F32(x[at]),
            Self::F64(x) => Number::F64(x[at]),
            Self::I64(x) => Number::I64(x[at]),
        }
    }

    /// Puts a number at a place, in the format of the others.
    ///
    /// # Panics
    ///
    /// Panics if there are not as many.
    pub fn set(&mut self, at: usize, number: Number) {
        match (self, number) {
            (Self::F32(x), Number::F32(number)) => x[at] = number,
            (Self::F64(x), Number::F64(number)) => x[at] = number,
            (Self::I64(x), Number::I64(number)) => x[at] = number,
            (numbers, number) => {
                let number = number.convert(numbers.format());
                numbers.set(at, number);
            }
        }
    }

    /// All numbers.
    pub fn iter(&self) -> impl Iterator<Item = Number> + '_ {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The number that all of them are, to the bit; `None` if they differ, or there is none.
    #[must_use]
    pub fn uniform(&self) -> Option<Number> {
        let first = (!self.is_empty()).then(|| self.get(0))?;
        self.iter().all(|number| number.is_same(first)).then_some(first)
    }

    /// The numbers as doubles.
    #[must_use]
    pub fn to_f64(&self) -> Vec<f64> {
        self.iter().map(Number::to_f64).collect()
    }
}

impl FromIterator<f32> for Numbers {
    fn from_iter<I: IntoIterator<Item = f32>>(numbers: I) -> Self {
        Self::F32(numbers.into_iter().collect())
    }
}

impl FromIterator<f64> for Numbers {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        Self::F64(numbers.into_iter().collect())
    }
}
