//! `nir run`: runs a graph on a stimulus. Here is what all engines share.

mod chip;
mod clocked;
mod exact;
mod platform;
mod ways;

use nirkit::ir::open::{self, Open};
use nirkit::ir::{Facts, Graph};
use nirkit::platforms::Platform;
use nirkit::sim::{Observable, Request};
use nirkit::stimulus::Loaded;

use crate::args::{Format, RunArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load::{self, Set};
use crate::printer::Printer;
use crate::report::Report;

/// The longest name of a file that the usual file systems hold, in bytes.
const LONGEST_NAME: usize = 255;

/// So many names of nodes are shown where one is wrong.
const SHOWN: usize = 8;

/// What an engine is given.
struct Task<'a> {
    args: &'a RunArgs,
    graph: &'a Graph,
    facts: &'a Facts,
    open: Open,
    loaded: Loaded,
}

pub(crate) fn run(args: &RunArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let report = match &args.config {
        Some(config) => chip::run_config(args, config)?,
        None => run_graph(args)?,
    };
    remark(&report, printer.format());
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

fn run_graph(args: &RunArgs) -> Result<Report, Failure> {
    let file = load::with_source(args.file(), &args.limits, &args.times)?;
    let title = args.engine.platform.as_deref();
    let (graph, facts, notes) =
        load::sound_for(title.as_slice(), &file, args.file(), &args.limits)?;
    let graph = graph.as_ref();
    let set = Set { inputs: &args.input, frames: args.frames, batch: args.batch };
    let loaded = load::stimulus(&set, graph, &facts, &args.limits)?;
    let task = Task { args, graph, facts: &facts, open: open::open(&file.document), loaded };
    let asks_for_order = args.check_rounding || args.sums.is_some();
    let mut report = match title {
        Some("ideal") if asks_for_order => Err(no_simulator("ideal")),
        Some("ideal") => exact::run(&task),
        Some(title) => match load::any_platform(title)? {
            Platform::Simulator(profile) => platform::run(&task, profile),
            Platform::Chip(_) if asks_for_order => Err(no_simulator(title)),
            Platform::Chip(chip) => chip::run(&task, chip),
        },
        None if args.engine.exact => exact::run(&task),
        None => clocked::run(&task),
    }?;
    report.notes.splice(0..0, notes);
    Ok(report)
}

/// The failure for options that only simulators have.
fn no_simulator(title: &str) -> Failure {
    Failure::with_help(
        format!("`{title}` is no simulator; its additions have an order of their own"),
        Some("leave `--sums` and `--check-rounding` out"),
    )
}

/// Guesses and doubts are said to whoever reads the text; the JSON holds them anyway.
fn remark(report: &Report, format: Format) {
    if format == Format::Text {
        report.notes.iter().for_each(|note| Printer::note(note));
    }
}

/// What to record of what can be recorded; everything that is wrong with the list at once.
fn requests(args: &RunArgs, all: Vec<Request>) -> Result<Vec<Request>, Failure> {
    let requests = chosen(args, all)?;
    check_names(args, &requests)?;
    Ok(requests)
}

/// Names of files that no file system holds are told before anything is computed.
fn check_names(args: &RunArgs, requests: &[Request]) -> Result<(), Failure> {
    let Some(_) = args.output.as_deref().filter(|output| !is_data_file(output)) else {
        return Ok(());
    };
    let name = |request: &Request| format!("{}.{}.npy", request.node, request.observable);
    let is_long = |name: &String| name.len() > LONGEST_NAME;
    match requests.iter().map(name).find(is_long) {
        None => Ok(()),
        Some(name) => {
            let start: String = name.chars().take(20).collect();
            let message = format!(
                "the file `{start}...` would have a name of {} bytes, {LONGEST_NAME} are allowed",
                name.len()
            );
            Err(Failure::with_help(message, Some("give `--output FILE.h5`, which holds any name")))
        }
    }
}

fn chosen(args: &RunArgs, all: Vec<Request>) -> Result<Vec<Request>, Failure> {
    match args.record.as_deref() {
        None => Ok(all.into_iter().filter(|r| r.observable == Observable::Spikes).collect()),
        Some("all") => Ok(all),
        Some(list) => {
            let parsed: Vec<Result<Request, String>> =
                list.split(',').map(|text| request(text, &all)).collect();
            let wrong: Vec<String> = parsed.iter().filter_map(|r| r.clone().err()).collect();
            if wrong.is_empty() {
                return Ok(parsed.into_iter().flatten().collect());
            }
            let help = "write NODE:spikes, NODE:v, NODE:isyn or, for what a package returns, NODE:output, separated \
                        by commas";
            Err(Failure::several(wrong.into_iter().map(|wrong| (wrong, Some(help.to_owned())))))
        }
    }
}

fn request(text: &str, all: &[Request]) -> Result<Request, String> {
    let (node, observable) =
        text.rsplit_once(':').ok_or_else(|| format!("`{text}` names no observable"))?;
    let observable = observable.parse().map_err(|error| format!("{error}"))?;
    let request = Request { node: node.to_owned(), observable };
    if all.contains(&request) {
        return Ok(request);
    }
    let known: Vec<String> =
        all.iter().filter(|r| r.node == node).map(|r| r.observable.to_string()).collect();
    Err(match known.as_slice() {
        [] => {
            let same = all.iter().filter(|r| r.observable == request.observable);
            let same: Vec<String> = same.take(SHOWN).map(|r| format!("`{}`", r.node)).collect();
            let others = if same.is_empty() { "nothing".to_owned() } else { same.join(", ") };
            let observable = request.observable;
            format!("nothing of `{node}` can be recorded here; what has `{observable}`: {others}")
        }
        known => format!("`{node}` has no `{observable}` to record, but {}", known.join(", ")),
    })
}

/// Whether seconds matter: something is given or written in seconds, and not in steps alone.
fn is_timed(args: &RunArgs, loaded: &Loaded) -> bool {
    let is_data = args.output.as_deref().is_some_and(is_data_file);
    loaded.steps.is_none() || args.duration.is_some() || is_data
}

/// Whether the results go to one file of data instead of a folder.
fn is_data_file(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|extension| extension == "h5")
}
