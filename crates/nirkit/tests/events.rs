//! Values of events count, and what is no event is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit::io::data::{EventData, GraphData, Member, NodeData, Observable};
use nirkit::numerics::Tensor;
use nirkit::stimulus::Window;
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

/// A model of an Input with four channels, on a grid of 1 ms.
fn four_channels() -> Model {
    let text = "nirt 1\nversion \"1.0.8\"\ngraph {\n  in = Input { shape: i64[1] [4] }\n  out = Output { shape: i64[1] [4] }\n  in -> out\n}\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.nirt");
    std::fs::write(&path, text).unwrap();
    Model::clocked(&nirkit::read(&path).unwrap(), &Choices::new().dt(1e-3)).unwrap()
}

/// Events of a cochlea: times in microseconds, and channels.
const EVENTS: &str = "t,x\n100,0\n900,0\n950,3\n1000,0\n2500,1\n2999,1\n2600,1\n3000,1\n7999,2\n";

/// The numbers that leave the Input, and what is said.
fn run_in_windows(most: Option<u32>) -> (Vec<f64>, Vec<String>) {
    let window = Window { seconds: 1e-3, most: most.map(|most| most.try_into().unwrap()) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.csv");
    std::fs::write(&path, EVENTS).unwrap();
    let stimulus = Stimulus::read(&path).unwrap().window(Some(window));
    assert_eq!(stimulus.dt(), Some(1e-3));
    let recording = four_channels().run(&stimulus).unwrap();
    let out = recording.get("in", nirkit::Observable::Output).unwrap();
    assert_eq!(out.shape(), [8, 4]);
    (out.to_f64().unwrap().into_owned(), recording.notes.clone())
}

#[test]
fn windows_of_a_step_are_frames_of_counts() {
    let mut frames = [0_u8; 8 * 4];
    for line in EVENTS.lines().skip(1) {
        let (time, channel) = line.split_once(',').unwrap();
        let (time, channel): (usize, usize) = (time.parse().unwrap(), channel.parse().unwrap());
        frames[time / 1000 * 4 + channel] += 1;
    }
    for most in [None, Some(2), Some(1)] {
        let of_frames: Vec<f64> = frames
            .iter()
            .map(|&count| f64::from(most.map_or(count, |most| count.min(most as u8))))
            .collect();
        let (found, notes) = run_in_windows(most);
        assert_eq!(found, of_frames, "{most:?}");
        let left_out = 9.0 - of_frames.iter().sum::<f64>();
        let told = notes.iter().find(|note| note.contains("left out, as"));
        let said = format!("{left_out} event");
        assert_eq!(told.is_some_and(|told| told.starts_with(&said)), left_out > 0.0, "{notes:?}");
    }
}

#[test]
fn choices_of_events_are_refused_where_there_are_none() {
    let frames = Tensor::new(&[2, 4], vec![1_u8; 8]).unwrap();
    let stimulus = Stimulus::of_frames(frames)
        .window(Some(Window { seconds: 1e-3, most: None }))
        .samples(Some(0..1));
    let said = four_channels().bind(&stimulus).unwrap_err().to_string();
    for option in ["`window` has no effect", "`samples` has no effect"] {
        assert!(said.contains(option), "{said}");
    }
}
