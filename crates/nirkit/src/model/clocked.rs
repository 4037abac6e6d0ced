//! On a time grid.

use std::sync::atomic::{AtomicU64, Ordering};

use nirkit_engine::clocked::{
    Dense, GridInput, Options, Program, RecordMode, Recording, SpikeStep, prepare as compile,
};
use nirkit_run::{Observable, Request, Stimulus as Sample, interrupt};

use super::batch::{divided, join};
use super::{Engine, Ledger, Observed, Outcome, Prepared, Source, Task};
use crate::bounds;
use crate::doubt;
use crate::error::{Error, ErrorKind};
use crate::eval::{Answer, puts_out_voltage};
use crate::idle;
use crate::settle;
use crate::watch::stopped;

/// The choices that only this engine has.
pub(crate) const CHOICES: [&str; 13] = [
    "spike",
    "precision",
    "integrator",
    "input",
    "synapse",
    "reset_timing",
    "comparison",
    "start",
    "feedback",
    "threshold",
    "spikes_per_step",
    "spike_step",
    "current",
];

struct Clocked {
    program: Program,
    observed: Observed,
    spike_step: SpikeStep,
    methods: Vec<String>,
    answer: Answer,
    /// Whether what leaves the network is a voltage.
    leaves_voltage: bool,
}

pub(super) fn prepare(source: &Source<'_>) -> Result<Prepared, Error> {
    let mut ledger = Ledger::default();
    let options = options(source, &mut ledger)?;
    let program = compile(source.graph, source.facts, &options)
        .map_err(|errors| Error::all(errors.to_string().lines()).of_kind(ErrorKind::Graph))?;
    ledger.notes.extend(program.roundings().iter().map(|rounding| {
        format!(
            "N504: the delay {} s of `{}` channel {} is taken as {} s",
            rounding.given, rounding.node, rounding.channel, rounding.used
        )
    }));
    ledger.notes.extend(idle::on_grid(source.graph, source.facts, &options, source.given));
    ledger.notes.extend(doubt::short_time_constants(source.graph, source.facts, &options));
    let methods = program.order().iter().map(ToString::to_string).collect();
    let requests = program.requests();
    let channels = bounds::channels(&requests, source.facts).collect();
    let answer = Answer::of(source.graph, source.facts, &requests);
    let of_answer = |node: &String| puts_out_voltage(source.graph, source.facts, node);
    let leaves_voltage = answer.node().is_ok_and(|node| of_answer(&node));
    let Options { dt, spike_step, .. } = options;
    let engine = Box::new(Clocked {
        program,
        observed: Observed::new(requests, channels, Some(dt)),
        spike_step,
        methods,
        answer,
        leaves_voltage,
    });
    let Ledger { choices, notes } = ledger;
    Ok(Prepared { engine, title: "clocked".to_owned(), choices, notes })
}

/// Every choice, and where it comes from.
fn options(source: &Source<'_>, ledger: &mut Ledger) -> Result<Options, Error> {
    let given = source.given;
    given.only("the clocked engine", &CHOICES)?;
    let dt = ledger.take_time("dt", settle::time_step(given, &source.open)?);
    let mut options = Options::new(dt);
    options.reset = ledger.take("reset", settle::reset(given, &source.open));
    let spike = settle::spike(given, &source.open, Some(dt));
    options.spike = ledger.take("spike", spike);
    ledger.notes.extend(settle::start(given, &source.open));
    for (name, value) in &given.others {
        options
            .set(name, value)
            .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Choice))?;
    }
    for (name, value) in options.choices() {
        if !ledger.choices.iter().any(|choice| choice.name == name) {
            let source = if given.other(name).is_some() { "given" } else { "default" };
            ledger.push(name, value, source);
        }
    }
    Ok(options)
}

/// Steps after which the run says how far it is, and can be stopped.
const SLICE: usize = 256;

impl Engine for Clocked {
    fn step_program(&self) -> Result<nirkit_step::Program, Error> {
        self.program
            .step_program()
            .map_err(|reasons| Error::all(reasons).of_kind(ErrorKind::Choice))
    }

    fn kind(&self) -> &'static str {
        "clocked"
    }

    fn observed(&self) -> &Observed {
        &self.observed
    }

    fn is_usual(&self, request: &Request) -> bool {
        matches!(request.observable, Observable::Spikes | Observable::Output)
    }

    fn spike_step(&self) -> SpikeStep {
        self.spike_step
    }

    fn methods(&self) -> &[String] {
        &self.methods
    }

    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        let done = AtomicU64::new(0);
        let parts = divided(task.samples, task.threads, |part| self.run_part(task, part, &done))?;
        let arrays = join(parts)?.arrays;
        let notes = doubt::not_finite(&arrays);
        Ok(Outcome { arrays, notes, ..Outcome::default() })
    }

    fn answer_node(&self) -> Result<String, Error> {
        self.answer.node()
    }

    fn puts_out_voltage(&self, node: &str) -> bool {
        self.leaves_voltage && self.answer.node().is_ok_and(|answer| answer == node)
    }
}

impl Clocked {
    fn run_part(
        &self,
        task: &Task<'_>,
        samples: &[Sample],
        done: &AtomicU64,
    ) -> Result<Recording, Error> {
        let keep = if task.sums_only { RecordMode::Sums } else { RecordMode::Steps };
        let drive = GridInput::new(&self.program, samples).map_err(|errors| Error::all(&errors))?;
        let mut dense =
            Dense::keeping(keep, &self.program, task.requests, task.steps, samples.len())
                .map_err(|errors| Error::all(&errors))?;
        let mut run = self.program.start(samples.len());
        let total = task.steps.saturating_mul(task.threads) as u64;
        let mut taken = 0;
        while taken < task.steps {
            let until = task.steps.min(taken + SLICE);
            let mut tell = |steps: usize| {
                done.fetch_add(steps as u64, Ordering::Relaxed);
            };
            run.record(until, &drive, &mut dense, &mut tell);
            taken = until;
            if interrupt::is_requested() {
                return Err(stopped());
            }
            if task.watch.done(done.load(Ordering::Relaxed), total).is_break() {
                return Err(stopped());
            }
        }
        dense.finish(task.has_batch).map_err(|error| Error::new(error.to_string()))
    }
}
