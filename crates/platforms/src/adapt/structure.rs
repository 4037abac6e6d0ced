//! The form of a graph: nesting, kinds of maps, biases of recurrent weights, the order of axes.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::{Axes, Semantics};
use nirkit_ir::primitive::{Affine, Input, Linear, Output};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive};
use nirkit_numerics::{DType, Tensor};

use super::Change;

/// How the recurrence of a graph stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All nodes in one graph.
    Flat,
    /// Each neuron with its recurrent matrix in a graph of its own, between an Input and an Output.
    Nested,
    /// The same, with the recurrent edges first.
    NestedBack,
}

impl Form {
    /// All forms, the simplest first.
    pub(super) const ALL: [Self; 3] = [Self::Flat, Self::Nested, Self::NestedBack];
}

/// A graph in another form, with the new full name of each node that has one.
pub(super) struct Formed {
    /// The graph.
    pub(super) graph: Graph,
    /// New full names by the old ones.
    pub(super) names: BTreeMap<String, String>,
}

/// Brings a flat graph into a form; `None` where it has no recurrence of one neuron and one matrix.
#[must_use]
pub(super) fn formed(graph: &Graph, facts: &Facts, form: Form) -> Option<Formed> {
    let mut names = BTreeMap::new();
    if form == Form::Flat {
        return Some(Formed { graph: graph.clone(), names });
    }
    let mut nested = graph.clone();
    let mut is_nested = false;
    for component in facts.components().iter().filter(|component| component.recurrent) {
        let members: Vec<&str> =
            component.members.iter().map(|&id| facts.leaf(id).name.as_str()).collect();
        let is_matrix = |name: &&&str| {
            let primitive = graph.nodes.get(name).map(|node| &node.primitive);
            matches!(primitive, Some(Primitive::Linear(_) | Primitive::Affine(_)))
        };
        let [_, _] = members.as_slice() else { return None };
        let matrix = members.iter().find(is_matrix)?;
        let neuron = members.iter().find(|name| *name != matrix)?;
        let id = facts.find(neuron)?;
        let shape: Vec<i64> = facts.leaf(id).input.iter().map(|&n| n as i64).collect();
        nest(&mut nested, neuron, matrix, &shape, form, &mut names)?;
        is_nested = true;
    }
    is_nested.then_some(Formed { graph: nested, names })
}

/// Puts a neuron and its matrix into a graph of their own.
fn nest(
    graph: &mut Graph,
    neuron: &str,
    matrix: &str,
    shape: &[i64],
    form: Form,
    names: &mut BTreeMap<String, String>,
) -> Option<()> {
    let prefix = |name: &str| name.rsplit_once('.').map(|(prefix, _)| prefix.to_owned());
    let shared = prefix(neuron).filter(|own| prefix(matrix).as_ref() == Some(own));
    let outer = graph.free_name(&shared.clone().unwrap_or_else(|| format!("{neuron}_recurrent")));
    let inner = |name: &str| match &shared {
        Some(prefix) => name[prefix.len() + 1..].to_owned(),
        None => name.to_owned(),
    };
    let [own, weights] = [inner(neuron), inner(matrix)];
    let mut block = Graph::default();
    let shape = Tensor::vector(shape.to_vec());
    block.nodes.insert("input", Node::new(Primitive::Input(Input { shape: shape.clone() })));
    block.nodes.insert(own.clone(), graph.nodes.get(neuron)?.clone());
    block.nodes.insert(weights.clone(), graph.nodes.get(matrix)?.clone());
    block.nodes.insert("output", Node::new(Primitive::Output(Output { shape })));
    let through = [Edge::new("input", own.as_str()), Edge::new(own.as_str(), "output")];
    let back =
        [Edge::new(own.as_str(), weights.as_str()), Edge::new(weights.as_str(), own.as_str())];
    let [enters, leaves] = through;
    let [out, again] = back;
    block.edges = match form {
        Form::NestedBack => vec![enters, out, again, leaves],
        _ => vec![enters, leaves, out, again],
    };
    let mut flat = Graph::default();
    for (_, name, node) in graph.nodes.iter() {
        if name == neuron {
            flat.nodes.insert(outer.clone(), Node::new(Primitive::Graph(block.clone())));
        } else if name != matrix {
            flat.nodes.insert(name.to_owned(), node.clone());
        }
    }
    for edge in &graph.edges {
        let is_inside = |name: &str| name == neuron || name == matrix;
        match (is_inside(&edge.source), is_inside(&edge.target)) {
            (true, true) => {}
            (true, false) => flat.edges.push(Edge::new(outer.as_str(), edge.target.as_str())),
            (false, true) => flat.edges.push(Edge::new(edge.source.as_str(), outer.as_str())),
            (false, false) => flat.edges.push(edge.clone()),
        }
    }
    names.insert(neuron.to_owned(), format!("{outer}.{own}"));
    names.insert(matrix.to_owned(), format!("{outer}.{weights}"));
    *graph = flat;
    Some(())
}

