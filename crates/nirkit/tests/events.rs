//! Values of events count, and what is no event is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit::io::data::{EventData, GraphData, Member, NodeData, Observable};
use nirkit::numerics::Tensor;
use nirkit::sim::Signal;
use nirkit::stimulus::{Collector, Frames, Loaded};

fn collected(idx: Vec<i64>, time: Vec<f64>, value: Option<Vec<f64>>) -> Result<Loaded, String> {
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
    let mut collector = Collector::new(vec![("in".to_owned(), vec![2])], Frames::Auto, false);
    collector.add_data(None, &data).map_err(|error| error.to_string())?;
    Ok(collector.finish())
}

#[test]
fn each_event_counts_as_much_as_its_value() {
    let loaded =
        collected(vec![0, 1, 0], vec![1e-3, 2e-3, 3e-3], Some(vec![2.0, 3.0, 4.0])).unwrap();
    let Signal::Spikes { spikes, .. } = &loaded.samples[0].signals["in"] else { panic!() };
    let sum = |channel| -> f64 {
        spikes.iter().filter(|spike| spike.channel == channel).map(|spike| spike.value).sum()
    };
    assert_eq!([sum(0), sum(1)], [6.0, 3.0]);
}

#[test]
fn events_without_values_count_one_and_fillers_none() {
    let loaded = collected(vec![0, -1], vec![1e-3, f64::INFINITY], None).unwrap();
    let Signal::Spikes { spikes, .. } = &loaded.samples[0].signals["in"] else { panic!() };
    assert_eq!((spikes.len(), spikes[0].value), (1, 1.0));
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
        let error = collected(vec![idx], vec![time], Some(vec![value])).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}
