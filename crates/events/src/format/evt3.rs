//! Prophesee EVT 3.0: words of 16 bits that say what changed since the last one.
//!
//! Source: Prophesee, "EVT 3.0 Format". Bits 15 to 12 are the type. `EVT_ADDR_Y` sets the row, `EVT_ADDR_X` is an event,
//! `VECT_BASE_X` sets the column and polarity of the vectors that follow (`VECT_12`, `VECT_8`), each of which moves the
//! column on. `EVT_TIME_HIGH` and `EVT_TIME_LOW` have twelve bits of time each: 24 bits wrap around after 16.8 s.

use std::io;

use super::evt2::{UNDEFINED, check, header};
use super::percent::{Header, cut};
use super::{Decode, Encode, Opened, REBASE, no_room};
use crate::clock::{Clock, Turn};
use crate::error::{ReadError, WriteError};
use crate::finding::{Findings, Kind, Tally};
use crate::input::Input;
use crate::writer::{Sink, WriteOptions};
use crate::{About, Event};

const BITS: u32 = 12;

pub(crate) fn open(mut input: Input, mut about: About) -> Result<Opened, ReadError> {
    let header = Header::read(&mut input)?;
    header.refuse_big_endian()?;
    header.describe(&mut about);
    about.version = Some("3.0".to_owned());
    about.time_bits = Some(2 * BITS);
    let decoder = Decoder {
        input,
        high: None,
        low: 0,
        row: None,
        base: None,
        clock: Clock::new(BITS),
        tally: Tally::default(),
    };
    Ok(Opened::new(about, decoder))
}

struct Decoder {
    input: Input,
    /// Time without its low bits; `None` before the first word that says it.
    high: Option<i64>,
    low: i64,
    row: Option<u16>,
    /// Column and polarity of the next vector.
    base: Option<(u16, bool)>,
    clock: Clock,
    tally: Tally<20>,
}

const EARLY: usize = 16;
const AROUND: usize = 17;
const NO_ROW: usize = 18;
const NO_BASE: usize = 19;

