//! `NIRData` as nested dictionaries; `kind` names the class.

use nirkit::io::data::{EventData, GraphData, Member, NodeData, Observable, TimeGriddedData};
use nirkit::numerics::Tensor;
use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::tensor;
use crate::error::Raise;

pub(crate) fn to_python(py: Python<'_>, data: GraphData) -> PyResult<Bound<'_, PyDict>> {
    let nodes = PyDict::new(py);
    for (name, member) in data.nodes {
        let member = match member {
            Member::Graph(graph) => to_python(py, graph)?,
            Member::Node(node) => node_to_python(py, node)?,
        };
        nodes.set_item(name, member)?;
    }
    let entries = PyDict::new(py);
    entries.set_item("kind", "NIRGraphData")?;
    entries.set_item("nodes", nodes)?;
    entries.set_item("unread", data.unread)?;
    Ok(entries)
}

fn node_to_python(py: Python<'_>, node: NodeData) -> PyResult<Bound<'_, PyDict>> {
    let observables = PyDict::new(py);
    for (name, observable) in node.observables {
        let entries = PyDict::new(py);
        match observable {
            Observable::Gridded(TimeGriddedData { data, dt }) => {
                entries.set_item("kind", "TimeGriddedData")?;
                entries.set_item("data", tensor::to_array(py, data)?)?;
                entries.set_item("dt", dt)?;
            }
            Observable::Events(EventData { idx, time, value, n_neurons, t_max }) => {
                let kind = if value.is_some() { "ValuedEventData" } else { "EventData" };
                entries.set_item("kind", kind)?;
                entries.set_item("idx", tensor::to_array(py, idx)?)?;
                entries.set_item("time", tensor::to_array(py, time)?)?;
                let value = value.map(|value| tensor::to_array(py, value)).transpose()?;
                entries.set_item("value", value)?;
                entries.set_item("n_neurons", n_neurons)?;
                entries.set_item("t_max", t_max)?;
            }
        }
        observables.set_item(name, entries)?;
    }
    let entries = PyDict::new(py);
    entries.set_item("kind", "NIRNodeData")?;
    entries.set_item("observables", observables)?;
    Ok(entries)
}

pub(crate) fn from_python(entries: &Bound<'_, PyDict>) -> PyResult<GraphData> {
    let mut data = GraphData::default();
    for (name, member) in required(entries, "nodes")?.cast::<PyDict>()?.iter() {
        let member = member.cast::<PyDict>()?;
        let is_graph = required(member, "kind")?.cast::<PyString>()?.to_str()? == "NIRGraphData";
        let member = if is_graph {
            Member::Graph(from_python(member)?)
        } else {
            Member::Node(node_from_python(member)?)
        };
        data.nodes.insert(name.extract()?, member);
    }
    Ok(data)
}

fn node_from_python(entries: &Bound<'_, PyDict>) -> PyResult<NodeData> {
    let mut node = NodeData::default();
    for (name, entries) in required(entries, "observables")?.cast::<PyDict>()?.iter() {
        let entries = entries.cast::<PyDict>()?;
        let gridded = required(entries, "kind")?.cast::<PyString>()?.to_str()? == "TimeGriddedData";
        let observable = if gridded {
            let data = array(&required(entries, "data")?)?;
            Observable::Gridded(TimeGriddedData { data, dt: required(entries, "dt")?.extract()? })
        } else {
            let value = required(entries, "value")?;
            Observable::Events(EventData {
                idx: array(&required(entries, "idx")?)?,
                time: array(&required(entries, "time")?)?,
                value: if value.is_none() { None } else { Some(array(&value)?) },
                n_neurons: required(entries, "n_neurons")?.extract()?,
                t_max: required(entries, "t_max")?.extract()?,
            })
        };
        node.observables.insert(name.extract()?, observable);
    }
    Ok(node)
}

fn required<'py>(entries: &Bound<'py, PyDict>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    entries.get_item(name)?.ok_or_else(|| Raise::ValueType.one(format!("there is no `{name}`")))
}

/// The tensor of an array.
pub(crate) fn array(object: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    let unsupported =
        |found: String| Raise::ValueType.one(format!("an array of numbers is needed, not {found}"));
    let array = object.cast::<PyUntypedArray>();
    let array = array.map_err(|_| unsupported(format!("a {}", object.get_type())))?;
    let found = tensor::from_numpy(array)?;
    found.ok_or_else(|| unsupported(format!("one of {}", array.dtype())))
}
