//! `nir show`: the text form of a graph.

use nirkit::ir::text::{PrintOptions, print};

use crate::args::ShowArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;

pub(crate) fn run(args: &ShowArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let document = load::document(&args.file, &args.limits, &args.times)?;
    let options = PrintOptions { inline: args.inline, ..PrintOptions::default() };
    printer.text(&print(&document, &options).text)?;
    Ok(Exit::Fine)
}
