//! Recordings: a folder for each case, with a word about it in JSON.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nirkit_io::{Limits, array, nir};
use nirkit_ir::facts::LeafId;
use nirkit_ir::{Document, Facts, Graph, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::{Choices, Profile, find, lenient};
use nirkit_sim::clocked::scheme::record;
use nirkit_sim::{Observable, Request, Signal, Stimulus};
use serde_json::Value;

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The folders in a folder, by name.
pub(crate) fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.retain(|folder| folder.is_dir());
    folders
}

pub(crate) fn graph(path: &Path) -> (Document, Facts) {
    let document = nir::read(path, &Limits::default()).unwrap();
    let validation = validate(document.graph().unwrap());
    let facts =
        validation.facts.unwrap_or_else(|| panic!("{}: {:?}", path.display(), validation.findings));
    (document, facts)
}

/// The graph of a file as the simulators look at it.
pub(crate) fn seen(path: &Path) -> (Graph, Facts) {
    let document = nir::read(path, &Limits::default()).unwrap();
    let graph = document.graph().unwrap();
    let validation = validate(graph);
    let Some(facts) = validation.facts else {
        let found = lenient::without_misfit_ends(graph, &Limits::default());
        let found =
            found.unwrap_or_else(|| panic!("{}: {:?}", path.display(), validation.findings));
        return (found.graph, found.facts);
    };
    (graph.clone(), facts)
}

/// The profile of a run; `None` for chips and what was put together by hand.
pub(crate) fn profile(run: &Value) -> Option<&'static Profile> {
    let version = run["options"]["version"].as_str();
    let name = run["platform"].as_str().unwrap();
    find(&version.map_or(name.to_owned(), |version| format!("{name}@{version}"))).ok()
}

pub(crate) fn choices(run: &Value) -> Choices {
    Choices {
        dt: run["options"]["dt"].as_f64(),
        reset: run["options"]["reset"].as_str().map(|reset| reset.parse().unwrap()),
        ..Choices::default()
    }
}

pub(crate) fn stimulus(graph: &Graph, facts: &Facts, values: Vec<f64>) -> Stimulus {
    let input: LeafId = facts.inputs(graph).next().unwrap();
    let leaf = facts.leaf(input);
    let signal = Signal::Frames { channels: leaf.outputs(), values, counts: true };
    Stimulus { signals: BTreeMap::from([(leaf.name.clone(), signal)]) }
}

pub(crate) fn numbers(path: &Path) -> Tensor {
    array::read_array(path, &Limits::default()).unwrap()
}

/// The first spike train of a recorded run that is not met; `way` of those that chance has.
pub(crate) fn difference(
    case: &Path,
    id: &str,
    run: &Value,
    profile: &Profile,
    way: usize,
) -> Option<String> {
    let (graph, facts) = seen(&case.join("graph.nir"));
    let choices = Choices { way, ..choices(run) };
    let program = match profile.prepare(&graph, &facts, &choices) {
        Ok(program) => program,
        Err(errors) => return Some(format!("{id}: {errors:?}")),
    };
    let input = numbers(&case.join("input.npy"));
    let stimulus = stimulus(&graph, &facts, input.to_f64().unwrap().into_owned());
    let files = run["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap());
    for file in files.filter(|file| file.ends_with(".spikes.npy")) {
        let node = file.strip_suffix(".spikes.npy").unwrap().to_owned();
        let request = Request { node, observable: Observable::Spikes };
        if !program.requests().contains(&request) {
            return Some(format!("{id}: {file} does not run"));
        }
        let found = record(&program, &stimulus, input.shape()[0], &[request]).unwrap();
        let wanted = numbers(&case.join(id).join(file));
        let (found, wanted) = (found.arrays[0].1.to_f64().unwrap(), wanted.to_f64().unwrap());
        // A division by 0 makes numbers that are none.
        let same = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan();
        if found.len() != wanted.len() || !found.iter().zip(wanted.iter()).all(same) {
            return Some(format!("{id}: {file}"));
        }
    }
    None
}
