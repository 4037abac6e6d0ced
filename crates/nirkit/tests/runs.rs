//! Runs of a model: divided among threads, watched, stopped; and what a model says of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use nirkit::ir::Document;
use nirkit::numerics::Tensor;
use nirkit::watch::Watch;
use nirkit::{Choices, Error, ErrorKind, Model, Record, Recording, Run, Stimulus};

/// More than the steps after which a run says how far it is, and no multiple of them.
const STEPS: usize = 290;

fn graph() -> Document {
    nirkit::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/small.nir")).unwrap()
}

/// Samples that differ from each other.
fn stimulus(samples: usize) -> Stimulus {
    let values =
        |sample: usize| (0..4 * STEPS).map(move |at| f64::from(u8::from(at % (3 + sample) == 0)));
    let values = (0..samples).flat_map(values).collect();
    let frames = Tensor::new(&[samples, STEPS, 4], values).unwrap();
    Stimulus::of_frames(frames).batched(true)
}

/// Every meaning of the graph that runs it.
fn models() -> Vec<Model> {
    let graph = graph();
    let meanings = ["clocked", "exact", "snntorch", "norse", "sinabs", "speck", "xylo", "loihi2"];
    let model = |meaning: &str| Model::new(&graph, meaning, &Choices::new().dt(1e-4)).ok();
    let models: Vec<Model> = meanings.into_iter().filter_map(model).collect();
    assert!(models.len() >= 4, "{models:?}");
    models
}

/// What a recording holds, bit for bit.
fn bits(recording: &Recording) -> Vec<(String, Vec<u64>)> {
    let of_array = |tensor: &Tensor| {
        tensor.to_f64().unwrap().iter().map(|value| value.to_bits()).collect::<Vec<_>>()
    };
    let arrays = recording.arrays.iter().map(|(request, tensor)| {
        (format!("{}:{}", request.node, request.observable), of_array(tensor))
    });
    let trains = recording.events.iter().flat_map(|(node, trains)| {
        trains.iter().map(|train| {
            let times = train.times.iter().map(|time| time.to_bits());
            (node.clone(), times.chain(train.channels.iter().map(|&c| c as u64)).collect())
        })
    });
    arrays.chain(trains).collect()
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let stimulus = stimulus(5);
    for model in models() {
        let run = Run::new().record(Record::All);
        let alone = bits(&model.run_with(&stimulus, &run).unwrap());
        assert!(!alone.is_empty());
        for threads in [2, 3, 5, 8] {
            let other = model.run_with(&stimulus, &run.clone().threads(threads)).unwrap();
            assert_eq!(bits(&other), alone, "{model:?}, {threads} threads");
        }
    }
}

#[test]
fn a_watched_run_is_told_of_to_its_end() {
    for model in models() {
        let (told, of) = (AtomicU64::new(0), AtomicU64::new(0));
        let look = |done: u64, total: u64| {
            told.store(done, Ordering::Relaxed);
            of.store(total, Ordering::Relaxed);
        };
        model.run_with(&stimulus(2), &Run::new().watch(&look)).unwrap();
        let (told, of) = (told.into_inner(), of.into_inner());
        assert!(told == of && told > 0, "{model:?}: {told} of {of}");
    }
}

/// Stops a run when it is told of it for the first time.
struct Impatient;

