//! Event Stream 2.0: bytes whose first bits are the time since the last event.
//!
//! Source: the specification of Event Stream, version 2.0. Streams of DVS and ATIS cameras are read. In a DVS stream a byte
//! has seven bits of time and the polarity, then two bytes of x and two of y; 0xFF adds 127 us, 0xFE is a reset, which
//! says nothing. In an ATIS stream a byte has six bits of time, the polarity and whether the event is a crossing of a
//! threshold; 0xFC is a reset, 0xFD to 0xFF add 63 us once to three times.

use std::io;

use super::{Decode, Opened};
use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place, Tally};
use crate::input::Input;
use crate::{About, Event, Size, YOrigin};

/// What every file begins with.
pub(crate) const MAGIC: &[u8] = b"Event Stream";
/// Bytes before the events.
const HEADER: usize = 20;

pub(crate) fn open(mut input: Input, mut about: About) -> Result<Opened, ReadError> {
    let length = input.length();
    let head = input.peek(HEADER)?;
    let short = || ReadError::Damaged {
        what: "the header is cut off".to_owned(),
        at: head.len() as u64,
        length,
    };
    let (&[major, minor, patch, kind], _) =
        head.get(12..).and_then(<[u8]>::split_first_chunk).ok_or_else(short)?;
    let version = format!("{major}.{minor}.{patch}");
    if major != 2 {
        return Err(ReadError::unsupported(
            format!("version {version} of Event Stream is not read, only version 2"),
            "convert it to version 2",
        ));
    }
    let is_atis = match kind {
        1 => false,
        2 => true,
        _ => {
            let kinds = ["generic events", "DVS events", "ATIS events", "displays", "colours"];
            let kind =
                kinds.get(usize::from(kind)).copied().unwrap_or("a type that is not defined");
            let what = format!("an Event Stream of {kind} holds no changes of pixels");
            return Err(ReadError::unsupported(what, "streams of DVS and ATIS cameras are read"));
        }
    };
    let size = head.get(16..HEADER).ok_or_else(short)?;
    let word = |at: usize| u16::from_le_bytes([size[at], size[at + 1]]);
    about.size = Some(Size { width: word(0), height: word(2) });
    about.version = Some(version);
    // The specification does not say it; faery, of the same authors, counts so.
    about.y_origin = YOrigin::Bottom;
    if is_atis {
        about.polarity =
            "1 is brighter (ON), 0 darker (OFF); crossings of a threshold are left out";
    }
    input.consume(HEADER);
    Ok(Opened::new(about, Decoder { input, is_atis, t: 0, tally: Tally::default() }))
}

struct Decoder {
    input: Input,
    is_atis: bool,
    t: i64,
    tally: Tally<2>,
}

fn name(word: usize) -> (Kind, &'static str) {
    match word {
        0 => (Kind::OtherData, "reset bytes"),
        _ => (Kind::OtherData, "crossings of a threshold (half an exposure measurement)"),
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(5)?;
        let mut at = 0;
        while let Some(&first) = bytes.get(at) {
            let place = start + at as u64;
            // Time of an event, its polarity, and whether it is a change; or what a special byte adds.
            let special = match (self.is_atis, first) {
                (false, 0xFF) => Some(127),
                (true, 0xFD..) => Some(63 * i64::from(first & 3)),
                (false, 0xFE) | (true, 0xFC) => {
                    self.tally.count(0, place);
                    Some(0)
                }
                _ => None,
            };
            if let Some(added) = special {
                self.t += added;
                at += 1;
                continue;
            }
            let Some(&[_, x0, x1, y0, y1]) = bytes.get(at..at + 5) else { break };
            let (elapsed, on, is_change) = if self.is_atis {
                (first >> 2, first & 2 != 0, first & 1 == 0)
            } else {
                (first >> 1, first & 1 != 0, true)
            };
            self.t += i64::from(elapsed);
            let (x, y) = (u16::from_le_bytes([x0, x1]), u16::from_le_bytes([y0, y1]));
            if is_change {
                out.push(Event { t: self.t, x, y, on });
            } else {
                self.tally.count(1, place);
            }
            at += 5;
        }
        let left = bytes.len() - at;
        self.tally.tell(findings, name);
        self.input.consume(at);
        if at == 0 && left > 0 {
            let what = "the file ends in the middle of an event of 5 bytes";
            findings.add(Kind::Truncated, what, Place::Byte(self.input.position()));
            self.input.consume(left);
        }
        Ok(at > 0)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}
