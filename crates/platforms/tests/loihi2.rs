//! Loihi 2: documents of Lava's processes against a plain model in wide numbers, and trained
//! networks against what Lava itself answered on them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::beside;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nirkit_io::{Limits, array, nir};
use nirkit_ir::validate;
use nirkit_numerics::Tensor;
use nirkit_platforms::chip::{Design, loihi2};
use nirkit_platforms::{ChipChoices, chip::Lowering};
use nirkit_run::{Observable, Request, Signal, Stimulus};
use proptest::prelude::*;
use serde_json::{Value, json};

use beside::shared;

/// Samples of each trained network that are run here.
const SAMPLES: usize = 30;

/// A recurrent layer behind an input, as a document has it.
#[derive(Clone, Debug)]
struct Case {
    weights: Vec<Vec<i64>>,
    recurrent: Vec<Vec<i64>>,
    bits: u32,
    exp: i32,
    du: i64,
    dv: i64,
    vth: i64,
    bias_mant: Vec<i64>,
    bias_exp: i32,
    /// By step, then channel.
    counts: Vec<Vec<i64>>,
}

/// Numbers at the ends of their ranges are as frequent as those between.
fn edgy(low: i64, high: i64) -> impl Strategy<Value = i64> {
    prop_oneof![3 => low..=high, 1 => Just(low), 1 => Just(high), 1 => Just(0.clamp(low, high))]
}

fn cases() -> impl Strategy<Value = Case> {
    let signs = prop_oneof![Just((-300, 300)), Just((0, 300)), Just((-300, 0)), Just((-3, 3))];
    (1_usize..5, 1_usize..5, signs).prop_flat_map(|(inputs, neurons, (low, high))| {
        let matrix = move |columns| {
            prop::collection::vec(prop::collection::vec(edgy(low, high), columns), neurons)
        };
        let frame = prop::collection::vec(edgy(0, 3), inputs);
        let shifts = (1_u32..9, -8_i32..8, -7_i32..8);
        let neuron = (edgy(0, 4095), edgy(0, 4095), edgy(0, 131_071));
        let bias = prop::collection::vec(edgy(-4096, 4095), neurons);
        let counts = prop::collection::vec(frame, 1..30);
        (matrix(inputs), matrix(neurons), shifts, neuron, bias, counts).prop_map(
            |(weights, recurrent, shifts, neuron, bias_mant, counts)| {
                let ((bits, exp, bias_exp), (du, dv, vth)) = (shifts, neuron);
                Case { weights, recurrent, bits, exp, du, dv, vth, bias_mant, bias_exp, counts }
            },
        )
    })
}

impl Case {
    fn document(&self) -> String {
        let dense = |name, source, weights: &Vec<Vec<i64>>| {
            json!({"process": "Dense", "name": name, "source": source, "target": "lif",
                   "weights": weights, "num_weight_bits": self.bits, "weight_exp": self.exp})
        };
        json!({"platform": "loihi2", "version": 1, "layers": [
            dense("fc", "input", &self.weights),
            dense("rec", "lif", &self.recurrent),
            {"process": "LIF", "name": "lif", "du": self.du, "dv": self.dv, "vth": self.vth,
             "bias_mant": self.bias_mant, "bias_exp": self.bias_exp},
        ]})
        .to_string()
    }
}

fn read(document: &str) -> Result<Design, Vec<String>> {
    loihi2::CHIP.read(document, None)
}

/// Spikes, voltages and currents of all steps.
fn traces(design: &Design, counts: &[Vec<i64>]) -> [Vec<i64>; 3] {
    let values: Vec<f64> = counts.iter().flatten().map(|&count| count as f64).collect();
    let stimulus = stimulus(design, &values);
    [Observable::Spikes, Observable::V, Observable::U].map(|observable| {
        let request = Request { node: "lif".to_owned(), observable };
        let found = design.emulation.record(&stimulus, counts.len(), 1.0, &[request]).unwrap();
        found.arrays[0].1.to_i64().unwrap()
    })
}

fn stimulus(design: &Design, values: &[f64]) -> Stimulus {
    let (name, shape) = design.emulation.inputs().remove(0);
    let channels = shape.iter().product();
    let signal = Signal::Frames { channels, values: values.to_vec(), counts: true };
    Stimulus { signals: BTreeMap::from([(name, signal)]) }
}

