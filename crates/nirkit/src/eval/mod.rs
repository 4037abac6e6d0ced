//! Classification of a labelled set, under any meaning of a graph.

mod answer;
mod folder;
mod platforms;
mod reading;
mod readout;
mod score;
mod set;

use std::fmt;

use nirkit_io::ending::{self, ends_in};

use crate::array_file::read_named_array;
use crate::error::{Error, ErrorKind};
use crate::model::{Bound, Model};
use crate::watch::Watch;
use reading::Reading;

pub(crate) use answer::{Answer, puts_out_voltage};
pub use platforms::{Evaluation, WayScore, eval_platforms};
pub use readout::Readout;
pub use score::{ClassScore, Score};
pub use set::{LabelledSet, Labels};

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
    let mut reading = Reading::begin(model, labels, eval)?;
    reading.add(std::slice::from_ref(set))?;
    reading.score()
}

/// Classifies a set that may be read part by part.
fn evaluate_set(model: &Model, set: &LabelledSet, eval: &Eval<'_>) -> Result<Score, Error> {
    let mut reading = Reading::begin(model, set.labels(), eval)?;
    set.each(model, |bounds| reading.add(bounds))?;
    reading.score()
}

/// Reads labels from a numpy array (`.npy`): the class of each sample, counted from 0.
pub fn read_labels(
    path: impl AsRef<std::path::Path>,
    limits: &nirkit_io::Limits,
) -> Result<Vec<i64>, Error> {
    let path = path.as_ref();
    if ends_in(path, ending::TABLE) {
        let error = Error::new(
            "a table of labels names the files of samples, and the samples are an array",
        );
        let help = "give the labels as an array that ends in `.npy`, or the folder with the samples as input";
        return Err(error.of_kind(ErrorKind::Choice).help(help).in_file(path));
    }
    let labels = read_named_array(path, "labels", limits)?;
    let wrong = |message: &str, help: &str| {
        let error = Error::new(message).of_kind(ErrorKind::Stimulus).in_file(path);
        Err(error.help(help))
    };
    let shape = labels.shape();
    if shape.len() >= AXES_OF_SAMPLES {
        return wrong(
            &format!(
                "labels are one number a sample, and the array has the shape {shape:?} of samples"
            ),
            "input and labels may be swapped: give the samples as input, and their classes, counted from 0, as labels",
        );
    }
    match labels.to_i64() {
        Some(labels) => Ok(labels),
        None => wrong("the labels are no whole numbers", "count classes from 0"),
    }
}

/// Axes that an array of samples has at least: samples, steps, channels.
const AXES_OF_SAMPLES: usize = 3;
