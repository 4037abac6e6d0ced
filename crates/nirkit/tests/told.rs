//! What a model does not see, keep or count is told.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit::adapt::{Adapt, adapt};
use nirkit::compare::{Compare, compare_platforms};
use nirkit::numerics::Tensor;
use nirkit::{Choices, Instants, Model, Record, Run, Stimulus};

/// Nodes in a row from an Input to an Output, of one channel each.
fn chain(nodes: &[(&str, &str)]) -> nirkit::ir::Document {
    let port = |kind: &str| format!("{kind} {{ shape: i64[1] [1] }}");
    let all = [("input", port("Input")), ("output", port("Output"))];
    let all = all.iter().map(|(name, node)| (*name, node.as_str())).chain(nodes.iter().copied());
    let nodes_of_text: String = all.map(|(name, node)| format!("  {name} = {node}\n")).collect();
    let names: Vec<&str> = nodes.iter().map(|(name, _)| *name).collect();
    let text = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\n{nodes_of_text}  input -> {} -> output\n}}\n",
        names.join(" -> ")
    );
    nirkit::ir::text::parse(&text, &()).unwrap()
}

const FC: &str = "Linear { weight: f32[1, 1] 0.3 }";
const LIF: &str = "LIF { tau: f32[1] 0.01, r: f32[1] 10, v_leak: f32[1] 0, v_threshold: f32[1] 1, v_reset: f32[1] 0 }";
const LI: &str = "LI { tau: f32[1] 0.01, r: f32[1] 10, v_leak: f32[1] 0 }";

fn frames(values: &[f32]) -> Stimulus {
    let frames = Tensor::new(&[values.len(), 1], values.to_vec()).unwrap();
    Stimulus::new().array(None, frames)
}

fn choices() -> Choices {
    Choices::new().dt(1e-3)
}

#[test]
fn inputs_that_are_reduced_to_whether_they_are_0_are_told() {
    let graph = chain(&[("fc", FC), ("lif", LIF)]);
    let reduced = "1 of 2 entries for `input` that are not 0 are not 1 either";
    let model = Model::platform(&graph, "lava", &choices()).unwrap();
    for (values, is_told) in [([0.0, 1.0, 1.0], false), ([0.0, 1.0, 2.0], true)] {
        let notes = model.run(&frames(&values)).unwrap().notes.join("\n");
        assert_eq!(notes.contains(reduced), is_told, "{values:?}: {notes}");
    }
    let stimulus = frames(&[0.0, 1.0, 2.0]);
    let how = Compare::new();
    let compared =
        compare_platforms(&graph, &["lava", "norse"], &stimulus, &choices(), &how).unwrap();
    assert!(compared.notes.join("\n").contains(reduced), "{:?}", compared.notes);
    // What a map puts out is no spike.
    for (nodes, is_told) in
        [(vec![("a", FC), ("b", FC), ("lif", LIF)], true), (vec![("a", FC), ("lif", LIF)], false)]
    {
        let model = Model::platform(&chain(&nodes), "lava", &choices()).unwrap();
        let notes = model.notes().join("\n");
        assert_eq!(notes.contains("sees whether what `a` puts out is 0"), is_told, "{notes}");
    }
}

#[test]
fn instants_reach_the_end_and_ascend() {
    let model = Model::exact(&chain(&[("li", LI)]), &choices()).unwrap();
    let record = || Run::new().record(Record::parse("li:v"));
    let run = record().sample(Instants::Every(1e-3)).duration(9e-3);
    let recording = model.run_with(&frames(&[1.0; 9]), &run).unwrap();
    assert_eq!(recording.arrays[0].1.shape(), [10, 1]);
    assert_eq!(recording.instants.last(), Some(&9e-3));
    let run = record().sample(Instants::At(vec![3e-3, 1e-3]));
    let error = model.run_with(&frames(&[1.0; 9]), &run).unwrap_err().to_string();
    assert!(error.contains("do not ascend"), "{error}");
}

