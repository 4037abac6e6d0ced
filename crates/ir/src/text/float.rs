//! How real numbers are written and read: the shortest decimal that reads back the same bits.
//!
//! | number | text |
//! |---|---|
//! | finite | `0.01`, `-1`, `1.5e-9`; `-0` keeps its sign |
//! | infinite | `inf`, `-inf` |
//! | the usual NaN, quiet and without payload | `nan`, `-nan` |
//! | any other NaN | `nan_` and all its bits in hexadecimal digits: `nan_7f800001` |

use std::fmt::Write as _;

use half::f16;

use super::number::{Literal, NumberFault};

/// A real element type.
pub(super) trait Real: Literal {
    /// Appends the number.
    fn write_real(self, out: &mut String);
    /// The number that a word stands for.
    fn read_real(word: &str) -> Result<Self, NumberFault>;
}

/// What a word says that is not made of digits alone.
enum Special<'a> {
    Infinite {
        negative: bool,
    },
    Nan {
        negative: bool,
    },
    /// All bits of a number, in hexadecimal digits.
    Bits(&'a str),
}

/// Reads `inf`, `nan` and `nan_...` with this many hexadecimal digits; `None` for anything else.
fn special(word: &str, digits: usize) -> Option<Special<'_>> {
    let (negative, body) = match word.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    match body {
        "inf" => Some(Special::Infinite { negative }),
        "nan" => Some(Special::Nan { negative }),
        _ => {
            let bits = word.strip_prefix("nan_").filter(|bits| bits.len() == digits)?;
            let plain = bits.bytes().all(|byte| byte.is_ascii_hexdigit());
            plain.then_some(Special::Bits(bits))
        }
    }
}

/// Whether a word is a decimal number and no name that Rust would also read, such as `infinity`.
fn is_decimal(word: &str) -> bool {
    let body = word.strip_prefix(['+', '-']).unwrap_or(word);
    body.starts_with(|first: char| first.is_ascii_digit() || first == '.')
}

macro_rules! real_numbers {
    ($($type:ident, $bits:ident, $canonical:literal, $write:expr, $read:expr);* $(;)?) => {$(
        impl Literal for $type {
            fn write(self, out: &mut String) {
                self.write_real(out);
            }

            fn read(word: &str) -> Result<Self, NumberFault> {
                Self::read_real(word)
            }

            fn same(self, other: Self) -> bool {
                self.to_bits() == other.to_bits()
            }
        }

        impl Real for $type {
            fn write_real(self, out: &mut String) {
                const SIGN: $bits = 1 << ($bits::BITS - 1);
                let bits = self.to_bits();
                if !self.is_nan() {
                    $write(self, out);
                } else if bits & !SIGN == $canonical {
                    out.push_str(if bits & SIGN == 0 { "nan" } else { "-nan" });
                } else {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "nan_{bits:0width$x}", width = $bits::BITS as usize / 4);
                }
            }

            fn read_real(word: &str) -> Result<Self, NumberFault> {
                const SIGN: $bits = 1 << ($bits::BITS - 1);
                let value = match special(word, $bits::BITS as usize / 4) {
                    Some(Special::Infinite { negative: false }) => return Ok(Self::INFINITY),
                    Some(Special::Infinite { negative: true }) => return Ok(Self::NEG_INFINITY),
                    Some(Special::Nan { negative }) => {
                        let sign = if negative { SIGN } else { 0 };
                        return Ok(Self::from_bits($canonical | sign));
                    }
                    Some(Special::Bits(digits)) => {
                        $bits::from_str_radix(digits, 16).ok().map(Self::from_bits)
                    }
                    None if is_decimal(word) => $read(word),
                    None => None,
                };
                match value {
                    Some(value) if value.is_infinite() => Err(too_large(word, stringify!($type))),
                    Some(value) if word.starts_with("nan_") != value.is_nan() => {
                        Err(NumberFault::syntax(word, stringify!($type), "these bits are no NaN"))
                    }
                    Some(value) => Ok(value),
                    None => Err(no_number(word, stringify!($type))),
                }
            }
        }
    )*};
}

real_numbers! {
    f16, u16, 0x7e00, write_f16, read_f16;
    f32, u32, 0x7fc0_0000, write_f32, |word: &str| word.parse().ok();
    f64, u64, 0x7ff8_0000_0000_0000, write_f64, |word: &str| word.parse().ok();
}

fn too_large(word: &str, dtype: &str) -> NumberFault {
    NumberFault::range(word, dtype, "write `inf` if infinity is meant".to_owned())
}

fn no_number(word: &str, dtype: &str) -> NumberFault {
    NumberFault::syntax(word, dtype, "write a number such as `0.5`, `-1`, `2e-3`, `inf` or `nan`")
}

/// Magnitudes from here on are written with an exponent: they would be mostly zeros.
const LARGE: f64 = 1e7;
/// Magnitudes below this, other than zero, are written with an exponent.
const SMALL: f64 = 1e-4;

fn is_plain(magnitude: f64) -> bool {
    magnitude == 0.0 || (SMALL..LARGE).contains(&magnitude) || magnitude == f64::INFINITY
}

// The standard library writes the shortest digits that read back the same bits, in both notations;
// writing to a string cannot fail.
fn write_f32(value: f32, out: &mut String) {
    let plain = is_plain(f64::from(value).abs());
    let _ = if plain { write!(out, "{value}") } else { write!(out, "{value:e}") };
}

