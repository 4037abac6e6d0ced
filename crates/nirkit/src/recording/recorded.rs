//! Recordings that come back from a folder, whoever wrote them.

use std::path::Path;

use nirkit_io::array::read_array;
use nirkit_io::text::read_text;
use nirkit_ir::Limits;
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request};
use serde_json::Value;

use super::REPORT;
use crate::error::{Error, ErrorKind};

/// What the name of an array of spikes ends in.
const SPIKES: &str = ".spikes.npy";

/// The spikes of a run on a grid, as a folder holds them.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The folder, as it was given.
    pub folder: String,
    /// Length of a step in seconds, if the report says it.
    pub dt: Option<f64>,
    /// Spikes of shape (T, *shape).
    pub arrays: Vec<(Request, Tensor)>,
}

impl Recorded {
    /// Returns whether a path is a folder with the report of a run.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        path.join(REPORT).is_file()
    }

    /// Reads the spikes of a folder that `nir run --output` or the script of a network for NEST wrote.
    ///
    /// # Errors
    ///
    /// The report or an array cannot be read; the run has a batch, or no steps.
    pub fn read(path: &Path, limits: &Limits) -> Result<Self, Error> {
        let place = path.join(REPORT);
        let wrong =
            |message: &str| Error::new(message.to_owned()).of_kind(ErrorKind::Read).in_file(&place);
        let report: Value = serde_json::from_str(&read_text(&place, limits)?)
            .map_err(|error| wrong(&format!("the report of a run is expected: {error}")))?;
        let files = report["files"].as_array();
        let files = files.ok_or_else(|| wrong("the report lists no `files`"))?;
        let Some(steps) = report["steps"].as_u64() else {
            let help = "record the run on a time grid";
            return Err(wrong("the run has no steps, so its spikes stand in no step").help(help));
        };
        if report.get("samples").is_some() {
            let help = "record one sample";
            return Err(wrong("the run has a batch, and one sample is compared").help(help));
        }
        let names = files.iter().filter_map(Value::as_str);
        let mut arrays = Vec::new();
        for name in names.filter(|name| is_plain(name)) {
            let Some(node) = name.strip_suffix(SPIKES) else { continue };
            let request = Request { node: node.to_owned(), observable: Observable::Spikes };
            let array = read_array(path.join(name), limits)?;
            check_counts(&array, steps).map_err(|error| error.in_file(&path.join(name)))?;
            arrays.push((request, array));
        }
        if arrays.is_empty() {
            return Err(wrong("the report lists no array of spikes, NODE.spikes.npy"));
        }
        arrays.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self { folder: path.display().to_string(), dt: dt_of(&report), arrays })
    }
}

/// Whether an array has a row for each step, with whole numbers of spikes.
fn check_counts(array: &Tensor, steps: u64) -> Result<(), Error> {
    let wrong = |message: String| Err(Error::new(message).of_kind(ErrorKind::Read));
    let rows = array.shape().first().map_or(0, |&rows| rows as u64);
    if rows != steps {
        return wrong(format!("the array has {rows} steps, and the report of the run {steps}"));
    }
    let Some(counts) = array.to_f64() else {
        return wrong("complex numbers are no counts of spikes".to_owned());
    };
    let is_count = |count: &f64| count.fract() == 0.0 && (0.0..=MOST_SPIKES).contains(count);
    match counts.iter().position(|count| !is_count(count)) {
        Some(at) => wrong(format!("element {at} is {}, which is no count of spikes", counts[at])),
        None => Ok(()),
    }
}

/// Spikes of a neuron in a step beyond which doubles have gaps.
const MOST_SPIKES: f64 = 9_007_199_254_740_992.0;

/// The time step among the choices of a report.
fn dt_of(report: &Value) -> Option<f64> {
    let choices = report["choices"].as_array()?;
    let choice = choices.iter().find(|choice| choice["name"] == "dt")?;
    choice["value"].as_str()?.parse().ok()
}

impl Recorded {
    /// Returns what it holds.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.arrays.iter().map(|(request, _)| request.clone()).collect()
    }

    /// Returns the spikes of a node.
    pub(crate) fn spikes(&self, request: &Request) -> Option<&Tensor> {
        self.arrays.iter().find(|(own, _)| own == request).map(|(_, array)| array)
    }
}

/// Whether a name is that of a file in the folder itself.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_recording_of_spikes_is_told() {
        let array = |values: &[f64]| Tensor::new(&[2, 2], values.to_vec()).unwrap();
        assert!(check_counts(&array(&[0.0, 1.0, 3.0, 0.0]), 2).is_ok());
        let said = |array: &Tensor, steps| check_counts(array, steps).unwrap_err().to_string();
        assert!(
            said(&array(&[0.0; 4]), 1)
                .contains("the array has 2 steps, and the report of the run 1")
        );
        for wrong in [f64::NAN, f64::INFINITY, -1.0, 0.5, 1e300] {
            assert!(said(&array(&[0.0, wrong, 0.0, 0.0]), 2).contains("element 1 is"), "{wrong}");
        }
        let complex = Tensor::new(&[2, 1], vec![[0.0_f64, 0.0]; 2]).unwrap();
        assert!(said(&complex, 2).contains("complex numbers"));
    }
}
