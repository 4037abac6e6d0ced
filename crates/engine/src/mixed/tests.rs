//! A neuron by hand, and block execution against the step program: every bit of random networks.

use std::collections::BTreeMap;

use nirkit_ir::facts::Window;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::integer::record::{Column, Recorded, Samples, columns, run_blocks};
use crate::integer::time_block::StateProbe;
use crate::integer::{Frames, Input, Map, Matrix, Source};
use nirkit_run::recording::{Observable, Request};
use nirkit_run::stimulus::{Signal, Stimulus};

/// One neuron with a synapse that keeps a half, a membrane that keeps a quarter, and a weight.
fn program(reset: Reset, weight: i64, recurrent: i64) -> Program {
    let matrix = |weight: i64| vec![Map::Matrix(Matrix::new(1, 1, |_, _| weight))];
    let projection =
        |source, weight| Projection { source, target: 0, maps: matrix(weight), delay: 1 };
    let network = Network {
        inputs: vec![Input { name: "in".to_owned(), channels: 1 }],
        populations: vec![Population {
            name: "n".to_owned(),
            shape: vec![1],
            synapse: Some(vec![0.5]),
            membrane: vec![0.25],
            offset: vec![1.0],
            threshold: vec![10.0],
            reset,
        }],
        projections: vec![
            projection(Source::Input(0), weight),
            projection(Source::Population(0), recurrent),
        ],
    };
    prepare(network).unwrap()
}

fn trace(program: &Program, input: &[f64], observable: Observable) -> Vec<f64> {
    let signal = Signal::Frames { channels: 1, values: input.to_vec(), counts: true };
    let stimulus = Stimulus { signals: BTreeMap::from([("in".to_owned(), signal)]) };
    let request = Request { node: "n".to_owned(), observable };
    let found = record(program, &stimulus, input.len(), 1.0, &[request]).unwrap();
    found.arrays[0].1.to_f64().unwrap().into_owned()
}

