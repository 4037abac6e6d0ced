//! Opens the files that a verb is about.

use std::borrow::Cow;
use std::path::Path;

use nirkit::document::Loaded;
use nirkit::ir::valid::validate_document_within;
use nirkit::ir::{Code, Document, Facts, Graph, Severity};
use nirkit::passes::time_unit::{self, TimeUnit};
use nirkit::platforms::chip::Design;
use nirkit::platforms::{Chip, ChipChoices, Choices, Platform, Profile, check, lenient, platform};
use nirkit::settle::{Voice, check_step};
use nirkit::stimulus::{self, Source};

use crate::args::{FramesName, LimitArgs, TimeArgs};
use crate::failure::Failure;
use crate::render::findings;
use nirkit::escape;

/// Files with stimuli, and how they are read.
pub(crate) struct Set<'a> {
    /// Each as the user gave it, `STIMULUS` or `NODE=STIMULUS`.
    pub(crate) inputs: &'a [String],
    pub(crate) frames: FramesName,
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
    Ok(nirkit::document::read(file, &limits.limits()?)?)
}

/// Brings the times of a graph into seconds, if their unit is given.
fn in_seconds(document: &mut Document, times: &TimeArgs) {
    if let Some(unit) = times.time_unit {
        time_unit::convert(document, unit.into(), TimeUnit::Second);
    }
}

/// The simulator or chip of this name, or a failure that lists what there is.
pub(crate) fn any_platform(title: &str) -> Result<Platform, Failure> {
    platform(title).map_err(Failure::new)
}

/// A graph in the terms of a chip, with what that loses, to be said with the result; a failure with
/// all reasons if the chip refuses it.
///
/// A graph that needs more than the chip has is taken: its arithmetic is defined all the same.
pub(crate) fn design(
    chip: &Chip,
    graph: &Graph,
    facts: &Facts,
    choices: &ChipChoices,
) -> Result<(Design, Vec<String>), Failure> {
    let lowering = chip.lower(graph, facts, choices).map_err(Failure::new)?;
    let findings = &lowering.report.findings;
    if let Some(design) = lowering.design {
        let matters = findings.iter().filter(|finding| finding.matters);
        return Ok((design, matters.map(|finding| finding.diagnostic.to_string()).collect()));
    }
    let refusals = findings.iter().map(|finding| &finding.diagnostic);
    let refusals = refusals.filter(|found| found.code == Code::PlatformRefuses);
    Err(Failure::several(refusals.map(|found| {
        let message = format!("{} refuses {}: {}", chip.title(), found.place, found.message);
        (message, found.help.clone())
    })))
}

/// The graph of a file and its facts, or everything that keeps it from running.
pub(crate) fn sound<'a>(
    loaded: &'a Loaded,
    file: &Path,
    limits: &LimitArgs,
) -> Result<(&'a Graph, Facts), Failure> {
    let document = &loaded.document;
    let validation = validate_document_within(document, &limits.limits()?);
    if let (Some(graph), Some(facts)) = (document.graph(), validation.facts) {
        return Ok((graph, facts));
    }
    let mut errors = validation.findings;
    if document.graph().is_some() {
        errors.retain(|finding| finding.severity == Severity::Error);
    }
    let file = file.display().to_string();
    let drawn = findings::draw(loaded, &file, &errors);
    let file = escape::line(&file);
    Err(Failure::drawn(format!("{file} cannot run\n\n{}", drawn.trim_end())))
}

/// The same for runs of these names: simulators see some graphs otherwise. What that is, is told.
pub(crate) fn sound_for<'a>(
    titles: &[&str],
    loaded: &'a Loaded,
    file: &Path,
    limits: &LimitArgs,
) -> Result<(Cow<'a, Graph>, Facts, Vec<String>), Failure> {
    let is_simulator = |title: &&str| matches!(platform(title), Ok(Platform::Simulator(_)));
    let is_seen = !titles.is_empty() && titles.iter().all(is_simulator);
    let found = loaded.document.graph().zip(limits.limits().ok()).filter(|_| is_seen);
    match found.and_then(|(graph, limits)| lenient::seen(graph, &limits)) {
        Some(found) => Ok((found.graph, found.facts, found.notes)),
        None => sound(loaded, file, limits)
            .map(|(graph, facts)| (Cow::Borrowed(graph), facts, Vec::new())),
    }
}

/// The stimuli of a set for the Inputs of a graph.
pub(crate) fn stimulus(
    set: &Set<'_>,
    graph: &Graph,
    facts: &Facts,
    limits: &LimitArgs,
) -> Result<stimulus::Loaded, Failure> {
    stimulus_for(set, stimulus::inputs(graph, facts), limits)
}

/// The stimuli of a set for inputs of these names and shapes.
pub(crate) fn stimulus_for(
    set: &Set<'_>,
    inputs: Vec<(String, Vec<usize>)>,
    limits: &LimitArgs,
) -> Result<stimulus::Loaded, Failure> {
    let source = |given: &String| match given.split_once('=') {
        Some((node, path)) => Source { node: Some(node.to_owned()), path: path.into() },
        None => Source { node: None, path: given.into() },
    };
    let sources: Vec<Source> = set.inputs.iter().map(source).collect();
    let (frames, limits) = (set.frames.into(), limits.limits()?);
    Ok(stimulus::read_for(&sources, inputs, frames, set.batch, &limits)?)
}

/// What a platform loses of a graph, one sentence each; a failure if it refuses the graph.
pub(crate) fn admit(
    profile: &Profile,
    graph: &Graph,
    facts: &Facts,
    choices: &Choices,
) -> Result<Vec<String>, Failure> {
    check_step(choices.dt, Voice::COMMAND)?;
    let report = check(profile, graph, facts, choices);
    if report.refuses() {
        let refusals = report.refusals().map(|found| &found.diagnostic);
        let sentence = |place, message| format!("{} refuses {place}: {message}", profile.title());
        return Err(Failure::several(
            refusals.map(|found| (sentence(&found.place, &found.message), found.help.clone())),
        ));
    }
    let matters = report.findings.iter().filter(|finding| finding.matters);
    Ok(matters.map(|finding| finding.diagnostic.to_string()).collect())
}
