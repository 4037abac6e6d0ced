//! Reads `.nir` files.

use std::collections::BTreeMap;
use std::path::Path;

use nirkit_ir::document::{Document, Storage};
use nirkit_ir::graph::{Edge, Graph, Node};
use nirkit_ir::primitive::{GRAPH_KIND, Primitive};
use nirkit_ir::value::{Fields, Text, Value};
use nirkit_numerics::DType;

use super::{EDGES, KIND, METADATA, NODES, ROOT, VERSION};
use crate::error::{ReadError, ReadFault};
use crate::hdf5::read::{With, read as read_tree};
use crate::hdf5::source::Source;
use crate::limits::Limits;

/// Reads a graph from a file.
///
/// Whatever the file holds is kept: unknown kinds and fields, element types, byte orders, and how
/// strings are stored. Only what could not be written back is an error.
pub fn read(path: impl AsRef<Path>, limits: &Limits) -> Result<Document, ReadError> {
    let path = path.as_ref();
    let source = Source::open(path, limits).map_err(|fault| fault.at("").of_file(path))?;
    read_source(source, limits).map_err(|error| error.of_file(path))
}

/// Reads a graph from the bytes of a file.
pub fn read_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<Document, ReadError> {
    read_source(Source::from_bytes(bytes), limits)
}

fn read_source(source: Source, limits: &Limits) -> Result<Document, ReadError> {
    let mut root = read_tree(source, limits, With::Values)?.root;
    let mut storage = BTreeMap::new();
    let version = match root.shift_remove(VERSION) {
        None => None,
        Some(Value::Text(text)) => Some(text),
        Some(other) => return Err(unexpected("a string", &other).at("/version")),
    };
    let node = match root.shift_remove(ROOT) {
        Some(Value::Group(fields)) => node(fields, "/node", &mut storage)?,
        Some(other) => return Err(unexpected("a group", &other).at("/node")),
        None => return Err(not_a_graph().at("")),
    };
    Ok(Document { version, root: node, extra: root, storage })
}

/// Storage forms that differ from h5py's default, by the path of the dataset.
type Storages = BTreeMap<String, Storage>;

/// Takes one node out of what its group holds.
fn node(mut fields: Fields, place: &str, storage: &mut Storages) -> Result<Node, ReadError> {
    let kind = kind(&mut fields, place, storage)?;
    let metadata = metadata(&mut fields);
    if kind == GRAPH_KIND {
        let graph = graph(&mut fields, place, storage)?;
        return Ok(Node { primitive: Primitive::Graph(graph), metadata, extra: fields });
    }
    let (primitive, extra) = Primitive::from_fields(&kind, fields);
    Ok(Node { primitive, metadata, extra })
}

fn kind(fields: &mut Fields, place: &str, storage: &mut Storages) -> Result<String, ReadError> {
    let at = || format!("{place}/{KIND}");
    match fields.shift_remove(KIND) {
        Some(Value::Text(text)) => {
            note_storage(&text, at, storage);
            match text.as_str() {
                Some(_) => Ok(text.into_strings().remove(0)),
                None => Err(unexpected("one string", &Value::Text(text)).at(at())),
            }
        }
        Some(other) => Err(unexpected("a string", &other).at(at())),
        None => Err(ReadFault::Missing("`type` of a node").at(place)),
    }
}

/// The metadata of a node; what is no group stays among the fields.
fn metadata(fields: &mut Fields) -> Fields {
    match fields.shift_remove(METADATA) {
        Some(Value::Group(metadata)) => metadata,
        Some(other) => {
            fields.insert(METADATA.to_owned(), other);
            Fields::new()
        }
        None => Fields::new(),
    }
}

fn graph(fields: &mut Fields, place: &str, storage: &mut Storages) -> Result<Graph, ReadError> {
    let members = match fields.shift_remove(NODES) {
        Some(Value::Group(members)) => members,
        Some(other) => return Err(unexpected("a group", &other).at(format!("{place}/{NODES}"))),
        None => return Err(ReadFault::Missing("group `nodes` of a graph").at(place)),
    };
    let nodes = members.into_iter().map(|(name, value)| {
        let place = format!("{place}/{NODES}/{name}");
        match value {
            Value::Group(fields) => Ok((name, node(fields, &place, storage)?)),
            other => Err(unexpected("the group of a node", &other).at(place)),
        }
    });
    let nodes = nodes.collect::<Result<_, _>>()?;
    let edges = edges(fields.shift_remove(EDGES), &format!("{place}/{EDGES}"), storage)?;
    Ok(Graph { nodes, edges })
}

fn edges(
    value: Option<Value>,
    place: &str,
    storage: &mut Storages,
) -> Result<Vec<Edge>, ReadError> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Text(text)) if text.strings().is_empty() || matches!(text.shape(), [_, 2]) => {
            if text.strings().is_empty() {
                // What h5py would store is an array of numbers.
                storage.insert(place.to_owned(), Storage::Text(text.storage()));
            }
            note_storage(&text, || place.to_owned(), storage);
            let mut names = text.into_strings().into_iter();
            let pairs = std::iter::from_fn(|| names.next().zip(names.next()));
            Ok(pairs.map(|(source, target)| Edge { source, target }).collect())
        }
        // Without edges, numpy does not know that they would be strings, and numbers are stored.
        Some(Value::Tensor(tensor)) if tensor.is_empty() => {
            if tensor.dtype() != DType::F64 || tensor.shape() != [0] {
                let empty = Storage::Empty(tensor.dtype(), tensor.shape().to_vec());
                storage.insert(place.to_owned(), empty);
            }
            Ok(Vec::new())
        }
        Some(other) => Err(unexpected("pairs of names", &other).at(place)),
    }
}

/// Remembers how strings are stored, unless h5py would store them in this way by itself.
fn note_storage(text: &Text, place: impl FnOnce() -> String, storage: &mut Storages) {
    if text.storage() != nirkit_ir::value::TextStorage::default() {
        storage.insert(place(), Storage::Text(text.storage()));
    }
}

fn not_a_graph() -> ReadFault {
    ReadFault::OtherFormat { expected: "a NIR graph, which has a group `node`" }
}

fn unexpected(expected: &'static str, found: &Value) -> ReadFault {
    ReadFault::Unexpected { expected, found: found.describe() }
}