impl Watch for Impatient {
    fn done(&self, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

#[test]
fn a_run_can_be_stopped() {
    for model in models() {
        let run = Run::new().threads(2).watch(&Impatient);
        let error = model.run_with(&stimulus(2), &run).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stopped, "{model:?}");
    }
}

#[test]
fn a_sum_is_that_of_the_steps() {
    for model in models() {
        let all = model.run(&stimulus(2)).unwrap();
        let sums = model.run_with(&stimulus(2), &Run::new().sums_only(true)).unwrap();
        assert_eq!(all.totals, sums.totals, "{model:?}");
    }
}

fn refusal(meaning: &str, choices: &Choices) -> Error {
    Model::new(&graph(), meaning, choices).unwrap_err()
}

#[test]
fn a_choice_that_a_mode_does_not_have_is_refused_by_its_name_and_mode() {
    let names = [
        ("precision", "f32", "clocked"),
        ("integrator", "exponential", "clocked"),
        ("input", "next", "clocked"),
        ("synapse", "new", "clocked"),
        ("reset_timing", "next", "clocked"),
        ("comparison", ">=", "clocked"),
        ("start", "zero", "clocked"),
        ("feedback", "absent", "clocked"),
        ("threshold", "level", "clocked"),
        ("spike_step", "nearest", "clocked"),
        ("current", "sample", "clocked"),
        ("max_pending", "1000", "exact"),
        ("sums", "backward", "simulator"),
        ("way", "1", "simulator"),
        ("quantize", "channel", "chip"),
    ];
    let modes =
        [("clocked", "clocked"), ("exact", "exact"), ("snntorch", "simulator"), ("xylo", "chip")];
    for (name, value, owner) in names {
        for (meaning, mode) in modes {
            let choices = Choices::new().dt(1e-4).set(name, value);
            if mode == owner {
                // It is used, and told, unless the graph is refused for another reason.
                match Model::new(&graph(), meaning, &choices) {
                    Ok(model) => {
                        // A way is told only where there are several.
                        let told = model.choices().iter().find(|choice| choice.name == name);
                        assert!(
                            told.is_some_and(|c| c.source == "given") || name == "way",
                            "{name} {meaning}"
                        );
                    }
                    Err(error) => assert_ne!(error.kind(), ErrorKind::Choice, "{name}: {error}"),
                }
                continue;
            }
            let error = refusal(meaning, &choices);
            assert_eq!(error.kind(), ErrorKind::Choice, "{name}, {meaning}: {error}");
            assert!(error.to_string().contains(name), "{name}, {meaning}: {error}");
            let help = error.reasons()[0].help.clone().unwrap();
            assert!(help.contains(owner), "{name}, {meaning}: {help}");
        }
    }
}

#[test]
fn every_error_of_choices_is_told_at_once() {
    let choices = Choices::new().dt(1e-4).set("precision", "f32").set("quantize", "global");
    let error = refusal("exact", &choices);
    assert_eq!(error.reasons().len(), 2, "{error}");
}

#[test]
fn an_unknown_platform_gets_a_suggestion_and_a_version_may_be_its_beginning() {
    let error = refusal("nrose", &Choices::new());
    assert!(error.reasons()[0].help.as_deref().unwrap().contains("did you mean `norse`?"));
    let nirkit::platforms::Platform::Simulator(profile) = nirkit::platform("snntorch@0.9").unwrap()
    else {
        panic!("a simulator")
    };
    assert!(profile.title().starts_with("snntorch@0.9."));
}

#[test]
fn a_run_in_which_nothing_happens_says_so() {
    let silent = Stimulus::of_frames(Tensor::new(&[20, 4], vec![0.0; 80]).unwrap());
    for model in models() {
        let recording = model.run(&silent).unwrap();
        assert!(recording.notes.iter().any(|note| note.contains("no neuron spikes")), "{model:?}");
    }
}

#[test]
fn a_node_has_one_total_whatever_is_recorded() {
    let model = Model::platform(&graph(), "spyx", &Choices::new().dt(1e-3)).unwrap();
    let run = Run::new().record(Record::All);
    let recording = model.run_with(&stimulus(1), &run).unwrap();
    let names: Vec<&str> = recording.totals.iter().map(|total| total.node.as_str()).collect();
    assert_eq!(names, ["lif1", "lif2"]);
    let has =
        |observable| recording.arrays.iter().any(|(request, _)| request.observable == observable);
    assert!(has(nirkit::Observable::Output) && has(nirkit::Observable::Spikes));
}
