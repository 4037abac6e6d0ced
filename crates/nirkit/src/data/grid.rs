//! From events to a grid and back.

use nirkit_engine::clocked::snapped;
use nirkit_io::Limits;
use nirkit_io::data::{Event, EventData, GraphData, Member, NodeData, Observable, TimeGriddedData};
use nirkit_numerics::{DType, Shortest, Tensor};
use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// What a conversion did with the observable of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Converted {
    /// The node, with the graphs around it.
    pub node: String,
    /// The observable.
    pub observable: String,
    /// Events, before and after.
    pub events: u64,
    /// Events that are lost because their neuron has another one in the same step.
    pub together: u64,
    /// Events that are lost because they come at or behind the end.
    pub late: u64,
}

impl Converted {
    /// Whether an event is lost.
    #[must_use]
    pub fn is_lossy(&self) -> bool {
        self.together + self.late > 0
    }
}

/// Puts the events of all nodes on a grid of `dt` seconds; grids stay as they are. The report has what was converted.
///
/// ```
/// use nirkit::data::{to_events, to_grid};
/// use nirkit::io::data::{Event, EventData, GraphData, Member, NodeData, Observable};
///
/// let events = [vec![Event { time: 0.001, neuron: 1 }, Event { time: 0.0035, neuron: 0 }]];
/// let mut node = NodeData::default();
/// let events = EventData::of_samples(&events, 2, 0.004).unwrap();
/// node.observables.insert("spikes".into(), Observable::Events(events));
/// let mut data = GraphData::default();
/// data.nodes.insert("in".into(), Member::Node(node));
///
/// let (grid, report) = to_grid(&data, 0.001, &Default::default())?;
/// assert!(!report[0].is_lossy());
/// let (back, _) = to_events(&grid, &Default::default())?;
/// assert_eq!(to_grid(&back, 0.001, &Default::default())?.0, grid);
/// # Ok::<(), nirkit::Error>(())
/// ```
///
/// # Errors
///
/// A step that is no time above 0, events that are no numbers of neurons and times, more values than `dataset_bytes` allows.
pub fn to_grid(
    data: &GraphData,
    dt: f64,
    limits: &Limits,
) -> Result<(GraphData, Vec<Converted>), Error> {
    if !(dt.is_finite() && dt > 0.0) {
        let what = format!("a step of {} s is no time above 0", Shortest(dt));
        return Err(Error::new(what).of_kind(ErrorKind::Choice).help("give a step above 0"));
    }
    each(data, "", &mut |observable| match observable {
        Observable::Events(events) => gridded(events, dt, limits).map(Some),
        Observable::Gridded(_) => Ok(None),
    })
}

/// Makes events of the grids of all nodes; events stay as they are. The report has what was converted.
///
/// # Errors
///
/// Complex numbers, more events than `dataset_bytes` allows.
pub fn to_events(data: &GraphData, limits: &Limits) -> Result<(GraphData, Vec<Converted>), Error> {
    each(data, "", &mut |observable| match observable {
        Observable::Gridded(grid) => of_grid(grid, limits).map(Some),
        Observable::Events(_) => Ok(None),
    })
}

/// What an observable becomes, its events, and those that are lost: together, late.
type Made = (Observable, [u64; 3]);

/// Converts every observable of a graph for which `convert` gives another one.
fn each(
    data: &GraphData,
    outer: &str,
    convert: &mut impl FnMut(&Observable) -> Result<Option<Made>, Error>,
) -> Result<(GraphData, Vec<Converted>), Error> {
    let (mut made, mut report) = (GraphData::default(), Vec::new());
    for (name, member) in &data.nodes {
        let place = format!("{outer}{name}");
        let member = match member {
            Member::Graph(inner) => {
                let (inner, more) = each(inner, &format!("{place}."), convert)?;
                report.extend(more);
                Member::Graph(inner)
            }
            Member::Node(node) => {
                let mut converted = NodeData::default();
                for (what, observable) in &node.observables {
                    let about = |error: Error| error.about(&format!("`{place}:{what}`"));
                    let observable = match convert(observable).map_err(about)? {
                        None => observable.clone(),
                        Some((observable, [events, together, late])) => {
                            let (node, what) = (place.clone(), what.clone());
                            report.push(Converted {
                                node,
                                observable: what,
                                events,
                                together,
                                late,
                            });
                            observable
                        }
                    };
                    converted.observables.insert(what.clone(), observable);
                }
                Member::Node(converted)
            }
        };
        made.nodes.insert(name.clone(), member);
    }
    Ok((made, report))
}

