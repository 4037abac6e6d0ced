//! Runs of the facade: divided among threads, watched, stopped.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use nirkit::clocked::{Job, run};
use nirkit::io::Limits;
use nirkit::ir::validate;
use nirkit::sim::clocked::{Options, Program, Recording, prepare};
use nirkit::sim::{Signal, Stimulus};
use nirkit::watch::Watch;

/// More than the steps after which a run says how far it is, and no multiple of them.
const STEPS: usize = 150;

fn program() -> Program {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/small.nir");
    let document = nirkit::document::read(&path, &Limits::default()).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    prepare(graph, &facts, &Options::new(1e-4)).unwrap()
}

/// Stimuli that differ from sample to sample.
fn stimuli(samples: usize) -> Vec<Stimulus> {
    let sample = |number: usize| {
        let values = (0..4 * STEPS).map(|at| f64::from(u8::from(at % (3 + number) == 0)));
        let signal = Signal::Frames { channels: 4, values: values.collect(), counts: true };
        Stimulus { signals: [("input".to_owned(), signal)].into() }
    };
    (0..samples).map(sample).collect()
}

fn record(program: &Program, stimuli: &[Stimulus], threads: usize, watch: &dyn Watch) -> Recording {
    let requests = program.requests();
    let job = Job {
        program,
        stimuli,
        steps: STEPS,
        requests: &requests,
        keep: nirkit::sim::clocked::Keep::Steps,
        has_batch: true,
        threads,
    };
    run(&job, watch).unwrap()
}

#[test]
fn a_watched_run_is_the_run_of_the_engine() {
    let (program, stimuli) = (program(), stimuli(1));
    let requests = program.requests();
    let plain = nirkit::sim::clocked::run(&program, &stimuli[0], STEPS, &requests).unwrap();
    let told = AtomicU64::new(0);
    let look = |done: u64| told.store(done, Ordering::Relaxed);
    let job = Job {
        program: &program,
        stimuli: &stimuli,
        steps: STEPS,
        requests: &requests,
        keep: nirkit::sim::clocked::Keep::Steps,
        has_batch: false,
        threads: 1,
    };
    assert_eq!(run(&job, &look).unwrap(), plain);
    assert_eq!(told.into_inner(), STEPS as u64);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (program, stimuli) = (program(), stimuli(5));
    let alone = record(&program, &stimuli, 1, &|_| ());
    for threads in [2, 3, 5, 8] {
        assert_eq!(record(&program, &stimuli, threads, &|_| ()), alone, "{threads} threads");
    }
}

/// Stops a run when it is told of it for the first time.
struct Impatient;

impl Watch for Impatient {
    fn done(&self, _: u64) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

#[test]
fn a_run_can_be_stopped() {
    let (program, stimuli) = (program(), stimuli(2));
    let requests = program.requests();
    let job = Job {
        program: &program,
        stimuli: &stimuli,
        steps: STEPS,
        requests: &requests,
        keep: nirkit::sim::clocked::Keep::Steps,
        has_batch: true,
        threads: 2,
    };
    let error = run(&job, &Impatient).unwrap_err();
    assert_eq!(error.to_string(), "the run was stopped");
}
