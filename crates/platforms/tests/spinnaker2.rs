//! SpiNNaker 2: documents against plain models, and graphs that do not fit.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit_ir::primitive::{Affine, Input, Lif, Output};
use nirkit_ir::{Code, Edge, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::chip::{Design, loihi2, spinnaker2};
use nirkit_platforms::{Chip, ChipChoices, Report};
use nirkit_run::{Observable, Request, Signal, Stimulus};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(document: &Value) -> Result<Design, Vec<String>> {
    spinnaker2::CHIP.read(&document.to_string(), None)
}

fn traces(design: &Design, node: &str, counts: &[Vec<i64>]) -> [Vec<f64>; 2] {
    let (name, shape) = design.emulation.inputs().remove(0);
    let channels = shape.iter().product();
    let values = counts.iter().flatten().map(|&count| count as f64).collect();
    let signal = Signal::Frames { channels, values, counts: true };
    let stimulus = Stimulus { signals: BTreeMap::from([(name, signal)]) };
    [Observable::Spikes, Observable::V].map(|observable| {
        let request = Request { node: node.to_owned(), observable };
        let found = design.emulation.record(&stimulus, counts.len(), 1.0, &[request]).unwrap();
        found.arrays[0].1.to_f64().unwrap().into_owned()
    })
}

/// A recurrent population behind an input.
#[derive(Clone, Debug)]
struct Case {
    weights: Vec<Vec<i64>>,
    recurrent: Vec<Vec<i64>>,
    /// `alpha_decay`, `exc_decay`, `i_offset`, `threshold`, for each neuron.
    params: Vec<[f64; 4]>,
    subtracts: bool,
    counts: Vec<Vec<i64>>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..4, 1_usize..5).prop_flat_map(|(inputs, neurons)| {
        let matrix = move |rows: usize| {
            prop::collection::vec(prop::collection::vec(-128_i64..128, neurons), rows)
        };
        let params = [0.0..1.0, 0.0..1.0, -20.0..20.0, 1.0..500.0];
        let params = prop::collection::vec(params, neurons);
        let counts = prop::collection::vec(prop::collection::vec(0_i64..3, inputs), 1..30);
        (matrix(inputs), matrix(neurons), params, any::<bool>(), counts).prop_map(
            |(weights, recurrent, params, subtracts, counts)| Case {
                weights,
                recurrent,
                params,
                subtracts,
                counts,
            },
        )
    })
}

fn connections(weights: &[Vec<i64>]) -> Vec<[i64; 4]> {
    let of = |(from, row): (usize, &Vec<i64>)| {
        let synapse = move |(to, &weight)| [from as i64, to as i64, weight, 0];
        row.clone().iter().enumerate().map(move |(to, w)| synapse((to, w))).collect::<Vec<_>>()
    };
    weights.iter().enumerate().flat_map(of).collect()
}

impl Case {
    fn document(&self) -> Value {
        let each = |at: usize| self.params.iter().map(|p| p[at]).collect::<Vec<f64>>();
        let reset = if self.subtracts { "reset_by_subtraction" } else { "reset_to_v_reset" };
        json!({"platform": "spinnaker2", "version": 1,
        "populations": [
            {"name": "in", "size": self.weights.len(), "neuron_model": "spike_list"},
            {"name": "n", "size": self.params.len(), "neuron_model": "lif_curr_exp_no_delay",
             "params": {"alpha_decay": each(0), "exc_decay": each(1), "inh_decay": each(1),
                        "i_offset": each(2), "threshold": each(3), "reset": reset,
                        "t_refrac": 0.0, "v_reset": 0.0}, "record": ["spikes"]},
        ],
        "projections": [
            {"pre": "in", "post": "n", "connections": connections(&self.weights)},
            {"pre": "n", "post": "n", "connections": connections(&self.recurrent)},
        ]})
    }
}