/// A weight as the chip stores it, by division instead of shifts.
fn stored(weights: &[Vec<i64>], bits: u32) -> Vec<Vec<i128>> {
    let all = || weights.iter().flatten();
    let (is_exc, is_inh) = (all().all(|&w| w >= 0), all().all(|&w| w <= 0));
    let unit = 1_i128 << (8 - bits + u32::from(!is_exc && !is_inh));
    let store = |&weight: &i64| {
        let weight = i128::from(weight);
        if is_exc {
            weight.clamp(0, 255) / unit * unit
        } else if is_inh {
            -((-weight).clamp(0, 255) / unit * unit)
        } else {
            weight.clamp(-256, 255).div_euclid(unit) * unit
        }
    };
    weights.iter().map(|row| row.iter().map(store).collect()).collect()
}

/// A sum shifted to the left, or to the right toward minus infinity.
fn moved(sum: i128, exp: i32) -> i128 {
    let factor = 1_i128 << exp.unsigned_abs();
    if exp >= 0 { sum * factor } else { sum.div_euclid(factor) }
}

/// The same network in 128 bits, one operation at a time.
fn plain(case: &Case) -> [Vec<i64>; 3] {
    let neurons = case.weights.len();
    let weights = [stored(&case.weights, case.bits), stored(&case.recurrent, case.bits)];
    let (mut u, mut v) = (vec![0_i128; neurons], vec![0_i128; neurons]);
    let (mut entered, mut spiked) = (vec![0_i64; case.counts[0].len()], vec![0_i64; neurons]);
    let mut traces: [Vec<i64>; 3] = Default::default();
    for frame in &case.counts {
        let mut spikes = vec![0; neurons];
        for k in 0..neurons {
            let sum = |weights: &Vec<Vec<i128>>, seen: &[i64]| -> i128 {
                let row = weights[k].iter().zip(seen);
                let sum = row.map(|(weight, &count)| weight * i128::from(count.min(1))).sum();
                moved(sum, case.exp)
            };
            let arrives = sum(&weights[0], &entered) + sum(&weights[1], &spiked);
            u[k] = u[k] * i128::from(4096 - (case.du + 1)) / 4096 + arrives * 64;
            if u[k] > 1 << 23 {
                u[k] -= 1 << 24;
            } else if u[k] <= -(1 << 23) {
                u[k] += 1 << 24;
            }
            let bias = moved(i128::from(case.bias_mant[k]), case.bias_exp);
            let next = v[k] * i128::from(4096 - case.dv) / 4096 + u[k] + bias;
            v[k] = next.clamp(1 - (1 << 23), (1 << 23) - 1);
            if v[k] > i128::from(case.vth) * 64 {
                (spikes[k], v[k]) = (1, 0);
            }
        }
        traces[0].extend(&spikes);
        traces[1].extend(v.iter().map(|&v| v as i64));
        traces[2].extend(u.iter().map(|&u| u as i64));
        (entered, spiked) = (frame.clone(), spikes);
    }
    traces
}

proptest! {
    #[test]
    fn documents_run_as_in_wide_numbers(case in cases()) {
        let design = read(&case.document()).unwrap();
        prop_assert_eq!(traces(&design, &case.counts), plain(&case));
        // What is handed over says the same.
        let again = read(&design.configuration.json).unwrap();
        prop_assert_eq!(traces(&again, &case.counts), plain(&case));
    }
}

#[test]
fn everything_that_is_wrong_with_a_document_is_told_at_once() {
    let document = json!({"layers": [
        {"process": "Dense", "name": "fc", "weights": [[1, 2]], "num_weight_bits": 9},
        {"process": "LIF", "name": "lif", "du": 4096, "dv": -1, "vth": -5, "bias_mant": [1, 2]},
    ]});
    let errors = read(&document.to_string()).unwrap_err();
    let expected =
        ["`du` of `lif`", "`dv` of `lif`", "`vth` of `lif` is -5", "`bias_mant`", "bits"];
    for expected in expected {
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}: {errors:?}");
    }
    let unknown =
        json!({"layers": [{"process": "Dense", "name": "fc", "weights": [], "speed": 1}]});
    let errors = read(&unknown.to_string()).unwrap_err();
    assert!(errors[0].contains("`layers[0]` (fc)") && errors[0].contains("speed"), "{errors:?}");
    for nowhere in ["{", "[]", "{\"layers\": 1}", "{\"layers\": [], \"version\": 2}"] {
        assert!(read(nowhere).is_err(), "{nowhere}");
    }
}

#[test]
fn sums_beyond_32_bits_are_told() {
    let wide = vec![vec![255; 2000]];
    let document = json!({"layers": [
        {"process": "Dense", "name": "fc", "weights": wide, "weight_exp": 7},
        {"process": "LIF", "name": "lif", "du": 0, "dv": 0, "vth": 1},
    ]});
    let errors = read(&document.to_string()).unwrap_err();
    assert!(errors[0].contains("65280000 can arrive at `lif`"), "{errors:?}");
}

