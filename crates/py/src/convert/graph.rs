//! Graphs as nested dictionaries, in the form of the reference's `to_dict`: `type`, `metadata`,
//! the fields; of a graph `nodes` and `edges`. Fields that a kind does not declare stand in `extra`
//! on the way to Python, and beside the others on the way back.

use std::collections::BTreeMap;

use nirkit::ir::primitive::{GRAPH_KIND, Unknown};
use nirkit::ir::{Document, Edge, Fields, Graph, Node, Primitive, REFERENCE_VERSION, Text};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use super::value::{self, fields_from_python, fields_to_python, from_python};
use crate::error::Raise;

/// Names of entries that are no fields.
const KIND: &str = "type";
const METADATA: &str = "metadata";
const NODES: &str = "nodes";
const EDGES: &str = "edges";

/// A node as Python sees it. Arrays are moved, not copied.
pub(crate) fn node_to_python(py: Python<'_>, node: Node) -> PyResult<Bound<'_, PyDict>> {
    let kind = node.primitive.kind().to_owned();
    let entries = match node.primitive {
        Primitive::Graph(graph) => graph_to_python(py, graph)?,
        Primitive::Unknown(unknown) => fields_to_python(py, unknown.fields)?,
        declared => {
            let values = declared.values();
            // What is left then belongs to nobody else, and can be moved.
            drop(declared);
            let entries = PyDict::new(py);
            for (field, value) in values {
                entries.set_item(PyString::intern(py, field.name), value::to_python(py, value)?)?;
            }
            entries
        }
    };
    entries.set_item(intern!(py, "type"), PyString::intern(py, &kind))?;
    if !node.metadata.is_empty() {
        entries.set_item(intern!(py, "metadata"), fields_to_python(py, node.metadata)?)?;
    }
    if !node.extra.is_empty() {
        entries.set_item(intern!(py, "extra"), fields_to_python(py, node.extra)?)?;
    }
    Ok(entries)
}

fn graph_to_python(py: Python<'_>, graph: Graph) -> PyResult<Bound<'_, PyDict>> {
    let nodes = PyDict::new(py);
    for (name, node) in graph.nodes {
        nodes.set_item(name, node_to_python(py, node)?)?;
    }
    let edges = PyList::empty(py);
    for edge in graph.edges {
        edges.append((edge.source, edge.target))?;
    }
    let entries = PyDict::new(py);
    entries.set_item(intern!(py, "nodes"), nodes)?;
    entries.set_item(intern!(py, "edges"), edges)?;
    Ok(entries)
}

/// A document from what Python has of its root node.
pub(crate) fn document(entries: &Bound<'_, PyDict>) -> PyResult<Document> {
    Ok(Document {
        version: Some(Text::scalar(REFERENCE_VERSION)),
        root: node(entries, &String::new)?,
        extra: Fields::default(),
        storage: BTreeMap::new(),
        left_out: Vec::new(),
    })
}

fn node(entries: &Bound<'_, PyDict>, place: &dyn Fn() -> String) -> PyResult<Node> {
    let _level = value::Level::enter(place)?;
    let here = || if place().is_empty() { "/".to_owned() } else { place() };
    let kind = entries.get_item(intern!(entries.py(), "type"))?;
    let kind = kind.and_then(|kind| kind.extract::<String>().ok());
    let kind =
        kind.ok_or_else(|| Raise::Graph.one(format!("{}: the node has no `type`", here())))?;
    let metadata = match entries.get_item(intern!(entries.py(), "metadata"))? {
        Some(metadata) => match metadata.cast::<PyDict>() {
            Ok(metadata) => fields_from_python(metadata, &|| format!("{}/metadata", place()))?,
            Err(_) => Fields::default(),
        },
        None => Fields::default(),
    };
    if kind == GRAPH_KIND {
        let (graph, extra) = graph_from_python(entries, place)?;
        return Ok(Node { primitive: Primitive::Graph(graph), metadata, extra });
    }
    let mut fields = Fields::default();
    for (name, value) in others(entries, &[KIND, METADATA])? {
        // What is not known is not written: it follows from the graph.
        if !value.is_none() {
            let value = from_python(&value, &|| format!("{}/{name}", place()))?;
            fields.insert(name, value);
        }
    }
    let (primitive, extra) = Primitive::from_fields(&kind, fields);
    check_known(&primitive, &here)?;
    Ok(Node { primitive, metadata, extra })
}

/// A node of a known kind has the fields that its kind declares.
fn check_known(primitive: &Primitive, place: &dyn Fn() -> String) -> PyResult<()> {
    let Primitive::Unknown(Unknown { kind, fields }) = primitive else { return Ok(()) };
    let Some(declared) = nirkit::ir::primitive::declaration(kind) else { return Ok(()) };
    let faults = (declared.faults)(fields);
    let reasons = faults.iter().map(|fault| (format!("{}: {kind}: {}", place(), say(fault)), None));
    Err(Raise::Graph.many(reasons.collect()))
}

fn say(fault: &nirkit::ir::field::FieldFault) -> String {
    use nirkit::ir::field::FieldFault;
    match fault {
        FieldFault::Missing(field) => format!("`{}` is missing", field.name),
        FieldFault::WrongType { field, found } => format!("`{}` is {found}", field.name),
    }
}

/// The graph, and what its dictionary holds besides.
fn graph_from_python(
    entries: &Bound<'_, PyDict>,
    place: &dyn Fn() -> String,
) -> PyResult<(Graph, Fields)> {
    let mut graph = Graph::default();
    if let Some(nodes) = entries.get_item(intern!(entries.py(), "nodes"))? {
        for (name, entries) in nodes.cast::<PyDict>()?.iter() {
            let name = name.extract::<String>()?;
            let inner = node(entries.cast::<PyDict>()?, &|| format!("{}/{name}", place()))?;
            graph.nodes.insert(name, inner);
        }
    }
    if let Some(edges) = entries.get_item(intern!(entries.py(), "edges"))? {
        for edge in edges.try_iter()? {
            let (source, target) = edge?.extract::<(String, String)>()?;
            graph.edges.push(Edge { source, target });
        }
    }
    let mut extra = Fields::default();
    for (name, value) in others(entries, &[KIND, METADATA, NODES, EDGES])? {
        extra.insert(name.clone(), from_python(&value, &|| format!("{}/{name}", place()))?);
    }
    Ok((graph, extra))
}

/// The entries with other names than these.
fn others<'py>(
    entries: &Bound<'py, PyDict>,
    without: &[&str],
) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
    let all = entries.iter().map(|(name, value)| Ok((name.extract::<String>()?, value)));
    let all = all.collect::<PyResult<Vec<_>>>()?;
    Ok(all.into_iter().filter(|(name, _)| !without.contains(&name.as_str())).collect())
}
