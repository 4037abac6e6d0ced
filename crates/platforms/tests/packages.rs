//! Networks of ours as the released packages ran them: every run met spike for spike, every refusal told
//! in the words of the package. The recordings are part of the repository.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::cases;

use std::fs::File;
use std::path::Path;

use flate2::read::GzDecoder;
use nirkit_engine::clocked::semantics::Sums;
use nirkit_platforms::check::Outcome;
use nirkit_platforms::{Choices, Profile, check};
use serde_json::Value;

use cases::{Trains, choices, difference, folders, json, profile, seen, trains};

/// Runs that are not met, each with the reason.
const UNMET: &[(&str, &str)] =
    &[("r3_rockpool_0/rockpool", ROUNDING), ("r3_rockpool_4/rockpool", ROUNDING)];

/// The order in which a matrix product adds depends on its shape and on the processor; with thousands of
/// spikes a step the last bit of a sum decides whether one more fits.
const ROUNDING: &str = "the order of a matrix product cannot be known";

/// Refusals that are told in other words, each with the reason.
const OTHER_WORDS: &[(&str, &str)] = &[];

/// Calls `judge` with every run of an archive and collects what is wrong.
fn each(archive: &str, judge: impl Fn(&Path, &str, &Value, &'static Profile) -> Option<String>) {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(archive);
    let folder = tempfile::tempdir().unwrap();
    tar::Archive::new(GzDecoder::new(File::open(packed).unwrap())).unpack(folder.path()).unwrap();
    let (mut wrong, mut judged) = (Vec::new(), 0);
    for case in folders(folder.path()) {
        let about = json(&case.join("case.json"));
        for (id, run) in about["runs"].as_object().unwrap() {
            let Some(profile) = profile(run) else { continue };
            judged += 1;
            let name = format!("{}/{id}", case.file_name().unwrap().display());
            if let Some(what) = judge(&case, id, run, profile) {
                wrong.push(format!("{name}: {what}"));
            }
        }
    }
    assert!(judged > 10, "{archive}: only {judged} runs");
    assert!(wrong.is_empty(), "{archive}: {} of {judged}\n{}", wrong.len(), wrong.join("\n"));
}

fn is_listed(list: &[(&str, &str)], case: &Path, id: &str) -> bool {
    let name = format!("{}/{id}", case.file_name().unwrap().display());
    list.iter().any(|(listed, _)| *listed == name)
}

/// What is wrong with a run that the package made.
fn run_is_met(case: &Path, id: &str, run: &Value, profile: &Profile) -> Option<String> {
    if run["refused"] == true || run["files"].as_array().unwrap().is_empty() {
        return None;
    }
    let (graph, facts) = seen(&case.join("graph.nir"));
    let report = check(profile, &graph, &facts, &choices(run));
    if report.refuses() {
        return Some(format!("refused: {}", report.findings[0].diagnostic));
    }
    // Where chance decides, the recording is one of the ways.
    let ways = profile.ways(&graph, &facts, &choices(run));
    let differences: Vec<_> =
        (0..ways).filter_map(|way| difference(case, id, run, profile, way)).collect();
    let is_met = differences.len() < ways;
    match (is_met, is_listed(UNMET, case, id)) {
        (true, true) => Some("it is met, and listed as not met".to_owned()),
        (false, false) => Some(differences.join("; ")),
        _ => None,
    }
}

/// What is wrong with what is told about a refusal of the package.
fn refusal_is_told(case: &Path, id: &str, run: &Value, profile: &Profile) -> Option<String> {
    if run["refused"] == false {
        return None;
    }
    let (graph, facts) = seen(&case.join("graph.nir"));
    let report = check(profile, &graph, &facts, &choices(run));
    if !report.loses() {
        return Some("nothing is told".to_owned());
    }
    let said = run["error"].as_str().unwrap_or_default();
    let is_right = if said.starts_with("TimeoutError") {
        report.outcome() == Outcome::NeverEnds
    } else if report.outcome() == Outcome::DependsOnChance {
        true
    } else {
        report.findings.iter().any(|finding| {
            let told = finding.diagnostic.message.as_str();
            told.split_once(": ").is_some_and(|(_, words)| quotes(words, said))
        })
    };
    match (is_right, is_listed(OTHER_WORDS, case, id)) {
        (true, true) => Some("the words are right, and listed as others".to_owned()),
        (false, false) => {
            let told: Vec<_> =
                report.findings.iter().map(|f| f.diagnostic.message.clone()).collect();
            Some(format!("the package says `{said}`, nirkit {told:?}"))
        }
        _ => None,
    }
}

/// What is wrong with the ending that is told.
fn ending_is_told(case: &Path, _: &str, run: &Value, profile: &Profile) -> Option<String> {
    let (graph, facts) = seen(&case.join("graph.nir"));
    let report = check(profile, &graph, &facts, &choices(run));
    let (told, ended) = (report.outcome(), run["ending"].as_str().unwrap());
    let is_right = told.name() == ended || told == Outcome::DependsOnChance;
    (!is_right).then(|| format!("the package {ended}, nirkit says that it {}", told.name()))
}

/// Whether words are those of the package; `…` stands for what cannot be known.
fn quotes(words: &str, said: &str) -> bool {
    let mut rest = said;
    for (at, part) in words.split('…').enumerate() {
        match rest.find(part) {
            Some(found) if at > 0 || found == 0 => rest = &rest[found + part.len()..],
            _ => return false,
        }
    }
    words.ends_with('…') || rest.is_empty()
}

#[test]
fn names_that_code_cannot_hold_and_graphs_without_a_meaning_end_as_the_packages_do() {
    each("odd.tar.gz", ending_is_told);
    each("odd.tar.gz", refusal_is_told);
    each("odd.tar.gz", run_is_met);
}

#[test]
fn single_layers_and_small_networks_are_met() {
    each("layers.tar.gz", run_is_met);
}

#[test]
fn networks_of_many_shapes_are_met() {
    each("networks.tar.gz", run_is_met);
}

#[test]
fn networks_on_which_packages_walk_otherwise_than_the_graph_says_are_met() {
    each("cases.tar.gz", run_is_met);
}

#[test]
fn networks_of_the_package_that_came_last_are_met() {
    each("spikingjelly.tar.gz", run_is_met);
}

#[test]
fn networks_that_were_handed_over_are_met() {
    each("nest.tar.gz", run_is_met);
}

#[test]
fn networks_that_a_stranger_made_are_met() {
    each("strangers.tar.gz", run_is_met);
    each("strangers.tar.gz", refusal_is_told);
    each("strangers.tar.gz", ending_is_told);
}

#[test]
fn edge_values_are_met() {
    each("edges.tar.gz", run_is_met);
}

/// A recording that is not met for its roundings parts from ours in a node of which other orders of
/// additions say that it depends on them, and not before they do.
#[test]
fn what_is_not_met_depends_on_the_order_of_additions() {
    each("cases.tar.gz", |case, id, run, profile| {
        if !is_listed(UNMET, case, id) {
            return None;
        }
        let with = |sums| {
            let choices = Choices { sums, ..choices(run) };
            trains(case, id, run, profile, &choices).unwrap()
        };
        let [ours, others @ ..] = Sums::ALL.map(with);
        let parts = ours.iter().filter_map(Trains::first_difference).min().unwrap();
        let depends = (0..ours.len()).filter_map(|node| {
            let others = others.iter().map(|other| &other[node]).map(|other| Trains {
                node: other.node.clone(),
                recorded: other.ours.clone(),
                ours: ours[node].ours.clone(),
                steps: other.steps,
            });
            let first = others.filter_map(|other| other.first_difference()).min();
            first.filter(|_| ours[node].first_difference() == Some(parts))
        });
        let depends = depends.min();
        let is_explained = depends.is_some_and(|depends| depends <= parts);
        (!is_explained).then(|| format!("parts in step {parts}, depends on it from {depends:?}"))
    });
}

#[test]
fn refusals_are_told_in_the_words_of_the_package() {
    each("edges.tar.gz", refusal_is_told);
    each("layers.tar.gz", refusal_is_told);
    each("networks.tar.gz", refusal_is_told);
    each("cases.tar.gz", refusal_is_told);
    each("spikingjelly.tar.gz", refusal_is_told);
}
