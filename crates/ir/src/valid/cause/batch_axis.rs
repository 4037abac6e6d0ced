//! The shapes carry the batch axis of the sample with which the network was exported.

use nirkit_numerics::Tensor;

use super::{Mended, errors, listed, set, shape};
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::facts::count::{counts, single};
use crate::field::Axes;
use crate::graph::{Graph, Node};
use crate::limits::Limits;
use crate::primitive::Primitive;
use crate::valid::survey::{Survey, survey_plain};
use crate::value::Value;

/// The graph without the axis: in its Inputs, its Outputs and Flattens, and then in all parameters that have an
/// axis of length 1 more than what arrives.
pub(super) fn suppose(graph: &Graph, before: &Survey, limits: &Limits) -> Option<Mended> {
    let inputs: Vec<(&str, Vec<usize>)> = ports(graph, |node| match &node.primitive {
        Primitive::Input(port) => counts(&port.shape),
        _ => None,
    });
    let is_batch = |axes: &[usize]| axes.len() > 1 && axes[0] == 1;
    if inputs.is_empty() || !inputs.iter().all(|(_, axes)| is_batch(axes)) {
        return None;
    }
    let mut mended = graph.clone();
    let mut touched = Vec::new();
    for (name, node) in mended.nodes.iter_mut() {
        if strip_shape(node).is_some() {
            touched.push(name.to_owned());
        }
    }
    let is_output = |name: &String| {
        graph.nodes.get(name).is_some_and(|node| matches!(node.primitive, Primitive::Output(_)))
    };
    strip_parameters(&mut mended, limits);
    let after = survey_plain(&mended, limits);
    let takes_errors_away = errors(before) > errors(&after);
    // Where only axes of length 1 differ, the axis explains all of them or nothing, and a leading 1 of the Input
    // alone can as well be an axis of its own.
    let misfit = |finding: &Diagnostic| finding.code == Code::UnitAxes;
    if !takes_errors_away && (!touched.iter().any(is_output) || after.findings.iter().any(misfit)) {
        return None;
    }
    let (first, axes) = inputs.first()?;
    let message = format!(
        "the shapes carry a batch axis of 1: `{first}` declares {axes:?} for a signal of {:?}",
        &axes[1..]
    );
    let mut finding =
        Diagnostic::new(Code::BatchAxis, Place::root().node(first).field("shape"), message)
            .help(format!(
                "run `nir convert --repair` to take it out of {} and of all parameters",
                listed(&touched)
            ))
            .repairable();
    if !takes_errors_away {
        finding.severity = Severity::Warning;
    }
    let done = format!(
        "took the batch axis of 1 out of the shapes of {} and out of the parameters",
        listed(&touched)
    );
    Some(Mended { graph: mended, finding, done })
}

/// Nodes of a graph of which there is something to say.
fn ports<T>(graph: &Graph, of: impl Fn(&Node) -> Option<T>) -> Vec<(&str, T)> {
    graph.nodes.iter().filter_map(|(_, name, node)| Some((name, of(node)?))).collect()
}

/// Takes the leading 1 out of a declared shape, and moves the axes that a Flatten counts with it.
fn strip_shape(node: &mut Node) -> Option<()> {
    match &node.primitive {
        Primitive::Input(port) => {
            let axes = stripped(&port.shape)?;
            set(node, "shape", axes);
        }
        Primitive::Output(port) => {
            let axes = stripped(&port.shape)?;
            set(node, "shape", axes);
        }
        Primitive::Flatten(flatten) => {
            let (start, end) = (single(&flatten.start_dim)?, single(&flatten.end_dim)?);
            if start < 1 {
                return None;
            }
            // Zeros stand for a shape that nobody knew.
            let axes = flatten.input_type.as_ref().and_then(|declared| {
                stripped(declared).or_else(|| {
                    let axes = declared.to_i64().filter(|axes| axes.len() > 1)?;
                    axes.iter().all(|&axis| axis == 0).then(|| Tensor::vector(axes[1..].to_vec()))
                })
            });
            if let Some(axes) = axes {
                set(node, "input_type", axes);
            }
            set(node, "start_dim", Tensor::scalar(start - 1));
            if end > 0 {
                set(node, "end_dim", Tensor::scalar(end - 1));
            }
        }
        _ => return None,
    }
    Some(())
}

fn stripped(declared: &Tensor) -> Option<Tensor> {
    let axes = counts(declared)?;
    (axes.len() > 1 && axes[0] == 1).then(|| shape(&axes[1..]))
}

/// Takes the leading 1 out of parameters that have one axis more than what arrives.
fn strip_parameters(graph: &mut Graph, limits: &Limits) {
    let survey = survey_plain(graph, limits);
    for leaf in &survey.leaves {
        let Some(arrives) = survey.arriving(leaf).or(leaf.input.as_ref()) else { continue };
        let Some(node) = graph.node_at_mut(&leaf.place.nodes) else { continue };
        for (field, value) in node.primitive.values() {
            let Value::Tensor(tensor) = value else { continue };
            let axes = tensor.shape();
            let is_longer = axes.len() == arrives.len() + 1 && axes[0] == 1;
            if field.axes == Axes::Neuron
                && is_longer
                && let Ok(short) = tensor.reshaped(&axes[1..])
            {
                set(node, field.name, short);
            }
        }
    }
}
