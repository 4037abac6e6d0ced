//! `nir run --exact`: in continuous time, event by event.

use nirkit::exact::{Job, Outcome};
use nirkit::recording;
use nirkit::sim::exact::{self, Options, Program};
use nirkit::sim::{Observable, Request, Stimulus};

use super::{Task, is_data_file, requests};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::report::{Activity, Choice, GrazeInfo, Report};
use crate::settle::{frames_choices, settle_dt, settle_duration, settle_reset, settle_spike};

/// Grazes that are said one by one.
const SAID: usize = 5;

pub(super) fn run(task: &Task<'_>) -> Result<Report, Failure> {
    let [stimulus] = task.loaded.samples.as_slice() else {
        return Err(Failure::with_help(
            format!("the stimulus has {} samples, `--exact` runs one", task.loaded.samples.len()),
            Some("give one sample at a time"),
        ));
    };
    let (options, choices, notes) = settle(task)?;
    let program = exact::prepare(task.graph, task.facts, &options).map_err(|errors| {
        Failure::several(errors.0.iter().map(|error| (error.to_string(), None)))
    })?;
    let duration = settle_duration(task.args.duration, &task.loaded, options.step)?;
    let requests = requests(task.args, nirkit::exact::requests(&program, task.facts))?;
    let mut report = Report::new(task.args.file(), "exact", duration);
    report.choices = choices;
    report.notes = notes;
    report.notes.extend(task.loaded.notes(duration));
    let outcome = simulate(task, &program, stimulus, duration, requests)?;
    describe(&outcome, &mut report);
    finish(task, &mut report, outcome)?;
    Ok(report)
}

/// The choices of the run, where each comes from, and what has to be said about it.
fn settle(task: &Task<'_>) -> Result<(Options, Vec<Choice>, Vec<String>), Failure> {
    let args = task.args;
    let (mut notes, mut choices) = (Vec::new(), Vec::new());
    let mut options = Options::default();
    // Without frames there is no step at all.
    if task.loaded.steps.is_some() {
        let (step, source) = settle_dt(args.dt, &task.open, &task.loaded, &mut notes)?;
        options.step = step;
        choices.push(Choice::new("dt", step, source));
    }
    let (reset, source) = settle_reset(args.reset, &task.open, &mut notes);
    options.reset = reset;
    choices.push(Choice::new("reset", reset, source));
    let (spike, source) = settle_spike(args.spike, &task.open, &mut notes);
    options.spike = spike;
    choices.push(Choice::new("spike", spike, source));
    choices.push(Choice::new("start", "rest", "the ideal's own"));
    choices.push(Choice::new("max_rounds", options.max_rounds, "default"));
    options.max_pending = args.exact.max_pending.unwrap_or(options.max_pending);
    let source = args.exact.max_pending.map_or("default", |_| "given");
    choices.push(Choice::new("max_pending", options.max_pending, source));
    options.max_spikes = args.limits.limits()?.spikes;
    choices.extend(frames_choices(args.frames, &task.loaded));
    Ok((options, choices, notes))
}

fn simulate(
    task: &Task<'_>,
    program: &Program,
    stimulus: &Stimulus,
    duration: f64,
    mut requests: Vec<Request>,
) -> Result<Outcome, Failure> {
    let times = sample_times(task, duration)?;
    if times.is_empty() {
        // Voltages need instants at which to look; `all` then means all spikes.
        let is_explicit = task.args.record.as_deref().is_some_and(|list| list != "all");
        if let Some(request) =
            requests.iter().find(|r| is_explicit && r.observable != Observable::Spikes)
        {
            return Err(Failure::with_help(
                format!("`{}:{}` has no times at which to look", request.node, request.observable),
                Some("give `--sample SECONDS` or `--sample TIMES.npy`"),
            ));
        }
        requests.retain(|request| request.observable == Observable::Spikes);
    }
    let folder = match &task.args.output {
        Some(output) if !is_data_file(output) => {
            recording::make_folder(output)?;
            Some(output.as_path())
        }
        _ => None,
    };
    let progress = Progress::new("running", nirkit::exact::SLICES);
    let job = Job {
        program,
        facts: task.facts,
        stimulus,
        duration,
        requests: &requests,
        times,
        folder,
        // Without files only the numbers of spikes are told.
        keep: task.args.output.is_some(),
        limits: task.args.limits.limits()?,
    };
    let outcome = nirkit::exact::run(&job, &|done| progress.set(done))?;
    progress.tell_rate(outcome.report.counts.updates, "updates of channels");
    Ok(outcome)
}

/// The instants at which voltages are looked at, in seconds.
fn sample_times(task: &Task<'_>, duration: f64) -> Result<Vec<f64>, Failure> {
    let Some(sample) = &task.args.exact.sample else { return Ok(Vec::new()) };
    if let Ok(every) = sample.parse::<f64>() {
        if !(every.is_finite() && every > 0.0) {
            return Err(Failure::new(format!("`--sample {sample}` is no time above 0")));
        }
        let limits = task.args.limits.limits()?;
        return Ok(nirkit::bounds::instants(duration, every, &limits)?);
    }
    Ok(nirkit::exact::read_times(sample.as_ref(), &task.args.limits.limits()?)?)
}

fn describe(outcome: &Outcome, report: &mut Report) {
    let found = &outcome.report;
    report.methods = found.methods.iter().map(|(node, how)| format!("{node}: {how}")).collect();
    for graze in found.grazes.iter().take(SAID) {
        report.notes.push(format!("N505: {graze}"));
    }
    report.notes.extend(outcome.doubts.iter().cloned());
    let more = found.counts.grazes.saturating_sub(SAID as u64);
    if more > 0 {
        report.notes.push(format!("N505: {more} more decisions are as close"));
    }
    let info = |graze: &exact::Graze| GrazeInfo {
        node: graze.node.clone(),
        channel: graze.channel,
        time: graze.time,
        margin: graze.margin,
        spikes: graze.spikes,
    };
    report.grazes = found.grazes.iter().map(info).collect();
    let activity = |(node, sum): &(String, f64)| Activity { node: node.clone(), sum: *sum + 0.0 };
    report.nodes = outcome.sums.iter().map(activity).collect();
}

/// Writes what was not written while the run went on.
fn finish(task: &Task<'_>, report: &mut Report, outcome: Outcome) -> Result<(), Failure> {
    let Some(output) = &task.args.output else { return Ok(()) };
    if is_data_file(output) {
        nirkit::exact::write_data(output, &outcome, report.duration)?;
        report.files = vec![output.display().to_string()];
    } else {
        let names = outcome.batch.names().chain([recording::REPORT.to_owned()]);
        report.files = names.collect();
        outcome.batch.finish(report)?;
    }
    Ok(())
}
