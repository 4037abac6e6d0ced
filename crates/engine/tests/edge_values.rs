//! What rules make of edge values: time constants below a step, thresholds of 0 or less, parameters in
//! half precision, steps that divide. The numbers are worked out by hand or by `NumPy`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::rules;

use std::collections::BTreeMap;

use half::f16;
use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{
    Fire, Fold, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy, prepare, record,
    record_stepwise, thresholds,
};
use nirkit_ir::primitive::{CubaLif, If, Input, Output};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Reset, Signal, Stimulus};
use rules::{FIRE, RULE, SUM};

fn semantics(rule: Rule, dt: f64) -> Semantics {
    Semantics {
        time: Time::Step(dt),
        precision: Precision::F64,
        execution: Execution::PLAIN,
        maps: Maps::PLAIN,
        neurons: Neurons { r#if: Some(rule), cuba_lif: Some(rule), ..Neurons::NONE },
        unknown: Unknown { known: &["IF", "CubaLIF"], policy: UnknownNodePolicy::Refused },
    }
}

fn vector(values: &[f64]) -> Tensor {
    Tensor::vector(values.to_vec())
}

/// A single neuron between an Input and an Output.
fn alone(neuron: Primitive) -> (Graph, Facts) {
    let one = || Tensor::vector(vec![1_i64]);
    let nodes = [
        ("input", Primitive::Input(Input { shape: one() })),
        ("n", neuron),
        ("output", Primitive::Output(Output { shape: one() })),
    ];
    let graph = Graph {
        nodes: nodes.into_iter().map(|(name, primitive)| (name, Node::new(primitive))).collect(),
        edges: vec![Edge::new("input", "n"), Edge::new("n", "output")],
    };
    let facts = validate(&graph).facts.unwrap();
    (graph, facts)
}

fn integrator(threshold: f64) -> Primitive {
    Primitive::If(If { r: vector(&[1.0]), v_threshold: vector(&[threshold]), v_reset: None })
}

/// A `CubaLIF` with a high threshold.
fn cuba(tau_syn: Tensor, tau_mem: f64, v_reset: f64) -> Primitive {
    Primitive::CubaLif(CubaLif {
        tau_syn,
        tau_mem: vector(&[tau_mem]),
        r: vector(&[1.0]),
        v_leak: vector(&[0.0]),
        v_threshold: vector(&[100.0]),
        v_reset: Some(vector(&[v_reset])),
        w_in: None,
    })
}

/// What is observed of a neuron for an input in each step, by blocks and step by step.
fn run(
    neuron: Primitive,
    semantics: &Semantics,
    values: &[f64],
    observable: Observable,
) -> Vec<f64> {
    let (graph, facts) = alone(neuron);
    let program = prepare(&graph, &facts, semantics).unwrap();
    let signal = Signal::Frames { channels: 1, values: values.to_vec(), counts: false };
    let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
    let request = Request { node: "n".to_owned(), observable };
    let request = std::slice::from_ref(&request);
    let [fast, plain] = [record, record_stepwise].map(|record| {
        let found = record(&program, &stimulus, values.len(), request).unwrap();
        found.arrays[0].1.to_f64().unwrap().into_owned()
    });
    let bits = |values: &[f64]| values.iter().map(|v| (v + 0.0).to_bits()).collect::<Vec<_>>();
    let is_nan = |values: &[f64]| values.iter().any(|v| v.is_nan());
    assert!(is_nan(&plain) || bits(&fast) == bits(&plain), "{fast:?} {plain:?}");
    plain
}

fn of_fire(threshold: f64, fire: Fire, values: &[f64], observable: Observable) -> Vec<f64> {
    let rule = Rule { fire: Some(fire), ..RULE };
    run(integrator(threshold), &semantics(rule, 0.25), values, observable)
}

#[test]
fn a_time_constant_below_a_step_keeps_nothing_where_coefficients_are_cut() {
    // 1 - 0.25 / 0.125 = -1
    let current = |leak| {
        let synapse = Some(Stage { leak, ..SUM });
        let rule = Rule { synapse, ..RULE };
        let neuron = cuba(vector(&[0.125]), 1.0, 0.0);
        run(neuron, &semantics(rule, 0.25), &[1.0, 0.0, 0.0], Observable::Isyn)
    };
    assert_eq!(current(Leak::Euler(Ratio::Quotient, Format::Double)), [1.0, -1.0, 1.0]);
    assert_eq!(current(Leak::Clipped(Ratio::Quotient, Format::Double)), [1.0, 0.0, 0.0]);
}

#[test]
fn a_decay_of_whole_seconds_is_one_of_the_time_constant_cut_to_them() {
    let leak = Leak::WholeSeconds(Ratio::Quotient, Format::Double);
    let current = |tau| {
        let rule = Rule { synapse: Some(Stage { leak, ..SUM }), ..RULE };
        run(cuba(vector(&[tau]), 1.0, 0.0), &semantics(rule, 0.5), &[1.0, 0.0], Observable::Isyn)
    };
    assert_eq!(current(0.75), [1.0, 0.0]);
    // exp(-0.5 / 2), as `math.exp` of Python has it
    assert_eq!(current(2.75), [1.0, 0.778_800_783_071_404_9]);
}

/// `1 - 0.001 / numpy.float16(0.01339)`.
#[test]
fn a_coefficient_of_half_precision_is_that_of_numpy() {
    let leak = Leak::Clipped(Ratio::Quotient, Format::Stored);
    let rule = Rule { synapse: Some(Stage { leak, ..SUM }), ..RULE };
    let tau = Tensor::vector(vec![f16::from_f64(0.01339)]);
    let found = run(cuba(tau, 1.0, 0.0), &semantics(rule, 0.001), &[1.0, 0.0], Observable::Isyn);
    assert_eq!(found, [1.0, 0.925_292_968_75]);
}

#[test]
fn a_quotient_of_a_negative_threshold_gives_negative_spikes() {
    let fire = Fire { spikes: Spikes::Quotient, ..FIRE };
    // 1.25 / -0.5 is -2.5, so -2 spikes, each of which takes -0.5; then 0.25; then -0.5 below 0.
    let values = [1.25, 0.0, -0.75];
    assert_eq!(of_fire(-0.5, fire, &values, Observable::Spikes), [-2.0, 0.0, 0.0]);
    assert_eq!(of_fire(-0.5, fire, &values, Observable::V), [0.25, 0.25, -0.5]);
    // Above 0 as many as fit.
    assert_eq!(of_fire(0.5, fire, &values, Observable::Spikes), [2.0, 0.0, 0.0]);
    // 1.25 / 0 is infinite, and takes infinitely often 0, which is no number.
    let spikes = of_fire(0.0, fire, &values, Observable::Spikes);
    assert!(spikes[0].is_infinite() && spikes[1..].iter().all(|spikes| spikes.is_nan()));
}

#[test]
fn a_neuron_without_a_reset_spikes_as_long_as_it_is_above() {
    let fire = Fire { timing: ResetTiming::Never, ..FIRE };
    let values = [0.75, 0.75, -1.0];
    assert_eq!(of_fire(1.0, fire, &values, Observable::Spikes), [0.0, 1.0, 0.0]);
    assert_eq!(of_fire(1.0, fire, &values, Observable::V), [0.75, 1.5, 0.5]);
}

#[test]
fn a_reset_settled_before_the_leak_doubles_what_falls_below_a_negative_threshold() {
    let fire = Fire { reset: Reset::Zero, timing: ResetTiming::SettledEarly, ..FIRE };
    // 0 is above -1, so the first voltage is the input alone, and it stays since it spikes as well.
    // -2 does not spike: v - (0 - 1) v.
    let values = [0.75, -2.0, 0.0];
    assert_eq!(of_fire(-1.0, fire, &values, Observable::V), [0.75, -4.0, -4.0]);
    assert_eq!(of_fire(-1.0, fire, &values, Observable::Spikes), [1.0, 0.0, 0.0]);
}

#[test]
fn steps_that_divide_start_at_the_reset_and_are_drawn_there() {
    // tau / dt = 4, and 2 after a reset
    let voltage = |form| {
        let leak = Leak::Euler(Ratio::Quotient, Format::Double);
        let membrane = Stage { form, leak, rest: Rest::Reset, ..SUM };
        let rule = Rule { membrane, ..RULE };
        run(cuba(vector(&[1.0]), 1.0, 2.0), &semantics(rule, 0.25), &[1.0, 0.0], Observable::V)
    };
    assert_eq!(voltage(Form::ApproachSteps), [2.25, 2.1875]);
    assert_eq!(voltage(Form::KeepSteps), [3.0, 2.75]);
    // Without a division nothing draws it anywhere: 3/4 of 2, and 1.
    assert_eq!(voltage(Form::Keep), [2.5, 1.875]);
}

/// `f(0.7) / (f(2.7) * (1e-3 / f(0.03001)))` with `f = numpy.float32`, where the exact quotient rounds
/// to 7.78037.
#[test]
fn thresholds_are_divided_with_the_roundings_of_numpy() {
    let one = |value: f32| Tensor::vector(vec![value]);
    let (tau, w_in) = (one(0.030_01), Some(one(2.7)));
    let neuron = Primitive::CubaLif(CubaLif {
        tau_syn: tau,
        tau_mem: one(1.0),
        r: one(1.0),
        v_leak: one(0.0),
        v_threshold: one(0.7),
        v_reset: None,
        w_in,
    });
    let (graph, facts) = alone(neuron.clone());
    let leaf = facts.leaf(facts.find("n").unwrap());
    let fold = Fold::OwnThreshold(Terms::of(&[Term::WIn, Term::Synapse]));
    let found = thresholds(&neuron, leaf, &Rule { fold, ..RULE }, Time::Step(1e-3)).unwrap();
    assert_eq!(found, [f64::from(7.780_369_8_f32)]);
    assert_eq!(graph.nodes.len(), 3);
}

#[test]
fn a_threshold_of_zero_makes_a_layer_none_that_feeds_itself_through_zeros() {
    // Three neurons, the first of which divides by 0.
    let three = || Tensor::vector(vec![3_i64]);
    let neuron = If { r: vector(&[1.0; 3]), v_threshold: vector(&[0.0, 1.0, 2.0]), v_reset: None };
    let nodes = [
        ("input", Primitive::Input(Input { shape: three() })),
        ("n", Primitive::If(neuron)),
        ("output", Primitive::Output(Output { shape: three() })),
    ];
    let graph = Graph {
        nodes: nodes.into_iter().map(|(name, primitive)| (name, Node::new(primitive))).collect(),
        edges: vec![Edge::new("input", "n"), Edge::new("n", "output")],
    };
    let facts = validate(&graph).facts.unwrap();
    let steps = 200;
    let mut values = vec![1.0; 3 * steps];
    values[..3].copy_from_slice(&[0.5, 1.0, 1.0]);
    values[3] = -0.5;
    let found = |zero_feedback: bool| {
        let spikes = Spikes::FloorQuotient(65536.0);
        let fire = Fire { spikes, reset: Reset::Subtract, zero_feedback, ..FIRE };
        let semantics = semantics(Rule { fire: Some(fire), ..RULE }, 0.25);
        let program = prepare(&graph, &facts, &semantics).unwrap();
        let signal = Signal::Frames { channels: 3, values: values.clone(), counts: false };
        let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
        let request = |observable| Request { node: "n".to_owned(), observable };
        let requests = [request(Observable::Spikes), request(Observable::V)];
        let both = [record, record_stepwise].map(|record| {
            let found = record(&program, &stimulus, steps, &requests).unwrap();
            let arrays = found.arrays.iter().map(|(_, array)| array.to_f64().unwrap().into_owned());
            arrays.collect::<Vec<_>>()
        });
        let is_same = |a: &f64, b: &f64| a == b || (a.is_nan() && b.is_nan());
        for (fast, plain) in both[0].iter().zip(&both[1]) {
            assert!(fast.iter().zip(plain).all(|(a, b)| is_same(a, b)), "{fast:?} {plain:?}");
        }
        both.into_iter().next().unwrap()
    };
    let [apart, spread] = [found(false), found(true)];
    // The neuron itself is none at once, the others follow a step later and stay so.
    let is_none = |array: &[f64], step: usize| [0, 1, 2].map(|n| array[3 * step + n].is_nan());
    for (step, expected) in [(0, [true, false, false]), (1, [true; 3])] {
        assert_eq!(is_none(&spread[0], step), expected, "step {step}: {:?}", &spread[0][..9]);
    }
    assert!(spread.iter().all(|array| array[3..].iter().all(|x| x.is_nan())));
    assert_eq!(is_none(&apart[0], 2), [true, false, false]);
}
