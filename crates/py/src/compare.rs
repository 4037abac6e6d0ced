//! Platforms and the ideal side by side.

use nirkit::bounds;
use nirkit::compare::{Entrant, Job, Report, compare as compare_all, each_way, usual_spike};
use nirkit::ir::open;
use nirkit::ir::{Facts, Graph, Limits};
use nirkit::platforms::{ChipChoices, Choices, Platform};
use nirkit::settle::{self, Voice};
use nirkit::stimulus::inputs;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::check::any_platform;
use crate::document::Document;
use crate::engine::{Choice, Given, admit, choice, design, settled};
use crate::error::Raise;
use crate::guard::guard;
use crate::model::{frames, given};
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// Steps in the time constant of the van Rossum distance, if it is not given.
const STEPS_OF_TAU: f64 = 10.0;

/// Compares platforms with each other or with the ideal; the report as JSON, the choices, and what
/// has to be said.
#[pyfunction]
#[pyo3(signature = (document, parts, platforms, options, frames, duration, tau, causes))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn compare(
    py: Python<'_>,
    document: &Document,
    parts: Vec<Part<'_>>,
    platforms: Vec<String>,
    options: &Bound<'_, PyDict>,
    frames: &str,
    duration: Option<f64>,
    tau: Option<f64>,
    causes: bool,
) -> PyResult<(String, Vec<Choice>, Vec<String>)> {
    guard(|| {
        let entrants = entrants(&platforms)?;
        let has_ideal = entrants.iter().any(|entrant| matches!(entrant, Entrant::Ideal));
        let seen_by = if has_ideal { Vec::new() } else { chosen(&platforms)? };
        let (graph, facts, seen) = document.seen(&seen_by)?;
        let graph = graph.as_ref();
        let given = given(options)?;
        let quantize = quantize(&given)?;
        let frames = self::frames(frames)?;
        let loaded = collect(parts, &inputs(graph, &facts), frames, false)?;
        let [stimulus] = loaded.samples.as_slice() else {
            return Err(Raise::Stimulus.one(format!(
                "the stimulus has {} samples, a comparison takes one",
                loaded.samples.len()
            )));
        };
        let open = open::open(&document.0);
        let (mut choices, mut notes) = (Vec::new(), seen);
        let dt = given.dt_of_stimulus.or(loaded.dt);
        let dt = settle::time_step(given.dt, dt, &open, Voice::PROGRAM)
            .map_err(|error| Raise::Choice.error(error))?;
        let dt = settled("dt", dt, &mut choices, &mut notes);
        let reset = settle::reset(given.reset, &open, Voice::PROGRAM);
        let usual = || usual_spike(graph, &facts, dt);
        let (spike, source) = given.spike.map_or_else(usual, |spike| (spike, "given"));
        let mut ideal_reset = reset.value;
        // What the ideal takes is not said where it does not take part.
        if has_ideal {
            ideal_reset = settled("reset of the ideal", reset, &mut choices, &mut notes);
            choices.push(choice("spike in the ideal", spike, source));
        }
        let memory = tau.unwrap_or(STEPS_OF_TAU * dt);
        if !(memory.is_finite() && memory > 0.0) {
            return Err(Raise::Choice.one(format!("`tau` is {memory} s, which is no time above 0")));
        }
        let source = if tau.is_some() { "given" } else { "default: ten steps" };
        choices.push(choice("tau of the distance", memory, source));
        let choices_of_chips = ChipChoices { dt: Some(dt), reset: given.reset, quantize };
        notes.extend(admit_all(&entrants, graph, &facts, &choices_of_chips)?);
        let of_simulators = Choices { dt: Some(dt), reset: given.reset, ..Choices::default() };
        let (entrants, ways) = each_way(&entrants, graph, &facts, &of_simulators);
        let duration = settle::duration(duration, &loaded, dt, Voice::PROGRAM)
            .map_err(|error| Raise::Stimulus.error(error))?;
        let limits = Limits::default();
        let steps = bounds::steps(duration, dt, &limits);
        let steps = steps.map_err(|error| Raise::Run.error(error))?;
        let channels = facts.leaves().iter().map(nirkit::ir::facts::Leaf::outputs);
        bounds::recording(channels, [steps, entrants.len()], &limits)
            .map_err(|error| Raise::Run.error(error))?;
        let job = Job {
            graph,
            facts: &facts,
            stimulus,
            steps,
            dt,
            reset: given.reset,
            quantize: choices_of_chips.quantize.clone(),
            ideal_reset,
            spike,
            memory,
            causes,
        };
        let ticker = Ticker::new(None, entrants.len() as u64);
        let report = ticker.run(py, false, |_| {
            let comparison = compare_all(&job, &entrants, &|_| ())?;
            Ok(Report::of(&job, &comparison, ways))
        })?;
        let report = report.map_err(|error: nirkit::Error| Raise::Run.error(error))?;
        let json = serde_json::to_string(&report).map_err(|error| Raise::Internal.one(error))?;
        Ok((json, choices, notes))
    })
}

/// How chips make integers of numbers, if it is given; nothing else is asked for.
fn quantize(given: &Given) -> PyResult<Option<String>> {
    if let Some((name, _)) = given.others.iter().find(|(name, _)| name != "quantize") {
        return Err(Raise::Choice.one(format!("a comparison has no choice `{name}`")));
    }
    Ok(given.others.first().map(|(_, value)| value.clone()))
}

/// The platforms of these names.
fn chosen(platforms: &[String]) -> PyResult<Vec<Platform>> {
    platforms.iter().map(|title| any_platform(title)).collect()
}

/// What is compared: the ideal first, if it takes part.
fn entrants(platforms: &[String]) -> PyResult<Vec<Entrant>> {
    let is_ideal = |title: &&String| matches!(title.as_str(), "ideal" | "exact");
    let mut entrants = Vec::new();
    for title in platforms.iter().filter(|title| !is_ideal(title)) {
        entrants.push(match any_platform(title)? {
            Platform::Simulator(profile) => Entrant::Platform { profile, way: None },
            Platform::Chip(chip) => Entrant::Chip(chip),
        });
    }
    if entrants.len() < platforms.len() || entrants.len() == 1 {
        entrants.insert(0, Entrant::Ideal);
    }
    if entrants.len() < 2 {
        let message = "the ideal has nothing to be compared with";
        return Err(Raise::Choice.help(message, "name a platform"));
    }
    Ok(entrants)
}

/// What the platforms lose of the graph; an error if one of them refuses it.
fn admit_all(
    entrants: &[Entrant],
    graph: &Graph,
    facts: &Facts,
    of_chips: &ChipChoices,
) -> PyResult<Vec<String>> {
    let choices = Choices { dt: of_chips.dt, reset: of_chips.reset, ..Choices::default() };
    let mut notes = Vec::new();
    for entrant in entrants {
        match entrant {
            Entrant::Ideal => {}
            Entrant::Platform { profile, .. } => {
                notes.extend(admit(graph, facts, profile, &choices)?);
            }
            Entrant::Chip(chip) => notes.extend(design(chip, graph, facts, of_chips)?.1),
        }
    }
    Ok(notes)
}
