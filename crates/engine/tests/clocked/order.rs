//! In which step a signal arrives: chains, cycles, delays and the choices about them, by hand.
//!
//! All graphs use IF neurons with `r = 1 / dt`, so that a current of 1 raises the voltage by 1, and
//! time steps that are powers of two, so that no number is rounded.

use nirkit_engine::clocked::{Dense, Feedback, GridInput, Options, Start, Timing};

use super::setup::{frames, numbers, program, request, trace};

const DT: f64 = 0.125;

/// An IF neuron that spikes whenever a spike arrives, and an Input and an Output for it.
fn with_ports(body: &str) -> String {
    format!(
        "nirt 1\ngraph {{
  input = Input {{ shape: i64[1] [1] }}
  output = Output {{ shape: i64[1] [1] }}
{body}
}}"
    )
}

const RELAY: &str = "IF { r: f64[1] [8] v_threshold: f64[1] [0.5] v_reset: f64[1] [0] }";
const COUNTER: &str = "IF { r: f64[1] [8] v_threshold: f64[1] [100] v_reset: f64[1] [0] }";

#[test]
fn a_spike_passes_a_chain_within_a_step_or_waits_before_each_neuron() {
    let text = with_ports(&format!(
        "a = {RELAY}\n w = Scale {{ scale: f64 1 }}\n b = {RELAY}\n input -> a -> w -> b -> output"
    ));
    let input = [1.0, 0.0, 0.0, 0.0];
    let names = ["a.spikes", "w.output", "b.spikes", "output.spikes"];
    let same = trace(&program(&text, &Options::new(DT)), &input, &names);
    assert_eq!(same, [[1.0, 0.0, 0.0, 0.0]; 4]);
    let next = program(&text, &Options { input: Timing::Next, ..Options::new(DT) });
    let next = trace(&next, &input, &names);
    assert_eq!(next[0], [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(next[1], [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(next[2], [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(next[3], [0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_recurrent_connection_is_one_step_long_with_either_timing() {
    let text = with_ports(&format!(
        "a = {COUNTER}\n w = Affine {{ weight: f64[1, 1] [[1]] bias: f64[1] [3] }}
  r = {RELAY}\n input -> r -> a -> output\n r -> w -> r"
    ));
    // The bias of 3 lets r spike in every step from the first on, and w then puts out 4.
    let input = [0.0, 0.0, 0.0];
    let found = trace(&program(&text, &Options::new(DT)), &input, &["r.spikes", "w.output", "a.v"]);
    assert_eq!(found, [[1.0, 1.0, 1.0], [4.0, 4.0, 4.0], [1.0, 2.0, 3.0]]);
    let order = program(&text, &Options::new(DT)).order().iter().map(ToString::to_string).collect();
    let order: Vec<String> = order;
    assert!(order.contains(&"r (takes the step before of w)".to_owned()), "{order:?}");
    let next = program(&text, &Options { input: Timing::Next, ..Options::new(DT) });
    let found = trace(&next, &input, &["r.spikes", "w.output", "a.v"]);
    assert_eq!(found, [[1.0, 1.0, 1.0], [4.0, 4.0, 4.0], [0.0, 1.0, 2.0]]);
}

#[test]
fn the_bias_of_a_recurrent_affine_acts_from_the_first_step_on_or_from_the_second() {
    let text = with_ports(&format!(
        "a = {COUNTER}\n w = Affine {{ weight: f64[1, 1] [[1]] bias: f64[1] [3] }}
  input -> a -> w -> a -> output"
    ));
    let input = [1.0, 0.0, 0.0];
    let rest = trace(&program(&text, &Options::new(DT)), &input, &["a.v"]);
    assert_eq!(rest, [[4.0, 7.0, 10.0]]);
    let absent = program(&text, &Options { feedback: Feedback::Absent, ..Options::new(DT) });
    assert_eq!(trace(&absent, &input, &["a.v"]), [[1.0, 4.0, 7.0]]);
}

#[test]
fn the_rest_of_an_integrator_goes_through_the_maps_of_its_cycle() {
    // The LI rests at 2; the Scale and the Affine make 2 * 0.5 + 0.25 of it. The slope of the LI is
    // 1 / 8 of what it is away from its rest plus its input, so v(1) = 2 + 1.25 / 8.
    let text = with_ports(
        "li = LI { tau: f64[1] [1] r: f64[1] [1] v_leak: f64[1] [2] }
  s = Scale { scale: f64 0.5 }\n w = Affine { weight: f64[1, 1] [[1]] bias: f64[1] [0.25] }
  input -> li -> s -> w -> li -> output",
    );
    let found = trace(&program(&text, &Options::new(DT)), &[0.0], &["li.v"]);
    assert_eq!(found, [[2.0 + 1.25 / 8.0]]);
    // From 0: w puts out 0.25 and the slope is (2 - 0 + 0.25) / 8.
    let zero = program(&text, &Options { start: Start::Zero, ..Options::new(DT) });
    assert_eq!(trace(&zero, &[0.0], &["li.v"]), [[2.25 / 8.0]]);
}

#[test]
fn a_delay_in_a_cycle_adds_nothing_to_itself() {
    for (seconds, steps) in [(0.125, 1), (0.25, 2), (0.375, 3)] {
        let text = with_ports(&format!(
            "a = {RELAY}\n d = Delay {{ delay: f64[1] [{seconds}] }}\n input -> a -> d -> a -> output"
        ));
        let program = program(&text, &Options::new(DT));
        let mut input = [0.0; 10];
        input[0] = 1.0;
        let found = trace(&program, &input, &["a.spikes"]);
        let expected: Vec<f64> = (0..10).map(|t| f64::from(u8::from(t % steps == 0))).collect();
        assert_eq!(found, [expected], "{seconds}");
        assert!(program.order().iter().all(|turn| turn.before.is_empty()));
    }
}

#[test]
fn a_delay_that_feeds_itself_keeps_what_it_was_given() {
    let text = with_ports("d = Delay { delay: f64 0.25 }\n input -> d -> d -> output");
    let found =
        trace(&program(&text, &Options::new(DT)), &[1.0, 2.0, 0.0, 4.0, 0.0, 0.0], &["d.output"]);
    assert_eq!(found, [[0.0, 0.0, 1.0, 2.0, 1.0, 6.0]]);
}

#[test]
fn a_delay_below_half_a_step_leaves_a_cycle_one_step_long() {
    let text = with_ports(&format!(
        "a = {RELAY}\n d = Delay {{ delay: f64[1] [0.0625] }}\n input -> a -> d -> a -> output"
    ));
    // 0.0625 s are half a step, and the nearest even number of steps is 0.
    let program = program(&text, &Options::new(DT));
    assert_eq!(trace(&program, &[1.0, 0.0, 0.0], &["a.spikes"]), [[1.0, 1.0, 1.0]]);
    let [rounding] = program.roundings() else { panic!("{:?}", program.roundings()) };
    assert_eq!((rounding.node.as_str(), rounding.given, rounding.used), ("d", 0.0625, 0.0));
}

#[test]
fn delays_that_single_precision_cannot_say_better_are_not_reported() {
    let text = |seconds| {
        with_ports(&format!("d = Delay {{ delay: f32[1] [{seconds}] }}\n input -> d -> output"))
    };
    assert_eq!(program(&text("0.02"), &Options::new(1e-4)).roundings(), []);
    let rounded = program(&text("0.02004"), &Options::new(1e-4));
    assert!((rounded.roundings()[0].used - 0.02).abs() < 1e-12);
}

#[test]
fn an_edge_that_stands_twice_counts_twice_and_branches_add_up() {
    let text = with_ports(&format!(
        "a = {COUNTER}\n s = Scale {{ scale: f64 10 }}
  input -> a -> output\n input -> a\n input -> s -> a"
    ));
    assert_eq!(trace(&program(&text, &Options::new(DT)), &[1.0], &["a.v"]), [[12.0]]);
}

#[test]
fn two_neurons_that_drive_each_other_run_in_the_order_of_the_search_from_the_entry() {
    // b is the entry although a comes first by name: a sees b at once, b sees a a step later.
    let text = with_ports(&format!(
        "a = {COUNTER}\n b = {RELAY}\n w = Scale {{ scale: f64 2 }}
  input -> b -> a -> output\n a -> w -> b"
    ));
    let program = program(&text, &Options::new(DT));
    let order: Vec<String> = program.order().iter().map(ToString::to_string).collect();
    let at = |name: &str| order.iter().position(|turn| turn.starts_with(name)).unwrap();
    assert!(at("input") < at("b") && at("b") < at("a"), "{order:?}");
    assert_eq!(order[at("b")], "b (takes the step before of w)");
    assert_eq!(trace(&program, &[1.0, 0.0], &["a.v"]), [[1.0, 1.0]]);
}

#[test]
fn a_source_that_closes_two_cycles_is_one_step_late_in_both() {
    // With tau = dt a LI passes on what arrives: a(t) = x(t) + b(t - 1), b(t) = a(t) + b(t - 1).
    let program = program(
        "nirt 1
        graph {
          input = Input { shape: i64[1] [1] }
          a = LI { tau: f64[1] [1] r: f64 1 v_leak: f64 0 }
          b = LI { tau: f64[1] [1] r: f64 1 v_leak: f64 0 }
          output = Output { shape: i64[1] [1] }
          input -> a -> b -> output
          b -> a
          b -> b
        }",
        &Options::new(1.0),
    );
    let expected = [1.0, 2.0, 4.0, 8.0];
    assert_eq!(trace(&program, &[1.0, 0.0, 0.0, 0.0], &["b.v"]), [expected]);
    // Step by step as well.
    let stimulus = frames(1, vec![1.0, 0.0, 0.0, 0.0], false);
    let mut drive = GridInput::new(&program, std::slice::from_ref(&stimulus)).unwrap();
    let mut dense = Dense::new(&program, &[request("b.v")], 4, 1).unwrap();
    program.start(1).advance(4, &mut drive, &mut dense);
    assert_eq!(numbers(&dense.finish(false).unwrap(), "b.v"), expected);
}

#[test]
fn what_enters_waits_before_a_neuron_that_feeds_itself_too() {
    let text = with_ports(&format!("c = {COUNTER}\n input -> c -> output\n c -> c"));
    let next = program(&text, &Options { input: Timing::Next, ..Options::new(DT) });
    assert_eq!(trace(&next, &[1.0, 0.0, 0.0], &["c.v"]), [[0.0, 1.0, 1.0]]);
    let stimulus = frames(1, vec![1.0, 0.0, 0.0], false);
    let mut drive = GridInput::new(&next, std::slice::from_ref(&stimulus)).unwrap();
    let mut dense = Dense::new(&next, &[request("c.v")], 3, 1).unwrap();
    next.start(1).advance(3, &mut drive, &mut dense);
    assert_eq!(numbers(&dense.finish(false).unwrap(), "c.v"), [0.0, 1.0, 1.0]);
}