fn numbers(path: &Path) -> Tensor {
    array::read_array(path, &Limits::default()).unwrap()
}

fn lowered(graph: &Path, quantize: &str) -> Lowering {
    let document = nir::read(graph, &Limits::default()).unwrap();
    let facts = validate(document.graph().unwrap()).facts.unwrap();
    let quantize = Some(quantize.to_owned());
    let choices = ChipChoices { dt: Some(1e-4), reset: None, quantize, ..ChipChoices::default() };
    loihi2::CHIP.lower(document.graph().unwrap(), &facts, &choices).unwrap()
}

fn layer<'a>(document: &'a Value, name: &str) -> &'a Value {
    let layers = document["layers"].as_array().unwrap();
    layers.iter().find(|layer| layer["name"] == name).unwrap()
}

/// The networks that others put together for Lava by hand have our integers, and Lava's counts are
/// ours.
#[test]
#[ignore = "needs the material in ../shared"]
fn trained_networks_have_the_integers_and_the_counts_of_lava() {
    let models = shared("models");
    for name in ["digits_mlp", "digits_mlp_r1", "digits_srnn_zero", "digits_srnn_subtract"] {
        let model = models.join(name);
        let design = lowered(&model.join("graph.nir"), "layer").design.unwrap();
        let ours: Value = serde_json::from_str(&design.configuration.json).unwrap();
        let theirs = fs::read_to_string(model.join("loihi2/config.json")).unwrap();
        let theirs: Value = serde_json::from_str(&theirs).unwrap();
        for (at, lif) in theirs.as_array().unwrap().iter().enumerate() {
            let node = lif["node"].as_str().unwrap();
            let found = layer(&ours, node);
            for key in ["du", "dv", "vth"] {
                assert_eq!(found[key], lif[key], "{name}: {key} of {node}");
            }
            assert_eq!(layer(&ours, ["fc1", "fc2"][at])["weights"], lif["weight"], "{name}");
            if lif["w_rec"].is_array() {
                assert_eq!(layer(&ours, "lif1.w_rec")["weights"], lif["w_rec"], "{name}");
            }
            if let Some(bias) = lif["bias"].as_array() {
                let rows: Vec<Value> = bias.iter().map(|bias| json!([bias])).collect();
                assert_eq!(layer(&ours, &format!("{node}.bias"))["weights"], json!(rows), "{name}");
            }
        }
        check_counts(&models, name, &design);
    }
}

fn check_counts(models: &Path, name: &str, design: &Design) {
    let about = fs::read_to_string(models.join(name).join("model.json")).unwrap();
    let about: Value = serde_json::from_str(&about).unwrap();
    let input = numbers(&models.join(name).join(about["test_x"].as_str().unwrap()));
    let values = input.to_f64().unwrap();
    let wanted = numbers(&models.join(name).join("loihi2/counts.npy"));
    let (steps, classes) = (input.shape()[1] + design.lag, wanted.shape()[1]);
    let node = design.answer.clone().unwrap();
    let request = Request { node, observable: Observable::Spikes };
    let mut found = Vec::new();
    for sample in values.chunks(values.len() / input.shape()[0]).take(SAMPLES) {
        let stimulus = stimulus(design, sample);
        let requests = std::slice::from_ref(&request);
        let recording = design.emulation.record(&stimulus, steps, 1.0, requests).unwrap();
        let spikes = recording.arrays[0].1.to_f64().unwrap().into_owned();
        let from = design.lag * classes;
        let of = |class: usize| spikes[from..].iter().skip(class).step_by(classes).sum::<f64>();
        found.extend((0..classes).map(of));
    }
    assert_eq!(found, wanted.to_f64().unwrap()[..found.len()], "{name}");
}

#[test]
#[ignore = "needs the material in ../shared"]
fn pools_become_part_of_the_weights_and_chains_a_net_file() {
    let models = shared("models");
    let design = lowered(&models.join("digits_scnn/graph.nir"), "layer").design.unwrap();
    let treated =
        design.approximations.iter().any(|treated| treated.how.contains("256 × 512 weights"));
    assert!(treated, "{:?}", design.approximations);
    assert!(matches!(design.configuration.tree, Some(Ok(_))));
    let recurrent = lowered(&models.join("digits_srnn_zero/graph.nir"), "layer").design.unwrap();
    assert!(matches!(recurrent.configuration.tree, Some(Err(_))));
}
