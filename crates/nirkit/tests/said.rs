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
        GraphData {
            nodes: [("input".to_owned(), member)].into_iter().collect(),
            ..GraphData::default()
        }
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

#[test]
fn metadata_say_what_a_spike_is_whatever_else_they_say() {
    for (said, reading) in [
        ("spike: \"impulse:0.003\"", "impulse:0.003"),
        ("spike: \"pulse:0.001\"", "pulse:0.001"),
        ("spike: \"pulse:0.002\"", "pulse:0.002"),
    ] {
        for metadata in [said.to_owned(), format!("dt: f64 0.001, {said}")] {
            let model = Model::exact(&graph(&metadata, 0.02), &Choices::new().dt(1e-3)).unwrap();
            let found = choice(&model, "spike").unwrap();
            assert_eq!(
                found,
                (reading.to_owned(), "guessed: metadata `spike`".to_owned()),
                "{metadata}"
            );
        }
    }
    let odd = nirkit::ir::text::print(&relay(), &nirkit::ir::text::PrintOptions::default()).text;
    let odd =
        odd.replacen("graph {", "graph {\n  metadata { dt: f64 0.001, spike: \"pulse:0.001\" }", 1);
    let relay = nirkit::ir::text::parse(&odd, &()).unwrap();
    let model = Model::exact(&relay, &Choices::new()).unwrap();
    assert_eq!(choice(&model, "spike").unwrap().0, "pulse:0.001");
    // A step alone implies a pulse of its length.
    let model = Model::exact(&graph("dt: f64 0.001", 0.02), &Choices::new()).unwrap();
    assert_eq!(choice(&model, "spike").unwrap().0, "pulse:0.001");
}

/// A neuron that spikes with every input.
fn relay() -> nirkit::ir::Document {
    let text = "nirt 1
graph {
  input = Input { shape: i64[1] [1] }
  n = IF { r: f32[1] 1, v_threshold: f32[1] 0.5, v_reset: f32[1] 0 }
  output = Output { shape: i64[1] [1] }
  input -> n -> output
}
";
    nirkit::ir::text::parse(text, &()).unwrap()
}

#[test]
fn nothing_enters_at_the_end_of_a_run() {
    let frames = nirkit::numerics::Tensor::new(&[20, 1], vec![1_u8; 20]).unwrap();
    let frames = Stimulus::new().array(None, frames);
    let spike = |time| nirkit::stimulus::Spike { time, channel: 0, value: 1.0 };
    let timed =
        Stimulus::new().spikes(None, vec![(0..20).map(|n| spike(f64::from(n) * 1e-3)).collect()]);
    for duration in [0.01, 0.007, 0.0105] {
        let run = nirkit::Run::new().duration(Some(duration));
        let expected = (duration / 1e-3_f64 - 1e-9).ceil();
        for stimulus in [&frames, &timed] {
            let choices =
                Choices::new().dt(1e-3).spike(Some(nirkit::SpikeReading::Impulse { area: 1.0 }));
            let model = Model::exact(&relay(), &choices).unwrap();
            let recording = model.run_with(stimulus, &run).unwrap();
            let spikes = recording.totals.iter().find(|total| total.node == "n").unwrap().sum;
            assert_eq!(spikes, expected, "{duration}");
            let notes = recording.notes.join("\n");
            assert!(notes.contains("come at or after the end"), "{duration}: {notes}");
        }
    }
    let run = nirkit::Run::new().duration(Some(0.01));
    let clocked = Model::clocked(&relay(), &Choices::new().dt(1e-3)).unwrap();
    let notes = clocked.run_with(&frames, &run).unwrap().notes.join("\n");
    assert!(notes.contains("10 of 20 frames come at or after the end at 0.01 s"), "{notes}");
}

#[test]
fn a_spike_that_acts_in_the_nearest_step_is_late_where_that_is_behind_the_end() {
    let spike = |time| nirkit::stimulus::Spike { time, channel: 0, value: 1.0 };
    let stimulus = Stimulus::new().spikes(None, vec![vec![spike(0.005), spike(0.0197)]]);
    let run = nirkit::Run::new().duration(Some(0.02));
    for (reading, total, is_told) in [("floor", 2.0, false), ("nearest", 1.0, true)] {
        let choices = Choices::new().dt(1e-3).set("spike_step", reading);
        let recording = Model::clocked(&relay(), &choices).unwrap().run_with(&stimulus, &run);
        let recording = recording.unwrap();
        let entered = recording.totals.iter().find(|total| total.node == "input").unwrap().sum;
        assert_eq!(entered, total, "{reading}");
        let notes = recording.notes.join("\n");
        let told = "1 spike for `input` comes at or after the end at 0.02 s and is left out";
        assert_eq!(notes.contains(told), is_told, "{reading}: {notes}");
    }
}

