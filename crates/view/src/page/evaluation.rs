//! Classes that platforms found for a labelled set, as the page has them: bounded in size.

use std::collections::BTreeMap;

use serde::Serialize;

use super::base64::{base64, leb128};
use super::detail::Rounded;

/// Classes of samples that are embedded one by one, of all platforms together, and characters of the names of samples.
const MOST_CLASSES_FOUND: usize = 250_000;
const MOST_NAMES: usize = 100_000;
/// Cells of all confusion matrices that are embedded.
const MOST_CELLS: usize = 30_000;
/// Texts of a platform that are embedded.
const MOST_TEXTS: usize = 30;

/// A labelled set, and what platforms make of it.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// The class of each sample.
    pub labels: Vec<usize>,
    /// The name of each sample, if it has one: of a file.
    pub names: Vec<String>,
    /// What platforms make of the samples.
    pub rows: Vec<Classified>,
}

/// What a platform makes of a set.
#[derive(Clone, Debug, Default)]
pub struct Classified {
    /// The platform with its version, and the way in which it runs the graph where there are several.
    pub name: String,
    /// What was found; `None` where the platform does not run.
    pub found: Option<Found>,
    /// Why it does not run: what is wrong, and what may help.
    pub reasons: Vec<(String, Option<String>)>,
    /// What has to be said of the figures.
    pub notes: Vec<String>,
    /// The choices: name, value, where it comes from.
    pub choices: Vec<[String; 3]>,
}

/// The classes that were found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many classes there are.
    pub classes: usize,
    /// The class of each sample.
    pub of_sample: Vec<usize>,
    /// How the class of a sample is read: `count`, `first`.
    pub readout: String,
    /// Output spikes of a sample on average, where spikes are counted.
    pub spikes: Option<f64>,
    /// Samples without an output spike.
    pub silent: usize,
    /// Samples in which several outputs are the best.
    pub ties: usize,
}

/// The evaluation in the page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EvaluationData {
    samples: usize,
    classes: usize,
    /// Samples whose classes are embedded one by one: the first of all.
    kept: usize,
    /// The labels of these, as LEB128 in base 64.
    labels: String,
    names: Vec<String>,
    /// Samples for which not all platforms found the same class.
    differing: usize,
    rows: Vec<RowData>,
    /// For each platform that ran, with how many samples each of these has the same class as it.
    same: Vec<Vec<usize>>,
}

#[derive(Clone, Debug, Serialize)]
struct RowData {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ScoreData>,
    reasons: Vec<(String, Option<String>)>,
    notes: Vec<String>,
    choices: Vec<[String; 3]>,
}

#[derive(Clone, Debug, Serialize)]
struct ScoreData {
    correct: usize,
    readout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    spikes: Option<Rounded>,
    silent: usize,
    ties: usize,
    /// The classes of the samples that are kept, as LEB128 in base 64.
    found: String,
    /// Label, class and number of samples of each cell that is not 0, as LEB128 in base 64; not there where there are too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<String>,
}

impl Evaluation {
    /// Takes the evaluation into the page, and says what is left out.
    pub(super) fn data(
        &self,
        shown: &dyn Fn(&str) -> String,
        left_out: &mut Vec<String>,
    ) -> EvaluationData {
        let found: Vec<&Found> = self.rows.iter().filter_map(|row| row.found.as_ref()).collect();
        let samples = self.labels.len();
        let kept = samples.min(MOST_CLASSES_FOUND / (found.len() + 1));
        if kept < samples {
            left_out.push(format!(
                "the classes of single samples behind the first {kept} of {samples}: `nir eval --format json` has them"
            ));
        }
        let cells: Vec<Cells> = found.iter().map(|one| cells(&self.labels, one)).collect();
        let all: usize = cells.iter().map(BTreeMap::len).sum();
        if all > MOST_CELLS {
            left_out.push(format!(
                "confusion matrices: they have {all} cells that are not 0, and {MOST_CELLS} are the most; `nir eval --output` \
                 writes what was read"
            ));
        }
        let mut cells = cells.into_iter();
        let rows = self.rows.iter().map(|row| {
            let score = row.found.as_ref().zip(row.found.as_ref().and_then(|_| cells.next()));
            RowData {
                name: shown(&row.name),
                score: score.map(|(one, cells)| self.score(one, &cells, kept, all <= MOST_CELLS)),
                reasons: some(&row.reasons, |(what, help)| {
                    (shown(what), help.as_deref().map(shown))
                }),
                notes: some(&row.notes, |note| shown(note)),
                choices: some(&row.choices, |choice| choice.each_ref().map(|text| shown(text))),
            }
        });
        let rows = rows.collect();
        let same = |one: &&Found| {
            let pairs = |other: &&Found| {
                one.of_sample.iter().zip(&other.of_sample).filter(|(a, b)| a == b).count()
            };
            found.iter().map(pairs).collect()
        };
        let differs = |at: &usize| {
            let mut classes = found.iter().filter_map(|one| one.of_sample.get(*at));
            let first = classes.next();
            classes.any(|other| Some(other) != first)
        };
        EvaluationData {
            samples,
            classes: found.iter().map(|one| one.classes).max().unwrap_or(0),
            kept,
            labels: packed(self.labels.iter().take(kept).copied()),
            names: self.names(kept, shown, left_out),
            differing: (0..samples).filter(differs).count(),
            same: found.iter().map(same).collect(),
            rows,
        }
    }

