//! `nir lower`: a graph in the terms of a chip, what that loses, and what it costs; or a network for NEST.

mod cost;
mod describe;
mod network;

use nirkit::lower::{lower, write};

use crate::args::{Format, LowerArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::overwrite;
use crate::printer::Printer;
use crate::render::findings;
use crate::stdio::{is_stdio, shown};
use nirkit::escape;

use self::describe::Description;

pub(crate) fn run(args: &LowerArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if nirkit::nest::takes(&args.platform) {
        return network::run(args, printer);
    }
    let to_stdout = check_output(args)?;
    let loaded = load::with_source(&args.file, &args.limits)?;
    let stimulus = load::stimulus(&args.set(), &args.limits)?;
    let choices = args.choices.choices(&args.limits, &args.times)?.of_stimulus(&stimulus);
    let mut lowered = lower(&loaded.document, &args.platform, &choices)
        .map_err(|error| load::drawn(error, &loaded, &args.file))?;
    let cost = match &lowered.lowering.design {
        Some(_) if !args.input.is_empty() => Some(lowered.cost(&stimulus, args.duration)?),
        _ => None,
    };
    let lowering = &lowered.lowering;
    let is_fine = !lowering.report.refuses() && lowering.report.fits();
    let written = match (&args.output, &lowering.design) {
        (Some(output), Some(design)) if is_fine => {
            let stimuli = args.input.iter().map(|given| load::source(given).1);
            let files = overwrite::platform_files([args.platform.as_str()]);
            let inputs = std::iter::once(args.file.as_path()).chain(stimuli).chain(files);
            if to_stdout {
                printer.text(&design.configuration.json)?;
            } else {
                overwrite::refuse([output.clone()], inputs)?;
                write(output, design)?;
            }
            Some(if to_stdout {
                "the standard output".into()
            } else {
                output.display().to_string()
            })
        }
        _ => None,
    };
    if printer.format() == Format::Text {
        let of_design = lowering.design.iter().flat_map(|design| &design.notes);
        lowered.notes.iter().chain(of_design).for_each(|note| Printer::note(note));
    }
    let description = Description::new(args, &lowered, cost, written);
    let text = || {
        let file = shown(&args.file);
        let drawn = findings::draw(&loaded, &file, &lowering.report.diagnostics());
        format!("{drawn}{}", escape::text(&description.print()))
    };
    if to_stdout {
        Printer::drawn_remark(&text());
    } else {
        printer.drawn_result(&description, text)?;
    }
    Ok(if is_fine { Exit::Fine } else { Exit::Findings })
}

/// Whether the document goes to the standard output; an error where its name does not say its form. This is told before any work
/// is done.
fn check_output(args: &LowerArgs) -> Result<bool, Failure> {
    let Some(output) = &args.output else { return Ok(false) };
    if !is_stdio(output) {
        nirkit::lower::check_output(output)?;
        return Ok(false);
    }
    if args.format.format == Format::Json {
        let help = "leave `--format json` out, or give a file to write";
        let message = "the document and the JSON would both go to the standard output";
        return Err(Failure::with_help(message, Some(help)));
    }
    Ok(true)
}
