//! The page: the graph with findings, parameters, platforms and runs.

use std::path::Path;

use nirkit::compare::{Compare, Compared, compare_platforms};
use nirkit::document::Loaded;
use nirkit::io::text::write_text;
use nirkit::view::{PageOptions, every_platform, page};
use nirkit::{Choices, escape};
use serde::Serialize;

use super::{options, title};
use crate::args::{Format, TimeArgs, ViewArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load::{self, Set};
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::stdio::shown;

/// The result, as JSON has it.
#[derive(Serialize)]
struct Report {
    file: String,
    output: String,
    bytes: usize,
    /// The platforms whose verdicts are on the page.
    platforms: Vec<String>,
    /// What ran.
    runs: Vec<String>,
}

/// Writes the page.
pub(super) fn run(args: &ViewArgs, output: &Path, printer: &mut Printer) -> Result<Exit, Failure> {
    let mut loaded = load::with_source(&args.file, &args.limits)?;
    // From here on times are in seconds, and no choice says their unit.
    load::in_seconds(&mut loaded.document, &args.times)?;
    let choices = args.choices.choices(&args.limits, &TimeArgs::default())?;
    let titles: Vec<&str> = if args.platform.is_empty() {
        every_platform()
    } else {
        args.platform.iter().map(String::as_str).filter(|title| !is_ideal(title)).collect()
    };
    let compared = compared(args, &loaded, &choices)?;
    if compared.is_none() {
        choices.check_for(&titles)?;
    }
    let title = title(args);
    let page_options = PageOptions::new(&title).platforms(&titles, choices);
    let page_options = match &compared {
        Some(compared) => page_options.compared(compared),
        None => page_options,
    };
    let page = page(&loaded.document, &options(args)?, &page_options)?;
    let stimuli = args.input.iter().map(|given| load::source(given).1);
    let inputs = std::iter::once(args.file.as_path()).chain(stimuli);
    let inputs = inputs.chain(overwrite::platform_files(titles.iter().copied()));
    overwrite::refuse([output.to_path_buf()], inputs)?;
    write_text(output, &page).map_err(nirkit::Error::from)?;
    if let (Some(compared), Format::Text) = (&compared, printer.format()) {
        compared.notes.iter().for_each(|note| Printer::note(note));
    }
    let report = Report {
        file: shown(&args.file),
        output: output.display().to_string(),
        bytes: page.len(),
        platforms: titles.iter().map(ToString::to_string).collect(),
        runs: compared.map(|compared| compared.report.variants).unwrap_or_default(),
    };
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

fn is_ideal(title: &str) -> bool {
    matches!(title, "ideal" | "exact")
}

/// Runs the platforms side by side, if there is a stimulus.
fn compared(
    args: &ViewArgs,
    loaded: &Loaded,
    choices: &Choices,
) -> Result<Option<Compared>, Failure> {
    if args.input.is_empty() {
        return Ok(None);
    }
    let set = Set { inputs: &args.input, reading: &args.reading, batch: false };
    let stimulus = load::stimulus(&set, &args.limits)?;
    let choices = choices.clone().spike(args.spike).of_stimulus(&stimulus);
    let titles: Vec<&str> = args.platform.iter().map(String::as_str).collect();
    let progress = Progress::new("running");
    let watch = |done, total| progress.set(done, total);
    let how = Compare::new().duration(args.duration).causes(!args.no_cause).watch(&watch);
    let compared = compare_platforms(&loaded.document, &titles, &stimulus, &choices, &how)
        .map_err(|error| load::drawn(error, loaded, &args.file))?;
    progress.end();
    Ok(Some(compared))
}

impl Report {
    fn print(&self) -> String {
        let kilobytes = self.bytes.div_ceil(1000);
        let runs = match self.runs.as_slice() {
            [] => String::new(),
            runs => format!(", with runs of {}", runs.join(", ")),
        };
        escape::line(&format!("{}: {kilobytes} kB{runs}", self.output)).into_owned() + "\n"
    }
}

/// Returns an error where something is given that only a page shows.
pub(super) fn refuse_options(args: &ViewArgs) -> Result<(), Failure> {
    let given = [
        ("--platform", !args.platform.is_empty()),
        ("--input", !args.input.is_empty()),
        ("a choice of platforms", !args.choices.is_empty()),
    ];
    let given: Vec<&str> =
        given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name).collect();
    if given.is_empty() {
        return Ok(());
    }
    let message = format!("{} has no effect on a picture or on text", given.join(" and "));
    Err(Failure::with_help(message, Some("write a page: `--output net.html`")))
}
