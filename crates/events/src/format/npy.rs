//! Structured numpy arrays: a field for each of x, y, t and p, as tonic has them.
//!
//! Source: the NumPy enhancement proposal 1, "A simple file format for NumPy arrays".

use std::io::{self, BufReader, Read, SeekFrom};

use nirkit_numerics::literal::{self, Literal};

use super::columns::{Columns, Maker, Number, Roles, likely_unit, unit};
use super::{Decode, Encode, Opened};
use crate::about::{LikelyUnit, TimeUnit};
use crate::error::{ReadError, WriteError};
use crate::finding::{Findings, Kind, Place};
use crate::input::{Input, STRETCH, Shared};
use crate::reader::ReadOptions;
use crate::writer::Sink;
use crate::{About, Event};

/// What every file begins with.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// Bytes of a header that are read at most, and bytes of a row.
const MOST_HEADER: usize = 1 << 16;
const MOST_ROW: usize = 1 << 12;
/// Rows that are read at a time.
const ROWS: usize = 1 << 12;

/// The type of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Element {
    /// `i`, `u`, `f` or `b`.
    kind: u8,
    size: usize,
    is_big: bool,
}

impl Element {
    /// The type of a description: `<f4`.
    fn of(descr: &str) -> Option<Self> {
        let (order, name) = match descr.as_bytes() {
            [order @ (b'<' | b'>' | b'|' | b'='), name @ ..] => (*order, name),
            name => (b'=', name),
        };
        let [kind, size] = *name else { return None };
        let size = usize::from(size.checked_sub(b'0')?);
        let is_known = match kind {
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'f' => matches!(size, 2 | 4 | 8),
            b'b' => size == 1,
            _ => false,
        };
        let is_big = order == b'>' || (matches!(order, b'=' | b'|') && cfg!(target_endian = "big"));
        is_known.then_some(Self { kind, size, is_big })
    }

