//! As a chip would, from a graph or from what the chip is given.

use nirkit_ir::open::Open;
use nirkit_ir::{Facts, Graph};
use nirkit_platforms::chip::{Design, Emulation, WeightScales};
use nirkit_platforms::{Chip, ChipChoices};
use nirkit_run::Reset;

use super::batch::{Runner, record};
use super::unseen::of_chip;
use super::{Engine, Ledger, Observed, Outcome, Prepared, Source, Task};
use crate::choices::{Choice, Choices};
use crate::doubt;
use crate::error::{Error, ErrorKind};
use crate::settle;
use crate::suggest::did_you_mean;

struct OnChip {
    design: Design,
    observed: Observed,
}

pub(super) fn prepare(source: &Source<'_>, chip: &'static Chip) -> Result<Prepared, Error> {
    let given = source.given;
    given.only(chip.name, CHOICES)?;
    let mut ledger = Ledger::default();
    let step = settle::known_step(given, &source.open)?;
    let dt = step.as_ref().map(|step| step.value);
    let (design, losses) = admitted(
        chip,
        source.graph,
        source.facts,
        &chip_choices(given, &source.open, dt, source.graph, source.facts)?,
    )?;
    ledger.push("platform", chip.title(), "given");
    ledger.push("package", chip.package, "the chip");
    match step {
        Some(step) => {
            ledger.take_time("dt", step);
        }
        None => ledger.push("dt", "none", "none: steps have no length"),
    }
    ledger.choices.push(reset_of(chip, given, &source.open));
    ledger.choices.extend(choices_of_chip(chip, given));
    ledger.notes.extend(losses);
    ledger.notes.extend(design.notes.iter().cloned());
    Ok(finished(chip, design, dt, ledger))
}

/// How numbers become integers, and where that comes from.
pub(crate) fn choices_of_chip(chip: &Chip, given: &Choices) -> Vec<Choice> {
    let quantiser = given.other("quantize").or(chip.quantisers.first().map(|q| q.name));
    let origin = if given.other("quantize").is_some() { "given" } else { "the chip's first" };
    let scale = given.other("weight_scale");
    let scale = scale.map(|scale| Choice::new("weight_scale", scale, "given"));
    let quantise = Choice::new("quantize", quantiser.unwrap_or("none"), origin);
    [quantise].into_iter().chain(scale).collect()
}

/// The reset of a chip, and where it comes from.
pub(crate) fn reset_of(chip: &Chip, given: &Choices, open: &Open) -> Choice {
    // A voltage that is set to a number is set to 0 there.
    let there = |reset| if reset == Reset::Subtract { reset } else { Reset::Zero };
    match (chip.resets, settle::asked_reset(given, open)) {
        ([_, _, ..], Some(asked)) if there(asked.value) == asked.value => {
            Choice::new("reset", asked.value, asked.source)
        }
        ([_, _, ..], Some(asked)) => {
            let source = format!("{}: {}, which resets to 0 there", asked.source, asked.value);
            Choice::new("reset", there(asked.value), source)
        }
        ([first, _, ..], None) => Choice::new("reset", first, "the chip's first"),
        (own, asked) => {
            let value = own.first().copied().unwrap_or_default();
            let other = asked.filter(|asked| asked.value != value).map_or(String::new(), |asked| {
                let effect =
                    if there(asked.value) == value { "resets to 0 there" } else { "has no effect" };
                format!("; {} ({}) {effect}", asked.value, asked.source)
            });
            Choice::new("reset", value, format!("the chip's own{other}"))
        }
    }
}

/// A chip that has been given its configuration.
pub(super) fn configured(
    chip: &'static Chip,
    design: Design,
    of_document: Option<f64>,
    given: &Choices,
) -> Result<Prepared, Error> {
    // What was decided when the document was made is not decided again.
    if let Some(name) = CHOICES.iter().find(|name| given.other(name).is_some()) {
        let message = format!("a configuration has no choice {}", given.voice.option(name));
        let help = "it holds integers that are made already: give the choice to `nir lower`, which writes it";
        return Err(Error::new(message).of_kind(ErrorKind::Choice).help(help));
    }
    given.only("a configuration", &[])?;
    if given.reset.is_some() {
        let error =
            Error::new(format!("a configuration has no choice {}", given.voice.option("reset")));
        return Err(error.of_kind(ErrorKind::Choice).help("it holds the reset of every neuron"));
    }
    let mut ledger = Ledger::default();
    ledger.push("platform", chip.title(), "given");
    ledger.push("package", chip.package, "the chip");
    let step = settle::known_step(given, &Open::default())?;
    let step = match (step, of_document) {
        (Some(step), Some(own)) if (step.value - own).abs() > 1e-9 * own => {
            let whose = match given.dt {
                Some(_) => given.voice.option("dt"),
                None => "the time step of the stimulus".to_owned(),
            };
            ledger.notes.push(format!(
                "{whose} is {} s; the document says {own} s, with which its decays were worked out",
                step.value
            ));
            Some(step)
        }
        (None, Some(own)) => {
            Some(settle::Settled { value: own, source: "the document".to_owned(), note: None })
        }
        (step, _) => step,
    };
    let dt = step.as_ref().map(|step| step.value);
    match step {
        Some(step) => {
            ledger.take_time("dt", step);
        }
        None => ledger.push("dt", "none", "none: steps have no length"),
    }
    ledger.notes.extend(design.notes.iter().cloned());
    for usage in design.usage.iter().filter(|usage| usage.used > usage.available) {
        ledger.notes.push(format!(
            "{} has {} {}, the configuration takes {} ({}); the arithmetic is computed all the same",
            chip.name, usage.available, usage.what, usage.used, usage.source
        ));
    }
    Ok(finished(chip, design, dt, ledger))
}

