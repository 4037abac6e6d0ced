//! Every simulator of nirkit, asked as a black box, is found again.

use std::collections::BTreeMap;

use nirkit::ir::valid::validate_document;
use nirkit::platforms::profile::Choices;
use nirkit::platforms::version::all;
use nirkit::{Observable, Request, Signal};
use nirkit_conform::identify::{Effort, Identified, identify, to_toml};
use nirkit_conform::{Answer, Array, Function, PlatformDriver, Question, Reply};
use nirkit_engine::clocked::semantics::rule::Rule;
use nirkit_engine::clocked::semantics::{Semantics, Slot, Time, prepare, record};
use nirkit_testing::drawn;
use nirkit_testing::recipe::Numbers;
use serde_json::Value;

/// Keys whose values are taken as a whole.
const WHOLE: [&str; 12] = [
    "leak",
    "gain",
    "fold",
    "first_only",
    "spikes",
    "fixed",
    "order",
    "later",
    "blocks",
    "recurrent_grid",
    "known",
    "shaped_by_input",
];

/// Every value by its key.
fn values(key: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let last = key.rsplit('.').next().unwrap();
    match value {
        Value::Object(table) if !WHOLE.contains(&last) => {
            for (name, value) in table {
                values(&format!("{key}.{name}"), value, found);
            }
        }
        Value::Array(items) if last == "known" => {
            let mut items: Vec<String> = items.iter().map(ToString::to_string).collect();
            items.sort();
            found.insert(key.to_owned(), items.join(" "));
        }
        value => {
            found.insert(key.to_owned(), value.to_string());
        }
    }
}

