//! `nir run`: runs a graph on a stimulus.

mod report;

use std::path::{Path, PathBuf};

use nirkit::ir::Document;
use nirkit::recording::{self, Batch, REPORT, is_data_file, make_folder};
use nirkit::view::{Shown, recording_figure};
use nirkit::{Choices, Model, Observable, Record, Recording, Request, Run, Stimulus};

use self::report::{Report, Way};
use crate::args::{Format, RunArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::Inputs;
use crate::json::Versioned;
use crate::load::{self, Set};
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::stdio::check_picture;

/// What is said of threads where there is one sample.
const NO_BATCH: &str =
    "`--threads` has no effect: threads divide the samples of a `--batch`, and this is one sample";

/// The longest name of a file that the usual file systems hold, in bytes.
const LONGEST_NAME: usize = 255;

pub(crate) fn run(args: &RunArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if let Some(path) = &args.svg {
        check_picture(path)?;
    }
    let is_data = args.output.as_deref().map(is_data_file).transpose()?.unwrap_or(false);
    let set = Set { inputs: &args.input, reading: &args.reading, batch: args.batch };
    let stimulus = load::stimulus(&set, &args.limits)?;
    let choices = args.choices()?.of_stimulus(&stimulus);
    let (model, document) = model(args, &stimulus, &choices)?;
    // The model has weights of its own: those of the graph are freed where nothing reads them any more.
    let document = document.filter(|_| args.operations || args.svg.is_some());
    let limits = args.limits.limits()?;
    let folder = args.output.as_deref().filter(|_| !is_data);
    let progress = Progress::new("running");
    let watch = |done, total| progress.set(done, total);
    let bound = model.bind(&stimulus)?;
    // Without files only the numbers of spikes are told.
    let run = Run::new()
        .record(args.record.as_deref().map_or(Record::Spikes, Record::parse))
        .duration(args.duration)
        .timed(is_data || args.svg.is_some())
        .sample(args.exact.instants(&limits)?)
        .threads(args.threads.get())
        .sums_only(args.output.is_none() && args.svg.is_none())
        .check_rounding(args.simulator.check_rounding)
        .watch(&watch);
    let requests = model.requests(&run)?;
    if args.output.is_none() && args.svg.is_none() {
        refuse_unseen(args, &requests)?;
    }
    if let Some(folder) = folder {
        check_names(&requests)?;
        make_folder(folder)?;
    }
    // Spikes in continuous time go to the folder while the run goes on.
    let streams = folder.filter(|_| model.is_continuous() && !args.batch && args.svg.is_none());
    let recording = model.run_bound(&bound, &run.clone().folder(streams))?;
    progress.end();
    let stimuli = args.input.iter().map(|given| load::source(given).1);
    let are_seen = args.output.is_some() || printer.format() == Format::Json;
    let inputs = Inputs::of(args.file(), stimuli, None, are_seen)?;
    let mut report = Report::of(inputs, &recording);
    if let (true, Some(document)) = (args.operations, &document) {
        report.count(model.operations(document, &bound, &run)?);
    }
    if args.threads.get() > 1 && !args.batch {
        report.notes.push(NO_BATCH.to_owned());
    }
    let others = others(args, &model, &bound, &run)?;
    if let Some(path) = &args.svg {
        refuse_inputs(args, [path.clone()])?;
        let shown =
            Shown { graph: document.as_ref(), stimulus: Some(&bound), sample: args.svg_sample };
        let svg = recording_figure(&recording, shown)?;
        nirkit::io::text::write_text(path, &svg).map_err(nirkit::Error::from)?;
    }
    write(args, &mut report, recording, others, is_data)?;
    remark(&report, printer.format());
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

/// The model, and the graph that it was made of, if there is one.
fn model(
    args: &RunArgs,
    stimulus: &Stimulus,
    choices: &Choices,
) -> Result<(Model, Option<Document>), Failure> {
    let title = match args.engine.platform.as_deref() {
        Some(title) => title,
        None if args.engine.exact => "exact",
        None => "clocked",
    };
    if let Some(config) = &args.config {
        if args.times.unit().is_some() {
            let message = "`--time-unit` has no effect: a configuration has steps, and no times";
            return Err(Failure::with_help(message, Some("leave it out")));
        }
        let model = Model::configuration(config, title, stimulus.frame(), choices)?;
        return Ok((model, None));
    }
    let loaded = load::with_source(args.file(), &args.limits)?;
    let model = Model::new(&loaded.document, title, choices)
        .map_err(|error| load::drawn(error, &loaded, args.file()))?;
    Ok((model, Some(loaded.document)))
}

/// The number of another way, and what it gave, or why it fails.
type OtherWay = (usize, Result<Recording, nirkit::Error>);

/// The other ways in which a platform can run the graph, unless one was asked for.
fn others(
    args: &RunArgs,
    model: &Model,
    bound: &nirkit::model::Bound,
    run: &Run<'_>,
) -> Result<Vec<OtherWay>, Failure> {
    if args.simulator.way.is_some() {
        return Ok(Vec::new());
    }
    let run = run.clone().check_rounding(false);
    let mut found = Vec::new();
    for (number, other) in model.other_ways() {
        let recording = match other {
            // What was asked for by name may not run in this way.
            Ok(other) if other.requests(&run).is_err() => {
                Ok(other.run_bound(bound, &run.clone().record(Record::Spikes))?)
            }
            Ok(other) => Ok(other.run_bound(bound, &run)?),
            Err(error) => Err(error),
        };
        found.push((number, recording));
    }
    Ok(found)
}

/// Refuses to record by name what only a file can hold: without one, totals are printed, and voltages have none.
fn refuse_unseen(args: &RunArgs, requests: &[Request]) -> Result<(), Failure> {
    if args.record.as_deref().is_none_or(|record| record == "all") {
        return Ok(());
    }
    let has_total =
        |request: &&Request| matches!(request.observable, Observable::Spikes | Observable::Output);
    let unseen: Vec<String> = { requests.iter() }
        .filter(|request| !has_total(request))
        .map(|request| format!("`{}:{}`", request.node, request.observable))
        .collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let message = format!("nothing would come of recording {}", unseen.join(", "));
    let help = "give `--output`: a folder, or a file that ends in `.h5`; without it only totals are printed";
    Err(Failure::with_help(message, Some(help)))
}

/// Writes the recording and those of the other ways, with the report, which names the files.
fn write(
    args: &RunArgs,
    report: &mut Report,
    recording: Recording,
    others: Vec<OtherWay>,
    is_data: bool,
) -> Result<(), Failure> {
    let mut batch = match &args.output {
        Some(output) if is_data => {
            refuse_inputs(args, [output.clone()])?;
            if recording.affected.is_some() {
                let note = "a file of data does not hold which spikes depend on the order of additions; \
                            give a folder for `--output`";
                report.notes.push(note.to_owned());
            }
            recording::write_data(output, &recording)?;
            report.files = vec![output.display().to_string()];
            None
        }
        Some(output) => Some(recording::stage(output, recording)?),
        None => None,
    };
    report.files.extend(batch.iter().flat_map(Batch::names).collect::<Vec<_>>());
    for (number, recording) in others {
        let way = match recording {
            Ok(recording) => {
                let mut way = Way::of(number, &recording);
                way.files = write_way(args.output.as_deref(), number, recording, batch.as_mut())?;
                way
            }
            Err(error) => Way::failed(number, &error),
        };
        report.ways.push(way);
    }
    if let Some(batch) = batch {
        report.files.push(REPORT.to_owned());
        if let Some(folder) = &args.output {
            let ways = report.ways.iter().flat_map(|way| &way.files);
            let names = report.files.iter().chain(ways);
            refuse_inputs(args, names.map(|name| folder.join(name)))?;
        }
        batch.finish(REPORT, &Versioned::of(&*report))?;
    }
    Ok(())
}

/// Refuses to write over what was read.
fn refuse_inputs(
    args: &RunArgs,
    outputs: impl IntoIterator<Item = PathBuf>,
) -> Result<(), Failure> {
    let stimuli = args.input.iter().map(|given| load::source(given).1);
    let files = overwrite::platform_files(args.engine.platform.as_deref());
    let read = std::iter::once(args.file()).chain(stimuli).chain(files).chain(args.exact.times());
    overwrite::refuse(outputs, read)
}

/// Writes the recording of another way: into a folder of its own inside that of the first, or a file beside it.
fn write_way(
    output: Option<&Path>,
    number: usize,
    recording: Recording,
    batch: Option<&mut Batch>,
) -> Result<Vec<String>, Failure> {
    let Some(output) = output else { return Ok(Vec::new()) };
    let Some(batch) = batch else {
        let name = format!("{}.way-{number}.h5", output.with_extension("").display());
        recording::write_data(name.as_ref(), &recording)?;
        return Ok(vec![name]);
    };
    let folder = format!("way-{number}");
    let path = output.join(&folder);
    make_folder(&path)?;
    Ok(batch.take_in(&folder, recording::stage(&path, recording)?))
}

/// Guesses and doubts are said to whoever reads the text; the JSON holds them anyway.
fn remark(report: &Report, format: Format) {
    if format == Format::Text {
        report.notes.iter().for_each(|note| Printer::note(note));
    }
}

/// Names of files that no file system holds are told before anything is computed.
fn check_names(requests: &[Request]) -> Result<(), Failure> {
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
