//! What a file says of itself is taken by every meaning of a graph, or told where it is not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit::time_unit::TimeUnit;
use nirkit::{Choices, Model, Stimulus};

/// A graph with these metadata: two neurons of 20 ms, or of 20 where times are in milliseconds.
fn graph(metadata: &str, tau: f64) -> nirkit::ir::Document {
    let text = format!(
        "nirt 1
graph {{
  metadata {{ {metadata} }}
  input = Input {{ shape: i64[1] [2] }}
  fc = Linear {{ weight: f32[2, 2] [[0.9, 0.4], [0.2, 1.1]] }}
  lif = LIF {{ tau: f32[2] {tau:?}, r: f32[2] 10, v_leak: f32[2] 0, v_threshold: f32[2] 1, v_reset: f32[2] 0 }}
  output = Output {{ shape: i64[1] [2] }}
  input -> fc -> lif -> output
}}
"
    );
    nirkit::ir::text::parse(&text, &()).unwrap()
}

fn stimulus() -> Stimulus {
    let frames = nirkit::numerics::Tensor::new(&[50, 2], vec![1.0_f32; 100]).unwrap();
    Stimulus::new().array(None, frames)
}

fn choice(model: &Model, name: &str) -> Option<(String, String)> {
    let found = model.choices().iter().find(|choice| choice.name == name)?;
    Some((found.value.clone(), found.source.clone()))
}

fn spikes(model: &Model) -> f64 {
    let recording = model.run(&stimulus()).unwrap();
    recording.totals.iter().filter(|total| total.node != "input").map(|total| total.sum).sum()
}

#[test]
fn a_chip_resets_as_the_file_says_where_it_has_a_choice() {
    let of = |metadata: &str, meaning: &str, choices: &Choices| {
        Model::new(&graph(metadata, 0.02), meaning, &choices.clone().dt(1e-3)).unwrap()
    };
    let none = Choices::new();
    let [zero, subtract] = ["reset: \"zero\"", "reset: \"subtract\""];
    let on_chip = of(zero, "spinnaker2", &none);
    assert_eq!(choice(&on_chip, "reset"), Some(("zero".into(), "metadata `reset`".into())));
    let given = of("", "spinnaker2", &none.clone().reset(nirkit::Reset::Zero));
    assert_eq!(spikes(&on_chip), spikes(&given));
    assert_ne!(spikes(&on_chip), spikes(&of(subtract, "spinnaker2", &none)));
    let without = choice(&of("", "spinnaker2", &none), "reset");
    assert_eq!(without, Some(("subtract".into(), "the chip's first".into())));
}

#[test]
fn a_platform_that_resets_otherwise_says_so() {
    for meaning in ["norse", "lava", "loihi2"] {
        let choices = Choices::new().dt(1e-3);
        let model = Model::new(&graph("reset: \"subtract\"", 0.02), meaning, &choices).unwrap();
        let notes = model.notes().join("\n");
        assert!(notes.contains("N707"), "{meaning}: {notes}");
        let (_, source) = choice(&model, "reset").unwrap();
        assert!(source.contains("metadata `reset`) has no effect"), "{meaning}: {source}");
    }
}

#[test]
fn milliseconds_are_read_as_the_metadata_say_by_every_meaning() {
    let seconds = graph("", 0.02);
    let said = graph("time_unit: \"ms\"", 20.0);
    for meaning in ["exact", "clocked", "norse", "lava", "loihi2"] {
        let choices = Choices::new().dt(1e-3).reset(nirkit::Reset::Zero);
        let of = |document| Model::new(document, meaning, &choices).unwrap();
        let (one, other) = (of(&seconds), of(&said));
        assert_eq!(spikes(&one), spikes(&other), "{meaning}");
        let unit = choice(&other, "time_unit");
        assert_eq!(unit, Some(("ms".into(), "metadata `time_unit`".into())), "{meaning}");
        let notes = other.notes().join("\n");
        assert!(notes.contains("time_unit` is not given; ms is taken"), "{meaning}: {notes}");
    }
    let given = Choices::new().dt(1e-3).time_unit(TimeUnit::Second);
    let error = Model::new(&said, "clocked", &given).err().unwrap();
    assert!(error.to_string().contains("its times are in ms"), "{error}");
}

#[test]
fn a_step_that_a_platform_does_not_take_is_told() {
    let document = graph("dt: f64 0.002", 0.02);
    let model = Model::new(&document, "snntorch", &Choices::new()).unwrap();
    let notes = model.notes().join("\n");
    assert!(notes.contains("0.002 s (metadata `dt`) is left out"), "{notes}");
    let recorded = Choices::new().recorded_dt(Some(0.003));
    let model = Model::new(&graph("", 0.02), "snntorch", &recorded).unwrap();
    let notes = model.notes().join("\n");
    assert!(notes.contains("0.003 s (the stimulus) is left out"), "{notes}");
}

#[test]
fn of_several_observables_the_spikes_enter() {
    use nirkit::io::data::{Event, EventData, GraphData, Member, NodeData, Observable};
    let events = |count: usize| {
        let event = |n: usize| Event { time: 1e-3 * n as f64, neuron: n % 2 };
        let list: Vec<Event> = (0..count).map(event).collect();
        Observable::Events(EventData::of_samples(&[list], 2, 0.05).unwrap())
    };
    let data = |names: &[(&str, usize)]| {
        let observables = names.iter().map(|(name, n)| ((*name).to_owned(), events(*n))).collect();
        let member = Member::Node(NodeData { observables });
        GraphData { nodes: [("input".to_owned(), member)].into_iter().collect() }
    };
    let model = Model::clocked(&graph("", 0.02), &Choices::new().dt(1e-3)).unwrap();
    let total = |data| {
        let recording = model.run(&Stimulus::new().data(None, data)).unwrap();
        let input = recording.totals.iter().find(|total| total.node == "input").unwrap().sum;
        (input, recording.notes.join("\n"))
    };
    let (sum, notes) = total(data(&[("input", 9), ("spikes", 5)]));
    assert_eq!(sum, 5.0);
    assert!(notes.contains("spikes enters, input does not"), "{notes}");
    let several = data(&[("a", 9), ("b", 5)]);
    let error = model.run(&Stimulus::new().data(None, several)).unwrap_err();
    assert!(error.to_string().contains("(a, b), and none is `spikes`"), "{error}");
}
