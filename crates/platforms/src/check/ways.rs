//! Several ways in which a platform can run a graph, of which chance takes one in each process.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::When;
use nirkit_ir::{Code, Diagnostic, Place};

use super::{Finding, NodeReport, Verdict, Way};
use crate::profile::Profile;

/// What is found in all ways, and what in some of them, with their numbers.
pub(super) fn together(
    profile: &Profile,
    ways: Vec<Way>,
    count: usize,
) -> (Vec<Finding>, Vec<(NodeReport, Place)>) {
    let mut findings = vec![chance(profile, &ways, count)];
    for (finding, numbers) in told(&ways) {
        if numbers.len() == ways.len() {
            findings.push(finding.clone());
        } else if finding.verdict != Verdict::Refused {
            findings.push(in_some(finding, &numbers));
        }
    }
    let nodes = ways.into_iter().next().map(|way| way.nodes).unwrap_or_default();
    (findings, nodes)
}

/// Each finding once, with the numbers of the ways that it holds in, ascending.
fn told(ways: &[Way]) -> Vec<(&Finding, Vec<String>)> {
    let mut told: Vec<(&Finding, Vec<usize>)> = Vec::new();
    // Findings of one place and message are few.
    let mut known: BTreeMap<(&[String], &str), Vec<usize>> = BTreeMap::new();
    for (number, way) in (1..).zip(ways) {
        for finding in &way.findings {
            let Diagnostic { place, message, .. } = &finding.diagnostic;
            let known = known.entry((&place.nodes, message)).or_default();
            match known.iter().find(|&&at| told[at].0 == finding) {
                Some(&at) if told[at].1.last() != Some(&number) => told[at].1.push(number),
                Some(_) => {}
                None => {
                    known.push(told.len());
                    told.push((finding, vec![number]));
                }
            }
        }
    }
    let words = |numbers: Vec<usize>| numbers.iter().map(usize::to_string).collect();
    told.into_iter().map(|(finding, numbers)| (finding, words(numbers))).collect()
}

/// A finding that holds in some ways only.
fn in_some(finding: &Finding, numbers: &[String]) -> Finding {
    let mut found = finding.clone();
    let which = if numbers.len() == 1 { "way" } else { "ways" };
    let message = &finding.diagnostic.message;
    found.diagnostic.message = format!("in {which} {}: {message}", numbers.join(", "));
    if found.verdict > Verdict::Assumed {
        found.verdict = Verdict::Chance;
    }
    found
}

/// What each way begins with, and how it ends.
fn chance(profile: &Profile, ways: &[Way], count: usize) -> Finding {
    let name = profile.name;
    let refusal = |way: &Way| {
        let refusal = way.findings.iter().find(|found| found.verdict == Verdict::Refused)?;
        let message = &refusal.diagnostic.message;
        let own = message.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
        Some(own.unwrap_or(message).to_owned())
    };
    let begins = |way: &Way| format!("begins at `{}`", way.begin.as_deref().unwrap_or("nothing"));
    let runs = |way: &Way| match way.order.as_slice() {
        [] => "runs nothing".to_owned(),
        order => format!("runs `{}`", order.join("`, `")),
    };
    let differs_at_begin = ways.windows(2).any(|pair| pair[0].begin != pair[1].begin);
    let tell = |(number, way): (usize, &Way)| {
        let does = if differs_at_begin { begins(way) } else { runs(way) };
        let fails = refusal(way).map(|error| format!(" and fails: {error}")).unwrap_or_default();
        format!("way {number} {does}{fails}")
    };
    let told: Vec<String> = (1..).zip(ways).map(tell).collect();
    let (why, help) = if differs_at_begin {
        (
            "begins at a node that the address of an object decides, in each process anew",
            "lead an edge to every node but one Input, and replace the nodes that the package drops",
        )
    } else {
        (
            "makes a set of the edges, because one stands twice, and which edge out of a node it follows differs from \
             process to process",
            "take out the edge that stands twice",
        )
    };
    let mut message = format!("{name} {why}: {}", told.join("; "));
    if let Some(left_out) = profile.ways_left_out(count) {
        message = format!("{message}; {left_out}");
    }
    let diagnostic = Diagnostic::new(Code::Chance, Place::root(), message).help(help);
    let is_refused = ways.iter().all(|way| refusal(way).is_some());
    let verdict = if is_refused { Verdict::Refused } else { Verdict::Chance };
    let ends = is_refused.then_some(When::FirstStep);
    Finding { verdict, ends, matters: true, diagnostic }
}
