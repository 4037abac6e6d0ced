//! `nir show`: the text form of a graph, or of what a simulator computes in a step.

use std::fmt::Write as _;

use nirkit::Model;
use nirkit::ir::Document;
use nirkit::ir::text::{PrintOptions, print};

use crate::args::ShowArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;

pub(crate) fn run(args: &ShowArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if args.step {
        let Some(meaning) = args.stepped.meaning() else {
            let help = "name whose steps: `--platform NAME`, or `--clocked`";
            return Err(Failure::with_help("`--step` does not say whose steps", Some(help)));
        };
        let document = load::as_written(&args.file, &args.limits)?;
        printer.text(&step(&document, meaning, args)?)?;
        return Ok(Exit::Fine);
    }
    if !args.stepped.is_empty() {
        let message = "the platform and its choices (`--platform`, `--clocked`, `--dt`, `--reset` and others) belong to `--step`";
        let help = "add `--step`, or leave them out: the text form of a graph leaves them open";
        return Err(Failure::with_help(message, Some(help)));
    }
    let document = load::document(&args.file, &args.limits, &args.times)?;
    let options = PrintOptions { inline: args.inline, ..PrintOptions::default() };
    printer.text(&print(&document, &options).text)?;
    Ok(Exit::Fine)
}

/// The step program of a platform or of the clocked engine, with the choices that led to it as comments.
fn step(document: &Document, meaning: &str, args: &ShowArgs) -> Result<String, Failure> {
    let choices = args.stepped.choices(&args.limits, &args.times)?;
    let model = Model::new(document, meaning, &choices)?;
    let program = model.step_program()?;
    let mut text = String::new();
    for choice in model.choices() {
        let _ = writeln!(text, "# {}: {} ({})", choice.name, choice.value, choice.source);
    }
    for note in model.notes() {
        let _ = writeln!(text, "# {}", nirkit::escape::line(note));
    }
    // A precision has 16 bits; who asks for longer lists gets all of them.
    let _ = match u16::try_from(args.inline) {
        Ok(most) => write!(text, "{program:.*}", usize::from(most)),
        Err(_) => write!(text, "{program}"),
    };
    Ok(text)
}
