//! Classification of a labelled set, under any meaning of a graph.

mod platforms;

use std::fmt;
use std::str::FromStr;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, interrupt};
use serde::Serialize;

use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::model::{Bound, Model, Outcome, Task};
use crate::run::{Instants, Record, Run};
use crate::watch::{Watch, stopped};

pub use platforms::{Evaluation, WayScore, eval_platforms};

/// How the class of a sample is read from what leaves the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Readout {
    /// The output with most spikes.
    Count,
    /// The output that spikes first.
    First,
    /// The output with the largest voltage, or number that a map puts out, of all steps.
    Max,
    /// The output with the largest voltage on average.
    Mean,
    /// The output with the largest voltage after the last step.
    Last,
}

impl Readout {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Count, Self::First, Self::Max, Self::Mean, Self::Last];

    /// What can be recorded for it, the best first.
    fn observables(self) -> &'static [Observable] {
        match self {
            Self::Count | Self::First => &[Observable::Spikes],
            Self::Max | Self::Mean | Self::Last => &[Observable::V, Observable::Output],
        }
    }

    /// What a model records of a node for it; `None` if there is nothing.
    fn observable(self, model: &Model, node: &str) -> Option<Observable> {
        let has = |observable: &Observable| {
            model.recordable().iter().any(|r| r.node == node && r.observable == *observable)
        };
        self.observables().iter().copied().find(has)
    }

    /// What a score is.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Count => "spikes",
            Self::First => "steps",
            Self::Max | Self::Mean | Self::Last => "voltage",
        }
    }
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "count",
            Self::First => "first",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::Last => "last",
        })
    }
}

impl FromStr for Readout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|readout| readout.to_string() == text).ok_or_else(|| {
            Error::new(format!("`{text}` is no readout"))
                .of_kind(ErrorKind::Choice)
                .help("give `count`, `first`, `max`, `mean` or `last`")
        })
    }
}

/// How a set is evaluated.
#[derive(Clone)]
pub struct Eval<'a> {
    readout: Option<Readout>,
    duration: Option<f64>,
    threads: usize,
    watch: &'a dyn Watch,
}

impl Default for Eval<'_> {
    fn default() -> Self {
        Self { readout: None, duration: None, threads: 1, watch: &() }
    }
}

impl<'a> Eval<'a> {
    /// Counts spikes where the output spikes, takes the largest voltage where it does not; on one thread.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how the class is read.
    #[must_use]
    pub fn readout(mut self, readout: impl Into<Option<Readout>>) -> Self {
        self.readout = readout.into();
        self
    }

    /// Says how long each sample is run, in seconds; as long as it lasts if not given.
    #[must_use]
    pub fn duration(mut self, duration: impl Into<Option<f64>>) -> Self {
        self.duration = duration.into();
        self
    }

    /// Divides the samples among so many threads; their number changes no bit.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Lets somebody watch, who may stop the work.
    #[must_use]
    pub fn watch(mut self, watch: &'a dyn Watch) -> Self {
        self.watch = watch;
        self
    }
}

impl fmt::Debug for Eval<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { readout, duration, threads, .. } = self;
        f.debug_struct("Eval")
            .field("readout", readout)
            .field("duration", duration)
            .field("threads", threads)
            .finish_non_exhaustive()
    }
}

