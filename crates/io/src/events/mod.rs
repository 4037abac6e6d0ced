//! Events of sensors in a table: structured numpy arrays, as tonic writes them, and CSV with a header.
//!
//! A row is an event with a time, a place and, for cameras, a polarity. Columns are known by their names.

mod csv;

use std::path::Path;

use crate::array::{Column, Table, parse_table, read_table};
use crate::content::Content;
use crate::ending::{self, ends_in};
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;

/// Names of the column with times.
const TIMES: [&str; 6] = ["t", "ts", "timestamp", "timestamps", "time", "times"];
/// Names of the column with columns of pixels, or with channels.
const CHANNELS: [&str; 7] = ["x", "channel", "neuron", "unit", "units", "address", "addr"];
/// Names of the column with rows of pixels.
const ROWS: [&str; 1] = ["y"];
/// Names of the column with polarities.
const POLARITIES: [&str; 5] = ["p", "pol", "polarity", "polarities", "on"];

/// Whether names are those of a table of events: a time and a place.
fn names_columns(names: &[String]) -> bool {
    let has = |known: &[&str]| {
        names.iter().any(|name| known.contains(&name.to_ascii_lowercase().as_str()))
    };
    has(&TIMES) && has(&CHANNELS)
}

/// The unit of the times of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl EventUnit {
    /// How many of it a second has.
    #[must_use]
    pub fn in_a_second(self) -> f64 {
        match self {
            Self::Seconds => 1.0,
            Self::Milliseconds => 1e3,
            Self::Microseconds => 1e6,
            Self::Nanoseconds => 1e9,
        }
    }

    /// Its symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }
}

/// Events in the order of the file; every column has a number for each event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events {
    /// Times in the unit of the file.
    pub times: Vec<f64>,
    /// Whether the column of the times has room for fractions.
    pub times_are_real: bool,
    /// Columns of pixels, or channels.
    pub x: Vec<usize>,
    /// Rows of pixels; `None` where a place is one number.
    pub y: Option<Vec<usize>>,
    /// Whether a pixel became brighter; `None` where the file does not say it.
    pub on: Option<Vec<bool>>,
    /// Names of the columns that nothing was taken from.
    pub unread: Vec<String>,
    /// Columns and rows of the sensor, where they are known.
    pub size: Option<(usize, usize)>,
}

/// Reads events from a structured numpy array (`.npy`) or from CSV with a header (`.csv`).
///
/// # Errors
///
/// A file that cannot be read, columns that are missing, and the first number that is no time, place or polarity.
pub fn read_events(path: impl AsRef<Path>, limits: &Limits) -> Result<Events, ReadError> {
    let path = path.as_ref();
    let is_csv = ends_in(path, ending::TABLE);
    let table = if is_csv { csv::read(path, limits) } else { read_table(path, limits) }?;
    of_table(&table).map_err(|fault| fault.at("").of_file(path))
}

/// Reads events from the bytes of a file: a structured numpy array, or CSV with a header.
///
/// # Errors
///
/// As for [`read_events`].
pub fn read_events_bytes(bytes: &[u8], limits: &Limits) -> Result<Events, ReadError> {
    let is_array = matches!(Content::of(bytes), Ok(Content::Array));
    let table = if is_array { parse_table(bytes, limits) } else { csv::parse(bytes) };
    table.and_then(|table| of_table(&table)).map_err(|fault| fault.at(""))
}

