//! Any sound network, half of them edited: every verb ends in order on it, and what verbs say of each
//! other holds.
//!
//! The first byte says which verb, the second whether the network is edited.

use nirkit::io::Limits;
use nirkit::io::nir::{WriteOptions, read_bytes, to_bytes};
use nirkit::ir::text::{PrintOptions, parse, print};
use nirkit::ir::valid::validate_within;
use nirkit::ir::{Document, Facts, Graph, validate};
use nirkit::passes::optimise::{PASSES, Pass, optimise_within};
use nirkit::passes::repair::repair_within;
use nirkit::{
    Choices as Given, Compare, ErrorKind, Instants, Model, Record, Recording, Reset, Run, Signal,
    SpikeReading, Stimulus, compare_platforms,
};
use nirkit_platforms::chip::ALL as CHIPS;
use nirkit_platforms::{ChipChoices, Choices, Profile, check, simulator};
use nirkit_testing::{Bytes, Case, recipe};

use super::graph_mutant::LIMITS;
use super::{design, edit_graph};

/// The time step in seconds.
const DT: f64 = 1e-3;
/// Threads of a run; their number changes no bit.
const THREADS: [usize; 2] = [1, 2];
/// Steps of a run that only has to end.
const STEPS: usize = 3;
/// Channels of a network that runs in continuous time, one by one, at most.
const MOST_OF_IDEAL: usize = 2048;
/// Bytes with which a verb chooses.
const OWN: usize = 12;
/// Numbers that a verb may write into matrices for a chip.
const MOST_WEIGHTS: usize = 1 << 20;

