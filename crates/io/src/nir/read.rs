//! Reads `.nir` files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use nirkit_ir::document::{Document, Storage};
use nirkit_ir::field::{Field, Presence};
use nirkit_ir::graph::{Edge, Graph, Node, Nodes};
use nirkit_ir::primitive::{GRAPH_KIND, Primitive, declaration};
use nirkit_ir::value::{Fields, Text, Value};
use nirkit_numerics::DType;

use super::{EDGES, KIND, METADATA, NODES, ROOT, VERSION};
use crate::error::{ReadError, ReadFault};
use crate::hdf5::Tree;
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
    let Tree { mut root, left_out, .. } = read_tree(source, limits, With::Values)?;
    let mut storage = BTreeMap::new();
    let version = match root.shift_remove(VERSION) {
        None => None,
        Some(Value::Text(text)) => Some(text),
        Some(other) => return Err(unexpected("a string", &other).at("/version")),
    };
    let node = match root.shift_remove(ROOT) {
        Some(Value::Group(fields)) => {
            if let Some(fault) = cut_short(&fields) {
                return Err(fault.at("/node"));
            }
            node(fields, &Place { above: None, name: ROOT }, &mut storage)?
        }
        Some(other) => return Err(unexpected("a group", &other).at("/node")),
        None => return Err(not_a_graph().at("")),
    };
    Ok(Document { version, root: node, extra: root, storage, left_out })
}

/// Where writing stopped, in a graph that lacks what the reference writes last: its edges and its kind.
fn cut_short(graph: &Fields) -> Option<ReadFault> {
    let Some(Value::Group(members)) = graph.get(NODES) else { return None };
    if graph.contains_key(KIND) || graph.contains_key(EDGES) {
        return None;
    }
    let inside = members.iter().find_map(|(name, value)| {
        let Value::Group(fields) = value else { return None };
        let missing = missing(fields);
        let list: Vec<String> = missing.iter().map(|field| format!("`{field}`")).collect();
        let are = if list.len() == 1 { "is" } else { "are" };
        let place =
            format!("inside `/node/{NODES}/{name}`: {} {are} missing there", list.join(", "));
        (!missing.is_empty()).then_some(place)
    });
    let place =
        inside.unwrap_or_else(|| format!("among the nodes, behind {} of them", members.len()));
    let rest = format!("{place}, and the graph has no `{EDGES}` and no `{KIND}`");
    Some(ReadFault::CutShort(rest))
}

/// What a node lacks that the reference writes.
fn missing(fields: &Fields) -> Vec<String> {
    let Some(kind) = fields.get(KIND) else {
        // The kind is written behind all fields of which it is known that they are there.
        return vec![KIND.to_owned()];
    };
    let Some(declared) = (match kind {
        Value::Text(kind) => kind.as_str().and_then(declaration),
        _ => None,
    }) else {
        return Vec::new();
    };
    // The reference writes the shape of a Flatten last, and no file of its lacks it.
    let is_written =
        |field: &&Field| field.presence == Presence::Required || field.name == "input_type";
    let absent = declared.fields.iter().filter(is_written).map(|field| field.name);
    absent.filter(|name| !fields.contains_key(*name)).map(str::to_owned).collect()
}

/// Storage forms that differ from h5py's default, by the path of the dataset.
type Storages = BTreeMap<String, Storage>;

/// The path of a group, which is needed for an error and for a storage form that differs from the default.
struct Place<'a> {
    above: Option<&'a Place<'a>>,
    name: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}/{NODES}")?;
        }
        write!(f, "/{}", self.name)
    }
}

/// Takes one node out of what its group holds.
fn node(mut fields: Fields, place: &Place<'_>, storage: &mut Storages) -> Result<Node, ReadError> {
    let kind = kind(&mut fields, place, storage)?;
    let metadata = metadata(&mut fields);
    if kind == GRAPH_KIND {
        let graph = graph(&mut fields, place, storage)?;
        return Ok(Node { primitive: Primitive::Graph(graph), metadata, extra: fields });
    }
    let (primitive, extra) = Primitive::from_fields(&kind, fields);
    Ok(Node { primitive, metadata, extra })
}

fn kind(
    fields: &mut Fields,
    place: &Place<'_>,
    storage: &mut Storages,
) -> Result<String, ReadError> {
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
        None => Err(ReadFault::Missing("`type` of a node").at(place.to_string())),
    }
}

/// The metadata of a node; what is no group stays among the fields.
fn metadata(fields: &mut Fields) -> Fields {
    match fields.shift_remove(METADATA) {
        Some(Value::Group(metadata)) => metadata,
        Some(other) => {
            fields.insert(METADATA.to_owned(), other);
            Fields::default()
        }
        None => Fields::default(),
    }
}

fn graph(
    fields: &mut Fields,
    place: &Place<'_>,
    storage: &mut Storages,
) -> Result<Graph, ReadError> {
    let members = match fields.shift_remove(NODES) {
        Some(Value::Group(members)) => members,
        Some(other) => return Err(unexpected("a group", &other).at(format!("{place}/{NODES}"))),
        None => return Err(ReadFault::Missing("group `nodes` of a graph").at(place.to_string())),
    };
    let mut nodes = Nodes::with_capacity(members.len());
    for (name, value) in members {
        let place = Place { above: Some(place), name: &name };
        let Value::Group(fields) = value else {
            return Err(unexpected("the group of a node", &value).at(place.to_string()));
        };
        let node = node(fields, &place, storage)?;
        nodes.insert(name, node);
    }
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
