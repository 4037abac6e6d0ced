//! `nir run`: runs a graph on a stimulus.

use nirkit::Error;
use nirkit::clocked::Job;
use nirkit::ir::open::{self, Open};
use nirkit::ir::valid::validate_document;
use nirkit::ir::{Document, Facts, Graph, Severity};
use nirkit::recording;
use nirkit::sim::clocked::{self, Program, Recording};
use nirkit::sim::{Observable, Request, Reset, SpikeReading};
use nirkit::stimulus::{self, Loaded, Source};
use serde::Serialize;

use crate::args::RunArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::render::findings;
use crate::render::table::table;

/// What was done, under which choices, and with what result.
#[derive(Serialize)]
struct Report {
    program: String,
    file: String,
    engine: &'static str,
    steps: usize,
    choices: Vec<Choice>,
    /// Nodes in the order in which they run, with the sources that bring the step before.
    order: Vec<String>,
    notes: Vec<String>,
    nodes: Vec<Activity>,
    files: Vec<String>,
}

/// A choice, its value, and where the value comes from.
#[derive(Clone, Debug, Serialize)]
struct Choice {
    name: &'static str,
    value: String,
    source: String,
}

/// Events of a node in all.
#[derive(Serialize)]
struct Activity {
    node: String,
    sum: f64,
    mean_per_step: f64,
}

pub(crate) fn run(args: &RunArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let document = load::document(&args.file, &args.limits)?;
    let (graph, facts) = sound(&document, args)?;
    let open = open::open(&document);
    let loaded = read_stimulus(args, graph, &facts)?;
    let settled = Settled::new(args, &open, &loaded)?;
    let program = clocked::prepare(graph, &facts, &settled.options).map_err(|errors| {
        Failure::several(errors.to_string().lines().map(|line| (line.to_owned(), None)))
    })?;
    let steps = steps(args, &loaded, settled.options.dt)?;
    let requests = requests(args, &program)?;
    let recording = simulate(args, &program, &loaded, steps, &requests)?;
    let mut report = Report::new(args, &settled, &program, steps, &recording, &loaded);
    report.files = write(args, &report, &recording, settled.options.dt)?;
    if printer.format() == crate::args::Format::Text {
        report.notes.iter().for_each(|note| Printer::remark(&format!("note: {note}")));
    }
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

/// The graph and its facts, or everything that keeps it from running.
fn sound<'a>(document: &'a Document, args: &RunArgs) -> Result<(&'a Graph, Facts), Failure> {
    let validation = validate_document(document);
    if let (Some(graph), Some(facts)) = (document.graph(), validation.facts) {
        return Ok((graph, facts));
    }
    let mut errors = validation.findings;
    if document.graph().is_some() {
        errors.retain(|finding| finding.severity == Severity::Error);
    }
    let file = args.file.display().to_string();
    let drawn = findings::draw(document, &file, &errors);
    Err(Failure::new(format!("{file} cannot run\n\n{}", drawn.trim_end())))
}

fn read_stimulus(args: &RunArgs, graph: &Graph, facts: &Facts) -> Result<Loaded, Failure> {
    let source = |given: &String| match given.split_once('=') {
        Some((node, path)) => Source { node: Some(node.to_owned()), path: path.into() },
        None => Source { node: None, path: given.into() },
    };
    let sources: Vec<Source> = args.input.iter().map(source).collect();
    let limits = args.limits.limits()?;
    Ok(stimulus::read(&sources, graph, facts, args.frames.into(), args.batch, &limits)?)
}

/// Every choice of a run, settled.
struct Settled {
    options: clocked::Options,
    choices: Vec<Choice>,
    notes: Vec<String>,
}

