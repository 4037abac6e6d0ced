//! Number formats in which buffers are stored, and their arithmetic: that of the interpreter, or of integers that 32 bits hold.

#![allow(
    trivial_numeric_casts,
    clippy::cast_lossless,
    reason = "one implementation for several types"
)]

use nirkit_step::{Format, Number, Numbers};

/// The format in which numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Stored {
    F32,
    F64,
    I64,
    /// Integers of a step program that 32 bits hold.
    I32,
}

impl Stored {
    pub(super) fn of(format: Format) -> Self {
        match format {
            Format::F32 => Self::F32,
            Format::F64 => Self::F64,
            Format::I64 => Self::I64,
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::I64 | Self::I32)
    }

    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F32 | Self::I32 => 4,
            Self::F64 | Self::I64 => 8,
        }
    }
}

/// Numbers of one stored format.
#[derive(Clone, Debug)]
pub(crate) enum List {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I64(Vec<i64>),
    I32(Vec<i32>),
}

impl Default for List {
    fn default() -> Self {
        Self::I32(Vec::new())
    }
}

/// Evaluates an expression for the list in whichever format it is.
macro_rules! each_list {
    ($list:expr, $of:ident => $value:expr) => {
        match $list {
            List::F32($of) => $value,
            List::F64($of) => $value,
            List::I64($of) => $value,
            List::I32($of) => $value,
        }
    };
}
pub(super) use each_list;

/// Evaluates an expression for the type of a stored format.
macro_rules! each_stored {
    ($stored:expr, $type:ident => $value:expr) => {
        match $stored {
            Stored::F32 => {
                type $type = f32;
                $value
            }
            Stored::F64 => {
                type $type = f64;
                $value
            }
            Stored::I64 => {
                type $type = i64;
                $value
            }
            Stored::I32 => {
                type $type = i32;
                $value
            }
        }
    };
}
pub(super) use each_stored;

impl List {
    /// So many zeros.
    pub(super) fn zeros(stored: Stored, len: usize) -> Self {
        each_stored!(stored, T => T::list(vec![T::default(); len]))
    }

    /// Numbers in a stored format, which has to hold them.
    pub(super) fn new(numbers: &Numbers, stored: Stored) -> Self {
        match (numbers, stored) {
            (Numbers::I64(numbers), Stored::I32) => {
                Self::I32(numbers.iter().map(|&x| x as i32).collect())
            }
            (Numbers::F32(numbers), _) => Self::F32(numbers.clone()),
            (Numbers::F64(numbers), _) => Self::F64(numbers.clone()),
            (Numbers::I64(numbers), _) => Self::I64(numbers.clone()),
        }
    }

    pub(super) fn stored(&self) -> Stored {
        match self {
            Self::F32(_) => Stored::F32,
            Self::F64(_) => Stored::F64,
            Self::I64(_) => Stored::I64,
            Self::I32(_) => Stored::I32,
        }
    }

    /// The same numbers in another order, padded with zeros.
    pub(super) fn arranged(&self, len: usize, place: impl Fn(usize) -> usize) -> Self {
        fn arrange<T: Lane>(list: &[T], len: usize, place: impl Fn(usize) -> usize) -> List {
            let mut arranged = vec![T::default(); len];
            for (at, &number) in list.iter().enumerate() {
                arranged[place(at)] = number;
            }
            T::list(arranged)
        }
        each_list!(self, list => arrange(list, len, place))
    }
}

/// A number of a stored format.
pub(crate) trait Lane: Copy + Default + PartialOrd + Send + Sync + 'static {
    const STORED: Stored;

    fn list(list: Vec<Self>) -> List;
    /// The numbers of a list; none if they have another format.
    fn of(list: &List) -> &[Self];
    fn of_mut(list: &mut List) -> &mut [Self];
    fn from_number(number: Number) -> Self;
    fn from_f64(number: f64) -> Self;
    fn from_i64(number: i64) -> Self;
    fn from_i32(number: i32) -> Self;
    /// The number in another format, as [`Number::convert`] has it.
    fn convert<B: Lane>(self) -> B;
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    fn divide(self, other: Self) -> Self;
    fn modulo(self, other: Self) -> Self;
    fn shift_right(self, other: Self) -> Self;
    fn least(self, other: Self) -> Self;
    fn most(self, other: Self) -> Self;
    /// The remainder of a division by a power of two, rounded down; `other` has the bits that remain.
    fn masked(self, other: Self) -> Self;
    /// The quotient by a power of two, towards zero; `other` is the exponent.
    fn halved(self, other: Self) -> Self;
    fn floor(self) -> Self;
    fn truncate(self) -> Self;

    #[inline(always)]
    fn is_zero(self) -> bool {
        self == Self::default()
    }
}

