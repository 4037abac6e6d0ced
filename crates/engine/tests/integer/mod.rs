//! The engine of integers against plain models in wide numbers, one spike and one operation at a
//! time, as the descriptions of the hardware have it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod edges;

use std::collections::BTreeMap;

use nirkit_engine::clocked::Comparison;
use nirkit_engine::integer::{
    Arrival, Assembly, Decay, Fire, Input, IntegerError, Map, Matrix, Membrane, Network, Order,
    Overflow, Population, Projection, Register, Reset, Shift, Source, Synapse, prepare, record,
};
use nirkit_run::{Observable, Request, Signal, Stimulus};
use proptest::prelude::*;

/// Numbers of one recurrent population behind an input, all lists by neuron.
#[derive(Clone, Debug)]
struct Numbers {
    /// By input channel, then neuron.
    weights_in: Vec<Vec<i64>>,
    /// By neuron, then neuron.
    weights_rec: Vec<Vec<i64>>,
    syn: Vec<u8>,
    mem: Vec<u8>,
    threshold: Vec<i64>,
    bias: Vec<i64>,
    shift: i32,
    alias: Option<usize>,
    /// By step, then input channel.
    counts: Vec<Vec<i64>>,
}

/// Numbers at the ends of their ranges are as frequent as those between.
fn edgy(low: i64, high: i64) -> impl Strategy<Value = i64> {
    prop_oneof![3 => low..=high, 1 => Just(low), 1 => Just(high), 1 => Just(0.clamp(low, high))]
}

fn numbers() -> impl Strategy<Value = Numbers> {
    (1_usize..4, 1_usize..5).prop_flat_map(|(inputs, neurons)| {
        let row = |low, high| prop::collection::vec(edgy(low, high), neurons);
        let bits = || prop::collection::vec(0_u8..16, neurons);
        let frame = prop::collection::vec(edgy(0, 20), inputs);
        let weights = (
            prop::collection::vec(row(-128, 127), inputs),
            prop::collection::vec(row(-128, 127), neurons),
        );
        let lists = (bits(), bits(), row(0, 32_767), row(-32_768, 32_767));
        let rest = (0_i32..9, prop::option::of(0..neurons), prop::collection::vec(frame, 1..30));
        (weights, lists, rest).prop_map(|(weights, lists, rest)| Numbers {
            weights_in: weights.0,
            weights_rec: weights.1,
            syn: lists.0,
            mem: lists.1,
            threshold: lists.2,
            bias: lists.3,
            shift: rest.0,
            alias: rest.1,
            counts: rest.2,
        })
    })
}

const STATE: Register = Register::signed(16, Overflow::Saturate);

fn matrix(weights: &[Vec<i64>]) -> Vec<Map> {
    let targets = weights.first().map_or(0, Vec::len);
    vec![Map::Matrix(Matrix::new(weights.len(), targets, |from, to| weights[from][to]))]
}

fn projection(source: Source, weights: &[Vec<i64>], delay: usize, shift: i32) -> Projection {
    let limit = Some(15);
    let maps = matrix(weights);
    Projection { source, target: 0, synapse: 0, maps, limit, delay, shift, sum: None }
}

/// Spike by spike into registers of 16 bits, shift decays, several spikes a step.
fn shifting(n: &Numbers) -> Network {
    let shift = |bits: &[u8]| Decay::Shift { bits: bits.to_vec(), at_least_one: true };
    let neurons = n.threshold.len();
    let alias = |neuron| if neuron == 0 { n.alias.into_iter().collect() } else { Vec::new() };
    Network {
        inputs: vec![Input { name: "input".to_owned(), channels: n.weights_in.len() }],
        populations: vec![Population {
            name: "p".to_owned(),
            shape: vec![neurons],
            synapses: vec![Synapse {
                register: STATE,
                decay: shift(&n.syn),
                arrival: Arrival::EachSpike,
                order: Order::ArriveThenDecay,
                observable: Some(Observable::Isyn),
            }],
            membrane: Membrane {
                register: STATE,
                decay: shift(&n.mem),
                bias: n.bias.clone(),
                assembly: Assembly::ByChange,
            },
            fire: Fire {
                threshold: n.threshold.clone(),
                comparison: Comparison::AtLeast,
                limit: 31,
                reset: Reset::Subtract,
                floor: None,
            },
            aliases: (0..neurons).map(alias).collect(),
        }],
        projections: vec![
            projection(Source::Input(0), &n.weights_in, 0, n.shift),
            projection(Source::Population(0), &n.weights_rec, 1, n.shift),
        ],
    }
}