fn finished(chip: &Chip, design: Design, dt: Option<f64>, ledger: Ledger) -> Prepared {
    let requests = design.emulation.requests();
    let channels = design.emulation.channels(&requests);
    let engine = Box::new(OnChip { observed: Observed::new(requests, channels, dt), design });
    let Ledger { choices, notes } = ledger;
    Prepared { engine, title: chip.title(), choices, notes }
}

/// What a chip can be told, of what is given.
///
/// # Errors
///
/// Scales of weights that cannot be read, or that name nodes that are none or have no weights.
pub(crate) fn chip_choices(
    given: &Choices,
    open: &Open,
    dt: Option<f64>,
    graph: &Graph,
    facts: &Facts,
) -> Result<ChipChoices, Error> {
    let scales = given.other("weight_scale").map(str::parse::<WeightScales>).transpose();
    let wrong = |message: String| Error::new(message).of_kind(ErrorKind::Choice);
    let scales = scales.map_err(wrong)?.unwrap_or_default();
    if let WeightScales::Given(given_scales) = &scales {
        let names = || facts.leaves().iter().map(|leaf| leaf.name.as_str());
        let option = given.voice.option("weight_scale");
        let fault = |name: &String| {
            let Some(id) = facts.find(name) else {
                let error = wrong(format!("{option} names `{name}`, which is no node"));
                return Some(match did_you_mean(name, names()) {
                    Some(help) => error.help(help),
                    None => error,
                });
            };
            let primitive = facts.primitive(graph, id)?;
            let has_weight = primitive.tensors().any(|(field, _)| field.name == "weight");
            let message =
                || format!("{option} names `{name}`, a {} without weights", primitive.kind());
            (!has_weight).then(|| wrong(message()).help("name the map before it"))
        };
        let errors: Vec<Error> = given_scales.keys().filter_map(fault).collect();
        if !errors.is_empty() {
            return Err(Error::several(errors).of_kind(ErrorKind::Choice));
        }
    }
    Ok(ChipChoices {
        dt,
        reset: settle::asked_reset(given, open).map(|reset| reset.value),
        quantize: given.other("quantize").map(str::to_owned),
        weight_scales: scales,
    })
}

/// What a chip can be told beside the time step and the reset.
pub(crate) const CHOICES: &[&str] = &["quantize", "weight_scale"];

/// A graph in the terms of a chip, with what that loses; an error with all reasons if the chip refuses it.
///
/// A graph that needs more than the chip has is taken: its arithmetic is defined all the same.
pub(crate) fn admitted(
    chip: &Chip,
    graph: &Graph,
    facts: &Facts,
    choices: &ChipChoices,
) -> Result<(Design, Vec<String>), Error> {
    let lowering = chip
        .lower(graph, facts, choices)
        .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Choice))?;
    let findings = &lowering.report.findings;
    if let Some(design) = lowering.design {
        let matters = findings.iter().filter(|finding| finding.matters);
        return Ok((design, matters.map(|finding| finding.diagnostic.to_string()).collect()));
    }
    let refusals = lowering.report.refusals().map(|found| found.diagnostic.clone());
    let error = Error::of_findings(ErrorKind::Refused, refusals.collect());
    Err(error.about(&format_args!("{} refuses the graph", chip.title())))
}

impl OnChip {
    fn record(&self, task: &Task<'_>, steps: usize) -> Result<Outcome, Error> {
        let runner = || {
            Ok(Runner::single(|sample| {
                let emulation = &self.design.emulation;
                emulation.record(sample, steps, task.dt, task.requests).map_err(Error::all)
            }))
        };
        let recording = record(task.samples, task.threads, task.has_batch, task.watch, &runner)?;
        let notes = doubt::not_finite(&recording.arrays);
        let unseen = of_chip(&self.design, task.samples, steps, task.dt);
        Ok(Outcome { arrays: recording.arrays, notes, unseen, ..Outcome::default() })
    }
}

impl Engine for OnChip {
    fn design(&self) -> Option<&Design> {
        Some(&self.design)
    }

    fn step_program(&self) -> Result<nirkit_step::Program, Error> {
        let program = match &self.design.emulation {
            Emulation::Integer(program) => program.step_program(self.observed.dt),
            Emulation::Mixed(program) => Ok(program.step_program(self.observed.dt)),
        };
        program.map_err(|reasons| Error::all(reasons).of_kind(ErrorKind::Choice))
    }

    fn kind(&self) -> &'static str {
        "platform"
    }

    fn observed(&self) -> &Observed {
        &self.observed
    }

    fn counts_steps(&self) -> bool {
        true
    }

    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        self.record(task, task.steps)
    }

    /// An answer that is late is waited for: what is recorded are the steps in which the graph itself would have run.
    fn answer(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        let lag = self.design.lag;
        let mut outcome = self.record(task, task.steps + lag)?;
        for (_, tensor) in &mut outcome.arrays {
            *tensor = super::batch::from_step(tensor, lag)?;
        }
        Ok(outcome)
    }

    fn is_waited_for(&self) -> bool {
        self.design.lag > 0
    }

    fn answer_node(&self) -> Result<String, Error> {
        self.design
            .answer
            .clone()
            .ok_or_else(|| Error::new("the network has no population whose spikes are the answer"))
    }
}