#[test]
fn what_an_output_does_not_list_is_told() {
    let scale = ("s", "Scale { scale: f32[1] 2 }");
    let bias = ("a", "Affine { weight: f32[1, 1] 1, bias: f32[1] 0.5 }");
    for (nodes, said) in [
        (vec![("lif", LIF), scale], "gets spikes of the sizes that `s` gives them"),
        (vec![("lif", LIF), bias], "carries the bias of `a`"),
        (vec![bias], "carries what enters `input` with no neuron between"),
        (vec![("li", LI)], "carries the voltage of `li`"),
    ] {
        let model = Model::exact(&chain(&nodes), &choices()).unwrap();
        let notes = model.notes().join("\n");
        assert!(notes.contains(said), "{nodes:?}: {notes}");
    }
    let model = Model::exact(&chain(&[("lif", LIF)]), &choices()).unwrap();
    assert!(!model.notes().join("\n").contains("`output`"), "{:?}", model.notes());
}

#[test]
fn a_claim_about_no_neuron_is_none() {
    let graph = chain(&[("fc", FC)]);
    let how = Adapt::new().like("snntorch");
    let error = adapt(&graph, "norse", &choices(), &how).unwrap_err().to_string();
    assert!(error.contains("nothing to hold norse to"), "{error}");
}

#[test]
fn frames_are_spikes_by_their_numbers_and_not_by_their_type() {
    let graph = chain(&[("fc", FC), ("lif", LIF)]);
    let model = Model::clocked(&graph, &choices()).unwrap();
    let reading = |stimulus: Stimulus| {
        let recording = model.run(&stimulus).unwrap();
        recording.choices.iter().find(|choice| choice.name == "frames").unwrap().value.clone()
    };
    let whole = Tensor::new(&[3, 1], vec![0_i64, -1, 1]).unwrap();
    assert_eq!(reading(Stimulus::new().array(None, whole)), "current");
    assert_eq!(reading(frames(&[0.0, -1.0, 1.0])), "current");
    assert_eq!(reading(frames(&[0.0, 3.0, 1.0])), "spikes");
}

const IF: &str = "IF { r: f32[1] 1, v_threshold: f32[1] 1, v_reset: f32[1] 0 }";
const BIASED: &str = "Affine { weight: f32[1, 1] 0.6, bias: f32[1] 0.2 }";

/// The value of a choice.
fn choice<'a>(choices: &'a [nirkit::Choice], name: &str) -> &'a str {
    let found = choices.iter().find(|choice| choice.name == name);
    found.map_or("", |choice| choice.value.as_str())
}

/// The graph with an entry of its metadata.
fn noted(graph: &nirkit::ir::Document, entry: &str) -> nirkit::ir::Document {
    let text = nirkit::document::to_text(graph).unwrap();
    let text = text.replacen("graph {\n", &format!("graph {{\n  metadata {{ {entry} }}\n"), 1);
    nirkit::ir::text::parse(&text, &()).unwrap()
}

#[test]
fn a_time_step_of_the_metadata_is_no_size_of_a_spike_where_nothing_leaks() {
    let plain = chain(&[("fc", FC), ("n", IF)]);
    let graph = noted(&plain, "dt: f64 0.0001");
    for meaning in ["clocked", "exact"] {
        for given in [None, Some(1e-4), Some(1e-3)] {
            let choices = Choices::new().dt(given);
            let model = Model::new(&graph, meaning, &choices).unwrap();
            assert_eq!(choice(model.choices(), "spike"), "impulse:1", "{meaning} {given:?}");
            let recording = model.run(&frames(&[1.0; 20])).unwrap();
            assert_eq!(recording.totals.last().unwrap().sum, 5.0, "{meaning} {given:?}");
        }
    }
    // A gain of 1 / dt makes a pulse of one step move the voltage by 1.
    let counting = IF.replace("r: f32[1] 1", "r: f32[1] 10000");
    let graph = noted(&chain(&[("fc", FC), ("n", &counting)]), "dt: f64 0.0001");
    let model = Model::clocked(&graph, &Choices::new()).unwrap();
    assert_eq!(choice(model.choices(), "spike"), "pulse:0.0001");
    assert_eq!(model.run(&frames(&[1.0; 20])).unwrap().totals.last().unwrap().sum, 5.0);
}

