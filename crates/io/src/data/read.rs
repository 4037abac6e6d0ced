//! Reads `NIRData`.

use std::collections::BTreeMap;
use std::path::Path;

use nirkit_ir::value::{Fields, Value};
use nirkit_numerics::Tensor;

use super::{EventData, GraphData, Member, NodeData, Observable, TYPE, TimeGriddedData};
use crate::error::{ReadError, ReadFault};
use crate::hdf5::Attributes;
use crate::hdf5::read::{With, read as read_tree};
use crate::hdf5::source::Source;
use crate::limits::Limits;

/// Reads the data of a graph from a file.
pub fn read_data(path: impl AsRef<Path>, limits: &Limits) -> Result<GraphData, ReadError> {
    let path = path.as_ref();
    let source = Source::open(path, limits).map_err(|fault| fault.at("").of_file(path))?;
    read_source(source, limits).map_err(|error| error.of_file(path))
}

/// Reads the data of a graph from the bytes of a file.
pub fn read_data_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<GraphData, ReadError> {
    read_source(Source::from_bytes(bytes), limits)
}

fn read_source(source: Source, limits: &Limits) -> Result<GraphData, ReadError> {
    let tree = read_tree(source, limits, With::Attributes)?;
    let shelf = Shelf { attributes: &tree.attributes };
    match shelf.kind("") {
        Ok("NIRGraphData") => shelf.graph(tree.root, ""),
        _ if tree.root.contains_key("node") => {
            let help = "give a graph in its own place, and data or another stimulus here";
            let fault = ReadFault::Foreign { expected: "a NIRData file", found: "a graph", help };
            Err(fault.at(""))
        }
        _ => Err(ReadFault::OtherFormat { expected: "a NIRData file" }.at("")),
    }
}

/// The attributes of a file, by which its groups are told apart.
struct Shelf<'a> {
    attributes: &'a Attributes,
}

impl<'a> Shelf<'a> {
    fn graph(&self, mut fields: Fields, place: &str) -> Result<GraphData, ReadError> {
        let inner = format!("{place}/nodes");
        let members = group(&mut fields, "nodes", place)?.into_iter().map(|(name, value)| {
            let place = format!("{inner}/{name}");
            let fields = as_group(value, &place)?;
            let member = match self.kind(&place)? {
                "NIRNodeData" => Member::Node(self.node(fields, &place)?),
                "NIRGraphData" => Member::Graph(self.graph(fields, &place)?),
                other => return Err(unexpected("data of a node or graph", other).at(place)),
            };
            Ok((name, member))
        });
        Ok(GraphData { nodes: members.collect::<Result<_, ReadError>>()? })
    }

    fn node(&self, mut fields: Fields, place: &str) -> Result<NodeData, ReadError> {
        let inner = format!("{place}/observables");
        let members = group(&mut fields, "observables", place)?.into_iter().map(|(name, value)| {
            let place = format!("{inner}/{name}");
            let fields = as_group(value, &place)?;
            Ok((name, self.observable(fields, &place)?))
        });
        Ok(NodeData { observables: members.collect::<Result<_, ReadError>>()? })
    }

    fn observable(&self, mut fields: Fields, place: &str) -> Result<Observable, ReadError> {
        match self.kind(place)? {
            "TimeGriddedData" => self.gridded(&mut fields, place).map(Observable::Gridded),
            "EventData" => self.events(&mut fields, place, false).map(Observable::Events),
            "ValuedEventData" => self.events(&mut fields, place, true).map(Observable::Events),
            other => Err(unexpected("gridded data or events", other).at(place)),
        }
    }

    fn gridded(&self, fields: &mut Fields, place: &str) -> Result<TimeGriddedData, ReadError> {
        let data = tensor(fields, "data", place)?;
        if data.rank() != 3 {
            let found = Value::Tensor(data).describe();
            let expected = "an array of shape (samples, steps, neurons)";
            return Err(ReadFault::Unexpected { expected, found }.at(format!("{place}/data")));
        }
        Ok(TimeGriddedData { data, dt: self.number("dt", "attribute `dt`", place)? })
    }

    fn events(
        &self,
        fields: &mut Fields,
        place: &str,
        valued: bool,
    ) -> Result<EventData, ReadError> {
        let idx = tensor(fields, "idx", place)?;
        let time = tensor(fields, "time", place)?;
        let value = valued.then(|| tensor(fields, "value", place)).transpose()?;
        for other in [Some(&time), value.as_ref()].into_iter().flatten() {
            if other.shape() != idx.shape() {
                let found = format!("{:?} and {:?}", idx.shape(), other.shape());
                let expected = "arrays of one shape, usually (samples, events)";
                return Err(ReadFault::Unexpected { expected, found }.at(place));
            }
        }
        let n_neurons = self.number("n_neurons", "attribute `n_neurons`", place)? as u64;
        let t_max = self.number("t_max", "attribute `t_max`", place)?;
        Ok(EventData { idx, time, value, n_neurons, t_max })
    }

    /// What a group says that it is.
    fn kind(&self, place: &str) -> Result<&'a str, ReadError> {
        match self.of(place).and_then(|attributes| attributes.get(TYPE)) {
            Some(Value::Text(text)) => text.as_str(),
            _ => None,
        }
        .ok_or_else(|| ReadFault::Missing("attribute `__type__`").at(place))
    }

    fn number(&self, name: &str, what: &'static str, place: &str) -> Result<f64, ReadError> {
        match self.of(place).and_then(|attributes| attributes.get(name)) {
            Some(Value::Tensor(tensor)) if tensor.len() == 1 => tensor.get_f64(0),
            _ => None,
        }
        .ok_or_else(|| ReadFault::Missing(what).at(place))
    }

    fn of(&self, place: &str) -> Option<&'a BTreeMap<String, Value>> {
        self.attributes.get(place)
    }
}

fn group(fields: &mut Fields, name: &'static str, place: &str) -> Result<Fields, ReadError> {
    match fields.swap_remove(name) {
        Some(value) => as_group(value, &format!("{place}/{name}")),
        None => Err(ReadFault::Missing(name).at(place)),
    }
}

fn as_group(value: Value, place: &str) -> Result<Fields, ReadError> {
    match value {
        Value::Group(fields) => Ok(fields),
        other => Err(unexpected("a group", &other.describe()).at(place)),
    }
}

fn tensor(fields: &mut Fields, name: &'static str, place: &str) -> Result<Tensor, ReadError> {
    match fields.swap_remove(name) {
        Some(Value::Tensor(tensor)) => Ok(tensor),
        Some(other) => Err(unexpected("numbers", &other.describe()).at(format!("{place}/{name}"))),
        None => Err(ReadFault::Missing(name).at(place)),
    }
}

fn unexpected(expected: &'static str, found: &str) -> ReadFault {
    ReadFault::Unexpected { expected, found: found.to_owned() }
}
