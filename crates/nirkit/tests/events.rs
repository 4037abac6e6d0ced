//! Values of events count, and what is no event is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit::io::data::{EventData, GraphData, Member, NodeData, Observable};
use nirkit::numerics::Tensor;
use nirkit::{Choices, Model, Stimulus};

/// What leaves the Input of a graph of two channels in all, channel by channel.
fn sums(idx: Vec<i64>, time: Vec<f64>, value: Option<Vec<f64>>) -> Result<Vec<f64>, String> {
    let shape = [1, idx.len()];
    let events = EventData {
        idx: Tensor::new(&shape, idx).unwrap(),
        time: Tensor::new(&shape, time).unwrap(),
        value: value.map(|value| Tensor::new(&shape, value).unwrap()),
        n_neurons: 2,
        t_max: 0.01,
    };
    let mut node = NodeData::default();
    node.observables.insert("spikes".to_owned(), Observable::Events(events));
    let mut data = GraphData::default();
    data.nodes.insert("in".to_owned(), Member::Node(node));
    let text = "nirt 1\nversion \"1.0.8\"\ngraph {\n  in = Input { shape: i64[1] [2] }\n  out = Output { shape: i64[1] [2] }\n  in -> out\n}\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.nirt");
    std::fs::write(&path, text).unwrap();
    let graph = nirkit::read(&path).unwrap();
    let model = Model::clocked(&graph, &Choices::new().dt(1e-3)).unwrap();
    let stimulus = Stimulus::new().data(None, data);
    let recording = model.run(&stimulus).map_err(|error| error.to_string())?;
    let spikes =
        recording.get("in", nirkit::Observable::Output).unwrap().to_f64().unwrap().into_owned();
    Ok((0..2).map(|channel| spikes.iter().skip(channel).step_by(2).sum()).collect())
}

#[test]
fn each_event_counts_as_much_as_its_value() {
    let sums = sums(vec![0, 1, 0], vec![1e-3, 2e-3, 3e-3], Some(vec![2.0, 3.0, 4.0])).unwrap();
    assert_eq!(sums, [6.0, 3.0]);
}

#[test]
fn events_without_values_count_one_and_fillers_none() {
    let sums = sums(vec![0, -1], vec![1e-3, f64::INFINITY], None).unwrap();
    assert_eq!(sums, [1.0, 0.0]);
}

#[test]
fn values_times_and_channels_that_are_none_are_refused() {
    for (idx, time, value, said) in [
        (0, 1e-3, f64::NAN, "the value NaN"),
        (0, 1e-3, f64::INFINITY, "the value inf"),
        (0, f64::NAN, 1.0, "the time NaN"),
        (0, -1.0, 1.0, "the time -1"),
        (2, 1e-3, 1.0, "the channel 2 of 2"),
    ] {
        let error = sums(vec![idx], vec![time], Some(vec![value])).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}
