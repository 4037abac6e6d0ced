//! `nir run --platform`: as a released platform would.

use nirkit::platforms::{Choices, Profile};
use nirkit::settle::{self, Voice, overridden};
use nirkit::sim::clocked::Recording;
use nirkit::sim::clocked::scheme::{Program, record};
use nirkit::{bounds, doubt, platform, rounding};

use super::clocked::{activities, write};
use super::{Task, is_data_file, is_timed, requests, ways};
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
    let choices = Choices {
        dt: task.args.dt.or(task.loaded.dt),
        reset: task.args.reset,
        sums: task.args.sums.unwrap_or_default(),
        ..Choices::default()
    };
    let mut notes = load::admit(profile, task.graph, task.facts, &choices)?;
    let (choices, program) = first_way(task, profile, &choices)?;
    let is_timed = is_timed(task.args, &task.loaded);
    let step = settle::platform_step(profile, &choices, is_timed, Voice::COMMAND)?;
    // Frames are counted in steps; without a length of a step, nothing else is.
    let dt = step.value.unwrap_or(1.0);
    notes.extend(step.note);
    let limits = task.args.limits.limits()?;
    let duration = settle_duration(task.args.duration, &task.loaded, dt)?;
    let steps = bounds::steps(duration, dt, &limits)?;
    let requests = requests(task.args, program.requests())?;
    bounds::recording(bounds::channels(&requests, task.facts), [steps, 1], &limits)?;
    let recording = record(&program, stimulus, steps, &requests).map_err(|error| {
        Failure::several(error.to_string().lines().map(|l| (l.to_owned(), None)))
    })?;
    let mut report = Report::new(task.args.file(), "platform", duration);
    report.steps = Some(steps);
    report.choices = described(task, profile, &choices, (step.value, &step.source));
    report.notes = notes;
    let recorded = task.loaded.dt;
    report.notes.extend(task.args.dt.and_then(|dt| overridden(dt, recorded, Voice::COMMAND)));
    report.notes.extend(task.loaded.notes(duration));
    report.notes.extend(doubt::not_finite(&recording.arrays));
    report.methods = program.order().to_vec();
    report.nodes = activities(&recording);
    let job = platform::Job {
        program: &program,
        stimuli: std::slice::from_ref(stimulus),
        steps,
        requests: &requests,
        has_batch: false,
        threads: 1,
    };
    doubt_roundings(task, profile, (&choices, &job, &recording), &mut report)?;
    let (ways, beside) = ways::others(task, profile, &choices, (stimulus, steps, dt))?;
    report.ways = ways;
    write(task.args, &mut report, &recording, dt, beside)?;
    Ok(report)
}

/// Says which spikes depend on the order of additions; without being asked, only that some may.
fn doubt_roundings(
    task: &Task<'_>,
    profile: &Profile,
    (choices, job, recording): (&Choices, &platform::Job<'_>, &Recording),
    report: &mut Report,
) -> Result<(), Failure> {
    if task.args.check_rounding {
        let graph = (task.graph, task.facts);
        let affected = rounding::affected(graph, profile, choices, (job, recording), &|_| ())?;
        report.rounding = Some(affected);
        if task.args.output.as_deref().is_some_and(is_data_file) {
            let note = "a file of data does not hold which spikes depend on the order of additions; \
                        give a folder for `--output`";
            report.notes.push(note.to_owned());
        }
    } else {
        let doubts = rounding::doubts(&recording.arrays);
        let ask = |doubt| format!("{doubt}; `--check-rounding` lists the spikes that depend on it");
        report.notes.extend(doubts.into_iter().map(ask));
    }
    Ok(())
}

/// The first way that runs in which the platform can run the graph; most have only one.
fn first_way(
    task: &Task<'_>,
    profile: &Profile,
    choices: &Choices,
) -> Result<(Choices, Program), Failure> {
    let ways = profile.ways(task.graph, task.facts, choices);
    let mut failed = None;
    for way in 0..ways {
        let choices = Choices { way, ..*choices };
        match profile.prepare(task.graph, task.facts, &choices) {
            Ok(program) => return Ok((choices, program)),
            Err(errors) => failed = failed.or(Some(errors)),
        }
    }
    let errors = failed.unwrap_or_default();
    Err(Failure::several(errors.iter().map(|error| (error.to_string(), None))))
}

fn described(
    task: &Task<'_>,
    profile: &Profile,
    choices: &Choices,
    (dt, dt_source): (Option<f64>, &str),
) -> Vec<Choice> {
    let settled = profile.settled(task.graph, task.facts, choices);
    let given = |is_given: bool| if is_given { "given" } else { "the platform's own" };
    let dt = dt.map_or("none".to_owned(), |dt| dt.to_string());
    let reset = settled.reset.map_or("the platform's".to_owned(), |reset| reset.to_string());
    let mut described = vec![
        Choice::new("platform", profile.title(), "given"),
        Choice::new("package", profile.package, "the profile"),
        Choice::new("dt", dt, dt_source),
        Choice::new("reset", reset, given(choices.reset.is_some())),
    ];
    if let Some(sums) = task.args.sums {
        described.push(Choice::new("sums", sums, "given"));
    }
    described.extend(frames_choices(task.args.frames, &task.loaded));
    described
}
