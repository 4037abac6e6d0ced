//! `nir conform`: the conformance suite, and how simulators answer it.

pub(crate) mod args;
mod identify;
mod run;
mod serve;
mod write;

use args::{ConformArgs, ConformVerb};

pub(crate) use run::Score;
pub(crate) use write::Written;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(args: &ConformArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    match &args.verb {
        ConformVerb::Write(args) => write::run(args, printer),
        ConformVerb::Identify(args) => identify::run(args, printer),
        ConformVerb::Run(args) => run::run(args, printer),
        ConformVerb::Serve(args) => serve::run(args),
    }
}
