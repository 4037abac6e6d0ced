//! Classification of a labelled set, under any meaning of a graph.

mod answer;
mod differs;
mod folder;
mod notes;
mod parts;
mod platforms;
mod reading;
mod readout;
mod score;
mod set;

use std::fmt;

use nirkit_io::ending::{self, ends_in};
use nirkit_numerics::Tensor;

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
pub(crate) fn score(model: &Model, set: &LabelledSet, eval: &Eval<'_>) -> Result<Score, Error> {
    evaluate_set(model, set, eval)
}

/// Classifies a set that may be read part by part.
fn evaluate_set(model: &Model, set: &LabelledSet, eval: &Eval<'_>) -> Result<Score, Error> {
    let mut reading = Reading::begin(model, set.labels(), eval)?;
    set.each(model, |bounds| reading.add(bounds))?;
    reading.score()
}

/// Axes that an array of samples has at least: samples, steps, channels.
const AXES_OF_SAMPLES: usize = 3;

/// Reads labels from a numpy array of one axis (`.npy`): the class of each sample, counted from 0. Floats count where they
/// are whole.
///
/// # Errors
///
/// A file that cannot be read, an array with another number of axes, an element that is no whole number.
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
    let array = read_named_array(path, "labels", limits)?;
    labels_of(&array).map_err(|error| error.of_kind(ErrorKind::Stimulus).in_file(path))
}

fn labels_of(array: &Tensor) -> Result<Vec<i64>, Error> {
    if array.rank() >= AXES_OF_SAMPLES {
        let message = format!(
            "labels are one number a sample, and the array has the shape {:?} of samples",
            array.shape()
        );
        let help = "input and labels may be swapped: give the samples as input, and their classes, counted from 0, as labels";
        return Err(Error::new(message).help(help));
    }
    if array.rank() != 1 {
        let message =
            format!("the labels have the shape {:?}; one axis is expected", array.shape());
        return Err(Error::new(message)
            .help("store the class of each sample: `y.reshape(-1)`, or `y.argmax(-1)` of a row for each sample"));
    }
    if let Some(labels) = array.to_i64() {
        return Ok(labels);
    }
    let (dtype, help) =
        (array.dtype(), "count classes from 0, and store whole numbers: `y.astype(np.int64)`");
    let Some(numbers) = array.to_f64() else {
        return Err(Error::new(format!("the labels have the type {dtype}")).help(help));
    };
    // Beyond 2^53 doubles are no longer every whole number.
    let is_whole = |number: &f64| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    match numbers.iter().position(|number| !is_whole(number)) {
        None => Ok(numbers.iter().map(|&number| number as i64).collect()),
        Some(at) => {
            let message = format!(
                "the labels have the type {dtype}, and that of sample {at} is {}, which is no class",
                numbers[at]
            );
            Err(Error::new(message).help(help))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_whole_numbers_on_one_axis() {
        let floats = |values: Vec<f32>| labels_of(&Tensor::new(&[values.len()], values).unwrap());
        assert_eq!(floats(vec![2.0, 0.0]).unwrap(), [2, 0]);
        let said = floats(vec![0.0, 1.5]).unwrap_err().to_string();
        assert!(said.contains("the type f32, and that of sample 1 is 1.5"), "{said}");
        assert!(floats(vec![f32::NAN]).is_err());
        for shape in [&[3, 4][..], &[12, 1], &[1, 12]] {
            let labels = Tensor::new(shape, vec![0_i64; 12]).unwrap();
            let said = labels_of(&labels).unwrap_err().to_string();
            assert!(said.contains(&format!("the shape {shape:?}; one axis is expected")), "{said}");
        }
    }
}
