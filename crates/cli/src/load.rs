//! Opens the files that a verb is about.

use std::path::Path;

use nirkit::document::Loaded;
use nirkit::ir::Document;
use nirkit::settle::Voice;
use nirkit::{ErrorKind, Stimulus, escape};

use crate::args::{FramesName, LimitArgs};
use crate::failure::Failure;
use crate::render::findings;

/// Files with stimuli, and how they are read.
pub(crate) struct Set<'a> {
    /// Each as the user gave it, `STIMULUS` or `NODE=STIMULUS`.
    pub(crate) inputs: &'a [String],
    pub(crate) frames: FramesName,
    /// Whether the first axis is a batch.
    pub(crate) batch: bool,
}

/// Reads a graph from a `.nir` or `.nirt` file, with its text if it is one.
pub(crate) fn with_source(file: &Path, limits: &LimitArgs) -> Result<Loaded, Failure> {
    Ok(nirkit::document::load(file, &limits.limits()?)?)
}

/// Reads a graph from a `.nir` or `.nirt` file.
pub(crate) fn document(file: &Path, limits: &LimitArgs) -> Result<Document, Failure> {
    Ok(nirkit::document::read_within(file, &limits.limits()?)?)
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
    let stimulus = Stimulus::new().numbers(set.frames.into()).batched(set.batch);
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
