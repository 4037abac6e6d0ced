//! `nir codegen`: code that computes what a platform computes.

use std::fmt::Display;

use nirkit::codegen::{Summary, Target, VerilogReport, check_output, codegen};
use serde::Serialize;

use crate::args::{CodegenArgs, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::render::table::{choices, table};
use crate::stdio::shown;

/// The report of generated code.
#[derive(Serialize)]
struct Report {
    file: String,
    folder: String,
    #[serde(flatten)]
    summary: Summary,
}

pub(crate) fn run(args: &CodegenArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    check_output(&args.output)?;
    let document = load::as_written(&args.file, &args.limits)?;
    let Some(meaning) = args.stepped.meaning() else {
        let help = "name it: `--platform NAME`, or `--clocked`";
        return Err(Failure::with_help("nothing says whose arithmetic the code has", Some(help)));
    };
    let given = args.stepped.choices(&args.limits, &args.times)?;
    let steps = args.steps as usize;
    let target = match (args.target, args.input_bits) {
        (Target::Verilog { .. }, Some(input_bits)) => Target::Verilog { input_bits },
        (target, None) => target,
        (target, Some(_)) => {
            let message = format!("`--input-bits` is of Verilog, and the target is {target}");
            return Err(Failure::with_help(&message, Some("leave it out")));
        }
    };
    let generated = codegen(&document, meaning, &given, target, &args.name, steps)?;
    generated.write(&args.output)?;
    if printer.format() == Format::Text {
        generated.notes.iter().for_each(|note| Printer::note(note));
    }
    let folder = shown(&args.output);
    let summary = generated.summary(&folder);
    let report = Report { file: shown(&args.file), folder, summary };
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

/// What a design takes.
fn hardware_rows(of: &VerilogReport) -> Vec<Vec<String>> {
    let row = |what: &str, number: &dyn Display| vec![what.to_owned(), number.to_string()];
    vec![
        row("bits of constants", &of.constant_bits),
        row("bits of memories", &of.memory_bits),
        row("cycles of a step, if no stream stalls", &of.cycles.max(of.first_cycles)),
        row("cycles after a reset", &of.reset_cycles),
        row("numbers that enter in a step", &of.beats_in),
        row("numbers that leave in a step", &of.beats_out),
        row("bits of a number that leaves", &of.output_bits),
    ]
}

impl Report {
    fn print(&self) -> String {
        let summary = &self.summary;
        let count = |what: &str, number: usize| vec![what.to_owned(), number.to_string()];
        let mut rows = vec![count("neurons", summary.neurons)];
        match &summary.hardware {
            Some(hardware) => rows.extend(hardware_rows(hardware)),
            None => rows.extend([
                count("bytes of constants", summary.constant_bytes),
                count("bytes of state", summary.state_bytes),
            ]),
        }
        rows.extend([
            count("products of a step, all inputs active", summary.most_products),
            count("operations of neurons in a step", summary.cell_operations),
        ]);
        format!(
            "{}: {}\n\n{}\n{}\n`{}` replays {} steps\n",
            self.folder,
            summary.files.join(", "),
            choices(&summary.choices),
            table(&["the code has", ""], rows),
            summary.check,
            summary.steps
        )
    }
}
