//! Stage 1: names, kinds, fields, and the ends of edges.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Place};
use crate::facts::unfold::{End, Unresolved, resolve};
use crate::field::FieldFault;
use crate::graph::{Graph, Node};
use crate::primitive::{Primitive, Unknown, declaration};

/// Checks a graph and all graphs nested in it.
pub(super) fn check(graph: &Graph) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut open = vec![(graph, Place::root())];
    while let Some((graph, place)) = open.pop() {
        check_level(graph, &place, &mut findings);
        for (_, name, node) in graph.nodes.iter() {
            if let Primitive::Graph(inner) = &node.primitive {
                open.push((inner, place.node(name)));
            }
        }
    }
    check_ports(graph, &mut findings);
    findings
}

/// A graph needs ports to be of use, but runs without them.
fn check_ports(graph: &Graph, findings: &mut Vec<Diagnostic>) {
    if graph.nodes.is_empty() {
        return;
    }
    let has = |wanted: fn(&Primitive) -> bool| {
        graph.nodes.iter().any(|(_, _, node)| wanted(&node.primitive))
    };
    if !has(|primitive| matches!(primitive, Primitive::Input(_))) {
        findings.push(
            Diagnostic::new(Code::NoInput, Place::root(), "there is no Input node")
                .help("add an Input, or run `nir convert --repair`")
                .repairable(),
        );
    }
    if !has(|primitive| matches!(primitive, Primitive::Output(_))) {
        findings.push(
            Diagnostic::new(Code::NoOutput, Place::root(), "there is no Output node")
                .help("add an Output, or run `nir convert --repair`")
                .repairable(),
        );
    }
}

/// A graph, and its names in order as soon as an edge names no node.
struct Level<'a, 'n> {
    graph: &'a Graph,
    names: &'n OnceCell<NearNames<'a>>,
}

fn check_level(graph: &Graph, place: &Place, findings: &mut Vec<Diagnostic>) {
    if graph.nodes.is_empty() {
        findings.push(Diagnostic::new(Code::Empty, place.clone(), "the graph has no nodes"));
    }
    for (_, name, node) in graph.nodes.iter() {
        let place = place.node(name);
        check_name(name, &place, findings);
        check_fields(node, &place, findings);
    }
    let mut seen = BTreeSet::new();
    let names = OnceCell::new();
    let level = Level { graph, names: &names };
    for (position, edge) in graph.edges.iter().enumerate() {
        let place = || place.edge(position);
        check_end(&level, &edge.source, End::Source, &place, findings);
        check_end(&level, &edge.target, End::Target, &place, findings);
        if !seen.insert(edge) {
            let message = format!("the edge `{}` -> `{}` stands twice", edge.source, edge.target);
            findings.push(
                Diagnostic::new(Code::DuplicateEdge, place(), message)
                    .help("take one out, or double the weights if the sum is meant")
                    .repairable(),
            );
        }
    }
}

fn check_name(name: &str, place: &Place, findings: &mut Vec<Diagnostic>) {
    let reason = match name {
        "" => "is empty",
        "." | ".." => "stands for a folder in paths",
        _ if name.contains('/') => "holds `/`",
        _ if name.contains('\0') => "holds a zero character",
        _ => return,
    };
    let message = format!("the name {name:?} {reason}");
    findings.push(Diagnostic::new(Code::BadName, place.clone(), message).help("rename the node"));
}

/// Checks that a node has the fields that its kind declares, and no others.
pub(super) fn check_fields(node: &Node, place: &Place, findings: &mut Vec<Diagnostic>) {
    if let Primitive::Unknown(unknown) = &node.primitive {
        check_unknown(unknown, place, findings);
    }
    for name in node.extra.keys() {
        let message = format!("a {} declares no field `{name}`", node.primitive.kind());
        let finding = Diagnostic::new(Code::UnknownField, place.field(name), message);
        findings.push(finding.help("it is kept, and has no effect"));
    }
    for field in missing_options(node) {
        let message = format!("`{}` is missing and taken as {}", field.0, field.1);
        let finding = Diagnostic::new(Code::DefaultTaken, place.field(field.0), message);
        findings.push(finding.help("run `nir convert --repair` to write it out").repairable());
    }
}

/// Optional parameters of neurons that a node lacks, with their defaults.
fn missing_options(node: &Node) -> Vec<(&'static str, &'static str)> {
    use crate::field::{Axes, Presence};
    let declared = declaration(node.primitive.kind()).map_or(&[][..], |declared| declared.fields);
    let present = match &node.primitive {
        Primitive::Unknown(_) => return Vec::new(),
        known => known.tensors(),
    };
    declared
        .iter()
        .filter(|field| field.axes == Axes::Neuron)
        .filter(|field| present.iter().all(|(other, _)| other.name != field.name))
        .filter_map(|field| match field.presence {
            Presence::Optional(default) => Some((field.name, default)),
            Presence::Required => None,
        })
        .collect()
}

