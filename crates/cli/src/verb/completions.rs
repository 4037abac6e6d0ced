//! `nir completions`: a script that teaches a shell to complete our arguments.

use clap::CommandFactory as _;

use crate::args::{Args, CompletionsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(args: &CompletionsArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "nir", &mut script);
    printer.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
