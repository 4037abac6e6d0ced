//! The classes that readings stand for, held against labels.

use nirkit_numerics::Tensor;
use serde::Serialize;

use super::readout::Readout;
use crate::choices::Choice;
use crate::error::{Error, ErrorKind};

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

/// The classes that readings stand for, held against labels.
pub(super) fn tally(readout: Readout, readings: Tensor, labels: &[i64]) -> Score {
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
pub(super) fn best(readout: Readout, row: &[f64]) -> usize {
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
pub(super) fn check_labels(labels: &[i64], classes: usize) -> Result<(), Error> {
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