#[test]
fn time_steps_that_differ_between_platforms_are_told() {
    let text = "nirt 1\nversion \"1.0.8\"\n\ngraph {\n  input = Input { shape: i64[1] [2] }\n  n = LIF { \
        tau: f64[2] 0.01 r: f64[2] 20 v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 }\n  \
        output = Output { shape: i64[1] [2] }\n  input -> n -> output\n}\n";
    let graph = nirkit::ir::text::parse(text, &()).unwrap();
    let frames = nirkit::numerics::Tensor::new(&[2, 10, 2], vec![1_u8; 40]).unwrap();
    let set = Stimulus::new().array(None, frames).batched(true);
    let set = nirkit::LabelledSet::new(set, vec![0, 1]);
    let of = |choices: &Choices| {
        let titles = ["norse", "ideal"];
        let found = nirkit::eval_platforms(&graph, &titles, &set, choices, &nirkit::Eval::new());
        found.unwrap().into_iter().flat_map(|row| row.notes).collect::<Vec<_>>().join("\n")
    };
    let told = "the time steps differ: norse@1.1.0 0.001 s, ideal 0.0005 s; give `dt`";
    let notes = of(&Choices::new());
    assert!(notes.contains(told), "{notes}");
    assert!(!of(&Choices::new().dt(1e-3)).contains("the time steps differ"));
}