/// Sums that arrive a step late, decays by factors of 12 bits, a current that wraps in 24 bits and a
/// voltage that saturates, a reset to zero.
fn scaling(n: &Numbers) -> Network {
    let factor = |bits: &[u8]| Decay::Factor {
        kept: bits
            .iter()
            .map(|&bits| i64::from(bits) * 256 + i64::from(bits == 15) * 256)
            .collect(),
        bits: 12,
        shift: Shift::TowardZero,
    };
    let mut network = shifting(n);
    let population = &mut network.populations[0];
    population.synapses[0] = Synapse {
        register: Register { low: 1 - (1 << 23), high: 1 << 23, overflow: Overflow::WrapOnce },
        decay: factor(&n.syn),
        arrival: Arrival::Sum { shift: 6 },
        order: Order::DecayThenArrive,
        observable: Some(Observable::U),
    };
    population.membrane.register = Register::symmetric(24, Overflow::Saturate);
    population.membrane.decay = factor(&n.mem);
    population.membrane.assembly = Assembly::AtOnce;
    population.fire.comparison = Comparison::Above;
    population.fire.limit = 1;
    population.fire.reset = Reset::Zero;
    population.aliases = Vec::new();
    for projection in &mut network.projections {
        projection.delay = 1;
        projection.limit = None;
    }
    network
}

/// Spikes, voltages and currents of all steps.
type Traces = [Vec<i64>; 3];

/// What the engine makes of a network.
fn engine(network: Network, counts: &[Vec<i64>]) -> Traces {
    let current = network.populations[0].synapses[0].observable.unwrap();
    let program = prepare(network).unwrap();
    let values: Vec<f64> = counts.iter().flatten().map(|&count| count as f64).collect();
    let signal = Signal::Frames { channels: counts[0].len(), values, counts: true };
    let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
    let request = |observable| Request { node: "p".to_owned(), observable };
    let requests = [Observable::Spikes, Observable::V, current].map(request);
    let recording = record(&program, &stimulus, counts.len(), 1e-3, &requests).unwrap();
    [0, 1, 2].map(|at| recording.arrays[at].1.to_i64().unwrap())
}

fn clamp16(x: i128) -> i128 {
    x.clamp(i128::from(i16::MIN), i128::from(i16::MAX))
}

/// What is lost by a shift to the right: floor division, and at least 1 toward 0.
fn shifted_away(x: i128, bits: u8) -> i128 {
    match x.div_euclid(1 << bits) {
        0 => x.signum(),
        lost => lost,
    }
}

/// The same network as [`shifting`], spike by spike.
fn plain_shifting(n: &Numbers) -> Traces {
    let neurons = n.threshold.len();
    let (mut i, mut v, mut last) = (vec![0; neurons], vec![0; neurons], vec![0_i64; neurons]);
    let mut traces: Traces = Default::default();
    for frame in &n.counts {
        for (counts, weights) in [(frame, &n.weights_in), (&last, &n.weights_rec)] {
            for (&count, row) in counts.iter().zip(weights) {
                for _ in 0..count.min(15) {
                    for (current, &weight) in i.iter_mut().zip(row) {
                        // In C: `(int16_t)(weight << shift)`.
                        let weight = (weight << n.shift) as i16;
                        *current = clamp16(*current + i128::from(weight));
                    }
                }
            }
        }
        let mut spikes = vec![0; neurons];
        for k in 0..neurons {
            i[k] -= shifted_away(i[k], n.syn[k]);
            let negated = (-shifted_away(v[k], n.mem[k])) as i16;
            let change = clamp16(clamp16(i128::from(negated) + i[k]) + i128::from(n.bias[k]));
            v[k] = clamp16(v[k] + change);
            while v[k] >= i128::from(n.threshold[k]) && spikes[k] < 31 {
                spikes[k] += 1;
                v[k] -= i128::from(n.threshold[k]);
            }
            if let Some(alias) = n.alias.filter(|_| k == 0) {
                spikes[alias] = (spikes[alias] + spikes[k]).min(31);
            }
        }
        let wide = |numbers: &[i128]| numbers.iter().map(|&x| x as i64).collect::<Vec<_>>();
        traces[0].extend(&spikes);
        traces[1].extend(wide(&v));
        traces[2].extend(wide(&i));
        last = spikes;
    }
    traces
}

