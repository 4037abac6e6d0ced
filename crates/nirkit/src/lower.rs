//! Graphs in the terms of a chip, and what a chip's own tools read, from and to files.

use std::path::Path;

use nirkit_engine::clocked::SpikeStep;
use nirkit_io::ending::{self, ends_in};
use nirkit_io::text::{read_text, write_text};
use nirkit_io::{Limits, tree};
use nirkit_ir::{Document, open};
use nirkit_numerics::Shortest;
use nirkit_platforms::chip::cost::{self, Cost};
use nirkit_platforms::chip::{Design, Lowering};
use nirkit_platforms::{Chip, Platform};

use crate::bounds;
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::model::{self, Unseen, chip_choices, platform};
use crate::settle::{self, Voice};
use crate::stimulus::{Grid, Stimulus, inputs};
use crate::suggest;
use crate::time_unit::{InSeconds, in_seconds};

/// A graph in the terms of a chip, and under which choices.
#[derive(Debug)]
pub struct Lowered {
    /// The design, if the chip takes the graph, and what was found.
    pub lowering: Lowering,
    /// The time step in seconds, if anything says it.
    pub dt: Option<f64>,
    /// Every choice, and where it comes from.
    pub choices: Vec<Choice>,
    /// What has to be said: guesses.
    pub notes: Vec<String>,
    chip: &'static Chip,
    /// Names and shapes of the Inputs.
    inputs: Vec<(String, Vec<usize>)>,
    limits: Limits,
    voice: Voice,
}

impl Lowered {
    /// Runs a stimulus, and counts spikes and synaptic operations; energy and time are estimated from published
    /// figures. An error if the chip refuses the graph.
    ///
    /// What has to be said about the stimulus is added to `notes`.
    pub fn cost(&mut self, stimulus: &Stimulus, duration: Option<f64>) -> Result<Cost, Error> {
        let Some(design) = &self.lowering.design else {
            let refusals = self.lowering.report.refusals().map(|found| found.diagnostic.clone());
            return Err(Error::of_findings(ErrorKind::Refused, refusals.collect()));
        };
        let bound = stimulus.bind(&self.inputs, &self.limits)?;
        let [sample] = bound.samples.as_slice() else {
            let message = "the cost is that of one stimulus";
            return Err(Error::new(message).of_kind(ErrorKind::Stimulus));
        };
        // Without a time step, frames are steps of no particular length.
        let step = self.dt.unwrap_or(1.0);
        let given = duration;
        let duration = settle::duration(given, &bound, self.dt, SpikeStep::Floor, self.voice)?;
        let steps = bounds::steps(duration, step, &self.limits)?;
        self.notes.extend(bound.notes(duration, Some(Grid::new(steps, step)), None));
        self.notes.extend(settle::rounded(given, steps, step, self.voice));
        self.notes.extend(Unseen::notes(&model::unseen_by_chip(
            design,
            &bound.samples,
            steps,
            step,
        )));
        if let Some(given) = given {
            self.choices.push(Choice::new("duration", Shortest(given), "given"));
        }
        for frames in settle::frames(stimulus.reading(), &bound) {
            self.choices.push(Choice::new("frames", frames.value, frames.source));
        }
        let entering = self.inputs.iter().map(|(_, shape)| shape.iter().product());
        bounds::recording(entering, [steps, 1], &self.limits)?;
        cost::cost(self.chip, design, sample, steps, self.dt).map_err(Error::all)
    }
}

/// Brings a graph into the terms of a chip. A chip that refuses it, or has no room for it, is no error: the report
/// says so.
pub fn lower(graph: &Document, title: &str, choices: &Choices) -> Result<Lowered, Error> {
    let chip = match platform(title) {
        Ok(Platform::Chip(chip)) => chip,
        Err(error) if !model::is_own(title) => return Err(error),
        Ok(Platform::Simulator(_)) | Err(_) => {
            let error = Error::new(format!("`{title}` is no chip")).of_kind(ErrorKind::Choice);
            let help = if crate::nest::takes(title) {
                "`nest::hand_over` and `nir lower` hand it a network"
            } else {
                "graphs are lowered to chips; a simulator runs them as they are"
            };
            return Err(error.help(format!("{help}; the chips are {}", chip_names())));
        }
    };
    choices.only(chip.name, model::CHIP_CHOICES)?;
    let InSeconds { document, unit, notes: said } = in_seconds(graph, choices)?;
    let (seen, facts, mut notes) = model::seen(&document, &[], &choices.limits)?;
    notes.extend(said);
    let open = open::open(&document);
    let step = settle::known_step(choices, &open)?;
    let dt = step.as_ref().map(|step| step.value);
    let lowering = chip
        .lower(&seen, &facts, &chip_choices(choices, &open, dt, &seen, &facts)?)
        .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Choice))?;
    let mut settled: Vec<Choice> = model::platform_file(title)?.into_iter().collect();
    if let Some(step) = step {
        notes.extend(step.note);
        settled.push(Choice::new("dt", Shortest(step.value), step.source));
    }
    settled.push(model::reset_of(chip, choices, &open));
    settled.extend(model::choices_of_chip(chip, choices));
    settled.extend(unit);
    let (limits, voice) = (choices.limits, choices.voice);
    let inputs = inputs(&seen, &facts);
    Ok(Lowered { lowering, dt, choices: settled, notes, chip, inputs, limits, voice })
}

