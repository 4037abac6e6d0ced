//! Writes `NIRData`.

use std::path::Path;

use nirkit_ir::value::{Fields, Value};
use nirkit_numerics::Tensor;

use super::{EventData, GraphData, Member, NodeData, Observable, TYPE, TimeGriddedData};
use crate::error::WriteError;
use crate::hdf5::Tree;
use crate::hdf5::write::{self as tree, Compression};

/// Writes the data of a graph to a file. The file appears complete under its name, or not at all.
pub fn write_data(
    path: impl AsRef<Path>,
    data: &GraphData,
    compression: Compression,
) -> Result<(), WriteError> {
    let path = path.as_ref();
    tree::write(path, &to_tree(data), compression).map_err(|error| error.of_file(path))
}

/// The bytes of a file that holds the data of a graph.
pub fn data_to_bytes(data: &GraphData, compression: Compression) -> Result<Vec<u8>, WriteError> {
    tree::to_bytes(&to_tree(data), compression)
}

fn to_tree(data: &GraphData) -> Tree {
    let mut shelf = Shelf::default();
    shelf.tree.root = shelf.graph(data, "");
    shelf.tree
}

/// Collects groups and their attributes.
#[derive(Default)]
struct Shelf {
    tree: Tree,
}

impl Shelf {
    fn graph(&mut self, graph: &GraphData, place: &str) -> Fields {
        self.attribute(place, TYPE, "NIRGraphData".into());
        let nodes = graph.nodes.iter().map(|(name, member)| {
            let place = format!("{place}/nodes/{name}");
            let fields = match member {
                Member::Node(node) => self.node(node, &place),
                Member::Graph(graph) => self.graph(graph, &place),
            };
            (name.clone(), Value::Group(fields))
        });
        let nodes = nodes.collect();
        Fields::from_iter([("nodes".to_owned(), Value::Group(nodes))])
    }

    fn node(&mut self, node: &NodeData, place: &str) -> Fields {
        self.attribute(place, TYPE, "NIRNodeData".into());
        let observables = node.observables.iter().map(|(name, observable)| {
            let place = format!("{place}/observables/{name}");
            let fields = match observable {
                Observable::Gridded(data) => self.gridded(data, &place),
                Observable::Events(data) => self.events(data, &place),
            };
            (name.clone(), Value::Group(fields))
        });
        let observables = observables.collect();
        Fields::from_iter([("observables".to_owned(), Value::Group(observables))])
    }

    fn gridded(&mut self, data: &TimeGriddedData, place: &str) -> Fields {
        self.attribute(place, TYPE, "TimeGriddedData".into());
        self.attribute(place, "dt", Tensor::scalar(data.dt).into());
        Fields::from_iter([("data".to_owned(), data.data.clone().into())])
    }

    fn events(&mut self, data: &EventData, place: &str) -> Fields {
        let kind = if data.value.is_some() { "ValuedEventData" } else { "EventData" };
        self.attribute(place, TYPE, kind.into());
        self.attribute(place, "n_neurons", Tensor::scalar(data.n_neurons as i64).into());
        self.attribute(place, "t_max", Tensor::scalar(data.t_max).into());
        let tensors =
            [("idx", Some(&data.idx)), ("time", Some(&data.time)), ("value", data.value.as_ref())];
        let present = tensors.into_iter().filter_map(|(name, tensor)| Some((name, tensor?)));
        present.map(|(name, tensor)| (name.to_owned(), tensor.clone().into())).collect()
    }

    fn attribute(&mut self, place: &str, name: &str, value: Value) {
        self.tree.attributes.entry(place.to_owned()).or_default().insert(name.to_owned(), value);
    }
}
