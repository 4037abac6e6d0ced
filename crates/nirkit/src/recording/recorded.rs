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
        if !report["steps"].is_u64() {
            let help = "record the run on a time grid";
            return Err(wrong("the run has no steps, so its spikes stand in no step").help(help));
        }
        if report.get("samples").is_some() {
            let help = "record one sample";
            return Err(wrong("the run has a batch, and one sample is compared").help(help));
        }
        let names = files.iter().filter_map(Value::as_str);
        let mut arrays = Vec::new();
        for name in names.filter(|name| is_plain(name)) {
            let Some(node) = name.strip_suffix(SPIKES) else { continue };
            let request = Request { node: node.to_owned(), observable: Observable::Spikes };
            arrays.push((request, read_array(path.join(name), limits)?));
        }
        if arrays.is_empty() {
            return Err(wrong("the report lists no array of spikes, NODE.spikes.npy"));
        }
        arrays.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self { folder: path.display().to_string(), dt: dt_of(&report), arrays })
    }
}

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
