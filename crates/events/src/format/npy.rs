//! Structured numpy arrays: a field for each of x, y, t and p, as tonic has them.
//!
//! Source: the NumPy enhancement proposal 1, "A simple file format for NumPy arrays".

mod element;
mod encode;

use std::io::{self, BufReader, Read};

use nirkit_numerics::literal::{self, Literal};

use super::columns::{Columns, Maker, Number, Roles, likely_unit, unit};
use super::{Decode, Opened};
use crate::about::{LikelyUnit, TimeUnit};
use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place};
use crate::input::{Input, STRETCH, Shared};
use crate::reader::ReadOptions;
use crate::{About, Event};
use element::{Field, fields};

pub(crate) use encode::Encoder;
pub use encode::{ROW, fill_rows};

/// What every file begins with.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// Bytes of a header that are read at most.
const MOST_HEADER: usize = 1 << 16;
/// Rows that are read at a time.
const ROWS: usize = 1 << 12;

/// Rows of an array that are read from front to back.
pub(crate) struct Table {
    stream: Box<dyn Read + Send>,
    /// Fields of a row; one without a name where the array has no fields.
    fields: Vec<Field>,
    row: usize,
    rows: u64,
    /// Rows that were read.
    read: u64,
    /// Whole rows at hand that were not handed out.
    pub(crate) bytes: Vec<u8>,
    start: usize,
    /// Where the rows end early, until it was told.
    cut: Option<String>,
    is_cut: bool,
}

impl Table {
    /// Reads a header.
    pub(crate) fn begin(mut stream: Box<dyn Read + Send>, length: u64) -> Result<Self, ReadError> {
        let damaged = |what: &str| ReadError::Damaged { what: what.to_owned(), at: 0, length };
        let mut head = [0; 8];
        stream.read_exact(&mut head).map_err(|_| damaged("the header is cut off"))?;
        if !head.starts_with(MAGIC) {
            return Err(damaged("a member of the archive is no numpy array"));
        }
        let mut size = [0; 4];
        let bytes = if head[6] == 1 { 2 } else { 4 };
        stream.read_exact(&mut size[..bytes]).map_err(|_| damaged("the header is cut off"))?;
        let size = u32::from_le_bytes(size) as usize;
        if size > MOST_HEADER || !matches!(head[6], 1..=3) {
            return Err(damaged("the header has a version or a length that numpy does not write"));
        }
        let mut text = vec![0; size];
        stream.read_exact(&mut text).map_err(|_| damaged("the header is cut off"))?;
        let text: String = text.iter().map(|&byte| char::from(byte)).collect();
        let Some(Literal::Dictionary(entries)) = literal::parse(&text, head[6] < 3) else {
            return Err(damaged("the header is no dictionary of Python"));
        };
        let value = |key: &str| {
            let is_key = |(known, _): &&(Literal, Literal)| *known == Literal::Text(key.to_owned());
            entries.iter().rev().find(is_key).map(|(_, value)| value)
        };
        let (fields, row) = fields(value("descr"))?;
        let rows = match value("shape") {
            Some(Literal::Tuple(axes)) => match axes.as_slice() {
                [Literal::Whole(Some(rows))] => u64::try_from(*rows).ok(),
                _ => None,
            },
            _ => None,
        };
        let Some(rows) = rows else {
            let what = "the array has not one axis; a table of events has a row for each event";
            return Err(ReadError::unsupported(
                what,
                "frames are no recording of events; give them the ending `.npy`, with which `nir run` takes them as a stimulus",
            ));
        };
        Ok(Self {
            stream,
            fields,
            row,
            rows,
            read: 0,
            bytes: Vec::new(),
            start: 0,
            cut: None,
            is_cut: false,
        })
    }

    /// Reads more rows, if none are at hand, and notes where they end early; `false` at the end.
    fn fill(&mut self, findings: &mut Findings) -> io::Result<bool> {
        let is_filled = self.fetch()?;
        if let Some(cut) = self.cut.take() {
            findings.add(Kind::Truncated, &cut, Place::Event(self.read));
        }
        Ok(is_filled)
    }

