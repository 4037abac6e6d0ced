//! Reads `NIRData`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use nirkit_ir::value::{Fields, Value};
use nirkit_numerics::Tensor;

use super::{EventData, GraphData, Member, NodeData, Observable, TYPE, TimeGriddedData, order};
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
    let shelf = Shelf { attributes: &tree.attributes, unread: RefCell::default() };
    match shelf.kind("") {
        Ok("NIRGraphData") => {
            let mut data = shelf.graph(tree.root, "")?;
            data.unread = shelf.unread.take();
            Ok(data)
        }
        _ if tree.root.contains_key("node") => {
            let help = "give a graph in its own place, and data or another stimulus here";
            let fault = ReadFault::Foreign { expected: "a NIRData file", found: "a graph", help };
            Err(fault.at(""))
        }
        _ => Err(ReadFault::OtherFormat { expected: "a NIRData file" }.at("")),
    }
}

/// Numbers of neurons that 64 bits do not hold.
const MOST_NEURONS: f64 = 18_446_744_073_709_551_616.0;

/// The attributes of a file, by which its groups are told apart.
struct Shelf<'a> {
    attributes: &'a Attributes,
    /// See [`GraphData::unread`].
    unread: RefCell<Vec<String>>,
}

impl<'a> Shelf<'a> {
    fn graph(&self, mut fields: Fields, place: &str) -> Result<GraphData, ReadError> {
        let inner = format!("{place}/nodes");
        let nodes = group(&mut fields, "nodes", place)?;
        self.leave(&fields, place, &[TYPE]);
        self.leave(&Fields::default(), &inner, &[]);
        let members = nodes.into_iter().map(|(name, value)| {
            let place = format!("{inner}/{name}");
            let fields = as_group(value, &place)?;
            let member = match self.kind(&place)? {
                "NIRNodeData" => Member::Node(self.node(fields, &place)?),
                "NIRGraphData" => Member::Graph(self.graph(fields, &place)?),
                other => return Err(unexpected("data of a node or graph", other).at(place)),
            };
            Ok((name, member))
        });
        Ok(GraphData { nodes: members.collect::<Result<_, ReadError>>()?, unread: Vec::new() })
    }

    fn node(&self, mut fields: Fields, place: &str) -> Result<NodeData, ReadError> {
        let inner = format!("{place}/observables");
        let observables = group(&mut fields, "observables", place)?;
        self.leave(&fields, place, &[TYPE]);
        self.leave(&Fields::default(), &inner, &[]);
        let members = observables.into_iter().map(|(name, value)| {
            let place = format!("{inner}/{name}");
            let fields = as_group(value, &place)?;
            Ok((name, self.observable(fields, &place)?))
        });
        Ok(NodeData { observables: members.collect::<Result<_, ReadError>>()? })
    }

    fn observable(&self, mut fields: Fields, place: &str) -> Result<Observable, ReadError> {
        let (observable, attributes) = match self.kind(place)? {
            "TimeGriddedData" => {
                let gridded = self.gridded(&mut fields, place)?;
                (Observable::Gridded(gridded), vec![TYPE, "dt", order::NAME])
            }
            kind @ ("EventData" | "ValuedEventData") => {
                let events = self.events(&mut fields, place, kind == "ValuedEventData")?;
                (Observable::Events(events), vec![TYPE, "n_neurons", "t_max"])
            }
            other => return Err(unexpected("gridded data or events", other).at(place)),
        };
        self.leave(&fields, place, &attributes);
        Ok(observable)
    }

    /// Notes the fields of a place that are left over, and its attributes but for the known ones.
    fn leave(&self, fields: &Fields, place: &str, known: &[&str]) {
        let mut unread = self.unread.borrow_mut();
        unread.extend(fields.keys().map(|name| format!("{place}/{name}")));
        let attributes = self.of(place).into_iter().flatten();
        let others = attributes.filter(|(name, _)| !known.contains(&name.as_str()));
        unread.extend(others.map(|(name, _)| format!("{place}@{name}")));
    }

    fn gridded(&self, fields: &mut Fields, place: &str) -> Result<TimeGriddedData, ReadError> {
        let data = tensor(fields, "data", place)?;
        if data.rank() != 3 {
            let found = Value::Tensor(data).describe();
            let expected = "an array of shape (samples, steps, neurons)";
            return Err(ReadFault::Unexpected { expected, found }.at(format!("{place}/data")));
        }
        let dt = self.number("dt", "attribute `dt`", place)?;
        if !(dt.is_finite() && dt > 0.0) {
            return Err(of_attribute(
                "a time step in seconds above 0",
                dt.to_string(),
                "dt",
                place,
            ));
        }
        let said = self.of(place).and_then(|attributes| attributes.get(order::NAME));
        let data = match said {
            None => data,
            Some(said) => {
                let axes = order::axes(said).and_then(|axes| data.permuted(&axes));
                let expected = "the words time, batch and neuron in the order of the axes";
                let found = || match said {
                    Value::Text(text) => text.strings().join(", "),
                    other => other.describe(),
                };
                axes.ok_or_else(|| of_attribute(expected, found(), order::NAME, place))?
            }
        };
        Ok(TimeGriddedData { data, dt })
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
        check_events(&idx, &time, place)?;
        let n_neurons = self.number("n_neurons", "attribute `n_neurons`", place)?;
        if !(n_neurons >= 0.0 && n_neurons.fract() == 0.0 && n_neurons < MOST_NEURONS) {
            let expected = "a whole number of neurons from 0 on";
            return Err(of_attribute(expected, n_neurons.to_string(), "n_neurons", place));
        }
        let t_max = self.number("t_max", "attribute `t_max`", place)?;
        if !(t_max.is_finite() && t_max >= 0.0) {
            let expected = "a time in seconds from 0 on";
            return Err(of_attribute(expected, t_max.to_string(), "t_max", place));
        }
        Ok(EventData { idx, time, value, n_neurons: n_neurons as u64, t_max })
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
        let found = self.of(place).and_then(|attributes| attributes.get(name));
        let found = found.ok_or_else(|| ReadFault::Missing(what).at(place))?;
        let number = match found {
            Value::Tensor(tensor) if tensor.len() == 1 => tensor.get_f64(0),
            _ => None,
        };
        number.ok_or_else(|| of_attribute("one real number", found.describe(), name, place))
    }