fn name(word: usize) -> (Kind, &'static str) {
    match word {
        0x7 => (Kind::OtherData, "CONTINUED_4 words"),
        0xA => (Kind::OtherData, "EXT_TRIGGER words"),
        0xE => (Kind::OtherData, "OTHERS words"),
        0xF => (Kind::OtherData, "CONTINUED_12 words"),
        EARLY => (
            Kind::Unknown,
            "words of events before the first EVT_TIME_HIGH, whose time is not known",
        ),
        AROUND => (Kind::Wrapped, "EVT_TIME_HIGH (12 bits) wrapped around"),
        NO_ROW => {
            (Kind::Unknown, "words of events before the first EVT_ADDR_Y, whose row is not known")
        }
        NO_BASE => {
            (Kind::Unknown, "vectors before the first VECT_BASE_X, whose column is not known")
        }
        _ => (Kind::Unknown, UNDEFINED[word & 15]),
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(2)?;
        let (words, rest) = bytes.as_chunks::<2>();
        let (read, left) = (words.len() * 2, rest.len());
        // Events follow each other far more often than anything else, so the place in time and space is at hand.
        let mut place = self.high.map(|high| high + self.low).zip(self.row);
        for (index, word) in words.iter().enumerate() {
            let word = u16::from_le_bytes(*word);
            let at = start + 2 * index as u64;
            match word >> 12 {
                0x0 => {
                    self.row = Some(word & 0x7FF);
                    place = self.high.map(|high| high + self.low).zip(self.row);
                }
                0x2 => match place {
                    Some((t, y)) => {
                        out.push(Event { t, x: word & 0x7FF, y, on: word & 0x800 != 0 });
                    }
                    None => self.tally.count(missing(self.high), at),
                },
                0x3 => self.base = Some((word & 0x7FF, word & 0x800 != 0)),
                kind @ (0x4 | 0x5) => {
                    let (width, mask) = if kind == 4 { (12, 0xFFF) } else { (8, 0xFF) };
                    let Some((x, on)) = &mut self.base else {
                        self.tally.count(NO_BASE, at);
                        continue;
                    };
                    let (base, on) = (*x, *on);
                    *x = base.saturating_add(width);
                    let Some((t, y)) = place else {
                        self.tally.count(missing(self.high), at);
                        continue;
                    };
                    let mut valid = word & mask;
                    while valid != 0 {
                        out.push(Event {
                            t,
                            x: base.saturating_add(valid.trailing_zeros() as u16),
                            y,
                            on,
                        });
                        valid &= valid - 1;
                    }
                }
                0x6 => {
                    self.low = i64::from(word & 0xFFF);
                    place = self.high.map(|high| high + self.low).zip(self.row);
                }
                0x8 => {
                    let (high, turn) = self.clock.read(i64::from(word & 0xFFF));
                    if self.high != Some(high << BITS) {
                        self.low = 0;
                    }
                    self.high = Some(high << BITS);
                    place = self.high.map(|high| high + self.low).zip(self.row);
                    if turn == Turn::Around {
                        self.tally.count(AROUND, at);
                    }
                }
                kind => self.tally.count(usize::from(kind), at),
            }
        }
        self.tally.tell(findings, name);
        self.input.consume(read);
        if read == 0 && left > 0 {
            cut(&mut self.input, left, 2, findings);
        }
        Ok(read > 0)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}

/// What is missing where an event cannot be placed.
fn missing(high: Option<i64>) -> usize {
    if high.is_none() { EARLY } else { NO_ROW }
}

/// A gap that is written with a word for each step of the counter, in microseconds: an hour.
const LONGEST_GAP: i64 = 3_600_000_000;

/// Writes EVT 3.0; vectors are written where neighbours of a row change at the same time.
pub(crate) struct Encoder {
    high: Option<i64>,
    low: Option<i64>,
    row: Option<u16>,
    last: i64,
    words: Vec<u8>,
}

impl Encoder {
    pub(crate) fn begin(out: &mut dyn Sink, options: &WriteOptions) -> Result<Self, WriteError> {
        out.write_all(header("3.0", options).as_bytes())?;
        Ok(Self { high: None, low: None, row: None, last: 0, words: Vec::new() })
    }

    fn word(&mut self, kind: u16, payload: u16) {
        self.words.extend((kind << 12 | payload).to_le_bytes());
    }

    /// Brings the clock to a time. A camera writes every step of the upper bits, and readers rely on it to see the
    /// wrap-around.
    fn time(&mut self, t: i64, at: u64) -> Result<(), WriteError> {
        let (high, low) = (t >> BITS, t & 0xFFF);
        if self.high != Some(high) {
            let first = self.high.map_or(0, |last| last + 1);
            if t - (first << BITS) > LONGEST_GAP {
                let what = format!(
                    "a gap of {} s up to this event; EVT 3.0 counts to 16.8 s",
                    (t - (first << BITS)) / 1_000_000
                );
                return Err(no_room(at, what, REBASE));
            }
            for step in first..=high {
                self.word(8, (step & 0xFFF) as u16);
            }
            (self.high, self.low) = (Some(high), None);
        }
        if self.low != Some(low) {
            self.word(6, low as u16);
            self.low = Some(low);
        }
        Ok(())
    }
}

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError> {
        self.words.clear();
        let mut rest = events;
        while let Some(&first) = rest.first() {
            let at = at + (events.len() - rest.len()) as u64;
            check(&first, self.last, at, "EVT 3.0")?;
            self.time(first.t, at)?;
            if self.row != Some(first.y) {
                self.word(0, first.y);
                self.row = Some(first.y);
            }
            let on = u16::from(first.on) << 11;
            let run = run(rest);
            if run < 4 {
                self.word(2, on | first.x);
                rest = &rest[1..];
            } else {
                self.word(3, on | first.x);
                let mut mask = 0;
                for event in &rest[..run] {
                    mask |= 1 << (event.x - first.x);
                }
                self.word(4, mask);
                rest = &rest[run..];
            }
            self.last = first.t;
        }
        Ok(out.write_all(&self.words)?)
    }
}

/// Events from the first on that one vector can hold.
fn run(events: &[Event]) -> usize {
    let first = events[0];
    let fits = |pair: &[Event]| {
        let (a, b) = (pair[0], pair[1]);
        (b.t, b.y, b.on) == (first.t, first.y, first.on)
            && a.x < b.x
            && b.x < first.x.saturating_add(12)
            && b.x <= 0x7FF
    };
    1 + events.windows(2).take_while(|pair| fits(pair)).count()
}
