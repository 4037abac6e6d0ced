//! One run of a comparison.

use nirkit_engine::clocked::Recording;
use nirkit_engine::clocked::semantics::{self, Frames, Moment};
use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Primitive};
use nirkit_numerics::Tensor;
use nirkit_numerics::broadcast::spread;
use nirkit_platforms::chip::Design;
use nirkit_platforms::compare::{CompareError, Variant, ideal as ideal_on_grid};
use nirkit_platforms::{Chip, Choices};
use nirkit_run::{Observable, Request, interrupt};

use super::ideal::Ideal;
use super::{Job, Subject, chip_choices, choices};
use crate::error::Error;
use crate::model::{Unseen, unseen_by_chip, unseen_by_simulator};
use crate::recording::Recorded;

/// One run of a comparison, with the spikes of every neuron that ran.
#[derive(Debug)]
pub struct Side {
    /// Its name, for the reader.
    pub title: String,
    engine: Engine,
    recording: Recording,
}

#[derive(Debug)]
enum Engine {
    Ideal(Box<Ideal>),
    Semantics(Box<(Variant, semantics::Program)>),
    Chip(Box<Design>),
    Recorded,
}

/// A neuron in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) node: &'a str,
    pub(super) neuron: usize,
    pub(super) step: usize,
}

/// The course of a voltage, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The voltage of each step in thresholds, as it was held against the threshold; in the ideal,
    /// as it is at the end of the step.
    pub v: Vec<f64>,
}

impl Side {
    /// Runs a subject.
    pub(super) fn run(job: &Job<'_>, subject: Subject) -> Result<Self, Error> {
        match subject {
            Subject::Ideal => {
                let (ideal, recording) = Ideal::run(job)?;
                let engine = Engine::Ideal(Box::new(ideal));
                Ok(Self { title: subject.title(), engine, recording })
            }
            Subject::Platform { profile, way } => {
                let choices = Choices { way: way.unwrap_or(0), ..choices(job) };
                let mut variant = Variant::of(profile, job.graph, job.facts, &choices);
                variant.title = subject.title();
                Self::of_variant(job, &variant).map_err(|error| Error::new(error.to_string()))
            }
            Subject::Chip(chip) => Self::of_chip(job, chip),
            Subject::Recorded(recorded) => Self::of_recorded(job, recorded),
        }
    }

    /// Lowers the graph to a chip and runs its emulation.
    fn of_chip(job: &Job<'_>, chip: &Chip) -> Result<Self, Error> {
        let title = chip.title();
        let all = |errors: Vec<String>| {
            let named = |error| Error::new(format!("{title}: {error}"));
            Error::several(errors.into_iter().map(named))
        };
        let lowering = chip
            .lower(job.graph, job.facts, &chip_choices(job))
            .map_err(|error| Error::new(error.to_string()))?;
        let Some(design) = lowering.design else {
            let refusals = lowering.report.findings.iter();
            return Err(all(refusals.map(|found| found.diagnostic.to_string()).collect()));
        };
        let mut recording = design.record_nodes(job.stimulus, job.steps, job.dt).map_err(all)?;
        let found = recording.arrays.iter().map(|(request, _)| request.clone()).collect();
        let order = in_order(job.facts, found);
        let place = |request: &Request| order.iter().position(|other| other == request);
        recording.arrays.sort_by_key(|(request, _)| place(request));
        Ok(Self { title, engine: Engine::Chip(Box::new(design)), recording })
    }

    /// Takes what was recorded: as many steps as are compared, of nodes that the graph has.
    fn of_recorded(job: &Job<'_>, recorded: &Recorded) -> Result<Self, Error> {
        let title = recorded.folder.clone();
        let wrong = |message: String| Error::new(format!("{title}: {message}"));
        if let Some(dt) = recorded.dt.filter(|dt| (dt - job.dt).abs() > 1e-9 * job.dt) {
            let message = format!("it was recorded with dt = {dt} s, and dt is {} s", job.dt);
            return Err(wrong(message).help("give the time step of the recording"));
        }
        let mut arrays = Vec::new();
        for request in in_order(job.facts, recorded.requests()) {
            let Some(array) = recorded.spikes(&request) else { continue };
            let leaf = job.facts.find(&request.node).map(|id| job.facts.leaf(id));
            let node = &request.node;
            let leaf = leaf.ok_or_else(|| wrong(format!("the graph has no node `{node}`")))?;
            let (steps, shape) = array.shape().split_first().unwrap_or((&0, &[]));
            if shape.iter().product::<usize>() != leaf.outputs() {
                let message =
                    format!("`{node}` has {shape:?} neurons, and {:?} in the graph", leaf.output);
                return Err(wrong(message));
            }
            if *steps < job.steps {
                let message = format!("`{node}` has {steps} steps, and {} are compared", job.steps);
                return Err(
                    wrong(message).help("record as long as the stimulus lasts, or give a duration")
                );
            }
            let values = array.to_f64().unwrap_or_default();
            let taken = values[..job.steps * leaf.outputs()].to_vec();
            let shape = [&[job.steps], shape].concat();
            let array = Tensor::new(&shape, taken).map_err(|error| wrong(error.to_string()))?;
            arrays.push((request, array));
        }
        Ok(Self { title, engine: Engine::Recorded, recording: Recording { arrays } })
    }