/// The recorded chip's equations, neuron by neuron.
fn plain(case: &Case) -> [Vec<f64>; 2] {
    let neurons = case.params.len();
    let (mut i, mut v) = (vec![0.0_f32; neurons], vec![0.0_f32; neurons]);
    let (mut entered, mut spiked) = (vec![0; case.weights.len()], vec![0; neurons]);
    let mut traces: [Vec<f64>; 2] = Default::default();
    for frame in &case.counts {
        let mut spikes = vec![0; neurons];
        for k in 0..neurons {
            let [alpha, decay, offset, threshold] = case.params[k].map(|number| number as f32);
            let sum = |weights: &[Vec<i64>], seen: &[i64]| -> i64 {
                weights.iter().zip(seen).map(|(row, count)| row[k] * count).sum()
            };
            let arrives = sum(&case.weights, &entered) + sum(&case.recurrent, &spiked);
            i[k] = decay * i[k] + arrives as f32;
            let next = alpha * v[k] + i[k] + offset;
            spikes[k] = i64::from(next > threshold);
            v[k] = match (spikes[k], case.subtracts) {
                (0, _) => next,
                (_, true) => next - threshold,
                (_, false) => 0.0,
            };
        }
        traces[0].extend(spikes.iter().map(|&spike| spike as f64));
        traces[1].extend(v.iter().map(|&v| f64::from(v)));
        (entered, spiked) = (frame.clone(), spikes);
    }
    traces
}

proptest! {
    #[test]
    fn documents_run_as_the_equations_say(case in cases()) {
        let design = read(&case.document()).unwrap();
        prop_assert_eq!(traces(&design, "n", &case.counts), plain(&case));
        let again = read(&serde_json::from_str(&design.configuration.json).unwrap()).unwrap();
        prop_assert_eq!(traces(&again, "n", &case.counts), plain(&case));
    }
}

/// A pool of 2 × 1 and a kernel of 2 × 2 with a column of zeros before it, by their definition.
#[test]
fn a_kernel_behind_a_pool_is_the_list_of_its_synapses() {
    let kernel = [[[[1, -2], [3, 4]], [[0, 5], [-6, 7]]]];
    let (height, width, rows, columns) = (6, 3, 2, 3);
    let mut synapses = Vec::new();
    for (output, row, column) in
        (0..2).flat_map(|o| (0..rows).flat_map(move |r| (0..columns).map(move |c| (o, r, c))))
    {
        for (k, l) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let Some(x) = (column + l as i64).checked_sub(1).filter(|x| (0..width).contains(x))
            else {
                continue;
            };
            for y in [2 * (row + k as i64), 2 * (row + k as i64) + 1] {
                let weight = kernel[0][output as usize][k][l];
                let to = (output * rows + row) * columns + column;
                synapses.push([y * width + x, to, weight, 0]);
            }
        }
    }
    let document = |projection: Value| {
        json!({"platform": "spinnaker2", "version": 1,
            "populations": [
                {"name": "in", "size": height * width, "neuron_model": "spike_list"},
                {"name": "n", "size": 12, "shape": [2, 2, 3], "neuron_model": "lif_conv2d",
                 "params": {"alpha_decay": 0.9, "threshold": 20.0, "reset": "reset_to_v_reset"}},
            ],
            "projections": [projection]})
    };
    let conv = document(json!({"pre": "in", "post": "n", "weights": kernel, "params": {
        "in_height": height, "in_width": width, "stride_x": 1, "stride_y": 1, "pool_x": 2,
        "pool_y": 1, "pad_top": 0, "pad_bottom": 0, "pad_left": 1, "pad_right": 0}}));
    let list = document(json!({"pre": "in", "post": "n", "connections": synapses}));
    let counts: Vec<Vec<i64>> =
        (0..20).map(|t| (0..18).map(|n| i64::from((t * 7 + n * 5) % 4 == 0)).collect()).collect();
    let [conv, list] = [conv, list].map(|document| read(&document).unwrap());
    let found = traces(&conv, "n", &counts);
    assert!(found[0].iter().any(|&spike| spike > 0.0));
    assert_eq!(found, traces(&list, "n", &counts));
}

