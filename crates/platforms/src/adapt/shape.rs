//! The structural part of an adaptation: rewrites that keep NIR's equations, chosen by what a platform takes.
//!
//! [`Pass`](nirkit_passes::optimise::Pass)es do the work; which of them a platform needs follows from its profile. `nir opt --for`
//! does this part alone.

use nirkit_ir::valid::validate_within;
use nirkit_ir::{Facts, Graph, Limits, Primitive};
use nirkit_passes::optimise::{Rewrite, find, optimise_within, unroll};

use super::Change;
use crate::capability::Requirement;
use crate::profile::Profile;

/// A graph after structural rewrites.
pub(super) struct Shaped {
    pub(super) graph: Graph,
    pub(super) facts: Facts,
    pub(super) rewrites: Vec<Rewrite>,
    /// What could not be rewritten, and why.
    pub(super) note: Option<String>,
}

impl Shaped {
    /// What was done.
    pub(super) fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        self.rewrites.iter().map(|rewrite| Change::new(&rewrite.node, rewrite.done.clone()))
    }
}

/// Passes to try.
pub(super) struct Attempt {
    /// Their names, in their order.
    pub(super) passes: Vec<&'static str>,
    /// Whether they are tried only where the platform refuses what came before; else also where nothing can be claimed.
    pub(super) is_for_refusals: bool,
}

/// The passes to try, one list after the other: what the platform needs, and more where that is not enough.
pub(super) fn attempts(graph: &Graph, facts: &Facts, profile: &Profile) -> Vec<Attempt> {
    let kinds = Kinds { graph, facts, profile };
    let needed = kinds.needed();
    let attempt = |passes, is_for_refusals| Attempt { passes, is_for_refusals };
    let mut attempts = vec![attempt(needed.clone(), false)];
    if kinds.has("LI") && kinds.takes("CubaLIF") && !needed.contains(&"join_synapse") {
        attempts.push(attempt(with(&needed, &["join_synapse"]), false));
    }
    let has_groups = facts.iter().any(|(id, leaf)| {
        kinds.is_convolution(id) && leaf.window.as_ref().is_some_and(|w| w.groups > 1)
    });
    if has_groups && !needed.contains(&"unroll") {
        attempts.push(attempt(with(&needed, &["ungroup"]), true));
    }
    if WINDOWS.iter().any(|kind| kinds.has(kind)) && !needed.contains(&"unroll") {
        attempts.push(attempt(with(&needed, &["unroll", "fold_linear"]), true));
    }
    let takes_pictures = ["Conv2d", "Flatten"].iter().all(|kind| kinds.takes(kind));
    let has_row = facts.inputs(graph).any(|input| facts.leaf(input).output.len() == 1);
    if takes_pictures && has_row {
        attempts.push(attempt(with(&needed, &["picture_input"]), true));
    }
    attempts
}

/// Kinds whose nodes move a window.
const WINDOWS: [&str; 4] = ["Conv1d", "Conv2d", "SumPool2d", "AvgPool2d"];

/// The passes with others behind `unnest`.
fn with(passes: &[&'static str], more: &[&'static str]) -> Vec<&'static str> {
    let (first, rest) = passes.split_at(1.min(passes.len()));
    [first, more, rest].concat()
}

/// Whether a platform takes nodes of a kind.
pub(super) fn takes(profile: &Profile, kind: &str) -> bool {
    let never = profile.capability(kind).is_some_and(|capability| {
        capability.demands.iter().any(|demand| demand.what == Requirement::Never)
    });
    !never && profile.semantics.unknown.known.contains(&kind)
}

/// Whether a platform takes a CubaLIF only as an LI and a LIF.
pub(super) fn takes_synapses_apart(profile: &Profile) -> bool {
    !takes(profile, "CubaLIF") && takes(profile, "LI") && takes(profile, "LIF")
}

/// The kinds of a graph, and what a platform makes of them.
struct Kinds<'a> {
    graph: &'a Graph,
    facts: &'a Facts,
    profile: &'a Profile,
}

impl Kinds<'_> {
    fn has(&self, kind: &str) -> bool {
        let is_it = |primitive: &Primitive| primitive.kind() == kind;
        self.facts.iter().any(|(id, _)| self.facts.primitive(self.graph, id).is_some_and(is_it))
    }

    fn is_convolution(&self, id: nirkit_ir::facts::LeafId) -> bool {
        let primitive = self.facts.primitive(self.graph, id);
        matches!(primitive, Some(Primitive::Conv1d(_) | Primitive::Conv2d(_)))
    }

    fn takes(&self, kind: &str) -> bool {
        takes(self.profile, kind)
    }

    fn lacks(&self, kind: &str) -> bool {
        self.has(kind) && !self.takes(kind)
    }

    fn needed(&self) -> Vec<&'static str> {
        let mut passes = vec!["unnest"];
        let mut add = |passes_of: &[&'static str], is_needed: bool| {
            if is_needed {
                passes.extend(
                    passes_of
                        .iter()
                        .filter(|pass| !passes.contains(pass))
                        .copied()
                        .collect::<Vec<_>>(),
                );
            }
        };
        add(&["join_synapse"], self.lacks("LI") && self.takes("CubaLIF"));
        let is_mean_summed = self.lacks("AvgPool2d") && self.takes("SumPool2d");
        let has_matrices = self.takes("Affine") || self.takes("Linear");
        let is_unrolled = |kind: &str| self.lacks(kind) && !(kind == "AvgPool2d" && is_mean_summed);
        let needs_one_axis = WINDOWS.into_iter().chain(["Flatten"]).any(is_unrolled);
        // A pool and the convolution behind it become two matrices in a row, and platforms take one.
        add(&["unroll", "fold_linear"], needs_one_axis && has_matrices);
        let drops_groups = |kind: &str| {
            self.profile.capability(kind).is_some_and(|capability| {
                capability.demands.iter().any(|demand| {
                    matches!(
                        demand.what,
                        Requirement::GroupsDivideKernel | Requirement::Equals("groups", _)
                    )
                })
            })
        };
        let has_groups = |kind: &str| {
            self.facts.iter().any(|(id, leaf)| {
                let is_it = self.facts.primitive(self.graph, id).is_some_and(|p| p.kind() == kind);
                is_it && leaf.window.as_ref().is_some_and(|window| window.groups > 1)
            })
        };
        let is_grouped = |kind: &str| drops_groups(kind) && has_groups(kind);
        add(&["ungroup"], is_grouped("Conv1d") || is_grouped("Conv2d"));
        add(&["average_to_sum", "fold_scale"], self.lacks("AvgPool2d"));
        add(&["fold_scale"], self.lacks("Scale"));
        passes
    }
}

/// Applies passes to a graph; `None` where that gives one that is not sound.
pub(super) fn shaped(
    graph: &Graph,
    facts: &Facts,
    passes: &[&'static str],
    limits: &Limits,
) -> Option<Shaped> {
    let mut flat = graph.clone();
    let note = (passes.contains(&"unroll"))
        .then(|| unroll::obstacle(graph, facts))
        .flatten()
        .map(|why| format!("convolutions and pools did not become matrices: {why}"));
    let all: Vec<_> = passes.iter().filter_map(|pass| find(pass)).collect();
    let done = optimise_within(&mut flat, &all, limits).ok()?;
    let facts = validate_within(&flat, limits).facts?;
    Some(Shaped { graph: flat, facts, rewrites: done, note })
}
