//! Runs tasks one after the other, and keeps what the next one may need again.

use std::collections::BTreeMap;
use std::sync::Arc;

use nirkit_ir::{Document, Limits};

use super::VERSION;
use super::costs;
use super::differences::differences;
use super::inputs::{Files, Hashes};
use super::key::key;
use super::plan::Metric;
use super::row::{Counts, Row, Status};
use super::samples::Samples;
use super::task::Task;
use crate::choices::Choices;
use crate::error::{Error, ErrorKind};
use crate::eval::{Eval, LabelledSet, Readout, Score};
use crate::model::{Model, title};

/// Runs tasks. It keeps the last graph, set, model and reference, so that tasks in the order of a plan read and prepare each
/// once.
#[derive(Default)]
pub struct Worker {
    limits: Limits,
    files: Files,
    /// The last model, and what it was made of.
    model: Option<(String, Arc<Model>)>,
    /// The last reference, and what it follows from.
    reference: Option<(String, Arc<Reference>)>,
}

/// What answers are held against.
struct Reference {
    model: Model,
    /// What it makes of the samples of a task.
    score: Score,
}

/// How a note begins that says why there is no agreement.
const NO_REFERENCE: &str = "nothing to hold the answers against";
/// How a note begins that says why there are no differences.
const NO_DIFFERENCES: &str = "no spikes are held against the reference";
/// How a note begins that says why there is no energy.
pub(super) const NO_ENERGY: &str = "no energy is estimated";

/// How notes begin that say why a number that the plan asks for is not there.
pub const KEPT_OUT: [&str; 3] = [NO_REFERENCE, NO_DIFFERENCES, NO_ENERGY];

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
        let hashes = self.files.hashes(task, &self.limits)?;
        let reference = task.reference.as_deref().map(title).transpose()?;
        Ok(key(task, (&title(&task.platform)?, reference.as_deref()), &hashes))
    }

    /// Runs a task. A platform that refuses the graph, and whatever else fails, is a row that says why.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and a run that was stopped: there is no row then.
    pub fn run(&mut self, task: &Task) -> Result<Row, Error> {
        let hashes = self.files.hashes(task, &self.limits)?;
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
            frames: task.frames.clone(),
            metrics: task.metrics.clone(),
            hashes,
            status: Status::Done,
            reasons: Vec::new(),
            settled: BTreeMap::new(),
            notes: Vec::new(),
            counts: None,
            first_difference: None,
        };
        match self.fill(task, &mut row) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Stopped => return Err(error),
            Err(error) => {
                let Ending { status, reasons } = Ending::of(&error);
                (row.status, row.reasons, row.counts) = (status, reasons, None);
                row.first_difference = None;
            }
        }
        Ok(row)
    }

    fn fill(&mut self, task: &Task, row: &mut Row) -> Result<(), Error> {
        let graph = self.files.graph(task, &row.hashes.graph, &self.limits)?;
        let samples = self.files.samples(task, &row.hashes, &self.limits)?;
        let choices = task.choices_for(&task.platform, &self.limits)?.recorded_dt(samples.dt()?);
        let model = self.model(&graph, task, &choices, &row.hashes)?;
        let part = samples.part(&model, task.samples)?;
        let score = part.score(&model, &Eval::new().readout(task.readout()?))?;
        let settled = model.choices().iter().chain(&score.choices);
        let of_folder = samples.folder().into_iter();
        let settled = settled.chain(of_folder.clone().flat_map(LabelledSet::choices));
        row.settled = settled.map(|choice| (choice.name.clone(), choice.value.clone())).collect();
        let (way, ways) = model.way();
        if ways > 1 {
            row.settled.insert("way".to_owned(), format!("{way} of {ways}, as chance decides"));
        }
        let of_folder = of_folder.flat_map(LabelledSet::notes);
        row.notes = model.notes().iter().chain(&score.notes).chain(of_folder).cloned().collect();
        let mut counts = Counts {
            samples: part.len() as u64,
            correct: samples.is_labelled.then_some(score.correct as u64),
            silent: score.silent as u64,
            ties: score.ties as u64,
            output_spikes: output_spikes(&score),
            ..Counts::default()
        };
        match self.reference(&graph, &samples, task, row) {
            Ok(None) => {}
            Ok(Some(other)) => {
                counts.same_class = Some(same_classes(&score, &other.score));
                counts.same_answer = same_answers(&score, &other.score);
                if task.metrics.contains(&Metric::Differences) {
                    let from = task.samples.map_or(0, |(from, _)| from);
                    match differences([&model, &other.model], &graph, &part, from) {
                        Ok(found) => {
                            counts.same_output = found.same_output;
                            counts.same_spikes = Some(found.same_spikes);
                            row.first_difference = found.first;
                            row.notes.extend(found.missing.iter().map(|node| {
                                format!("`{node}` spikes in one of the two only: its spikes are not compared")
                            }));
                        }
                        Err(error) if error.kind() == ErrorKind::Stopped => return Err(error),
                        Err(error) => row.notes.push(format!("{NO_DIFFERENCES}: {error}")),
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::Stopped => return Err(error),
            Err(error) => row.notes.push(format!("{NO_REFERENCE}: {error}")),
        }
        costs::add(&model, &graph, &part, &task.metrics, &mut counts, &mut row.notes)?;
        row.counts = Some(counts);
        Ok(())
    }

    /// The graph of a task on its platform, made anew only where it is another one than the last.
    fn model(
        &mut self,
        graph: &Arc<Document>,
        task: &Task,
        choices: &Choices,
        hashes: &Hashes,
    ) -> Result<Arc<Model>, Error> {
        let meaning = &task.platform;
        let basis = format!("{} {meaning} {:?} {hashes:?}", hashes.graph, task.choices);
        if let Some((made, model)) = &self.model
            && *made == basis
        {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(Model::new(graph, meaning, choices)?);
        self.model = Some((basis, Arc::clone(&model)));
        Ok(model)
    }

    /// What the reference makes of the samples of a task, if the plan has one.
    fn reference(
        &mut self,
        graph: &Arc<Document>,
        samples: &Samples,
        task: &Task,
        row: &Row,
    ) -> Result<Option<Arc<Reference>>, Error> {
        let Some(meaning) = &task.reference else { return Ok(None) };
        let choices = task.choices_for(meaning, &self.limits)?.recorded_dt(samples.dt()?);
        // Choices that the reference does not have make it no other one.
        let basis =
            format!("{meaning} {choices:?} {:?} {:?} {:?}", row.hashes, task.samples, task.readout);
        if let Some((made, found)) = &self.reference
            && *made == basis
        {
            return Ok(Some(Arc::clone(found)));
        }
        let about = |error: Error| error.about(&format!("the reference {meaning}"));
        let model = Model::new(graph, meaning, &choices).map_err(about)?;
        let part = samples.part(&model, task.samples).map_err(about)?;
        let eval = Eval::new().readout(task.readout()?);
        let score = part.score(&model, &eval).map_err(about)?;
        let found = Arc::new(Reference { model, score });
        self.reference = Some((basis, Arc::clone(&found)));
        Ok(Some(found))
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
