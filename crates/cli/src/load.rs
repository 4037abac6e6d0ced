//! Opens the files that a verb is about.

use std::path::Path;

use nirkit::document::Loaded;
use nirkit::ir::Document;
use nirkit::passes::time_unit::{self, TimeUnit};
use nirkit::settle::Voice;
use nirkit::{ErrorKind, Stimulus, escape};

use crate::args::{LimitArgs, ReadingArgs, TimeArgs};
use crate::failure::Failure;
use crate::render::findings;

/// Files with stimuli, and how they are read.
pub(crate) struct Set<'a> {
    /// Each as the user gave it, `STIMULUS` or `NODE=STIMULUS`.
    pub(crate) inputs: &'a [String],
    pub(crate) reading: &'a ReadingArgs,
    /// Whether the first axis is a batch.
    pub(crate) batch: bool,
}

/// Reads a graph from a `.nir` or `.nirt` file, with its text if it is one, and its times in seconds.
pub(crate) fn with_source(
    file: &Path,
    limits: &LimitArgs,
    times: &TimeArgs,
) -> Result<Loaded, Failure> {
    let mut loaded = nirkit::document::load(file, &limits.limits()?)?;
    in_seconds(&mut loaded.document, times);
    Ok(loaded)
}

/// Reads a graph from a `.nir` or `.nirt` file, with its times in seconds.
pub(crate) fn document(
    file: &Path,
    limits: &LimitArgs,
    times: &TimeArgs,
) -> Result<Document, Failure> {
    let mut document = as_written(file, limits)?;
    in_seconds(&mut document, times);
    Ok(document)
}

/// Reads a graph from a `.nir` or `.nirt` file, with its numbers as they are.
pub(crate) fn as_written(file: &Path, limits: &LimitArgs) -> Result<Document, Failure> {
    Ok(nirkit::document::read_within(file, &limits.limits()?)?)
}

/// Brings the times of a graph into seconds, if their unit is given.
fn in_seconds(document: &mut Document, times: &TimeArgs) {
    if let Some(unit) = times.time_unit {
        time_unit::convert(document, unit.into(), TimeUnit::Second);
    }
}

/// The name of an Input, if there is one, and the file of what the user gave as a stimulus.
pub(crate) fn source(given: &str) -> (Option<&str>, &Path) {
    match given.split_once('=') {
        Some((node, path)) => (Some(node), Path::new(path)),
        None => (None, Path::new(given)),
    }
}

/// Reads the stimuli of a set.
pub(crate) fn stimulus(set: &Set<'_>, limits: &LimitArgs) -> Result<Stimulus, Failure> {
    let stimulus = Stimulus::new()
        .numbers(set.reading.frames.into())
        .event_times(set.reading.event_times.map(Into::into))
        .batched(set.batch);
    let files = set.inputs.iter().map(|given| source(given));
    Ok(stimulus.voice(Voice::COMMAND).files(files, &limits.limits()?)?)
}

/// An error, with what is wrong with a graph drawn on its text.
pub(crate) fn drawn(error: nirkit::Error, loaded: &Loaded, file: &Path) -> Failure {
    if error.kind() != ErrorKind::Graph || error.findings().is_empty() {
        return Failure::from(error);
    }
    let file = file.display().to_string();
    let drawn = findings::draw(loaded, &file, error.findings());
    let file = escape::line(&file);
    Failure::drawn(format!("{file} cannot run\n\n{}", drawn.trim_end()))
}
