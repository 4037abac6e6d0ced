//! Every recorded run of the chips is met: every spike, and every integer state that was recorded.
//!
//! The recordings lie beside the project and are no part of it; tests that
//! need them are ignored unless they are asked for (`-- --ignored`).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::beside;
use crate::cases;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nirkit_io::{Limits, array, nir};
use nirkit_ir::{Document, Facts, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::chip::{Design, Lowering};
use nirkit_platforms::{Chip, ChipChoices, Platform, platform};
use nirkit_run::{Observable, Request, Signal, Stimulus};
use serde_json::Value;

use beside::shared;
use cases::{folders, json};

/// Samples of each trained network that are run here; all of them are run from outside.
const SAMPLES: usize = 10;

fn numbers(path: &Path) -> Tensor {
    array::read_array(path, &Limits::default()).unwrap()
}

fn graph(path: &Path) -> (Document, Facts) {
    let document = nir::read(path, &Limits::default()).unwrap();
    let facts = validate(document.graph().unwrap()).facts.unwrap();
    (document, facts)
}

/// The chip of a run, if it is one.
fn chip(run: &Value) -> Option<&'static Chip> {
    match platform(run["platform"].as_str().unwrap()) {
        Ok(Platform::Chip(chip)) => Some(chip),
        _ => None,
    }
}

fn lowered(chip: &Chip, path: &Path, run: &Value) -> Lowering {
    let (document, facts) = graph(path);
    let options = &run["options"];
    let choices = ChipChoices {
        dt: options["dt"].as_f64(),
        reset: options["reset"].as_str().map(|reset| reset.parse().unwrap()),
        quantize: options["quantize"].as_str().map(str::to_owned),
        ..ChipChoices::default()
    };
    chip.lower(document.graph().unwrap(), &facts, &choices).unwrap()
}

fn stimulus(design: &Design, values: &[f64]) -> Stimulus {
    let (name, shape) = design.emulation.inputs().remove(0);
    let channels = shape.iter().product();
    let signal = Signal::Frames { channels, values: values.to_vec(), counts: true };
    Stimulus { signals: BTreeMap::from([(name, signal)]) }
}

/// The first recorded array that is not met.
fn difference(design: &Design, case: &Path, id: &str, run: &Value) -> Option<String> {
    let input = numbers(&case.join("input.npy"));
    let stimulus = stimulus(design, &input.to_f64().unwrap());
    let files = run["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap());
    for (file, name) in files.filter_map(|file| Some((file, file.strip_suffix(".npy")?))) {
        let (node, observable) = name.rsplit_once('.').unwrap();
        let request = Request {
            node: node.to_owned(),
            observable: observable.parse::<Observable>().unwrap(),
        };
        let found = design.emulation.record(&stimulus, input.shape()[0], 1.0, &[request]).unwrap();
        let wanted = numbers(&case.join(id).join(file));
        if found.arrays[0].1.to_f64().unwrap() != wanted.to_f64().unwrap() {
            return Some(file.to_owned());
        }
    }
    None
}

#[test]
#[ignore = "needs the material in ../shared"]
fn every_recorded_run_is_met_in_spikes_and_states() {
    let cases = shared("goldens/simulators");
    let mut met = 0;
    for case in folders(&cases) {
        for (id, run) in json(&case.join("case.json"))["runs"].as_object().unwrap() {
            let Some(chip) = chip(run).filter(|_| run["refused"] == false) else { continue };
            let config = case.join("config.json");
            let input = numbers(&case.join("input.npy"));
            let frame = input.shape().get(1..);
            let design = if config.exists() {
                chip.read(&fs::read_to_string(config).unwrap(), frame).unwrap()
            } else {
                lowered(chip, &case.join("graph.nir"), run).design.unwrap()
            };
            assert_eq!(difference(&design, &case, id, run), None, "{}/{id}", case.display());
            // What is handed over says the same.
            let again = chip.read(&design.configuration.json, frame).unwrap();
            assert_eq!(difference(&again, &case, id, run), None, "{}/{id}", case.display());
            met += 1;
        }
    }
    assert!(met > 0, "no run of a chip was found");
}

#[test]
#[ignore = "needs the material in ../shared"]
fn every_recorded_refusal_is_told() {
    let cases = shared("goldens/simulators");
    for case in folders(&cases) {
        for (id, run) in json(&case.join("case.json"))["runs"].as_object().unwrap() {
            let Some(chip) = chip(run).filter(|_| run["refused"] == true) else { continue };
            let report = lowered(chip, &case.join("graph.nir"), run).report;
            assert!(report.refuses(), "{}/{id} goes through", case.display());
        }
    }
}

#[test]
#[ignore = "needs the material in ../shared"]
fn the_counts_of_trained_networks_are_those_of_the_tools() {
    let models = shared("models");
    for model in folders(&models) {
        let about = json(&model.join("model.json"));
        let input = numbers(&model.join(about["test_x"].as_str().unwrap()));
        let values = input.to_f64().unwrap();
        let (samples, steps) = (input.shape()[0], input.shape()[1]);
        for (id, run) in about["runs"].as_object().unwrap() {
            let is_plain = run["refused"] == false && run["put_together_by_hand"] == false;
            let Some(chip) = chip(run).filter(|_| is_plain) else { continue };
            let design = lowered(chip, &model.join("graph.nir"), run).design.unwrap();
            let node = design.answer.clone().unwrap();
            let request = Request { node, observable: Observable::Spikes };
            let wanted = numbers(&model.join(id).join("counts.npy"));
            let classes = wanted.shape()[1];
            let mut found = Vec::new();
            for sample in values.chunks(values.len() / samples).take(SAMPLES) {
                let stimulus = stimulus(&design, sample);
                let requests = std::slice::from_ref(&request);
                let recording = design.emulation.record(&stimulus, steps, 1.0, requests).unwrap();
                let spikes = recording.arrays[0].1.to_f64().unwrap().into_owned();
                let of = |class: usize| spikes.iter().skip(class).step_by(classes).sum::<f64>();
                found.extend((0..classes).map(of));
            }
            assert_eq!(found, wanted.to_f64().unwrap()[..found.len()], "{}/{id}", model.display());
        }
    }
}
