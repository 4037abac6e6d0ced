//! Block execution against single steps: every number of random networks.

use nirkit_ir::facts::Window;
use proptest::prelude::*;
use proptest::sample::select;

use super::record::{Column, Recorded, run_blocks, walk};
use super::stimulus::Frames;
use super::time_block::{Layout, StateProbe};
use super::*;
use crate::clocked::Comparison;
use nirkit_run::recording::Observable;
use nirkit_run::stimulus::{Signal, Stimulus};

/// Neurons of any kind that 32 bits can imitate.
fn population(neurons: usize, each: bool) -> impl Strategy<Value = Population> {
    let bits = move || prop::collection::vec(0_u8..40, neurons);
    let kept = prop::collection::vec(0_i64..=4096, neurons);
    let shift = |(bits, at_least_one)| Decay::Shift { bits, at_least_one };
    let factor = |(kept, down)| {
        let shift = if down { Shift::Down } else { Shift::TowardZero };
        Decay::Factor { kept, bits: 12, shift }
    };
    let decay = prop_oneof![
        Just(Decay::None),
        Just(Decay::All),
        (bits(), any::<bool>()).prop_map(shift),
        (kept, any::<bool>()).prop_map(factor),
    ];
    let decays = prop::collection::vec(decay, 3);
    let registers = [
        Register::signed(16, Overflow::Saturate),
        Register::symmetric(24, Overflow::Saturate),
        Register::signed(12, Overflow::Wrap),
    ];
    let once = Register { low: -2047, high: 2048, overflow: Overflow::WrapOnce };
    let currents = if each {
        registers.to_vec()
    } else {
        [registers[0], registers[1], registers[2], once].to_vec()
    };
    let order = select(vec![Order::ArriveThenDecay, Order::DecayThenArrive]);
    let synapse = (select(currents), order, 0_u32..3);
    let numbers = |low: i64, high: i64| prop::collection::vec(low..high, neurons);
    let fire = (
        numbers(0, 60),
        select(vec![Comparison::Above, Comparison::AtLeast]),
        select(vec![1_i64, 3, 31]),
        select(vec![Reset::Zero, Reset::Subtract]),
        prop::option::of(numbers(-90, 3)),
    );
    let alias = prop::collection::vec(prop::collection::vec(0..neurons, 0..2), neurons);
    let rest = (
        select(registers.to_vec()),
        select(vec![Assembly::AtOnce, Assembly::ByChange]),
        prop_oneof![Just(vec![]), numbers(-20, 40)],
        prop_oneof![3 => Just(vec![]), 1 => alias],
    );
    (decays, prop::collection::vec(synapse, 1..3), fire, rest).prop_map(
        move |(decays, synapses, fire, (register, assembly, bias, aliases))| {
            let synapse = |((register, order, shift), decay): (_, &Decay)| Synapse {
                register,
                decay: decay.clone(),
                arrival: Arrival::Sum { shift },
                order,
                observable: None,
            };
            let mut synapses: Vec<Synapse> =
                synapses.into_iter().zip(&decays).map(synapse).collect();
            for (synapse, observable) in
                synapses.iter_mut().zip([Observable::Isyn, Observable::Isyn2])
            {
                synapse.observable = Some(observable);
            }
            if each {
                synapses[0].arrival = Arrival::EachSpike;
            }
            // Numbers wrap in whole bits only.
            let is_odd = register == Register::symmetric(24, Overflow::Saturate);
            let assembly = if is_odd { Assembly::AtOnce } else { assembly };
            let (threshold, comparison, limit, reset, floor) = fire;
            Population {
                name: String::new(),
                shape: vec![neurons],
                synapses,
                membrane: Membrane { register, decay: decays[2].clone(), bias, assembly },
                fire: Fire { threshold, comparison, limit, reset, floor },
                aliases,
            }
        },
    )
}

/// A way from so many channels to so many others: a matrix, mostly zero or not, or two windows where
/// the sizes allow it.
fn maps(sources: usize, targets: usize, each: bool) -> BoxedStrategy<Vec<Map>> {
    let matrix = (prop::collection::vec(-9_i64..12, sources * targets), any::<bool>()).prop_map(
        move |(weights, is_sparse)| {
            let weight = |from: usize, to: usize| {
                let at = from * targets + to;
                if is_sparse && !at.is_multiple_of(13) { 0 } else { weights[at] }
            };
            vec![Map::Matrix(Matrix::new(sources, targets, weight))]
        },
    );
    if each || !(sources.is_multiple_of(12) && targets.is_multiple_of(6)) {
        return matrix.boxed();
    }
    // Pictures of 2 x 3 pixels become as many channels of 2 x 3 pixels as there are targets.
    let (inputs, outputs) = (sources / 6, targets / 6);
    let shape = (0_usize..2, 1_usize..3, 1_usize..3, any::<bool>(), any::<bool>());
    let weights = prop::collection::vec(-4_i64..6, 9 * inputs * outputs);
    let windows =
        (shape, weights).prop_map(move |((wide, down, far, grouped, pooled), weights)| {
            let window = Window {
                channels_in: inputs,
                channels_out: outputs,
                groups: if grouped && outputs.is_multiple_of(2) { 2 } else { 1 },
                kernel: [1, 1 + 2 * wide],
                stride: [1, 1],
                dilation: [1, far],
                before: [0, wide * far],
                after: [0, wide * far],
                input: [2, 3],
                output: [2, 3],
            };
            // A second one that skips rows and comes back to the same size.
            let skip = Window {
                groups: inputs,
                channels_out: inputs,
                kernel: [down, 1],
                stride: [down, 1],
                dilation: [1, 1],
                before: [2 * down - 2, 0],
                after: [0, 0],
                ..window.clone()
            };
            let len = outputs * (inputs / window.groups) * window.kernel[1];
            let kernel = Map::Window { window, weights: weights[..len].to_vec() };
            if pooled { vec![Map::sum(&skip), kernel] } else { vec![kernel] }
        });
    prop_oneof![1 => matrix, 2 => windows].boxed()
}

