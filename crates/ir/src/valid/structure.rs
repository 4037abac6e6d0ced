//! Stage 1: names, kinds, fields, and the ends of edges.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashSet};

use super::flattened::Flattened;
use super::joints::{EdgeRepair, Joints};
use super::parameter;
use crate::diag::{Code, Diagnostic, Place};
use crate::document::Document;
use crate::facts::unfold::{End, Unresolved, resolve};
use crate::field::FieldFault;
use crate::graph::{Edge, Graph, Node};
use crate::primitive::{KINDS, Primitive, Unknown, declaration};
use crate::value::Value;

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
        let finding = Diagnostic::new(Code::NoInput, Place::root(), "there is no Input node");
        findings.push(finding.help("add an Input"));
    }
    if !has(|primitive| matches!(primitive, Primitive::Output(_))) {
        let finding = Diagnostic::new(Code::NoOutput, Place::root(), "there is no Output node");
        findings.push(finding.help("add an Output"));
    }
}

/// A graph, and what is asked of it as soon as an edge names no node.
struct Level<'a, 'n> {
    graph: &'a Graph,
    joints: &'n OnceCell<Joints<'a>>,
    flattened: &'n OnceCell<Flattened<'a>>,
    /// Names of nested graphs that were looked at, and whether they were flattened, which is told once.
    looked_at: &'n RefCell<BTreeMap<&'a str, bool>>,
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
    let mut seen = HashSet::with_capacity(graph.edges.len());
    let (joints, flattened, looked_at) = (OnceCell::new(), OnceCell::new(), RefCell::default());
    let level = Level { graph, joints: &joints, flattened: &flattened, looked_at: &looked_at };
    for (position, edge) in graph.edges.iter().enumerate() {
        let place = || place.edge(position);
        check_end(&level, edge, End::Source, &place, findings);
        check_end(&level, edge, End::Target, &place, findings);
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

/// Checks what stands beside the nodes of a file: the fields of its root, and what was not read.
pub(super) fn check_document(document: &Document, findings: &mut Vec<Diagnostic>) {
    check_fields(&document.root, &Place::root(), findings);
    let Some(message) = document.loss() else { return };
    findings.push(Diagnostic::new(Code::LeftOut, Place::root(), message).help(
        "it has no effect, and a copy of the file lacks it; put into `metadata` what is to be kept",
    ));
}

/// Checks that a node has the fields that its kind declares, and no others.
fn check_fields(node: &Node, place: &Place, findings: &mut Vec<Diagnostic>) {
    if let Primitive::Unknown(unknown) = &node.primitive {
        check_unknown(unknown, place, findings);
    }
    for name in node.extra.keys() {
        let message = format!("a {} declares no field `{name}`", node.primitive.kind());
        let finding = Diagnostic::new(Code::UnknownField, place.field(name), message);
        let declared =
            declaration(node.primitive.kind()).map_or(&[][..], |declared| declared.fields);
        let present = node.primitive.values();
        let missing = declared.iter().map(|field| field.name);
        let missing = missing.filter(|name| present.iter().all(|(field, _)| field.name != *name));
        findings.push(finding.help(match alike(name, missing) {
            Some(near) => format!("did you mean `{near}`? it is kept, and has no effect"),
            None => "it is kept, and has no effect".to_owned(),
        }));
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
    if matches!(node.primitive, Primitive::Unknown(_)) {
        return Vec::new();
    }
    declared
        .iter()
        .filter(|field| field.axes == Axes::Neuron)
        .filter_map(|field| match field.presence {
            Presence::Optional(default) => Some((field.name, default)),
            Presence::Required => None,
        })
        .filter(|(name, _)| node.primitive.tensors().all(|(other, _)| other.name != *name))
        .collect()
}

fn check_unknown(unknown: &Unknown, place: &Place, findings: &mut Vec<Diagnostic>) {
    let Some(declared) = declaration(&unknown.kind) else {
        let message = format!("`{}` is not a primitive of NIR", unknown.kind);
        let finding = Diagnostic::new(Code::UnknownKind, place.clone(), message);
        let near = alike(&unknown.kind, KINDS.iter().copied());
        findings.push(match near {
            _ if unknown.kind.starts_with("MaxPool") => finding.help(
                "NIR has no pool that takes the maximum: use SumPool2d or AvgPool2d, and train with it",
            ),
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("check the spelling, or replace it by primitives"),
        });
        return;
    };
    let is_declared = |name: &str| declared.fields.iter().any(|field| field.name == name);
    let foreign = || unknown.fields.keys().map(String::as_str).filter(|name| !is_declared(name));
    let absent = declared.fields.iter().map(|field| field.name);
    let absent: Vec<&str> = absent.filter(|name| !unknown.fields.contains_key(*name)).collect();
    for fault in (declared.faults)(&unknown.fields) {
        findings.push(match fault {
            FieldFault::Missing(field) => {
                let message = format!(
                    "a {} needs `{}`: {}",
                    declared.kind,
                    field.name,
                    first_line(field.doc)
                );
                let finding = Diagnostic::new(Code::MissingField, place.field(field.name), message);
                match alike(field.name, foreign()) {
                    Some(near) => finding.help(format!("rename `{near}` if that is meant")),
                    None => finding.help("take the number from the program that wrote the file"),
                }
            }
            FieldFault::WrongType { field, found } => {
                let message =
                    format!("`{}` is {found}; it has to be a tensor of real numbers", field.name);
                Diagnostic::new(Code::WrongType, place.field(field.name), message)
            }
        });
    }
    for name in foreign() {
        let message = format!("a {} declares no field `{name}`", declared.kind);
        let finding = Diagnostic::new(Code::UnknownField, place.field(name), message);
        findings.push(match alike(name, absent.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding,
        });
    }
    // What is there is held against its declaration, whatever else is missing.
    for field in declared.fields {
        if let Some(Value::Tensor(tensor)) = unknown.fields.get(field.name)
            && !tensor.dtype().is_complex()
        {
            parameter::check_tensor(field, tensor, &place.field(field.name), findings);
        }
    }
}

/// The first line of a field's documentation, as part of a sentence.
fn first_line(doc: &str) -> &str {
    doc.trim().trim_end_matches('.')
}

/// Checks one end of an edge, whose place is only worked out where it is needed.
fn check_end<'a>(
    level: &Level<'a, '_>,
    edge: &'a Edge,
    end: End,
    place: &impl Fn() -> Place,
    findings: &mut Vec<Diagnostic>,
) {
    let graph = level.graph;
    let name = if end == End::Source { &edge.source } else { &edge.target };
    match resolve(graph, name, end) {
        Ok(_) => check_direction(graph, name, end, place, findings),
        Err(Unresolved::Dangling) => findings.extend(dangling(level, edge, name, &place())),
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

fn dangling<'a>(
    level: &Level<'a, '_>,
    edge: &Edge,
    name: &'a str,
    place: &Place,
) -> Option<Diagnostic> {
    let graph = level.graph;
    let joints = level.joints.get_or_init(|| Joints::of(graph));
    if joints.names.is_outer(name) {
        let all = level.flattened.get_or_init(|| Flattened::of(graph));
        let known = level.looked_at.borrow().get(name).copied();
        match known {
            Some(true) => return None,
            Some(false) => {}
            None => {
                let is_flattened = all.nested(name).is_some();
                level.looked_at.borrow_mut().insert(name, is_flattened);
                if is_flattened {
                    return Some(flattened(all, name, place));
                }
            }
        }
    }
    let message = format!("there is no node `{name}`");
    let finding = Diagnostic::new(Code::DanglingEdge, place.clone(), message);
    let alike = || {
        let like = graph.nodes.iter().map(|(_, name, _)| name);
        alike(name, like).map_or(String::new(), |near| format!("did you mean `{near}`? "))
    };
    let meant = || match joints.names.nearest(name) {
        Some(near) => format!("did you mean `{near}`? "),
        None => alike(),
    };
    Some(match joints.repair_of(graph, edge) {
        EdgeRepair::Replace(_) => finding.help(meant().trim_end()).repairable(),
        EdgeRepair::WouldCloseCycle(_) => finding.help(format!(
            "{}that would close a cycle which the file does not have; name an existing node, or take the edge out",
            meant()
        )),
        EdgeRepair::OnlyPath => finding.help(format!(
            "{}name an existing node: without the edge no way leads from Input to Output",
            meant()
        )),
        EdgeRepair::Remove => {
            finding.help("name an existing node, or take the edge out").repairable()
        }
    })
}

/// The one finding about edges that name a nested graph whose nodes stand beside it.
fn flattened(all: &Flattened<'_>, name: &str, place: &Place) -> Diagnostic {
    let members: Vec<String> =
        all.members(name).into_iter().map(|node| format!("`{node}`")).collect();
    let message = format!(
        "there is no node `{name}`, but {}: a nested graph was flattened by its names",
        members.join(", ")
    );
    let level = Place { field: None, index: Vec::new(), ..place.clone() };
    let others = all.naming(name).iter().map(|&position| level.edge(position));
    let others = others.filter(|other| other != place);
    let finding = Diagnostic::new(Code::DanglingEdge, place.clone(), message)
        .help(format!("run `nir convert --repair` to nest them in `{name}` again"))
        .repairable();
    others.fold(finding, |finding, other| finding.label(other, "names it as well"))
}

/// Names that are held against a misspelt one, and their length in bytes: looking is for people.
const MOST_LOOKED_AT: usize = 256;
const LONGEST_LOOKED_UP: usize = 64;

/// What a misspelt name most likely means: the one that differs from it in the fewest letters, if those are
/// few.
pub(super) fn alike<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_LOOKED_UP {
        return None;
    }
    let most = (name.chars().count() / 3).clamp(1, 2);
    let names = names.take(MOST_LOOKED_AT).filter(|other| other.len() <= LONGEST_LOOKED_UP);
    let near = names.map(|other| (strsim::osa_distance(name, other), other));
    let mut near: Vec<(usize, &str)> = near.filter(|(distance, _)| *distance <= most).collect();
    near.sort_unstable();
    match near.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, name), ..] => Some(*name),
        [] => None,
    }
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