/// Worked out by hand: v = v / 4 + i + 1, i = i / 2 + 8 x a step later.
#[test]
fn a_spike_arrives_a_step_later_and_the_offset_acts_at_once() {
    let program = program(Reset::Subtract, 8, 0);
    let input = [1.0, 1.0, 0.0, 0.0];
    assert_eq!(trace(&program, &input, Observable::Isyn), [0.0, 8.0, 12.0, 6.0]);
    // 1; 0.25 + 9 = 9.25; 2.3125 + 13 = 15.3125, less 10; 1.328125 + 7.
    assert_eq!(trace(&program, &input, Observable::V), [1.0, 9.25, 5.3125, 8.328_125]);
    assert_eq!(trace(&program, &input, Observable::Spikes), [0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_neuron_inhibits_itself_a_step_later() {
    let program = program(Reset::Zero, 8, -20);
    let input = [1.0, 1.0, 0.0, 0.0];
    // The spike of the third step takes 20 off the current of the fourth.
    assert_eq!(trace(&program, &input, Observable::V), [1.0, 9.25, 0.0, 6.0 - 20.0 + 1.0]);
}

#[test]
fn a_projection_in_the_same_step_is_refused() {
    let mut network = program(Reset::Zero, 1, 1).network().clone();
    network.projections[0].delay = 0;
    network.populations[0].offset.clear();
    assert_eq!(prepare(network).unwrap_err().0.len(), 2);
}

fn maps(sources: usize, targets: usize) -> BoxedStrategy<Vec<Map>> {
    let matrix = (prop::collection::vec(-128_i64..128, sources * targets), any::<bool>()).prop_map(
        move |(weights, is_sparse)| {
            let weight = |from: usize, to: usize| {
                let at = from * targets + to;
                if is_sparse && !at.is_multiple_of(13) { 0 } else { weights[at] }
            };
            vec![Map::Matrix(Matrix::new(sources, targets, weight))]
        },
    );
    if !(sources.is_multiple_of(12) && targets.is_multiple_of(6)) {
        return matrix.boxed();
    }
    // Pictures of 2 x 3 pixels.
    let (inputs, outputs) = (sources / 6, targets / 6);
    let weights = prop::collection::vec(-128_i64..128, 9 * inputs * outputs);
    let window = weights.prop_map(move |weights| {
        let window = Window {
            channels_in: inputs,
            channels_out: outputs,
            groups: 1,
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            before: [1, 1],
            after: [1, 1],
            input: [2, 3],
            output: [2, 3],
        };
        vec![Map::Window { window, weights }]
    });
    prop_oneof![matrix, window].boxed()
}

fn population(neurons: usize) -> impl Strategy<Value = Population> {
    let numbers = |low: f32, high: f32| prop::collection::vec(low..high, neurons);
    let reset = select(vec![Reset::Zero, Reset::Subtract]);
    let lists = (numbers(0.0, 1.0), numbers(-9.0, 9.0), numbers(1.0, 400.0));
    (prop::option::of(numbers(0.0, 1.0)), lists, reset).prop_map(
        move |(synapse, (membrane, offset, threshold), reset)| Population {
            name: String::new(),
            shape: vec![neurons],
            synapse,
            membrane,
            offset,
            threshold,
            reset,
        },
    )
}

fn network() -> impl Strategy<Value = Network> {
    let sizes = prop::collection::vec(select(vec![1_usize, 12, 24, 67]), 1..4);
    sizes.prop_flat_map(|sizes| {
        let populations: Vec<_> = sizes.iter().map(|&neurons| population(neurons)).collect();
        let mut projections = Vec::new();
        for (target, &to) in sizes.iter().enumerate() {
            let sources = (0..sizes.len()).map(|at| (Source::Population(at), sizes[at]));
            for (source, from) in [(Source::Input(0), 12)].into_iter().chain(sources) {
                // Few connections go backwards, so that there are chains.
                let is_back = matches!(source, Source::Population(at) if at >= target);
                let is_there = prop::bool::weighted(if is_back { 0.2 } else { 0.7 });
                projections.push((is_there, maps(from, to), 1_usize..4).prop_map(
                    move |(is_there, maps, delay)| {
                        is_there.then_some(Projection { source, target, maps, delay })
                    },
                ));
            }
        }
        (populations, projections).prop_map(|(mut populations, projections)| {
            for (at, population) in populations.iter_mut().enumerate() {
                population.name = format!("p{at}");
            }
            let inputs = vec![Input { name: "in".to_owned(), channels: 12 }];
            Network {
                inputs,
                populations,
                projections: projections.into_iter().flatten().collect(),
            }
        })
    })
}

/// Numbers as bits, so that no two of them count as equal.
fn bits(columns: Vec<Column<f32>>) -> Vec<Vec<i64>> {
    let column = |column: Column<f32>| match column.samples {
        Samples::Spikes(spikes) => spikes,
        Samples::States(states) => states.iter().map(|v| i64::from(v.to_bits())).collect(),
    };
    columns.into_iter().map(column).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_bit_of_a_block_is_that_of_the_step_program(
        network in network(), counts in prop::collection::vec(0_u8..4, 1..50), steps in 1_usize..300,
    ) {
        let program = prepare(network).unwrap();
        let values = (0..12 * steps).map(|at| f64::from(counts[at % counts.len()] / 2)).collect();
        let signal = Signal::Frames { channels: 12, values, counts: true };
        let stimulus = Stimulus { signals: [("in".to_owned(), signal)].into() };
        let frames = Frames::new(&program.network().inputs, &stimulus, steps, 1.0).unwrap();
        let all = program.requests();
        let lowered = program.step_program(None);
        prop_assert_eq!(lowered.faults(), vec![]);
        let read = nirkit_step::parse(&lowered.to_string()).unwrap();
        let interpreted = interpreted(&read, &all, &frames, steps);
        let tracks: Vec<StateProbe> =
            all.iter().map(|request| program.track(request).unwrap()).collect();
        let mut blocked = columns(&program, &tracks, steps).unwrap();
        prop_assert!(run_blocks(&program, &frames, steps, &tracks, &mut blocked));
        prop_assert_eq!(&bits(blocked), &interpreted);
        // The executor of step programs, whatever else is recorded.
        for requests in [&all[..], &all[..1]] {
            let recording = program.run_otherwise(&frames, steps, requests).unwrap();
            for ((request, array), wanted) in recording.arrays.iter().zip(&interpreted) {
                let found: Vec<i64> =
                    array.to_f64().unwrap().iter().map(|&x| bits_of(request, x)).collect();
                prop_assert_eq!(&found, wanted);
            }
        }
    }
}

/// A number of a request as an integer, so that no two numbers count as equal.
fn bits_of(request: &Request, number: f64) -> i64 {
    match request.observable {
        Observable::Spikes => number as i64,
        _ => i64::from((number as f32).to_bits()),
    }
}

/// What the interpreter of step programs computes for each request, step by step.
fn interpreted(
    program: &nirkit_step::Program,
    requests: &[Request],
    frames: &Frames,
    steps: usize,
) -> Vec<Vec<i64>> {
    let mut run = nirkit_step::Run::new(program);
    let mut found = vec![Vec::new(); requests.len()];
    for step in 0..steps {
        run.step(&[frames.at(0, step).iter().map(|&count| count as f64).collect()]);
        for (request, found) in requests.iter().zip(&mut found) {
            let name = format!("{}:{}", request.node, request.observable);
            let numbers = run.observe(&name).unwrap();
            found.extend(numbers.into_iter().map(|number| bits_of(request, number)));
        }
    }
    found
}
