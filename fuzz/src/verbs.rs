//! Any sound network, half of them edited: every verb ends in order on it, and what verbs say of each
//! other holds.
//!
//! The first byte says which verb, the second whether the network is edited.

use nirkit::compare::{Entrant, Job as CompareJob, Report, compare, usual_spike};
use nirkit::io::Limits;
use nirkit::io::nir::{WriteOptions, read_bytes, to_bytes};
use nirkit::ir::facts::Leaf;
use nirkit::ir::text::{PrintOptions, parse, print};
use nirkit::ir::valid::validate_within;
use nirkit::ir::{Document, Facts, Graph, validate};
use nirkit::passes::optimise::{PASSES, Pass, optimise_within};
use nirkit::passes::repair::repair_within;
use nirkit::sim::clocked::{Keep, prepare};
use nirkit::sim::{Request, Reset, Signal, SpikeReading, Stimulus, exact};
use nirkit::{clocked, exact as ideal, platform};
use nirkit_platforms::chip::ALL as CHIPS;
use nirkit_platforms::{ChipChoices, Choices, Profile, check, simulator};

use super::graph_mutant::LIMITS;
use super::recipe::{self, Bytes, Case};
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
        case.stimuli = vec![stimulus(&case.graph, &facts, case.steps); 2];
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
    let Ok((_, program)) = platform::first_way(profile, graph, facts, &choices) else {
        assert!(report.refuses(), "{} takes the graph, and does not run it", profile.title());
        return;
    };
    let stimuli = [stimulus(graph, facts, STEPS)];
    let requests: Vec<Request> = program.requests();
    let (program, requests) = (&program, requests.as_slice());
    let job = platform::Job {
        program,
        stimuli: &stimuli,
        steps: STEPS,
        requests,
        has_batch: false,
        threads: 1,
    };
    let _ = platform::run(&job, &|_: u64| {});
}

/// Spikes on every third channel.
fn stimulus(graph: &Graph, facts: &Facts, steps: usize) -> Stimulus {
    let inputs = facts.inputs(graph).map(|id| facts.leaf(id));
    let signals = inputs.map(|leaf| {
        let channels = leaf.outputs();
        let values = (0..channels * steps).map(|at| f64::from(u8::from(at % 3 == 0))).collect();
        (leaf.name.clone(), Signal::Frames { channels, values, counts: true })
    });
    Stimulus { signals: signals.collect() }
}

/// Rewrites end, and leave what they rewrite sound, with the same ports.
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

