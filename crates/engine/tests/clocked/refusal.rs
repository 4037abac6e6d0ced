//! What the engine refuses: everything at once, with names and numbers.

use nirkit_engine::clocked::{GridInput, Options, PrepareError, ProbeError, RunError, run};
use nirkit_run::{Signal, SpikeReading, Stimulus};

use super::setup::{frames, graph, program, request, try_program};
use nirkit_ir::facts::WiringError;

const DELAY: &str = "nirt 1\ngraph {
  input = Input { shape: i64[1] [1] }
  d = Delay { delay: f64[1] [1e9] }
  t = Threshold { threshold: f64[1] [1] }
  e = Delay { delay: f64[1] [2e9] }
  output = Output { shape: i64[1] [1] }
  input -> d -> t -> e -> output
}";

fn errors(text: &str, options: &Options) -> Vec<PrepareError> {
    try_program(text, options).unwrap_err().0
}

#[test]
fn a_time_step_that_is_no_length_is_refused() {
    for dt in [0.0, -1e-3, f64::NAN, f64::INFINITY] {
        assert!(matches!(errors(DELAY, &Options::new(dt))[0], PrepareError::TimeStep { .. }));
    }
}

#[test]
fn all_reasons_come_at_once() {
    let spike = SpikeReading::Pulse { width: 2e-3 };
    let errors = errors(DELAY, &Options { spike, ..Options::new(1e-3) });
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[0].starts_with("a pulse lasts 0.002 s and a step 0.001 s;"), "{}", texts[0]);
    assert!(texts[1].starts_with("d: a delay of 1000000000 s is 1000000000000 steps"));
    assert!(texts[2].starts_with("e: a delay of 2000000000 s is 2000000000000 steps"));
}

#[test]
fn facts_of_another_graph_are_refused_and_not_indexed() {
    let (_, facts) = graph(DELAY);
    let empty = nirkit_ir::Graph::default();
    let refused = nirkit_engine::clocked::prepare(&empty, &facts, &Options::new(1.0)).unwrap_err();
    assert_eq!(refused.0.len(), 5);
    assert!(
        matches!(&refused.0[0], PrepareError::Wiring(WiringError::ForeignFacts { node }) if node == "d")
    );
}

#[test]
fn impulses_do_not_enter_a_threshold() {
    let text = "nirt 1\ngraph {
  input = Input { shape: i64[1] [1] }
  n = IF { r: f64[1] [1] v_threshold: f64[1] [1] v_reset: f64[1] [0] }
  s = Scale { scale: f64 2 }
  t = Threshold { threshold: f64[1] [1] }
  output = Output { shape: i64[1] [1] }
  input -> n -> s -> t -> output
}";
    let impulses = Options { spike: SpikeReading::Impulse { area: 1.0 }, ..Options::new(1e-3) };
    let expected = WiringError::ImpulseIntoThreshold { node: "t".into(), source_node: "n".into() };
    let expected = PrepareError::from(expected);
    assert_eq!(errors(text, &impulses), [expected]);
    assert!(try_program(text, &Options::new(1e-3)).is_ok());

    // From an Input it depends on the stimulus: a current has a level, spikes have none.
    let text = text.replace("input -> n -> s", "input -> n\n n -> output\n input -> s");
    let text = text.replace("-> t -> output", "-> t -> u -> output");
    let text = text.replace("output = O", "u = Scale { scale: f64 1 }\n output = O");
    let program = program(&text, &impulses);
    assert!(GridInput::new(&program, &[frames(1, vec![2.0], false)]).is_ok());
    let refused = GridInput::new(&program, &[frames(1, vec![2.0], true)]).unwrap_err();
    assert!(refused[0].to_string().starts_with("the spikes of `input` reach a Threshold"));
}

#[test]
fn a_stimulus_that_does_not_fit_is_refused_with_all_its_faults() {
    let text = DELAY.replace("1e9", "1").replace("2e9", "1");
    let program = program(&text, &Options::new(1.0));
    let faults = |stimulus: &Stimulus| match run(&program, stimulus, 1, &[]).unwrap_err() {
        RunError::Stimulus(errors) => errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other}"),
    };
    let nothing = Stimulus::default();
    assert_eq!(faults(&nothing), ["the Input `input` has no signal; the stimulus names []"]);
    let wide = frames(2, vec![0.0, f64::NAN], false);
    assert_eq!(faults(&wide), ["the signal of `input` has 2 channels, the Input has 1"]);
    let mut two = frames(1, vec![0.0, f64::NAN], false);
    two.signals.insert("d".into(), Signal::Frames { channels: 1, values: vec![], counts: true });
    let found = faults(&two);
    assert_eq!(found[0], "the stimulus names `d`, which is no Input; the Inputs are [\"input\"]");
    assert_eq!(found[1], "number 1 of the values of `input` is NaN; it must be finite");
}

#[test]
fn what_cannot_be_recorded_is_named() {
    let text = DELAY.replace("1e9", "1").replace("2e9", "1");
    let program = program(&text, &Options::new(1.0));
    let requests = [request("nobody.spikes"), request("d.v"), request("d.output")];
    let stimulus = frames(1, vec![], false);
    let RunError::Request(errors) = run(&program, &stimulus, 1, &requests).unwrap_err() else {
        panic!("not a matter of requests")
    };
    assert!(matches!(&errors[0], ProbeError::NoSuchNode { node } if node == "nobody"));
    assert!(matches!(&errors[1], ProbeError::NoSuchState { request } if request.node == "d"));
    assert_eq!(errors.len(), 2);
    let RunError::Request(errors) =
        run(&program, &stimulus, usize::MAX, &[request("d.output")]).unwrap_err()
    else {
        panic!("not a matter of requests")
    };
    assert!(errors[0].to_string().contains("record fewer steps"));
}