/// How well a set was classified.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// How the class of a sample was read.
    pub readout: Readout,
    /// Number of samples.
    pub samples: usize,
    /// How many of them got the class of their label.
    pub correct: usize,
    /// The share of them.
    pub accuracy: f64,
    /// Output spikes, on average over the samples; `None` where voltages are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_spikes_per_sample: Option<f64>,
    /// Samples without any output spike: they get class 0.
    pub silent: usize,
    /// Samples in which several outputs are the best: they get the lowest of these classes.
    pub ties: usize,
    /// Each class by itself.
    pub classes: Vec<ClassScore>,
    /// The number of samples of each class (row) that were taken for each class (column).
    pub confusion: Vec<Vec<usize>>,
    /// The class of each sample.
    pub found: Vec<usize>,
    /// What was read for each sample and class: an array of shape (samples, classes). The times of first spikes are
    /// counted in steps, in continuous time in seconds; infinity stands for none.
    #[serde(skip)]
    pub readings: Tensor,
    /// Choices of the evaluation, and where they come from.
    #[serde(skip)]
    pub choices: Vec<Choice>,
    /// What has to be said about the figures. An evaluation lists it with its own notes.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// How well one class was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassScore {
    /// Number of samples of this class.
    pub samples: usize,
    /// How many of them were found.
    pub correct: usize,
    /// The share of them; `None` without samples.
    pub accuracy: Option<f64>,
}

/// Samples that are run before their recordings are reduced to readings.
const GROUP: usize = 256;

