//! `check` promises a repair if and only if a repair does it: sound networks, damaged in one to three of the ways that are
//! repaired.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use nirkit::ir::field::Axes;
use nirkit::ir::primitive::{Input, Output};
use nirkit::ir::valid::validate_document;
use nirkit::ir::{
    Code, Diagnostic, Document, Edge, Fields, Graph, Limits, Node, Place, Primitive, Severity,
    Value,
};
use nirkit::numerics::Tensor;
use nirkit::passes::repair;
use nirkit::passes::repair::hold_promises;
use nirkit_testing::{Bytes, Case, Numbers};

fn set(node: &mut Node, name: &str, value: Option<Tensor>) {
    let mut fields: Fields = node
        .primitive
        .values()
        .into_iter()
        .map(|(field, value)| (field.name.to_owned(), value))
        .filter(|(field, _)| field != name)
        .collect();
    fields.extend(value.map(|value| (name.to_owned(), Value::Tensor(value))));
    node.primitive = Primitive::from_fields(node.primitive.kind(), fields).0;
}

/// The tensors of a node that have a number for each neuron, by name.
fn parameters(node: &Node) -> Vec<(&'static str, Tensor)> {
    let neuron = node.primitive.tensors().filter(|(field, _)| field.axes == Axes::Neuron);
    neuron.map(|(field, tensor)| (field.name, tensor.clone())).collect()
}

fn batched(tensor: &Tensor) -> Tensor {
    tensor.reshaped(&[&[1], tensor.shape()].concat()).unwrap()
}

fn one_more_axis(shape: &Tensor) -> Tensor {
    Tensor::vector([&[1], shape.to_i64().unwrap().as_slice()].concat())
}

/// Damages a graph in one way; whether there was something to damage.
fn damage(graph: &mut Graph, kind: usize, draw: &mut Numbers) -> bool {
    let names: Vec<String> = graph.nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
    let name = names[draw.below(names.len())].clone();
    let edge = draw.below(graph.edges.len().max(1));
    match kind {
        // One number for all neurons.
        0 => {
            let node = graph.nodes.get_mut(&name).unwrap();
            let Some((field, tensor)) = parameters(node).into_iter().next() else { return false };
            set(node, field, tensor.get_f64(0).map(Tensor::scalar));
        }
        // A parameter with a default is missing.
        1 => set(graph.nodes.get_mut(&name).unwrap(), "v_reset", None),
        // An edge twice.
        2 => graph.edges.extend(graph.edges.get(edge).cloned()),
        // No Inputs, no Outputs.
        3 | 4 => {
            let gone: Vec<String> = graph
                .nodes
                .iter()
                .filter(|(.., node)| match node.primitive {
                    Primitive::Input(_) => kind == 3,
                    Primitive::Output(_) => kind == 4,
                    _ => false,
                })
                .map(|(_, name, _)| name.to_owned())
                .collect();
            graph.nodes.retain(|name| !gone.iter().any(|gone| gone == name));
            graph.edges.retain(|edge| !gone.contains(&edge.source) && !gone.contains(&edge.target));
        }
        // A port with a leading axis of 1, or the batch axis everywhere.
        5 | 6 => {
            for (_, node) in graph.nodes.iter_mut() {
                match &node.primitive {
                    Primitive::Input(Input { shape }) | Primitive::Output(Output { shape }) => {
                        let axes = one_more_axis(shape);
                        set(node, "shape", Some(axes));
                        if kind == 5 && draw.below(2) == 0 {
                            break;
                        }
                    }
                    _ if kind == 6 => {
                        for (field, tensor) in parameters(node) {
                            set(node, field, Some(batched(&tensor)));
                        }
                    }
                    _ => {}
                }
            }
        }
        // An Output declares another width.
        7 => {
            for (_, node) in graph.nodes.iter_mut() {
                if matches!(node.primitive, Primitive::Output(_)) {
                    set(node, "shape", Some(Tensor::vector(vec![5_i64])));
                }
            }
        }
        // Matrices the other way round.
        8 => {
            for (_, node) in graph.nodes.iter_mut() {
                let Some((_, weight)) =
                    node.primitive.tensors().find(|(field, _)| field.axes == Axes::Matrix)
                else {
                    continue;
                };
                let &[rows, columns] = weight.shape() else { continue };
                let values = weight.to_f64().unwrap();
                let turned = (0..rows * columns).map(|at| values[at % rows * columns + at / rows]);
                let turned = Tensor::new(&[columns, rows], turned.collect()).unwrap();
                set(node, "weight", Some(turned));
            }
        }
        // An edge to a name that no node has: a misspelt one, an additional one, none at all.
        9 => {
            let Some(edge) = graph.edges.get_mut(edge) else { return false };
            edge.target += "x";
        }
        10 => graph.edges.push(Edge::new(&name, format!("{name}1"))),
        _ => graph.edges.push(Edge::new(&name, "zebra")),
    }
    true
}

