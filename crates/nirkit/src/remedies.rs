//! Remedies that help: a finding names a command only where that changes the node.

use std::collections::BTreeMap;

use nirkit_ir::{Document, Limits, Primitive};
use nirkit_platforms::{Platform, Report};

use crate::opt::opt;

/// What begins a remedy that is a command.
const OPT: &str = "`nir opt IN OUT --pass ";

/// In a graph of more nodes than this, remedies are not tried: each command rewrites the whole graph.
const MOST_NODES: usize = 20_000;

/// The commands that findings about a graph name, each tried once.
pub(crate) struct Remedies<'a> {
    document: &'a Document,
    limits: Limits,
    /// The graph after each command; `None` where it cannot be had.
    tried: BTreeMap<String, Option<Document>>,
}

impl<'a> Remedies<'a> {
    pub(crate) fn new(document: &'a Document, limits: Limits) -> Self {
        Self { document, limits, tried: BTreeMap::new() }
    }

    /// Takes commands that change nothing where a finding is out of its help.
    pub(crate) fn hold(&mut self, report: &mut Report, platform: &Platform) {
        let nodes = self.document.graph().map_or(0, |graph| graph.nodes.len());
        if nodes > MOST_NODES {
            return;
        }
        for finding in &mut report.findings {
            let place = &finding.diagnostic.place.nodes;
            let Some(help) = &mut finding.diagnostic.help else { continue };
            let Some(command) = command(help) else { continue };
            if !self.changes(&command, place) {
                *help = instead(&command, platform);
            }
        }
    }

    /// Whether passes change a node, or take it out.
    fn changes(&mut self, command: &str, place: &[String]) -> bool {
        let Self { document, limits, tried } = self;
        let after = tried.entry(command.to_owned()).or_insert_with(|| {
            let mut after = (*document).clone();
            let passes: Vec<&str> = command.split(" --pass ").collect();
            opt(&mut after, &passes, limits).ok().map(|_| after)
        });
        let Some(after) = after else { return false };
        if place.is_empty() {
            return document.root != after.root;
        }
        node(document, place) != node(after, place)
    }
}

/// The passes of the command in a remedy, as they stand there.
fn command(help: &str) -> Option<String> {
    let (_, rest) = help.split_once(OPT)?;
    Some(rest.split_once('`')?.0.to_owned())
}

/// What is said where the command does not help.
fn instead(command: &str, platform: &Platform) -> String {
    let passes = command.replace(" --pass ", "`, `");
    let nothing = format!("`{passes}` of `nir opt` can change nothing here");
    match platform {
        Platform::Simulator(profile) => {
            format!("{nothing}; `nir adapt IN OUT --for {}` says what can be had", profile.name)
        }
        Platform::Chip(_) => {
            format!("{nothing}: change the graph before training, or choose another platform")
        }
    }
}

/// A node by the names that lead to it, or by its full name where nested graphs are taken apart.
fn node<'d>(document: &'d Document, place: &[String]) -> Option<&'d Primitive> {
    let graph = document.graph()?;
    if let Some(node) = graph.nodes.get(&place.join(".")) {
        return Some(&node.primitive);
    }
    let (last, outer) = place.split_last()?;
    let inner =
        outer.iter().try_fold(graph, |graph, name| match &graph.nodes.get(name)?.primitive {
            Primitive::Graph(inner) => Some(inner),
            _ => None,
        })?;
    Some(&inner.nodes.get(last)?.primitive)
}
