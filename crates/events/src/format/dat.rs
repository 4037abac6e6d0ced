//! Prophesee DAT: decoded events of 64 bits.
//!
//! Source: Prophesee, "DAT File Format". After the text come a byte with the type of the events and one with their size; an
//! event is 32 bits of time, then 14 bits of x, 14 of y and 4 of polarity, all little-endian. Time wraps around after 71
//! minutes.

use std::io;

use super::percent::{Header, cut};
use super::{Decode, Encode, Opened, REBASE, no_room};
use crate::clock::{Clock, Turn};
use crate::error::{ReadError, WriteError};
use crate::finding::{Findings, Kind, Tally};
use crate::input::Input;
use crate::writer::{Sink, WriteOptions};
use crate::{About, Event};

const BITS: u32 = 32;
/// Types of events in the plane: generic, and contrast detection.
const EVENT_2D: u8 = 0x00;
const EVENT_CD: u8 = 0x0C;

pub(crate) fn open(mut input: Input, mut about: About) -> Result<Opened, ReadError> {
    let header = Header::read(&mut input)?;
    header.describe(&mut about);
    about.time_bits = Some(BITS);
    match header.get("version").map(str::trim) {
        Some("2") => about.version = Some("2".to_owned()),
        None => about.choices.push(
            "the header has no version; read as version 2, the only one that is documented"
                .to_owned(),
        ),
        Some(version) => {
            let what = format!("version {version} of DAT is not read, only version 2");
            return Err(ReadError::unsupported(what, "convert it with the tools of Prophesee"));
        }
    }
    let at = input.position();
    let &[kind, size, ..] = input.peek(2)? else {
        return Err(ReadError::Damaged {
            what: "the file ends before the type of its events".to_owned(),
            at,
            length: input.length(),
        });
    };
    if !matches!(kind, EVENT_2D | EVENT_CD) || size != 8 {
        let what = format!("events of type 0x{kind:02X} with {size} bytes are not read");
        let help = "the types 0x00 and 0x0C with 8 bytes are changes of pixels";
        return Err(ReadError::unsupported(what, help));
    }
    input.consume(2);
    Ok(Opened::new(about, Decoder { input, clock: Clock::new(BITS), tally: Tally::default() }))
}

struct Decoder {
    input: Input,
    clock: Clock,
    tally: Tally<2>,
}

fn name(word: usize) -> (Kind, &'static str) {
    match word {
        0 => (Kind::Wrapped, "times of 32 bits wrapped around"),
        _ => (Kind::Unknown, "polarities other than 0 and 1, read as ON"),
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(8)?;
        let (words, rest) = bytes.as_chunks::<8>();
        let (read, left) = (words.len() * 8, rest.len());
        for (index, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let at = start + 8 * index as u64;
            let (t, turn) = self.clock.read(i64::from(word as u32));
            if turn == Turn::Around {
                self.tally.count(0, at);
            }
            let polarity = word >> 60;
            if polarity > 1 {
                self.tally.count(1, at);
            }
            out.push(Event {
                t,
                x: (word >> 32 & 0x3FFF) as u16,
                y: (word >> 46 & 0x3FFF) as u16,
                on: polarity != 0,
            });
        }
        self.tally.tell(findings, name);
        self.input.consume(read);
        if read == 0 && left > 0 {
            cut(&mut self.input, left, 8, findings);
        }
        Ok(read > 0)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}

/// Writes DAT, version 2.
pub(crate) struct Encoder {
    bytes: Vec<u8>,
    last: i64,
}

impl Encoder {
    pub(crate) fn begin(out: &mut dyn Sink, options: &WriteOptions) -> Result<Self, WriteError> {
        let size = options.size.map_or(String::new(), |size| {
            format!("% Height {}\n% Width {}\n", size.height, size.width)
        });
        out.write_all(format!("% Data file containing CD events\n% Version 2\n{size}").as_bytes())?;
        out.write_all(&[EVENT_CD, 8])?;
        Ok(Self { bytes: Vec::new(), last: 0 })
    }
}

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError> {
        self.bytes.clear();
        for (index, event) in events.iter().enumerate() {
            let at = at + index as u64;
            let Ok(t) = u32::try_from(event.t) else {
                let what = format!("{} us is beyond the 32 bits of DAT", event.t);
                return Err(no_room(at, what, REBASE));
            };
            if self.last - event.t > 1 << (BITS - 1) {
                let what = format!(
                    "time goes back from {} to {t} us, which readers of DAT take for a wrap-around",
                    self.last
                );
                return Err(no_room(at, what, "write aedat4, npy or csv, which keep any order"));
            }
            self.last = event.t;
            if event.x > 0x3FFF || event.y > 0x3FFF {
                let what = format!("({}, {}) is beyond the 16384 pixels of DAT", event.x, event.y);
                return Err(no_room(at, what, "crop the events, or write aedat4, npy or csv"));
            }
            let place = u32::from(event.on) << 28 | u32::from(event.y) << 14 | u32::from(event.x);
            self.bytes.extend(t.to_le_bytes());
            self.bytes.extend(place.to_le_bytes());
        }
        Ok(out.write_all(&self.bytes)?)
    }
}