/// The names of all chips.
pub(crate) fn chip_names() -> String {
    let mut names: Vec<&str> = nirkit_platforms::chip::ALL.iter().map(|chip| chip.name).collect();
    names.dedup();
    names.join(", ")
}

/// Reads a network in a chip's terms: a document that was written here, or one of the chip's own
/// tools, and the time step in seconds that it says; everything that is wrong with it at once.
pub(crate) fn read(
    chip: &Chip,
    path: &Path,
    frame: Option<&[usize]>,
    limits: &Limits,
) -> Result<(Design, Option<f64>), Error> {
    if ends_in(path, NET) {
        let error =
            Error::new("a `.net` file is HDF5 for the chip's own tools, which is not read back");
        let help = "give the JSON document: `nir lower ... --output NAME.json` writes it";
        return Err(error.of_kind(ErrorKind::Read).help(help).in_file(path));
    }
    if ends_in(path, &["nir", "nirt"]) && path.exists() {
        let error = Error::new("this is a graph, and a configuration is a document of a chip");
        let help = "give the graph itself to run it on the chip, or the JSON document that `nir lower ... --output NAME.json` \
                    writes of it";
        return Err(error.of_kind(ErrorKind::Read).help(help).in_file(path));
    }
    let text = read_text(path, limits).map_err(Error::from);
    let text = text.map_err(|error| suggest::with_file(error, path, &[ending::JSON]))?;
    let wrong = |errors| Error::all(errors).of_kind(ErrorKind::Read).in_file(path);
    let design = chip.read(&text, frame).map_err(wrong)?;
    let dt = time_step(&text).map_err(|error| wrong(vec![error]))?;
    Ok((design, dt))
}

/// The time step in seconds that a document says: in its specification, or beside it.
fn time_step(document: &str) -> Result<Option<f64>, String> {
    let document: serde_json::Value = serde_json::from_str(document).unwrap_or_default();
    let within = document.get("specification").unwrap_or(&document);
    let Some(dt) = within.get("dt").filter(|dt| !dt.is_null()) else { return Ok(None) };
    let seconds = dt.as_f64().filter(|seconds| seconds.is_finite() && *seconds > 0.0);
    seconds
        .map(Some)
        .ok_or_else(|| format!("`dt` is {dt}; a number of seconds above 0 is expected"))
}

/// Endings of what a chip's own tools read in HDF5.
const NET: &[&str] = &["net"];

/// Returns an error where the name of a file does not say a form of what a chip is given.
///
/// # Errors
///
/// The name ends neither in `.json` nor in `.net`, and is that of no device and no pipe.
pub fn check_output(path: &Path) -> Result<(), Error> {
    if ends_in(path, ending::JSON) || ends_in(path, NET) || ending::is_special(path) {
        return Ok(());
    }
    let given = path.extension().map(|ending| format!("`.{}`", ending.to_string_lossy()));
    let given = given.unwrap_or("a file without an ending".to_owned());
    let message = format!("what a chip is given is not written as {given}");
    let error = Error::new(message).of_kind(ErrorKind::Write);
    Err(error.help("give a name that ends in .json, or in .net for Loihi 2").in_file(path))
}

/// Writes what a chip's own tools read: HDF5 under a name that ends in `.net`, JSON under one that ends in `.json`. The file
/// appears complete or not at all.
///
/// # Errors
///
/// The name ends in neither, the chip's tools read no such file, or it cannot be written.
pub fn write(path: impl AsRef<Path>, design: &Design) -> Result<(), Error> {
    let path = path.as_ref();
    check_output(path)?;
    if !ends_in(path, NET) {
        return Ok(write_text(path, &design.configuration.json)?);
    }
    match &design.configuration.tree {
        Some(Ok(fields)) => Ok(tree::write_tree(path, fields)?),
        Some(Err(reason)) => {
            Err(Error::new(reason.clone()).of_kind(ErrorKind::Write).in_file(path))
        }
        None => {
            let error = Error::new("the chip's tools read no .net files").of_kind(ErrorKind::Write);
            Err(error.help("give a name that ends in .json").in_file(path))
        }
    }
}