impl Settled {
    fn new(args: &RunArgs, open: &Open, loaded: &Loaded) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        let (dt, dt_source) = settle_dt(args, open, loaded, &mut notes)?;
        let (reset, reset_source) = settle_reset(args, open, &mut notes);
        let (spike, spike_source) = match args.spike {
            Some(spike) => (spike, "given"),
            None => (SpikeReading::Pulse { width: dt }, "default: a pulse of one step"),
        };
        let options = clocked::Options {
            precision: args.clocked.precision,
            integrator: args.clocked.integrator,
            spike,
            input: args.clocked.input_step,
            synapse: args.clocked.synapse,
            reset,
            reset_timing: args.clocked.reset_timing,
            comparison: args.clocked.comparison,
            start: args.clocked.start,
            feedback: args.clocked.feedback,
            threshold: args.clocked.threshold,
            spike_step: args.clocked.spike_step,
            current: args.clocked.current,
            ..clocked::Options::new(dt)
        };
        let usual = clocked::Options::new(dt).choices();
        let choices =
            options.choices().into_iter().zip(usual).map(|((name, value), (_, usual))| {
                let source = match name {
                    "dt" => dt_source.clone(),
                    "reset" => reset_source.clone(),
                    "spike" => spike_source.to_owned(),
                    _ if value == usual => "default".to_owned(),
                    _ => "given".to_owned(),
                };
                Choice { name, value, source }
            });
        Ok(Self { choices: choices.collect(), options, notes })
    }
}

/// The time step: given, of the data, of the file, or not known.
fn settle_dt(
    args: &RunArgs,
    open: &Open,
    loaded: &Loaded,
    notes: &mut Vec<String>,
) -> Result<(f64, String), Failure> {
    if let Some(dt) = args.dt {
        if dt.is_finite() && dt > 0.0 {
            return Ok((dt, "given".to_owned()));
        }
        return Err(Failure::new(format!("`--dt {dt}` is no time step: give seconds above 0")));
    }
    if let Some(dt) = loaded.dt {
        return Ok((dt, "the stimulus".to_owned()));
    }
    if let Some(dt) = open.only_dt() {
        notes.push(format!("`--dt` is not given; {} s is taken: {}", dt.value, dt.evidence));
        return Ok((dt.value, format!("guessed: {}", dt.evidence)));
    }
    let candidates: Vec<String> =
        open.dt.iter().map(|dt| format!("{} s ({})", dt.value, dt.evidence)).collect();
    Err(Failure::with_help(
        "the file does not say a time step",
        Some(format!("give `--dt`; candidates: {}", candidates.join(", "))),
    ))
}

fn settle_reset(args: &RunArgs, open: &Open, notes: &mut Vec<String>) -> (Reset, String) {
    if let Some(reset) = args.reset {
        return (reset, "given".to_owned());
    }
    let supported = open.only_reset();
    if let Some((reset, candidate)) =
        supported.and_then(|candidate| Some((candidate.value.parse().ok()?, candidate)))
    {
        notes.push(format!("`--reset` is not given; {reset} is taken: {}", candidate.evidence));
        return (reset, format!("guessed: {}", candidate.evidence));
    }
    if !open.reset.is_empty() {
        let others: Vec<&str> = open.reset.iter().skip(1).map(|c| c.value.as_str()).collect();
        notes.push(format!(
            "`--reset` is not given; v_reset is taken, as NIR's equations say; {} is possible too",
            others.join(" or ")
        ));
    }
    (Reset::VReset, "default: NIR's equations".to_owned())
}

/// How many steps to take: the duration, or as many as the stimulus lasts.
fn steps(args: &RunArgs, loaded: &Loaded, dt: f64) -> Result<usize, Failure> {
    let duration = args.duration.or(if loaded.steps.is_some() { None } else { loaded.duration });
    match duration {
        Some(duration) if duration.is_finite() && duration >= 0.0 => {
            Ok((duration / dt).round_ties_even() as usize)
        }
        Some(duration) => Err(Failure::new(format!("`--duration {duration}` is no time"))),
        None => loaded.steps.ok_or_else(|| {
            Failure::with_help(
                "the stimulus does not say how long it lasts",
                Some("give `--duration`"),
            )
        }),
    }
}

/// What to record; everything that is wrong with the list at once.
fn requests(args: &RunArgs, program: &Program) -> Result<Vec<Request>, Failure> {
    let all = program.requests();
    match args.record.as_deref() {
        None => Ok(all.into_iter().filter(|r| r.observable == Observable::Spikes).collect()),
        Some("all") => Ok(all),
        Some(list) => {
            let parsed: Vec<Result<Request, String>> = list.split(',').map(request).collect();
            let wrong: Vec<_> = parsed.iter().filter_map(|r| r.clone().err()).collect();
            if wrong.is_empty() {
                Ok(parsed.into_iter().flatten().collect())
            } else {
                let help = "write NODE:spikes, NODE:v or NODE:isyn, separated by commas";
                Err(Failure::several(wrong.into_iter().map(|w| (w, Some(help.to_owned())))))
            }
        }
    }
}

