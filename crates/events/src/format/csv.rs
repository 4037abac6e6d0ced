//! Text: a line that names the columns, then a line for each event.
//!
//! Lines are read here and not by the crate `csv`, which holds a line however long it is. Numbers have no need of quotes.

use std::io;

use nirkit_numerics::table::{self, Separator};

use super::columns::{Columns, Maker, Number, Roles, likely_unit, role, unit};
use super::{Decode, Encode, Opened};
use crate::about::TimeUnit;
use crate::error::{ReadError, WriteError};
use crate::finding::{Findings, Kind, Place};
use crate::input::{Input, text_line};
use crate::reader::ReadOptions;
use crate::writer::Sink;
use crate::{About, Event};

/// Bytes of a line, and columns.
const MOST_BYTES: usize = 4096;
const MOST_COLUMNS: usize = 64;
/// Events that are made at a time.
const STRIDE: usize = 1 << 12;

pub(crate) fn open(
    mut input: Input,
    mut about: About,
    options: &ReadOptions,
) -> Result<Opened, ReadError> {
    let (mut text, mut lines) = (Vec::new(), 0);
    let (separator, names) = loop {
        if text_line(&mut input, &mut text, MOST_BYTES)?.is_none() {
            let what = "the text has no line with the names of the columns".to_owned();
            return Err(ReadError::Unknown { what, help: "begin it with x,y,t,p".to_owned() });
        }
        lines += 1;
        let text = String::from_utf8_lossy(&text);
        let Some((separator, names)) = table::header(&text, names_columns) else { continue };
        if !names.iter().any(|name| role(name) == Some(0)) {
            let what = format!("line {lines} does not name the columns");
            return Err(ReadError::Unknown {
                what,
                help: "begin the text with x,y,t,p".to_owned(),
            });
        }
        break (separator, names);
    };
    if names.len() > MOST_COLUMNS {
        let what = format!("{} columns", names.len());
        return Err(ReadError::Limit { what, limit: MOST_COLUMNS as u64 });
    }
    let roles = Roles::find(&names, &mut about)?;
    let mut findings = Findings::default();
    let (columns, maker, start) =
        (names.len(), Maker::of(TimeUnit::Microseconds), input.position());
    let mut decoder = Decoder { input, roles, separator, columns, maker, lines, text };
    let unit = unit(&mut about, options, &mut findings, || likely_unit(&mut decoder))?;
    decoder.input.go_to(start)?;
    (decoder.maker, decoder.lines) = (Maker::of(unit), lines);
    Ok(Opened { findings, ..Opened::new(about, decoder) })
}

/// Whether names are those of a table of events: a time and a place.
fn names_columns(names: &[String]) -> bool {
    [0, 1].iter().all(|wanted| names.iter().any(|name| role(name) == Some(*wanted)))
}

struct Decoder {
    input: Input,
    roles: Roles,
    separator: Separator,
    columns: usize,
    maker: Maker,
    lines: u64,
    text: Vec<u8>,
}

impl Columns for Decoder {
    fn maker(&mut self) -> &mut Maker {
        &mut self.maker
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        for _ in 0..STRIDE {
            let Some(is_cut) = text_line(&mut self.input, &mut self.text, MOST_BYTES)? else {
                return Ok(false);
            };
            self.lines += 1;
            let at = Place::Line(self.lines);
            if is_cut {
                findings.add(
                    Kind::Damaged,
                    "lines of more than 4096 bytes, which are left out",
                    at,
                );
                continue;
            }
            let Ok(text) = std::str::from_utf8(&self.text) else {
                findings.add(Kind::Damaged, "lines that are no text, which are left out", at);
                continue;
            };
            if table::is_blank(text) {
                continue;
            }
            let cells = self.separator.cells(text).unwrap_or_default();
            if cells.len() != self.columns {
                let what = "lines with another number of cells than the first, which are left out";
                findings.add(Kind::Damaged, what, at);
                continue;
            }
            let cell = |column: Option<usize>, missing: i64| match column {
                Some(column) => number(&cells[column]),
                None => Some(Number::Whole(missing)),
            };
            let Roles { t, x, y, p } = self.roles;
            let numbers = (cell(Some(t), 0), cell(Some(x), 0), cell(y, 0), cell(p, 1));
            let (Some(t), Some(x), Some(y), Some(p)) = numbers else {
                findings.add(
                    Kind::Damaged,
                    "lines with cells that are no numbers, which are left out",
                    at,
                );
                continue;
            };
            out.extend(self.maker.event([t, x, y, p], at, findings));
        }
        Ok(true)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}

/// A number, or one of the words that stand for polarities.
fn number(cell: &str) -> Option<Number> {
    if let Ok(whole) = cell.parse() {
        return Some(Number::Whole(whole));
    }
    match cell {
        "true" | "True" => Some(Number::Whole(1)),
        "false" | "False" => Some(Number::Whole(0)),
        _ => cell.parse().ok().map(Number::Real),
    }
}

/// Writes a text with the columns x, y, t and p.
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    pub(crate) fn begin(out: &mut dyn Sink) -> Result<Self, WriteError> {
        out.write_all(b"x,y,t,p\n")?;
        Ok(Self(Vec::new()))
    }
}

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], _at: u64) -> Result<(), WriteError> {
        self.0.clear();
        for &Event { t, x, y, on } in events {
            self.0.extend(format!("{x},{y},{t},{}\n", u8::from(on)).into_bytes());
        }
        Ok(out.write_all(&self.0)?)
    }
}