/// The number of the step that holds an instant; one on the grid belongs to the step that begins there.
fn step(time: f64, dt: f64) -> f64 {
    snapped(time / dt).floor()
}

fn refuse(what: impl Into<String>, help: &str) -> Error {
    Error::new(what).of_kind(ErrorKind::Read).help(help)
}

/// Checks that so many elements of so many bytes are allowed.
fn room(elements: Option<u64>, bytes: u64, limits: &Limits) -> Result<usize, Error> {
    let needed = elements.and_then(|elements| elements.checked_mul(bytes));
    match (needed, elements.and_then(|elements| usize::try_from(elements).ok())) {
        (Some(needed), Some(elements)) if needed <= limits.dataset_bytes => Ok(elements),
        _ => {
            let needed = needed.map_or("more than 2^64".to_owned(), |needed| needed.to_string());
            let most = limits.dataset_bytes;
            let what = format!("it needs {needed} bytes, the limit `dataset_bytes` allows {most}");
            Err(refuse(what, "take a longer step, or raise `--limit dataset_bytes`"))
        }
    }
}

/// Events on a grid.
fn gridded(events: &EventData, dt: f64, limits: &Limits) -> Result<Made, Error> {
    let is_time = events.t_max.is_finite() && events.t_max >= 0.0;
    let steps = step(events.t_max, dt);
    if !is_time || steps >= 9e15 {
        let what = format!("a recording of {} s has no number of steps", Shortest(events.t_max));
        return Err(refuse(what, "correct `t_max` of the events"));
    }
    let (samples, steps, neurons) = (events.samples() as u64, steps as u64, events.n_neurons);
    let all = samples.checked_mul(steps).and_then(|all| all.checked_mul(neurons));
    let is_valued = events.value.is_some();
    let bytes = if is_valued { DType::F64.size() } else { DType::Bool.size() };
    let all = room(all, bytes as u64, limits)?;
    let (mut values, mut is_set) = (vec![0.0; if is_valued { all } else { 0 }], vec![false; all]);
    let [mut count, mut together, mut late] = [0, 0, 0];
    let found = events.valued_samples();
    let found = found.ok_or_else(|| refuse("its events are no numbers", "write them again"))?;
    for (sample, found) in (0..samples).zip(found) {
        for (Event { time, neuron }, value) in found {
            count += 1;
            let position = step(time, dt);
            if !(time >= 0.0 && (neuron as u64) < neurons) {
                let what =
                    format!("an event has the time {time} and the neuron {neuron} of {neurons}");
                return Err(refuse(
                    what,
                    "events have times from 0 on, and neurons counted from 0",
                ));
            }
            if position >= steps as f64 {
                late += 1;
                continue;
            }
            let at = ((sample * steps + position as u64) * neurons) as usize + neuron;
            together += u64::from(std::mem::replace(&mut is_set[at], true));
            if is_valued {
                values[at] = value;
            }
        }
    }
    let shape = [samples as usize, steps as usize, neurons as usize];
    let data = if is_valued { Tensor::new(&shape, values) } else { Tensor::new(&shape, is_set) };
    let data = data.map_err(|error| Error::new(error.to_string()))?;
    Ok((Observable::Gridded(TimeGriddedData { data, dt }), [count, together, late]))
}

