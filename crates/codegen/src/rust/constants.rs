//! Weights, parameters, places: the file `src/constants.rs`.

use std::fmt::Write as _;

use nirkit_step::{Format, Numbers};

use super::expr::{Value, element};
use crate::layer::{Place, Sizes};
use crate::stored::{Listed, Stored, place_bytes};

/// The constants of a crate, as they are printed.
#[derive(Default)]
pub(super) struct Constants {
    text: String,
    /// The bytes of each.
    pub(super) sizes: Sizes,
    place: Place,
}

impl Constants {
    /// Says what needs the constants that follow.
    pub(super) fn of(&mut self, place: Place) {
        self.place = place;
    }

    /// Adds numbers, in the narrowest type that holds them.
    pub(super) fn add(&mut self, name: &str, what: &str, numbers: &Numbers) {
        self.add_as("static", name, what, numbers, Stored::of(numbers), None);
    }

    /// Adds numbers in rows of so many.
    pub(super) fn add_rows(&mut self, name: &str, what: &str, numbers: &Numbers, columns: usize) {
        self.add_as("static", name, what, numbers, Stored::of(numbers), Some(columns));
    }

    /// Adds the numbers that a buffer starts with.
    pub(super) fn add_start(&mut self, name: &str, what: &str, numbers: &Numbers, kind: Stored) {
        self.add_as("const", name, what, numbers, kind, None);
    }

    /// Adds places or counts.
    pub(super) fn add_places(&mut self, name: &str, what: &str, numbers: &[usize]) {
        let elements = numbers.iter().map(ToString::to_string);
        let _ = writeln!(self.text, "\n/// {what}");
        let bits = 8 * place_bytes(numbers);
        let _ = write!(self.text, "pub(crate) static {name}: [u{bits}; {}] = ", numbers.len());
        list(&mut self.text, "", elements);
        self.text.push_str(";\n");
        self.sizes.push((self.place, numbers.len() * place_bytes(numbers)));
    }

    /// Adds the weights of a map that are not 0, with the names of what they lead from and to.
    pub(super) fn add_listed(&mut self, at: usize, (from, to): (&str, &str), listed: &Listed) {
        let what = format!("Weights from {from} to {to} that are not 0, by source.");
        self.add(&format!("WEIGHT_{at}"), &what, &listed.weights);
        self.add_places(&format!("ROW_{at}"), "The row of each of these weights.", &listed.rows);
        let what = "Where the weights of a source begin.";
        self.add_places(&format!("FIRST_{at}"), what, &listed.firsts);
    }

    fn add_as(
        &mut self,
        kind: &str,
        name: &str,
        what: &str,
        numbers: &Numbers,
        stored: Stored,
        columns: Option<usize>,
    ) {
        let _ = writeln!(self.text, "\n/// {what}");
        let _ = write!(self.text, "pub(crate) {kind} {name}: ");
        array(&mut self.text, numbers, stored, columns);
        self.sizes.push((self.place, numbers.len() * stored.bytes()));
    }

    /// The file; `None` without constants.
    pub(super) fn file(self) -> Option<String> {
        let head = "//! Weights and parameters. They are static, so that they stay where the program is.\n\
            #![allow(clippy::approx_constant, clippy::excessive_precision)]\n";
        (!self.text.is_empty()).then(|| format!("{head}{}", self.text))
    }
}

/// Prints the type of an array, and its numbers: `[f32; 4] = [...];`.
pub(super) fn array(text: &mut String, numbers: &Numbers, stored: Stored, columns: Option<usize>) {
    let (kind, len) = (name_of(stored), numbers.len());
    let elements = |from: usize, to: usize| (from..to).map(|at| element(numbers.get(at)));
    match columns {
        None => {
            let _ = write!(text, "[{kind}; {len}] = ");
            list(text, "", elements(0, len));
        }
        Some(columns) => {
            let _ = write!(text, "[[{kind}; {columns}]; {}] = [", len / columns);
            for row in 0..len / columns {
                text.push_str("\n    ");
                list(text, "    ", elements(row * columns, (row + 1) * columns));
                text.push(',');
            }
            text.push_str("\n]");
        }
    }
    text.push_str(";\n");
}

/// Prints a list in brackets, several elements a line.
fn list(text: &mut String, indent: &str, elements: impl Iterator<Item = String>) {
    text.push('[');
    for (at, element) in elements.enumerate() {
        let _ = match at % 8 {
            0 => write!(text, "\n{indent}    {element},"),
            _ => write!(text, " {element},"),
        };
    }
    let _ = write!(text, "\n{indent}]");
}

/// The name of a type in which constants are kept.
pub(super) fn name_of(stored: Stored) -> String {
    match stored {
        Stored::Integer(bits) => format!("i{bits}"),
        Stored::Float(bits) => format!("f{bits}"),
    }
}

/// A constant of the kind of `numbers`, as a number of their format.
pub(super) fn read(text: &str, numbers: &Numbers) -> Value {
    match Stored::of(numbers) {
        Stored::Integer(64) | Stored::Float(_) => Value::atom(text, numbers.format()),
        Stored::Integer(_) => Value::atom(format!("i64::from({text})"), Format::I64),
    }
}