    fn score(&self, one: &Found, cells: &Cells, kept: usize, has_cells: bool) -> ScoreData {
        let numbers = cells.iter().flat_map(|(&(label, class), &count)| [label, class, count]);
        ScoreData {
            correct: self.labels.iter().zip(&one.of_sample).filter(|(a, b)| a == b).count(),
            readout: one.readout.clone(),
            spikes: one.spikes.map(Rounded),
            silent: one.silent,
            ties: one.ties,
            found: packed(one.of_sample.iter().take(kept).copied()),
            cells: has_cells.then(|| packed(numbers)),
        }
    }

    /// The names of the samples that are kept, as far as there is room.
    fn names(
        &self,
        kept: usize,
        shown: &dyn Fn(&str) -> String,
        left_out: &mut Vec<String>,
    ) -> Vec<String> {
        let mut room = MOST_NAMES;
        let mut names = Vec::new();
        for name in self.names.iter().take(kept).map(|name| shown(name)) {
            let Some(rest) = room.checked_sub(name.len()) else {
                left_out.push(format!("the names of samples behind the first {}", names.len()));
                break;
            };
            room = rest;
            names.push(name);
        }
        names
    }
}

/// The first of some texts.
fn some<T, S>(all: &[T], shown: impl Fn(&T) -> S) -> Vec<S> {
    all.iter().take(MOST_TEXTS).map(shown).collect()
}

/// The number of samples by label and class.
type Cells = BTreeMap<(usize, usize), usize>;

fn cells(labels: &[usize], found: &Found) -> Cells {
    let mut cells = Cells::new();
    for (&label, &class) in labels.iter().zip(&found.of_sample) {
        *cells.entry((label, class)).or_default() += 1;
    }
    cells
}

fn packed(numbers: impl Iterator<Item = usize>) -> String {
    let mut bytes = Vec::new();
    numbers.for_each(|number| leb128(number, &mut bytes));
    base64(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, of_sample: Vec<usize>, classes: usize) -> Classified {
        let found = Some(Found { classes, of_sample, ..Found::default() });
        Classified { name: name.to_owned(), found, ..Classified::default() }
    }

    fn data(evaluation: &Evaluation) -> (EvaluationData, Vec<String>) {
        let mut left_out = Vec::new();
        let data = evaluation.data(&str::to_owned, &mut left_out);
        (data, left_out)
    }

    #[test]
    fn samples_are_counted_by_label_and_class_and_between_platforms() {
        let rows =
            vec![row("a", vec![0, 1, 1], 2), row("b", vec![0, 0, 1], 2), Classified::default()];
        let (data, left_out) =
            data(&Evaluation { labels: vec![0, 1, 0], rows, ..Evaluation::default() });
        assert_eq!((data.samples, data.classes, data.kept, data.differing), (3, 2, 3, 1));
        assert_eq!(data.same, [[3, 2], [2, 3]]);
        let scores: Vec<Option<usize>> =
            data.rows.iter().map(|row| row.score.as_ref().map(|score| score.correct)).collect();
        assert_eq!(scores, [Some(2), Some(1), None]);
        let cells = data.rows[0].score.as_ref().and_then(|score| score.cells.clone());
        assert_eq!(cells, Some(base64(&[0, 0, 1, 0, 1, 1, 1, 1, 1])));
        assert!(left_out.is_empty(), "{left_out:?}");
    }

    #[test]
    fn what_has_no_room_is_left_out_and_that_is_said() {
        let samples = 500_000;
        let labels: Vec<usize> = (0..samples).map(|at| at % 300).collect();
        let found: Vec<usize> = (0..samples).map(|at| at / 300 % 300).collect();
        let names = (0..samples).map(|at| format!("sample-{at}")).collect();
        let rows = vec![row("a", found, 300)];
        let (data, left_out) = data(&Evaluation { labels, names, rows });
        assert_eq!((data.kept, data.samples), (125_000, samples));
        assert!(data.names.len() < 12_000 && data.rows[0].score.as_ref().unwrap().cells.is_none());
        assert_eq!(left_out.len(), 3, "{left_out:?}");
        assert!(serde_json::to_string(&data).unwrap().len() < 900_000);
    }
}
