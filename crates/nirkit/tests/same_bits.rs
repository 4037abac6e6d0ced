//! The same bits for 1, 2 and 8 threads, and for any order in which a file lists nodes: 30 graphs on
//! every engine.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit::ir::{Document, Graph, Limits, Primitive};
use nirkit::platforms::{Chip, Profile, chip, simulator};
use nirkit::{
    Choices, Error, Instants, Model, Record, Recording, Reset, Run, Signal, SpikeReading, Stimulus,
};
use nirkit_engine::clocked::Precision;
use nirkit_testing::{Bytes, Case, Numbers, chain, recipe};

const GRAPHS: usize = 30;
/// For simulators, which refuse most networks that are drawn at random.
const MORE_GRAPHS: usize = 50;
/// Simulators that take next to none of these networks, as their importers ask for numbers or names of their own. What they
/// compute with is what the others compute with.
const RARE: [&str; 4] = ["lava-dl", "snntorch@1.0.0-rsynaptic", "snntorch@paper", "spikingjelly"];
/// As many as the most threads, so that each has one of its own.
const SAMPLES: usize = 8;
const THREADS: [usize; 2] = [2, 8];
/// Graphs that have to run on each engine, so that none passes on nothing.
const FEWEST: usize = 3;
/// Seed of the first graph, from which on there are enough of each kind.
const FIRST: u64 = 22_000;
/// Steps of the ideal, in which every event counts.
const IDEAL_STEPS: usize = 4;
/// Sets of choices of the clocked engine for each graph, in each precision.
const CHOICES: usize = 2;
/// Choices that the generator leaves as they are.
const MORE_CHOICES: [(&str, [&str; 2]); 2] =
    [("spike_step", ["floor", "nearest"]), ("current", ["mean", "sample"])];

/// Bits of what was recorded, by what it is.
type Bits = BTreeMap<String, Vec<u64>>;

/// A network, and the same one listed otherwise.
struct Listed {
    seed: u64,
    case: Case,
    /// The length of a step in seconds for which its numbers were made.
    dt: f64,
    /// With its nodes in another order.
    nodes: Case,
    /// With its edges in another order too.
    edges: Case,
}

/// Networks of any kind, chains with and without pictures, and cycles of any width.
fn networks() -> Vec<Listed> {
    several(GRAPHS)
}

fn several(graphs: usize) -> Vec<Listed> {
    let made = (FIRST..).filter_map(|seed| {
        let mut numbers = Numbers(seed);
        let turn = (seed - FIRST) as usize / 10;
        let (graph, dt) = match seed % 10 {
            5 => (chain::network(&mut numbers).0, 1.0),
            6 => (chain::cycle(&mut numbers, turn, 3 + 7 * turn).0, 1.0),
            kind @ 7.. => (chain::for_chips(&mut numbers, kind as usize - 7), 1.0),
            _ => (recipe::network(&mut Bytes(&numbers.bytes(150))), 1e-3),
        };
        let bytes = numbers.bytes(60 * SAMPLES);
        let case = Case::new(graph, SAMPLES, &mut Bytes(&bytes))?;
        let [nodes, edges] = [false, true].map(|edges| {
            let graph = shuffled(&case.graph, &mut numbers, edges);
            Case::new(graph, SAMPLES, &mut Bytes(&bytes)).unwrap()
        });
        let with_stimuli = |other: Case| Case { stimuli: case.stimuli.clone(), ..other };
        let [nodes, edges] = [with_stimuli(nodes), with_stimuli(edges)];
        Some(Listed { seed, case, dt, nodes, edges })
    });
    made.take(graphs).collect()
}

/// A graph whose nodes, and edges if they are to, stand in another order, and so in graphs within.
fn shuffled(graph: &Graph, numbers: &mut Numbers, edges: bool) -> Graph {
    let mut nodes: Vec<_> = graph.nodes.iter().map(|(_, name, node)| (name, node)).collect();
    nodes.reverse();
    nodes.sort_by_cached_key(|_| numbers.below(1000));
    let mut listed = graph.clone();
    for (name, node) in nodes {
        let mut node = node.clone();
        if let Primitive::Graph(inner) = &node.primitive {
            node.primitive = Primitive::Graph(shuffled(inner, numbers, edges));
        }
        listed.nodes.remove(name);
        listed.nodes.insert(name, node);
    }
    if edges {
        listed.edges.reverse();
        listed.edges.sort_by_cached_key(|_| numbers.below(1000));
    }
    listed
}

/// How many graphs ran, by engine.
#[derive(Debug, Default)]
struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn count(&mut self, engine: String, ran: bool) {
        *self.0.entry(engine).or_default() += usize::from(ran);
    }

    fn assert_enough(&self) {
        assert!(self.0.values().all(|&graphs| graphs >= FEWEST), "too few graphs ran: {self:?}");
    }
}

