//! Spikes and synaptic operations are those of a plain count, which walks the weights of what is
//! handed over spike by spike and knows nothing of the engine's maps.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit_ir::{Document, text, validate};
use nirkit_platforms::ChipChoices;
use nirkit_platforms::chip::cost::{Cost, cost, total};
use nirkit_platforms::chip::{Chip, Design, speck, xylo};
use nirkit_run::{Observable, Request, Signal, Stimulus};
use serde_json::Value;

/// A recurrent hidden layer and an output layer; some weights become 0.
const XYLO: &str = "nirt 1
graph {
  input = Input { shape: i64[1] [2] }
  w = Linear { weight: f64[3, 2] [[1, -0.5], [0.25, 2], [1.5, 0.003]] }
  hidden = CubaLIF { tau_syn: f64[3] 0.002 tau_mem: f64[3] 0.004 r: f64[3] 4 v_leak: f64[3] 0
    v_threshold: f64[3] 1 v_reset: f64[3] 0 w_in: f64[3] 2 }
  back = Linear { weight: f64[3, 3] [[0, -0.2, 0.1], [0.3, 0, 0], [0.001, 0.2, -0.1]] }
  u = Linear { weight: f64[2, 3] [[1, 0.5, 0], [-1, 1, 0.5]] }
  out = CubaLIF { tau_syn: f64[2] 0.002 tau_mem: f64[2] 0.008 r: f64[2] 8 v_leak: f64[2] 0
    v_threshold: f64[2] 1 v_reset: f64[2] 0 w_in: f64[2] 2 }
  output = Output { shape: i64[1] [2] }
  input -> w -> hidden -> u -> out -> output
  hidden -> back -> hidden
}";

/// Convolution, pool, convolution.
const SPECK: &str = "nirt 1
graph {
  input = Input { shape: i64[3] [1, 6, 6] }
  conv = Conv2d { weight: f64[2, 1, 3, 3] [[[[1, 0, 0.5], [0, 2, 0], [-0.5, 0, 1]]],
      [[[0, 1, 0], [1, -1, 1], [0, 1, 0]]]]
    stride: i64[2] [1, 1] padding: i64[2] [1, 1] dilation: i64[2] [1, 1] groups: i64 1
    bias: f64[2] [0, 0] }
  n = IF { r: f64[2, 6, 6] 1 v_threshold: f64[2, 6, 6] 1.5 v_reset: f64[2, 6, 6] 0 }
  pool = SumPool2d { kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }
  last = Conv2d { weight: f64[1, 2, 2, 2] [[[[1, 0], [0.5, 1]], [[0, -1], [1, 1]]]]
    stride: i64[2] [1, 1] padding: i64[2] [0, 0] dilation: i64[2] [1, 1] groups: i64 1
    bias: f64[1] [0] }
  m = IF { r: f64[1, 2, 2] 1 v_threshold: f64[1, 2, 2] 2 v_reset: f64[1, 2, 2] 0 }
  output = Output { shape: i64[3] [1, 2, 2] }
  input -> conv -> n -> pool -> last -> m -> output
}";

const STEPS: usize = 25;

fn design(chip: &Chip, graph: &str) -> Design {
    let document: Document = text::parse(graph, &()).unwrap();
    let facts = validate(document.graph().unwrap()).facts.unwrap();
    let choices = ChipChoices { dt: Some(1e-3), ..ChipChoices::default() };
    let lowering = chip.lower(document.graph().unwrap(), &facts, &choices).unwrap();
    lowering.design.unwrap_or_else(|| panic!("{:?}", lowering.report.findings))
}

/// Numbers of spikes from 0 to `most` that look random.
fn counts(channels: usize, most: i64) -> Vec<i64> {
    let mut state = 7_u64;
    let mut draw = || {
        state = state * 48_271 % 2_147_483_647;
        (state % (most as u64 + 1)) as i64
    };
    (0..STEPS * channels).map(|_| draw()).collect()
}

/// The cost of spikes, and the spikes of each population by step and neuron.
fn run(chip: &Chip, design: &Design, input: &[i64]) -> (Cost, BTreeMap<String, Vec<i64>>) {
    let values = input.iter().map(|&count| count as f64).collect();
    let signal = Signal::Frames { channels: input.len() / STEPS, values, counts: true };
    let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
    let is_spikes = |request: &Request| request.observable == Observable::Spikes;
    let requests: Vec<Request> =
        design.emulation.requests().into_iter().filter(is_spikes).collect();
    let recording = design.emulation.record(&stimulus, STEPS, 1e-3, &requests).unwrap();
    let spikes = recording
        .arrays
        .iter()
        .map(|(request, array)| (request.node.clone(), array.to_i64().unwrap()));
    (cost(chip, design, &stimulus, STEPS, Some(1e-3)).unwrap(), spikes.collect())
}

/// Spikes and synaptic operations of a connection.
fn traffic(cost: &Cost, source: &str, target: &str) -> [u64; 2] {
    let all = cost.activity.traffic.iter();
    let mut meant = all.filter(|traffic| traffic.source == source && traffic.target == target);
    let found = meant.next().unwrap();
    [found.spikes, found.synaptic_operations]
}

fn layer_spikes(cost: &Cost, name: &str) -> u64 {
    cost.activity.layers.iter().find(|layer| layer.name == name).unwrap().spikes
}

fn sum(counts: &[i64]) -> u64 {
    counts.iter().sum::<i64>() as u64
}

