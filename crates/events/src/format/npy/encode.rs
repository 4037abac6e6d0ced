//! Writing: events as rows of the type of `tonic.io.events_struct`.

use std::io::SeekFrom;

use super::super::{Encode, no_room};
use super::MAGIC;
use crate::Event;
use crate::error::WriteError;
use crate::writer::Sink;

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
    Err(no_room(index as u64, what, "crop the events, or write csv"))
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
