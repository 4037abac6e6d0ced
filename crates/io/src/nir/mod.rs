//! `.nir` files: graphs in HDF5, as the reference implementation reads and writes them.
//!
//! ```text
//! /version                    string
//! /node/type                  string, the kind: "NIRGraph"
//! /node/nodes/<name>/type     string, the kind: "LIF"
//! /node/nodes/<name>/<field>  tensor or string
//! /node/nodes/<name>/metadata group of anything
//! /node/edges                 strings of shape (edges, 2): source, target
//! ```
//!
//! A nested graph is a node of kind `NIRGraph` with `nodes` and `edges` of its own.

mod read;
mod write;

pub use read::{read, read_bytes};
pub use write::{WriteOptions, to_bytes, write};

/// The dataset that holds the kind of a node.
const KIND: &str = "type";
/// The group that holds the nodes of a graph.
const NODES: &str = "nodes";
/// The dataset that holds the edges of a graph.
const EDGES: &str = "edges";
/// The group that holds the metadata of a node.
const METADATA: &str = "metadata";
/// The group that holds the root node of a file.
const ROOT: &str = "node";
/// The dataset that holds the version of the program that wrote the file.
const VERSION: &str = "version";
