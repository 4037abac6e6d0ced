//! The unit of times: seconds by NIR's equations as everybody but two exporters writes them.
//!
//! The documentation of NIR says milliseconds at one place. hxtorch and jaxsnn write so; all others write seconds.

use super::{Candidate, Said, Source};
use crate::facts::unfold::UnfoldedLeaf;
use crate::field::Unit;
use crate::value::{Fields, Value};

/// The entry of the metadata that says in which unit times are.
pub const ENTRY: &str = "time_unit";

/// The unit that an entry of the metadata says.
pub(super) fn said(value: &Value) -> Option<Said> {
    let Value::Text(text) = value else { return None };
    text.as_str().filter(|unit| matches!(*unit, "s" | "ms")).map(Said::word)
}

/// Time constants from here on are rare in seconds, and usual in milliseconds.
const LONG: f64 = 0.5;

/// Steps outside these shares of the least and the greatest time constant are no steps.
const SHORTEST_STEP: f64 = 1e-5;
const LONGEST_STEP: f64 = 10.0;

/// The least and the greatest time constant of a file, above 0.
#[derive(Clone, Debug, Default)]
pub(super) struct TimeScales {
    range: Option<(f64, f64)>,
    /// Where the greatest one is.
    at: String,
}

impl TimeScales {
    pub(super) fn of(leaves: &[UnfoldedLeaf<'_>]) -> Self {
        let mut scales = Self::default();
        for leaf in leaves {
            for (field, tensor) in leaf.primitive.tensors() {
                if field.unit != Unit::Second || field.name == "delay" {
                    continue;
                }
                let values = tensor.to_f64().unwrap_or_default();
                for &value in values.iter().filter(|value| value.is_finite() && **value > 0.0) {
                    scales.take(value, || {
                        format!("`{}` of `{}`", field.name, super::on_a_line(&leaf.name))
                    });
                }
            }
        }
        scales
    }

    fn take(&mut self, value: f64, at: impl Fn() -> String) {
        let (low, high) = self.range.unwrap_or((value, value));
        if self.range.is_none() || value > high {
            self.at = at();
        }
        self.range = Some((low.min(value), high.max(value)));
    }

    /// Whether a step of this length can be meant with these time constants.
    pub(super) fn is_step(&self, dt: f64) -> bool {
        let Some((low, high)) = self.range else { return true };
        dt >= SHORTEST_STEP * low && dt <= LONGEST_STEP * high
    }
}

/// The candidates (`ms`, `s`), the best supported first; none where nothing speaks against seconds.
pub(super) fn candidates(metadata: &Fields, scales: &TimeScales) -> Vec<Candidate<String>> {
    match metadata.get(ENTRY) {
        Some(Value::Text(text)) if text.as_str() == Some("ms") => {
            return vec![Candidate::new("ms".to_owned(), Source::Metadata, "metadata `time_unit`")];
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    let Some((low, high)) = scales.range.filter(|(low, _)| *low >= LONG) else {
        return Vec::new();
    };
    let (low, high) = (super::gauge::short(low), super::gauge::short(high));
    let evidence = if low == high {
        format!("{} is {low}", scales.at)
    } else {
        format!("time constants go from {low} to {high}, {}", scales.at)
    };
    vec![
        Candidate::new("ms".to_owned(), Source::Numbers, evidence),
        Candidate::new("s".to_owned(), Source::Convention, "what nearly all exporters write"),
    ]
}
