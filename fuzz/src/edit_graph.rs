//! Edits of a graph, most of which make it unsound.

use nirkit_ir::primitive::{KINDS, Unknown};
use nirkit_ir::value::{Fields, Value};
use nirkit_ir::{Edge, Graph, Node, Primitive};
use nirkit_numerics::{ByteOrder, DType, Tensor};

use nirkit_testing::Bytes;

/// Edits of a graph, at most.
const MOST_EDITS: usize = 5;

/// Whole numbers at which something ends.
const COUNTS: [i64; 13] =
    [0, 1, -1, 2, 3, 7, 1 << 20, 1 << 31, 1 << 33, i64::MAX, i64::MIN, 1 << 40, -2];

/// Numbers at which something ends.
const NUMBERS: [f64; 10] =
    [0.0, -0.0, 1.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-320, 1e300, 1e-3];

/// Names that mean something elsewhere, or are hard to write.
const NAMES: [&str; 10] =
    ["", "input", "output", "a.b", "a/b", "n1", "\u{202e}x", "\n", "graph", "nothing"];

/// Makes up to five edits, each at a place that the bytes say.
pub(crate) fn edit(bytes: &mut Bytes<'_>, graph: &mut Graph) {
    for _ in 0..=bytes.below(MOST_EDITS) {
        let inner = bytes.once_in(4);
        let nested = graph.nodes.iter_mut().find_map(|(_, node)| match &mut node.primitive {
            Primitive::Graph(nested) => Some(nested),
            _ => None,
        });
        match nested {
            Some(nested) if inner => change(bytes, nested),
            _ => change(bytes, graph),
        }
    }
}

fn change(bytes: &mut Bytes<'_>, graph: &mut Graph) {
    let names: Vec<String> = graph.nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
    let edges = graph.edges.len().max(1);
    let name = names.get(bytes.below(names.len().max(1))).cloned().unwrap_or_default();
    let other = match bytes.below(4) {
        0 => bytes.pick(&NAMES).to_owned(),
        _ => names.get(bytes.below(names.len().max(1))).cloned().unwrap_or_default(),
    };
    match bytes.below(12) {
        0 => {
            graph.nodes.remove(&name);
        }
        1 => rename(graph, &name, &other),
        2 => graph.edges.push(Edge::new(name, other)),
        3 => {
            let at = bytes.below(edges);
            graph.edges.extend(graph.edges.get(at).cloned());
        }
        4 if !graph.edges.is_empty() => {
            graph.edges.remove(bytes.below(edges));
        }
        5 => {
            if let Some(edge) = graph.edges.get_mut(bytes.below(edges)) {
                std::mem::swap(&mut edge.source, &mut edge.target);
            }
        }
        6 => nest(graph, &name, bytes),
        7 => note(graph, &name, bytes),
        _ => {
            if let Some(node) = graph.nodes.get_mut(&name) {
                refit(bytes, node);
            }
        }
    }
}

/// Gives a node another name; the edges keep the old one.
fn rename(graph: &mut Graph, name: &str, other: &str) {
    if let Some(node) = graph.nodes.remove(name) {
        graph.nodes.insert(other, node);
    }
}

/// Puts a copy of a graph in the place of a node, or an empty graph.
fn nest(graph: &mut Graph, name: &str, bytes: &mut Bytes<'_>) {
    let inner = if bytes.once_in(3) { Graph::default() } else { graph.clone() };
    // Copies of copies would soon be large.
    if inner.nodes.iter().all(|(.., node)| node.primitive.as_graph().is_none()) {
        graph.nodes.insert(name, Node::new(Primitive::Graph(inner)));
    }
}

/// Metadata and fields that nobody declares.
fn note(graph: &mut Graph, name: &str, bytes: &mut Bytes<'_>) {
    let Some(node) = graph.nodes.get_mut(name) else { return };
    let key = bytes.pick(&["dt", "reset", "delay", "tau", "metadata", "", "v_reset"]).to_owned();
    let fields = if bytes.once_in(2) { &mut node.extra } else { &mut node.metadata };
    fields.insert(key, value(bytes));
}

/// Changes a field of a node, or its kind.
fn refit(bytes: &mut Bytes<'_>, node: &mut Node) {
    let mut kind = node.primitive.kind().to_owned();
    let mut fields: Fields = match &node.primitive {
        Primitive::Unknown(unknown) => unknown.fields.clone(),
        other => other.values().into_iter().map(|(f, value)| (f.name.to_owned(), value)).collect(),
    };
    if bytes.once_in(4) {
        bytes.pick(KINDS).clone_into(&mut kind);
    }
    let at = bytes.below(fields.len().max(1));
    match bytes.below(4) {
        0 => {
            fields.shift_remove_index(at);
        }
        _ => {
            if let Some((_, field)) = fields.get_index_mut(at) {
                let shape = match &*field {
                    Value::Tensor(tensor) => tensor.shape().to_vec(),
                    _ => Vec::new(),
                };
                *field = if bytes.once_in(3) { value(bytes) } else { alike(bytes, &shape) };
            }
        }
    }
    let whole = bytes.below(16) > 0;
    let (primitive, extra) = if whole {
        Primitive::from_fields(&kind, fields)
    } else {
        (Primitive::Unknown(Unknown { kind, fields }), Fields::default())
    };
    node.primitive = primitive;
    node.extra.extend(extra);
}

/// A tensor nearly of a shape.
fn alike(bytes: &mut Bytes<'_>, shape: &[usize]) -> Value {
    let mut shape = shape.to_vec();
    match bytes.below(6) {
        0 => shape.insert(0, 1),
        1 => shape.push(1),
        2 => {
            shape.pop();
        }
        3 => {
            if let Some(axis) = shape.first_mut() {
                *axis += 1;
            }
        }
        _ => {}
    }
    tensor(bytes, &shape)
}

fn value(bytes: &mut Bytes<'_>) -> Value {
    match bytes.below(5) {
        0 => bytes.pick(&NAMES).into(),
        1 => Value::Group(Fields::from_iter([("a".to_owned(), Value::from("b"))])),
        _ => {
            let shapes: [&[usize]; 6] = [&[], &[1], &[2], &[0], &[2, 3], &[1, 1, 1, 1]];
            let shape = bytes.pick(&shapes);
            tensor(bytes, shape)
        }
    }
}

/// A tensor of a shape, with few different numbers.
fn tensor(bytes: &mut Bytes<'_>, shape: &[usize]) -> Value {
    let len = shape.iter().product::<usize>();
    let (a, b) = (bytes.pick(&NUMBERS), bytes.pick(&NUMBERS));
    let number = |at: usize| if at == 1 { b } else { a };
    let made = match bytes.below(5) {
        0 => {
            let (a, b) = (bytes.pick(&COUNTS), bytes.pick(&COUNTS));
            Tensor::new(shape, (0..len).map(|at| if at == 1 { b } else { a }).collect())
        }
        1 => Tensor::new(shape, (0..len).map(number).collect()),
        2 => {
            let dtype = bytes.pick(&DType::ALL);
            let filling = if dtype == DType::Bool { 1 } else { bytes.pick(&[0_u8, 1, 0x3c, 0xff]) };
            Tensor::from_bytes(dtype, ByteOrder::Big, shape, &vec![filling; len * dtype.size()])
        }
        _ => Tensor::new(shape, (0..len).map(|at| number(at) as f32).collect()),
    };
    Value::Tensor(made.expect("a number for each place"))
}
