//! Where spike or no spike is closer than the arithmetic can tell, the exact engine says so.
//!
//! An impulse of weight `w` lifts a `CubaLIF` with `tau_mem = 4 tau_syn` to a peak of
//! `w / tau_syn · 4^(-1/3) / 4` (its equations by hand: the peak is at `tau_mem ln 4 / 3`). The weights
//! lie around the one that reaches a threshold of 1.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "what is expected comes from elsewhere")]

use std::io;

use nirkit_exact::{Event, Options, Program, Recorder, Report, prepare};
use nirkit_ir::validate;
use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, Stimulus};

const TAU_SYN: f64 = 0.005;
/// When the impulse comes, in seconds.
const START: f64 = 0.002;

/// Weights around the critical one, by their distance in units of its last place.
fn weight(distance: i64) -> f64 {
    let critical = 4.0 * TAU_SYN * 4.0_f64.powf(1.0 / 3.0);
    f64::from_bits(critical.to_bits().checked_add_signed(distance).unwrap())
}

fn program(weights: &[f64]) -> Program {
    let n = weights.len();
    let weights: Vec<[f64; 1]> = weights.iter().map(|&weight| [weight]).collect();
    let text = format!(
        "nirt 1\n\ngraph {{\n  input = Input {{ shape: i64[1] [1] }}\n  \
        weight = Linear {{ weight: f64[{n}, 1] {weights:?} }}\n  \
        neuron = CubaLIF {{ tau_syn: f64[{n}] 0.005 tau_mem: f64[{n}] 0.02 r: f64[{n}] 1 \
        v_leak: f64[{n}] 0 v_threshold: f64[{n}] 1 v_reset: f64[{n}] 0 w_in: f64[{n}] 1 }}\n  \
        output = Output {{ shape: i64[1] [{n}] }}\n\n  input -> weight -> neuron -> output\n}}\n"
    );
    let document = nirkit_ir::text::parse(&text, &()).unwrap();
    let graph = document.graph().unwrap();
    prepare(graph, &validate(graph).facts.unwrap(), &Options::default()).unwrap()
}

struct Silent;

impl Recorder for Silent {
    fn spike(&mut self, _: Event) -> io::Result<()> {
        Ok(())
    }
}

/// What a run says that stops at these instants.
fn report(program: &Program, stops: &[f64]) -> Report {
    let spikes = vec![Spike { time: START, channel: 0, value: 1.0 }];
    let signal = Signal::Spikes { channels: 1, spikes };
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    let mut run = program.start(&stimulus).unwrap();
    for &stop in stops {
        run.advance(stop, &mut Silent).unwrap();
    }
    run.report()
}

#[test]
fn a_peak_within_rounding_of_the_threshold_is_reported_on_either_side() {
    let distances = [-6, -4, 4, 6];
    let found = report(&program(&distances.map(weight)), &[0.1]);
    let peak = START + 4.0 * TAU_SYN * 4.0_f64.ln() / 3.0;
    assert_eq!(found.grazes.len(), distances.len(), "{:?}", found.grazes);
    let mut grazes = found.grazes;
    grazes.sort_by_key(|graze| graze.channel);
    for (graze, distance) in grazes.iter().zip(distances) {
        assert_eq!(graze.spikes, distance > 0, "{graze:?}");
        assert!(graze.margin > 0.0 && graze.margin < 1e-14, "{graze:?}");
        // The crossing is before the peak by what the margin makes of it: sqrt(2 margin / |v''|).
        assert!(graze.time <= peak + 1e-15 && graze.time > peak - 1e-8, "{graze:?} at {peak}");
    }
}

#[test]
fn a_peak_that_is_clear_of_the_threshold_is_not_reported() {
    let found = report(&program(&[-10_000, 10_000].map(weight)), &[0.1]);
    assert_eq!((found.grazes, found.counts.spikes), (Vec::new(), 1));
}

#[test]
fn stopping_in_between_changes_nothing_of_what_is_reported() {
    let program = program(&[-6, 6, -4, 4].map(weight));
    let whole = report(&program, &[0.1]);
    assert_eq!(report(&program, &[0.001, 0.01, 0.0115, 0.05, 0.1]), whole);
    assert!(report(&program, &[0.01]).grazes.is_empty());
}