const VERBS: [fn(&mut Bytes<'_>, &Case); 7] =
    [check_all, rewrite, convert, lower_all, run_clocked, run_ideal, compare_some];

/// Does one verb on a network.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (verb, is_edited) = (bytes.pick(&VERBS), bytes.once_in(2));
    // What a verb chooses has bytes of its own, so that it can change by itself.
    let (own, rest) = bytes.0.split_at(bytes.0.len().min(OWN));
    let mut bytes = Bytes(rest);
    let Some(mut case) = Case::read(&mut bytes) else { return };
    if is_edited {
        edit_graph::edit(&mut bytes, &mut case.graph);
        let Some(facts) = validate_within(&case.graph, &LIMITS).facts else { return };
        case.stimuli = vec![signals(&case.graph, &facts, case.steps); 2];
        case.facts = facts;
    }
    verb(&mut Bytes(own), &case);
}

/// Whoever is not refused runs.
fn check_all(_: &mut Bytes<'_>, case: &Case) {
    for profile in simulator::ALL.concat() {
        run_on(profile, &case.graph, &case.facts);
    }
}

/// Runs a graph on a platform that does not refuse it.
pub(crate) fn run_on(profile: &Profile, graph: &Graph, facts: &Facts) {
    let choices = Choices { dt: Some(DT), reset: None, ..Choices::default() };
    let report = check(profile, graph, facts, &choices);
    let given = Given::new().dt(DT).limits(LIMITS);
    let document = Document::of_graph(graph.clone());
    let model = match Model::platform(&document, &profile.title(), &given) {
        Ok(model) => model,
        Err(error) => {
            let is_told = report.refuses() || error.kind() != ErrorKind::Refused;
            assert!(is_told, "{} takes the graph, and does not run it", profile.title());
            return;
        }
    };
    let stimulus = given_to(&[signals(graph, facts, STEPS)]);
    let _ = model.run_with(&stimulus, &Run::new().record(Record::All));
}

/// Samples as a stimulus.
fn given_to(samples: &[nirkit_run::Stimulus]) -> Stimulus {
    let names = samples.first().into_iter().flat_map(|sample| sample.signals.keys());
    let of = |name: &String| samples.iter().filter_map(|s| s.signals.get(name).cloned()).collect();
    let empty = Stimulus::new().batched(true);
    names.fold(empty, |all, name| all.signals(Some(name), of(name)))
}

/// Spikes on every third channel.
fn signals(graph: &Graph, facts: &Facts, steps: usize) -> nirkit_run::Stimulus {
    let inputs = facts.inputs(graph).map(|id| facts.leaf(id));
    let signals = inputs.map(|leaf| {
        let channels = leaf.outputs();
        let values = (0..channels * steps).map(|at| f64::from(u8::from(at % 3 == 0))).collect();
        (leaf.name.clone(), Signal::Frames { channels, values, counts: true })
    });
    nirkit_run::Stimulus { signals: signals.collect() }
}

/// Rewrites end, and leave what they rewrite sound, with the same channels in every port.
fn rewrite(bytes: &mut Bytes<'_>, case: &Case) {
    let passes: Vec<&Pass> = match bytes.below(PASSES.len() + 1) {
        0 => PASSES.iter().collect(),
        at => PASSES.iter().skip(at - 1).take(1).collect(),
    };
    let mut changed = case.graph.clone();
    let rewrites = optimise_within(&mut changed, &passes, &LIMITS);
    let rewrites = rewrites.expect("a sound graph stays sound");
    let facts = validate(&changed).facts.expect("a sound graph stays sound");
    assert_eq!(ports(&changed, &facts), ports(&case.graph, &case.facts), "{rewrites:?}");
    let again = optimise_within(&mut changed.clone(), &passes[..1], &LIMITS);
    assert!(passes.len() > 1 || again == Ok(Vec::new()), "{again:?} after {rewrites:?}");
}

/// Names and channels of what enters and what leaves; `unroll` makes one axis of several.
fn ports(graph: &Graph, facts: &Facts) -> Vec<(String, usize)> {
    let ports = facts.inputs(graph).chain(facts.outputs(graph)).map(|id| facts.leaf(id));
    ports.map(|leaf| (leaf.name.clone(), leaf.inputs())).collect()
}

/// A sound graph has nothing that is repaired twice; text and HDF5 hold all of it.
fn convert(_: &mut Bytes<'_>, case: &Case) {
    let mut document = Document::of_graph(case.graph.clone());
    repair_within(&mut document, &LIMITS);
    assert_eq!(repair_within(&mut document, &LIMITS), []);
    let printed = print(&document, &PrintOptions { inline: 8, ..PrintOptions::default() });
    let read = parse(&printed.text, &printed.tensors).expect("what was printed can be read");
    assert_eq!(read, document);
    let bytes = to_bytes(&document, &WriteOptions::default()).expect("plain names");
    let read = read_bytes(bytes, &Limits::NONE).expect("what was written can be read");
    // HDF5 lists names in another order.
    let nodes = |document: &Document| document.graph().map_or(0, |graph| graph.nodes.len());
    assert_eq!(nodes(&read), nodes(&document));
    let sound = read.graph().and_then(|graph| validate(graph).facts);
    assert!(sound.is_some(), "a copy is as sound as what was copied");
}

/// A chip takes the graph or says why not; what it hands over runs as it does itself.
fn lower_all(bytes: &mut Bytes<'_>, case: &Case) {
    let sizes = case.facts.leaves().iter().map(nirkit::ir::facts::Leaf::outputs);
    let is_large = sizes.clone().max().unwrap_or(0).pow(2) > MOST_WEIGHTS;
    let way = bytes.below(4);
    for &chip in CHIPS {
        if is_large && chip.name != "speck" {
            continue;
        }
        let quantize = chip.quantisers.get(way).map(|quantiser| quantiser.name.to_owned());
        let reset = [None, Some(Reset::Subtract)][bytes.below(2)];
        let choices = ChipChoices { dt: Some(DT), reset, quantize, ..ChipChoices::default() };
        let lowering = chip.lower(&case.graph, &case.facts, &choices).expect("a way that there is");
        match &lowering.design {
            None => assert!(lowering.report.refuses(), "{} says nothing", chip.title()),
            Some(found) => {
                let input = case.facts.inputs(&case.graph).next();
                let frame = input.map(|id| case.facts.leaf(id).output.clone());
                design::hold(chip, found, frame.as_deref());
            }
        }
    }
}

/// What a recording holds, bit for bit.
fn bits(recording: &Recording) -> Vec<Vec<u64>> {
    let arrays = recording.arrays.iter().map(|(_, array)| {
        array.to_f64().unwrap_or_default().iter().map(|value| value.to_bits()).collect()
    });
    let trains = recording.events.iter().flat_map(|(_, trains)| trains).map(|train| {
        let times = train.times.iter().map(|time| time.to_bits());
        times.chain(train.channels.iter().map(|&channel| channel as u64)).collect()
    });
    arrays.chain(trains).collect()
}

/// The number of threads changes no bit.
fn run_clocked(bytes: &mut Bytes<'_>, case: &Case) {
    let options = recipe::options(&mut Bytes(bytes.0));
    let given =
        Given::new().reset(options.reset).spike(options.spike).dt(options.dt).limits(LIMITS);
    let settled = ["dt", "reset", "spike"];
    let others = options.choices().into_iter().filter(|(name, _)| !settled.contains(name));
    let given = others.fold(given, |given, (name, value)| given.set(name, value));
    let document = Document::of_graph(case.graph.clone());
    let Ok(model) = Model::clocked(&document, &given) else { return };
    let stimulus = given_to(&case.stimuli);
    let run = Run::new().record(Record::All).duration(case.steps as f64 * options.dt);
    let recorded = |threads| model.run_with(&stimulus, &run.clone().threads(threads));
    let [one, two] = THREADS.map(|threads| recorded(threads).as_ref().map(bits).ok());
    assert_eq!(one, two);
}

/// A run in continuous time ends, and looking at it changes no spike.
fn run_ideal(bytes: &mut Bytes<'_>, case: &Case) {
    let spikes = [
        SpikeReading::Pulse { width: DT },
        SpikeReading::Impulse { area: DT },
        SpikeReading::Impulse { area: 1.0 },
    ];
    let spike = bytes.pick(&spikes);
    let reset = bytes.pick(&[Reset::VReset, Reset::Zero, Reset::Subtract]);
    let given = Given::new().dt(DT).spike(spike).reset(reset).set("max_pending", 100_000);
    if case.facts.leaves().iter().map(nirkit::ir::facts::Leaf::outputs).sum::<usize>()
        > MOST_OF_IDEAL
    {
        return;
    }
    let document = Document::of_graph(case.graph.clone());
    let Ok(model) = Model::exact(&document, &given.limits(LIMITS)) else { return };
    let (stimulus, duration) = (given_to(&case.stimuli), case.steps as f64 * DT);
    let run = Run::new().duration(duration);
    let Ok(plain) = model.run_with(&stimulus, &run) else { return };
    let looked = Instants::At(vec![0.0, 0.4 * DT, duration]);
    let looked = model.run_with(&stimulus, &run.record(Record::All).sample(looked));
    // Voltages of all nodes may be more than the limits allow.
    let Ok(mut looked) = looked else { return };
    // An Output that no spike can reach is recorded only where everything is.
    looked.events.retain(|(node, _)| plain.events.iter().any(|(known, _)| known == node));
    assert_eq!(plain.events, looked.events);
}

/// Comparisons end; a platform is equal to itself.
fn compare_some(bytes: &mut Bytes<'_>, case: &Case) {
    let profiles = simulator::ALL.concat();
    let [first, second] = [bytes.pick(&profiles), bytes.pick(&profiles)];
    let (a, b, chip) = (first.title(), second.title(), CHIPS[1].title());
    let titles = match bytes.below(4) {
        0 => vec!["ideal", &a],
        1 => vec![a.as_str(), &b, &a],
        2 => vec![a.as_str(), &chip],
        _ => vec![a.as_str(), &a],
    };
    let document = Document::of_graph(case.graph.clone());
    let stimulus = given_to(&case.stimuli[..1]);
    let given = Given::new().dt(DT).limits(LIMITS);
    let how = Compare::new().duration(case.steps as f64 * DT);
    let Ok(compared) = compare_platforms(&document, &titles, &stimulus, &given, &how) else {
        return;
    };
    let is_same = titles.len() == 2 && titles[0] == titles[1];
    if let (true, Some(pair)) = (is_same, compared.report.pairs.last()) {
        assert!(
            pair.first.is_none() || !compared.report.ways.is_empty(),
            "{a} is not equal to itself"
        );
    }
}
