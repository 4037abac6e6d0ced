//! What takes part in a comparison: which subjects are named, and which platforms refuse the graph.

use std::path::Path;

use nirkit_ir::open::Open;
use nirkit_ir::{Facts, Graph, Limits};
use nirkit_platforms::{Choices as PlatformChoices, Platform};
use serde::Serialize;

use super::Subject;
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind, Reason};
use crate::model::{admit, admitted_design, chip_choices, choices_of_chip, is_ideal, platform};
use crate::recording::Recorded;

/// A platform that takes no part, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal {
    /// The platform.
    pub platform: String,
    /// Why it takes no part.
    pub reasons: Vec<Reason>,
}

/// How a chip makes integers of numbers, with its name.
pub(super) fn of_chip(subject: &Subject, given: &Choices) -> Vec<Choice> {
    let Subject::Chip(chip) = subject else { return Vec::new() };
    let named = |choice: Choice| {
        let name = format!("{} of {}", choice.name, chip.title());
        Choice { name, ..choice }
    };
    choices_of_chip(chip, given).into_iter().map(named).collect()
}

/// What is compared: the ideal first, if it takes part.
pub(super) fn subjects(titles: &[&str], limits: &Limits) -> Result<Vec<Subject>, Error> {
    let is_ideal = |title: &&&str| is_ideal(title);
    let (mut subjects, mut errors) = (Vec::new(), Vec::new());
    if titles.contains(&"clocked") {
        let error = Error::new(
            "`clocked` has no part in a comparison, which runs the programs of platforms and `ideal`",
        );
        let help = "compare with `ideal`, its equations in continuous time; `run` and `eval` compute `clocked`";
        return Err(error.of_kind(ErrorKind::Choice).help(help));
    }
    for title in titles.iter().filter(|title| !is_ideal(title)) {
        let path = Path::new(title);
        if Recorded::is_one(path) {
            match Recorded::read(path, limits) {
                // It is there for as long as the program runs, as the platform of a file is.
                Ok(recorded) => subjects.push(Subject::Recorded(Box::leak(Box::new(recorded)))),
                Err(error) => errors.push(error),
            }
            continue;
        }
        match platform(title) {
            Ok(Platform::Simulator(profile)) => {
                subjects.push(Subject::Platform { profile, way: None });
            }
            Ok(Platform::Chip(chip)) => subjects.push(Subject::Chip(chip)),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(Error::several(errors));
    }
    if subjects.len() < titles.len() || subjects.len() == 1 {
        subjects.insert(0, Subject::Ideal);
    }
    if subjects.len() < 2 {
        let error = Error::new("the ideal has nothing to be compared with");
        return Err(error.of_kind(ErrorKind::Choice).help("name a platform"));
    }
    Ok(subjects)
}

/// The subjects that take the graph, and those that refuse it. What is lost is noted. An error if none of the platforms is left.
pub(super) fn admit_all(
    subjects: &[Subject],
    (graph, facts, open): (&Graph, &Facts, &Open),
    given: &Choices,
    dt: f64,
    notes: &mut Vec<String>,
) -> Result<(Vec<Subject>, Vec<Refusal>), Error> {
    let choices =
        PlatformChoices { dt: Some(dt), reset: given.reset, ..PlatformChoices::default() };
    let (mut admitted, mut refused, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for &subject in subjects {
        let losses = match subject {
            Subject::Ideal | Subject::Recorded(_) => Ok(Vec::new()),
            Subject::Platform { profile, .. } => admit(profile, graph, facts, &choices),
            Subject::Chip(chip) => admitted_design(
                chip,
                graph,
                facts,
                &chip_choices(given, open, Some(dt), graph, facts)?,
            )
            .map(|(_, losses)| losses),
        };
        match losses {
            Ok(losses) => {
                admitted.push(subject);
                notes.extend(losses);
            }
            // A choice that is wrong is wrong for all.
            Err(error) if error.kind() == ErrorKind::Choice => return Err(error),
            Err(error) => {
                let reasons = error.reasons().to_vec();
                refused.push(Refusal { platform: subject.title(), reasons });
                errors.push(error);
            }
        }
    }
    if admitted.iter().all(|subject| matches!(subject, Subject::Ideal)) {
        return Err(Error::several(errors));
    }
    Ok((admitted, refused))
}