/// The events of a table.
fn of_table(table: &Table) -> Result<Events, ReadFault> {
    let find = |names: &[&str]| {
        let mut columns = table.columns.iter();
        columns.find(|column| names.contains(&column.name.to_ascii_lowercase().as_str()))
    };
    let known: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let missing = |what: &str, names: &[&str]| {
        ReadFault::Syntax(format!(
            "a table of events has a column with {what} ({}), this one has {}",
            names.join(", "),
            known.join(", ")
        ))
    };
    let is_time = |column: &&Column| TIMES.contains(&column.name.to_ascii_lowercase().as_str());
    let all: Vec<&str> =
        table.columns.iter().filter(is_time).map(|column| column.name.as_str()).collect();
    if all.len() > 1 {
        let message =
            format!("{} columns have times: {}; keep one of them", all.len(), all.join(", "));
        return Err(ReadFault::Syntax(message));
    }
    let times = find(&TIMES).ok_or_else(|| missing("times", &TIMES))?;
    let x = find(&CHANNELS).ok_or_else(|| missing("places", &CHANNELS))?;
    let wrong = |row: usize, name: &str, value: f64, wanted: &str| {
        ReadFault::Syntax(format!("event {row} has {name} = {value}, which is no {wanted}"))
    };
    if let Some(row) = times.numbers.iter().position(|time| !(time.is_finite() && *time >= 0.0)) {
        return Err(wrong(row, &times.name, times.numbers[row], "time from 0 on"));
    }
    let places = |name: &str, numbers: &[f64]| {
        let place = |(row, &number): (usize, &f64)| {
            let is_place = number >= 0.0 && number.fract() == 0.0 && number < 4_294_967_296.0;
            is_place.then_some(number as usize).ok_or_else(|| wrong(row, name, number, "place"))
        };
        numbers.iter().enumerate().map(place).collect::<Result<Vec<usize>, _>>()
    };
    let polarity = |name: &str, numbers: &[f64]| {
        let on = |(row, &number): (usize, &f64)| match number {
            1.0 => Ok(true),
            0.0 | -1.0 => Ok(false),
            _ => Err(wrong(row, name, number, "polarity (0 and 1, or -1 and 1)")),
        };
        numbers.iter().enumerate().map(on).collect::<Result<Vec<bool>, _>>()
    };
    let (y, on) = (find(&ROWS), find(&POLARITIES));
    let read = [Some(times), Some(x), y, on];
    let is_read = |column: &Column| read.iter().flatten().any(|read| std::ptr::eq(*read, column));
    let unread = table.columns.iter().filter(|column| !is_read(column));
    Ok(Events {
        times: times.numbers.clone(),
        times_are_real: times.is_real,
        x: places(&x.name, &x.numbers)?,
        y: y.map(|y| places(&y.name, &y.numbers)).transpose()?,
        on: on.map(|p| polarity(&p.name, &p.numbers)).transpose()?,
        unread: unread.map(|column| column.name.clone()).collect(),
        size: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[(&str, &[f64])]) -> Table {
        let column = |&(name, numbers): &(&str, &[f64])| Column {
            name: name.to_owned(),
            numbers: numbers.to_vec(),
            is_real: false,
        };
        Table { columns: columns.iter().map(column).collect() }
    }

    #[test]
    fn columns_are_known_by_their_names() {
        let read = of_table(&table(&[
            ("X", &[3.0, 2.0]),
            ("polarity", &[-1.0, 1.0]),
            ("ts", &[6.0, 70.0]),
            ("y", &[0.0, 1.0]),
        ]));
        let events = read.unwrap();
        assert_eq!((events.x, events.y), (vec![3, 2], Some(vec![0, 1])));
        assert_eq!((events.on, events.times), (Some(vec![false, true]), vec![6.0, 70.0]));
    }

    #[test]
    fn what_is_no_event_is_named() {
        let said = |columns: &[(&str, &[f64])]| of_table(&table(columns)).unwrap_err().to_string();
        for name in ["t", "time"] {
            let two = said(&[("t", &[1.0]), (name, &[2.0]), ("x", &[1.0])]);
            assert!(two.contains(&format!("2 columns have times: t, {name}")), "{two}");
        }
        assert!(said(&[("x", &[1.0])]).contains("a column with times (t, ts"));
        assert!(said(&[("t", &[1.0])]).contains("a column with places (x, channel"));
        assert!(said(&[("t", &[0.0, -1.0]), ("x", &[1.0, 1.0])]).contains("event 1 has t = -1"));
        assert!(said(&[("t", &[0.0]), ("x", &[1.5])]).contains("x = 1.5, which is no place"));
        let two = said(&[("t", &[0.0]), ("x", &[1.0]), ("p", &[2.0])]);
        assert!(two.contains("no polarity (0 and 1"), "{two}");
    }
}