/// Zeros of the format of a tensor.
fn zeros(like: &Tensor, count: usize) -> Tensor {
    if like.dtype() == DType::F64 {
        Tensor::vector(vec![0.0_f64; count])
    } else {
        Tensor::vector(vec![0.0_f32; count])
    }
}

/// An Affine in the place of a Linear.
pub(super) fn affine(linear: &Linear) -> Affine {
    let rows = linear.weight.shape().first().copied().unwrap_or(0);
    Affine { weight: linear.weight.clone(), bias: zeros(&linear.weight, rows) }
}

/// Gives maps the kinds that a platform knows.
pub(super) fn kinds(graph: &mut Graph, semantics: &Semantics, changes: &mut Vec<Change>) {
    let knows = |kind: &str| semantics.unknown.known.contains(&kind);
    let names: Vec<String> = graph.nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
    for name in names {
        let Some(node) = graph.nodes.get_mut(&name) else { continue };
        let changed = match &node.primitive {
            Primitive::Linear(linear) if !knows("Linear") && knows("Affine") => {
                changes.push(Change::new(&name, "a Linear became an Affine with a bias of 0"));
                Primitive::Affine(affine(linear))
            }
            Primitive::Affine(map) if !knows("Affine") && knows("Linear") && map.bias.is_zero() => {
                changes.push(Change::new(&name, "an Affine with a bias of 0 became a Linear"));
                Primitive::Linear(Linear { weight: map.weight.clone() })
            }
            _ => continue,
        };
        node.primitive = changed;
    }
}

/// Adds numbers to the bias of a map; `None` for maps that can have none.
pub(super) fn with_bias(
    primitive: &Primitive,
    bias: &[f64],
    can_be_affine: bool,
) -> Option<Primitive> {
    let mut changed = match primitive {
        Primitive::Linear(linear) if can_be_affine => Primitive::Affine(affine(linear)),
        other => other.clone(),
    };
    let own = match &mut changed {
        Primitive::Affine(map) => &mut map.bias,
        Primitive::Conv1d(map) => &mut map.bias,
        Primitive::Conv2d(map) => &mut map.bias,
        _ => return None,
    };
    let values = own.to_f64()?;
    // A convolution has one bias for each channel.
    let each =
        bias.len().checked_div(values.len()).filter(|each| each * values.len() == bias.len())?;
    let chunks: Vec<&[f64]> = bias.chunks(each.max(1)).collect();
    if chunks.iter().any(|chunk| chunk.iter().any(|x| x != &chunk[0])) {
        return None;
    }
    let sums: Vec<f64> = values.iter().zip(&chunks).map(|(own, more)| own + more[0]).collect();
    *own = match own.dtype() {
        DType::F64 => Tensor::new(own.shape(), sums).ok()?,
        _ => Tensor::new(own.shape(), sums.iter().map(|&x| x as f32).collect()).ok()?,
    };
    Some(changed)
}

