//! `nir convert`: from one form to another, with repairs if wanted.

use nirkit::io::Compression;
use nirkit::io::data::{GraphData, read_data};
use nirkit::io::nir::WriteOptions;
use nirkit::ir::valid::validate_document_within;
use nirkit::ir::{Diagnostic, Severity};
use nirkit::passes::repair::repair_within;
use nirkit::passes::time_unit;
use serde::Serialize;

use super::data;
use crate::args::{CompressionName, ConvertArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::render::Finding;
use crate::stdio::{Target, shown};
use nirkit::escape;

#[derive(Serialize)]
struct Report {
    input: String,
    output: String,
    changes: Vec<ChangeInfo>,
    /// Times that are in another unit now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scaled: Vec<String>,
    /// What is left after repairs; absent where none were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Vec<Finding>>,
}

#[derive(Serialize)]
struct ChangeInfo {
    code: String,
    place: String,
    done: String,
    #[serde(skip)]
    line: String,
}

pub(crate) fn run(args: &ConvertArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if args.grid.is_some() || args.events {
        let data = read_data(&args.input, &args.limits.limits()?).map_err(nirkit::Error::from)?;
        return data::convert(&data, args, printer);
    }
    overwrite::refuse_store(&args.output, &args.input)?;
    let target = Target::of(&args.output, &args.to, printer.format())?;
    let progress = Progress::spinner("converting");
    let (mut document, mut scaled) = match load::told(&args.input, &args.limits, &args.times) {
        Ok(loaded) => loaded,
        Err(failure) => match data_of(args)? {
            Some(data) => return data::convert(&data, args, printer),
            None => return Err(failure),
        },
    };
    load::tell_loss(&document);
    let limits = args.limits.limits()?;
    let (mut changes, mut left) = (Vec::new(), Vec::new());
    if args.repair {
        changes = repair_within(&mut document, &limits);
        left = validate_document_within(&document, &limits).findings;
        left.retain(|finding| finding.severity != Severity::Note);
    }
    if let Some(unit) = args.output_time_unit {
        // What the file says is believed; without a word times are in seconds, as NIR has them.
        let from = time_unit::noted(&document).unwrap_or_default();
        let converted = time_unit::convert(&mut document, from, unit.into());
        scaled.extend(converted.map_err(|error| Failure::new(error.to_string()))?);
    }
    let options = WriteOptions { compression: compression(args, target.is_text())? };
    progress.end();
    target.write(&document, options, printer)?;
    let report = Report {
        input: shown(&args.input),
        output: args.output.display().to_string(),
        changes: changes
            .iter()
            .map(|change| ChangeInfo {
                code: change.code.to_string(),
                place: change.place.to_string(),
                done: change.done.clone(),
                line: change.to_string(),
            })
            .collect(),
        scaled: scaled.iter().map(ToString::to_string).collect(),
        left: args.repair.then(|| left.iter().map(Finding::of).collect()),
    };
    let told: String = left.iter().map(tell).collect();
    target.tell(printer, &report, || report.print(args.repair) + &told)?;
    let is_sound = left.iter().all(|finding| finding.severity != Severity::Error);
    Ok(if is_sound { Exit::Fine } else { Exit::Findings })
}

/// The NIRData in a file that is no graph, if it is that.
fn data_of(args: &ConvertArgs) -> Result<Option<GraphData>, Failure> {
    let limits = args.limits.limits()?;
    Ok(if args.input.is_file() { read_data(&args.input, &limits).ok() } else { None })
}

/// What a repair leaves, with what to do about it.
fn tell(finding: &Diagnostic) -> String {
    let help = finding.help.as_ref().map_or(String::new(), |help| format!("  help: {help}"));
    let lines = [format!("left: {finding}"), help];
    lines.iter().filter(|line| !line.is_empty()).map(|line| escape::line(line) + "\n").collect()
}

/// The level of gzip that is taken unless another is given, as h5py does.
const LEVEL: u8 = 4;

pub(super) fn compression(args: &ConvertArgs, is_text: bool) -> Result<Compression, Failure> {
    let option = if args.compression.is_some() { "--compression" } else { "--level" };
    if is_text && (args.compression.is_some() || args.level.is_some()) {
        let message = format!("`{option}` has no effect on a text form");
        return Err(Failure::with_help(message, Some("write a .nir file, or leave it out")));
    }
    let name = args.compression.unwrap_or(CompressionName::Gzip);
    if args.level.is_some() && name != CompressionName::Gzip {
        return Err(Failure::new("`--level` is a choice of `--compression gzip`"));
    }
    Ok(match name {
        CompressionName::None => Compression::None,
        CompressionName::Gzip => Compression::Gzip(u32::from(args.level.unwrap_or(LEVEL))),
        CompressionName::Lzf => Compression::Lzf,
    })
}

impl Report {
    /// One line for each repair; a plain conversion has nothing to say.
    fn print(&self, repaired: bool) -> String {
        let changes = self.changes.iter().map(|change| &change.line).chain(&self.scaled);
        let told: String = changes.map(|line| escape::line(line) + "\n").collect();
        if repaired && self.changes.is_empty() {
            return format!("nothing to repair\n{told}");
        }
        told
    }
}