/// The same network as [`scaling`].
fn plain_scaling(n: &Numbers) -> Traces {
    let neurons = n.threshold.len();
    let kept = |bits: u8| i128::from(bits) * 256 + if bits == 15 { 256 } else { 0 };
    let (mut u, mut v) = (vec![0_i128; neurons], vec![0_i128; neurons]);
    let (mut arriving, mut spikes) = (vec![0_i128; neurons], vec![0_i64; neurons]);
    let mut traces: Traces = Default::default();
    for frame in &n.counts {
        // What was sent in the step before.
        for (k, sum) in arriving.iter_mut().enumerate() {
            let recurrent = spikes.iter().zip(&n.weights_rec);
            let recurrent: i64 = recurrent.map(|(&count, row)| count * row[k]).sum();
            *sum += i128::from(recurrent) * (1 << n.shift);
        }
        for k in 0..neurons {
            let mut current = u[k] * kept(n.syn[k]) / 4096 + arriving[k] * 64;
            if current > 1 << 23 {
                current -= 1 << 24;
            } else if current <= -(1 << 23) {
                current += 1 << 24;
            }
            u[k] = current;
            let limit = (1 << 23) - 1;
            let voltage = v[k] * kept(n.mem[k]) / 4096 + u[k] + i128::from(n.bias[k]);
            v[k] = voltage.clamp(-limit, limit);
            spikes[k] = i64::from(v[k] > i128::from(n.threshold[k]));
            v[k] *= i128::from(1 - spikes[k]);
        }
        for (k, sum) in arriving.iter_mut().enumerate() {
            let entering = frame.iter().zip(&n.weights_in);
            let entering: i64 = entering.map(|(&count, row)| count * row[k]).sum();
            *sum = i128::from(entering) * (1 << n.shift);
        }
        let wide = |numbers: &[i128]| numbers.iter().map(|&x| x as i64).collect::<Vec<_>>();
        traces[0].extend(&spikes);
        traces[1].extend(wide(&v));
        traces[2].extend(wide(&u));
    }
    traces
}

proptest! {
    #[test]
    fn spikes_one_by_one_and_shift_decays_are_those_of_wide_numbers(n in numbers()) {
        prop_assert_eq!(engine(shifting(&n), &n.counts), plain_shifting(&n));
    }

    #[test]
    fn delayed_sums_and_factors_are_those_of_wide_numbers(n in numbers()) {
        prop_assert_eq!(engine(scaling(&n), &n.counts), plain_scaling(&n));
    }
}

fn one_neuron(threshold: i64) -> Numbers {
    Numbers {
        weights_in: vec![vec![127]],
        weights_rec: vec![vec![0]],
        syn: vec![15],
        mem: vec![15],
        threshold: vec![threshold],
        bias: vec![0],
        shift: 8,
        alias: None,
        counts: vec![vec![15]; 3],
    }
}

#[test]
fn a_threshold_at_the_end_of_the_register_can_be_reached() {
    // 127 << 8 = 32512; twice saturates at 32767, of which the decay takes 1 in 16 bits.
    let [spikes, v, isyn] = engine(shifting(&one_neuron(32_767)), &[vec![2], vec![2], vec![0]]);
    assert_eq!(isyn, [32_766, 32_766, 32_765]);
    assert_eq!(spikes, [0, 1, 0]);
    assert_eq!(v, [32_766, 0, 32_765]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let mut network = shifting(&one_neuron(-1));
    network.populations[0].membrane.bias = vec![0, 0];
    network.projections[1].delay = 0;
    network.projections[0].target = 7;
    let errors = prepare(network).unwrap_err().0;
    let kinds: Vec<bool> = vec![
        matches!(errors[0], IntegerError::Count { what: "the bias", found: 2, neurons: 1, .. }),
        matches!(errors[1], IntegerError::Range { what: "the threshold", value: -1, .. }),
        matches!(errors[2], IntegerError::Missing { what: "population", index: 7, count: 1, .. }),
        matches!(errors[3], IntegerError::TooEarly { .. }),
    ];
    assert_eq!(kinds, [true; 4], "{errors:?}");
}

#[test]
fn what_is_no_number_of_spikes_does_not_enter() {
    let program = prepare(shifting(&one_neuron(1))).unwrap();
    for (value, is_fine) in [(3.0, true), (0.5, false), (-1.0, false), (1e9, false)] {
        let signal = Signal::Frames { channels: 1, values: vec![value], counts: true };
        let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
        assert_eq!(record(&program, &stimulus, 1, 1e-3, &[]).is_ok(), is_fine, "{value}");
    }
}