/// Moves biases of recurrent matrices, which the platform does not read, to the maps that lead into the same neurons.
pub(super) fn recurrent_biases(
    graph: &mut Graph,
    facts: &Facts,
    semantics: &Semantics,
    changes: &mut Vec<Change>,
) {
    if semantics.maps.recurrent_bias {
        return;
    }
    let can_be_affine = semantics.unknown.known.contains(&"Affine");
    for component in facts.components().iter().filter(|component| component.recurrent) {
        for &id in &component.members {
            let leaf = facts.leaf(id);
            let Some(Primitive::Affine(map)) =
                graph.nodes.get(&leaf.name).map(|n| n.primitive.clone())
            else {
                continue;
            };
            let [target] = leaf.targets.as_slice() else { continue };
            let Some(bias) = map.bias.to_f64().filter(|bias| bias.iter().any(|&x| x != 0.0)) else {
                continue;
            };
            let outside = facts.leaf(*target).sources.iter().copied().find(|source| {
                !component.members.contains(source) && facts.leaf(*source).targets == [*target]
            });
            let Some(outside) = outside.map(|source| facts.leaf(source).name.clone()) else {
                continue;
            };
            let Some(node) = graph.nodes.get_mut(&outside) else { continue };
            let Some(changed) = with_bias(&node.primitive, &bias, can_be_affine) else { continue };
            node.primitive = changed;
            let silent =
                Affine { bias: zeros(&map.weight, bias.len()), weight: map.weight.clone() };
            if let Some(node) = graph.nodes.get_mut(&leaf.name) {
                node.primitive = Primitive::Affine(silent);
            }
            changes.push(Change::new(&leaf.name, format!("its bias went into `{outside}`")));
        }
    }
}

/// Reorders the columns of matrices behind a Flatten that takes rows, columns, channels.
pub(super) fn flattened(
    graph: &mut Graph,
    facts: &Facts,
    semantics: &Semantics,
    changes: &mut Vec<Change>,
) {
    if semantics.maps.flatten != Axes::ChannelsLast {
        return;
    }
    for (id, leaf) in facts.iter() {
        let is_flatten = matches!(facts.primitive(graph, id), Some(Primitive::Flatten(_)));
        let [channels, rows, columns] = leaf.input[..] else { continue };
        if !is_flatten || leaf.output.len() != 1 {
            continue;
        }
        for &target in &leaf.targets {
            let name = &facts.leaf(target).name;
            let Some(node) = graph.nodes.get_mut(name) else { continue };
            let weight = match &mut node.primitive {
                Primitive::Affine(map) => &mut map.weight,
                Primitive::Linear(map) => &mut map.weight,
                _ => continue,
            };
            let width = channels * rows * columns;
            // Place `n` of what the platform hands on is channel `n % channels` of a pixel.
            let from = |n: usize| (n % channels) * rows * columns + n / channels;
            let Some(reordered) = reorder(weight, width, from) else { continue };
            *weight = reordered;
            let what = format!(
                "its columns stand in the order rows, columns, channels, as `{}` has them there",
                leaf.name
            );
            changes.push(Change::new(name, what));
        }
    }
}

fn reorder(weight: &Tensor, width: usize, from: impl Fn(usize) -> usize) -> Option<Tensor> {
    fn moved<T: Copy>(values: &[T], width: usize, from: impl Fn(usize) -> usize) -> Vec<T> {
        values
            .chunks(width)
            .flat_map(|row| (0..width).map(|n| row[from(n)]).collect::<Vec<T>>())
            .collect()
    }
    if let Some(values) = weight.as_slice::<f32>() {
        return Tensor::new(weight.shape(), moved(values, width, from)).ok();
    }
    let values = weight.to_f64()?;
    Tensor::new(weight.shape(), moved(&values, width, from)).ok()
}