fn check(document: &Document) -> Vec<Diagnostic> {
    let mut found = validate_document(document).findings;
    hold_promises(document, &mut found, &Limits::default());
    found
}

/// What a finding is about, whatever edges were taken out before it.
fn about(finding: &Diagnostic) -> (Code, Place) {
    let is_edge = finding.place.field.as_deref() == Some("edges");
    let index = if is_edge { Vec::new() } else { finding.place.index.clone() };
    (finding.code, Place { index, ..finding.place.clone() })
}

/// The Inputs from which something leads to an Output.
fn leading(document: &Document) -> BTreeSet<String> {
    let graph = document.graph().unwrap();
    let is = |name: &str, wanted: fn(&Primitive) -> bool| {
        graph.nodes.get(name).is_some_and(|node| wanted(&node.primitive))
    };
    let inputs = graph.nodes.iter().map(|(_, name, _)| name);
    let inputs =
        inputs.filter(|name| is(name, |primitive| matches!(primitive, Primitive::Input(_))));
    let leads = |input: &&str| {
        let (mut open, mut seen) = (vec![*input], BTreeSet::new());
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                let out = graph.edges.iter().filter(|edge| edge.source == name);
                open.extend(out.map(|edge| edge.target.as_str()));
            }
        }
        seen.iter().any(|name| is(name, |primitive| matches!(primitive, Primitive::Output(_))))
    };
    inputs.filter(leads).map(str::to_owned).collect()
}

#[test]
fn a_repair_does_what_is_promised_once_and_brings_no_error() {
    let mut draw = Numbers(23);
    let (mut networks, mut mended) = (0, BTreeSet::new());
    for round in 0..250 {
        let bytes = draw.bytes(15 + round % 40);
        let Some(case) = Case::read(&mut Bytes(&bytes)) else { continue };
        let mut graph = case.graph;
        let kinds: Vec<usize> = (0..=draw.below(3)).map(|_| draw.below(12)).collect();
        let damaged = kinds
            .iter()
            .all(|&kind| !graph.nodes.is_empty() && damage(&mut graph, kind, &mut draw));
        if !damaged || graph.nodes.is_empty() {
            continue;
        }
        let node = Node::new(Primitive::Graph(graph));
        let (extra, storage) = (Fields::default(), BTreeMap::new());
        let mut document =
            Document { version: None, root: node, extra, storage, left_out: Vec::new() };
        let (damaged, before) = (document.clone(), check(&document));
        let changes = repair(&mut document);
        let after = check(&document);
        let text = |document: &Document| {
            nirkit::ir::text::print(document, &nirkit::ir::text::PrintOptions::default()).text
        };
        let told = || {
            format!("{kinds:?}\n{}\n{before:?}\n{changes:?}\n{}", text(&damaged), text(&document))
        };
        let left: BTreeSet<_> = after.iter().map(about).collect();
        for finding in before.iter().filter(|finding| finding.repairable) {
            // Of several edges, those that are left have to be fewer.
            let same = |found: &[Diagnostic]| {
                found.iter().filter(|other| about(other) == about(finding)).count()
            };
            let is_edge = finding.place.field.as_deref() == Some("edges");
            let is_gone =
                !left.contains(&about(finding)) || is_edge && same(&after) < same(&before);
            assert!(is_gone, "promised, not done: {finding}\n{}", told());
        }
        for finding in &after {
            assert!(!finding.repairable, "a repair is left: {finding}\n{}", told());
        }
        assert_eq!(repair(&mut document.clone()), [], "{}", told());
        let errors = |found: &[Diagnostic]| {
            let errors = found.iter().filter(|finding| finding.severity == Severity::Error);
            errors.map(about).collect::<BTreeSet<_>>()
        };
        if errors(&before).is_empty() {
            assert_eq!(errors(&after), BTreeSet::new(), "{}", told());
        }
        assert!(leading(&damaged).is_subset(&leading(&document)), "{}", told());
        networks += 1;
        mended.extend(changes.iter().map(|change| change.code));
    }
    assert!(networks > 120, "only {networks} networks");
    for code in [
        Code::DanglingEdge,
        Code::DuplicateEdge,
        Code::BatchAxis,
        Code::TransposedWeight,
        Code::DefaultTaken,
        Code::NoInput,
        Code::NoOutput,
        Code::DeclaredShape,
        Code::UnitAxes,
        Code::ScalarParameter,
    ] {
        assert!(mended.contains(&code), "{code} was never mended: {mended:?}");
    }
}