fn request(text: &str) -> Result<Request, String> {
    let (node, observable) =
        text.rsplit_once(':').ok_or_else(|| format!("`{text}` names no observable"))?;
    let observable = observable.parse().map_err(|error| format!("{error}"))?;
    Ok(Request { node: node.to_owned(), observable })
}

fn simulate(
    args: &RunArgs,
    program: &Program,
    loaded: &Loaded,
    steps: usize,
    requests: &[Request],
) -> Result<Recording, Failure> {
    let threads = args.threads.clamp(1, loaded.samples.len().max(1));
    let progress = Progress::new("running", (steps * threads) as u64);
    let job =
        Job { program, stimuli: &loaded.samples, steps, requests, has_batch: args.batch, threads };
    Ok(nirkit::clocked::run(&job, &|done| progress.set(done))?)
}

fn write(
    args: &RunArgs,
    report: &Report,
    recording: &Recording,
    dt: f64,
) -> Result<Vec<String>, Failure> {
    let Some(output) = &args.output else { return Ok(Vec::new()) };
    if output.extension().is_some_and(|extension| extension == "h5") {
        recording::write_grid(output, recording, args.batch, dt)?;
        return Ok(vec![output.display().to_string()]);
    }
    recording::make_folder(output)?;
    let mut files = recording::write_arrays(output, recording)?;
    files.push(recording::REPORT.to_owned());
    recording::write_report(output, report).map_err(Error::from)?;
    Ok(files)
}

impl Report {
    fn new(
        args: &RunArgs,
        settled: &Settled,
        program: &Program,
        steps: usize,
        recording: &Recording,
        loaded: &Loaded,
    ) -> Self {
        let mut choices = settled.choices.clone();
        if let Some(spikes) = loaded.frames_are_spikes {
            let value = if spikes { "spikes" } else { "current" }.to_owned();
            let given = !matches!(args.frames, crate::args::FramesName::Auto);
            let source = if given { "given" } else { "guessed: from the numbers" }.to_owned();
            choices.push(Choice { name: "frames", value, source });
        }
        let mut notes = settled.notes.clone();
        notes.extend(program.roundings().iter().map(|rounding| {
            format!(
                "N504: the delay {} s of `{}` channel {} is taken as {} s",
                rounding.given, rounding.node, rounding.channel, rounding.used
            )
        }));
        Self {
            program: concat!("nirkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            file: args.file.display().to_string(),
            engine: "clocked",
            steps,
            choices,
            order: program.order().iter().map(ToString::to_string).collect(),
            notes,
            nodes: activities(recording, steps * loaded.samples.len()),
            files: Vec::new(),
        }
    }

    fn print(&self) -> String {
        let choices = self.choices.iter().map(|choice| {
            vec![choice.name.to_owned(), choice.value.clone(), choice.source.clone()]
        });
        let nodes = self.nodes.iter().map(|node| {
            let mean = format!("{:.4}", node.mean_per_step);
            vec![node.node.clone(), node.sum.to_string(), mean]
        });
        format!(
            "{} steps of {}\n\n{}\n{}",
            self.steps,
            self.file,
            table(&["choice", "value", "from"], choices),
            table(&["node", "output in all", "in a step"], nodes),
        )
    }
}

/// What each node put out in all.
fn activities(recording: &Recording, steps: usize) -> Vec<Activity> {
    recording
        .arrays
        .iter()
        .filter(|(request, _)| request.observable == Observable::Spikes)
        .map(|(request, tensor)| {
            let sum: f64 = tensor.to_f64().unwrap_or_default().iter().sum();
            let mean_per_step = if steps == 0 { 0.0 } else { sum / steps as f64 };
            Activity { node: request.node.clone(), sum, mean_per_step }
        })
        .collect()
}
