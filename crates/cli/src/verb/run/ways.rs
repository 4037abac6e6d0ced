//! The other ways in which a platform can run a graph, where the address of an object decides.

use nirkit::platforms::{Choices, Profile};
use nirkit::recording::{self, Batch};
use nirkit::sim::Stimulus;
use nirkit::sim::clocked::scheme::record;

use super::clocked::activities;
use super::{Task, is_data_file, requests};
use crate::failure::Failure;
use crate::report::Way;

/// Runs every way but the one that was taken. Their recordings go into folders of their own beside
/// those of the first: `way-2`, `way-3`, ... The files of folders are in the batch, to appear with all others.
pub(super) fn others(
    task: &Task<'_>,
    profile: &Profile,
    taken: &Choices,
    (stimulus, steps, dt): (&Stimulus, usize, f64),
) -> Result<(Vec<Way>, Batch), Failure> {
    let all = profile.ways(task.graph, task.facts, taken);
    let (mut ways, mut batch) = (Vec::new(), Batch::default());
    for way in (0..all).filter(|&way| way != taken.way) {
        let choices = Choices { way, ..*taken };
        ways.push(run(task, profile, &choices, (stimulus, steps, dt), &mut batch)?);
    }
    Ok((ways, batch))
}

fn run(
    task: &Task<'_>,
    profile: &Profile,
    choices: &Choices,
    (stimulus, steps, dt): (&Stimulus, usize, f64),
    batch: &mut Batch,
) -> Result<Way, Failure> {
    let mut way = Way {
        number: choices.way + 1,
        methods: Vec::new(),
        nodes: Vec::new(),
        error: None,
        files: Vec::new(),
    };
    let program = match profile.prepare(task.graph, task.facts, choices) {
        Ok(program) => program,
        Err(errors) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            way.error = Some(errors.join("; "));
            return Ok(way);
        }
    };
    // What was asked for by name may not run in this way.
    let requests = requests(task.args, program.requests()).unwrap_or_default();
    let recording = record(&program, stimulus, steps, &requests).map_err(|error| {
        Failure::several(error.to_string().lines().map(|line| (line.to_owned(), None)))
    })?;
    way.methods = program.order().to_vec();
    way.nodes = activities(&recording);
    if let Some(output) = &task.args.output {
        if is_data_file(output) {
            let name = format!("{}.way-{}.h5", output.with_extension("").display(), way.number);
            recording::write_grid(name.as_ref(), &recording, task.args.batch, dt)?;
            way.files = vec![name];
        } else {
            let folder = format!("way-{}", way.number);
            let path = output.join(&folder);
            recording::make_folder(output)?;
            recording::make_folder(&path)?;
            let arrays = recording::stage_arrays(&path, &recording)?;
            way.files = batch.take_in(&folder, arrays);
        }
    }
    Ok(way)
}