fn check_unknown(unknown: &Unknown, place: &Place, findings: &mut Vec<Diagnostic>) {
    let Some(declared) = declaration(&unknown.kind) else {
        let message = format!("`{}` is not a primitive of NIR", unknown.kind);
        let finding = Diagnostic::new(Code::UnknownKind, place.clone(), message);
        findings.push(finding.help("check the spelling, or replace it by primitives"));
        return;
    };
    for fault in (declared.faults)(&unknown.fields) {
        findings.push(match fault {
            FieldFault::Missing(field) => {
                let message = format!(
                    "a {} needs `{}`: {}",
                    declared.kind,
                    field.name,
                    first_line(field.doc)
                );
                Diagnostic::new(Code::MissingField, place.field(field.name), message)
                    .help("take the number from the program that wrote the file")
            }
            FieldFault::WrongType { field, found } => {
                let message =
                    format!("`{}` is {found}; it has to be a tensor of real numbers", field.name);
                Diagnostic::new(Code::WrongType, place.field(field.name), message)
            }
        });
    }
    let is_declared = |name: &str| declared.fields.iter().any(|field| field.name == name);
    for name in unknown.fields.keys().filter(|name| !is_declared(name)) {
        let message = format!("a {} declares no field `{name}`", declared.kind);
        findings.push(Diagnostic::new(Code::UnknownField, place.field(name), message));
    }
}

/// The first line of a field's documentation, as part of a sentence.
fn first_line(doc: &str) -> &str {
    doc.trim().trim_end_matches('.')
}

/// Checks one end of an edge, whose place is only worked out where it is needed.
fn check_end(
    level: &Level<'_, '_>,
    name: &str,
    end: End,
    place: &impl Fn() -> Place,
    findings: &mut Vec<Diagnostic>,
) {
    let graph = level.graph;
    match resolve(graph, name, end) {
        Ok(_) => check_direction(graph, name, end, place, findings),
        Err(Unresolved::Dangling) => findings.push(dangling(level, name, place())),
        Err(Unresolved::Ports(ports)) => {
            let side = if end == End::Source { "Output" } else { "Input" };
            let message =
                format!("the graph `{name}` has {} {side} nodes, the edge needs one", ports.len());
            let finding = Diagnostic::new(Code::AmbiguousPort, place(), message);
            findings.push(match ports.first() {
                Some(port) => finding.help(format!("name the port, for instance `{name}.{port}`")),
                None => finding.help(format!("add an {side} to `{name}`")),
            });
        }
    }
}

fn dangling(level: &Level<'_, '_>, name: &str, place: Place) -> Diagnostic {
    let names = level.names.get_or_init(|| NearNames::of(level.graph));
    let message = format!("there is no node `{name}`");
    let finding = Diagnostic::new(Code::DanglingEdge, place, message);
    match names.nearest(name) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).repairable(),
        None => finding.help("name an existing node, or take the edge out").repairable(),
    }
}

/// Names of the nodes of a graph, in which names are looked up that no node has.
#[derive(Clone, Debug)]
pub struct NearNames<'a> {
    /// In ascending order, so that names with the same beginning stand together.
    names: Vec<&'a str>,
    lengths: BTreeSet<usize>,
}

impl<'a> NearNames<'a> {
    /// The names of the nodes of a graph.
    #[must_use]
    pub fn of(graph: &'a Graph) -> Self {
        let mut names: Vec<&str> = graph.nodes.iter().map(|(_, name, _)| name).collect();
        names.sort_unstable();
        let lengths = names.iter().map(|name| name.len()).collect();
        Self { names, lengths }
    }

    /// The one node whose name begins with the given name or the other way round; what a name that
    /// no node has most likely means.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'a str> {
        let first = self.names.partition_point(|&other| other < name);
        let longer = self.names[first..].iter().take_while(|other| other.starts_with(name));
        let shorter = self.lengths.range(..name.len()).filter_map(|&length| {
            let at = self.names.binary_search(&name.get(..length)?).ok()?;
            self.names.get(at)
        });
        let mut near = longer.chain(shorter).copied();
        near.next().filter(|_| near.next().is_none() && !name.is_empty())
    }
}

/// Whether an edge can come from this name: it is a node, or a port of a nested graph.
pub fn is_source(graph: &Graph, name: &str) -> bool {
    resolve(graph, name, End::Source).is_ok()
}

/// Whether an edge can lead to this name: it is a node, or a port of a nested graph.
pub fn is_target(graph: &Graph, name: &str) -> bool {
    resolve(graph, name, End::Target).is_ok()
}

fn check_direction(
    graph: &Graph,
    name: &str,
    end: End,
    place: &impl Fn() -> Place,
    findings: &mut Vec<Diagnostic>,
) {
    let primitive = graph.nodes.get(name).map(|node| &node.primitive);
    let message = match (primitive, end) {
        (Some(Primitive::Input(_)), End::Target) => format!("the edge enters the Input `{name}`"),
        (Some(Primitive::Output(_)), End::Source) => format!("the edge leaves the Output `{name}`"),
        _ => return,
    };
    let finding = Diagnostic::new(Code::WrongWay, place(), message);
    findings.push(finding.help("reverse the edge or take it out"));
}