#[test]
fn a_stimulus_that_says_another_shape_is_refused() {
    let of = |shape: &str| {
        let text = format!(
            "{{\"T\": 0.01, \"inputs\": {{\"input\": {{\"shape\": {shape}, \"kind\": \"spikes\", \"spikes\": [[0.001, 1]]}}}}}}"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        std::fs::write(&path, text).unwrap();
        let model = Model::clocked(&graph("", 0.02), &Choices::new().dt(1e-3)).unwrap();
        model.run(&Stimulus::read(&path).unwrap()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(of("[2]"), Ok(()));
    for shape in ["[1, 2]", "[2, 1]"] {
        let error = of(shape).unwrap_err();
        assert!(error.contains("the Input `input` takes [2]"), "{error}");
    }
}

#[test]
fn voltages_at_instants_have_the_step_of_the_instants() {
    let model = Model::exact(&graph("", 0.02), &Choices::new().dt(1e-3)).unwrap();
    let of = |instants| {
        let run = nirkit::Run::new().record(nirkit::Record::parse("lif:v")).sample(instants);
        model.run_with(&stimulus(), &run).unwrap().array_step()
    };
    assert!((of(nirkit::Instants::Every(5e-4)).unwrap() - 5e-4).abs() < 1e-12);
    assert!((of(nirkit::Instants::At(vec![0.0, 0.002, 0.004])).unwrap() - 0.002).abs() < 1e-12);
    let error = of(nirkit::Instants::At(vec![0.0, 0.001, 0.005])).unwrap_err().to_string();
    assert!(error.contains("no even grid"), "{error}");
}

#[test]
fn a_run_tells_what_the_validator_warns_of() {
    let text =
        nirkit::ir::text::print(&graph("", 0.02), &nirkit::ir::text::PrintOptions::default()).text;
    let odd = text.replacen("input -> fc", "input -> fc\n  input -> fc", 1);
    assert_ne!(odd, text);
    let odd = nirkit::ir::text::parse(&odd, &()).unwrap();
    for meaning in ["exact", "clocked", "norse", "loihi2"] {
        let model = Model::new(&odd, meaning, &Choices::new().dt(1e-3)).unwrap();
        let notes = model.notes().join("\n");
        assert!(notes.contains("N102: "), "{meaning}: {notes}");
    }
}

#[test]
fn a_step_of_the_stimulus_beside_one_of_the_metadata_is_told() {
    let choices = Choices::new().recorded_dt(Some(1e-4));
    for meaning in ["clocked", "snntorch"] {
        let model = Model::new(&graph("dt: f64 0.001", 0.02), meaning, &choices).unwrap();
        assert_eq!(choice(&model, "dt").unwrap().0, "0.0001");
        let notes = model.notes().join("\n");
        assert!(notes.contains("0.001 s (metadata `dt`) is left out"), "{meaning}: {notes}");
    }
}

#[test]
fn frames_of_a_current_enter_no_chip() {
    use nirkit::Frames;
    for chip in ["loihi2", "spinnaker2"] {
        let model = Model::new(&graph("", 0.02), chip, &Choices::new().dt(1e-3)).unwrap();
        assert!(model.run(&stimulus()).is_ok(), "{chip}");
        assert!(model.run(&stimulus().numbers(Frames::Spikes)).is_ok(), "{chip}");
        let error = model.run(&stimulus().numbers(Frames::Current)).unwrap_err().to_string();
        assert!(error.contains("is a current"), "{chip}: {error}");
    }
}

#[test]
fn a_step_that_nothing_is_counted_in_is_told() {
    let spike = nirkit::stimulus::Spike { time: 0.001, channel: 0, value: 1.0 };
    let events = Stimulus::new().spikes(None, vec![vec![spike]]);
    let choices = Choices::new().dt(1e-3).spike(nirkit::SpikeReading::Impulse { area: 1.0 });
    let model = Model::exact(&graph("", 0.02), &choices).unwrap();
    let said = |stimulus: &Stimulus| {
        let run = nirkit::Run::new().duration(0.01);
        model.run_with(stimulus, &run).unwrap().notes.join("\n").contains("`dt` has no effect")
    };
    assert!(said(&events));
    assert!(!said(&stimulus()));
}

#[test]
fn a_cycle_that_changes_too_fast_is_refused_before_it_is_followed() {
    let text = "nirt 1
graph {
  input = Input { shape: i64[1] [1] }
  a = LI { tau: f32[1] 1e-9, r: f32[1] 1, v_leak: f32[1] 0 }
  b = LI { tau: f32[1] 100, r: f32[1] 1, v_leak: f32[1] 0 }
  output = Output { shape: i64[1] [1] }
  input -> a -> b -> a
  b -> output
}
";
    let document = nirkit::ir::text::parse(text, &()).unwrap();
    let model = Model::exact(&document, &Choices::new().dt(1e-3)).unwrap();
    let frames = nirkit::numerics::Tensor::new(&[50, 1], vec![1.0_f32; 50]).unwrap();
    let error = model.run(&Stimulus::new().array(None, frames)).unwrap_err().to_string();
    assert!(error.contains("have no closed form") && error.contains("`steps`"), "{error}");
}

/// Graphs of which each lacks what some choices act on.
fn graphs() -> Vec<nirkit::ir::Document> {
    let neuron = |kind: &str, fields: &str| {
        format!(
            "nirt 1
graph {{
  input = Input {{ shape: i64[1] [2] }}
  fc = Affine {{ weight: f32[2, 2] [[0.9, 0.4], [0.2, 1.1]], bias: f32[2] [0.1, 0.2] }}
  n = {kind} {{ {fields} }}
  back = Affine {{ weight: f32[2, 2] [[0.1, 0.2], [0.3, 0.4]], bias: f32[2] [0.1, 0.2] }}
  output = Output {{ shape: i64[1] [2] }}
  input -> fc -> n -> output
  CYCLE
}}
"
        )
    };
    let leaky = "tau: f32[2] 0.02, r: f32[2] 1, v_leak: f32[2] LEAK";
    let cuba = "tau_syn: f32[2] 0.01, tau_mem: f32[2] 0.02, r: f32[2] 1, v_leak: f32[2] LEAK, w_in: f32[2] 1";
    let fires = "v_threshold: f32[2] 1, v_reset: f32[2] 0";
    let mut graphs = Vec::new();
    for (kind, fields) in [
        ("LIF", format!("{leaky}, {fires}")),
        ("LI", leaky.to_owned()),
        ("CubaLIF", format!("{cuba}, {fires}")),
        ("CubaLI", cuba.to_owned()),
        ("IF", format!("r: f32[2] 1, {fires}")),
        ("I", "r: f32[2] 1".to_owned()),
        ("Threshold", "threshold: f32[2] 1".to_owned()),
        ("Scale", "scale: f32[2] 2".to_owned()),
    ] {
        for leak in ["0", "0.5"] {
            for cycle in ["", "n -> back -> n"] {
                let text = neuron(kind, &fields).replace("LEAK", leak).replace("CYCLE", cycle);
                let text = if cycle.is_empty() {
                    text.lines()
                        .filter(|line| !line.contains("back ="))
                        .collect::<Vec<_>>()
                        .join("\n")
                } else {
                    text
                };
                graphs.extend(nirkit::ir::text::parse(&text, &()).ok());
            }
        }
    }
    graphs
}

#[test]
fn a_choice_said_to_have_no_effect_changes_no_result() {
    let choices: [(&str, [&str; 2]); 8] = [
        ("integrator", ["euler", "exponential"]),
        ("input", ["same", "next"]),
        ("synapse", ["new", "old"]),
        ("reset_timing", ["same", "next"]),
        ("comparison", [">", ">="]),
        ("start", ["rest", "zero"]),
        ("feedback", ["rest", "absent"]),
        ("threshold", ["crossing", "level"]),
    ];
    let (mut idle, mut acting) = (0, 0);
    for graph in graphs() {
        for integrator in ["euler", "exponential"] {
            for (name, values) in choices {
                let [one, other] = values.map(|value| {
                    let choices =
                        Choices::new().dt(1e-3).set("integrator", integrator).set(name, value);
                    Model::clocked(&graph, &choices).ok()
                });
                let (Some(one), Some(other)) = (one, other) else { continue };
                let option = format!("`{name}` has no effect");
                let is_idle = one.notes().iter().any(|note| note.starts_with(&option));
                let run = nirkit::Run::new().record(nirkit::Record::All);
                let [a, b] =
                    [&one, &other].map(|model| model.run_with(&stimulus(), &run).unwrap().arrays);
                if is_idle {
                    assert_eq!(a, b, "{name}: {:?}", one.notes());
                    idle += 1;
                } else {
                    acting += usize::from(a != b);
                }
            }
        }
    }
    assert!(idle > 100 && acting > 60, "{idle} without effect, {acting} with one");
}

#[test]
fn a_remedy_names_a_command_only_where_it_changes_the_node() {
    let neurons = "IF { r: f64[2] 200 v_threshold: f64[2] 1 v_reset: f64[2] 0 }";
    let weights = "w = Linear { weight: f64[2, 2] 1 }";
    for (nodes, edges, helps) in [("", "i -> n", false), (weights, "i -> w -> n", true)] {
        let text = format!(
            "nirt 1\nversion \"1.0.8\"\n\ngraph {{\n  i = Input {{ shape: i64[1] [2] }}\n  {nodes}\n  \
            n = {neurons}\n  o = Output {{ shape: i64[1] [2] }}\n  {edges}\n  n -> o\n}}\n"
        );
        let graph = nirkit::ir::text::parse(&text, &()).unwrap();
        let validation = nirkit::ir::valid::validate_document(&graph);
        let platforms = ["norse", "spyx"].map(|title| nirkit::platform(title).unwrap());
        let choices = Choices::new().dt(1e-3);
        let checked = nirkit::verdict::verdicts(&graph, &validation, &platforms, &choices).unwrap();
        let found = checked[0]
            .report
            .findings
            .iter()
            .find(|finding| finding.diagnostic.code == nirkit::ir::Code::ParameterIgnored);
        let help = found.unwrap().diagnostic.help.clone().unwrap();
        assert_eq!(help.contains("`nir opt IN OUT --pass fold_gain`"), helps, "{help}");
        assert_eq!(help.contains("`nir adapt IN OUT --for norse`"), !helps, "{help}");
    }
}

#[test]
fn the_command_that_may_help_takes_the_reference_from_the_metadata() {
    let neurons = "IF { r: f64[2] 200 v_threshold: f64[2] 1 v_reset: f64[2] 0 }";
    let text = format!(
        "nirt 1\nversion \"1.0.8\"\n\ngraph {{\n  i = Input {{ shape: i64[1] [2] }}\n  n = {neurons}\n  \
         o = Output {{ shape: i64[1] [2] }}\n  i -> n -> o\n}}\n"
    );
    let mut graph = nirkit::ir::text::parse(&text, &()).unwrap();
    for (noted, like) in
        [(None, "--like PLATFORM`"), (Some("spyx@1.0.0 dt=1e-4"), "--like spyx@1.0.0`")]
    {
        if let Some(noted) = noted {
            let value = nirkit::ir::Value::from(noted);
            graph.root.metadata.insert(nirkit::adapt::REFERENCE.to_owned(), value);
        }
        let validation = nirkit::ir::valid::validate_document(&graph);
        let platforms = [nirkit::platform("norse").unwrap()];
        let choices = Choices::new().dt(1e-3);
        let checked = nirkit::verdict::verdicts(&graph, &validation, &platforms, &choices).unwrap();
        let help = checked[0].help.clone().unwrap();
        assert!(help.contains(&format!("`nir adapt IN OUT --for norse {like}")), "{help}");
    }
}

#[test]
fn nodes_of_the_data_that_nothing_enters_are_named() {
    use nirkit::io::data::{EventData, GraphData, Member, NodeData, Observable};

    let events = EventData::of_samples(&[Vec::new()], 1, 0.01).unwrap();
    let node = |observables: &[&str]| {
        let each =
            observables.iter().map(|name| ((*name).to_owned(), Observable::Events(events.clone())));
        Member::Node(NodeData { observables: each.collect() })
    };
    let nodes = [("input", node(&["spikes"])), ("lif7", node(&["spikes"]))];
    let nodes = nodes.map(|(name, member)| (name.to_owned(), member));
    let data = GraphData { nodes: nodes.into_iter().collect(), ..GraphData::default() };
    let model = Model::clocked(&relay(), &Choices::new().dt(1e-3)).unwrap();
    let notes = |node| {
        let stimulus = Stimulus::new().data(node, data.clone());
        model.run(&stimulus).unwrap().notes.join("\n")
    };
    let said = notes(None);
    assert!(said.contains("no Input of the graph do not enter: `lif7`"), "{said}");
    assert!(!notes(Some("input")).contains("lif7"));
}
