//! `nir run --platform CHIP`: as a chip would, from a graph or from what the chip is given.

use std::path::Path;

use nirkit::bounds;
use nirkit::platforms::chip::Design;
use nirkit::platforms::{Chip, ChipChoices, Platform};
use nirkit::recording::Batch;
use nirkit::settle::{self, Voice, overridden};
use nirkit::stimulus::Loaded;

use super::clocked::{activities, write};
use super::{Task, is_timed, requests};
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::load::{self, Set};
use crate::report::{Choice, Report};
use crate::settle::{frames_choices, settle_dt, settle_duration};

/// Runs a graph.
pub(super) fn run(task: &Task<'_>, chip: &Chip) -> Result<Report, Failure> {
    let mut notes = Vec::new();
    let (dt, dt_source) = match settle_dt(task.args.dt, &task.open, &task.loaded, &mut notes) {
        Ok((dt, source)) => (Some(dt), source),
        // A chip without time constants asks for none.
        Err(_) if task.args.dt.is_none() => (None, "none".to_owned()),
        Err(failure) => return Err(failure),
    };
    let quantize = task.args.quantize.clone();
    let choices = ChipChoices { dt, reset: task.args.reset, quantize };
    let (design, losses) = load::design(chip, task.graph, task.facts, &choices)?;
    notes.extend(losses);
    let given = |is_given: bool| if is_given { "given" } else { "the chip's first" };
    let quantiser = choices.quantize.as_deref().or(chip.quantisers.first().map(|q| q.name));
    let settled = vec![
        Choice::new("platform", chip.title(), "given"),
        Choice::new("package", chip.package, "the chip"),
        Choice::new("dt", dt.map_or("none".to_owned(), |dt| dt.to_string()), dt_source),
        Choice::new("quantize", quantiser.unwrap_or("none"), given(choices.quantize.is_some())),
    ];
    simulate(task.args, &design, &task.loaded, dt, (settled, notes))
}

/// Runs what a chip is given.
pub(super) fn run_config(args: &RunArgs, config: &Path) -> Result<Report, Failure> {
    let title = args.engine.platform.as_deref().unwrap_or_default();
    let Platform::Chip(chip) = load::any_platform(title)? else {
        let help = "`--config` is what a chip is given; see `nir platforms`";
        return Err(Failure::with_help(format!("`{title}` is no chip"), Some(help)));
    };
    let limits = args.limits.limits()?;
    let stimulus = args.input.first().map(|given| given.split_once('=').map_or(&**given, |g| g.1));
    let frame = stimulus.and_then(|path| nirkit::chip::frame(Path::new(path), &limits));
    let design = nirkit::chip::read(chip, config, frame.as_deref(), &limits)?;
    let mut inputs = design.emulation.inputs();
    if let ([(_, shape)], Some(frame)) = (inputs.as_mut_slice(), frame)
        && frame.iter().product::<usize>() == shape.iter().product::<usize>()
    {
        *shape = frame;
    }
    let set = Set { inputs: &args.input, frames: args.frames, batch: args.batch };
    let loaded = load::stimulus_for(&set, inputs, &args.limits)?;
    let choices = vec![
        Choice::new("platform", chip.title(), "given"),
        Choice::new("package", chip.package, "the chip"),
    ];
    let notes = args.dt.and_then(|dt| overridden(dt, loaded.dt, Voice::COMMAND));
    let said = (choices, notes.into_iter().collect());
    simulate(args, &design, &loaded, args.dt.or(loaded.dt), said)
}

/// Runs a design, and reports it with choices and notes that were made before. Without a time step, frames are steps of no particular length.
fn simulate(
    args: &RunArgs,
    design: &Design,
    loaded: &Loaded,
    dt: Option<f64>,
    (choices, notes): (Vec<Choice>, Vec<String>),
) -> Result<Report, Failure> {
    let [stimulus] = loaded.samples.as_slice() else {
        let message = format!("the stimulus has {} samples, a chip runs one", loaded.samples.len());
        return Err(Failure::with_help(message, Some("`nir eval` runs a whole set")));
    };
    let dt = match dt {
        None if is_timed(args, loaded) => {
            return Err(settle::no_step("the chip", Voice::COMMAND).into());
        }
        dt => dt.unwrap_or(1.0),
    };
    let limits = args.limits.limits()?;
    let duration = settle_duration(args.duration, loaded, dt)?;
    let steps = bounds::steps(duration, dt, &limits)?;
    let requests = requests(args, design.emulation.requests())?;
    let entering = design.emulation.inputs().into_iter().map(|(_, shape)| shape.iter().product());
    let recorded = requests.iter().map(|request| design.emulation.channels(request).unwrap_or(0));
    bounds::recording(recorded.chain(entering), [steps, 1], &limits)?;
    let recording = design
        .emulation
        .record(stimulus, steps, dt, &requests)
        .map_err(|errors| Failure::several(errors.into_iter().map(|error| (error, None))))?;
    let mut report = Report::new(args.file(), "platform", duration);
    report.steps = Some(steps);
    report.choices = choices;
    report.choices.extend(frames_choices(args.frames, loaded));
    report.notes = notes;
    report.notes.extend(design.notes.iter().cloned());
    report.notes.extend(loaded.notes(duration));
    report.nodes = activities(&recording);
    write(args, &mut report, &recording, dt, Batch::default())?;
    Ok(report)
}
