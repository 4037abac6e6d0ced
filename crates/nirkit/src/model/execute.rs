//! Runs of a model: a stimulus bound, a task settled, an outcome told.

use std::collections::HashSet;

use nirkit_numerics::{Shortest, Tensor};
use nirkit_run::{Observable, Request, Stimulus as Sample};

use super::engine::Task;
use super::unseen::Unseen;
use super::{Bound, Model};
use crate::bounds;
use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::idle;
use crate::recording::{Recording, Total};
use crate::run::{Instants, Record, Run};
use crate::settle;
use crate::stimulus::{Grid, Stimulus};

impl Model {
    /// Runs a stimulus, and records the spikes of all nodes.
    pub fn run(&self, stimulus: &Stimulus) -> Result<Recording, Error> {
        self.run_with(stimulus, &Run::new())
    }

    /// Runs a stimulus as it is asked for.
    pub fn run_with(&self, stimulus: &Stimulus, run: &Run<'_>) -> Result<Recording, Error> {
        self.run_bound(&self.bind(stimulus)?, run)
    }

    /// Matches a stimulus with the Inputs.
    pub fn bind(&self, stimulus: &Stimulus) -> Result<Bound, Error> {
        let bound = stimulus.bind(&self.inputs, &self.limits)?;
        Ok(Bound { stimulus: bound, frames: stimulus.reading(), has_batch: stimulus.is_batch() })
    }

    /// Runs a stimulus that was matched with the Inputs before.
    pub fn run_bound(&self, bound: &Bound, run: &Run<'_>) -> Result<Recording, Error> {
        let requests = self.requests(run)?;
        let (task, is_timed) = self.task(bound, run, &requests)?;
        let mut outcome = self.engine.run(&task)?;
        let mut affected = None;
        if run.check_rounding {
            affected = Some(self.engine.affected(&task, &outcome.arrays)?);
        }
        let mut notes = std::mem::take(&mut outcome.notes);
        notes.extend(Unseen::notes(&outcome.unseen));
        notes.extend(self.task_notes(bound, run, &task));
        let duration = is_timed.then_some(task.duration);
        let mut choices = self.choices.clone();
        let frames = settle::frames(bound.frames, &bound.stimulus).into_iter();
        choices.extend(frames.map(|frames| Choice::new("frames", frames.value, frames.source)));
        match &run.instants {
            Instants::None => {
                let all = self.engine.requests();
                let has_more = all.iter().any(|request| request.observable != Observable::Spikes);
                if self.is_continuous() && has_more && matches!(run.record, Record::All) {
                    let option = self.voice.option("sample");
                    notes.push(format!(
                        "voltages and currents are not recorded: {option} says at which times to look at them"
                    ));
                }
            }
            Instants::Every(every) => {
                choices.push(Choice::new("sample", Shortest(*every), "given"));
            }
            Instants::At(times) => {
                let (first, last) = (times.first(), times.last());
                let range = first
                    .zip(last)
                    .map(|(first, last)| format!("{} to {} s", Shortest(*first), Shortest(*last)));
                let value = format!("{} times, {}", times.len(), range.unwrap_or_default());
                choices.push(Choice::new("sample", value, "given"));
                let late = times.iter().filter(|&&time| time > task.duration).count();
                if late > 0 {
                    let end = Shortest(task.duration);
                    notes.push(format!(
                        "{late} times to look at lie after the end at {end} s and are left out"
                    ));
                }
            }
        }
        let is_seen = |time: &f64| *time <= task.duration;
        let mut instants: Vec<f64> = task.times.iter().copied().filter(is_seen).collect();
        instants.sort_by(f64::total_cmp);
        let methods = match outcome.methods.as_slice() {
            [] => self.engine.methods().to_vec(),
            _ => outcome.methods,
        };
        let totals = totals(&outcome.arrays, outcome.sums);
        notes.extend(self.silence(&totals));
        Ok(Recording {
            engine: self.engine.kind(),
            duration,
            steps: (!self.is_continuous()).then_some(task.steps),
            dt: self.dt(),
            has_batch: bound.has_batch,
            samples: task.samples.len(),
            choices,
            notes: self.notes.iter().cloned().chain(notes).collect(),
            methods,
            arrays: outcome.arrays,
            events: outcome.events,
            instants,
            totals,
            grazes: outcome.grazes,
            affected,
            files: outcome.files,
        })
    }

