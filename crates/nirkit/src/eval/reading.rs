//! What a model makes of the samples of a set, part by part.

use std::collections::BTreeMap;

use nirkit_engine::clocked::SpikeStep;
use nirkit_numerics::{Shortest, Tensor};
use nirkit_run::{Observable, Request, interrupt};

use super::Eval;
use super::notes::Notes;
use super::readout::{Readout, read, settle_readout};
use super::score::{Score, check_labels, tally};
use crate::bounds;
use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::model::{Bound, Model, Task, Unseen};
use crate::run::{Instants, Record, Run};
use crate::settle::{self, Settled};
use crate::stimulus;
use crate::watch::{Watch, stopped};

/// Samples that are run before their recordings are reduced to readings.
const GROUP: usize = 256;

/// What a model makes of the samples of a set, part by part.
pub(super) struct Reading<'a> {
    model: &'a Model,
    labels: &'a [i64],
    eval: &'a Eval<'a>,
    run: Run<'a>,
    /// In continuous time, how long the steps are at whose ends voltages are read, in seconds.
    looks_every: Option<f64>,
    request: Request,
    readout: Readout,
    /// Where the readout comes from.
    origin: String,
    classes: usize,
    readings: Vec<f64>,
    samples: usize,
    frames: Vec<Choice>,
    /// What is to be said of the stimuli.
    notes: Notes,
    /// Events that windows left out.
    clipped: u64,
    /// What puts samples in doubt.
    doubts: Vec<String>,
    /// Spikes that a chip does not see.
    unseen: Vec<Unseen>,
}

impl<'a> Reading<'a> {
    /// Settles how the class of a sample is read.
    pub(super) fn begin(
        model: &'a Model,
        labels: &'a [i64],
        eval: &'a Eval<'a>,
    ) -> Result<Self, Error> {
        let node = model.engine().answer_node()?;
        let (readout, origin) = settle_readout(model, &node, eval.readout)?;
        let observable = readout.observable(model, &node).unwrap_or(Observable::Spikes);
        let request = Request { node, observable };
        let run = Run::new().record(Record::Spikes).duration(eval.duration).threads(eval.threads);
        let looks_every = if model.is_continuous() && observable == Observable::V {
            let no_step = || {
                let what =
                    "voltages are read at the ends of steps, and nothing says how long one is";
                Error::new(what).of_kind(ErrorKind::Choice).help("give the time step")
            };
            Some(model.dt().ok_or_else(no_step)?)
        } else {
            None
        };
        let classes = model.engine().channels(&request);
        Ok(Self {
            model,
            labels,
            eval,
            run,
            looks_every,
            request,
            readout,
            origin,
            classes,
            readings: Vec::new(),
            samples: 0,
            frames: Vec::new(),
            notes: Notes::default(),
            clipped: 0,
            doubts: Vec::new(),
            unseen: Vec::new(),
        })
    }

    /// Runs the next samples: those of several stimuli behind each other. Stimuli that last equally long run together.
    pub(super) fn add(&mut self, stimuli: &[Bound]) -> Result<(), Error> {
        let samples: usize = stimuli.iter().map(|bound| bound.stimulus.samples.len()).sum();
        if self.samples + samples > self.labels.len() || self.samples == 0 {
            // A set in one part is told both numbers before anything is computed.
            self.check_labels(self.samples + samples, stimuli.len() == 1)?;
        }
        let first = self.readings.len();
        self.readings.resize(first + samples.saturating_mul(self.classes), 0.0);
        let mut places = Vec::with_capacity(stimuli.len());
        let mut at = first;
        for bound in stimuli {
            places.push(at);
            at += bound.stimulus.samples.len() * self.classes;
        }
        for members in alike(stimuli) {
            // A set in one part, which may be large, is not copied.
            let rows = match members[..] {
                [only] => self.rows(&stimuli[only])?,
                _ => self.rows(&Bound::merged(members.iter().map(|&member| &stimuli[member])))?,
            };
            let mut rows = rows.as_slice();
            for &member in &members {
                let len = stimuli[member].stimulus.samples.len() * self.classes;
                let (of_member, rest) = rows.split_at(len);
                self.readings[places[member]..places[member] + len].copy_from_slice(of_member);
                rows = rest;
            }
        }
        Ok(())
    }

    /// Holds the number of samples so far against the labels, and the labels against the classes.
    fn check_labels(&self, samples: usize, is_whole: bool) -> Result<(), Error> {
        let labels = self.labels.len();
        if samples > labels || (is_whole && samples != labels) {
            let message = format!("there are {labels} labels for {samples} samples");
            return Err(Error::new(message).of_kind(ErrorKind::Stimulus));
        }
        check_labels(self.labels, self.classes)
    }

