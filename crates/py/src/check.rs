//! Everything that is wrong with a graph, and what platforms would do with it.

use std::collections::BTreeMap;
use std::str::FromStr;

use nirkit::ir::diag::CODES;
use nirkit::ir::primitive::{KINDS, declaration};
use nirkit::ir::valid::validate_document;
use nirkit::ir::{Code, Limits, open};
use nirkit::passes::repair::hold_promises;
use nirkit::platforms::check::NodeReport;
use nirkit::platforms::{Platform, Profile, Report, chip};
use nirkit::time_unit::open_in_seconds;
use nirkit::verdict::verdicts;
use nirkit::{Choice, Reset, platform};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::choices::{choices, rows};
use crate::convert::finding;
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;

/// Findings about a graph, and a report for each platform that is asked for.
#[pyfunction]
pub(crate) fn check<'py>(
    py: Python<'py>,
    document: &Document,
    platforms: Vec<String>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyDict>> {
    guard(|| {
        let choices = choices(options)?;
        let chosen = platforms.iter().map(|title| platform(title));
        let chosen = chosen.collect::<Result<Vec<Platform>, _>>().map_err(Raise::error)?;
        let validation = py.detach(|| validate_document(&document.0));
        let reports = PyList::empty(py);
        let checked = py.detach(|| verdicts(&document.0, &validation, &chosen, &choices));
        for checked in checked.map_err(Raise::error)? {
            let report = report_to_python(py, &checked.report, &checked.choices)?;
            report.set_item("help", &checked.help)?;
            reports.append(report)?;
        }
        let mut found = validation.findings;
        py.detach(|| hold_promises(&document.0, &mut found, &Limits::default()));
        found.extend(open::metadata_findings(&document.0));
        // A platform answers what the file leaves open.
        if platforms.is_empty() {
            let open = open_in_seconds(&document.0, &choices).map_err(Raise::error)?;
            found.extend(open::findings(&open));
            found.extend(open::time_unit_finding(&open));
        }
        found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let entries = PyDict::new(py);
        entries.set_item("findings", finding::to_list(py, &found)?)?;
        entries.set_item("platforms", reports)?;
        Ok(entries)
    })
}

/// The arguments of `nirkit.verb.check.PlatformReport`.
pub(crate) fn report_to_python<'py>(
    py: Python<'py>,
    report: &Report,
    choices: &[Choice],
) -> PyResult<Bound<'py, PyDict>> {
    let node = |node: &NodeReport| {
        (node.name.clone(), node.kind.clone(), node.becomes, node.verdict.name())
    };
    let entries = PyDict::new(py);
    entries.set_item("platform", &report.platform)?;
    entries.set_item("outcome", report.outcome().name())?;
    entries.set_item("refuses", report.refuses())?;
    entries.set_item("fits", report.fits())?;
    entries.set_item("loses", report.loses())?;
    entries.set_item("no_verdict", &report.no_verdict)?;
    entries.set_item("choices", rows(choices))?;
    entries.set_item("nodes", report.nodes.iter().map(node).collect::<Vec<_>>())?;
    entries.set_item("findings", finding::to_list(py, &report.diagnostics())?)?;
    Ok(entries)
}

/// Title and text of the page of a code.
#[pyfunction]
pub(crate) fn explain(code: &str) -> PyResult<(String, String, String)> {
    guard(|| {
        let found = Code::from_str(code).map_err(|_| {
            let known: Vec<String> = CODES.iter().map(ToString::to_string).collect();
            let help = format!("the codes are {}", known.join(", "));
            Raise::Choice.help(format!("there is no code `{code}`"), help)
        })?;
        let page = found.page();
        Ok((page.title.to_owned(), page.severity.to_string(), page.text.to_owned()))
    })
}

/// What a file holds for each kind of node: the names of its fields.
#[pyfunction]
pub(crate) fn declarations() -> BTreeMap<&'static str, Vec<&'static str>> {
    let fields = |kind: &&'static str| {
        let fields = declaration(kind).map_or(&[][..], |declared| declared.fields);
        (*kind, fields.iter().map(|field| field.name).collect())
    };
    KINDS.iter().map(fields).collect()
}

/// Titles of the platforms that there are.
#[pyfunction]
pub(crate) fn platforms() -> PyResult<Vec<String>> {
    guard(|| {
        let simulators = nirkit::platforms::version::all().map(Profile::title);
        Ok(simulators.chain(chip::ALL.iter().map(|chip| chip.title())).collect())
    })
}

/// A reset by its name.
pub(crate) fn reset(name: &str) -> PyResult<Reset> {
    name.parse().map_err(|error| Raise::Choice.one(error))
}