    /// What has to be said of the stimulus and the duration of a run.
    pub(crate) fn task_notes(&self, bound: &Bound, run: &Run<'_>, task: &Task<'_>) -> Vec<String> {
        if self.is_continuous() {
            let mut notes = bound.stimulus.notes(task.duration, None, self.dt());
            notes.extend(idle::step(&self.choices, bound, run, self.voice));
            notes.extend(idle::instants(run, task.requests, self.voice));
            return notes;
        }
        let (steps, dt, spike_step) = (task.steps, task.dt, self.engine.spike_step());
        let grid = Grid { steps, dt, spike_step };
        let mut notes = bound.stimulus.notes(task.duration, Some(grid), None);
        notes.extend(idle::on_stimulus(&self.choices, bound, self.voice));
        notes.extend(settle::rounded(run.duration, task.steps, task.dt, self.voice));
        notes
    }

    /// What a run is to do, and whether it lasts a time in seconds.
    pub(crate) fn task<'a>(
        &'a self,
        bound: &'a Bound,
        run: &'a Run<'_>,
        requests: &'a [Request],
    ) -> Result<(Task<'a>, bool), Error> {
        let stimulus = &bound.stimulus;
        if stimulus.samples.is_empty() {
            let error = Error::new("there is no stimulus").of_kind(ErrorKind::Stimulus);
            return Err(error.help("give one for each Input"));
        }
        check_samples(&stimulus.samples, self.inputs.len())?;
        let is_timed = self.dt().is_some() || (self.is_continuous() && stimulus.steps.is_none());
        let needs_time = stimulus.steps.is_none() || run.duration.is_some() || run.needs_time;
        let is_open =
            if self.engine.counts_steps() { needs_time } else { stimulus.steps.is_some() };
        if is_open && self.dt().is_none() {
            return Err(settle::no_step(&self.title, self.voice));
        }
        let dt = self.dt().unwrap_or(1.0);
        let duration = settle::duration(
            run.duration,
            stimulus,
            self.dt(),
            self.engine.spike_step(),
            self.voice,
        )?;
        let samples = stimulus.samples.len();
        let times = self.times(run, duration)?;
        let mut steps = 0;
        if !self.is_continuous() {
            steps = bounds::steps(duration, dt, &self.limits)?;
            if !run.sums_only {
                let recorded = requests.iter().map(|request| self.engine.channels(request));
                let entering = self.inputs.iter().map(|(_, shape)| shape.iter().product());
                bounds::recording(recorded.chain(entering), [steps, samples], &self.limits)?;
            }
        }
        let task = Task {
            samples: &stimulus.samples,
            has_batch: bound.has_batch,
            steps,
            dt,
            duration,
            requests,
            times,
            sums_only: run.sums_only,
            folder: run.folder,
            threads: run.threads.clamp(1, samples.max(1)),
            watch: run.watch,
            limits: &self.limits,
        };
        Ok((task, is_timed))
    }

    fn times(&self, run: &Run<'_>, duration: f64) -> Result<Vec<f64>, Error> {
        let option = || self.voice.option("sample");
        match &run.instants {
            Instants::None => Ok(Vec::new()),
            _ if !self.is_continuous() => {
                let error =
                    Error::new(format!("{} is a choice of {}", option(), self.voice.mode("exact")));
                Err(error.of_kind(ErrorKind::Choice).help("a grid is looked at in every step"))
            }
            Instants::Every(every) if !(every.is_finite() && *every > 0.0) => {
                let error = Error::new(format!(
                    "{} is {} s, which is no time above 0",
                    option(),
                    Shortest(*every)
                ));
                Err(error.of_kind(ErrorKind::Choice))
            }
            Instants::Every(every) => bounds::instants(duration, *every, &self.limits),
            Instants::At(times) if !times.is_sorted() => {
                let error = Error::new(format!("the times of {} do not ascend", option()));
                let help = "sort them: what is recorded has their order";
                Err(error.of_kind(ErrorKind::Stimulus).help(help))
            }
            Instants::At(times) => Ok(times.clone()),
        }
    }

    /// What has to be said where nothing happens: no neuron spikes, or nothing leaves the network.
    fn silence(&self, totals: &[Total]) -> Option<String> {
        let requests = self.engine.requests().iter();
        let voltages = requests.filter(|request| request.observable == Observable::V);
        let voltages: HashSet<&str> = voltages.map(|request| request.node.as_str()).collect();
        // A chip may have populations of its own, which spike by themselves.
        let is_own = |node: &str| !self.shapes.is_empty() && !self.shapes.contains_key(node);
        let is_neuron =
            |total: &&Total| voltages.contains(total.node.as_str()) && !is_own(&total.node);
        let mut neurons = totals.iter().filter(is_neuron).peekable();
        neurons.peek()?;
        if neurons.all(|total| total.sum == 0.0) {
            return Some(
                "no neuron spikes; look at the time step, the size of a spike and the stimulus"
                    .to_owned(),
            );
        }
        let answer = self.engine.answer_node().ok()?;
        let silent = totals.iter().find(|total| total.node == answer && total.sum == 0.0)?;
        let is_neuron = voltages.contains(silent.node.as_str());
        is_neuron.then(|| format!("no output spikes: `{answer}` is silent"))
    }

    /// What is asked for, of what can be recorded; everything that is wrong with it at once.
    pub fn requests(&self, run: &Run<'_>) -> Result<Vec<Request>, Error> {
        let all = self.engine.requests();
        let looks = !self.is_continuous() || !matches!(run.instants, Instants::None);
        let is_spikes = |request: &&Request| request.observable == Observable::Spikes;
        let asked = match &run.record {
            Record::Spikes => {
                let usual = all.iter().filter(|request| self.engine.is_usual(request));
                return Ok(usual.cloned().collect());
            }
            // In continuous time, voltages need instants at which to look.
            Record::All => {
                return Ok(all.iter().filter(|r| looks || is_spikes(r)).cloned().collect());
            }
            Record::Some(asked) => asked,
        };
        let (mut requests, mut errors) = (Vec::new(), Vec::new());
        for (node, observable) in asked {
            match crate::run::request(node, observable.as_deref(), all) {
                // What is asked for twice is recorded once.
                Ok(request) if requests.contains(&request) => {}
                Ok(request) => requests.push(request),
                Err(error) => errors.push(error),
            }
        }
        let blind = requests.iter().filter(|request| !looks && !is_spikes(request));
        errors.extend(blind.map(|request| {
            let what = format!("`{}:{}`", request.node, request.observable);
            let error = Error::new(format!("{what} has no times at which to look"));
            error.help(format!(
                "give {}: an interval in seconds, or an array of times",
                self.voice.option("sample")
            ))
        }));
        if errors.is_empty() {
            return Ok(requests);
        }
        Err(Error::several(errors).of_kind(ErrorKind::Choice))
    }
}

