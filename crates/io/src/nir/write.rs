//! Writes `.nir` files.

use std::path::Path;

use nirkit_ir::document::{Document, Storage};
use nirkit_ir::graph::{Graph, Node};
use nirkit_ir::primitive::{GRAPH_KIND, Primitive};
use nirkit_ir::value::{Fields, Text, TextStorage, Value};
use nirkit_numerics::{DType, Tensor};

use super::{EDGES, KIND, METADATA, NODES, ROOT, VERSION};
use crate::error::{WriteError, WriteFault};
use crate::hdf5::Tree;
use crate::hdf5::write::{self as tree, Compression};

/// How a graph is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// How tensors are compressed.
    pub compression: Compression,
}

/// Writes a graph to a file. The file appears complete under its name, or not at all.
pub fn write(
    path: impl AsRef<Path>,
    document: &Document,
    options: &WriteOptions,
) -> Result<(), WriteError> {
    let path = path.as_ref();
    let written = to_tree(document).and_then(|tree| tree::write(path, &tree, options.compression));
    written.map_err(|error| error.of_file(path))
}

/// The bytes of a file that holds the graph.
pub fn to_bytes(document: &Document, options: &WriteOptions) -> Result<Vec<u8>, WriteError> {
    tree::to_bytes(&to_tree(document)?, options.compression)
}

fn to_tree(document: &Document) -> Result<Tree, WriteError> {
    let mut root = Fields::default();
    if let Some(version) = &document.version {
        put(&mut root, VERSION, Value::Text(version.clone()), "")?;
    }
    let node = Shelf { document }.node(&document.root, "/node")?;
    put(&mut root, ROOT, Value::Group(node), "")?;
    put_all(&mut root, &document.extra, "")?;
    Ok(Tree { root, ..Tree::default() })
}

/// Lays nodes out as groups, with the storage forms that the document remembers.
struct Shelf<'a> {
    document: &'a Document,
}

impl Shelf<'_> {
    fn node(&self, node: &Node, place: &str) -> Result<Fields, WriteError> {
        let mut fields = Fields::default();
        let storage = self.text_storage(&format!("{place}/{KIND}"));
        put(
            &mut fields,
            KIND,
            Value::Text(stored(&[], vec![node.primitive.kind().to_owned()], storage)),
            place,
        )?;
        match &node.primitive {
            Primitive::Graph(graph) => self.graph(graph, &mut fields, place)?,
            Primitive::Unknown(unknown) if unknown.kind == GRAPH_KIND => {
                // Whoever reads the file takes it for a graph, and does not find its nodes.
                let what = format!("a node of kind `{GRAPH_KIND}` that is no graph");
                return Err(WriteFault::Unsupported(what).at(place));
            }
            Primitive::Unknown(unknown) => put_all(&mut fields, &unknown.fields, place)?,
            declared => {
                for (field, value) in declared.values() {
                    put(&mut fields, field.name, value, place)?;
                }
            }
        }
        if !node.metadata.is_empty() {
            put(&mut fields, METADATA, Value::Group(node.metadata.clone()), place)?;
        }
        put_all(&mut fields, &node.extra, place)?;
        Ok(fields)
    }

    fn graph(&self, graph: &Graph, fields: &mut Fields, place: &str) -> Result<(), WriteError> {
        let mut nodes = Fields::default();
        for (_, name, node) in graph.nodes.iter() {
            let place = format!("{place}/{NODES}/{name}");
            put(&mut nodes, name, Value::Group(self.node(node, &place)?), &place)?;
        }
        put(fields, NODES, Value::Group(nodes), place)?;
        put(fields, EDGES, self.edges(graph, &format!("{place}/{EDGES}")), place)
    }

    fn edges(&self, graph: &Graph, place: &str) -> Value {
        let names = graph.edges.iter().flat_map(|edge| [edge.source.clone(), edge.target.clone()]);
        let shape = [graph.edges.len(), 2];
        match self.document.storage.get(place) {
            Some(Storage::Empty(dtype, shape)) if graph.edges.is_empty() => empty(*dtype, shape),
            Some(Storage::Text(storage)) => Value::Text(stored(&shape, names.collect(), *storage)),
            // What h5py makes of an empty list.
            _ if graph.edges.is_empty() => empty(DType::F64, &[0]),
            _ => Value::Text(stored(&shape, names.collect(), TextStorage::default())),
        }
    }

    fn text_storage(&self, place: &str) -> TextStorage {
        match self.document.storage.get(place) {
            Some(Storage::Text(storage)) => *storage,
            Some(Storage::Empty(..)) | None => TextStorage::default(),
        }
    }
}

/// Strings in a storage form, or in the default one where they do not fit: a fixed length was
/// that of the names at the time, and names can have changed since.
fn stored(shape: &[usize], strings: Vec<String>, storage: TextStorage) -> Text {
    use nirkit_ir::value::TextLength;
    let fits = match storage.length {
        TextLength::Variable => true,
        TextLength::Fixed(len) => strings.iter().all(|string| string.len() <= len),
    };
    let storage = if fits { storage } else { TextStorage::default() };
    Text::new(shape, strings, storage).unwrap_or_else(|| Text::scalar(""))
}

/// A tensor without elements.
fn empty(dtype: DType, shape: &[usize]) -> Value {
    let tensor = Tensor::from_bytes(dtype, nirkit_numerics::ByteOrder::Little, shape, &[]);
    Value::Tensor(tensor.unwrap_or_else(|_| Tensor::vector(Vec::<f64>::new())))
}

/// Adds a member to a group, or says that there is one of this name.
fn put(fields: &mut Fields, name: &str, value: Value, place: &str) -> Result<(), WriteError> {
    if fields.contains_key(name) {
        return Err(WriteFault::Duplicate(name.to_owned()).at(place));
    }
    fields.insert(name.to_owned(), value);
    Ok(())
}

fn put_all(fields: &mut Fields, others: &Fields, place: &str) -> Result<(), WriteError> {
    others.iter().try_for_each(|(name, value)| put(fields, name, value.clone(), place))
}
