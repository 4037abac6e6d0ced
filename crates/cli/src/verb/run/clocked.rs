//! `nir run --clocked`: on a time grid.

use nirkit::clocked::Job;
use nirkit::recording::{self, Batch};
use nirkit::sim::clocked::{self, Keep, Options, Program, Recording};
use nirkit::sim::{Observable, Request, SpikeReading};
use nirkit::{bounds, doubt};

use super::{Task, is_data_file, requests};
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::report::{Activity, Choice, Report};
use crate::settle::{frames_choices, settle_dt, settle_duration, settle_reset};

pub(super) fn run(task: &Task<'_>) -> Result<Report, Failure> {
    let (options, choices, notes) = settle(task)?;
    let program = clocked::prepare(task.graph, task.facts, &options).map_err(|errors| {
        Failure::several(errors.to_string().lines().map(|line| (line.to_owned(), None)))
    })?;
    let duration = settle_duration(task.args.duration, &task.loaded, options.dt)?;
    let limits = task.args.limits.limits()?;
    let steps = bounds::steps(duration, options.dt, &limits)?;
    let requests = requests(task.args, program.requests())?;
    if task.args.output.is_some() {
        let channels = bounds::channels(&requests, task.facts);
        bounds::recording(channels, [steps, task.loaded.samples.len()], &limits)?;
    }
    let recording = simulate(task, &program, steps, &requests)?;
    let mut report = Report::new(task.args.file(), "clocked", duration);
    report.steps = Some(steps);
    report.choices = choices;
    report.notes = notes;
    report.notes.extend(program.roundings().iter().map(|rounding| {
        format!(
            "N504: the delay {} s of `{}` channel {} is taken as {} s",
            rounding.given, rounding.node, rounding.channel, rounding.used
        )
    }));
    report.notes.extend(doubt::short_time_constants(task.graph, task.facts, &options));
    report.notes.extend(doubt::not_finite(&recording.arrays));
    report.methods = program.order().iter().map(ToString::to_string).collect();
    report.notes.extend(task.loaded.notes(duration));
    report.nodes = activities(&recording);
    write(task.args, &mut report, &recording, options.dt, Batch::default())?;
    Ok(report)
}

/// Every choice of the run, where each comes from, and what has to be said about it.
fn settle(task: &Task<'_>) -> Result<(Options, Vec<Choice>, Vec<String>), Failure> {
    let (args, given) = (task.args, &task.args.clocked);
    let mut notes = Vec::new();
    let (dt, dt_source) = settle_dt(args.dt, &task.open, &task.loaded, &mut notes)?;
    let (reset, reset_source) = settle_reset(args.reset, &task.open, &mut notes);
    let spike_source = args.spike.map_or("default: a pulse of one step", |_| "given");
    let options = Options {
        precision: given.precision,
        integrator: given.integrator,
        spike: args.spike.unwrap_or(SpikeReading::Pulse { width: dt }),
        input: given.input_step,
        synapse: given.synapse,
        reset,
        reset_timing: given.reset_timing,
        comparison: given.comparison,
        start: given.start,
        feedback: given.feedback,
        threshold: given.threshold,
        spike_step: given.spike_step,
        current: given.current,
        ..Options::new(dt)
    };
    let usual = Options::new(dt).choices();
    let choice = |((name, value), (_, usual)): ((&'static str, String), (_, String))| {
        let source = match name {
            "dt" => dt_source.as_str(),
            "reset" => reset_source.as_str(),
            "spike" => spike_source,
            _ if value == usual => "default",
            _ => "given",
        };
        Choice::new(name, value, source)
    };
    let choices = options.choices().into_iter().zip(usual).map(choice);
    let choices = choices.chain(frames_choices(args.frames, &task.loaded)).collect();
    Ok((options, choices, notes))
}

fn simulate(
    task: &Task<'_>,
    program: &Program,
    steps: usize,
    requests: &[Request],
) -> Result<Recording, Failure> {
    let stimuli = task.loaded.samples.as_slice();
    let threads = task.args.threads.clamp(1, stimuli.len().max(1));
    let progress = Progress::new("running", steps.saturating_mul(threads) as u64);
    // Without files only the numbers of spikes are told.
    let keep = if task.args.output.is_some() { Keep::Steps } else { Keep::Sums };
    let job = Job { program, stimuli, steps, requests, keep, has_batch: task.args.batch, threads };
    Ok(nirkit::clocked::run(&job, &|done| progress.set(done))?)
}

/// Writes the recording, what is beside it and the report, which names the files of the recording.
pub(super) fn write(
    args: &RunArgs,
    report: &mut Report,
    recording: &Recording,
    dt: f64,
    beside: Batch,
) -> Result<(), Failure> {
    let Some(output) = &args.output else { return Ok(()) };
    if is_data_file(output) {
        recording::write_grid(output, recording, args.batch, dt)?;
        report.files = vec![output.display().to_string()];
        return Ok(());
    }
    recording::make_folder(output)?;
    let mut arrays = recording::stage_arrays(output, recording)?;
    let affected = report.rounding.as_deref().unwrap_or(&[]);
    arrays.extend(recording::stage_affected(output, affected)?);
    report.files = arrays.names().chain([recording::REPORT.to_owned()]).collect();
    arrays.extend(beside);
    Ok(arrays.finish(report)?)
}

/// What each node put out in all.
pub(super) fn activities(recording: &Recording) -> Vec<Activity> {
    recording
        .arrays
        .iter()
        .filter(|(request, _)| request.observable == Observable::Spikes)
        .map(|(request, tensor)| Activity {
            node: request.node.clone(),
            // An empty sum is a negative zero.
            sum: tensor.to_f64().unwrap_or_default().iter().sum::<f64>() + 0.0,
        })
        .collect()
}
