//! Runs tasks one after the other, and keeps what the next one may need again.

use std::collections::BTreeMap;
use std::sync::Arc;

use nirkit_ir::{Document, Limits};

use super::VERSION;
use super::inputs::{Files, Hashes, Samples};
use super::key::key;
use super::plan::{Metric, refuse};
use super::row::{Counts, Row, Status};
use super::task::Task;
use crate::error::{Error, ErrorKind};
use crate::eval::{Eval, Readout, Score, evaluate};
use crate::model::{Bound, Model, title};
use crate::run::Run;

/// Runs tasks. It keeps the last graph, set, model and reference, so that tasks in the order of a plan read and prepare each
/// once.
#[derive(Default)]
pub struct Worker {
    limits: Limits,
    files: Files,
    /// The last model, and what it was made of.
    model: Option<(String, Arc<Model>)>,
    /// The last answers of a reference, and what they follow from.
    reference: Option<(String, Arc<Score>)>,
}

/// How the note begins that says why there is no agreement.
pub const NO_REFERENCE: &str = "nothing to hold the answers against";

/// Why a task has no counts.
struct Ending {
    status: Status,
    reasons: Vec<String>,
}

impl Worker {
    /// A worker within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Returns the key of a task: the hash of everything that its row follows from.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub fn key(&mut self, task: &Task) -> Result<String, Error> {
        let hashes = self.files.hashes(task)?;
        let reference = task.reference.as_deref().map(title).transpose()?;
        Ok(key(task, (&title(&task.platform)?, reference.as_deref()), &hashes))
    }

    /// Runs a task. A platform that refuses the graph, and whatever else fails, is a row that says why.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and a run that was stopped: there is no row then.
    pub fn run(&mut self, task: &Task) -> Result<Row, Error> {
        let hashes = self.files.hashes(task)?;
        let platform = title(&task.platform)?;
        let reference = task.reference.as_deref().map(title).transpose()?;
        let mut row = Row {
            key: key(task, (&platform, reference.as_deref()), &hashes),
            version: VERSION.to_owned(),
            graph: task.name.clone(),
            set: task.set.clone(),
            platform,
            choices: task.choices.clone(),
            readout: task.readout.clone(),
            reference,
            samples: task.samples,
            hashes,
            status: Status::Done,
            reasons: Vec::new(),
            settled: BTreeMap::new(),
            notes: Vec::new(),
            counts: None,
        };
        match self.fill(task, &mut row) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Stopped => return Err(error),
            Err(error) => {
                let Ending { status, reasons } = Ending::of(&error);
                (row.status, row.reasons, row.counts) = (status, reasons, None);
            }
        }
        Ok(row)
    }

    fn fill(&mut self, task: &Task, row: &mut Row) -> Result<(), Error> {
        let graph = self.files.graph(task, &row.hashes.graph, &self.limits)?;
        let samples = self.files.samples(task, &row.hashes, &self.limits)?;
        let model = self.model(&graph, task, &task.platform, &row.hashes)?;
        let bound = part(&model, &samples, task)?;
        let (labels, count) = labels(&samples, &bound, task)?;
        let score = evaluate(&model, &bound, &labels, &Eval::new().readout(task.readout()?))?;
        let settled = model.choices().iter().chain(&score.choices);
        row.settled = settled.map(|choice| (choice.name.clone(), choice.value.clone())).collect();
        let (way, ways) = model.way();
        if ways > 1 {
            row.settled.insert("way".to_owned(), format!("{way} of {ways}, as chance decides"));
        }
        row.notes = model.notes().iter().chain(&score.notes).cloned().collect();
        let mut counts = Counts {
            samples: count,
            correct: samples.labels.is_some().then_some(score.correct as u64),
            silent: score.silent as u64,
            ties: score.ties as u64,
            output_spikes: output_spikes(&score),
            ..Counts::default()
        };
        if let Some(title) = &task.reference {
            match self.reference(&graph, &samples, task, title, row) {
                Ok(other) => {
                    counts.same_class = Some(same_classes(&score, &other));
                    counts.same_answer = same_answers(&score, &other);
                }
                Err(error) if error.kind() == ErrorKind::Stopped => return Err(error),
                Err(error) => {
                    row.notes.push(format!("{NO_REFERENCE}: {error}"));
                }
            }
        }
        if task.metrics.contains(&Metric::Operations) {
            match model.operations(&graph, &bound, &Run::new()) {
                Ok(found) => {
                    let inner = found.activity.layers.iter().filter(|layer| !layer.is_input);
                    counts.spikes = Some(inner.map(|layer| layer.spikes).sum());
                    let traffic = &found.activity.traffic;
                    let synaptic = traffic.iter().map(|t| t.synaptic_operations);
                    counts.synaptic_operations = Some(synaptic.sum());
                    counts.dense_operations = Some(traffic.iter().map(|t| t.macs).sum());
                    row.notes.extend(found.notes);
                }
                // Continuous time and chips count none.
                Err(error) if error.kind() == ErrorKind::Choice => {
                    row.notes.push(error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        row.counts = Some(counts);
        Ok(())
    }

    /// A graph under a meaning, made anew only where it is another one than the last.
    fn model(
        &mut self,
        graph: &Arc<Document>,
        task: &Task,
        meaning: &str,
        hashes: &Hashes,
    ) -> Result<Arc<Model>, Error> {
        let basis = format!("{} {meaning} {:?} {hashes:?}", hashes.graph, task.choices);
        if let Some((made, model)) = &self.model
            && *made == basis
        {
            return Ok(Arc::clone(model));
        }
        let choices = task.choices_for(meaning, &self.limits)?;
        let model = Arc::new(Model::new(graph, meaning, &choices)?);
        self.model = Some((basis, Arc::clone(&model)));
        Ok(model)
    }

    /// What the reference makes of the samples of a task.
    fn reference(
        &mut self,
        graph: &Arc<Document>,
        samples: &Samples,
        task: &Task,
        meaning: &str,
        row: &Row,
    ) -> Result<Arc<Score>, Error> {
        let choices = task.choices_for(meaning, &self.limits)?;
        // Choices that the reference does not have make it no other one.
        let basis =
            format!("{meaning} {choices:?} {:?} {:?} {:?}", row.hashes, task.samples, task.readout);
        if let Some((made, score)) = &self.reference
            && *made == basis
        {
            return Ok(Arc::clone(score));
        }
        let about = |error: Error| error.about(&format!("the reference {meaning}"));
        let model = Model::new(graph, meaning, &choices).map_err(about)?;
        let bound = part(&model, samples, task).map_err(about)?;
        let (labels, _) = labels(samples, &bound, task)?;
        let eval = Eval::new().readout(task.readout()?);
        let score = Arc::new(evaluate(&model, &bound, &labels, &eval).map_err(about)?);
        self.reference = Some((basis, Arc::clone(&score)));
        Ok(score)
    }
}

impl Ending {
    fn of(error: &Error) -> Self {
        let status =
            if error.kind() == ErrorKind::Refused { Status::Refused } else { Status::Failed };
        let reasons = error.reasons().iter().map(|reason| reason.message.clone()).collect();
        Self { status, reasons }
    }
}

/// The samples of a task, matched with the Inputs of a model.
fn part(model: &Model, samples: &Samples, task: &Task) -> Result<Bound, Error> {
    let bound = model.bind(&samples.stimulus)?;
    match task.samples {
        None => Ok(bound),
        Some((from, to)) => bound.part(from..to),
    }
}

/// The classes of the samples of a task, and their number. Without labels, each sample has the first class.
fn labels(samples: &Samples, bound: &Bound, task: &Task) -> Result<(Vec<i64>, u64), Error> {
    let count = bound.len();
    let Some(labels) = &samples.labels else { return Ok((vec![0; count], count as u64)) };
    let Some((from, to)) = task.samples else { return Ok((labels.clone(), count as u64)) };
    let part = labels.get(from..to).ok_or_else(|| {
        refuse(format!("the samples {from}:{to} of {} labels", labels.len()))
            .help("give samples that are there")
    })?;
    Ok((part.to_vec(), count as u64))
}

/// Output spikes of all samples.
fn output_spikes(score: &Score) -> Option<u64> {
    let spikes = score.readings.to_f64().filter(|_| score.readout == Readout::Count)?;
    Some(spikes.iter().sum::<f64>() as u64)
}

/// Samples with the same class.
fn same_classes(a: &Score, b: &Score) -> u64 {
    a.found.iter().zip(&b.found).filter(|(a, b)| a == b).count() as u64
}

/// Samples of which everything that was read is the same; `None` where the two were read in other ways.
fn same_answers(a: &Score, b: &Score) -> Option<u64> {
    let (x, y) = (a.readings.to_f64()?, b.readings.to_f64()?);
    if a.readout != b.readout || a.readings.shape() != b.readings.shape() {
        return None;
    }
    let classes = a.readings.shape().get(1).copied().unwrap_or(0).max(1);
    let is_same = |(x, y): (&[f64], &[f64])| {
        x.iter().zip(y).all(|(x, y)| x.to_bits() == y.to_bits() || x - y == 0.0)
    };
    Some(x.chunks(classes).zip(y.chunks(classes)).filter(|pair| is_same(*pair)).count() as u64)
}
