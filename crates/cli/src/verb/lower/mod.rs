//! `nir lower`: a graph in the terms of a chip, what that loses, and what it costs.

mod describe;

use nirkit::document::Loaded;
use nirkit::ir::open;
use nirkit::ir::valid::validate_document;
use nirkit::platforms::chip::Lowering;
use nirkit::platforms::{ChipChoices, Platform};

use crate::args::LowerArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::render::findings;

use self::describe::Description;

pub(crate) fn run(args: &LowerArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let loaded = load::with_source(&args.file, &args.limits)?;
    let lowering = lower(args, &loaded)?;
    let is_fine = !lowering.report.refuses() && lowering.report.fits();
    let written = match (&args.output, &lowering.design) {
        (Some(output), Some(design)) if is_fine => {
            nirkit::chip::write(output, design)?;
            Some(output.display().to_string())
        }
        _ => None,
    };
    let description = Description::new(args, &lowering, written);
    printer.result(&description, || {
        let file = args.file.display().to_string();
        let drawn = findings::draw(&loaded, &file, &lowering.report.diagnostics());
        format!("{drawn}{}", description.print())
    })?;
    Ok(if is_fine { Exit::Fine } else { Exit::Findings })
}

fn lower(args: &LowerArgs, loaded: &Loaded) -> Result<Lowering, Failure> {
    let Platform::Chip(chip) = load::any_platform(&args.platform)? else {
        let help = "graphs are lowered to chips; `nir run --platform` runs as a simulator would";
        return Err(Failure::with_help(format!("`{}` is no chip", args.platform), Some(help)));
    };
    let validation = validate_document(&loaded.document);
    let (Some(graph), Some(facts)) = (loaded.document.graph(), &validation.facts) else {
        let help = format!("see `nir check {}`", args.file.display());
        return Err(Failure::with_help("the graph has errors", Some(help)));
    };
    let dt = args.choices.dt.or(open::open(&loaded.document).only_dt().map(|dt| dt.value));
    let (reset, quantize) = (args.choices.reset, args.choices.quantize.clone());
    chip.lower(graph, facts, &ChipChoices { dt, reset, quantize }).map_err(Failure::new)
}
