//! Numbers in sentences.

/// A number with as many digits as one wants to read.
#[must_use]
pub fn brief(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        let text = format!("{value:.3e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(digits));
    }
    let before_point = if size < 1.0 { 0 } else { size.log10().floor() as usize + 1 };
    trimmed(&format!("{value:.*}", 4_usize.saturating_sub(before_point))).to_owned()
}

/// One number, or the range of several.
#[must_use]
pub fn range(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = (brief(low), brief(high));
    if low == high { low } else { format!("{low} to {high}") }
}

/// What multiplying something does to it: `half as strong`, `25 times as strong`.
#[must_use]
pub fn times(factors: &[f64]) -> String {
    match range(factors).as_str() {
        "0.5" => "half as strong".to_owned(),
        "2" => "twice as strong".to_owned(),
        range => format!("{range} times as strong"),
    }
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_are_read() {
        assert_eq!(brief(0.04), "0.04");
        assert_eq!(brief(0.039_999_999), "0.04");
        assert_eq!(brief(25.0), "25");
        assert_eq!(brief(1e-4), "1e-4");
        assert_eq!(brief(0.0), "0");
        assert_eq!(brief(123_456.0), "1.235e5");
        assert_eq!(range(&[2.0, 1.0]), "1 to 2");
        assert_eq!(times(&[0.5, 0.5]), "half as strong");
    }
}