/// Names and shapes of what enters and what leaves.
fn ports(graph: &Graph, facts: &Facts) -> Vec<(String, Vec<usize>)> {
    let ports = facts.inputs(graph).chain(facts.outputs(graph)).map(|id| facts.leaf(id));
    ports.map(|leaf| (leaf.name.clone(), leaf.input.clone())).collect()
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
    let sizes = case.facts.leaves().iter().map(Leaf::outputs);
    let is_large = sizes.clone().max().unwrap_or(0).pow(2) > MOST_WEIGHTS;
    let way = bytes.below(4);
    for &chip in CHIPS {
        if is_large && chip.name != "speck" {
            continue;
        }
        let quantize = chip.quantisers.get(way).map(|quantiser| quantiser.name.to_owned());
        let reset = [None, Some(Reset::Subtract)][bytes.below(2)];
        let choices = ChipChoices { dt: Some(DT), reset, quantize };
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

/// The number of threads changes no bit.
fn run_clocked(bytes: &mut Bytes<'_>, case: &Case) {
    let options = recipe::options(&mut Bytes(bytes.0));
    let Ok(program) = prepare(&case.graph, &case.facts, &options) else { return };
    let requests = program.requests();
    let (program, requests, stimuli) = (&program, requests.as_slice(), case.stimuli.as_slice());
    let steps = case.steps;
    let job = |threads| clocked::Job {
        program,
        stimuli,
        steps,
        requests,
        keep: Keep::Steps,
        has_batch: true,
        threads,
    };
    let [one, two] = THREADS.map(|threads| clocked::run(&job(threads), &|_: u64| {}).ok());
    let arrays = |run: Option<nirkit_sim::clocked::Recording>| run.map(|run| run.arrays);
    assert_eq!(arrays(one), arrays(two));
}

/// A run in continuous time ends, and gives the same in one piece as in many.
fn run_ideal(bytes: &mut Bytes<'_>, case: &Case) {
    let spikes = [
        SpikeReading::Pulse { width: DT },
        SpikeReading::Impulse { area: DT },
        SpikeReading::Impulse { area: 1.0 },
    ];
    let spike = bytes.pick(&spikes);
    let reset = bytes.pick(&[Reset::VReset, Reset::Zero, Reset::Subtract]);
    let Some(program) = few_spikes(case, spike, reset) else { return };
    let requests = ideal::requests(&program, &case.facts);
    let (stimulus, duration) = (&case.stimuli[0], case.steps as f64 * DT);
    let job = ideal::Job {
        program: &program,
        facts: &case.facts,
        stimulus,
        duration,
        requests: &requests,
        times: vec![0.0, 0.4 * DT, duration],
        folder: None,
        keep: true,
        limits: LIMITS,
    };
    let Ok(outcome) = ideal::run(&job, &|_: u64| {}) else { return };
    let mut whole = exact::Recording::default();
    let Ok(mut run) = program.start(stimulus) else { return };
    run.advance(duration, &mut whole).expect("it ran in pieces");
    for (name, spikes) in &outcome.spikes {
        let Some(node) = program.find(name) else { continue };
        let once = whole.spikes(node).map(|(time, channel)| (time.to_bits(), channel));
        let pieces = spikes.iter().map(|event| (event.time.to_bits(), event.neuron));
        assert!(once.eq(pieces), "{name} spikes otherwise in one piece");
    }
}

/// A program that is soon given up where it spikes ever faster; `None` for networks that are large
/// or not taken.
fn few_spikes(case: &Case, spike: SpikeReading, reset: Reset) -> Option<exact::Program> {
    if case.facts.leaves().iter().map(Leaf::outputs).sum::<usize>() > MOST_OF_IDEAL {
        return None;
    }
    let options = exact::Options {
        spike,
        reset,
        step: DT,
        max_rounds: 100,
        max_pending: 100_000,
        max_spikes: LIMITS.spikes,
    };
    exact::prepare(&case.graph, &case.facts, &options).ok()
}

/// Whether the ideal does not spike ever faster, which a comparison lets it do for long.
fn is_calm(case: &Case, spike: SpikeReading) -> bool {
    let Some(program) = few_spikes(case, spike, Reset::VReset) else { return false };
    let Ok(mut run) = program.start(&case.stimuli[0]) else { return false };
    run.advance(case.steps as f64 * DT, &mut exact::Recording::default()).is_ok()
}

/// Comparisons end; a platform is equal to itself.
fn compare_some(bytes: &mut Bytes<'_>, case: &Case) {
    let profiles = simulator::ALL.concat();
    let entrant = |profile| Entrant::Platform { profile, way: None };
    let [first, second] = [bytes.pick(&profiles), bytes.pick(&profiles)];
    let (spike, _) = usual_spike(&case.graph, &case.facts, DT);
    let entrants = match bytes.below(4) {
        0 if is_calm(case, spike) => vec![Entrant::Ideal, entrant(first)],
        1 => vec![entrant(first), entrant(second), entrant(first)],
        2 => vec![entrant(first), Entrant::Chip(CHIPS[1])],
        _ => vec![entrant(first), entrant(first)],
    };
    let job = CompareJob {
        graph: &case.graph,
        facts: &case.facts,
        stimulus: &case.stimuli[0],
        steps: case.steps,
        dt: DT,
        reset: None,
        quantize: None,
        ideal_reset: Reset::VReset,
        spike,
        memory: 10.0 * DT,
        causes: true,
    };
    let Ok(comparison) = compare(&job, &entrants, &|_| {}) else { return };
    let _ = Report::of(&job, &comparison, Vec::new());
    let same = matches!((&entrants[0], &entrants[entrants.len() - 1]),
        (Entrant::Platform { profile: a, .. }, Entrant::Platform { profile: b, .. }) if a.title() == b.title());
    if let (true, Some(pair)) = (same, comparison.pairs.last()) {
        assert!(pair.difference.first.is_none(), "{} is not equal to itself", entrants[0].title());
    }
}
