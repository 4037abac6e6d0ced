//! The page: the graph with findings, parameters, platforms and runs.

use std::num::NonZeroUsize;
use std::path::Path;

use nirkit::compare::{Compare, Compared, compare_platforms};
use nirkit::document::Loaded;
use nirkit::eval::{Evaluation, eval_platforms};
use nirkit::io::text::write_text;
use nirkit::view::{PageOptions, every_platform, page};
use nirkit::{Choices, Eval, LabelledSet, escape};
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
use crate::verb::eval::{Samples, labelled_set};

/// The result, as JSON has it.
#[derive(Serialize)]
struct Report {
    file: String,
    output: String,
    bytes: usize,
    /// The platforms whose verdicts are on the page.
    platforms: Vec<String>,
    /// What ran side by side.
    runs: Vec<String>,
    /// What classified a set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evaluations: Vec<String>,
}

/// Writes the page.
pub(super) fn run(args: &ViewArgs, output: &Path, printer: &mut Printer) -> Result<Exit, Failure> {
    let mut loaded = load::with_source(&args.file, &args.limits)?;
    // From here on times are in seconds, and no choice says their unit.
    load::in_seconds(&mut loaded.document, &args.times)?;
    let choices = args.choices.choices(&args.limits, &TimeArgs::default())?;
    let is_set = args.eval || args.labels.is_some();
    let titles: Vec<&str> = if args.platform.is_empty() {
        every_platform()
    } else {
        args.platform.iter().map(String::as_str).filter(|title| !is_own(title, is_set)).collect()
    };
    refuse_of_sets(args, is_set)?;
    let evaluated = is_set.then(|| evaluated(args, &loaded, &choices, output)).transpose()?;
    let compared = if is_set { None } else { compared(args, &loaded, &choices)? };
    if compared.is_none() && evaluated.is_none() {
        choices.check_for(&titles)?;
    }
    let title = title(args);
    let page_options = PageOptions::new(&title).platforms(&titles, choices);
    let page_options = match &compared {
        Some(compared) => page_options.compared(compared),
        None => page_options,
    };
    let page_options = match &evaluated {
        Some((set, found)) => page_options.evaluated(set, found),
        None => page_options,
    };
    let page = page(&loaded.document, &options(args)?, &page_options)?;
    let stimuli = args.input.iter().map(|given| load::source(given).1);
    let inputs = std::iter::once(args.file.as_path()).chain(stimuli);
    let samples = evaluated.iter().flat_map(|(set, _)| set.files());
    let inputs = inputs.chain(args.labels.as_deref()).chain(samples);
    let inputs = inputs.chain(overwrite::platform_files(titles.iter().copied()));
    overwrite::refuse([output.to_path_buf()], inputs)?;
    write_text(output, &page).map_err(nirkit::Error::from)?;
    if let (Some(compared), Format::Text) = (&compared, printer.format()) {
        compared.notes.iter().for_each(|note| Printer::note(note));
    }
    if let (Some((_, found)), Format::Text) = (&evaluated, printer.format()) {
        let notes =
            found.iter().flat_map(|of| of.notes.iter().map(move |note| (&of.platform, note)));
        notes.for_each(|(platform, note)| Printer::note(&format!("{platform}: {note}")));
    }
    let report = Report {
        file: shown(&args.file),
        output: output.display().to_string(),
        bytes: page.len(),
        platforms: titles.iter().map(ToString::to_string).collect(),
        runs: compared.map(|compared| compared.report.variants).unwrap_or_default(),
        evaluations: evaluated.iter().flat_map(|(_, found)| found).map(row).collect(),
    };
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

/// Whether a title is one of the meanings of a graph without a platform; only sets are classified on a time grid.
fn is_own(title: &str, is_set: bool) -> bool {
    matches!(title, "ideal" | "exact") || (is_set && title == "clocked")
}

/// A platform with its accuracy, or a word.
fn row(evaluation: &Evaluation) -> String {
    let score = evaluation.score.as_ref();
    let found = score.map(|score| format!("{:.2} %", 100.0 * score.accuracy));
    format!("{} {}", evaluation.platform, found.as_deref().unwrap_or("does not run"))
}

/// Classifies the samples on each platform.
fn evaluated(
    args: &ViewArgs,
    loaded: &Loaded,
    choices: &Choices,
    output: &Path,
) -> Result<(LabelledSet, Vec<Evaluation>), Failure> {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
    let set = labelled_set(&Samples {
        input: &args.input,
        labels: args.labels.as_ref(),
        reading: &args.reading,
        limits: &args.limits,
        output: folder.or(Some(Path::new("."))),
    })?;
    let choices = choices.clone().spike(args.spike);
    let titles: Vec<&str> = args.platform.iter().map(String::as_str).collect();
    let progress = Progress::new("evaluating");
    let watch = |done, total| progress.set(done, total);
    let how = Eval::new()
        .readout(args.readout)
        .duration(args.duration)
        .threads(args.threads.map_or(1, NonZeroUsize::get))
        .watch(&watch);
    let found = eval_platforms(&loaded.document, &titles, &set, &choices, &how)
        .map_err(|error| load::drawn(error, loaded, &args.file))?;
    progress.end();
    Ok((set, found))
}

/// Returns an error where something is given that only a set has, or only a comparison.
fn refuse_of_sets(args: &ViewArgs, is_set: bool) -> Result<(), Failure> {
    let refuse = |what: &str, why: &str, help: &str| {
        Err(Failure::with_help(format!("{what} has no effect on {why}"), Some(help)))
    };
    let help = "give `--labels LABELS`, or `--eval` for samples that state their classes";
    match (is_set, args.readout, args.threads, args.no_cause) {
        (true, _, _, true) => {
            refuse("--no-cause", "the classes of samples", "leave it out; nothing is compared")
        }
        (false, Some(_), _, _) => refuse("--readout", "runs side by side", help),
        (false, None, Some(_), _) => refuse("--threads", "runs side by side", help),
        _ => Ok(()),
    }
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
        let found = match self.evaluations.as_slice() {
            [] => String::new(),
            found => format!(", with the classes found by {}", found.join(", ")),
        };
        escape::line(&format!("{}: {kilobytes} kB{runs}{found}", self.output)).into_owned() + "\n"
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
