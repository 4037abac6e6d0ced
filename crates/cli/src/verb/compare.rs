//! `nir compare`: platforms side by side, where their spikes part, and why.

mod print;

use nirkit::Choice;
use nirkit::compare::{Compare, Compared, Refusal, Report, compare_platforms};
use nirkit::view::comparison_figure;
use serde::Serialize;

use crate::args::{CompareArgs, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load::{self, Set};
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::stdio::{check_picture, shown};

/// The result, as JSON has it.
#[derive(Serialize)]
struct Outcome<'a> {
    file: String,
    choices: &'a [Choice],
    /// What was guessed, and what platforms lose of the graph.
    notes: &'a [String],
    /// Platforms that take no part, and why.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refused: &'a [Refusal],
    #[serde(flatten)]
    report: &'a Report,
}

pub(crate) fn run(args: &CompareArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if let Some(path) = &args.svg {
        check_picture(path)?;
    }
    let loaded = load::with_source(&args.file, &args.limits)?;
    let set = Set { inputs: &args.input, reading: &args.reading, batch: false };
    let stimulus = load::stimulus(&set, &args.limits)?;
    let choices =
        args.choices.choices(&args.limits, &args.times)?.spike(args.spike).of_stimulus(&stimulus);
    let titles: Vec<&str> = args.platform.iter().map(String::as_str).collect();
    let progress = Progress::new("comparing");
    let watch = |done, total| progress.set(done, total);
    let how =
        Compare::new().duration(args.duration).tau(args.tau).causes(!args.no_cause).watch(&watch);
    let compared = compare_platforms(&loaded.document, &titles, &stimulus, &choices, &how)
        .map_err(|error| load::drawn(error, &loaded, &args.file))?;
    progress.end();
    let stimuli = args.input.iter().map(|given| load::source(given).1);
    let inputs = std::iter::once(args.file.as_path()).chain(stimuli);
    let inputs = inputs.chain(overwrite::platform_files(titles.iter().copied()));
    overwrite::refuse(args.svg.clone(), inputs)?;
    draw(args, &compared)?;
    if printer.format() == Format::Text {
        compared.notes.iter().for_each(|note| Printer::note(note));
    }
    let Compared { choices, notes, refused, report, .. } = &compared;
    let result = Outcome { file: shown(&args.file), choices, notes, refused, report };
    printer.result(&result, || print::text(&result))?;
    let is_fine = report.equal && refused.is_empty();
    Ok(if is_fine { Exit::Fine } else { Exit::Findings })
}

fn draw(args: &CompareArgs, compared: &Compared) -> Result<(), Failure> {
    let Some(path) = &args.svg else { return Ok(()) };
    let svg = comparison_figure(compared)?;
    Ok(nirkit::io::text::write_text(path, &svg).map_err(nirkit::Error::from)?)
}
