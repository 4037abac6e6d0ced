//! `nir convert`: from one form to another, with repairs if wanted.

use nirkit::io::Compression;
use nirkit::io::nir::WriteOptions;
use nirkit::passes::repair::repair_within;
use serde::Serialize;

use crate::args::{CompressionName, ConvertArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::progress::Progress;
use nirkit::escape;

#[derive(Serialize)]
struct Report {
    input: String,
    output: String,
    changes: Vec<ChangeInfo>,
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
    let progress = Progress::spinner("converting");
    let mut document = load::document(&args.input, &args.limits)?;
    let changes =
        if args.repair { repair_within(&mut document, &args.limits.limits()?) } else { Vec::new() };
    let options = WriteOptions { compression: compression(args) };
    nirkit::document::write_with(&args.output, &document, &options)?;
    progress.end();
    let report = Report {
        input: args.input.display().to_string(),
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
    };
    printer.result(&report, || report.print(args.repair))?;
    Ok(Exit::Fine)
}

fn compression(args: &ConvertArgs) -> Compression {
    match args.compression {
        CompressionName::None => Compression::None,
        CompressionName::Gzip => Compression::Gzip(u32::from(args.level)),
        CompressionName::Lzf => Compression::Lzf,
    }
}

impl Report {
    /// One line for each repair; a plain conversion has nothing to say.
    fn print(&self, repaired: bool) -> String {
        if repaired && self.changes.is_empty() {
            return "nothing to repair\n".to_owned();
        }
        self.changes.iter().map(|change| escape::line(&change.line) + "\n").collect()
    }
}