    /// Reads more rows, if none are at hand.
    fn fetch(&mut self) -> io::Result<bool> {
        if self.start < self.bytes.len() {
            return Ok(true);
        }
        let rows = (self.rows - self.read).min(ROWS as u64);
        if rows == 0 || self.is_cut {
            return Ok(false);
        }
        let wanted = rows * self.row as u64;
        self.bytes.clear();
        self.start = 0;
        let read = (&mut self.stream).take(wanted).read_to_end(&mut self.bytes)?;
        let whole = read / self.row * self.row;
        self.read += (whole / self.row) as u64;
        if (read as u64) < wanted {
            self.is_cut = true;
            self.cut = Some(format!("the file ends after {} of {} rows", self.read, self.rows));
        }
        self.bytes.truncate(whole);
        Ok(whole > 0)
    }

    /// Returns the first row at hand.
    fn row(&mut self) -> Option<&[u8]> {
        let row = self.bytes.get(self.start..self.start + self.row)?;
        self.start += self.row;
        Some(row)
    }

    /// Reads the next number of an array without fields.
    pub(crate) fn number(&mut self, findings: &mut Findings) -> io::Result<Option<Number>> {
        if !self.fill(findings)? {
            return Ok(None);
        }
        let Some(element) = self.fields.first().map(|field| field.element) else { return Ok(None) };
        Ok(self.row().map(|row| element.read(row)))
    }

    /// Returns the names of the fields, none for an array without fields.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.fields.iter().map(|field| field.name.clone());
        names.filter(|name| !name.is_empty()).collect()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the bytes of all rows, as the header states them.
    pub(crate) fn stated_bytes(&self) -> u64 {
        self.rows.saturating_mul(self.row as u64)
    }

    /// Whether a field has room for fractions.
    pub(crate) fn is_real(&self, field: usize) -> bool {
        self.fields.get(field).is_some_and(|field| field.element.kind == b'f')
    }
}

pub(crate) fn open(input: Input, about: About, options: &ReadOptions) -> Result<Opened, ReadError> {
    let length = input.length();
    let source = Shared::new(input.into_source());
    structured(about, options, || {
        let window = source.window(0, length);
        Table::begin(Box::new(BufReader::with_capacity(STRETCH, window)), length)
    })
}

/// Reads a structured array as events. `begin` begins to read it, once for its events and once for the unit of its times.
pub(crate) fn structured(
    mut about: About,
    options: &ReadOptions,
    begin: impl Fn() -> Result<Table, ReadError>,
) -> Result<Opened, ReadError> {
    let table = begin()?;
    let names = table.names();
    if names.is_empty() {
        let what = "an array without fields is no table of events";
        return Err(ReadError::unsupported(what, "a table of events has the fields x, y, t and p"));
    }
    let roles = Roles::find(&names, &mut about)?;
    let mut findings = Findings::default();
    let again = if table.is_real(roles.t) { Some(begin()?) } else { None };
    let field = |at: usize| table.fields[at].clone();
    let fields =
        [Some(field(roles.t)), Some(field(roles.x)), roles.y.map(field), roles.p.map(field)];
    let unit = unit(&mut about, options, &mut findings, || {
        let Some(table) = again else { return Ok(LikelyUnit::default()) };
        let maker = Maker::of(TimeUnit::Microseconds);
        likely_unit(&mut Decoder { table, fields: fields.clone(), maker })
    })?;
    let maker = Maker::of(unit);
    Ok(Opened { findings, ..Opened::new(about, Decoder { table, fields, maker }) })
}

struct Decoder {
    table: Table,
    fields: [Option<Field>; 4],
    maker: Maker,
}

impl Columns for Decoder {
    fn maker(&mut self) -> &mut Maker {
        &mut self.maker
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        if !self.table.fill(findings)? {
            return Ok(false);
        }
        let first =
            self.table.read - ((self.table.bytes.len() - self.table.start) / self.table.row) as u64;
        let rows = self.table.bytes[self.table.start..].chunks_exact(self.table.row);
        for (index, row) in rows.enumerate() {
            let number = |field: &Option<Field>, missing: i64| match field {
                Some(Field { element, start, .. }) => {
                    element.read(&row[*start..*start + element.size])
                }
                None => Number::Whole(missing),
            };
            let [t, x, y, p] = &self.fields;
            let numbers = [number(t, 0), number(x, 0), number(y, 0), number(p, 1)];
            out.extend(self.maker.event(numbers, Place::Event(first + index as u64), findings));
        }
        self.table.start = self.table.bytes.len();
        Ok(true)
    }

    fn progress(&self) -> (u64, u64) {
        (self.table.read, self.table.rows)
    }
}