#[test]
fn everything_that_is_wrong_with_a_document_is_told_at_once() {
    let document = json!({"platform": "spinnaker2", "version": 1,
    "populations": [
        {"name": "in", "size": 2, "neuron_model": "spike_list"},
        {"name": "n", "size": 3, "shape": [2, 2], "neuron_model": "izhikevich",
         "params": {"alpha_decay": [1.0], "t_refrac": 2.0}},
    ],
    "projections": [
        {"pre": "in", "post": "n", "connections": [[0, 0, 200, 0], [9, 0, 1, 0]]},
        {"pre": "n", "post": "in", "connections": []},
    ]});
    let errors = read(&document).unwrap_err();
    let expected = [
        "not the shape [2, 2]",
        "neuron model `izhikevich`",
        "`alpha_decay` has 1 numbers",
        "no parameter `threshold`",
        "`reset` is",
        "`t_refrac` is not computed with",
        "is 200; it takes -128 to 127",
        "from 9 to 0",
        "which a stimulus fills",
    ];
    for expected in expected {
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}: {errors:?}");
    }
    assert!(read(&json!({"platform": "xylo", "version": 1})).is_err());
}

fn vector(values: &[f64]) -> Tensor {
    Tensor::vector(values.to_vec())
}

fn lif(neurons: usize, tau: f64, v_threshold: f64) -> Primitive {
    let all = |value: f64| vector(&vec![value; neurons]);
    Primitive::Lif(Lif {
        tau: all(tau),
        r: all(1.0),
        v_leak: all(0.0),
        v_threshold: all(v_threshold),
        v_reset: None,
    })
}

/// Weights of 1 and of a little more than nothing, so that many of them add up to little.
fn affine(sources: usize, targets: usize) -> Primitive {
    let weight = |at: usize| if at.is_multiple_of(1000) { 1.0 } else { 0.01 };
    let weights: Vec<f64> = (0..sources * targets).map(weight).collect();
    let weight = Tensor::new(&[targets, sources], weights).unwrap();
    Primitive::Affine(Affine { weight, bias: vector(&vec![0.0; targets]) })
}

/// A chain of nodes behind an Input.
fn report(chip: &Chip, inputs: usize, nodes: &[Primitive], dt: Option<f64>) -> Report {
    let shape = |channels: usize| Tensor::vector(vec![channels as i64]);
    let outputs = 2;
    let mut all = vec![Primitive::Input(Input { shape: shape(inputs) })];
    all.extend(nodes.iter().cloned());
    all.push(Primitive::Output(Output { shape: shape(outputs) }));
    let name = |at: usize| format!("n{at}");
    let edges = (1..all.len()).map(|at| Edge::new(name(at - 1), name(at))).collect();
    let nodes = all.into_iter().enumerate().map(|(at, p)| (name(at), Node::new(p))).collect();
    let graph = Graph { nodes, edges };
    let facts = validate(&graph).facts.unwrap();
    let choices = ChipChoices { dt, ..ChipChoices::default() };
    chip.lower(&graph, &facts, &choices).unwrap().report
}

fn messages(report: &Report, code: Code) -> Vec<&str> {
    let findings = report.findings.iter().map(|finding| &finding.diagnostic);
    findings.filter(|found| found.code == code).map(|found| found.message.as_str()).collect()
}

#[test]
fn all_reasons_are_told_at_once() {
    let nodes = [affine(2, 2), affine(2, 2), lif(2, 1e-3, -1.0)];
    let found = report(&spinnaker2::CHIP, 2, &nodes, None);
    let told = messages(&found, Code::PlatformRefuses);
    for reason in ["HardwareConstraintError", "time constants become decays", "threshold must be"] {
        assert!(told.iter().any(|message| message.contains(reason)), "{reason}: {told:?}");
    }
    // Loihi takes the two matrices as one, and has the same to say about the rest.
    let found = report(&loihi2::CHIP, 2, &nodes, None);
    assert_eq!(messages(&found, Code::PlatformRefuses).len(), 2, "{found:?}");
}

#[test]
fn what_is_too_large_is_told_with_the_limit() {
    let nodes =
        [affine(2, 200_000), lif(200_000, 1e-3, 1.0), affine(200_000, 2), lif(2, 1e-3, 1.0)];
    for chip in [&spinnaker2::CHIP, &loihi2::CHIP] {
        let found = report(chip, 2, &nodes, Some(1e-4));
        let told = messages(&found, Code::DoesNotFit);
        let source = found.findings.iter().all(|finding| finding.diagnostic.help.is_some());
        assert!(told.iter().any(|message| message.contains("bytes of memory in a")), "{told:?}");
        assert!(source && !found.refuses() && !found.fits());
    }
}
