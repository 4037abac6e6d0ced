//! `nir check`: everything that is wrong with a graph, and what platforms would do with it.

use std::path::{Path, PathBuf};

use nirkit::document::Loaded;
use nirkit::ir::valid::Validation;
use nirkit::ir::valid::{document_findings, validate_document_within};
use nirkit::ir::{Severity, open};
use nirkit::passes::repair::hold_promises;
use nirkit::platforms::Platform;
use nirkit::platforms::check::NodeReport;
use nirkit::time_unit::open_in_seconds;
use nirkit::verdict::{Checked, verdicts};
use serde::Serialize;

use crate::args::{CheckArgs, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::load;
use crate::printer::Printer;
use crate::render::table::{choices, table};
use crate::render::{Finding, counted, findings};
use crate::stdio::shown;
use nirkit::{Choice, Choices, escape};

#[derive(Serialize)]
struct Report {
    file: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    platforms: Vec<PlatformReport>,
}

/// What a platform would do with the graph.
#[derive(Serialize)]
struct PlatformReport {
    platform: String,
    /// `runs`, `depends on chance`, `raises at the first step`, `raises at import`, `never ends` or
    /// `no verdict`.
    outcome: &'static str,
    refuses: bool,
    fits: bool,
    loses: bool,
    nodes: Vec<NodeVerdict>,
    findings: Vec<Finding>,
    /// The time step and the reset under which the verdict holds.
    choices: Vec<Choice>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_verdict: Option<String>,
    /// The command that may help.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip)]
    drawn: String,
}

/// What becomes of a node.
#[derive(Serialize)]
struct NodeVerdict {
    node: String,
    kind: String,
    becomes: &'static str,
    verdict: &'static str,
}

pub(crate) fn run(args: &CheckArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let check = |file: &PathBuf| check(args, file);
    if let [file] = args.files.as_slice() {
        let (report, drawn) = check(file)?;
        printer.drawn_result(&report, || report.print(&drawn))?;
        return Ok(report.exit());
    }
    let (reports, failures) = load::each(&args.files, check);
    let all: Vec<&Report> = reports.iter().map(|(report, _)| report).collect();
    printer.drawn_result(&List::new("files", &all).failure(failures.as_ref()), || {
        let printed = reports.iter().map(|(report, drawn)| report.print(drawn));
        printed.collect::<Vec<_>>().join("\n")
    })?;
    let is_fine = all.iter().all(|report| report.exit() == Exit::Fine);
    let exit = if is_fine { Exit::Fine } else { Exit::Findings };
    failures.map_or(Ok(exit), |failure| Err(failure.in_result()))
}

/// What is found about a file, and the findings drawn on its text.
fn check(args: &CheckArgs, file: &Path) -> Result<(Report, String), Failure> {
    let loaded = load::with_source(file, &args.limits)?;
    let (file, limits) = (shown(file), args.limits.limits()?);
    let given = args.choices.choices(&args.limits, &args.times)?;
    let (mut found, platforms) = if args.platform.is_empty() {
        given.check_for(&[])?;
        (document_findings(&loaded.document, &limits), Vec::new())
    } else {
        let validation = validate_document_within(&loaded.document, &limits);
        let platforms = check_platforms(args, &file, &loaded, &validation, &given)?;
        (validation.findings, platforms)
    };
    hold_promises(&loaded.document, &mut found, &limits);
    // A platform answers what the file leaves open, but for the unit of times.
    let open = open_in_seconds(&loaded.document, &given)?;
    if args.platform.is_empty() {
        found.extend(open::findings(&open));
    }
    found.extend(open::metadata_findings(&loaded.document));
    found.extend(open::time_unit_finding(&open));
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    let report = Report {
        file,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        findings: found.iter().map(Finding::of).collect(),
        platforms,
    };
    let is_text = args.format.format == Format::Text;
    let drawn = || findings::draw(&loaded, &report.file, &found);
    let drawn = if is_text { drawn() } else { String::new() };
    // A graph of thousands of nodes is a hundred thousand pieces of memory. After the last file the program ends, and the
    // system takes them back all at once.
    if args.files.len() == 1 {
        std::mem::forget(loaded);
    }
    Ok((report, drawn))
}

fn check_platforms(
    args: &CheckArgs,
    file: &str,
    loaded: &Loaded,
    validation: &Validation,
    choices: &Choices,
) -> Result<Vec<PlatformReport>, Failure> {
    let titles: Vec<&str> = args.platform.iter().map(String::as_str).collect();
    choices.check_for(&titles)?;
    let platforms: Vec<Platform> =
        titles.iter().map(|title| nirkit::platform(title)).collect::<Result<_, _>>()?;
    let checked = verdicts(&loaded.document, validation, &platforms, choices)?;
    let report = |Checked { report, choices, help }: Checked| {
        let diagnostics = report.diagnostics();
        PlatformReport {
            outcome: report.outcome().name(),
            refuses: report.refuses(),
            fits: report.fits(),
            loses: report.loses(),
            nodes: report.nodes.iter().map(NodeVerdict::of).collect(),
            findings: diagnostics.iter().map(Finding::of).collect(),
            drawn: findings::draw(loaded, file, &diagnostics),
            platform: report.platform,
            no_verdict: report.no_verdict,
            help,
            choices,
        }
    };
    Ok(checked.into_iter().map(report).collect())
}

impl NodeVerdict {
    fn of(node: &NodeReport) -> Self {
        let verdict = node.verdict.name();
        Self { node: node.name.clone(), kind: node.kind.clone(), becomes: node.becomes, verdict }
    }
}

impl Report {
    fn exit(&self) -> Exit {
        let is_lossy = self.platforms.iter().any(|platform| platform.loses);
        let is_fine = self.errors + self.warnings == 0 && !is_lossy;
        if is_fine { Exit::Fine } else { Exit::Findings }
    }

    fn print(&self, drawn: &str) -> String {
        format!("{drawn}{}\n{}", self.summary(), self.print_platforms())
    }

    fn summary(&self) -> String {
        let parts: Vec<String> =
            [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| counted(count, what))
                .collect();
        if parts.is_empty() {
            format!("{}: nothing to report", escape::line(&self.file))
        } else {
            format!("{}: {}", escape::line(&self.file), parts.join(", "))
        }
    }

    /// One platform in full, several as a table.
    fn print_platforms(&self) -> String {
        match self.platforms.as_slice() {
            [] => String::new(),
            [one] => one.print(),
            several => print_table(several),
        }
    }
}

impl PlatformReport {
    fn print(&self) -> String {
        if let Some(reason) = &self.no_verdict {
            return format!(
                "\n{}: no verdict, since {reason}, and what it does with them is not known\n",
                self.platform
            );
        }
        let rows = self.nodes.iter().map(|node| {
            let (kind, becomes) = (node.kind.clone(), node.becomes.to_owned());
            vec![node.node.clone(), kind, becomes, node.verdict.to_owned()]
        });
        let verdict = match (self.refuses, self.fits) {
            (false, false) => "has no room for the graph",
            (false, true) if self.outcome == "runs" => "runs the graph",
            _ => self.outcome,
        };
        let loss =
            if self.loses && !self.refuses { ", and loses something that matters" } else { "" };
        let nodes = table(&["node", "kind", "becomes", "verdict"], rows);
        let choices = choices(&self.choices);
        let help = self.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}\n"));
        format!("\n{}{} {verdict}{loss}\n\n{choices}\n{nodes}{help}", self.drawn, self.platform)
    }

    /// What the platform refuses or loses, one line for equal reasons at several places, each with what to do about it.
    fn reasons(&self) -> String {
        if let Some(reason) = &self.no_verdict {
            return format!("{}: no verdict, since {reason}\n", self.platform);
        }
        let mut reasons: Vec<(&Finding, Vec<&str>)> = Vec::new();
        for finding in self.findings.iter().filter(|finding| !finding.is_note()) {
            match reasons.iter_mut().find(|(known, _)| finding.says_the_same_as(known)) {
                Some((_, places)) => places.push(finding.place()),
                None => reasons.push((finding, vec![finding.place()])),
            }
        }
        let lines: String =
            reasons.iter().map(|(finding, places)| finding.reason(&places.join(", "))).collect();
        let help = self.help.as_ref().map_or(String::new(), |help| format!("  help: {help}\n"));
        if lines.is_empty() && help.is_empty() {
            return String::new();
        }
        // Places and messages have names of the file in them.
        format!("{}\n{}{help}", self.platform, escape::text(&lines))
    }
}

