//! Prophesee EVT 2.0: words of 32 bits, little-endian.
//!
//! Source: Prophesee, "EVT 2.0 Format". Bits 31 to 28 are the type. `CD_OFF` and `CD_ON` have six bits of time, eleven of x
//! and eleven of y; `EVT_TIME_HIGH` has the 28 bits of time above. Time has 34 bits, so it wraps around after 4.8 hours.

use std::io;

use super::percent::{Header, cut};
use super::{Decode, Encode, Opened, REBASE, no_room};
use crate::clock::{Clock, Turn};
use crate::error::{ReadError, WriteError};
use crate::finding::{Findings, Kind, Tally};
use crate::input::Input;
use crate::writer::{Sink, WriteOptions};
use crate::{About, Event};

/// Bits of the count in `EVT_TIME_HIGH`.
pub(crate) const HIGH_BITS: u32 = 28;
/// Bits of time in an event.
pub(crate) const LOW_BITS: u32 = 6;

pub(crate) fn open(mut input: Input, mut about: About) -> Result<Opened, ReadError> {
    let header = Header::read(&mut input)?;
    header.refuse_big_endian()?;
    header.describe(&mut about);
    about.version = Some("2.0".to_owned());
    about.time_bits = Some(HIGH_BITS + LOW_BITS);
    Ok(Opened::new(
        about,
        Decoder { input, high: None, clock: Clock::new(HIGH_BITS), tally: Tally::default() },
    ))
}

struct Decoder {
    input: Input,
    /// Time without its low bits, in microseconds; `None` before the first word that says it.
    high: Option<i64>,
    clock: Clock,
    tally: Tally<18>,
}

/// Words of a type that is not an event, and two things that happen to events and times.
const EARLY: usize = 16;
const AROUND: usize = 17;

/// What a word is that is passed over, in EVT 2.0 and 2.1.
pub(crate) fn name(word: usize) -> (Kind, &'static str) {
    match word {
        0xA => (Kind::OtherData, "EXT_TRIGGER words"),
        0xE => (Kind::OtherData, "OTHERS words"),
        0xF => (Kind::OtherData, "CONTINUED words"),
        EARLY => (Kind::Unknown, "events before the first EVT_TIME_HIGH, whose time is not known"),
        AROUND => (Kind::Wrapped, "EVT_TIME_HIGH (28 bits) wrapped around"),
        _ => (Kind::Unknown, UNDEFINED[word & 15]),
    }
}

/// Names of words whose type is not defined.
pub(crate) const UNDEFINED: [&str; 16] = [
    "words of the undefined type 0x0",
    "words of the undefined type 0x1",
    "words of the undefined type 0x2",
    "words of the undefined type 0x3",
    "words of the undefined type 0x4",
    "words of the undefined type 0x5",
    "words of the undefined type 0x6",
    "words of the undefined type 0x7",
    "words of the undefined type 0x8",
    "words of the undefined type 0x9",
    "words of the undefined type 0xA",
    "words of the undefined type 0xB",
    "words of the undefined type 0xC",
    "words of the undefined type 0xD",
    "words of the undefined type 0xE",
    "words of the undefined type 0xF",
];

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(4)?;
        let (words, rest) = bytes.as_chunks::<4>();
        let (read, left) = (words.len() * 4, rest.len());
        for (index, word) in words.iter().enumerate() {
            let word = u32::from_le_bytes(*word);
            let kind = (word >> 28) as usize;
            let at = start + 4 * index as u64;
            match (kind, self.high) {
                (0 | 1, Some(high)) => out.push(Event {
                    t: high + i64::from(word >> 22 & 0x3F),
                    x: (word >> 11 & 0x7FF) as u16,
                    y: (word & 0x7FF) as u16,
                    on: kind == 1,
                }),
                (0 | 1, None) => self.tally.count(EARLY, at),
                (8, _) => {
                    let (high, turn) = self.clock.read(i64::from(word & 0xFFF_FFFF));
                    self.high = Some(high << LOW_BITS);
                    if turn == Turn::Around {
                        self.tally.count(AROUND, at);
                    }
                }
                _ => self.tally.count(kind, at),
            }
        }
        self.tally.tell(findings, name);
        self.input.consume(read);
        if read == 0 && left > 0 {
            cut(&mut self.input, left, 4, findings);
        }
        Ok(read > 0)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}

/// The header of a RAW file.
pub(crate) fn header(version: &str, options: &WriteOptions) -> String {
    let name = format!("EVT{}", version.chars().next().unwrap_or('?'));
    let size = options.size.map_or(String::new(), |size| {
        let (width, height) = (size.width, size.height);
        format!("% format {name};height={height};width={width}\n% geometry {width}x{height}\n")
    });
    format!("% evt {version}\n{size}% end\n")
}

/// Refuses events that words of eleven bits have no room for, and times that do not rise from 0 on.
pub(crate) fn check(event: &Event, last: i64, at: u64, format: &str) -> Result<(), WriteError> {
    if event.x > 0x7FF || event.y > 0x7FF {
        let what = format!("({}, {}) is beyond the 2048 pixels of {format}", event.x, event.y);
        return Err(no_room(at, what, "crop the events, or write aedat4, npy or csv"));
    }
    if event.t < 0 {
        let what = format!("{format} has no time before 0, and this one is {} us", event.t);
        return Err(no_room(at, what, REBASE));
    }
    if event.t < last {
        let what = format!(
            "time goes back from {last} to {} us; {format} tells that from a wrap-around no more",
            event.t
        );
        return Err(no_room(at, what, "write aedat4, dat, npy or csv, which keep any order"));
    }
    Ok(())
}

/// Writes EVT 2.0.
pub(crate) struct Encoder {
    high: Option<u32>,
    last: i64,
    words: Vec<u8>,
}

impl Encoder {
    pub(crate) fn begin(out: &mut dyn Sink, options: &WriteOptions) -> Result<Self, WriteError> {
        out.write_all(header("2.0", options).as_bytes())?;
        Ok(Self { high: None, last: 0, words: Vec::new() })
    }
}

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError> {
        self.words.clear();
        for (index, event) in events.iter().enumerate() {
            let at = at + index as u64;
            check(event, self.last, at, "EVT 2.0")?;
            if event.t >> (HIGH_BITS + LOW_BITS) != 0 {
                let what = format!("{} us is beyond the 34 bits of EVT 2.0", event.t);
                return Err(no_room(at, what, REBASE));
            }
            let high = (event.t >> LOW_BITS) as u32;
            if self.high != Some(high) {
                self.words.extend((0x8000_0000 | high).to_le_bytes());
                self.high = Some(high);
            }
            let low = (event.t & 0x3F) as u32;
            let place = u32::from(event.x) << 11 | u32::from(event.y);
            let word = u32::from(event.on) << 28 | low << 22 | place;
            self.words.extend(word.to_le_bytes());
            self.last = event.t;
        }
        Ok(out.write_all(&self.words)?)
    }
}
