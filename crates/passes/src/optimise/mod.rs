//! Rewrites: passes that keep what a graph means and change how it says it, one file each.
//!
//! Platforms differ in what they read. A gain that one ignores can be part of the weights; two maps in
//! a row, which a chip cannot have, can be one. A pass keeps the output spikes of the ideal, up to
//! the rounding of the numbers that it multiplies; where that holds under a condition, the pass says
//! so. Voltages may change their unit.

mod add_bias;
mod average_to_sum;
mod carry;
mod center_leak;
mod drop_bias;
mod flat;
mod fold_gain;
mod fold_linear;
mod fold_scale;
mod join_synapse;
pub mod metadata;
mod numbers;
mod order_edges;
mod picture_input;
mod prune;
mod split_synapse;
mod ungroup;
mod unit_threshold;
mod unnest;
pub mod unroll;
mod wires;

use std::fmt;

use nirkit_ir::valid::validate_within;
use nirkit_ir::{Diagnostic, Document, Facts, Graph, Limits};

/// A pass.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it does, and what it is good for.
    pub about: &'static str,
    /// Under which condition the output spikes of the ideal stay; empty if they always do.
    pub condition: &'static str,
    /// The only reset with which it keeps the output spikes; `None` where any will do.
    pub needs_reset: Option<&'static str>,
    /// Whether it is one of those that are applied if none is named.
    pub is_usual: bool,
    /// Whether it brings parameters into one another. That keeps what NIR's equations give, and not what a platform gives that
    /// does not read one of them.
    pub folds: bool,
    /// Does everything that it can do by the facts of the graph. It is called until that is nothing:
    /// what was done may make room for more.
    round: fn(&mut Graph, &Facts) -> Vec<Done>,
}

/// One thing that a pass did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The node that it is about; empty for the whole graph.
    pub node: String,
    /// What was done, as a sentence without a full stop.
    pub what: String,
}

/// One thing that was done, and by which pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Name of the pass.
    pub pass: &'static str,
    /// The node; empty for the whole graph.
    pub node: String,
    /// What was done, as a sentence without a full stop.
    pub done: String,
}

impl fmt::Display for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: /{}: {}", self.pass, self.node, self.done)
    }
}

impl Done {
    fn new(node: impl Into<String>, what: impl Into<String>) -> Self {
        Self { node: node.into(), what: what.into() }
    }

    /// It with the pass that did it.
    fn by(self, pass: &Pass) -> Rewrite {
        Rewrite { pass: pass.name, node: self.node, done: self.what }
    }
}

/// All passes, in the order in which they are best applied.
pub const PASSES: &[Pass] = &[
    unnest::PASS,
    prune::PASS,
    ungroup::PASS,
    unroll::PASS,
    join_synapse::PASS,
    split_synapse::PASS,
    average_to_sum::PASS,
    fold_scale::PASS,
    fold_linear::PASS,
    center_leak::PASS,
    unit_threshold::PASS,
    fold_gain::PASS,
    add_bias::PASS,
    drop_bias::PASS,
    picture_input::PASS,
    order_edges::PASS,
];

/// The pass of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Pass> {
    PASSES.iter().find(|pass| pass.name == name)
}

/// Applies passes within the usual limits; see [`optimise_within`].
///
/// # Errors
///
/// As for [`optimise_within`].
pub fn optimise(graph: &mut Graph, passes: &[&Pass]) -> Result<Vec<Rewrite>, Vec<Diagnostic>> {
    optimise_within(graph, passes, &Limits::default())
}

/// Applies passes one after the other, each until it finds nothing more to do.
///
/// # Errors
///
/// The findings of a graph that is not sound; it is then left as the last sound state.
pub fn optimise_within(
    graph: &mut Graph,
    passes: &[&Pass],
    limits: &Limits,
) -> Result<Vec<Rewrite>, Vec<Diagnostic>> {
    let mut rewrites = Vec::new();
    for pass in passes {
        loop {
            let validation = validate_within(graph, limits);
            let Some(facts) = validation.facts else { return Err(validation.findings) };
            let described = metadata::Described::of(graph);
            let noted = metadata::Noted::of(graph);
            let mut done = (pass.round)(graph, &facts);
            if done.is_empty() {
                break;
            }
            done.extend(described.settle(graph));
            // What becomes of nested graphs and their ports, the pass itself says.
            if pass.name != unnest::PASS.name {
                done.extend(noted.lost(graph).map(|(node, what)| Done::new(node, what)));
            }
            rewrites.extend(done.into_iter().map(|done| done.by(pass)));
        }
    }
    Ok(rewrites)
}

/// Applies passes to the graph of a document as [`optimise_within`] does. What the metadata of nested graphs say stands in
/// the metadata of the document where `unnest` is among the passes.
///
/// # Errors
///
/// As for [`optimise_within`]; nothing for a document without a graph, of which nothing can be rewritten.
pub fn optimise_document(
    document: &mut Document,
    passes: &[&Pass],
    limits: &Limits,
) -> Result<Vec<Rewrite>, Vec<Diagnostic>> {
    let Some(graph) = document.graph() else { return Ok(Vec::new()) };
    let unnest = passes.iter().find(|pass| pass.name == unnest::PASS.name);
    // An error leaves the document as it was.
    let sound = unnest.filter(|_| validate_within(graph, limits).facts.is_some());
    let mut rewrites = Vec::new();
    if let Some(pass) = sound {
        let lifted = unnest::lift_metadata(&mut document.root).into_iter();
        rewrites.extend(lifted.map(|done| done.by(pass)));
    }
    if let Some(graph) = document.graph_mut() {
        rewrites.extend(optimise_within(graph, passes, limits)?);
    }
    Ok(rewrites)
}