    /// Runs a semantics.
    pub(super) fn of_variant(job: &Job<'_>, variant: &Variant) -> Result<Self, CompareError> {
        let program = semantics::prepare(job.graph, job.facts, &variant.semantics)
            .map_err(|errors| CompareError::Semantics { title: variant.title.clone(), errors })?;
        let requests = in_order(job.facts, program.requests());
        let recording = semantics::record(&program, job.stimulus, job.steps, &requests)?;
        let engine = Engine::Semantics(Box::new((variant.clone(), program)));
        Ok(Self { title: variant.title.clone(), engine, recording })
    }

    /// The spikes of every neuron that ran, step by step, sources first.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The semantics of this run; for the ideal, that of the ideal on a grid; `None` for a chip.
    pub(super) fn variant(&self, job: &Job<'_>) -> Option<Variant> {
        match &self.engine {
            Engine::Ideal(_) => Some(ideal_on_grid(job.dt, job.ideal_reset, job.spike)),
            Engine::Semantics(engine) => Some(engine.0.clone()),
            Engine::Chip(_) | Engine::Recorded => None,
        }
    }

    /// What a chip does otherwise than the graph, in words; nothing for others but that a recording has no choices.
    pub(super) fn departures(&self) -> Vec<String> {
        if matches!(self.engine, Engine::Recorded) {
            return vec![format!(
                "{}: a recording, in which no choice can be switched",
                self.title
            )];
        }
        let Engine::Chip(design) = &self.engine else { return Vec::new() };
        let title = &self.title;
        design.departures().iter().map(|words| format!("{title}: {words}")).collect()
    }

    /// What is not seen of the stimulus, in words.
    pub(super) fn unseen(&self, job: &Job<'_>) -> Vec<String> {
        let (samples, steps, dt) = (std::slice::from_ref(job.stimulus), job.steps, job.dt);
        let found = match &self.engine {
            Engine::Ideal(_) | Engine::Recorded => Vec::new(),
            Engine::Semantics(engine) => {
                let graph = (job.graph, job.facts);
                unseen_by_simulator(graph, &engine.0.semantics, samples, steps, dt)
            }
            Engine::Chip(design) => unseen_by_chip(design, samples, steps, dt),
        };
        Unseen::notes(&found).map(|note| format!("{}: {note}", self.title)).collect()
    }

    /// Whether [`variant`](Self::variant) is this run, and no stand-in.
    pub(super) fn variant_is_itself(&self) -> bool {
        matches!(self.engine, Engine::Semantics(_))
    }

