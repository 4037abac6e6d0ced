//! Recordings are read as the reference wrote them, and come back equal.
//!
//! The expected numbers were printed by `nir.read_data` of nir 1.0.8.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::float_cmp,
    reason = "a test that cannot go on has failed"
)]

use std::path::PathBuf;

use indexmap::IndexMap;
use nirkit_io::data::{
    Event, EventData, GraphData, Member, NodeData, Observable, TimeGriddedData, read_data,
    write_data,
};
use nirkit_io::{Compression, Limits};
use nirkit_numerics::{DType, Tensor};

fn files(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

fn node<'a>(data: &'a GraphData, name: &str) -> &'a NodeData {
    let Member::Node(node) = &data.nodes[name] else { panic!("{name} is a graph") };
    node
}

#[test]
fn a_file_of_the_reference_is_read() {
    let data = read_data(files("data_gzip.nir"), &Limits::default()).unwrap();
    let (a, b) = (node(&data, "a"), node(&data, "b"));
    let Observable::Events(events) = &a.observables["ev"] else { panic!() };
    assert_eq!((events.idx.shape(), events.n_neurons, events.t_max), (&[2, 20][..], 4, 0.03));
    let first = events.sample(0).unwrap()[..3].to_vec();
    let times: Vec<f64> = first.iter().map(|event| event.time).collect();
    assert_eq!(times, [0.0, 0.001, 0.004]);
    assert!(first.iter().all(|event| event.neuron == 0));

    let Observable::Gridded(spikes) = &a.observables["spikes"] else { panic!() };
    assert_eq!((spikes.data.shape(), spikes.dt), (&[2, 30, 4][..], 0.001));
    assert_eq!(spikes.data.as_slice::<bool>().unwrap()[..3], [true, false, false]);
    let Observable::Gridded(v) = &a.observables["v"] else { panic!() };
    assert_eq!(v.data.as_slice::<f32>().unwrap()[..3], [0.554_150_34, 0.760_718_4, 2.667_513_1]);
    assert_eq!(v.dt, 0.1);

    let Observable::Events(valued) = &b.observables["ve"] else { panic!() };
    assert_eq!(valued.value.as_ref().unwrap().get_f64(2), Some(1.0));
}

/// A recording of every kind.
fn everything() -> GraphData {
    let spikes = vec![
        vec![Event { time: 0.001, neuron: 2 }, Event { time: 0.002, neuron: 0 }],
        vec![Event { time: 0.5, neuron: 1 }],
    ];
    let events = EventData::of_samples(&spikes, 3, 1.0).unwrap();
    let value = Tensor::new(&[2, 2], vec![0.5_f32, -1.0, 2.0, f32::NAN]).unwrap();
    let valued = EventData { value: Some(value), ..events.clone() };
    let data = Tensor::new(&[1, 2, 3], vec![true, false, false, true, true, false]).unwrap();
    let gridded = TimeGriddedData { data, dt: 1e-3 };
    let observables = IndexMap::from([
        ("spikes".to_owned(), Observable::Events(events)),
        ("v".to_owned(), Observable::Gridded(gridded)),
        ("w".to_owned(), Observable::Events(valued)),
    ]);
    let inner = GraphData {
        nodes: IndexMap::from([("lif".to_owned(), Member::Node(NodeData::default()))]),
        ..GraphData::default()
    };
    GraphData {
        nodes: IndexMap::from([
            ("inner".to_owned(), Member::Graph(inner)),
            ("lif".to_owned(), Member::Node(NodeData { observables })),
        ]),
        ..GraphData::default()
    }
}

#[test]
fn recordings_of_every_kind_come_back_equal() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for compression in [Compression::None, Compression::Gzip(4), Compression::Lzf] {
        write_data(file.path(), &everything(), compression).unwrap();
        let again = read_data(file.path(), &Limits::default()).unwrap();
        // A NaN is not equal to itself, but its tensor is.
        assert_eq!(again, everything(), "{compression:?}");
    }
}

#[test]
fn events_that_fill_up_are_left_out() {
    let data = everything();
    let Observable::Events(events) = &node(&data, "lif").observables["spikes"] else { panic!() };
    assert_eq!((events.samples(), events.idx.dtype()), (2, DType::I64));
    assert_eq!(events.sample(1).unwrap(), [Event { time: 0.5, neuron: 1 }]);
    assert_eq!(events.sample(2), None);
}

#[test]
fn what_is_no_recording_is_refused() {
    let error = read_data(files("scalars_0d_none.nir"), &Limits::default()).unwrap_err();
    assert!(error.to_string().ends_with("not a NIRData file but a graph"), "{error}");
    let wrong = Tensor::new(&[2, 2], vec![0.0_f32; 4]).unwrap();
    let observable = Observable::Gridded(TimeGriddedData { data: wrong, dt: 1.0 });
    let node = NodeData { observables: IndexMap::from([("v".to_owned(), observable)]) };
    let data = GraphData {
        nodes: IndexMap::from([("a".to_owned(), Member::Node(node))]),
        ..GraphData::default()
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    write_data(file.path(), &data, Compression::None).unwrap();
    let error = read_data(file.path(), &Limits::default()).unwrap_err().to_string();
    let place = "/nodes/a/observables/v/data: expected an array of shape (samples, steps, neurons)";
    assert!(error.contains(place), "{error}");
    assert!(error.ends_with("found f32[2, 2]"), "{error}");
}

#[test]
fn attributes_and_events_that_mean_nothing_are_refused_with_their_place() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let read = |observable: Observable| {
        let node = NodeData { observables: IndexMap::from([("s".to_owned(), observable)]) };
        let data = GraphData {
            nodes: IndexMap::from([("a".to_owned(), Member::Node(node))]),
            ..GraphData::default()
        };
        write_data(file.path(), &data, Compression::None).unwrap();
        read_data(file.path(), &Limits::default()).unwrap_err().to_string()
    };
    let data = Tensor::new(&[1, 2, 1], vec![0.0_f32; 2]).unwrap();
    let said = read(Observable::Gridded(TimeGriddedData { data, dt: f64::NAN }));
    let expected = "/nodes/a/observables/s, attribute `dt`: expected a time step in seconds above 0, found NaN";
    assert!(said.ends_with(expected), "{said}");

    let events = |idx: Tensor, t_max: f64| {
        let time = Tensor::new(idx.shape(), vec![0.5; idx.len()]).unwrap();
        read(Observable::Events(EventData { idx, time, value: None, n_neurons: 3, t_max }))
    };
    let said = events(Tensor::new(&[1, 1], vec![0_i64]).unwrap(), -1.0);
    assert!(
        said.ends_with("attribute `t_max`: expected a time in seconds from 0 on, found -1"),
        "{said}"
    );
    let said = events(Tensor::new(&[1, 1], vec![-2_i64]).unwrap(), 1.0);
    assert!(said.contains("/nodes/a/observables/s/idx: expected whole numbers"), "{said}");
    assert!(said.ends_with("found -2"), "{said}");
    let said = events(Tensor::new(&[1, 2], vec![0.0, 1.0]).unwrap(), 1.0);
    assert!(said.ends_with("found f64[1, 2]"), "{said}");
}
