//! Semantics: orders of execution, and the steps of a neuron worked out by hand in numbers that are
//! exact in binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::rules;

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Format, Leak, Ratio, ResetTiming, Rule, Spikes, Stage, Term,
    Terms, Test,
};
use nirkit_engine::clocked::semantics::{
    Execution, Later, Maps, Neurons, Order, Route, Semantics, Time, Unknown, UnknownNodePolicy,
    prepare, record, record_stepwise,
};
use nirkit_engine::clocked::{Comparison, Feedback, Precision, Timing};
use nirkit_ir::primitive::{Affine, CubaLif, Delay, If, Input, Output};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Reset, Signal, Stimulus};
use rules::{FIRE, RULE, SUM};

/// A semantics with the same rule for every neuron.
fn semantics(rule: Rule) -> Semantics {
    Semantics {
        time: Time::Step(0.25),
        precision: Precision::F64,
        execution: Execution::PLAIN,
        maps: Maps::PLAIN,
        neurons: Neurons { r#if: Some(rule), cuba_lif: Some(rule), ..Neurons::default() },
        unknown: Unknown {
            known: &["Affine", "IF", "CubaLIF"],
            policy: UnknownNodePolicy::Refused,
        },
    }
}

fn route(graph: &Graph, facts: &Facts, semantics: &Semantics) -> Route {
    nirkit_engine::clocked::semantics::route(graph, facts, semantics).unwrap()
}

fn one() -> Tensor {
    Tensor::vector(vec![1_i64])
}

fn vector(values: &[f64]) -> Tensor {
    Tensor::vector(values.to_vec())
}

fn neuron() -> Primitive {
    Primitive::If(If { r: vector(&[1.0]), v_threshold: vector(&[1.0]), v_reset: None })
}

/// An Affine of one channel without a bias that matters to the order.
fn map() -> Primitive {
    let weight = vector(&[1.0]).reshaped(&[1, 1]).unwrap();
    Primitive::Affine(Affine { weight, bias: vector(&[0.5]) })
}

fn graph(nodes: &[(&str, Primitive)], edges: &[(&str, &str)]) -> (Graph, Facts) {
    let ports = [
        ("input", Primitive::Input(Input { shape: one() })),
        ("output", Primitive::Output(Output { shape: one() })),
    ];
    let nodes = nodes.iter().cloned().chain(ports);
    let graph = Graph {
        nodes: nodes.map(|(name, primitive)| (name, Node::new(primitive))).collect(),
        edges: edges.iter().map(|(source, target)| Edge::new(*source, *target)).collect(),
    };
    let facts = validate(&graph).facts.unwrap();
    (graph, facts)
}

/// What is observed of a node for an input in each step, by blocks and step by step.
fn run(
    (graph, facts): &(Graph, Facts),
    semantics: &Semantics,
    values: &[f64],
    node: &str,
    observable: Observable,
) -> Vec<f64> {
    let program = prepare(graph, facts, semantics).unwrap();
    let signal = Signal::Frames { channels: 1, values: values.to_vec(), counts: false };
    let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
    let request = Request { node: node.to_owned(), observable };
    let request = std::slice::from_ref(&request);
    let [fast, plain] = [record, record_stepwise].map(|record| {
        let found = record(&program, &stimulus, values.len(), request).unwrap();
        found.arrays[0].1.to_f64().unwrap().into_owned()
    });
    assert_eq!(fast, plain);
    plain
}

/// Spikes of a single neuron without a leak that takes 3/4 in each of six steps.
fn spikes(fire: Fire) -> Vec<f64> {
    let network = graph(&[("n", neuron())], &[("input", "n"), ("n", "output")]);
    let semantics = semantics(Rule { fire: Some(fire), ..RULE });
    run(&network, &semantics, &[0.75; 6], "n", Observable::Spikes)
}

#[test]
fn a_voltage_of_exactly_the_threshold_spikes_if_the_comparison_says_so() {
    // 0.75, 1.5 -> 0.5, 1.25 -> 0.25, 1.0
    assert_eq!(spikes(FIRE), [0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    let at_least = Fire { comparison: Comparison::AtLeast, ..FIRE };
    assert_eq!(spikes(at_least), [0.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
}

#[test]
fn a_neuron_that_decides_before_its_input_is_one_step_late() {
    // 0.75, 1.5, then a spike and 1.5 - 1 + 0.75 = 1.25, then a spike and 1.0
    for timing in [ResetTiming::BeforeLeak, ResetTiming::AfterInput] {
        let before = Fire { test: Test::Before, timing, ..FIRE };
        assert_eq!(spikes(before), [0.0, 0.0, 1.0, 1.0, 0.0, 1.0]);
    }
}

#[test]
fn a_reset_to_zero_after_the_input_loses_the_input() {
    // 0.75, 1.5 and a spike, 2.25 -> 0, 0.75, 1.5 and a spike
    let late = Fire { reset: Reset::Zero, timing: ResetTiming::AfterInput, ..FIRE };
    assert_eq!(spikes(late), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_settled_reset_takes_what_one_subtraction_left_over() {
    let network = graph(&[("n", neuron())], &[("input", "n"), ("n", "output")]);
    let settled = Rule { fire: Some(Fire { timing: ResetTiming::Settled, ..FIRE }), ..RULE };
    // 2.5 -> 1.5 with a spike; a reset of 1.5 is pending, so 1.5 - 1 = 0.5 and no spike.
    let input = [2.5, 0.0, 0.0];
    let found = run(&network, &semantics(settled), &input, "n", Observable::Spikes);
    assert_eq!(found, [1.0, 0.0, 0.0]);
    let at_once = run(&network, &semantics(RULE), &input, "n", Observable::Spikes);
    assert_eq!(at_once, [1.0, 1.0, 0.0]);
}

#[test]
fn several_spikes_are_as_many_as_thresholds_fit() {
    let network = graph(&[("n", neuron())], &[("input", "n"), ("n", "output")]);
    let several = Rule { fire: Some(Fire { spikes: Spikes::Several(2.0), ..FIRE }), ..RULE };
    let found = run(&network, &semantics(several), &[3.5, 0.0], "n", Observable::Spikes);
    assert_eq!(found, [2.0, 1.0], "at most two in a step");
}

#[test]
fn a_floor_holds_the_voltage_up() {
    let network = graph(&[("n", neuron())], &[("input", "n"), ("n", "output")]);
    let voltage = |floor| {
        let rule = Rule { fire: Some(Fire { floor, ..FIRE }), ..RULE };
        run(&network, &semantics(rule), &[-0.75, -0.75], "n", Observable::V)
    };
    assert_eq!(voltage(Floor::None), [-0.75, -1.5]);
    assert_eq!(voltage(Floor::MinusThreshold), [-0.75, -1.0]);
    assert_eq!(voltage(Floor::Zero), [0.0, 0.0]);
}

/// Voltages of a `CubaLIF` with `tau_syn = 0.5`, `tau_mem = 1`, `w_in = 4`, `r = 2` that takes 1 and
/// then nothing, in steps of 0.25. `1 - dt / tau` is 1/2 and 3/4.
fn cuba(synapse: Stage, membrane: Stage) -> Vec<f64> {
    let node = Primitive::CubaLif(CubaLif {
        tau_syn: vector(&[0.5]),
        tau_mem: vector(&[1.0]),
        r: vector(&[2.0]),
        v_leak: vector(&[0.0]),
        v_threshold: vector(&[100.0]),
        v_reset: None,
        w_in: Some(vector(&[4.0])),
    });
    let network = graph(&[("n", node)], &[("input", "n"), ("n", "output")]);
    let rule = Rule { synapse: Some(synapse), membrane, ..RULE };
    run(&network, &semantics(rule), &[1.0, 0.0, 0.0], "n", Observable::V)
}

const LEAK: Leak = Leak::Euler(Ratio::Quotient, Format::Double);

#[test]
fn forward_euler_with_gains_is_that_of_the_equations() {
    let synapse = Stage { form: Form::Recover, leak: LEAK, gain: Terms::of(&[Term::WIn]), ..SUM };
    let membrane = Stage { form: Form::Approach, leak: LEAK, gain: Terms::of(&[Term::R]), ..SUM };
    // i: 0.5 * 4 = 2, 1, 0.5; v: 0.25 * 2 * 2 = 1, 0.75 + 0.5, 0.9375 + 0.25
    assert_eq!(cuba(synapse, membrane), [1.0, 1.25, 1.1875]);
}

#[test]
fn inputs_in_full_decay_before_or_after_they_arrive() {
    let keep = Stage { leak: LEAK, ..SUM };
    // i: 1, 0.5, 0.25; v: 1, 1.25, 1.1875
    assert_eq!(cuba(keep, keep), [1.0, 1.25, 1.1875]);
    // i: 0.5, 0.25, 0.125
    let both = Stage { form: Form::KeepBoth, ..keep };
    assert_eq!(cuba(both, keep), [0.5, 0.625, 0.59375]);
    // one step late
    let late = Stage { form: Form::Late, ..keep };
    assert_eq!(cuba(late, keep), [0.0, 1.0, 1.25]);
    // half of what arrives, one step late
    let filter = Stage { form: Form::Filter, ..keep };
    assert_eq!(cuba(filter, keep), [0.0, 0.5, 0.625]);
}

#[test]
fn a_relay_hands_on_ones_one_step_late() {
    let relay = Fold::Relay(Terms::of(&[Term::Membrane]));
    let node = graph(&[("n", neuron())], &[("input", "n"), ("n", "output")]);
    let rule = Rule { membrane: SUM, fold: relay, ..RULE };
    // An IF has no time constant; dt / tau is that of 1 s.
    let found = run(&node, &semantics(rule), &[3.0, 0.0, 0.0], "n", Observable::V);
    assert_eq!(found, [0.0, 0.25, 0.25]);
}

/// A chain with a shortcut that is listed first.
fn shortcut() -> (Graph, Facts) {
    let names = ["fc1", "n1", "skip", "n3", "fc2", "n2", "fc3"];
    let primitive = |name: &str| if name.starts_with('n') { neuron() } else { map() };
    let nodes: Vec<_> = names.iter().map(|name| (*name, primitive(name))).collect();
    let edges = [
        ("input", "fc1"),
        ("fc1", "n1"),
        ("n1", "skip"),
        ("skip", "n3"),
        ("n1", "fc2"),
        ("fc2", "n2"),
        ("n2", "fc3"),
        ("fc3", "n3"),
        ("n3", "output"),
    ];
    graph(&nodes, &edges)
}

#[test]
fn depth_first_meets_the_target_of_a_shortcut_before_its_other_source() {
    let (graph, facts) = shortcut();
    let mut semantics = semantics(RULE);
    semantics.execution.order = Order::DepthFirst;
    let found = route(&graph, &facts, &semantics);
    let order = ["input", "fc1", "n1", "skip", "n3", "output", "fc2", "n2", "fc3"];
    assert_eq!(found.order, order);
    let late: Vec<_> = found.connections.iter().filter(|edge| edge.later.is_some()).collect();
    assert_eq!(late.len(), 1);
    assert_eq!((late[0].source.as_str(), late[0].target.as_str()), ("fc3", "n3"));
}

#[test]
fn sources_first_has_no_late_edge_without_a_cycle() {
    let (graph, facts) = shortcut();
    let found = route(&graph, &facts, &semantics(RULE));
    assert!(found.connections.iter().all(|edge| edge.later.is_none()));
}

#[test]
fn a_source_that_runs_later_arrives_late_or_never() {
    let network = shortcut();
    let voltage = |later| {
        let mut semantics = semantics(Rule { fire: None, ..RULE });
        semantics.execution.order = Order::DepthFirst;
        semantics.execution.later = later;
        run(&network, &semantics, &[0.0, 0.0], "n3", Observable::V)
    };
    // Each map adds 1/2 and each neuron sums. n1: 1/2, 1; skip: 1, 3/2; n2: 1, 5/2; fc3: 3/2, 3.
    assert_eq!(voltage(Later::Never), [1.0, 2.5]);
    assert_eq!(voltage(Later::Before(Feedback::Absent)), [1.0, 4.0]);
    // At rest nothing sums yet: fc3 puts out its bias.
    assert_eq!(voltage(Later::Before(Feedback::Rest)), [1.5, 4.5]);
}

#[test]
fn a_node_that_is_not_known_cuts_the_way_or_is_passed_by() {
    let (graph, facts) =
        graph(&[("fc", map()), ("n", neuron())], &[("input", "fc"), ("fc", "n"), ("n", "output")]);
    let mut semantics = semantics(RULE);
    semantics.execution.order = Order::DepthFirst;
    semantics.unknown = Unknown { known: &["IF"], policy: UnknownNodePolicy::Cut };
    // The edges of the map are left out, so that no edge leads to the neuron: it is called first.
    assert_eq!(route(&graph, &facts, &semantics).order, ["input", "n", "output"]);
    semantics.execution.order = Order::SourcesFirst;
    semantics.unknown.policy = UnknownNodePolicy::Bypassed;
    let found = route(&graph, &facts, &semantics);
    assert_eq!(found.order, ["input", "n", "output"]);
    assert_eq!(found.connections[0].source, "input");
}

/// As many ways as there are would take for ever.
#[test]
fn nodes_that_are_passed_by_may_be_a_cycle_with_many_ways_through() {
    let names: Vec<String> = (0..40).map(|at| format!("d{at}")).collect();
    let delay = || Primitive::Delay(Delay { delay: vector(&[0.25]) });
    let mut nodes: Vec<_> = names.iter().map(|name| (name.as_str(), delay())).collect();
    nodes.push(("n", neuron()));
    let mut edges = vec![("input", "d0"), ("d39", "d0"), ("d39", "n"), ("n", "output")];
    for pair in names.windows(2) {
        edges.extend([(pair[0].as_str(), pair[1].as_str()); 2]);
    }
    let (graph, facts) = graph(&nodes, &edges);
    let mut semantics = semantics(RULE);
    semantics.unknown = Unknown { known: &["IF"], policy: UnknownNodePolicy::Bypassed };
    let found = route(&graph, &facts, &semantics);
    let sources: Vec<&str> = found.connections.iter().map(|edge| edge.source.as_str()).collect();
    assert_eq!(sources, ["input", "n"]);
}

#[test]
fn neurons_that_decide_before_their_input_see_their_own_spikes_in_the_same_step() {
    let network = graph(&[("n", neuron())], &[("input", "n"), ("n", "n"), ("n", "output")]);
    let fire = Fire { test: Test::Before, timing: ResetTiming::BeforeLeak, ..FIRE };
    for fan_in in [FanIn::Joined, FanIn::OneByOne] {
        let semantics = semantics(Rule { fire: Some(fire), fan_in, ..RULE });
        let found = run(&network, &semantics, &[0.75, 0.75, 0.75, 0.0, 0.0], "n", Observable::V);
        // From the third step on there is a spike in each, which is taken from the voltage and comes
        // back.
        assert_eq!(found, [0.75, 1.5, 2.25, 2.25, 2.25]);
    }
}

#[test]
fn late_weights_delay_each_layer_and_their_bias() {
    let network =
        graph(&[("fc", map()), ("n", neuron())], &[("input", "fc"), ("fc", "n"), ("n", "output")]);
    let mut semantics = semantics(RULE);
    semantics.maps.arrival = Timing::Next;
    let found = run(&network, &semantics, &[0.25, 0.0, 0.0], "n", Observable::V);
    assert_eq!(found, [0.0, 0.75, 0.25]);
}
