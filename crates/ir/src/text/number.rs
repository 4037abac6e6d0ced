//! How single elements of a tensor are written and read: truth values, whole numbers, complex pairs.
//!
//! Real numbers have a file of their own, [`super::float`].

use std::fmt::{Display, Write as _};

use nirkit_numerics::Element;

use super::float::Real;

/// Why a word is no element of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberFault {
    /// What is wrong.
    pub(super) message: String,
    /// What to write instead.
    pub(super) help: Option<String>,
}

impl NumberFault {
    /// The word is no number of this type at all.
    pub(super) fn syntax(word: &str, dtype: &str, help: &str) -> Self {
        let message = format!("`{}` is no {dtype}", super::name::excerpt(word));
        Self { message, help: Some(help.to_owned()) }
    }

    /// The word is a number that the type cannot hold.
    pub(super) fn range(word: &str, dtype: &str, help: String) -> Self {
        let message = format!("`{}` does not fit {dtype}", super::name::excerpt(word));
        Self { message, help: Some(help) }
    }
}

/// An element type with a text form that keeps every bit.
pub(super) trait Literal: Element + Default {
    /// Appends the element.
    fn write(self, out: &mut String);
    /// The element that a word stands for.
    fn read(word: &str) -> Result<Self, NumberFault>;
    /// Whether two elements are the same to the last bit.
    fn same(self, other: Self) -> bool;
}

/// Runs code with `$T` standing for the Rust type of an element type.
macro_rules! with_element {
    ($dtype:expr, $T:ident => $body:expr) => {
        with_element!(@ $dtype, $T, $body,
            Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64,
            F16 half::f16, F32 f32, F64 f64, C64 [f32; 2], C128 [f64; 2])
    };
    (@ $dtype:expr, $T:ident, $body:expr, $($variant:ident $type:ty),*) => {
        match $dtype {
            $(nirkit_numerics::DType::$variant => { type $T = $type; $body })*
        }
    };
}
pub(super) use with_element;

impl Literal for bool {
    fn write(self, out: &mut String) {
        out.push_str(if self { "true" } else { "false" });
    }

    fn read(word: &str) -> Result<Self, NumberFault> {
        match word {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(NumberFault::syntax(word, "bool", "write `true` or `false`")),
        }
    }

    fn same(self, other: Self) -> bool {
        self == other
    }
}

macro_rules! whole_numbers {
    ($($type:ident),*) => {$(
        impl Literal for $type {
            fn write(self, out: &mut String) {
                // Writing to a string cannot fail.
                let _ = write!(out, "{self}");
            }

            fn read(word: &str) -> Result<Self, NumberFault> {
                word.parse().map_err(|_| whole_fault(word, stringify!($type), &Self::MIN, &Self::MAX))
            }

            fn same(self, other: Self) -> bool {
                self == other
            }
        }
    )*};
}
whole_numbers!(i8, i16, i32, i64, u8, u16, u32, u64);

fn whole_fault(word: &str, dtype: &str, low: &dyn Display, high: &dyn Display) -> NumberFault {
    let digits = word.trim_start_matches(['+', '-']);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let help = format!("it holds {low} to {high}");
        return NumberFault::range(word, dtype, help);
    }
    NumberFault::syntax(word, dtype, "write a whole number in decimal digits, such as `12`")
}

macro_rules! complex_numbers {
    ($($real:ty, $name:literal);*) => {$(
        impl Literal for [$real; 2] {
            fn write(self, out: &mut String) {
                let [real, imaginary] = self;
                real.write_real(out);
                let sign = out.len();
                imaginary.write_real(out);
                if !out[sign..].starts_with('-') {
                    out.insert(sign, '+');
                }
                out.push('i');
            }

            fn read(word: &str) -> Result<Self, NumberFault> {
                let help = "write real and imaginary part, such as `1.5-2i`";
                let split = split_complex(word, size_of::<$real>() * 2);
                let (real, imaginary) =
                    split.ok_or_else(|| NumberFault::syntax(word, $name, help))?;
                Ok([<$real>::read_real(real)?, <$real>::read_real(imaginary)?])
            }

            fn same(self, other: Self) -> bool {
                self[0].same(other[0]) && self[1].same(other[1])
            }
        }
    )*};
}
complex_numbers!(f32, "c64"; f64, "c128");

/// Cuts `a+bi` before the sign of the imaginary part, which is neither the first character, nor the
/// sign of an exponent. The bits of a NaN (`nan_7fc0000e`) may end in a digit `e` and are skipped;
/// there are `digits` of them.
fn split_complex(word: &str, digits: usize) -> Option<(&str, &str)> {
    let body = word.strip_suffix('i')?;
    let bytes = body.as_bytes();
    let from = if body.starts_with("nan_") { 4 + digits } else { 1 };
    let sign = (from..bytes.len()).find(|&index| {
        matches!(bytes[index], b'+' | b'-')
            && (index == from || !matches!(bytes[index - 1], b'e' | b'E'))
    })?;
    Some((body.get(..sign)?, body.get(sign..)?.trim_start_matches('+')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<T: Literal>(value: T) -> String {
        let mut out = String::new();
        value.write(&mut out);
        out
    }

    #[test]
    fn whole_numbers_keep_their_ends() {
        assert_eq!(text(i64::MIN), "-9223372036854775808");
        assert_eq!(i64::read("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(u64::read("18446744073709551615"), Ok(u64::MAX));
    }

    #[test]
    fn a_number_outside_of_its_type_is_told_the_ends() {
        let fault = u8::read("300").unwrap_err();
        assert_eq!(fault.message, "`300` does not fit u8");
        assert_eq!(fault.help.as_deref(), Some("it holds 0 to 255"));
        assert_eq!(u8::read("1.5").unwrap_err().message, "`1.5` is no u8");
        assert!(i8::read("").is_err() && i8::read("-").is_err() && i8::read("１").is_err());
    }

    #[test]
    fn truth_values_are_words() {
        assert_eq!((text(true), text(false)), ("true".into(), "false".into()));
        assert!(bool::read("1").is_err());
    }

    #[test]
    fn complex_numbers_of_every_sign_read_back() {
        let numbers = [0.0, -0.0, 1.5, -1e-30, 2e20, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        let odd = [f64::from_bits(0x7ff8_0000_0000_000e), f64::from_bits(0xfff0_0000_0000_00ee)];
        let numbers: Vec<f64> = numbers.into_iter().chain(odd).collect();
        for pair in numbers.iter().flat_map(|&a| numbers.iter().map(move |&b| [a, b])) {
            let written = text(pair);
            assert!(<[f64; 2]>::read(&written).unwrap().same(pair), "{written}");
        }
        assert_eq!(text([1.5_f32, -2.0]), "1.5-2i");
        assert_eq!(text([0.0_f32, f32::INFINITY]), "0+infi");
    }

    #[test]
    fn half_a_complex_number_is_refused() {
        for word in ["1", "i", "1+2", "+i", "1e5", "1e+5i", "nan_i", "nan_7fc00000", "1+2+3i"] {
            assert!(<[f32; 2]>::read(word).is_err(), "{word}");
        }
    }
}
