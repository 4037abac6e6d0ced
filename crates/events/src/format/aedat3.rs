//! AEDAT 3.1 of cAER: lines that begin with `#`, then packets of events of one type, little-endian.
//!
//! Source: iniVation, "AEDAT 3.1". A packet has a header of 28 bytes and events of one size. An event of polarity has 32 bits
//! with a mark of validity, the polarity, 15 bits of y and 15 of x, then 31 bits of time; the header says how often these
//! overflowed. Row 0 is at the top.

use std::io;

use super::{Decode, Opened};
use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place};
use crate::input::{Input, STRETCH, whole_line};
use crate::{About, Camera, Event};

/// Bytes of the header of a packet, and of an event of polarity.
const HEADER: usize = 28;
const EVENT: usize = 8;
/// The type of events of polarity.
const POLARITY: i16 = 1;
const MOST_BYTES: usize = 4096;
const MOST_LINES: usize = 4096;

pub(crate) fn open(
    mut input: Input,
    mut about: About,
    options: &crate::ReadOptions,
) -> Result<Opened, ReadError> {
    about.version = Some("3.1".to_owned());
    let (mut text, mut sources, mut format, mut is_ended) = (Vec::new(), Vec::new(), None, false);
    for _ in 0..MOST_LINES {
        if input.peek(1)?.first() != Some(&b'#') {
            break;
        }
        whole_line(&mut input, &mut text, MOST_BYTES)?;
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        if text == "#!END-HEADER" {
            is_ended = true;
            break;
        }
        if let Some(name) = text.strip_prefix("#Format:") {
            format = Some(name.trim().to_owned());
        }
        if let Some((_, name)) = text.strip_prefix("#Source ").and_then(|rest| rest.split_once(':'))
        {
            sources.push(name.trim().to_owned());
        }
    }
    if !is_ended {
        let what = "the header has no line `#!END-HEADER`".to_owned();
        return Err(ReadError::Damaged { what, at: input.position(), length: input.length() });
    }
    if let Some(format) = format.filter(|format| format != "RAW") {
        let what = format!("AEDAT 3.1 in the form {format} is not read, only RAW");
        return Err(ReadError::unsupported(what, "convert it with DV or cAER"));
    }
    let camera = options.camera.or_else(|| sources.iter().find_map(|name| Camera::of_name(name)));
    about.size = camera.map(Camera::size);
    about.source = (!sources.is_empty()).then(|| sources.join(", "));
    Ok(Opened::new(about, Decoder { input, left: 0, overflows: 0 }))
}

struct Decoder {
    input: Input,
    /// Events that are left in the packet.
    left: u64,
    /// How often the time of the packet overflowed.
    overflows: i64,
}

/// The names of the types of events.
const TYPES: [&str; 13] = [
    "special events",
    "events of polarity of another size",
    "frames",
    "samples of an inertial sensor (6 axes)",
    "samples of an inertial sensor (9 axes)",
    "samples of a converter",
    "events of a cochlea",
    "events of configuration",
    "points in one dimension",
    "points in two dimensions",
    "points in three dimensions",
    "points in four dimensions",
    "spikes",
];

impl Decoder {
    /// Reads the header of a packet; `false` at the end, and where nothing more can be read.
    fn packet(&mut self, findings: &mut Findings) -> io::Result<bool> {
        let at = Place::Byte(self.input.position());
        let head = self.input.peek(HEADER)?;
        let Some((head, _)) = head.split_first_chunk::<HEADER>() else {
            let left = head.len();
            if left > 0 {
                let what = format!("the file ends in the header of a packet, after {left} bytes");
                findings.add(Kind::Truncated, &what, at);
                self.input.consume(left);
            }
            return Ok(false);
        };
        let short = |at: usize| i16::from_le_bytes([head[at], head[at + 1]]);
        let long =
            |at: usize| i32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (kind, size) = (short(0), long(4));
        let (overflows, capacity, number) = (long(12), long(16), long(20));
        self.input.consume(HEADER);
        if size <= 0 || number < 0 || overflows < 0 || capacity < number {
            let what = format!(
                "a packet with {number} of {capacity} events of {size} bytes; nothing is read from here on"
            );
            findings.add(Kind::Damaged, &what, at);
            return Ok(false);
        }
        let number = u64::from(number.unsigned_abs());
        if kind == POLARITY && size == EVENT as i32 {
            (self.left, self.overflows) = (number, i64::from(overflows));
            return Ok(true);
        }
        let what = usize::try_from(kind).ok().and_then(|kind| TYPES.get(kind));
        let what = what.copied().unwrap_or("events of a type that is not defined");
        let kind = if what.ends_with("defined") { Kind::Unknown } else { Kind::OtherData };
        findings.add_many(kind, what, number, at);
        let bytes = number * u64::from(size.unsigned_abs());
        let skipped = self.input.skip(bytes)?;
        if skipped < bytes {
            let what =
                format!("the file ends in a packet of {what}, after {skipped} of {bytes} bytes");
            findings.add(Kind::Truncated, &what, Place::Byte(self.input.position()));
        }
        Ok(true)
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        if self.left == 0 && !self.packet(findings)? {
            return Ok(false);
        }
        if self.left == 0 {
            return Ok(true);
        }
        let at = Place::Byte(self.input.position());
        let bytes = self.input.peek((self.left as usize).saturating_mul(EVENT).min(STRETCH))?;
        let (events, rest) = bytes.as_chunks::<EVENT>();
        let events = &events[..events.len().min(usize::try_from(self.left).unwrap_or(usize::MAX))];
        let (read, rest) = (events.len(), rest.len());
        let mut invalid = 0;
        for event in events {
            let word = u64::from_le_bytes(*event);
            if word & 1 == 0 {
                invalid += 1;
                continue;
            }
            out.push(Event {
                t: self.overflows << 31 | (word >> 32 & 0x7FFF_FFFF) as i64,
                x: (word >> 17 & 0x7FFF) as u16,
                y: (word >> 2 & 0x7FFF) as u16,
                on: word & 2 != 0,
            });
        }
        findings.add_many(Kind::OtherData, "events that the file marks as not valid", invalid, at);
        self.input.consume(read * EVENT);
        self.left -= read as u64;
        if read == 0 {
            let what =
                format!("the file ends in a packet; {} of its events are missing", self.left);
            findings.add(Kind::Truncated, &what, at);
            self.input.consume(rest);
            return Ok(false);
        }
        Ok(true)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}
