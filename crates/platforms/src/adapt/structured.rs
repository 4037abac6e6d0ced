//! The structural part of an adaptation by itself: a graph in the form that a platform takes, with NIR's equations kept.

use nirkit_ir::valid::validate_within;
use nirkit_ir::{Facts, Graph, Limits};
use nirkit_passes::optimise::Rewrite;

use super::shape::{attempts, shaped, takes_synapses_apart};
use super::structure::{self, Form, formed};
use crate::check::{Finding, Verdict, check};
use crate::chip::ChipChoices;
use crate::profile::Choices;
use crate::version::Platform;

/// A graph in the form that a platform takes.
#[derive(Clone, Debug)]
pub struct Structured {
    /// The graph.
    pub graph: Graph,
    /// What was done; empty if the graph is the one that came in.
    pub rewrites: Vec<Rewrite>,
    /// What could not be rewritten, and why, as sentences without a full stop.
    pub notes: Vec<String>,
    /// Why the platform does not take the graph all the same; empty if it does.
    pub refusals: Vec<Finding>,
}

/// Why a form is worse than another: refusals, then findings of any kind.
type Faults = (usize, usize);

/// Brings a graph into the form that a platform takes, as far as NIR's equations stay what they are: no numbers are fitted.
///
/// Of all forms, the one of which the platform refuses and loses least is taken; of equals, that with the fewest changes.
/// `None` for a graph that is not sound.
#[must_use]
pub fn structured(
    graph: &Graph,
    facts: &Facts,
    platform: Platform,
    dt: Option<f64>,
    limits: &Limits,
) -> Option<Structured> {
    let profile = match platform {
        Platform::Simulator(profile) => profile,
        Platform::Chip(chip) => chip.unrounded,
    };
    let choices = Choices { dt, ..Choices::default() };
    let (as_it_is, refusals) = faults(graph, facts, platform, dt)?;
    let (rewrites, notes) = (Vec::new(), Vec::new());
    let mut best = (as_it_is, Structured { graph: graph.clone(), rewrites, notes, refusals });
    let mut notes: Vec<String> = Vec::new();
    for attempt in attempts(graph, facts, profile) {
        let mut passes = attempt.passes;
        if takes_synapses_apart(profile) {
            passes.push("split_synapse");
        }
        let shaped = shaped(graph, facts, &passes, limits)?;
        notes.extend(shaped.note.clone().filter(|note| !notes.contains(note)));
        let (mut flat, mut changes) = (shaped.graph.clone(), Vec::new());
        let semantics = profile.semantics(&profile.settled(&flat, &shaped.facts, &choices));
        structure::kinds(&mut flat, &semantics, &mut changes);
        structure::recurrent_biases(&mut flat, &shaped.facts, &semantics, &mut changes);
        let flat_facts = validate_within(&flat, limits).facts?;
        for form in Form::ALL {
            let Some(found) = formed(&flat, &flat_facts, form) else { continue };
            let facts = validate_within(&found.graph, limits).facts?;
            let (own, refusals) = faults(&found.graph, &facts, platform, dt)?;
            if own < best.0 {
                let mut rewrites = shaped.rewrites.clone();
                let of = |node: &str, done: String| Rewrite {
                    pass: "form",
                    node: node.to_owned(),
                    done,
                };
                rewrites.extend(changes.iter().map(|change| of(&change.node, change.what.clone())));
                let nested = found.names.values();
                rewrites.extend(
                    nested.map(|name| {
                        of(name, "stands in a nested graph with its weights".to_owned())
                    }),
                );
                let (graph, notes) = (found.graph, Vec::new());
                best = (own, Structured { graph, rewrites, notes, refusals });
            }
        }
        if best.0.0 == 0 {
            break;
        }
    }
    Some(Structured { notes, ..best.1 })
}

/// What a platform refuses and loses of a graph, and the refusals.
fn faults(
    graph: &Graph,
    facts: &Facts,
    platform: Platform,
    dt: Option<f64>,
) -> Option<(Faults, Vec<Finding>)> {
    let report = match platform {
        Platform::Simulator(profile) => {
            check(profile, graph, facts, &Choices { dt, ..Choices::default() })
        }
        Platform::Chip(chip) => {
            let choices = ChipChoices { dt, ..ChipChoices::default() };
            chip.lower(graph, facts, &choices).ok()?.report
        }
    };
    let lost = report.findings.iter().filter(|finding| finding.verdict > Verdict::Fine).count();
    let refusals: Vec<Finding> = report.refusals().cloned().collect();
    Some(((refusals.len(), lost), refusals))
}
