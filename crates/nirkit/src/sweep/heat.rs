//! Heat maps of a table: accuracy, and agreement with the reference, by platform and choices.

use nirkit_view::{Cell, HeatMap, heat_maps};

use super::row::Status;
use super::table::{Entry, Table};
use crate::error::{Error, ErrorKind};
use crate::escape;

/// The most cells of a drawing.
const MOST: usize = 100_000;

/// Draws a table as SVG: for each graph and set a map of the accuracy, and one of the agreement with the reference. A row is a
/// platform, a column a combination of choices. A platform without a choice has the same number for all its values.
///
/// # Errors
///
/// There is neither an accuracy nor an agreement, or there are too many cells.
pub fn heat_map(table: &Table) -> Result<String, Error> {
    let columns = Column::all(table);
    let mut maps = Vec::new();
    for (graph, set) in distinct(table.entries.iter().map(|entry| (&entry.graph, &entry.set))) {
        let own: Vec<&Entry> =
            table.entries.iter().filter(|e| (&e.graph, &e.set) == (graph, set)).collect();
        for measure in [Measure::Accuracy, Measure::Agreement] {
            maps.extend(measure.map((graph, set), &own, &columns));
        }
    }
    let cells: usize = maps.iter().map(|map| map.rows.len() * map.columns.len()).sum();
    if cells > MOST {
        let message = format!("the map would have {cells} cells, {MOST} are drawn at most");
        return Err(Error::new(message).of_kind(ErrorKind::Run).help("sweep over fewer values"));
    }
    if maps.is_empty() {
        let message = "the table has neither an accuracy nor an agreement to draw";
        let help = "give the sets labels, or the plan a reference";
        return Err(Error::new(message).of_kind(ErrorKind::Run).help(help));
    }
    Ok(heat_maps(&maps))
}

/// What a map shows.
#[derive(Clone, Copy)]
enum Measure {
    Accuracy,
    Agreement,
}

impl Measure {
    fn of(self, entry: &Entry) -> Option<f64> {
        match self {
            Self::Accuracy => entry.accuracy,
            Self::Agreement => entry.agreement,
        }
    }

    /// The map of a graph and a set; `None` if no line has a number.
    fn map(
        self,
        (graph, set): (&str, &str),
        entries: &[&Entry],
        columns: &[Column<'_>],
    ) -> Option<HeatMap> {
        entries.iter().find_map(|entry| self.of(entry))?;
        let rows = distinct(entries.iter().map(|entry| &entry.platform));
        let cell = |platform: &String, column: &Column<'_>| {
            let mut own = entries.iter().filter(|entry| entry.platform == *platform);
            own.find(|entry| column.holds(entry)).map_or(Cell::Empty, |entry| self.cell(entry))
        };
        let cells = rows.iter().map(|row| columns.iter().map(|c| cell(row, c)).collect());
        let what = match self {
            Self::Accuracy => "accuracy".to_owned(),
            Self::Agreement => {
                let reference = entries.iter().find_map(|entry| entry.reference.as_deref());
                format!("same class as {}", reference.unwrap_or("the reference"))
            }
        };
        Some(HeatMap {
            title: escape::line(&format!("{graph}, {set}: {what}")).into_owned(),
            cells: cells.collect(),
            rows: rows.iter().map(|row| escape::line(row).into_owned()).collect(),
            columns: columns.iter().map(Column::name).collect(),
        })
    }

    fn cell(self, entry: &Entry) -> Cell {
        match (self.of(entry), entry.status) {
            (Some(share), _) => Cell::Share(share),
            (None, Status::Done) => Cell::Empty,
            (None, status) => Cell::Word(status.to_string()),
        }
    }
}

/// A combination of choices.
pub(super) struct Column<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Column<'a> {
    /// All combinations, in the order of the table; those that are part of another are not shown by themselves.
    pub(super) fn all(table: &'a Table) -> Vec<Self> {
        let of = |entry: &'a Entry| {
            let choices = entry.choices.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let readout = entry.readout.iter().map(|readout| ("readout", readout.as_str()));
            choices.chain(readout).collect::<Vec<_>>()
        };
        let all = distinct(table.entries.iter().map(of));
        let is_part = |one: &Vec<(&str, &str)>| {
            all.iter().any(|other| other.len() > one.len() && one.iter().all(|x| other.contains(x)))
        };
        all.iter().filter(|one| !is_part(one)).cloned().map(Self).collect()
    }

    /// Whether a line is of this combination, as far as its platform has the choices.
    pub(super) fn holds(&self, entry: &Entry) -> bool {
        let has = |name: &str, value: &str| self.0.contains(&(name, value));
        entry.choices.iter().all(|(name, value)| has(name, value))
            && entry.readout.as_ref().is_none_or(|readout| has("readout", readout))
    }

    pub(super) fn name(&self) -> String {
        let parts: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name} {value}")).collect();
        escape::line(&parts.join(", ")).into_owned()
    }
}

/// Values once each, in the order in which they come.
fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