/// An error where the Inputs of a set have different numbers of samples.
fn check_samples(samples: &[Sample], inputs: usize) -> Result<(), Error> {
    let Some(first) = samples.first() else { return Ok(()) };
    let is_short = |sample: &Sample| sample.signals.len() != first.signals.len();
    match samples.iter().position(is_short) {
        None => Ok(()),
        Some(sample) => {
            let found = samples[sample].signals.len();
            let message = format!("sample {sample} has a stimulus for {found} of {inputs} Inputs");
            let error = Error::new(message).of_kind(ErrorKind::Stimulus);
            Err(error.help("give as many samples for each Input"))
        }
    }
}

/// What each node put out in all: its spikes, or, where it has none, the sum of its output.
fn totals(arrays: &[(Request, Tensor)], sums: Vec<(String, f64)>) -> Vec<Total> {
    let of_spikes = |request: &Request| request.observable == Observable::Spikes;
    let spiking: HashSet<&str> = (arrays.iter().map(|(request, _)| request))
        .filter(|request| of_spikes(request))
        .map(|request| request.node.as_str())
        .collect();
    let is_put_out = |request: &Request| {
        let is_output = request.observable == Observable::Output;
        of_spikes(request) || is_output && !spiking.contains(request.node.as_str())
    };
    let put_out = arrays.iter().filter(|(request, _)| is_put_out(request));
    let of_arrays = put_out.map(|(request, tensor)| {
        (request.node.clone(), tensor.to_f64().unwrap_or_default().iter().sum::<f64>())
    });
    // An empty sum is a negative zero.
    of_arrays.chain(sums).map(|(node, sum)| Total { node, sum: sum + 0.0 }).collect()
}
