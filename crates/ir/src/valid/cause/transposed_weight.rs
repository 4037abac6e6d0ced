//! Matrices are stored as inputs x outputs.

use nirkit_numerics::{ByteOrder, Tensor};

use super::{Mended, errors, listed, set};
use crate::diag::{Code, Diagnostic};
use crate::graph::Graph;
use crate::limits::Limits;
use crate::primitive::Primitive;
use crate::valid::survey::{Survey, survey_plain};

/// The graph with its matrices transposed: all that are not square, or those that what arrives asks for.
pub(super) fn suppose(graph: &Graph, before: &Survey, limits: &Limits) -> Option<Mended> {
    let all = matrices(graph, before);
    let (square, oblong): (Vec<Matrix>, Vec<Matrix>) =
        all.into_iter().partition(|matrix| matrix.rows == matrix.columns);
    let whole = transposed(graph, &oblong)?;
    let (count, of_whole) = (errors(before), errors(&survey_plain(&whole, limits)));
    let (some, chosen) = one_by_one(graph, before, &oblong, limits);
    let of_some = errors(&survey_plain(&some, limits));
    let (mended, chosen) = if of_whole <= of_some { (whole, oblong) } else { (some, chosen) };
    if of_whole.min(of_some) >= count {
        return None;
    }
    let first = chosen.first()?;
    let names: Vec<String> = chosen.iter().map(|matrix| matrix.nodes.join(".")).collect();
    let shapes: Vec<String> =
        chosen.iter().map(|matrix| format!("[{}, {}]", matrix.rows, matrix.columns)).collect();
    let message = format!(
        "`weight` fits transposed: it is stored as [inputs, outputs] in {} ({})",
        listed(&names),
        shapes.join(", ")
    );
    let place = before.leaf(&first.nodes)?.place.field("weight");
    let mut finding = Diagnostic::new(Code::TransposedWeight, place, message).repairable();
    for matrix in &chosen[1..] {
        let place = before.leaf(&matrix.nodes)?.place.field("weight");
        finding = finding.label(place, "fits transposed");
    }
    let kept: Vec<String> = square.iter().map(|matrix| matrix.nodes.join(".")).collect();
    let doubt = match kept.as_slice() {
        [] => String::new(),
        kept => format!(
            "; {} stay as they are, since the shape of a square does not tell",
            listed(kept)
        ),
    };
    let help = format!("run `nir convert --repair` to store [outputs, inputs], as NIR does{doubt}");
    let done = format!("transposed `weight` of {}{doubt}", listed(&names));
    Some(Mended { graph: mended, finding: finding.help(help), done })
}

/// A matrix of a graph.
#[derive(Clone)]
struct Matrix {
    nodes: Vec<String>,
    rows: usize,
    columns: usize,
}

fn weight(primitive: &Primitive) -> Option<&Tensor> {
    match primitive {
        Primitive::Affine(map) => Some(&map.weight),
        Primitive::Linear(map) => Some(&map.weight),
        _ => None,
    }
}

fn matrices(graph: &Graph, survey: &Survey) -> Vec<Matrix> {
    let mut graph = graph.clone();
    let matrix = |nodes: &Vec<String>| match weight(&graph.node_at_mut(nodes)?.primitive)?.shape() {
        &[rows, columns] => Some(Matrix { nodes: nodes.clone(), rows, columns }),
        _ => None,
    };
    survey.leaves.iter().map(|leaf| &leaf.place.nodes).filter_map(matrix).collect()
}

/// The graph with some matrices transposed; `None` if there are none.
fn transposed(graph: &Graph, matrices: &[Matrix]) -> Option<Graph> {
    let mut graph = graph.clone();
    for matrix in matrices {
        let node = graph.node_at_mut(&matrix.nodes)?;
        let turned = transpose(weight(&node.primitive)?)?;
        set(node, "weight", turned);
    }
    (!matrices.is_empty()).then_some(graph)
}

/// Transposes matrices at which as much arrives as they have rows, as long as there is one.
fn one_by_one(
    graph: &Graph,
    before: &Survey,
    matrices: &[Matrix],
    limits: &Limits,
) -> (Graph, Vec<Matrix>) {
    let (mut graph, mut survey) = (graph.clone(), before.clone());
    let mut chosen: Vec<Matrix> = Vec::new();
    let asked = |survey: &Survey, matrix: &Matrix| {
        let arriving = survey.leaf(&matrix.nodes).and_then(|leaf| survey.arriving(leaf));
        arriving.is_some_and(|axes| axes.iter().product::<usize>() == matrix.rows)
    };
    while let Some(next) = matrices.iter().find(|matrix| {
        asked(&survey, matrix) && chosen.iter().all(|other| other.nodes != matrix.nodes)
    }) {
        if chosen.len() == super::ROUNDS {
            break;
        }
        let Some(turned) = transposed(&graph, std::slice::from_ref(next)) else { break };
        chosen.push(next.clone());
        survey = survey_plain(&turned, limits);
        graph = turned;
    }
    (graph, chosen)
}

/// A matrix with rows and columns exchanged, in its own number format.
fn transpose(matrix: &Tensor) -> Option<Tensor> {
    let &[rows, columns] = matrix.shape() else { return None };
    let bytes = matrix.to_bytes();
    let size = bytes.len().checked_div(matrix.len())?;
    let element = |row: usize, column: usize| {
        let at = (row * columns + column) * size;
        bytes.get(at..at + size)
    };
    let mut turned = Vec::with_capacity(bytes.len());
    for column in 0..columns {
        for row in 0..rows {
            turned.extend_from_slice(element(row, column)?);
        }
    }
    let order: ByteOrder = matrix.byte_order();
    Tensor::from_bytes(matrix.dtype(), order, &[columns, rows], &turned).ok()
}
