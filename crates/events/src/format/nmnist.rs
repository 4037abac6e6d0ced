//! N-MNIST and N-Caltech101: events of 40 bits, big-endian, without a header.
//!
//! Source: Orchard et al., "Converting static image datasets to spiking neuromorphic datasets using saccades" (2015), and
//! the page of the dataset: eight bits of x, eight of y, one of polarity, 23 of time in microseconds. A row of 240 is no
//! pixel of the sensor, but says that the counter overflowed: 2^13 us are added to all that follow, as tonic does it.

use std::io;

use super::percent::cut;
use super::{Decode, Encode, Opened, REBASE, no_room};
use crate::error::WriteError;
use crate::finding::{Findings, Kind, Place};
use crate::input::Input;
use crate::writer::Sink;
use crate::{About, Event, YOrigin};

/// Bytes of an event.
pub(crate) const BYTES: usize = 5;
/// The row that says that the counter overflowed.
const OVERFLOW: u16 = 240;
/// What an overflow adds, in microseconds.
const STEP: i64 = 1 << 13;

/// The time of an event as it stands in the file.
pub(crate) fn time(event: [u8; BYTES]) -> i64 {
    i64::from(event[2] & 0x7F) << 16 | i64::from(event[3]) << 8 | i64::from(event[4])
}

pub(crate) fn open(input: Input, mut about: About) -> Opened {
    about.y_origin = YOrigin::Top;
    about.time_bits = Some(23);
    Opened::new(about, Decoder { input, added: 0 })
}

struct Decoder {
    input: Input,
    /// What overflows have added.
    added: i64,
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(BYTES)?;
        let (events, rest) = bytes.as_chunks::<BYTES>();
        let (read, left) = (events.len() * BYTES, rest.len());
        for (index, event) in events.iter().enumerate() {
            let y = u16::from(event[1]);
            if y == OVERFLOW {
                let at = Place::Byte(start + (BYTES * index) as u64);
                findings.add(
                    Kind::Wrapped,
                    "rows of 240, which add 8192 us to all that follow",
                    at,
                );
                self.added += STEP;
                continue;
            }
            let t = time(*event) + self.added;
            out.push(Event { t, x: u16::from(event[0]), y, on: event[2] & 0x80 != 0 });
        }
        self.input.consume(read);
        if read == 0 && left > 0 {
            cut(&mut self.input, left, BYTES, findings);
        }
        Ok(read > 0)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}

/// Writes N-MNIST's events.
pub(crate) struct Encoder;

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError> {
        let mut bytes = Vec::with_capacity(events.len() * BYTES);
        for (index, event) in events.iter().enumerate() {
            let at = at + index as u64;
            if !(0..1 << 23).contains(&event.t) {
                let what = format!("{} us is beyond the 23 bits (8.4 s) of N-MNIST", event.t);
                return Err(no_room(at, what, REBASE));
            }
            let (Ok(x), Ok(y @ ..240)) = (u8::try_from(event.x), u8::try_from(event.y)) else {
                let what = format!(
                    "({}, {}) is beyond the 256 columns and 240 rows of N-MNIST",
                    event.x, event.y
                );
                return Err(no_room(at, what, "crop the events, or write aedat4, npy or csv"));
            };
            let [_, high, middle, low] = (event.t as u32).to_be_bytes();
            bytes.extend([x, y, high | u8::from(event.on) << 7, middle, low]);
        }
        Ok(out.write_all(&bytes)?)
    }
}
