//! What is in NIRData.

use nirkit_io::data::{GraphData, Member, Observable};
use nirkit_numerics::DType;
use serde::Serialize;

/// The observable of a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObservableInfo {
    /// The node, with the graphs around it.
    pub node: String,
    /// The observable.
    pub observable: String,
    /// `TimeGriddedData`, `EventData` or `ValuedEventData`.
    pub class: &'static str,
    /// Samples.
    pub samples: usize,
    /// Neurons.
    pub neurons: u64,
    /// How long it lasts, in seconds.
    pub duration: f64,
    /// The time step of a grid, in seconds.
    pub dt: Option<f64>,
    /// The type of the numbers of a grid, or of values.
    pub dtype: Option<String>,
    /// Events, or numbers of a grid that are not 0; `None` where they are no numbers.
    pub events: Option<u64>,
}

/// Returns what NIRData holds, an entry for each observable, in the order of the file.
#[must_use]
pub fn info(data: &GraphData) -> Vec<ObservableInfo> {
    let mut found = Vec::new();
    add(data, "", &mut found);
    found
}

fn add(data: &GraphData, outer: &str, found: &mut Vec<ObservableInfo>) {
    for (name, member) in &data.nodes {
        let node = format!("{outer}{name}");
        match member {
            Member::Graph(inner) => add(inner, &format!("{node}."), found),
            Member::Node(data) => found.extend(
                { data.observables.iter() }.map(|(what, observable)| of(&node, what, observable)),
            ),
        }
    }
}

fn of(node: &str, observable: &str, data: &Observable) -> ObservableInfo {
    let (node, observable) = (node.to_owned(), observable.to_owned());
    let name = |dtype: DType| dtype.to_string();
    match data {
        Observable::Gridded(grid) => {
            let axis = |at: usize| grid.data.shape().get(at).copied().unwrap_or(0);
            let numbers = grid.data.to_f64();
            ObservableInfo {
                node,
                observable,
                class: "TimeGriddedData",
                samples: axis(0),
                neurons: axis(2) as u64,
                duration: axis(1) as f64 * grid.dt,
                dt: Some(grid.dt),
                dtype: Some(name(grid.data.dtype())),
                events: numbers.map(|all| all.iter().filter(|&&one| one != 0.0).count() as u64),
            }
        }
        Observable::Events(events) => {
            let neurons = events.idx.to_i64();
            ObservableInfo {
                node,
                observable,
                class: if events.value.is_some() { "ValuedEventData" } else { "EventData" },
                samples: events.samples(),
                neurons: events.n_neurons,
                duration: events.t_max,
                dt: None,
                dtype: events.value.as_ref().map(|value| name(value.dtype())),
                events: neurons
                    .map(|all| all.iter().filter(|&&neuron| neuron != -1).count() as u64),
            }
        }
    }
}