fn sizes() -> impl Strategy<Value = Vec<(usize, bool)>> {
    let size = select(vec![1_usize, 5, 12, 24, 67]);
    prop::collection::vec((size, any::<bool>()), 1..4)
}

fn network() -> impl Strategy<Value = Network> {
    (sizes(), select(vec![3_usize, 12, 24])).prop_flat_map(|(sizes, channels)| {
        let populations: Vec<_> =
            sizes.iter().map(|&(neurons, each)| population(neurons, each)).collect();
        let mut ends = Vec::new();
        for (target, &(neurons, each)) in sizes.iter().enumerate() {
            ends.push((Source::Input(0), target, channels, neurons, each));
            for (source, &(others, _)) in sizes.iter().enumerate() {
                ends.push((Source::Population(source), target, others, neurons, each));
            }
        }
        let projections: Vec<_> = ends
            .into_iter()
            .map(|(source, target, from, to, each)| {
                let sum = select(vec![None, Some(Register::signed(10, Overflow::Wrap))]);
                let rest = (0_usize..4, -1_i32..3, sum, prop::option::of(1_i64..5), 0_usize..2);
                // Few connections go backwards, so that there are chains.
                let is_back = matches!(source, Source::Population(at) if at >= target);
                let is_there = prop::bool::weighted(if is_back { 0.2 } else { 0.7 });
                (is_there, maps(from, to, each), rest).prop_map(move |(is_there, maps, rest)| {
                    let (delay, shift, sum, limit, synapse) = rest;
                    let delay = delay.max(usize::from(is_back));
                    let projection =
                        Projection { source, target, synapse, maps, limit, delay, shift, sum };
                    is_there.then_some(projection)
                })
            })
            .collect();
        (populations, projections).prop_map(move |(mut populations, projections)| {
            for (at, population) in populations.iter_mut().enumerate() {
                population.name = format!("p{at}");
            }
            let mut projections: Vec<Projection> = projections.into_iter().flatten().collect();
            for projection in &mut projections {
                projection.synapse %= populations[projection.target].synapses.len();
            }
            let inputs = vec![Input { name: "input".to_owned(), channels }];
            Network { inputs, populations, projections }
        })
    })
}

fn frames(program: &Program, counts: &[u8], steps: usize) -> Frames {
    let channels = program.network().inputs[0].channels;
    // Some steps are silent, some loud.
    let value = |at: usize| {
        let count = counts[at % counts.len()];
        f64::from(if (at / channels).is_multiple_of(3) { count / 2 } else { count % 2 })
    };
    let values = (0..channels * steps).map(value).collect();
    let signal = Signal::Frames { channels, values, counts: true };
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    Frames::new(&program.network().inputs, &stimulus, steps, 1.0).unwrap()
}

type Columns = Vec<Column<i64>>;