#[test]
fn operations_on_xylo_are_those_of_a_plain_count() {
    let design = design(&xylo::CHIP, XYLO);
    // More than 15 spikes of an input channel in a step are not seen.
    let input = counts(2, 18);
    let (cost, spikes) = run(&xylo::CHIP, &design, &input);
    let document: Value = serde_json::from_str(&design.configuration.json).unwrap();
    let specification = &document["specification"];
    // Weights by source, of the first synapse where there are several.
    let rows = |key: &str| -> Vec<Vec<i64>> {
        let weight = |value: &Value| value.as_i64().unwrap_or_else(|| value[0].as_i64().unwrap());
        let row = |row: &Value| row.as_array().unwrap().iter().map(weight).collect();
        specification[key].as_array().unwrap().iter().map(row).collect()
    };
    let plain = |counts: &[i64], key: &str, delay: usize, most: i64| -> [u64; 2] {
        let (weights, mut found) = (rows(key), [0, 0]);
        for (at, &count) in counts.iter().enumerate() {
            if at / weights.len() + delay < STEPS {
                for _ in 0..count.min(most) {
                    found[0] += 1;
                    let row = &weights[at % weights.len()];
                    found[1] += row.iter().filter(|&&weight| weight != 0).count() as u64;
                }
            }
        }
        found
    };
    let hidden = &spikes["hidden"];
    assert!(
        input.iter().any(|&count| count > 15) && sum(hidden) > 50 && sum(&spikes["output"]) > 5
    );
    assert!(rows("weights_rec").iter().flatten().any(|&weight| weight == 0));
    let expected = plain(&input, "weights_in", 0, 15);
    assert_eq!(traffic(&cost, "input", "hidden"), expected);
    assert!(expected[0] < sum(&input), "some spikes are not seen");
    assert_eq!(traffic(&cost, "hidden", "hidden"), plain(hidden, "weights_rec", 1, 31));
    assert_eq!(traffic(&cost, "hidden", "output"), plain(hidden, "weights_out", 1, 31));
    assert_eq!(layer_spikes(&cost, "input"), sum(&input));
    assert_eq!(layer_spikes(&cost, "hidden"), sum(hidden));
    assert_eq!(cost.dense.macs, STEPS as u64 * (2 * 3 + 3 * 3 + 3 * 2));
    assert_eq!(cost.activity.updates(), STEPS as u64 * 5);
}

/// Synapses that a spike of an input pixel reaches through the convolution of a document's layer:
/// every position of the kernel that sees it, by the definition of a convolution.
fn reached(layer: &Value, [channel, y, x]: [usize; 3], [height, width]: [usize; 2]) -> u64 {
    let list = |key: &str| -> Vec<usize> {
        let numbers = layer[key].as_array().unwrap().iter();
        numbers.map(|number| number.as_u64().unwrap() as usize).collect()
    };
    let (shape, padding) = (list("weight_shape"), list("padding"));
    let [outs, ins, rows, columns] = shape[..] else { panic!("{shape:?}") };
    let mut reached = 0;
    for out in 0..outs {
        for i in 0..=height + 2 * padding[0] - rows {
            for j in 0..=width + 2 * padding[1] - columns {
                let (row, column) = (y + padding[0], x + padding[1]);
                if (i..i + rows).contains(&row) && (j..j + columns).contains(&column) {
                    let at = ((out * ins + channel) * rows + row - i) * columns + column - j;
                    reached += u64::from(layer["weight"][at] != 0);
                }
            }
        }
    }
    reached
}

#[test]
fn operations_on_speck_are_those_of_a_plain_count() {
    let design = design(&speck::CHIP, SPECK);
    let input = counts(36, 2);
    let (cost, spikes) = run(&speck::CHIP, &design, &input);
    let document: Value = serde_json::from_str(&design.configuration.json).unwrap();
    let layers = &document["layers"];
    let mut expected = 0;
    for (at, &count) in input.iter().enumerate() {
        let pixel = at % 36;
        expected += count as u64 * reached(&layers[0], [0, pixel / 6, pixel % 6], [6, 6]);
    }
    assert_eq!(traffic(&cost, "input", "n"), [sum(&input), expected]);
    let mut expected = 0;
    for (at, &count) in spikes["n"].iter().enumerate() {
        let (channel, pixel) = (at % 72 / 36, at % 36);
        let pooled = [channel, pixel / 6 / 2, pixel % 6 / 2];
        expected += count as u64 * reached(&layers[1], pooled, [3, 3]);
    }
    assert!(sum(&spikes["n"]) > 100 && sum(&spikes["m"]) > 10);
    assert_eq!(traffic(&cost, "n", "m"), [sum(&spikes["n"]), expected]);
    // The convolutions, and the additions of the pool.
    let macs = 2 * 36 * 9 + 2 * 9 * 4 + 4 * 2 * 4;
    assert_eq!(cost.dense.macs, STEPS as u64 * macs);
}

#[test]
fn estimates_are_ranges_with_sources() {
    for (chip, graph, input) in
        [(&xylo::CHIP, XYLO, counts(2, 3)), (&speck::CHIP, SPECK, counts(36, 2))]
    {
        let (cost, _) = run(chip, &design(chip, graph), &input);
        for part in cost.estimate.energy.iter().chain(&cost.estimate.time) {
            assert!(part.range[0] > 0.0 && part.range[0] <= part.range[1], "{part:?}");
            assert!(part.source.contains("20") || part.source.contains("rockpool"), "{part:?}");
        }
        let [low, high] = total(&cost.estimate.energy).unwrap();
        assert!(low < high, "{}", chip.name);
    }
}
