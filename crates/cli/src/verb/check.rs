//! `nir check`: everything that is wrong with a graph.

use nirkit::ir::valid::validate_document;
use nirkit::ir::{Severity, open};
use serde::Serialize;

use crate::args::CheckArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::render::{Finding, counted, findings};

#[derive(Serialize)]
struct Report {
    file: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<Finding>,
}

pub(crate) fn run(args: &CheckArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let loaded = load::with_source(&args.file, &args.limits)?;
    let document = &loaded.document;
    let mut found = validate_document(document).findings;
    found.extend(open::findings(&open::open(document)));
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    let report = Report {
        file: args.file.display().to_string(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        findings: found.iter().map(Finding::of).collect(),
    };
    printer.result(&report, || {
        let summary = report.summary();
        format!("{}{summary}\n", findings::draw(&loaded, &report.file, &found))
    })?;
    Ok(if report.errors + report.warnings == 0 { Exit::Fine } else { Exit::Findings })
}

impl Report {
    fn summary(&self) -> String {
        let parts: Vec<String> =
            [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| counted(count, what))
                .collect();
        if parts.is_empty() {
            format!("{}: nothing to report", self.file)
        } else {
            format!("{}: {}", self.file, parts.join(", "))
        }
    }
}
