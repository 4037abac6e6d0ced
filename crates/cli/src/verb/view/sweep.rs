//! A sweep as a page, or as a picture of heat maps.

use std::path::Path;

use nirkit::escape;
use nirkit::io::text::write_text;
use nirkit::sweep::{Table, heat_map, sweep_page};
use serde::Serialize;

use super::open;
use crate::args::ViewArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::stdio::elsewhere;

/// The result, as JSON has it.
#[derive(Serialize)]
struct Report {
    file: String,
    output: String,
    /// Lines of the table.
    lines: usize,
}

/// Writes the page or the maps of the sweep in a folder.
pub(super) fn run(args: &ViewArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    refuse_options(args)?;
    let output = match args.output.as_deref() {
        Some(output) if super::ending(output) == "svg" || super::is_page(output) => {
            output.to_path_buf()
        }
        None if super::opens(args) => open::temporary(".html")?,
        output => {
            let message = "a sweep is drawn as a page, HTML, or as maps, SVG";
            let more = output.map(elsewhere).unwrap_or_default();
            let help = format!("give `--output FILE.html`, `--output FILE.svg`, or `--open`{more}");
            return Err(Failure::with_help(message, Some(&help)));
        }
    };
    let table = Table::of(&[&args.file])?;
    let drawn = if super::is_page(&output) {
        sweep_page(&table, &super::title(args))?
    } else {
        heat_map(&table)?
    };
    write_text(&output, &drawn).map_err(nirkit::Error::from)?;
    let report = Report {
        file: args.file.display().to_string(),
        output: output.display().to_string(),
        lines: table.entries.len(),
    };
    printer.result(&report, || report.print())?;
    super::open_if_asked(args, &output, args.output.is_none());
    Ok(Exit::Fine)
}

/// Returns an error where something is given that only drawings of graphs have.
fn refuse_options(args: &ViewArgs) -> Result<(), Failure> {
    let given = [
        ("--collapse", args.collapse),
        ("--all", args.all),
        ("--platform", !args.platform.is_empty()),
        ("--input", !args.input.is_empty()),
        ("a choice of platforms", !args.choices.is_empty()),
    ];
    let given: Vec<&str> =
        given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name).collect();
    if given.is_empty() {
        return Ok(());
    }
    let message = format!("{} has no effect on the drawing of a sweep", given.join(" and "));
    Err(Failure::with_help(
        message,
        Some("leave it out; the plan of the sweep has platforms and choices"),
    ))
}

impl Report {
    fn print(&self) -> String {
        let lines =
            if self.lines == 1 { "1 line".to_owned() } else { format!("{} lines", self.lines) };
        escape::line(&format!("{}: {lines} of the table", self.output)).into_owned() + "\n"
    }
}

/// Whether a folder is one that `nir sweep` wrote.
pub(super) fn is_sweep(folder: &Path) -> bool {
    folder.join("plan.json").is_file()
}