/// How numbers of a format are kept in a list.
macro_rules! stored {
    ($list:ident) => {
        const STORED: Stored = Stored::$list;

        fn list(list: Vec<Self>) -> List {
            List::$list(list)
        }

        #[inline(always)]
        fn of(list: &List) -> &[Self] {
            if let List::$list(list) = list { list } else { &[] }
        }

        #[inline(always)]
        fn of_mut(list: &mut List) -> &mut [Self] {
            if let List::$list(list) = list { list } else { &mut [] }
        }
    };
}

macro_rules! float {
    ($type:ident, $list:ident) => {
        impl Lane for $type {
            stored!($list);

            fn from_number(number: Number) -> Self {
                number.to_f64() as Self
            }

            #[inline(always)]
            fn from_f64(number: f64) -> Self {
                number as Self
            }

            #[inline(always)]
            fn from_i64(number: i64) -> Self {
                number as Self
            }

            #[inline(always)]
            fn from_i32(number: i32) -> Self {
                number as Self
            }

            #[inline(always)]
            fn convert<B: Lane>(self) -> B {
                B::from_f64(self.into())
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }

            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                self - other
            }

            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                self * other
            }

            #[inline(always)]
            fn divide(self, other: Self) -> Self {
                self / other
            }

            #[inline(always)]
            fn modulo(self, other: Self) -> Self {
                self % other
            }

            #[inline(always)]
            fn shift_right(self, _: Self) -> Self {
                0.0
            }

            #[inline(always)]
            fn least(self, other: Self) -> Self {
                if other < self || self.is_nan() { other } else { self }
            }

            #[inline(always)]
            fn most(self, other: Self) -> Self {
                if other > self || self.is_nan() { other } else { self }
            }

            #[inline(always)]
            fn masked(self, other: Self) -> Self {
                self % other
            }

            #[inline(always)]
            fn halved(self, other: Self) -> Self {
                self / other
            }

            #[inline(always)]
            fn floor(self) -> Self {
                $type::floor(self)
            }

            #[inline(always)]
            fn truncate(self) -> Self {
                $type::trunc(self)
            }
        }
    };
}

macro_rules! integer {
    ($type:ident, $list:ident, $divide:expr, $convert:path) => {
        impl Lane for $type {
            stored!($list);

            fn from_number(number: Number) -> Self {
                if let Number::I64(number) = number { number as Self } else { 0 }
            }

            /// Cuts towards zero; what no integer of 64 bits holds becomes the lowest one.
            #[inline(always)]
            fn from_f64(number: f64) -> Self {
                const END: f64 = 9_223_372_036_854_775_808.0;
                let fits = (-END..END).contains(&number);
                (if fits { number as i64 } else { i64::MIN }) as Self
            }

            #[inline(always)]
            fn from_i64(number: i64) -> Self {
                number as Self
            }

            #[inline(always)]
            fn from_i32(number: i32) -> Self {
                number.into()
            }

            #[inline(always)]
            fn convert<B: Lane>(self) -> B {
                $convert(self)
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn divide(self, other: Self) -> Self {
                $divide(self, other)
            }

            #[inline(always)]
            fn modulo(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_rem_euclid(other) }
            }

            #[inline(always)]
            fn shift_right(self, other: Self) -> Self {
                self >> other.clamp(0, Self::BITS as Self - 1)
            }

            #[inline(always)]
            fn least(self, other: Self) -> Self {
                self.min(other)
            }

            #[inline(always)]
            fn most(self, other: Self) -> Self {
                self.max(other)
            }

            #[inline(always)]
            fn masked(self, other: Self) -> Self {
                self & other
            }

            #[inline(always)]
            fn halved(self, other: Self) -> Self {
                let exponent = other & (Self::BITS as Self - 1);
                let negative = self >> (Self::BITS - 1);
                self.wrapping_add(negative & ((1 << exponent) - 1)) >> exponent
            }

            #[inline(always)]
            fn floor(self) -> Self {
                self
            }

            #[inline(always)]
            fn truncate(self) -> Self {
                self
            }
        }
    };
}

/// A quotient of integers of 32 bits, cut towards zero: doubles hold both, and no quotient is rounded across a whole number.
#[inline(always)]
fn quotient(a: i32, b: i32) -> i32 {
    if b == 0 { 0 } else { (f64::from(a) / f64::from(b)) as i32 }
}

float!(f32, F32);
float!(f64, F64);
integer!(i64, I64, |a: i64, b: i64| if b == 0 { 0 } else { a.wrapping_div(b) }, B::from_i64);
integer!(i32, I32, quotient, B::from_i32);
