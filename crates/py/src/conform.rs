//! The conformance suite: its files, and the judgement of the answers beside them.

use std::path::PathBuf;

use nirkit_conform::report;
use nirkit_conform::suite;
use nirkit_conform::vectors;
use pyo3::prelude::*;

use crate::error::Raise;
use crate::guard::guard;

/// Writes the cases whose names begin with a prefix into a folder that does not exist yet; returns their names.
#[pyfunction]
pub(crate) fn conform_write(folder: PathBuf, prefix: &str) -> PyResult<Vec<String>> {
    guard(|| {
        let cases =
            suite::make(|name| name.starts_with(prefix), |_, _| ()).map_err(Raise::error)?;
        suite::write(&folder, &cases).map_err(Raise::error)?;
        Ok(cases.into_iter().map(|case| case.name).collect())
    })
}

/// Judges the answers in a folder of cases, under a name: the score as JSON, as text and as a page.
#[pyfunction]
pub(crate) fn conform_verify(folder: PathBuf, name: String) -> PyResult<(String, String, String)> {
    guard(|| {
        let mut scored = vectors::verify(&folder).map_err(Raise::error)?;
        scored.driver.name = name;
        let totals = scored.totals(None);
        let json = serde_json::json!({ "totals": totals, "verdicts": scored.verdicts });
        Ok((json.to_string(), report::text(&scored), report::html(&scored)))
    })
}