    /// Neurons, each in its step, in one run; `None` for what did not run.
    pub(super) fn moments(
        &self,
        job: &Job<'_>,
        at: &[At<'_>],
    ) -> Result<Vec<Option<Moment>>, Error> {
        match &self.engine {
            Engine::Ideal(ideal) => {
                let voltages = ideal.voltages_at(job, at)?;
                let moments = at.iter().zip(voltages).map(|(at, v)| {
                    let threshold = threshold(job, at.node, at.neuron)?;
                    Some(Moment { spikes: self.spikes(job, at), v: v?, threshold })
                });
                Ok(moments.collect())
            }
            Engine::Semantics(engine) => {
                let (_, program) = engine.as_ref();
                let mut frames = Frames::new(program, job.stimulus)
                    .map_err(|error| Error::new(error.to_string()))?;
                let mut order: Vec<usize> = (0..at.len()).collect();
                order.sort_by_key(|&number| at[number].step);
                let (mut run, mut taken) = (program.start(), 0);
                let mut moments = vec![None; at.len()];
                for number in order {
                    let At { node, neuron, step } = at[number];
                    for step in interrupt::wanted(taken..=step) {
                        run.step(frames.at(step));
                    }
                    taken = taken.max(step + 1);
                    moments[number] = run.moment(program, node, neuron);
                }
                Ok(moments)
            }
            Engine::Recorded => Ok(vec![None; at.len()]),
            Engine::Chip(design) => {
                let places: Vec<_> = at.iter().map(|at| ((at.node, at.neuron), at.step)).collect();
                design
                    .moments_at(&places, job.stimulus, job.dt)
                    .map_err(|errors| Error::several(errors.into_iter().map(Error::new)))
            }
        }
    }

    /// The spikes of a neuron in a step.
    fn spikes(&self, job: &Job<'_>, at: &At<'_>) -> f64 {
        let Some(spikes) = self.recording.get(at.node, Observable::Spikes) else { return 0.0 };
        let neurons = spikes.len() / job.steps.max(1);
        let place = at.step * neurons + at.neuron;
        spikes.to_f64().and_then(|values| values.get(place).copied()).unwrap_or(0.0)
    }

    /// The course of a neuron's voltage over all steps; `None` if it did not run.
    pub fn trace(&self, job: &Job<'_>, node: &str, neuron: usize) -> Result<Option<Trace>, Error> {
        let mut v = Vec::with_capacity(job.steps);
        self.watch(job, node, neuron, job.steps, |moment| {
            v.extend(moment.map(|moment| moment.v / moment.threshold));
        })?;
        Ok((v.len() == job.steps).then_some(Trace { v }))
    }

    /// Runs so many steps once more and looks at a neuron after each.
    fn watch(
        &self,
        job: &Job<'_>,
        node: &str,
        neuron: usize,
        steps: usize,
        mut look: impl FnMut(Option<Moment>),
    ) -> Result<(), Error> {
        match &self.engine {
            Engine::Ideal(ideal) => {
                let Some(threshold) = threshold(job, node, neuron) else { return Ok(()) };
                let spikes = self.recording.get(node, Observable::Spikes);
                let spikes = spikes.and_then(Tensor::to_f64).unwrap_or_default();
                let neurons = spikes.len() / job.steps.max(1);
                let voltages = ideal.voltages(job, node, neuron, steps)?;
                for (step, v) in voltages.into_iter().enumerate() {
                    let spikes = spikes.get(step * neurons + neuron).copied().unwrap_or(0.0);
                    look(Some(Moment { spikes, v, threshold }));
                }
            }
            Engine::Semantics(engine) => {
                let (_, program) = engine.as_ref();
                let failed = |error: &dyn std::fmt::Display| Error::new(error.to_string());
                let mut frames =
                    Frames::new(program, job.stimulus).map_err(|error| failed(&error))?;
                let mut run = program.start();
                for step in interrupt::wanted(0..steps) {
                    run.step(frames.at(step));
                    look(run.moment(program, node, neuron));
                }
            }
            Engine::Recorded => {}
            Engine::Chip(design) => {
                let moments = design
                    .moments((node, neuron), job.stimulus, steps, job.dt)
                    .map_err(|errors| Error::several(errors.into_iter().map(Error::new)))?;
                for moment in moments {
                    look(Some(moment));
                }
            }
        }
        Ok(())
    }
}

/// The spikes among the requests, sources first, so that of several differences in a step the first
/// is the one that the others may follow from.
pub(crate) fn in_order(facts: &Facts, requests: Vec<Request>) -> Vec<Request> {
    let order: Vec<LeafId> =
        facts.components().iter().flat_map(|component| component.members.clone()).collect();
    let place = |request: &Request| {
        let nested = || facts.nested().iter().find(|nested| nested.name == request.node);
        let leaf = facts.find(&request.node).or_else(|| nested()?.outputs.first().copied());
        order.iter().position(|&other| Some(other) == leaf)
    };
    let mut spikes: Vec<Request> =
        requests.into_iter().filter(|request| request.observable == Observable::Spikes).collect();
    spikes.sort_by_cached_key(place);
    spikes
}

/// The threshold of a neuron, as the file has it.
fn threshold(job: &Job<'_>, node: &str, neuron: usize) -> Option<f64> {
    let leaf = job.facts.find(node)?;
    let threshold = match job.facts.primitive(job.graph, leaf)? {
        Primitive::If(node) => &node.v_threshold,
        Primitive::Lif(node) => &node.v_threshold,
        Primitive::CubaLif(node) => &node.v_threshold,
        Primitive::Threshold(node) => &node.threshold,
        _ => return None,
    };
    let shape = &job.facts.leaf(leaf).output;
    spread(&threshold.to_f64()?, threshold.shape(), shape)?.get(neuron).copied()
}