/// Everything that can be recorded, in blocks if that can be done, and step by step.
fn both(program: &Program, counts: &[u8], steps: usize) -> (Option<Columns>, Columns) {
    let frames = frames(program, counts, steps);
    let tracks: Vec<StateProbe> =
        program.requests().iter().map(|request| program.track(request).unwrap()).collect();
    let columns: Columns =
        tracks.iter().map(|&track| Column::new(program, track, steps).unwrap()).collect();
    let (mut blocked, mut stepped) = (columns.clone(), columns);
    walk(program, &frames, steps, &tracks, &mut stepped);
    (run_blocks(program, &frames, steps, &tracks, &mut blocked).then_some(blocked), stepped)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_number_of_a_block_is_that_of_the_steps(
        network in network(), counts in prop::collection::vec(0_u8..6, 1..50), steps in 1_usize..300,
    ) {
        let program = prepare(network).unwrap();
        let (blocked, stepped) = both(&program, &counts, steps);
        // What is drawn fits, but for spikes that add up beyond a register of few bits.
        prop_assert!(blocked.is_some() || program.plan().is_some());
        if let Some(blocked) = blocked {
            prop_assert_eq!(blocked, stepped);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_number_of_the_step_program_is_that_of_the_steps(
        network in network(), counts in prop::collection::vec(0_u8..6, 1..50),
    ) {
        let program = prepare(network).unwrap();
        let Ok(lowered) = program.step_program(None) else {
            let network = program.network();
            let once = |register: Register| register.overflow == Overflow::WrapOnce;
            let is_told = network.populations.iter().any(|population| {
                population.aliases.iter().any(|aliases| !aliases.is_empty())
                    || population.synapses.iter().any(|synapse| once(synapse.register))
            });
            prop_assert!(is_told);
            return Ok(());
        };
        prop_assert_eq!(lowered.faults(), vec![]);
        let text = lowered.to_string();
        let read = nirkit_step::parse(&text).unwrap();
        prop_assert_eq!(read.to_string(), text);
        let frames = frames(&program, &counts, 25);
        let requests = program.requests();
        let executed = program.run_otherwise(&frames, 25, &requests).unwrap();
        let (mut run, mut interpreted) = (program.start(), nirkit_step::Run::new(&read));
        for step in 0..25 {
            run.step(|input| frames.at(input, step));
            let frame = frames.at(0, step).iter().map(|&count| count as f64).collect();
            interpreted.step(&[frame]);
            for (request, (_, executed)) in requests.iter().zip(&executed.arrays) {
                let wanted = run.read(program.subject(request).unwrap());
                let executed = &executed.to_i64().unwrap()[step * wanted.len()..][..wanted.len()];
                let name = format!("{}:{}", request.node, request.observable);
                prop_assert_eq!(executed, wanted, "{} {}", step, name);
                let wanted: Vec<f64> = wanted.iter().map(|&x| x as f64).collect();
                prop_assert_eq!(interpreted.observe(&name), Some(wanted), "{} {}", step, name);
            }
        }
    }
}

/// A picture through two windows, with neurons whose voltages have no register to speak of.
fn pictures(threshold: i64) -> Network {
    let window = |inputs: usize, outputs: usize| Window {
        channels_in: inputs,
        channels_out: outputs,
        groups: 1,
        kernel: [3, 3],
        stride: [1, 1],
        dilation: [1, 1],
        before: [1, 1],
        after: [1, 1],
        input: [5, 7],
        output: [5, 7],
    };
    let wide = Register::signed(40, Overflow::Saturate);
    let population = |at: usize, channels: usize| Population {
        name: format!("p{at}"),
        shape: vec![channels, 5, 7],
        synapses: vec![Synapse {
            register: wide,
            decay: Decay::All,
            arrival: Arrival::Sum { shift: 0 },
            order: Order::DecayThenArrive,
            observable: Some(Observable::Isyn),
        }],
        membrane: Membrane {
            register: wide,
            decay: Decay::None,
            bias: vec![1; channels * 35],
            assembly: Assembly::AtOnce,
        },
        fire: Fire {
            threshold: vec![threshold; channels * 35],
            comparison: Comparison::AtLeast,
            limit: 1 << 31,
            reset: Reset::Subtract,
            floor: Some(vec![-threshold; channels * 35]),
        },
        aliases: vec![],
    };
    let projection = |source, target, window: Window| Projection {
        source,
        target,
        synapse: 0,
        maps: vec![Map::Window {
            weights: (0..window.channels_in * window.channels_out * 9)
                .map(|at| (at as i64 * 7) % 23 - 9)
                .collect(),
            window,
        }],
        limit: None,
        delay: 0,
        shift: 0,
        sum: None,
    };
    Network {
        inputs: vec![Input { name: "input".to_owned(), channels: 70 }],
        populations: vec![population(0, 6), population(1, 3)],
        projections: vec![
            projection(Source::Input(0), 0, window(2, 6)),
            projection(Source::Population(0), 1, window(6, 3)),
        ],
    }
}

#[test]
fn pictures_lie_pixel_by_pixel_and_are_recorded_as_they_are_numbered() {
    let program = prepare(pictures(40)).unwrap();
    let layout = Layout::ByPixel { channels: 6, pixels: 35 };
    assert_eq!(program.plan().unwrap().parts[0].layout, layout);
    let (blocked, stepped) = both(&program, &[3, 0, 0, 1, 0, 2, 0], 50);
    assert_eq!(blocked, Some(stepped));
}

/// With a threshold of 1 spikes grow by tens from layer to layer.
#[test]
fn a_run_that_leaves_32_bits_is_done_again_in_64() {
    let mut network = pictures(1);
    for projection in &mut network.projections {
        let Map::Window { weights, .. } = &mut projection.maps[0] else { continue };
        for weight in weights {
            *weight *= 10_000;
        }
    }
    let program = prepare(network).unwrap();
    assert!(program.plan().is_some());
    assert_eq!(both(&program, &[2, 4], 4).0, None);
    let request = &program.requests()[3..4];
    let values = vec![2.0; 4 * 70];
    let signal = Signal::Frames { channels: 70, values, counts: true };
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    let found = record(&program, &stimulus, 4, 1.0, request).unwrap();
    let largest = found.arrays[0].1.to_i64().unwrap().into_iter().max();
    assert_eq!(largest, Some(1 << 31), "the limit");
}