    /// The number that bytes mean.
    fn read(self, bytes: &[u8]) -> Number {
        let mut wide = [0; 8];
        for (place, byte) in wide.iter_mut().zip(bytes) {
            *place = *byte;
        }
        if self.is_big {
            wide[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        let unused = 64 - 8 * self.size as u32;
        match (self.kind, self.size) {
            (b'i', _) => Number::Whole((bits << unused) as i64 >> unused),
            (b'f', 2) => Number::Real(half::f16::from_bits(bits as u16).to_f64()),
            (b'f', 4) => Number::Real(f64::from(f32::from_bits(bits as u32))),
            (b'f', _) => Number::Real(f64::from_bits(bits)),
            (b'b', _) => Number::Whole(i64::from(bits != 0)),
            _ => i64::try_from(bits).map_or(Number::Real(bits as f64), Number::Whole),
        }
    }
}

/// A field of a row.
#[derive(Clone, Debug)]
struct Field {
    name: String,
    element: Element,
    start: usize,
}

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

/// The fields of a row, and the bytes of a row.
fn fields(descr: Option<&Literal>) -> Result<(Vec<Field>, usize), ReadError> {
    let unsupported = |what: &str| {
        let help = "a table of events has the fields x, y, t and p, whole numbers or fractions";
        ReadError::unsupported(what, help)
    };
    let described = match descr {
        Some(Literal::List(described)) => described,
        Some(Literal::Text(descr)) => {
            let element =
                Element::of(descr).ok_or_else(|| unsupported("the array holds no numbers"))?;
            return Ok((vec![Field { name: String::new(), element, start: 0 }], element.size));
        }
        _ => return Err(unsupported("the header names no type")),
    };
    let (mut fields, mut row) = (Vec::new(), 0_usize);
    for field in described {
        let Literal::Tuple(parts) = field else {
            return Err(unsupported("a field of the header is no tuple"));
        };
        let [Literal::Text(name), Literal::Text(descr)] = parts.as_slice() else {
            return Err(unsupported("a field of the array is no single number"));
        };
        // numpy writes gaps between fields as fields without a name.
        if let Some(gap) = descr.strip_prefix("|V").and_then(|gap| gap.parse::<usize>().ok()) {
            row = row.saturating_add(gap);
            continue;
        }
        let element = Element::of(descr)
            .ok_or_else(|| unsupported(&format!("the field {name:?} has the type {descr:?}")))?;
        fields.push(Field { name: name.clone(), element, start: row });
        row = row.saturating_add(element.size);
    }
    if fields.is_empty() || row > MOST_ROW {
        return Err(unsupported(&format!("a row has {} fields and {row} bytes", fields.len())));
    }
    Ok((fields, row))
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

/// What stands before the rows: the types of `tonic.io.events_struct`, and room for the number of rows.
fn header(rows: u64) -> Vec<u8> {
    let shape = format!("({rows},)");
    let text = format!(
        "{{'descr': [('x', '<i2'), ('y', '<i2'), ('t', '<i8'), ('p', '|b1')], 'fortran_order': False, 'shape': {shape}, }}"
    );
    // 192 bytes hold every number of rows, and put them at a multiple of 64.
    let mut bytes = [MAGIC, &[1, 0], &(192 - 10_u16).to_le_bytes(), text.as_bytes()].concat();
    bytes.resize(191, b' ');
    bytes.push(b'\n');
    bytes
}

/// Writes a structured array.
pub(crate) struct Encoder(Vec<u8>);

/// Bytes of an event in a structured array: x, y, t, p.
pub const ROW: usize = 2 + 2 + 8 + 1;
/// The last column and row that 16 bits with a sign hold.
const MOST_PLACE: u16 = i16::MAX as u16;

impl Encoder {
    pub(crate) fn begin(out: &mut dyn Sink) -> Result<Self, WriteError> {
        out.write_all(&header(0))?;
        Ok(Self(Vec::new()))
    }
}

/// Writes events into the beginning of `rows`, as rows of a structured numpy array whose type is that of `tonic.io.events_struct`:
/// x and y of 16 bits, t of 64, p a truth value, [`ROW`] bytes each. Returns how many there was room for.
///
/// ```
/// use nirkit_events::{Event, ROW, fill_rows};
///
/// let mut rows = [0; ROW];
/// assert_eq!(fill_rows(&[Event::new(10, 3, 4, true)], &mut rows)?, 1);
/// assert_eq!(rows, [3, 0, 4, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1]);
/// # Ok::<(), nirkit_events::WriteError>(())
/// ```
///
/// # Errors
///
/// The first event with a column or row that 16 bits with a sign do not hold, counted from the first of `events`.
pub fn fill_rows(events: &[Event], rows: &mut [u8]) -> Result<usize, WriteError> {
    let (rows, _) = rows.as_chunks_mut::<ROW>();
    let mut most = 0;
    for (row, event) in rows.iter_mut().zip(events) {
        most |= event.x | event.y;
        row[..2].copy_from_slice(&event.x.to_le_bytes());
        row[2..4].copy_from_slice(&event.y.to_le_bytes());
        row[4..12].copy_from_slice(&event.t.to_le_bytes());
        row[12] = u8::from(event.on);
    }
    let written = rows.len().min(events.len());
    if most <= MOST_PLACE {
        return Ok(written);
    }
    let is_beyond = |event: &Event| event.x > MOST_PLACE || event.y > MOST_PLACE;
    let index = events[..written].iter().position(is_beyond).unwrap_or_default();
    let Event { x, y, .. } = events[index];
    let what = format!("({x}, {y}) is beyond the 32768 pixels of tonic's arrays");
    Err(super::no_room(index as u64, what, "crop the events, or write csv"))
}

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError> {
        self.0.resize(events.len() * ROW, 0);
        fill_rows(events, &mut self.0).map_err(|error| error.behind(at))?;
        Ok(out.write_all(&self.0)?)
    }

    fn finish(&mut self, out: &mut dyn Sink, events: u64) -> Result<(), WriteError> {
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&header(events))?;
        out.seek(SeekFrom::End(0))?;
        Ok(())
    }
}
