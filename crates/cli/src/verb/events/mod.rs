//! `nir events`: recordings of event cameras and cochleae.

pub(crate) mod args;
mod convert;
mod info;

use std::ops::Range;
use std::path::Path;

use nirkit::events::{About, Finding};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::stdio::is_stdio;
use args::{EventsArgs, EventsVerb};

pub(crate) fn run(args: &EventsArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    match &args.verb {
        EventsVerb::Info(args) => info::run(args, printer),
        EventsVerb::Convert(args) => convert::run(args, printer),
    }
}

/// Refuses the standard input and output: formats are gone back in.
fn refuse_stdio(file: &Path) -> Result<(), Failure> {
    if is_stdio(file) {
        let help = "store the recording in a file; a file that is called `-` is `./-`";
        return Err(Failure::with_help(
            "`-`, the standard input and output, is no recording here",
            Some(help),
        ));
    }
    Ok(())
}

/// Refuses a choice of samples where a file is one recording.
fn refuse_samples(file: &Path, chosen: Option<&Range<usize>>) -> Result<(), Failure> {
    if chosen.is_none() {
        return Ok(());
    }
    let message =
        format!("{}: `--samples` has no effect on a file with one recording", file.display());
    Err(Failure::with_help(message, Some("leave it out; it belongs to files with many samples")))
}

/// Lines with a name in front.
type Lines = Vec<(&'static str, String)>;

/// What of a file nothing is taken from, if there is something.
fn not_read(paths: &[String]) -> Option<(&'static str, String)> {
    (!paths.is_empty()).then(|| ("not read", paths.join(", ")))
}

/// What a recording says about itself, a line each.
fn describe(about: &About) -> Lines {
    let version =
        about.version.as_ref().map_or(String::new(), |version| format!(", version {version}"));
    let bits =
        about.time_bits.map_or(String::new(), |bits| format!("; the counter has {bits} bits"));
    let mut lines = vec![
        ("format", format!("{}{version}", about.format.title())),
        ("told by", about.decided_by.clone()),
    ];
    lines.extend(about.source.clone().map(|source| ("source", source)));
    let size = match about.size {
        Some(size) => format!("{} x {} pixels", size.width, size.height),
        None => "not stated".to_owned(),
    };
    lines.push(("sensor", format!("{size}; {}", about.y_origin.words())));
    lines.push(("polarity", about.polarity.to_owned()));
    lines.push((
        "times",
        format!("{}, from {}{bits}", about.time_unit.symbol(), about.time_unit_from),
    ));
    lines.extend(about.choices.iter().map(|choice| ("chosen", choice.clone())));
    lines
}

/// Findings, a line each.
fn findings(findings: &[Finding]) -> Lines {
    let line = |finding: &Finding| {
        (if finding.kind.is_warning() { "warning" } else { "note" }, finding.to_string())
    };
    findings.iter().map(line).collect()
}

/// Lines with a name in front, under each other.
fn lines(lines: &[(&str, String)]) -> String {
    lines.iter().map(|(name, what)| format!("  {name:<9} {what}\n")).collect()
}
