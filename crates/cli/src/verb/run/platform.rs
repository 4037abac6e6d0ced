//! `nir run --platform`: as a released platform would.

use nirkit::platforms::{Choices, Profile};
use nirkit::settle::{Voice, overridden};
use nirkit::sim::clocked::scheme::record;

use super::clocked::{activities, write};
use super::{Task, requests};
use crate::failure::Failure;
use crate::load;
use crate::report::{Choice, Report};
use crate::settle::{frames_choices, settle_duration};

pub(super) fn run(task: &Task<'_>, profile: &Profile) -> Result<Report, Failure> {
    let [stimulus] = task.loaded.samples.as_slice() else {
        return Err(Failure::with_help(
            format!(
                "the stimulus has {} samples, `--platform` runs one",
                task.loaded.samples.len()
            ),
            Some("`nir eval` runs a whole set"),
        ));
    };
    let choices = Choices { dt: task.args.dt.or(task.loaded.dt), reset: task.args.reset };
    let notes = load::admit(profile, task.graph, task.facts, &choices)?;
    let program = profile
        .prepare(task.graph, task.facts, &choices)
        .map_err(|errors| Failure::several(errors.iter().map(|error| (error.to_string(), None))))?;
    // Frames are counted in steps, whatever the platform takes for their length.
    let dt = choices.dt.unwrap_or(1.0);
    let duration = settle_duration(task.args.duration, &task.loaded, dt)?;
    let steps = (duration / dt).round_ties_even() as usize;
    let requests = requests(task.args, program.requests())?;
    let recording = record(&program, stimulus, steps, &requests).map_err(|error| {
        Failure::several(error.to_string().lines().map(|l| (l.to_owned(), None)))
    })?;
    let mut report = Report::new(task.args.file(), "platform", duration);
    report.steps = Some(steps);
    report.choices = described(task, profile, &choices);
    report.notes = notes;
    let recorded = task.loaded.dt;
    report.notes.extend(task.args.dt.and_then(|dt| overridden(dt, recorded, Voice::COMMAND)));
    report.notes.extend(task.loaded.notes(duration));
    report.methods = program.order().to_vec();
    report.nodes = activities(&recording);
    write(task.args, &mut report, &recording, dt)?;
    Ok(report)
}

fn described(task: &Task<'_>, profile: &Profile, choices: &Choices) -> Vec<Choice> {
    let settled = profile.settled(task.graph, task.facts, choices);
    let given = |is_given: bool| if is_given { "given" } else { "the platform's own" };
    let dt = settled.dt.map_or("none".to_owned(), |dt| dt.to_string());
    let reset = settled.reset.map_or("the platform's".to_owned(), |reset| reset.to_string());
    let mut described = vec![
        Choice::new("platform", profile.title(), "given"),
        Choice::new("package", profile.package, "the profile"),
        Choice::new("dt", dt, given(choices.dt.is_some())),
        Choice::new("reset", reset, given(choices.reset.is_some())),
    ];
    described.extend(frames_choices(task.args.frames, &task.loaded));
    described
}
