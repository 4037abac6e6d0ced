//! Estimates of energy and time, from published figures.

use serde::Serialize;

/// What a run takes on a chip.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Parts of the energy in joules, to be added; empty where nothing is published.
    pub energy: Vec<Part>,
    /// Parts of the time in seconds, to be added; empty where nothing is published.
    pub time: Vec<Part>,
    /// What the figures leave out, and what is not published.
    pub remarks: Vec<&'static str>,
}

/// A part of an estimate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// What takes it.
    pub what: &'static str,
    /// The least and the most, in joules or seconds.
    pub range: [f64; 2],
    /// How it is worked out.
    pub how: String,
    /// Where its figures are written.
    pub source: &'static str,
}

impl Part {
    /// So many times a figure that lies in a range.
    pub(super) fn times(
        what: &'static str,
        count: u64,
        figure: [f64; 2],
        (unit, size): (&str, f64),
        source: &'static str,
    ) -> Self {
        let [low, high] = figure;
        let figures = if low < high { format!("{low} to {high}") } else { low.to_string() };
        let range = figure.map(|figure| count as f64 * figure * size);
        Self { what, range, how: format!("{count} times {figures} {unit}"), source }
    }
}

/// The least and the most of all parts together; `None` without parts.
#[must_use]
pub fn total(parts: &[Part]) -> Option<[f64; 2]> {
    let sum = |end: usize| parts.iter().map(|part| part.range[end]).sum();
    (!parts.is_empty()).then(|| [sum(0), sum(1)])
}
