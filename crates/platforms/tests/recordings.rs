//! Every recorded run of the simulators is met, spike for spike, and every recorded refusal told.
//!
//! The recordings lie beside the project and are no part of it; without them the tests say so and
//! pass.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod beside;
mod cases;

use std::collections::BTreeMap;
use std::path::Path;

use nirkit_io::{Limits, array, nir};
use nirkit_ir::facts::LeafId;
use nirkit_ir::{Document, Facts, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::{Choices, Profile, check, find};
use nirkit_sim::clocked::scheme::record;
use nirkit_sim::{Observable, Request, Signal, Stimulus};
use serde_json::Value;

use beside::shared;
use cases::{folders, json};

/// Runs that are not met, each with the reason.
const UNMET: &[(&str, &str)] = &[(
    "paper_braille_subtract/rockpool-recorded",
    "what the authors ran is not known; the nearest model differs in 37 of 10,240 entries",
)];

fn graph(path: &Path) -> (Document, Facts) {
    let document = nir::read(path, &Limits::default()).unwrap();
    let facts = validate(document.graph().unwrap()).facts.unwrap();
    (document, facts)
}

fn profile(run: &Value) -> Option<&'static Profile> {
    let version = run["options"]["version"].as_str();
    let name = run["platform"].as_str().unwrap();
    find(&version.map_or(name.to_owned(), |version| format!("{name}@{version}"))).ok()
}

fn choices(run: &Value) -> Choices {
    Choices {
        dt: run["options"]["dt"].as_f64(),
        reset: run["options"]["reset"].as_str().map(|reset| reset.parse().unwrap()),
        ..Choices::default()
    }
}

fn stimulus(document: &Document, facts: &Facts, values: Vec<f64>) -> Stimulus {
    let input: LeafId = facts.inputs(document.graph().unwrap()).next().unwrap();
    let leaf = facts.leaf(input);
    let signal = Signal::Frames { channels: leaf.outputs(), values, counts: true };
    Stimulus { signals: BTreeMap::from([(leaf.name.clone(), signal)]) }
}

fn numbers(path: &Path) -> Tensor {
    array::read_array(path, &Limits::default()).unwrap()
}

/// The first spike train of a recording that is not met.
fn difference(case: &Path, id: &str, run: &Value, profile: &Profile) -> Option<String> {
    let (document, facts) = graph(&case.join("graph.nir"));
    let choices = choices(run);
    let report = check(profile, document.graph().unwrap(), &facts, &choices);
    assert!(!report.refuses(), "{}/{id} is refused: {:?}", case.display(), report.findings[0]);
    let program = profile.prepare(document.graph().unwrap(), &facts, &choices).unwrap();
    let input = numbers(&case.join("input.npy"));
    let stimulus = stimulus(&document, &facts, input.to_f64().unwrap().into_owned());
    let files = run["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap());
    for file in files.filter(|file| file.ends_with(".spikes.npy")) {
        let node = file.strip_suffix(".spikes.npy").unwrap().to_owned();
        let request = Request { node, observable: Observable::Spikes };
        let found = record(&program, &stimulus, input.shape()[0], &[request]).unwrap();
        let wanted = numbers(&case.join(id).join(file));
        if found.arrays[0].1.to_f64().unwrap() != wanted.to_f64().unwrap() {
            return Some(format!("{id}: {file}"));
        }
    }
    None
}

#[test]
fn every_recorded_run_is_met_spike_for_spike() {
    let Some(cases) = shared("goldens/simulators") else { return };
    for case in folders(&cases) {
        let about = json(&case.join("case.json"));
        for (id, run) in about["runs"].as_object().unwrap() {
            let name = format!("{}/{id}", case.file_name().unwrap().display());
            let has_files = !run["files"].as_array().unwrap().is_empty();
            let Some(profile) = profile(run).filter(|_| has_files && run["refused"] == false)
            else {
                continue;
            };
            let difference = difference(&case, id, run, profile);
            let is_listed = UNMET.iter().any(|(listed, _)| *listed == name);
            assert_eq!(difference.is_some(), is_listed, "{name}: {difference:?}");
        }
    }
}

#[test]
fn every_recorded_refusal_is_told() {
    let Some(cases) = shared("goldens/simulators") else { return };
    for case in folders(&cases) {
        let about = json(&case.join("case.json"));
        for (id, run) in about["runs"].as_object().unwrap() {
            let Some(profile) = profile(run).filter(|_| run["refused"] == true) else { continue };
            let (document, facts) = graph(&case.join("graph.nir"));
            let report = check(profile, document.graph().unwrap(), &facts, &choices(run));
            assert!(report.loses(), "{}/{id} goes through", case.display());
        }
    }
}

#[test]
fn the_counts_of_trained_networks_are_those_of_the_packages() {
    let Some(models) = shared("models") else { return };
    for model in folders(&models) {
        let about = json(&model.join("model.json"));
        let input = numbers(&model.join(about["test_x"].as_str().unwrap()));
        let (document, facts) = graph(&model.join("graph.nir"));
        for (id, run) in about["runs"].as_object().unwrap() {
            let is_plain = run["refused"] == false && run["put_together_by_hand"] == false;
            let Some(profile) = profile(run).filter(|_| is_plain) else { continue };
            let wanted = numbers(&model.join(id).join("counts.npy"));
            let found = counts(&document, &facts, profile, &choices(run), &input, 20);
            let wanted = wanted.to_f64().unwrap();
            assert!(found == wanted[..found.len()], "{}/{id}", model.display());
        }
    }
}

/// Output spikes of each class for the first samples.
fn counts(
    document: &Document,
    facts: &Facts,
    profile: &Profile,
    choices: &Choices,
    input: &Tensor,
    samples: usize,
) -> Vec<f64> {
    let graph = document.graph().unwrap();
    let program = profile.prepare_aligned(graph, facts, choices).unwrap();
    let output = facts.leaf(facts.outputs(graph).next().unwrap());
    let node = facts.leaf(output.sources[0]).name.clone();
    let request = Request { node, observable: Observable::Spikes };
    let values = input.to_f64().unwrap();
    let steps = input.shape()[1];
    let mut counts = Vec::new();
    for sample in values.chunks(values.len() / input.shape()[0]).take(samples) {
        let stimulus = stimulus(document, facts, sample.to_vec());
        let found = record(&program, &stimulus, steps, std::slice::from_ref(&request)).unwrap();
        let spikes = found.arrays[0].1.to_f64().unwrap();
        let classes = output.outputs();
        counts.extend(
            (0..classes).map(|class| spikes.iter().skip(class).step_by(classes).sum::<f64>()),
        );
    }
    counts
}
