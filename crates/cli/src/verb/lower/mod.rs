//! `nir lower`: a graph in the terms of a chip, what that loses, and what it costs.

mod cost;
mod describe;

use nirkit::ir::open;
use nirkit::platforms::{Chip, ChipChoices, Platform};

use crate::args::LowerArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::render::findings;
use nirkit::escape;

use self::describe::Description;

pub(crate) fn run(args: &LowerArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let chip = chip(args)?;
    let loaded = load::with_source(&args.file, &args.limits, &args.times)?;
    let (graph, facts) = load::sound(&loaded, &args.file, &args.limits)?;
    let dt = args.choices.dt.or(open::open(&loaded.document).only_dt().map(|dt| dt.value));
    let (reset, quantize) = (args.choices.reset, args.choices.quantize.clone());
    let choices = ChipChoices { dt, reset, quantize };
    let lowering = chip.lower(graph, &facts, &choices).map_err(Failure::new)?;
    let is_fine = !lowering.report.refuses() && lowering.report.fits();
    let cost = match &lowering.design {
        Some(design) if !args.input.is_empty() => {
            Some(cost::cost(args, chip, design, (graph, &facts), dt)?)
        }
        _ => None,
    };
    let written = match (&args.output, &lowering.design) {
        (Some(output), Some(design)) if is_fine => {
            nirkit::chip::write(output, design)?;
            Some(output.display().to_string())
        }
        _ => None,
    };
    let description = Description::new(args, &lowering, cost, written);
    printer.drawn_result(&description, || {
        let file = args.file.display().to_string();
        let drawn = findings::draw(&loaded, &file, &lowering.report.diagnostics());
        format!("{drawn}{}", escape::text(&description.print()))
    })?;
    Ok(if is_fine { Exit::Fine } else { Exit::Findings })
}

fn chip(args: &LowerArgs) -> Result<&'static Chip, Failure> {
    match load::any_platform(&args.platform)? {
        Platform::Chip(chip) => Ok(chip),
        Platform::Simulator(_) => {
            let help =
                "graphs are lowered to chips; `nir run --platform` runs as a simulator would";
            Err(Failure::with_help(format!("`{}` is no chip", args.platform), Some(help)))
        }
    }
}