/// Holds that an engine gives the same with several threads and with nodes, and edges if they do
/// not matter, in another order; whether it runs the graph.
fn hold<T: PartialEq>(
    engine: &str,
    Listed { seed, case, nodes, edges, .. }: &Listed,
    edges_matter: bool,
    run: &dyn Fn(&Case, usize) -> Option<T>,
) -> bool {
    let alone = run(case, 1);
    for threads in THREADS {
        assert!(run(case, threads) == alone, "{engine}, graph {seed}, {threads} threads");
    }
    assert!(run(nodes, 1) == alone, "{engine}, graph {seed}, nodes in another order");
    if !edges_matter {
        assert!(run(edges, 1) == alone, "{engine}, graph {seed}, edges in another order");
    }
    alone.is_some()
}

fn bits<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> Vec<u64> {
    numbers.into_iter().map(|number| number.to_bits()).collect()
}

fn bits_of(recording: &Recording) -> Bits {
    let array = |(request, array): &(nirkit::Request, nirkit::numerics::Tensor)| {
        let place = format!("{}:{}", request.node, request.observable);
        (place, bits(array.to_f64().unwrap().iter()))
    };
    let mut seen: Bits = recording.arrays.iter().map(array).collect();
    for (node, trains) in &recording.events {
        for (sample, train) in trains.iter().enumerate() {
            let channels = train.channels.iter().map(|&channel| channel as u64);
            let times = train.times.iter().map(|time| time.to_bits());
            seen.insert(format!("{node}, sample {sample}"), times.chain(channels).collect());
        }
    }
    seen
}

fn document(case: &Case) -> Document {
    Document::of_graph(case.graph.clone())
}

/// What enters each Input, sample by sample; only numbers of spikes for chips, which take nothing else.
fn stimulus(case: &Case, counts_only: bool) -> Stimulus {
    let counts = |signal: &Signal| matches!(signal, Signal::Frames { counts: true, .. });
    let fits = |sample: &&nirkit_run::Stimulus| !counts_only || sample.signals.values().all(counts);
    let samples: Vec<_> = case.stimuli.iter().filter(fits).cycle().take(SAMPLES).collect();
    let mut by_input: BTreeMap<&str, Vec<Signal>> = BTreeMap::new();
    for (name, signal) in samples.iter().flat_map(|sample| &sample.signals) {
        by_input.entry(name).or_default().push(signal.clone());
    }
    let empty = Stimulus::new().batched(true);
    by_input.into_iter().fold(empty, |all, (name, signals)| all.signals(Some(name), signals))
}

/// What a model records of everything.
fn record(model: &Model, case: &Case, run: &Run<'_>, counts_only: bool) -> Result<Bits, Error> {
    let run = run.clone().record(Record::All);
    model.run_with(&stimulus(case, counts_only), &run).as_ref().map(bits_of).map_err(Clone::clone)
}

#[test]
fn networks_are_of_all_kinds() {
    let (mut nested, mut cycles, mut inputs, mut outputs) = (0, 0, 0, 0);
    let (mut pictures, mut branches, mut joins, mut chains) = (0, 0, 0, 0);
    for Listed { case, .. } in networks() {
        let (graph, facts) = (&case.graph, &case.facts);
        let most = |end: &dyn Fn(&nirkit::ir::Edge) -> String| {
            let mut counts = BTreeMap::new();
            graph.edges.iter().for_each(|edge| *counts.entry(end(edge)).or_insert(0) += 1);
            counts.into_values().max().unwrap_or(0)
        };
        let (out, into) = (most(&|edge| edge.source.clone()), most(&|edge| edge.target.clone()));
        nested += usize::from(!facts.nested().is_empty());
        cycles += usize::from(facts.components().iter().any(|component| component.recurrent));
        inputs += usize::from(facts.inputs(graph).count() > 1);
        outputs += usize::from(facts.outputs(graph).count() > 1);
        pictures += usize::from(facts.leaves().iter().any(|leaf| leaf.output.len() == 3));
        branches += usize::from(out > 1);
        joins += usize::from(into > 1);
        chains += usize::from(out < 2 && into < 2);
    }
    let kinds = [nested, cycles, inputs, outputs, pictures, branches, joins, chains];
    assert!(kinds.iter().all(|&graphs| graphs >= FEWEST), "{kinds:?}");
}