/// Classifies a set of samples, and holds the classes against labels.
///
/// ```no_run
/// use nirkit::{Choices, Eval, Model, Stimulus, eval};
///
/// let graph = nirkit::read("net.nir")?;
/// let model = Model::platform(&graph, "norse", &Choices::new().dt(1e-4))?;
/// let set = model.bind(&Stimulus::read("test_x.npy")?.batched(true))?;
/// let labels = eval::read_labels("test_y.npy", &Default::default())?;
/// let score = eval::evaluate(&model, &set, &labels, &Eval::new())?;
/// println!("{:.2} %", 100.0 * score.accuracy);
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn evaluate(
    model: &Model,
    set: &Bound,
    labels: &[i64],
    eval: &Eval<'_>,
) -> Result<Score, Error> {
    let node = model.engine().answer_node()?;
    let (readout, origin) = settle_readout(model, &node, eval.readout)?;
    let observable = readout.observable(model, &node).unwrap_or(Observable::Spikes);
    let request = Request { node: node.clone(), observable };
    let requests = std::slice::from_ref(&request);
    let mut run = Run::new().record(Record::Spikes).duration(eval.duration).threads(eval.threads);
    if model.is_continuous() && observable == Observable::V {
        let Some(dt) = model.dt() else {
            let error = Error::new("voltages are read at steps, and nothing says how long one is");
            return Err(error.of_kind(ErrorKind::Choice).help("give the time step"));
        };
        run = run.sample(Instants::Every(dt));
    }
    let (task, _) = model.task(set, &run, requests)?;
    if labels.len() != task.samples.len() {
        let (labels, samples) = (labels.len(), task.samples.len());
        let message = format!("there are {labels} labels for {samples} samples");
        return Err(Error::new(message).of_kind(ErrorKind::Stimulus));
    }
    let classes = model.engine().channels(&request);
    check_labels(labels, classes)?;
    let total = task.samples.len() as u64;
    let mut readings = Vec::with_capacity(labels.len().saturating_mul(classes));
    for (done, group) in task.samples.chunks(GROUP).enumerate() {
        let before = (done * GROUP) as u64;
        let watch = Within { watch: eval.watch, before, samples: group.len() as u64, total };
        let task = Task {
            samples: group,
            has_batch: true,
            watch: &watch,
            times: task.times.clone(),
            ..task
        };
        let outcome = model.engine().answer(&task)?;
        read(readout, &outcome, group.len(), classes, &mut readings)?;
        if interrupt::is_requested() {
            return Err(stopped());
        }
    }
    let readings = Tensor::new(&[labels.len(), classes], readings)
        .map_err(|error| Error::new(error.to_string()))?;
    let mut score = tally(readout, readings, labels);
    score.notes.extend(model.task_notes(set, &run, &task));
    if model.engine().is_waited_for() {
        let note = "each weight delays by a step there; the answer is waited for, so that all steps of the stimulus count: a run \
                    that ends with the stimulus counts fewer";
        score.notes.push(note.to_owned());
    }
    if let Some(duration) = eval.duration {
        score.choices.push(Choice::new("duration", duration, "given"));
    }
    for frames in crate::settle::frames(set.frames, &set.stimulus) {
        score.choices.push(Choice::new("frames", frames.value, frames.source));
    }
    score.choices.push(Choice::new("readout", readout, origin));
    score.choices.push(Choice::new("output", &node, "the graph"));
    Ok(score)
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

/// The readout: given, or by whether the output spikes.
fn settle_readout(
    model: &Model,
    node: &str,
    given: Option<Readout>,
) -> Result<(Readout, String), Error> {
    let has = |readout: Readout| readout.observable(model, node).is_some();
    match given {
        Some(readout) if has(readout) => Ok((readout, "given".to_owned())),
        Some(readout) => {
            let wanted = readout.observables().first().copied().unwrap_or(Observable::Spikes);
            let message = format!("`{node}` has no {wanted} to read");
            let others = Readout::ALL.into_iter().filter(|&other| has(other));
            let others: Vec<String> = others.map(|other| format!("`{other}`")).collect();
            let error = Error::new(message).of_kind(ErrorKind::Choice);
            Err(match others.as_slice() {
                [] => error,
                others => error.help(format!("readouts of it: {}", others.join(", "))),
            })
        }
        None if has(Readout::Count) && !model.engine().puts_out_voltage(node) => {
            Ok((Readout::Count, "default: spikes are counted".to_owned()))
        }
        None => Ok((Readout::Max, format!("default: `{node}` does not spike"))),
    }
}

/// Appends what is read for each sample and class.
fn read(
    readout: Readout,
    outcome: &Outcome,
    samples: usize,
    classes: usize,
    readings: &mut Vec<f64>,
) -> Result<(), Error> {
    if let Some((_, trains)) = outcome.events.first() {
        for train in trains {
            let first = readings.len();
            let empty = if readout == Readout::First { f64::INFINITY } else { 0.0 };
            readings.resize(first + classes, empty);
            for (&time, &channel) in train.times.iter().zip(&train.channels) {
                let Some(reading) = readings.get_mut(first + channel as usize) else { continue };
                *reading =
                    if readout == Readout::First { reading.min(time) } else { *reading + 1.0 };
            }
        }
        return Ok(());
    }
    let values = outcome.arrays.first().and_then(|(_, tensor)| tensor.to_f64());
    let values = values.ok_or_else(|| Error::new("nothing was recorded"))?;
    let row = samples * classes;
    let steps = values.len().checked_div(row).unwrap_or(0);
    for place in 0..row {
        let course = (0..steps).map(|step| values[step * row + place]);
        readings.push(match readout {
            Readout::Count => course.sum::<f64>() + 0.0,
            Readout::First => {
                let mut course = course;
                course.position(|spikes| spikes > 0.0).map_or(f64::INFINITY, |step| step as f64)
            }
            Readout::Max => course.fold(f64::NEG_INFINITY, f64::max),
            Readout::Mean => course.sum::<f64>() / steps.max(1) as f64,
            Readout::Last => {
                let mut course = course;
                course.next_back().unwrap_or(0.0)
            }
        });
    }
    Ok(())
}

/// The classes that readings stand for, held against labels.
fn tally(readout: Readout, readings: Tensor, labels: &[i64]) -> Score {
    let classes = readings.shape().get(1).copied().unwrap_or(0);
    let numbers = readings.to_f64().unwrap_or_default().into_owned();
    let (mut found, mut ties, mut silent) = (Vec::with_capacity(labels.len()), 0, 0);
    for row in numbers.chunks(classes.max(1)) {
        let best = best(readout, row);
        let is_best = |value: &&f64| row.get(best).is_some_and(|best| *value == best);
        ties += usize::from(row.iter().filter(is_best).count() > 1);
        silent += usize::from(match readout {
            Readout::Count => row.iter().all(|&count| count == 0.0),
            Readout::First => row.iter().all(|time| time.is_infinite()),
            Readout::Max | Readout::Mean | Readout::Last => false,
        });
        found.push(best);
    }
    let mut confusion = vec![vec![0; classes]; classes];
    for (&label, &found) in labels.iter().zip(&found) {
        let row = usize::try_from(label).ok().and_then(|label| confusion.get_mut(label));
        if let Some(cell) = row.and_then(|row| row.get_mut(found)) {
            *cell += 1;
        }
    }
    let of_class = |(class, row): (usize, &Vec<usize>)| {
        let (samples, correct) = (row.iter().sum::<usize>(), row[class]);
        let accuracy = (samples > 0).then(|| correct as f64 / samples as f64);
        ClassScore { samples, correct, accuracy }
    };
    let of_classes: Vec<ClassScore> = confusion.iter().enumerate().map(of_class).collect();
    let correct = of_classes.iter().map(|class| class.correct).sum();
    let samples = labels.len();
    let spikes = (readout == Readout::Count).then(|| numbers.iter().sum::<f64>() / samples as f64);
    let mut notes = Vec::new();
    if silent > 0 {
        notes.push(format!(
            "no output spikes in {silent} of {samples} samples; they count as class 0"
        ));
    }
    if ties > silent {
        let ties = ties - silent;
        notes.push(format!(
            "several outputs are the best in {ties} of {samples} samples; the lowest class is taken"
        ));
    }
    if numbers.iter().any(|value| value.is_nan()) {
        notes.push("some readings are not a number; such an output is never the best".to_owned());
    }
    Score {
        readout,
        samples,
        correct,
        accuracy: correct as f64 / samples as f64,
        output_spikes_per_sample: spikes,
        silent,
        ties,
        classes: of_classes,
        confusion,
        found,
        readings,
        choices: Vec::new(),
        notes,
    }
}

/// The best output of a sample; of several, the lowest.
fn best(readout: Readout, row: &[f64]) -> usize {
    let is_better = |new: f64, old: f64| match readout {
        Readout::First => new < old,
        _ => new > old || old.is_nan(),
    };
    let mut best = 0;
    for (at, &value) in row.iter().enumerate() {
        if is_better(value, row[best]) && !value.is_nan() {
            best = at;
        }
    }
    best
}

/// Checks that a set has samples, and that each label is a class that the graph has.
fn check_labels(labels: &[i64], classes: usize) -> Result<(), Error> {
    if labels.is_empty() {
        return Err(Error::new("the set has no samples").of_kind(ErrorKind::Stimulus));
    }
    let known = |label: i64| usize::try_from(label).is_ok_and(|label| label < classes);
    let Some(sample) = labels.iter().position(|&label| !known(label)) else { return Ok(()) };
    let label = labels.get(sample).copied().unwrap_or_default();
    let message = format!("the label {label} of sample {sample} is none of {classes} classes");
    let mut help = "classes are counted from 0, one for each output".to_owned();
    let (least, most) = (labels.iter().min(), labels.iter().max());
    if least == Some(&1) && most == Some(&(classes as i64)) {
        help += "; these are counted from 1: store `labels - 1`";
    }
    Err(Error::new(message).of_kind(ErrorKind::Stimulus).help(help))
}

/// Reads labels from a numpy array: the class of each sample, counted from 0.
pub fn read_labels(
    path: impl AsRef<std::path::Path>,
    limits: &nirkit_io::Limits,
) -> Result<Vec<i64>, Error> {
    let labels = nirkit_io::array::read_array(path.as_ref(), limits)?;
    labels.to_i64().ok_or_else(|| {
        Error::new("the labels are no whole numbers")
            .of_kind(ErrorKind::Stimulus)
            .help("count classes from 0")
            .in_file(path.as_ref())
    })
}

/// The node whose output leaves a graph, or why there is none.
pub(crate) struct Answer(Result<String, Error>);

impl Answer {
    /// Looks for the node whose output leaves through the only Output; what leaves a nested graph stands under the
    /// name of the graph, or of what leads to its Output.
    pub(crate) fn of(graph: &Graph, facts: &Facts, requests: &[Request]) -> Self {
        Self(answer(graph, facts, requests))
    }

    pub(crate) fn node(&self) -> Result<String, Error> {
        self.0.clone()
    }
}

/// Whether a node puts out its voltage, and no spikes.
pub(crate) fn puts_out_voltage(graph: &Graph, facts: &Facts, name: &str) -> bool {
    let id = facts.find(name);
    matches!(
        id.and_then(|id| facts.primitive(graph, id)),
        Some(Primitive::Li(_) | Primitive::CubaLi(_) | Primitive::I(_))
    )
}

fn answer(graph: &Graph, facts: &Facts, requests: &[Request]) -> Result<String, Error> {
    let outputs: Vec<LeafId> = facts.outputs(graph).collect();
    let [output] = outputs.as_slice() else {
        let message = format!("the graph has {} Outputs, classes need one", outputs.len());
        return Err(Error::new(message).of_kind(ErrorKind::Graph));
    };
    let leaf = facts.leaf(*output);
    let [source] = leaf.sources.as_slice() else {
        let message = format!("{} edges lead to the Output, classes need one", leaf.sources.len());
        return Err(Error::new(message).of_kind(ErrorKind::Graph));
    };
    let mut at = *source;
    loop {
        let leaf = facts.leaf(at);
        let nested = facts.nested().iter().filter(|nested| nested.outputs == [at]);
        let mut names = nested.map(|nested| &nested.name).chain([&leaf.name]);
        let is_known = |name: &&String| requests.iter().any(|request| request.node == **name);
        if let Some(name) = names.find(is_known) {
            return Ok(name.clone());
        }
        let is_port = matches!(facts.primitive(graph, at), Some(Primitive::Output(_)));
        match leaf.sources.as_slice() {
            &[only] if is_port => at = only,
            _ => {
                let name = &leaf.name;
                let message = format!(
                    "`{name}` puts out nothing there that can be read, and leads to the Output"
                );
                return Err(Error::new(message).of_kind(ErrorKind::Graph).help(
                    "classes are read from spikes or voltages: let a neuron lead to the Output",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(readout: Readout, rows: &[[f64; 2]], labels: &[i64]) -> Score {
        let readings = Tensor::new(&[rows.len(), 2], rows.concat()).unwrap();
        tally(readout, readings, labels)
    }

    #[test]
    fn spikes_are_counted_and_silent_samples_told() {
        let score = score(Readout::Count, &[[0.0, 2.0], [0.0, 0.0], [1.0, 0.0]], &[1, 0, 1]);
        assert_eq!((score.correct, score.silent, score.ties), (2, 1, 1));
        assert_eq!(score.confusion, [[1, 0], [1, 1]]);
        assert_eq!(score.classes[1].accuracy, Some(0.5));
    }

    #[test]
    fn the_first_spike_is_the_earliest() {
        let score = score(Readout::First, &[[3.0, 2.0], [f64::INFINITY, 5.0]], &[1, 1]);
        assert_eq!(score.found, [1, 1]);
    }

    #[test]
    fn a_voltage_that_is_no_number_is_never_the_best() {
        let score = score(Readout::Max, &[[f64::NAN, -1.0], [-2.0, f64::NAN]], &[1, 0]);
        assert_eq!(score.found, [1, 0]);
    }

    #[test]
    fn a_label_is_a_class() {
        assert!(check_labels(&[0, 1], 2).is_ok());
        let error = check_labels(&[1, 2], 2).unwrap_err();
        assert!(error.to_string().contains("label 2 of sample 1"), "{error}");
        assert!(error.reasons()[0].help.as_deref().unwrap().contains("labels - 1"));
        assert!(check_labels(&[-1], 2).is_err());
        assert!(check_labels(&[], 2).is_err());
    }
}
