//! The table in typed columns: what CSV and Parquet have in common.

use nirkit_io::table::{Cells, Column};

use super::row::{Counts, FirstDifference};
use super::table::{Entry, Table};

/// A number of an entry, and the name of its column.
struct Number {
    name: &'static str,
    of: Of,
}

/// How a number is read of an entry.
enum Of {
    Count(fn(Counts) -> Option<u64>),
    Real(fn(&Entry) -> Option<f64>),
    First(fn(&FirstDifference) -> usize),
}

/// The columns behind the choices, in their order.
const NUMBERS: &[Number] = &[
    count("samples", |counts| Some(counts.samples)),
    count("correct", |counts| counts.correct),
    real("accuracy", |entry| entry.accuracy),
    count("silent", |counts| Some(counts.silent)),
    count("ties", |counts| Some(counts.ties)),
    count("output_spikes", |counts| counts.output_spikes),
    count("same_class", |counts| counts.same_class),
    real("agreement", |entry| entry.agreement),
    count("same_answer", |counts| counts.same_answer),
    count("spikes", |counts| counts.spikes),
    count("synaptic_operations", |counts| counts.synaptic_operations),
    count("dense_operations", |counts| counts.dense_operations),
    count("same_output", |counts| counts.same_output),
    real("output_agreement", |entry| entry.output_agreement),
    count("same_spikes", |counts| counts.same_spikes),
    real("differing", |entry| entry.differing),
    first("first_difference_step", |first| first.step),
    first("first_difference_sample", |first| first.sample),
    first("first_difference_neuron", |first| first.neuron),
    real("least_energy", |entry| entry.energy.map(|energy| energy[0])),
    real("most_energy", |entry| entry.energy.map(|energy| energy[1])),
];

const fn count(name: &'static str, of: fn(Counts) -> Option<u64>) -> Number {
    Number { name, of: Of::Count(of) }
}

const fn real(name: &'static str, of: fn(&Entry) -> Option<f64>) -> Number {
    Number { name, of: Of::Real(of) }
}

const fn first(name: &'static str, of: fn(&FirstDifference) -> usize) -> Number {
    Number { name, of: Of::First(of) }
}

impl Table {
    /// Returns the columns with their cells: what was run, a column for each choice of the plan, numbers, reasons. A cell
    /// without a value is `None`.
    #[must_use]
    pub fn typed_columns(&self) -> Vec<Column> {
        let text = |name: &str, of: &dyn Fn(&Entry) -> Option<String>| Column {
            name: name.to_owned(),
            cells: Cells::Text(self.entries.iter().map(of).collect()),
        };
        let mut columns = vec![
            text("graph", &|entry| Some(entry.graph.clone())),
            text("set", &|entry| Some(entry.set.clone())),
            text("platform", &|entry| Some(entry.platform.clone())),
            text("readout", &|entry| entry.readout.clone()),
            text("reference", &|entry| entry.reference.clone()),
            text("status", &|entry| Some(entry.status.to_string())),
        ];
        let choices = self.choices().into_iter();
        columns.extend(choices.map(|name| text(name, &|entry| entry.choices.get(name).cloned())));
        columns.extend(NUMBERS.iter().map(|number| Column {
            name: number.name.to_owned(),
            cells: number.of.cells(&self.entries),
        }));
        let node = |entry: &Entry| entry.first_difference.as_ref().map(|first| first.node.clone());
        columns.push(text("first_difference_node", &node));
        let reasons = |entry: &Entry| Some(entry.reasons.join("; "));
        columns.push(text("reasons", &|entry| reasons(entry).filter(|text| !text.is_empty())));
        columns
    }

    /// Names of the columns.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.typed_columns().into_iter().map(|column| column.name).collect()
    }

    /// The cells of each line, as texts; empty where there is none.
    #[must_use]
    pub fn cells(&self) -> Vec<Vec<String>> {
        let columns: Vec<Vec<String>> = self.typed_columns().iter().map(texts).collect();
        let line = |at: usize| columns.iter().map(|column| column[at].clone()).collect();
        (0..self.entries.len()).map(line).collect()
    }
}

impl Of {
    fn cells(&self, entries: &[Entry]) -> Cells {
        match self {
            // The counts of more samples than 2^63 do not fit into a run.
            Self::Count(of) => {
                let count = |entry: &Entry| entry.counts.and_then(of);
                let whole =
                    |entry| count(entry).map(|count| i64::try_from(count).unwrap_or(i64::MAX));
                Cells::Integer(entries.iter().map(whole).collect())
            }
            Self::Real(of) => Cells::Real(entries.iter().map(of).collect()),
            Self::First(of) => {
                let place = |entry: &Entry| entry.first_difference.as_ref().map(of);
                let whole = |entry| place(entry).and_then(|place| i64::try_from(place).ok());
                Cells::Integer(entries.iter().map(whole).collect())
            }
        }
    }
}

/// The cells of a column as texts.
fn texts(column: &Column) -> Vec<String> {
    fn each<T: ToString>(cells: &[Option<T>]) -> Vec<String> {
        cells.iter().map(|cell| cell.as_ref().map_or(String::new(), T::to_string)).collect()
    }
    match &column.cells {
        Cells::Text(cells) => each(cells),
        Cells::Integer(cells) => each(cells),
        Cells::Real(cells) => each(cells),
    }
}