/// Nodes down, platforms across.
fn print_table(platforms: &[PlatformReport]) -> String {
    let head: Vec<&str> = std::iter::once("node")
        .chain(platforms.iter().map(|platform| platform.platform.as_str()))
        .collect();
    let nodes = platforms.iter().map(|platform| platform.nodes.as_slice());
    let nodes = nodes.max_by_key(|nodes| nodes.len()).unwrap_or_default();
    let rows = nodes.iter().enumerate().map(|(at, node)| {
        let cell = |platform: &PlatformReport| {
            platform.nodes.get(at).map_or(String::new(), |node| node.verdict.to_owned())
        };
        std::iter::once(node.node.clone()).chain(platforms.iter().map(cell)).collect()
    });
    let answer = |platform: &PlatformReport| match (platform.refuses, platform.loses) {
        (false, _) if !platform.fits => "no room".to_owned(),
        (false, true) => format!("{}, with a loss", platform.outcome),
        (true, _) | (false, false) => platform.outcome.to_owned(),
    };
    let last =
        std::iter::once("the graph".to_owned()).chain(platforms.iter().map(answer)).collect();
    let choices = platforms.iter().flat_map(|platform| {
        let row = |choice: &Choice| {
            let [name, value, source] =
                [&choice.name, &choice.value, &choice.source].map(ToString::to_string);
            vec![platform.platform.clone(), name, value, source]
        };
        platform.choices.iter().map(row)
    });
    let choices = table(&["platform", "choice", "value", "from"], choices);
    let verdicts = table(&head, rows.chain(std::iter::once(last)));
    let reasons = platforms.iter().map(PlatformReport::reasons).filter(|text| !text.is_empty());
    let reasons: String = reasons.map(|text| format!("\n{text}")).collect();
    format!("\n{verdicts}\n{choices}{reasons}")
}