#[test]
fn the_ideal_has_the_same_bits() {
    let mut tally = Tally::default();
    for listed in networks() {
        for reset in [Reset::VReset, Reset::Subtract] {
            for spike in [
                SpikeReading::Impulse { area: listed.dt },
                SpikeReading::Pulse { width: listed.dt },
            ] {
                let limits = Limits { spikes: 2_000, ..Limits::default() };
                let choices = Choices::new().dt(listed.dt).reset(reset).spike(spike);
                let choices = choices.set("max_pending", 2_000).limits(limits);
                let run = |case: &Case, threads| ideal(case, &choices, listed.dt, threads);
                let ran = hold("ideal", &listed, false, &run);
                let pulse = matches!(spike, SpikeReading::Pulse { .. });
                tally.count(format!("{reset}, pulse: {pulse}"), ran);
            }
        }
    }
    tally.assert_enough();
}

/// Spikes and voltages of each sample.
fn ideal(case: &Case, choices: &Choices, dt: f64, threads: usize) -> Option<Bits> {
    let model = Model::exact(&document(case), choices).ok()?;
    let times = (0..IDEAL_STEPS).map(|step| (step as f64 + 0.3) * dt).collect();
    let run = Run::new().duration(IDEAL_STEPS as f64 * dt).sample(Instants::At(times));
    record(&model, case, &run.threads(threads), false).ok()
}

#[test]
fn the_clocked_engine_has_the_same_bits_under_any_choices() {
    let mut tally = Tally::default();
    let mut numbers = Numbers(1);
    for listed in networks() {
        for precision in [Precision::F32, Precision::F64] {
            for _ in 0..CHOICES {
                let mut options = recipe::options(&mut Bytes(&numbers.bytes(20)));
                options.precision = precision;
                for (name, values) in MORE_CHOICES {
                    options.set(name, values[numbers.below(2)]).unwrap();
                }
                let run = |case: &Case, threads| clocked(case, &options, threads);
                let ran = hold("clocked", &listed, false, &run);
                for (name, value) in options.choices() {
                    tally.count(format!("{name} {value}"), ran);
                }
            }
        }
    }
    tally.assert_enough();
}

fn clocked(case: &Case, options: &nirkit_engine::clocked::Options, threads: usize) -> Option<Bits> {
    let choices = Choices::new().dt(options.dt).reset(options.reset).spike(options.spike);
    let settled = ["dt", "reset", "spike"];
    let others = options.choices().into_iter().filter(|(name, _)| !settled.contains(name));
    let choices = others.fold(choices, |choices, (name, value)| choices.set(name, value));
    let model = Model::clocked(&document(case), &choices).ok()?;
    let run = Run::new().duration(case.steps as f64 * options.dt).threads(threads);
    record(&model, case, &run, false).ok()
}

#[test]
fn every_simulator_has_the_same_bits() {
    let mut tally = Tally::default();
    for listed in several(MORE_GRAPHS) {
        for profile in simulator::ALL.concat() {
            // The one exception: importers walk the list of edges (`docs/packages.md`, `Order` and
            // `blocks` of an `Execution`), so that other edges first are another program.
            let run = |case: &Case, threads| simulated(profile, case, threads);
            let ran = hold(&profile.title(), &listed, true, &run);
            if !RARE.iter().any(|rare| profile.title().starts_with(rare)) {
                tally.count(profile.title(), ran);
            }
        }
    }
    tally.assert_enough();
}

/// What each of the ways gives in which a platform can run a network.
fn simulated(profile: &Profile, case: &Case, threads: usize) -> Option<Vec<Option<Bits>>> {
    let first =
        Model::platform(&document(case), &profile.title(), &Choices::new().dt(1e-3)).ok()?;
    let others: Vec<Model> = first.other_ways().filter_map(|(_, other)| other.ok()).collect();
    let run = Run::new().threads(threads);
    let in_way = |model: &Model| record(model, case, &run, false).ok();
    let seen: Vec<_> = std::iter::once(&first).chain(&others).map(in_way).collect();
    seen.iter().any(Option::is_some).then_some(seen)
}

#[test]
fn every_chip_has_the_same_bits() {
    let mut tally = Tally::default();
    for listed in networks() {
        for chip in chip::ALL {
            for quantiser in chip.quantisers {
                let choices = Choices::new().dt(listed.dt).set("quantize", quantiser.name);
                let run = |case: &Case, threads| on_chip(chip, &choices, case, threads);
                let ran = hold(&chip.title(), &listed, false, &run);
                tally.count(format!("{}, {}", chip.title(), quantiser.name), ran);
            }
        }
    }
    tally.assert_enough();
}

/// The document for the chip's own tools, and what is recorded.
fn on_chip(chip: &Chip, choices: &Choices, case: &Case, threads: usize) -> Option<(String, Bits)> {
    let lowered = nirkit::lower(&document(case), &chip.title(), choices).unwrap();
    let design = lowered.lowering.design?;
    let model = Model::platform(&document(case), &chip.title(), choices).unwrap();
    let recorded = record(&model, case, &Run::new().threads(threads), true).ok()?;
    Some((design.configuration.json, recorded))
}
