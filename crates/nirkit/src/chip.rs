//! What chips are given, from and to files; runs on chips.

use std::path::Path;

use nirkit_io::text::{read_text, write_text};
use nirkit_io::{Limits, array, tree};
use nirkit_platforms::chip::{Chip, Design};
use nirkit_sim::clocked::Recording;
use nirkit_sim::{Request, Stimulus};

use crate::batch::{Engine, record};
use crate::error::Error;
use crate::watch::Watch;

/// Reads a network in a chip's terms: a document that was written here, or one of the chip's own
/// tools; everything that is wrong with it at once.
///
/// `frame` is the shape of what enters in a step, for documents that do not say it.
pub fn read(
    chip: &Chip,
    path: &Path,
    frame: Option<&[usize]>,
    limits: &Limits,
) -> Result<Design, Error> {
    let text = read_text(path, limits)?;
    let all = |errors: Vec<String>| Error::several(errors.into_iter().map(Error::new));
    chip.read(&text, frame).map_err(|errors| all(errors).in_file(path))
}

/// Shape of a frame of a stimulus, if it is an array of frames.
#[must_use]
pub fn frame(stimulus: &Path, limits: &Limits) -> Option<Vec<usize>> {
    let is_array = stimulus.extension().is_some_and(|extension| extension == "npy");
    let array = is_array.then(|| array::read_array(stimulus, limits).ok())??;
    array.shape().get(1..).map(<[usize]>::to_vec)
}

/// Writes what a chip's own tools read: HDF5 under a name that ends in `.net`, else JSON. The file
/// appears complete or not at all.
pub fn write(path: &Path, design: &Design) -> Result<(), Error> {
    if path.extension().is_none_or(|extension| extension != "net") {
        return Ok(write_text(path, &design.handover.json)?);
    }
    match &design.handover.tree {
        Some(Ok(fields)) => Ok(tree::write_tree(path, fields)?),
        Some(Err(reason)) => Err(Error::new(reason.clone()).in_file(path)),
        None => {
            let error = Error::new("the chip's tools read no .net files");
            Err(error.help("give a name that ends in .json").in_file(path))
        }
    }
}

/// What a run on a chip is to do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The network in the chip's terms.
    pub design: &'a Design,
    /// A stimulus for each sample.
    pub stimuli: &'a [Stimulus],
    /// Number of steps.
    pub steps: usize,
    /// Length of a step in seconds, for stimuli with times.
    pub dt: f64,
    /// What to record.
    pub requests: &'a [Request],
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub has_batch: bool,
    /// Threads among which the samples are divided. Their number changes no bit.
    pub threads: usize,
}

/// Runs a job. `watch` is told the number of samples that are done.
pub fn run(job: &Job<'_>, watch: &dyn Watch) -> Result<Recording, Error> {
    record(job.stimuli, job.threads, job.has_batch, watch, &|| {
        Ok(Engine::single(|stimulus| {
            let recorded = job.design.emulation.record(stimulus, job.steps, job.dt, job.requests);
            recorded.map_err(|errors| Error::several(errors.into_iter().map(Error::new)))
        }))
    })
}
