//! Every recorded run of the simulators is met, spike for spike, and every recorded refusal told.
//!
//! The recordings lie beside the project and are no part of it; tests that
//! need them are ignored unless they are asked for (`-- --ignored`).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::beside;
use crate::cases;

use nirkit_engine::clocked::semantics::record;
use nirkit_ir::{Document, Facts};
use nirkit_numerics::Tensor;
use nirkit_platforms::{Choices, Profile, check};
use nirkit_run::{Observable, Request};

use beside::shared;
use cases::{choices, difference, folders, graph, json, numbers, profile, stimulus};

/// Runs that are not met, each with the reason.
const UNMET: &[(&str, &str)] = &[(
    "paper_braille_subtract/rockpool-recorded",
    "what the authors ran is not known; the nearest model differs in 37 of 10,240 entries",
)];

#[test]
#[ignore = "needs the material in ../shared"]
fn every_recorded_run_is_met_spike_for_spike() {
    let cases = shared("goldens/simulators");
    for case in folders(&cases) {
        let about = json(&case.join("case.json"));
        for (id, run) in about["runs"].as_object().unwrap() {
            let name = format!("{}/{id}", case.file_name().unwrap().display());
            let has_files = !run["files"].as_array().unwrap().is_empty();
            let Some(profile) = profile(run).filter(|_| has_files && run["refused"] == false)
            else {
                continue;
            };
            let (document, facts) = graph(&case.join("graph.nir"));
            let report = check(profile, document.graph().unwrap(), &facts, &choices(run));
            assert!(!report.refuses(), "{name} is refused: {:?}", report.findings[0]);
            let difference = difference(&case, id, run, profile, 0);
            let is_listed = UNMET.iter().any(|(listed, _)| *listed == name);
            assert_eq!(difference.is_some(), is_listed, "{name}: {difference:?}");
        }
    }
}

#[test]
#[ignore = "needs the material in ../shared"]
fn every_recorded_refusal_is_told() {
    let cases = shared("goldens/simulators");
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
#[ignore = "needs the material in ../shared"]
fn the_counts_of_trained_networks_are_those_of_the_packages() {
    let models = shared("models");
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
        let stimulus = stimulus(graph, facts, sample.to_vec());
        let found = record(&program, &stimulus, steps, std::slice::from_ref(&request)).unwrap();
        let spikes = found.arrays[0].1.to_f64().unwrap();
        let classes = output.outputs();
        counts.extend(
            (0..classes).map(|class| spikes.iter().skip(class).step_by(classes).sum::<f64>()),
        );
    }
    counts
}
