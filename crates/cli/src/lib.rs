//! The program `nir`: one file a verb. A library, so that the Python package brings the program along.
//!
//! Results go to the standard output, everything else to the standard error. The exit code is 0
//! when all is well, 1 when there are findings or a difference, 2 when the work could not be done.

mod args;
mod exit;
mod failure;
mod inputs;
mod json;
mod load;
mod overwrite;
mod printer;
mod progress;
mod render;
mod signals;
mod stdio;
mod usage;
mod values;
mod verb;

use std::ffi::OsString;
use std::io::{self, Write as _};

use crate::args::Verb;
pub use crate::exit::Exit;

use crate::failure::Failure;
use crate::printer::Printer;

/// Runs the program with these arguments, of which the first is its name, and returns its exit code.
pub fn main_with(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let args = match args::parse(arguments) {
        Ok(args) => args,
        Err(error) => return refuse_usage(&error),
    };
    signals::outgrow_in_order();
    if args.writes_files() {
        signals::clean_up_on_end();
    }
    printer::choose_color(args.color);
    let mut printer = Printer::new(args.format());
    let result = run(&args.verb, &mut printer);
    signals::leave_to_signal();
    match result {
        Ok(exit) => exit.code(),
        Err(failure) => {
            failure.print(printer.format());
            Exit::Failed.code()
        }
    }
}

fn run(verb: &Verb, printer: &mut Printer) -> Result<Exit, Failure> {
    stdio::check(verb)?;
    match verb {
        Verb::Info(args) => verb::info::run(args, printer),
        Verb::Show(args) => verb::show::run(args, printer),
        Verb::View(args) => verb::view::run(args, printer),
        Verb::Codegen(args) => verb::codegen::run(args, printer),
        Verb::Check(args) => verb::check::run(args, printer),
        Verb::Explain(args) => verb::explain::run(args, printer),
        Verb::Convert(args) => verb::convert::run(args, printer),
        Verb::Diff(args) => verb::diff::run(args, printer),
        Verb::Opt(args) => verb::opt::run(args, printer),
        Verb::Adapt(args) => verb::adapt::run(args, printer),
        Verb::Run(args) => verb::run::run(args, printer),
        Verb::Compare(args) => verb::compare::run(args, printer),
        Verb::Eval(args) => verb::eval::run(args, printer),
        Verb::Sweep(args) => verb::sweep::run(args, printer),
        Verb::Lower(args) => verb::lower::run(args, printer),
        Verb::Conform(args) => verb::conform::run(args, printer),
        Verb::Vectors(args) => verb::vectors::run(args, printer),
        Verb::Events(args) => verb::events::run(args, printer),
        Verb::Platforms(args) => verb::platforms::run(args, printer),
        Verb::Man(args) => verb::man::run(args, printer),
        Verb::Completions(args) => verb::completions::run(args, printer),
    }
}

/// Help and version are results; everything else that the parser says is a failure.
fn refuse_usage(error: &clap::Error) -> u8 {
    // The parser quotes what was given. What could steer a terminal is escaped, and colours are left out then.
    let plain = error.render().to_string();
    let escaped = nirkit::escape::text(&plain);
    let printed = if escaped == plain {
        error.print().and_then(|()| io::stdout().flush())
    } else {
        io::stderr().write_all(escaped.as_bytes())
    };
    let unread = |error: io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    let is_fine = !error.use_stderr() && printed.map_or_else(unread, |()| true);
    if is_fine { Exit::Fine.code() } else { Exit::Failed.code() }
}
