//! `nir codegen`: code that computes what a platform computes.

use nirkit::Choice;
use nirkit::codegen::{Generated, check_output, codegen};
use serde::Serialize;

use crate::args::{CodegenArgs, Format, Target};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::render::table::{choices, table};
use crate::stdio::shown;

/// The report of generated code.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    folder: String,
    target: &'static str,
    files: Vec<&'a str>,
    choices: &'a [Choice],
    notes: &'a [String],
    /// Steps that the test bench replays.
    steps: usize,
    neurons: usize,
    constant_bytes: usize,
    state_bytes: usize,
    most_products: usize,
    cell_operations: usize,
}

pub(crate) fn run(args: &CodegenArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    check_output(&args.output)?;
    let document = load::as_written(&args.file, &args.limits)?;
    let Some(meaning) = args.stepped.meaning() else {
        let help = "name it: `--platform NAME`, or `--clocked`";
        return Err(Failure::with_help("nothing says whose arithmetic the code has", Some(help)));
    };
    let given = args.stepped.choices(&args.limits, &args.times)?;
    let Target::C99 = args.target;
    let generated = codegen(&document, meaning, &given, &args.name, args.steps as usize)?;
    generated.write(&args.output)?;
    if printer.format() == Format::Text {
        generated.notes.iter().for_each(|note| Printer::note(note));
    }
    let report = Report::of(args, &generated);
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

impl<'a> Report<'a> {
    fn of(args: &CodegenArgs, generated: &'a Generated) -> Self {
        let Generated { files, report, choices, notes, steps } = generated;
        Self {
            file: shown(&args.file),
            folder: shown(&args.output),
            target: "c99",
            files: files.iter().map(|(name, _)| name.as_str()).collect(),
            choices,
            notes,
            steps: *steps,
            neurons: report.neurons,
            constant_bytes: report.constants,
            state_bytes: report.state,
            most_products: report.most_products,
            cell_operations: report.cell_operations,
        }
    }

    fn print(&self) -> String {
        let count = |what: &str, number: usize| vec![what.to_owned(), number.to_string()];
        let rows = vec![
            count("neurons", self.neurons),
            count("bytes of constants", self.constant_bytes),
            count("bytes of state", self.state_bytes),
            count("products of a step, all inputs active", self.most_products),
            count("operations of neurons in a step", self.cell_operations),
        ];
        format!(
            "{}: {}\n\n{}\n{}\n`make -C {} check` replays {} steps\n",
            self.folder,
            self.files.join(", "),
            choices(self.choices),
            table(&["the code has", ""], rows),
            self.folder,
            self.steps
        )
    }
}