#[test]
fn adapt_refuses_a_reference_whose_spikes_or_biases_it_does_not_have() {
    let like = |graph: &nirkit::ir::Document| {
        adapt(graph, "norse", &Choices::new().dt(1e-3), &Adapt::new().like("ideal"))
    };
    for graph in [
        chain(&[("fc", BIASED), ("n", IF)]),
        noted(&chain(&[("fc", FC), ("n", LIF)]), "spike: \"impulse:0.0003\""),
        noted(&chain(&[("fc", FC), ("n", LIF)]), "spike: \"pulse:0.002\""),
    ] {
        let said = like(&graph).unwrap_err().to_string();
        assert!(said.contains("read a spike as a pulse of one step"), "{said}");
    }
    for graph in [chain(&[("fc", FC), ("n", IF)]), chain(&[("fc", BIASED), ("n", LIF)])] {
        assert!(like(&graph).is_ok());
    }
}

#[test]
fn a_platform_that_is_left_alone_is_held_against_the_ideal() {
    let graph = chain(&[("fc", BIASED), ("n", LIF)]);
    let stimulus = frames(&[1.0; 20]);
    let how = Compare::new();
    let compared =
        compare_platforms(&graph, &["norse", "nengo"], &stimulus, &choices(), &how).unwrap();
    assert_eq!(compared.refused.len(), 1);
    assert!(compared.report.variants.iter().any(|variant| variant == "ideal"));
    assert!(
        compared.notes.join("\n").contains("norse@1.1.0 is left alone"),
        "{:?}",
        compared.notes
    );
    let both = ["nengo", "nengo@4.1.0"];
    assert!(compare_platforms(&graph, &both, &stimulus, &choices(), &how).is_err());
}

#[test]
fn what_is_asked_for_twice_is_recorded_once() {
    let graph = chain(&[("fc", FC), ("lif", LIF)]);
    let model = Model::clocked(&graph, &choices()).unwrap();
    let run = Run::new().record(Record::parse("lif,lif:spikes,lif:v,lif"));
    let recording = model.run_with(&frames(&[1.0; 4]), &run).unwrap();
    assert_eq!(recording.arrays.len(), 2);
}

/// Columns behind a Flatten are reordered for a platform with channels last, whatever else differs and on whatever stimulus.
#[test]
fn what_can_be_had_is_done_beside_what_cannot() {
    let text = "nirt 1\ngraph {\n  i = Input { shape: i64[3] [1, 2, 2] }\n  c = Conv2d { input_shape: i64[2] [2, 2] weight: f32[2, 1, \
                1, 1] [[[[0.9]]], [[[0.4]]]] stride: i64[2] [1, 1] padding: i64[2] [0, 0] dilation: i64[2] [1, 1] groups: i64 1 \
                bias: f32[2] 0 }\n  a = IF { r: f32[2, 2, 2] 1 v_threshold: f32[2, 2, 2] 1 v_reset: f32[2, 2, 2] 0 }\n  f = \
                Flatten { input_type: i64[3] [2, 2, 2] start_dim: i64 0 end_dim: i64 -1 }\n  w = Linear { weight: f32[2, 8] [[0.1, \
                0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], [0.8, 0.1, 0.7, 0.2, 0.6, 0.3, 0.5, 0.4]] }\n  b = IF { r: f32[2] 1 \
                v_threshold: f32[2] 1 v_reset: f32[2] 0 }\n  o = Output { shape: i64[1] [2] }\n  i -> c -> a -> f -> w -> b -> \
                o\n}\n";
    let graph = nirkit::ir::text::parse(text, &()).unwrap();
    let silent =
        Stimulus::new().array(None, Tensor::new(&[4, 1, 2, 2], vec![0.0_f32; 16]).unwrap());
    for stimulus in [None, Some(&silent)] {
        let how = Adapt::new().like("norse").stimulus(stimulus);
        let found = adapt(&graph, "spyx", &Choices::new().dt(1e-4), &how).unwrap();
        let changed: Vec<&str> = found.changes.iter().map(|change| change.node.as_str()).collect();
        assert!(changed.contains(&"w"), "{changed:?}");
        let weights = found.nodes.iter().flat_map(|node| &node.reasons);
        assert!(weights.clone().all(|reason| !reason.message.contains("weights differ")));
    }
}