    fn of(&self, place: &str) -> Option<&'a BTreeMap<String, Value>> {
        self.attributes.get(place)
    }
}

/// An attribute that is something else than is expected.
fn of_attribute(expected: &'static str, found: String, name: &str, place: &str) -> ReadError {
    ReadFault::Unexpected { expected, found }.at(format!("{place}, attribute `{name}`"))
}

/// Events have a row of whole numbers and one of times for each sample.
fn check_events(idx: &Tensor, time: &Tensor, place: &str) -> Result<(), ReadError> {
    let describe = |tensor: &Tensor| Value::Tensor(tensor.clone()).describe();
    let wrong = |expected: &'static str, found: String, name: &str| {
        Err(ReadFault::Unexpected { expected, found }.at(format!("{place}/{name}")))
    };
    // The reference writes what it is given, and the events of one sample have one axis.
    if !matches!(idx.rank(), 1 | 2) {
        return wrong("an array of shape (samples, events)", describe(idx), "idx");
    }
    let expected = "whole numbers: the number of a neuron, or -1 where there is no event";
    match idx.to_i64() {
        None => return wrong(expected, describe(idx), "idx"),
        Some(neurons) => {
            if let Some(neuron) = neurons.into_iter().find(|neuron| *neuron < -1) {
                return wrong(expected, neuron.to_string(), "idx");
            }
        }
    }
    if time.dtype().is_complex() {
        return wrong("times in seconds, which are real numbers", describe(time), "time");
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_format_does_not_have_is_noted() {
        let text = |entries: &[(&str, &str)]| {
            let entries = entries.iter();
            entries.map(|&(name, value)| (name.to_owned(), Value::from(value))).collect()
        };
        let attributes = Attributes::from([
            (String::new(), text(&[(TYPE, "NIRGraphData"), ("author", "x")])),
            ("/nodes/a".to_owned(), text(&[(TYPE, "NIRNodeData")])),
            ("/nodes/a/observables".to_owned(), text(&[("unit", "V")])),
        ]);
        let group = |entries: Vec<(&str, Value)>| {
            let entries = entries.into_iter().map(|(name, value)| (name.to_owned(), value));
            Value::Group(entries.collect())
        };
        let node = group(vec![("observables", group(vec![])), ("more", Value::from("1"))]);
        let Value::Group(root) =
            group(vec![("nodes", group(vec![("a", node)])), ("x", Value::from("y"))])
        else {
            unreachable!()
        };
        let shelf = Shelf { attributes: &attributes, unread: RefCell::default() };
        shelf.graph(root, "").unwrap();
        let expected = ["/x", "@author", "/nodes/a/more", "/nodes/a/observables@unit"];
        assert_eq!(shelf.unread.take(), expected);
    }

    #[test]
    fn an_attribute_of_another_type_is_not_said_to_be_missing() {
        let numbers =
            |values: Vec<f64>| Value::Tensor(Tensor::new(&[values.len()], values).unwrap());
        let said = |n_neurons: Value, t_max: Value| {
            let of_events =
                [(TYPE, Value::from("EventData")), ("n_neurons", n_neurons), ("t_max", t_max)];
            let of_events = of_events.map(|(name, value)| (name.to_owned(), value));
            let attributes = Attributes::from([("/s".to_owned(), BTreeMap::from(of_events))]);
            let arrays = [
                ("idx", Value::Tensor(Tensor::new(&[1, 0], Vec::<i64>::new()).unwrap())),
                ("time", Value::Tensor(Tensor::new(&[1, 0], Vec::<f64>::new()).unwrap())),
            ];
            let fields = arrays.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
            let read = Shelf { attributes: &attributes, unread: RefCell::default() }
                .observable(fields, "/s");
            read.map(|_| ()).map_err(|error| error.to_string())
        };
        let one = || numbers(vec![1.0]);
        assert_eq!(said(one(), one()), Ok(()));
        let of_two = said(one(), numbers(vec![1.0, 2.0])).unwrap_err();
        assert_eq!(of_two, "/s, attribute `t_max`: expected one real number, found f64[2]");
        let text = said(one(), Value::from("1")).unwrap_err();
        assert_eq!(text, "/s, attribute `t_max`: expected one real number, found a string");
        for n_neurons in [4.5, -4.0] {
            let said = said(numbers(vec![n_neurons]), one()).unwrap_err();
            let expected = "attribute `n_neurons`: expected a whole number of neurons from 0 on";
            assert!(said.contains(expected) && said.ends_with(&n_neurons.to_string()), "{said}");
        }
    }
}
