//! Functions that the code may need: the file `src/arithmetic.rs`. Only those that it names are printed.

/// A function: its name and its text.
const FUNCTIONS: [(&str, &str); 12] = [
    (
        "floor",
        "/// Returns the greatest whole number that is not above.
#[inline]
pub(crate) fn floor(x: f64) -> f64 {
    // From here on every number is whole.
    if !(x > -4503599627370496.0 && x < 4503599627370496.0) {
        return x;
    }
    let cut = (x as i64) as f64;
    let whole = if cut > x { cut - 1.0 } else { cut };
    if whole == x { x } else { whole }
}
",
    ),
    (
        "truncate",
        "/// Returns the whole number towards zero.
#[inline]
pub(crate) fn truncate(x: f64) -> f64 {
    // From here on every number is whole.
    if !(x > -4503599627370496.0 && x < 4503599627370496.0) {
        return x;
    }
    let whole = (x as i64) as f64;
    if whole == 0.0 && x < 0.0 {
        return -0.0;
    }
    if whole == x { x } else { whole }
}
",
    ),
    (
        "to_i64",
        "/// Returns the integer towards zero; the lowest one for what is too large, and for NaN.
#[inline]
pub(crate) fn to_i64(x: f64) -> i64 {
    if (-9223372036854775808.0..9223372036854775808.0).contains(&x) { x as i64 } else { i64::MIN }
}
",
    ),
    (
        "min_f32",
        "/// Returns the smaller number; `b` if `a` is NaN.
#[inline]
pub(crate) fn min_f32(a: f32, b: f32) -> f32 {
    if a.is_nan() || b < a { b } else { a }
}
",
    ),
    (
        "max_f32",
        "/// Returns the larger number; `b` if `a` is NaN.
#[inline]
pub(crate) fn max_f32(a: f32, b: f32) -> f32 {
    if a.is_nan() || b > a { b } else { a }
}
",
    ),
    (
        "min_f64",
        "/// Returns the smaller number; `b` if `a` is NaN.
#[inline]
pub(crate) fn min_f64(a: f64, b: f64) -> f64 {
    if a.is_nan() || b < a { b } else { a }
}
",
    ),
    (
        "max_f64",
        "/// Returns the larger number; `b` if `a` is NaN.
#[inline]
pub(crate) fn max_f64(a: f64, b: f64) -> f64 {
    if a.is_nan() || b > a { b } else { a }
}
",
    ),
    (
        "min_i64",
        "/// Returns the smaller number.
#[inline]
pub(crate) fn min_i64(a: i64, b: i64) -> i64 {
    if b < a { b } else { a }
}
",
    ),
    (
        "max_i64",
        "/// Returns the larger number.
#[inline]
pub(crate) fn max_i64(a: i64, b: i64) -> i64 {
    if b > a { b } else { a }
}
",
    ),
    (
        "divide_i64",
        "/// Returns the quotient, towards zero; 0 if `b` is 0.
#[inline]
pub(crate) fn divide_i64(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a.wrapping_div(b) }
}
",
    ),
    (
        "modulo_i64",
        "/// Returns the remainder that is not negative; 0 if `b` is 0.
#[inline]
pub(crate) fn modulo_i64(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a.wrapping_rem_euclid(b) }
}
",
    ),
    (
        "shift_right_i64",
        "/// Returns the number shifted right, towards minus infinity.
#[inline]
pub(crate) fn shift_right_i64(a: i64, bits: i64) -> i64 {
    a >> bits.clamp(0, 63)
}
",
    ),
];

/// The file with the functions that a text names; `None` if it names none.
pub(super) fn file(body: &str) -> Option<String> {
    let is_named = |name: &str| body.contains(&format!("arithmetic::{name}("));
    let named = FUNCTIONS.iter().filter(|(name, _)| is_named(name)).map(|(_, text)| *text);
    let named: Vec<&str> = named.collect();
    let head = "//! Arithmetic of step programs.\n\
        #![allow(clippy::excessive_precision, clippy::manual_clamp)]\n\n";
    (!named.is_empty()).then(|| format!("{head}{}", named.join("\n")))
}
