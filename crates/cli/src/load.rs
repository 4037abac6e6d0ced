//! Opens the files that a verb is about.

use std::path::{Path, PathBuf};

use nirkit::document::Loaded;
use nirkit::io::content::{STDIN, read_once, read_stdin};
use nirkit::ir::Document;
use nirkit::passes::time_unit::{self, Scaled, TimeUnit};
use nirkit::settle::Voice;
use nirkit::time_unit::check_unit;
use nirkit::{Choices, ErrorKind, Stimulus, escape};

use crate::args::{LimitArgs, ReadingArgs, TimeArgs};
use crate::failure::Failure;
use crate::printer::Printer;
use crate::render::findings;
use crate::stdio::{is_stdio, shown};

/// Files with stimuli, and how they are read.
pub(crate) struct Set<'a> {
    /// Each as the user gave it, `STIMULUS` or `NODE=STIMULUS`.
    pub(crate) inputs: &'a [String],
    pub(crate) reading: &'a ReadingArgs,
    /// Whether the first axis is a batch.
    pub(crate) batch: bool,
}

/// Tells what of a file a copy of it will lack.
pub(crate) fn tell_loss(document: &Document) {
    if let Some(loss) = document.loss() {
        Printer::note(&format!("{loss}; the copy lacks it"));
    }
}

/// Reads a graph from a `.nir` or `.nirt` file, with its text if it is one, and its numbers as they are.
pub(crate) fn with_source(file: &Path, limits: &LimitArgs) -> Result<Loaded, Failure> {
    Ok(read(file, limits)?.0)
}

/// Reads a graph from a `.nir` or `.nirt` file, or from the standard input, and says how many bytes it has there.
fn read(file: &Path, limits: &LimitArgs) -> Result<(Loaded, u64), Failure> {
    let limits = limits.limits()?;
    if is_stdio(file) {
        let bytes = read_stdin(&limits).map_err(nirkit::Error::from)?;
        let size = bytes.len() as u64;
        return Ok((nirkit::document::load_bytes(bytes, STDIN.as_ref(), &limits)?, size));
    }
    // What is no file has no size before it is read.
    if std::fs::metadata(file).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        let bytes = read_once(file, &limits).map_err(nirkit::Error::from)?;
        let size = bytes.len() as u64;
        return Ok((nirkit::document::load_bytes(bytes, file, &limits)?, size));
    }
    let loaded = nirkit::document::load(file, &limits)?;
    Ok((loaded, std::fs::metadata(file).map_or(0, |metadata| metadata.len())))
}

/// Reads a graph from a `.nir` or `.nirt` file, with its times in seconds.
pub(crate) fn document(
    file: &Path,
    limits: &LimitArgs,
    times: &TimeArgs,
) -> Result<Document, Failure> {
    Ok(sized(file, limits, times)?.0)
}

/// The same, with the number of bytes of the file.
pub(crate) fn sized(
    file: &Path,
    limits: &LimitArgs,
    times: &TimeArgs,
) -> Result<(Document, u64), Failure> {
    let (Loaded { mut document, .. }, size) = read(file, limits)?;
    in_seconds(&mut document, times)?;
    Ok((document, size))
}

/// The same, with what its unit changed, for whoever writes the graph.
pub(crate) fn told(
    file: &Path,
    limits: &LimitArgs,
    times: &TimeArgs,
) -> Result<(Document, Vec<Scaled>), Failure> {
    let mut document = read(file, limits)?.0.document;
    let scaled = in_seconds(&mut document, times)?;
    Ok((document, scaled))
}

/// Reads a graph from a `.nir` or `.nirt` file, with its numbers as they are.
pub(crate) fn as_written(file: &Path, limits: &LimitArgs) -> Result<Document, Failure> {
    Ok(read(file, limits)?.0.document)
}

/// Brings the times of a graph into seconds, if their unit is given; what that changed.
pub(crate) fn in_seconds(
    document: &mut Document,
    times: &TimeArgs,
) -> Result<Vec<Scaled>, Failure> {
    let Some(unit) = times.unit() else { return Ok(Vec::new()) };
    check_unit(document, &Choices::new().voice(Voice::COMMAND).time_unit(unit))?;
    time_unit::convert(document, unit, TimeUnit::Second)
        .map_err(|error| Failure::new(error.to_string()))
}

/// The name of an Input, if there is one, and the file of what the user gave as a stimulus.
pub(crate) fn source(given: &str) -> (Option<&str>, &Path) {
    let splits: Vec<(&str, &str)> =
        given.match_indices('=').map(|(at, _)| (&given[..at], &given[at + 1..])).collect();
    // Names of nodes and files may hold the sign as well: the first reading whose file is there counts.
    if splits.is_empty() || Path::new(given).exists() {
        return (None, Path::new(given));
    }
    let is_there = |(_, path): &(&str, &str)| *path == "-" || Path::new(path).exists();
    match splits.iter().copied().find(is_there).or(splits.first().copied()) {
        Some((node, path)) => (Some(node), Path::new(path)),
        None => (None, Path::new(given)),
    }
}

/// What is made of each of several files, and why that failed for others: one failure does not stop the work on the
/// rest.
pub(crate) fn each<T>(
    files: &[PathBuf],
    make: impl Fn(&PathBuf) -> Result<T, Failure>,
) -> (Vec<T>, Option<Failure>) {
    let (mut made, mut failed) = (Vec::new(), None::<Failure>);
    for file in files {
        match make(file) {
            Ok(one) => made.push(one),
            Err(failure) => match &mut failed {
                Some(failed) => failed.join(failure),
                None => failed = Some(failure),
            },
        }
    }
    (made, failed)
}

/// A stimulus of nothing that is read as a set is.
pub(crate) fn empty(set: &Set<'_>) -> Stimulus {
    Stimulus::new()
        .numbers(set.reading.frames.into())
        .event_times(set.reading.event_times.map(Into::into))
        .window(set.reading.window())
        .samples(set.reading.samples.clone())
        .batched(set.batch)
        .voice(Voice::COMMAND)
}

/// Reads the stimuli of a set.
pub(crate) fn stimulus(set: &Set<'_>, limits: &LimitArgs) -> Result<Stimulus, Failure> {
    let (limits, empty) = (limits.limits()?, empty(set));
    let read = |given: &String| {
        let (node, file) = source(given);
        if !is_stdio(file) {
            return empty.alike().file(node, file, &limits);
        }
        empty.alike().bytes(node, STDIN, read_stdin(&limits)?, &limits)
    };
    Ok(empty.alike().all(set.inputs.iter().map(read))?)
}

/// An error, with what is wrong with a graph drawn on its text.
pub(crate) fn drawn(error: nirkit::Error, loaded: &Loaded, file: &Path) -> Failure {
    if error.kind() != ErrorKind::Graph || error.findings().is_empty() {
        return Failure::from(error);
    }
    let file = shown(file);
    let drawn = findings::draw(loaded, &file, error.findings());
    let file = escape::line(&file);
    Failure::drawn(format!("{file} cannot run\n\n{}", drawn.trim_end()))
}