/// A grid as events.
fn of_grid(grid: &TimeGriddedData, limits: &Limits) -> Result<Made, Error> {
    let &[samples, steps, neurons] = grid.data.shape() else {
        let what =
            format!("a grid has the axes sample, step and neuron, not {:?}", grid.data.shape());
        return Err(refuse(what, "write it again"));
    };
    let values = grid.data.to_f64();
    let values = values.ok_or_else(|| refuse("its numbers are complex", "store real numbers"))?;
    let sample_len = steps * neurons;
    let of_sample = |sample: usize| values[sample * sample_len..(sample + 1) * sample_len].iter();
    let count = |sample: usize| of_sample(sample).filter(|&&value| value != 0.0).count();
    let most = (0..samples).map(count).max().unwrap_or(0);
    let is_valued = grid.data.dtype() != DType::Bool;
    let bytes = if is_valued { 24 } else { 16 };
    let all = room((samples as u64).checked_mul(most as u64), bytes, limits)?;
    let (mut idx, mut time) = (vec![-1_i64; all], vec![f64::INFINITY; all]);
    let mut value = vec![0.0; if is_valued { all } else { 0 }];
    let mut total = 0;
    for sample in 0..samples {
        let real = of_sample(sample).enumerate().filter(|(_, value)| **value != 0.0);
        for (slot, (at, &found)) in real.enumerate() {
            let place = sample * most + slot;
            idx[place] = (at % neurons) as i64;
            time[place] = (at / neurons) as f64 * grid.dt;
            if is_valued {
                value[place] = found;
            }
            total += 1;
        }
    }
    let shape = [samples, most];
    let tensor = |made: Result<Tensor, _>| {
        made.map_err(|error: nirkit_numerics::TensorError| Error::new(error.to_string()))
    };
    let value = if is_valued { Some(tensor(Tensor::new(&shape, value))?) } else { None };
    let (idx, time) = (tensor(Tensor::new(&shape, idx))?, tensor(Tensor::new(&shape, time))?);
    let t_max = steps as f64 * grid.dt;
    let events = EventData { idx, time, value, n_neurons: neurons as u64, t_max };
    Ok((Observable::Events(events), [total, 0, 0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(observable: Observable) -> GraphData {
        let mut node = NodeData::default();
        node.observables.insert("spikes".to_owned(), observable);
        let (mut inner, mut outer) = (GraphData::default(), GraphData::default());
        inner.nodes.insert("a".to_owned(), Member::Node(node));
        outer.nodes.insert("g".to_owned(), Member::Graph(inner));
        outer
    }

    fn observable(data: &GraphData) -> &Observable {
        let Member::Graph(inner) = &data.nodes["g"] else { unreachable!() };
        let Member::Node(node) = &inner.nodes["a"] else { unreachable!() };
        &node.observables["spikes"]
    }

    /// Two samples of three neurons over 4 ms, with an event on a border, two in one step and one behind the end.
    fn events(value: bool) -> EventData {
        let idx = vec![0_i64, 2, 2, 1, 1, -1, -1, -1];
        let time =
            vec![0.0, 0.003, 0.0034, 0.004, 0.001, f64::INFINITY, f64::INFINITY, f64::INFINITY];
        let value = value.then(|| vec![0.5, -1.0, 2.0, 9.0, 3.0, 0.0, 0.0, 0.0]);
        let shape = [2, 4];
        EventData {
            idx: Tensor::new(&shape, idx).unwrap(),
            time: Tensor::new(&shape, time).unwrap(),
            value: value.map(|value| Tensor::new(&shape, value).unwrap()),
            n_neurons: 3,
            t_max: 0.004,
        }
    }

    #[test]
    fn a_grid_says_what_it_has_no_room_for() {
        let limits = Limits::default();
        for is_valued in [false, true] {
            let (grid, report) =
                to_grid(&data(Observable::Events(events(is_valued))), 1e-3, &limits).unwrap();
            let [Converted { node, events, together, late, .. }] = &report[..] else {
                unreachable!()
            };
            assert_eq!((node.as_str(), *events, *together, *late), ("g.a", 5, 1, 1));
            let Observable::Gridded(found) = observable(&grid) else { unreachable!() };
            let mut expected = vec![0.0; 2 * 4 * 3];
            // Sample, step, neuron.
            for (at, value) in [(0, 0.5), (3 * 3 + 2, 2.0), (12 + 3 + 1, 3.0)] {
                expected[at] = if is_valued { value } else { 1.0 };
            }
            assert_eq!(found.data.shape(), [2, 4, 3]);
            assert_eq!(found.data.to_f64().unwrap().to_vec(), expected);
            // What is on the grid comes back from events.
            let (back, _) = to_events(&grid, &limits).unwrap();
            let (again, report) = to_grid(&back, 1e-3, &limits).unwrap();
            assert_eq!(again, grid);
            assert!(!report[0].is_lossy());
        }
    }

    #[test]
    fn what_takes_too_much_memory_is_refused() {
        let limits = Limits { dataset_bytes: 1000, ..Limits::default() };
        let refused = to_grid(&data(Observable::Events(events(false))), 1e-6, &limits).unwrap_err();
        assert!(refused.to_string().contains("`g.a:spikes`: it needs 24000 bytes"), "{refused}");
        let huge = EventData { n_neurons: u64::MAX, ..events(false) };
        assert!(to_grid(&data(Observable::Events(huge)), 1e-3, &limits).is_err());
        for dt in [0.0, -1.0, f64::NAN] {
            assert!(to_grid(&GraphData::default(), dt, &limits).is_err());
        }
    }
}