/// The values of a semantics; a slot without a rule has that of the one that it falls back to.
fn of_semantics(semantics: &Semantics) -> BTreeMap<String, String> {
    let mut semantics = *semantics;
    let neurons = &mut semantics.neurons;
    for slot in [&mut neurons.unit_lif, &mut neurons.lone_lif, &mut neurons.recurrent_lif] {
        *slot = slot.or(neurons.lif);
    }
    neurons.recurrent_if = neurons.recurrent_if.or(neurons.r#if);
    neurons.recurrent_cuba_lif = neurons.recurrent_cuba_lif.or(neurons.cuba_lif);
    for slot in Slot::ALL {
        let rule = neurons.get_mut(slot);
        *rule = rule.map(Rule::canonical);
    }
    let mut found = BTreeMap::new();
    values("semantics", &serde_json::to_value(semantics).unwrap(), &mut found);
    found
}

/// How the values that were found compare with those that are right.
#[derive(Debug, Default)]
struct Tally {
    right: usize,
    unsure: usize,
    /// Not seen from outside.
    hidden: usize,
    /// Wrong, and said to be unsure.
    wrong_unsure: Vec<String>,
    /// Wrong without a word.
    wrong: Vec<String>,
}

fn tally(found: &Identified, truth: &Semantics) -> Tally {
    let (ours, truth) = (of_semantics(&found.semantics(1e-3)), of_semantics(truth));
    let mut tally = Tally::default();
    for (key, value) in &truth {
        // What is refused shows nothing.
        if found.is_not_probed(key) && ours.get(key) != Some(value) {
            tally.hidden += 1;
            continue;
        }
        let is_unsure = found.is_unsure(key);
        tally.unsure += usize::from(is_unsure);
        match ours.get(key) {
            Some(own) if own == value => tally.right += 1,
            own => {
                let line =
                    format!("{key}: {} instead of {value}", own.map_or("nothing", String::as_str));
                if is_unsure { tally.wrong_unsure.push(line) } else { tally.wrong.push(line) }
            }
        }
    }
    tally
}

/// All simulators take minutes: `ONLY=@` asks them all, `ONLY=spyx` those of a name.
#[test]
fn every_simulator_is_found_again() {
    let (mut right, mut all_values, mut wrong) = (0, 0, String::new());
    for profile in all() {
        let only = std::env::var("ONLY").unwrap_or_else(|_| "norse@1.1.0".to_owned());
        if !profile.title().contains(&only) {
            continue;
        }
        let mut driver = PlatformDriver::new(&profile.title(), None).unwrap();
        let found = identify(&mut driver, Effort::default(), |_| ()).unwrap();
        let truth = profile.semantics(&Choices { dt: Some(1e-3), ..Choices::default() });
        let tally = tally(&found, &truth);
        println!(
            "{}: {} probes, {} right, {} unsure, {} of them wrong, {} wrong, {} hidden, {} unexplained",
            profile.title(),
            found.probes,
            tally.right,
            tally.unsure,
            tally.wrong_unsure.len(),
            tally.wrong.len(),
            tally.hidden,
            found.unexplained.len()
        );
        for line in tally.wrong_unsure.iter().take(12) {
            println!("  unsure: {line}");
        }
        for (key, reason) in &found.not_probed {
            println!("  not probed: {key}: {}", reason.chars().take(150).collect::<String>());
        }
        for line in &tally.wrong {
            println!("  WRONG: {line}");
        }
        for line in found.unexplained.iter().take(6) {
            println!("  unexplained: {line}");
        }
        right += tally.right;
        all_values += tally.right + tally.wrong_unsure.len() + tally.wrong.len();
        wrong += &tally
            .wrong
            .iter()
            .map(|line| format!("{}: {line}\n", profile.title()))
            .collect::<String>();
        let text = to_toml(&found).unwrap();
        assert!(nirkit::platforms::file::parse(&text, false).is_ok());
    }
    println!("{right} of {all_values}");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(right * 100 >= all_values * 95, "{right} of {all_values}");
}

/// Runs a graph under a semantics, as a black box.
fn ask(semantics: &Semantics, question: &Question<'_>) -> Reply {
    let run = || {
        let graph = question.graph.graph()?;
        let facts = validate_document(question.graph).facts?;
        let is_known = |kind: &str| {
            ["Input", "Output"].contains(&kind) || semantics.unknown.known.contains(&kind)
        };
        if !graph.nodes.iter().all(|(_, _, node)| is_known(node.primitive.kind())) {
            return None;
        }
        let semantics = Semantics { time: Time::Step(question.dt), ..*semantics };
        let program = prepare(graph, &facts, &semantics).ok()?;
        let mut stimulus = nirkit_run::Stimulus::default();
        for (name, frames) in question.inputs {
            let channels = frames.shape().iter().skip(1).product();
            let values = frames.to_f64()?.into_owned();
            stimulus
                .signals
                .insert(name.clone(), Signal::Frames { channels, values, counts: false });
        }
        let node = &graph.edges.iter().find(|edge| edge.target == "output")?.source;
        let request = Request { node: node.clone(), observable: Observable::Spikes };
        let recording = record(&program, &stimulus, question.steps, &[request]).ok()?;
        let array = Array::of_tensor(&recording.arrays.first()?.1)?;
        let outputs = BTreeMap::from([("output".to_owned(), array)]);
        Some(Answer { outputs, ..Answer::default() })
    };
    run().map_or_else(|| Reply::Refused("no".to_owned()), Reply::Answered)
}

#[test]
#[ignore = "takes a minute for each that is drawn; `DRAWN` says how many, `FIRST` from which seed on"]
fn semantics_that_are_drawn_are_found() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (first, count) = (number("FIRST").unwrap_or(0), number("DRAWN").unwrap_or(1));
    let (mut right, mut all_values, mut wrong, mut unexplained) = (0, 0, String::new(), 0);
    for seed in first..first + count {
        let mut numbers = Numbers(seed * 91 + 3);
        let fire = drawn::fire(&mut numbers);
        let truth = drawn::semantics(&mut numbers, fire, 1e-3);
        let mut driver =
            Function::new("drawn", |question: &Question<'_>| Ok(ask(&truth, question)));
        let found = identify(&mut driver, Effort::default(), |_| ()).unwrap();
        let tally = tally(&found, &truth);
        println!(
            "{seed}: {} probes, {} right, {} unsure, wrong {:?}, unsure and wrong {:?}, {} hidden, {} unexplained",
            found.probes,
            tally.right,
            tally.unsure,
            tally.wrong,
            tally.wrong_unsure,
            tally.hidden,
            found.unexplained.len()
        );
        right += tally.right;
        all_values += tally.right + tally.wrong_unsure.len() + tally.wrong.len();
        wrong += &tally.wrong.iter().map(|line| format!("{seed}: {line}\n")).collect::<String>();
        unexplained += found.unexplained.len();
    }
    println!("{right} of {all_values}, {unexplained} unexplained");
    assert!(wrong.is_empty(), "{wrong}");
}

/// Values that stand for others give the same answers.
#[test]
fn canonical_rules_compute_the_same() {
    let text = |seed: u64| {
        format!(
            "nirt 1\ngraph {{\n  input = Input {{ shape: i64[1] [2] }}\n  w = Linear {{ weight: f32[3, 2] [[3, {0}], [40, 2], [{0}0, 9]] }}\n  \
             n = LIF {{ tau: f32[3] [0.01, 0.0004, 0.02], r: f32[3] [1, {0}, 2], v_leak: f32[3] [0, 0.1, -0.2], v_threshold: f32[3] 1, v_reset: f32[3] 0.1 }}\n  \
             m = Linear {{ weight: f32[2, 3] [[2, 7, 1], [{0}, 30, 4]] }}\n  \
             output = Output {{ shape: i64[1] [2] }}\n  \
             c = CubaLIF {{ tau_mem: f32[2] [0.01, 0.004], tau_syn: f32[2] 0.005, r: f32[2] 3, w_in: f32[2] {0}, v_leak: f32[2] 0, v_threshold: f32[2] 1, v_reset: f32[2] 0 }}\n  \
             input -> w -> n -> m -> c -> output\n}}\n",
            1 + seed % 7
        )
    };
    let mut lively = 0;
    for seed in 0..300 {
        let mut numbers = Numbers(seed);
        let fire = drawn::fire(&mut numbers);
        let one = drawn::semantics(&mut numbers, fire, 1e-3);
        let mut other = one;
        for slot in Slot::ALL {
            let rule = other.neurons.get_mut(slot);
            *rule = rule.map(Rule::canonical);
        }
        let graph = nirkit::ir::text::parse(&text(seed), &()).unwrap();
        let values: Vec<f32> = (0..60).map(|_| numbers.below(3) as f32).collect();
        let frames = nirkit::numerics::Tensor::new(&[30, 2], values).unwrap();
        let inputs = BTreeMap::from([("input".to_owned(), frames)]);
        let question = Question { graph: &graph, inputs: &inputs, dt: 1e-3, steps: 30 };
        let [Reply::Answered(a), Reply::Answered(b)] = [&one, &other].map(|of| ask(of, &question))
        else {
            panic!("seed {seed} is refused")
        };
        lively += usize::from(a.outputs["output"].values.iter().any(|&x| x != 0.0));
        assert_eq!(a.outputs["output"].values, b.outputs["output"].values, "{seed}");
    }
    assert!(lively > 100, "{lively}");
}
