//! Opens the file that a verb is about.

use std::path::Path;

use nirkit::document::Loaded;
use nirkit::ir::{Code, Document, Facts, Graph};
use nirkit::platforms::chip::Design;
use nirkit::platforms::{Chip, ChipChoices, Platform, Profile, platform};

use crate::args::LimitArgs;
use crate::failure::Failure;

/// Reads a graph from a `.nir` or `.nirt` file, with its text if it is one.
pub(crate) fn with_source(file: &Path, limits: &LimitArgs) -> Result<Loaded, Failure> {
    Ok(nirkit::document::load(file, &limits.limits()?)?)
}

/// Reads a graph from a `.nir` or `.nirt` file.
pub(crate) fn document(file: &Path, limits: &LimitArgs) -> Result<Document, Failure> {
    Ok(nirkit::document::read(file, &limits.limits()?)?)
}

/// The simulator of this name, or a failure that lists what there is.
#[allow(dead_code, reason = "verbs about simulators alone ask for it")]
pub(crate) fn profile(title: &str) -> Result<&'static Profile, Failure> {
    match platform(title).map_err(Failure::new)? {
        Platform::Simulator(profile) => Ok(profile),
        Platform::Chip(chip) => {
            let help = "choose a simulator; chips are for check, lower, run and eval";
            Err(Failure::with_help(format!("{} is a chip", chip.title()), Some(help)))
        }
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