fn write_f64(value: f64, out: &mut String) {
    let plain = is_plain(value.abs());
    let _ = if plain { write!(out, "{value}") } else { write!(out, "{value:e}") };
}

/// Powers of ten for as many decimal places as a half-precision number can need.
const TENS: [f64; 13] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
/// Half-precision numbers have at most five digits before the point.
const F16_WHOLE: usize = 5;

/// Half precision is not known to the standard library: decimal places are added, from those far
/// before the point on, until the number reads back.
fn write_f16(value: f16, out: &mut String) {
    let positive = f16::from_bits(value.to_bits() & 0x7fff);
    let magnitude = f64::from(positive);
    let larger = TENS.iter().take(F16_WHOLE).rev().map(|ten| (magnitude / ten, 1.0, *ten));
    let smaller = TENS.iter().map(|ten| (magnitude * ten, *ten, 1.0));
    let shortest = larger.chain(smaller).find_map(|(scaled, divisor, factor)| {
        // At a power of two the numbers below lie denser: the decimal nearest to the value may
        // belong to its lower neighbour while the next one up still belongs to the value.
        let near = scaled.round();
        // Both are exact or rounded once, so this is the number that the decimal reads as.
        let decimals = [near, near + 1.0].map(|whole| whole / divisor * factor);
        decimals.into_iter().find(|&decimal| round_f16(decimal).same(positive))
    });
    write_f64(shortest.unwrap_or(magnitude).copysign(f64::from(value)), out);
}

fn read_f16(word: &str) -> Option<f16> {
    word.parse().ok().map(round_f16)
}

/// The nearest half-precision number, ties to even, with the same bits on every machine.
///
/// `f16::from_f64` may round twice on machines with an instruction for it, and the portable code
/// drops the lower half of the mantissa. Marking that half in the bit above keeps ties from looking
/// like ties when they are not.
fn round_f16(value: f64) -> f16 {
    let bits = value.to_bits();
    let sticky = u64::from(bits & 0xffff_ffff != 0) << 32;
    f16::from_f64_const(f64::from_bits(bits | sticky))
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
    fn decimals_are_short_and_plain() {
        let written: Vec<String> =
            [0.01, -1.0, -0.0, 1e-4, 9e-5, 9_999_999.0, 1e7, 0.1 + 0.2].map(text::<f64>).into();
        assert_eq!(
            written,
            ["0.01", "-1", "-0", "0.0001", "9e-5", "9999999", "1e7", "0.30000000000000004"]
        );
        assert_eq!(text(0.1_f32), "0.1");
        assert_eq!(text(f32::from_bits(1)), "1e-45");
        assert_eq!(text(f32::MAX), "3.4028235e38");
    }

    #[test]
    fn every_half_precision_number_reads_back() {
        // Under miri, which takes minutes for all of them, one in 509.
        for bits in (0..=u16::MAX).step_by(if cfg!(miri) { 509 } else { 1 }) {
            let written = text(f16::from_bits(bits));
            assert_eq!(f16::read(&written).map(f16::to_bits), Ok(bits), "{written}");
        }
    }

    #[test]
    fn half_precision_numbers_are_as_short_as_numpy_writes_them() {
        // numpy.format_float_scientific(numpy.uint16(bits).view(numpy.float16))
        let numpy = [
            (0x0001, "6e-8"),
            (0x0002, "1e-7"),
            (0x03ff, "6.1e-5"),
            (0x0400, "6.104e-5"),
            (0x2e66, "0.1"),
            (0x3555, "0.3333"),
            (0x7bff, "65500"),
            (0xbc00, "-1"),
            (0xc248, "-3.14"),
        ];
        for (bits, expected) in numpy {
            assert_eq!(text(f16::from_bits(bits)), expected);
        }
    }

    #[test]
    fn a_decimal_just_off_the_middle_of_two_halves_goes_to_the_nearer() {
        // 1 + 2^-11 is the middle of 1 and 1 + 2^-10; ties go to even, which is 1.
        assert_eq!(f16::read("1.00048828125"), Ok(f16::from_bits(0x3c00)));
        assert_eq!(f16::read("1.000488281250001"), Ok(f16::from_bits(0x3c01)));
        assert_eq!(f16::read("1.000488281249999"), Ok(f16::from_bits(0x3c00)));
        // 65520 is the middle of the largest number and what would be 2^16.
        assert_eq!(f16::read("65519.99999"), Ok(f16::MAX));
        assert_eq!(f16::read("65520").unwrap_err().message, "`65520` does not fit f16");
    }

    #[test]
    fn bits_of_a_nan_are_kept() {
        for (bits, expected) in
            [(0x7fc0_0000, "nan"), (0xffc0_0000, "-nan"), (0x7f80_0001, "nan_7f800001")]
        {
            assert_eq!(text(f32::from_bits(bits)), expected);
            assert_eq!(f32::read(expected).map(f32::to_bits), Ok(bits));
        }
    }

    #[test]
    fn words_that_are_no_numbers_are_refused() {
        let words =
            ["", "-", ".", "e5", "1e", "1_000", "0x10", "infinity", "NaN", "nan_", "1f", "--1"];
        for word in words {
            assert!(f32::read(word).is_err(), "{word}");
        }
        for word in ["nan_7f800000", "nan_3f800000", "nan_7fc0000", "-nan_7fc00001", "nan_+fc00001"]
        {
            assert!(f32::read(word).is_err(), "{word}");
        }
        assert_eq!(f32::read("1e39").unwrap_err().message, "`1e39` does not fit f32");
    }
}
