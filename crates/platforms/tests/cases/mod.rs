//! Recordings: a folder for each case, with a word about it in JSON.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nirkit_engine::clocked::semantics::record;
use nirkit_io::{Limits, array, nir};
use nirkit_ir::facts::LeafId;
use nirkit_ir::{Document, Facts, Graph, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::{Choices, Profile, find, lenient};
use nirkit_run::{Observable, Request, Signal, Stimulus};
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
    let found = lenient::seen(graph, &Limits::default());
    let found =
        found.unwrap_or_else(|| panic!("{}: {:?}", path.display(), validate(graph).findings));
    (found.graph.into_owned(), found.facts)
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

/// What entered the network of a case, and for how many steps: `input.npy`, or `input.<node>.npy` of several Inputs.
pub(crate) fn recorded_stimulus(case: &Path, graph: &Graph, facts: &Facts) -> (Stimulus, usize) {
    let mut steps = 0;
    let mut signals = BTreeMap::new();
    for leaf in facts.inputs(graph).map(|input| facts.leaf(input)) {
        let own = case.join(format!("input.{}.npy", leaf.name));
        let path = if own.exists() { own } else { case.join("input.npy") };
        let input = numbers(&path);
        steps = input.shape()[0];
        let values = input.to_f64().unwrap().into_owned();
        signals.insert(
            leaf.name.clone(),
            Signal::Frames { channels: leaf.outputs(), values, counts: true },
        );
        if path.ends_with("input.npy") {
            break;
        }
    }
    (Stimulus { signals }, steps)
}

pub(crate) fn numbers(path: &Path) -> Tensor {
    array::read_array(path, &Limits::default()).unwrap()
}

/// The spikes of a node that the package recorded, and what we make of them: step by step.
pub(crate) struct Trains {
    pub(crate) node: String,
    pub(crate) recorded: Vec<f64>,
    pub(crate) ours: Vec<f64>,
    pub(crate) steps: usize,
}

impl Trains {
    /// The first step in which they differ.
    pub(crate) fn first_difference(&self) -> Option<usize> {
        // A division by 0 makes numbers that are none.
        let same = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan();
        let row = (self.recorded.len() / self.steps.max(1)).max(1);
        if self.ours.len() != self.recorded.len() {
            return Some(0);
        }
        self.ours.iter().zip(&self.recorded).position(|pair| !same(pair)).map(|at| at / row)
    }
}

/// The spikes of every node that was recorded, under these choices; why there are none.
pub(crate) fn trains(
    case: &Path,
    id: &str,
    run: &Value,
    profile: &Profile,
    choices: &Choices,
) -> Result<Vec<Trains>, String> {
    let (graph, facts) = seen(&case.join("graph.nir"));
    let program = profile.prepare(&graph, &facts, choices).map_err(|e| format!("{id}: {e:?}"))?;
    let (stimulus, steps) = recorded_stimulus(case, &graph, &facts);
    let files = run["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap());
    let files = files.filter(|file| file.ends_with(".spikes.npy"));
    files
        .map(|file| {
            let node = file.strip_suffix(".spikes.npy").unwrap().to_owned();
            let request = Request { node: node.clone(), observable: Observable::Spikes };
            if !program.requests().contains(&request) {
                return Err(format!("{id}: {file} does not run"));
            }
            let found = record(&program, &stimulus, steps, &[request]).unwrap();
            let ours = found.arrays[0].1.to_f64().unwrap().into_owned();
            let recorded = numbers(&case.join(id).join(file)).to_f64().unwrap().into_owned();
            Ok(Trains { node, recorded, ours, steps })
        })
        .collect()
}

/// The first spike train of a recorded run that is not met; `way` of those that chance has.
pub(crate) fn difference(
    case: &Path,
    id: &str,
    run: &Value,
    profile: &Profile,
    way: usize,
) -> Option<String> {
    let choices = Choices { way, ..choices(run) };
    match trains(case, id, run, profile, &choices) {
        Ok(trains) => {
            let differs = trains.iter().find(|trains| trains.first_difference().is_some());
            differs.map(|trains| format!("{id}: {}.spikes.npy", trains.node))
        }
        Err(why) => Some(why),
    }
}