    /// What is read of samples that run together: a row for each.
    fn rows(&mut self, set: &Bound) -> Result<Vec<f64>, Error> {
        let request = self.request.clone();
        let requests = std::slice::from_ref(&request);
        let mut run = self.run.clone();
        if let Some(dt) = self.looks_every {
            let (stimulus, voice) = (&set.stimulus, self.model.voice());
            let duration =
                settle::duration(self.eval.duration, stimulus, Some(dt), SpikeStep::Floor, voice)?;
            let mut ends = bounds::instants(duration, dt, self.model.limits())?;
            // As on a grid, where nothing is read before the first step.
            if ends.len() > 1 {
                ends.remove(0);
            }
            run = run.sample(Instants::At(ends));
        }
        let (task, _) = self.model.task(set, &run, requests)?;
        let mut readings = Vec::with_capacity(task.samples.len().saturating_mul(self.classes));
        for group in task.samples.chunks(GROUP) {
            let samples = group.len() as u64;
            let (before, total) = (self.samples as u64, self.labels.len() as u64);
            let watch = Within { watch: self.eval.watch, before, samples, total };
            let task = Task {
                samples: group,
                has_batch: true,
                watch: &watch,
                times: task.times.clone(),
                ..task
            };
            let mut outcome = self.model.engine().answer(&task)?;
            Unseen::gather(&mut self.unseen, std::mem::take(&mut outcome.unseen));
            for note in std::mem::take(&mut outcome.notes) {
                self.notes.tell(note);
            }
            read(self.readout, &outcome, group.len(), self.classes, &mut readings)?;
            self.samples += group.len();
            if interrupt::is_requested() {
                return Err(stopped());
            }
        }
        let notes = self.model.task_notes(set, &run, &task);
        self.clipped += set.stimulus.clipped;
        // How many events windows leave out is told of all samples together.
        let clipped = stimulus::clipped(set.stimulus.clipped);
        self.doubts.extend(set.stimulus.doubts.iter().cloned());
        let is_told =
            |note: &String| set.stimulus.doubts.contains(note) || clipped.as_ref() == Some(note);
        for note in notes.into_iter().filter(|note| !is_told(note)) {
            self.notes.tell(note);
        }
        if self.frames.is_empty() {
            let frames = settle::frames(set.frames, &set.stimulus).into_iter();
            let choice =
                |frames: Settled<String>| Choice::new("frames", frames.value, frames.source);
            self.frames = frames.map(choice).collect();
        }
        Ok(readings)
    }

    /// Holds what was read against the labels.
    pub(super) fn score(self) -> Result<Score, Error> {
        self.check_labels(self.samples, true)?;
        let readings = Tensor::new(&[self.labels.len(), self.classes], self.readings)
            .map_err(|error| Error::new(error.to_string()))?;
        let mut score = tally(self.readout, readings, self.labels);
        // What is lost comes first, and is never shortened.
        score.notes.extend(self.doubts);
        score.notes.extend(Unseen::notes(&self.unseen));
        score.notes.extend(stimulus::clipped(self.clipped));
        score.notes.extend(self.notes.list());
        if self.model.engine().is_waited_for() {
            let note = "the answer comes late there and is waited for, so that all steps of the stimulus count, and each layer begins \
                        when its input arrives, so that a bias acts no earlier; `run` has the steps of the platform itself, which \
                        ends with the stimulus and in which a late layer takes its bias before its input";
            score.notes.push(note.to_owned());
        }
        if let Some(duration) = self.eval.duration {
            score.choices.push(Choice::new("duration", Shortest(duration), "given"));
        }
        if let Some(dt) = self.looks_every {
            let value = format!("at the ends of steps of {} s", Shortest(dt));
            score.choices.push(Choice::new("voltages are read", value, "default: as on a grid"));
        }
        score.choices.extend(self.frames);
        score.choices.push(Choice::new("readout", self.readout, self.origin));
        score.choices.push(Choice::new("output", &self.request.node, "the graph"));
        Ok(score)
    }
}

/// The stimuli that last equally long, by their numbers; in the order of the first of each.
fn alike(stimuli: &[Bound]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (number, bound) in stimuli.iter().enumerate() {
        let bits = |time: Option<f64>| time.map(f64::to_bits);
        let stimulus = &bound.stimulus;
        let lasts = (stimulus.steps, bits(stimulus.duration), bits(stimulus.last_event));
        groups.entry(lasts).or_default().push(number);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.sort_by_key(|members| members.first().copied());
    groups
}

/// Watches the part of a set that is a group of samples.
struct Within<'a> {
    watch: &'a dyn Watch,
    /// Samples before the group.
    before: u64,
    /// Samples of the group.
    samples: u64,
    /// Samples of the set.
    total: u64,
}

impl Watch for Within<'_> {
    fn done(&self, amount: u64, of: u64) -> std::ops::ControlFlow<()> {
        let within = amount as f64 / of.max(1) as f64 * self.samples as f64;
        self.watch.done(self.before + within as u64, self.total)
    }
}
