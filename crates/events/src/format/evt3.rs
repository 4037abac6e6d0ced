//! Prophesee EVT 3.0: words of 16 bits that say what changed since the last one.
//!
//! Source: Prophesee, "EVT 3.0 Format". Bits 15 to 12 are the type. `EVT_ADDR_Y` sets the row, `EVT_ADDR_X` is an event,
//! `VECT_BASE_X` sets the column and polarity of the vectors that follow (`VECT_12`, `VECT_8`), each of which moves the
//! column on. `EVT_TIME_HIGH` and `EVT_TIME_LOW` have twelve bits of time each: 24 bits wrap around after 16.8 s.

use std::io;

use super::evt2::{UNDEFINED, check, header};
use super::percent::{Header, cut};
use super::{Decode, Encode, Opened, REBASE, WIDER, no_room};
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
    let words = Words {
        high: None,
        low: 0,
        row: None,
        base: None,
        clock: Clock::new(BITS),
        tally: Tally::default(),
    };
    let made = vec![Event::default(); ROOM];
    Ok(Opened::new(about, Decoder { input, words, made }))
}

/// Words that are decoded at a time, and room for their events: small enough for the cache.
const BLOCK: usize = ROOM / VECTOR;
const ROOM: usize = 4096;
/// Words that are handed on at a time: few enough that their events are still in the cache when they are looked at.
const PIECE: usize = 4 * BLOCK;
/// Pixels of the longest vector.
const VECTOR: usize = 12;

struct Decoder {
    input: Input,
    words: Words,
    /// Room for the events of a block.
    made: Vec<Event>,
}

/// What the words up to now say.
struct Words {
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

impl Words {
    /// Decodes a block of words, the first of which stands at a byte of the file, and returns how many events are put into
    /// `made`.
    fn decode(&mut self, block: &[[u8; 2]], start: u64, made: &mut [Event]) -> usize {
        let (mut count, mut index) = (0, 0);
        let (mut common, mut is_placed) = self.common();
        while let Some(word) = block.get(index) {
            let word = u16::from_le_bytes(*word);
            let at = start + 2 * index as u64;
            let kind = word >> 12;
            if is_placed && matches!(kind, 0x0 | 0x2 | 0x6) {
                let high = self.high.unwrap_or_default();
                let read = plain(&block[index..], high, &mut common, &mut made[count..]);
                (self.row, self.low) = (Some(common.y), common.t - high);
                index += read.words;
                count += read.events;
                continue;
            }
            index += 1;
            match kind {
                0x4 | 0x5 => {
                    let (width, mask) = if kind == 4 { (VECTOR as u16, 0xFFF) } else { (8, 0xFF) };
                    let Some((x, on)) = self.base else {
                        self.tally.count(NO_BASE, at);
                        continue;
                    };
                    self.base = Some((x.saturating_add(width), on));
                    if is_placed {
                        count += vector(Event { x, on, ..common }, word & mask, &mut made[count..]);
                    } else {
                        self.tally.count(missing(self.high), at);
                    }
                }
                0x3 => self.base = Some((word & 0x7FF, word & 0x800 != 0)),
                // Without time or row, words that would set them are rare.
                0x0 | 0x6 | 0x8 => {
                    match kind {
                        0x0 => self.row = Some(word & 0x7FF),
                        0x6 => self.low = i64::from(word & 0xFFF),
                        _ => self.read_high(word & 0xFFF, at),
                    }
                    (common, is_placed) = self.common();
                }
                0x2 => self.tally.count(missing(self.high), at),
                kind => self.tally.count(usize::from(kind), at),
            }
        }
        count
    }

    /// Time and row of the next events, and whether both are known.
    fn common(&self) -> (Event, bool) {
        let (t, y) = (self.high.unwrap_or_default() + self.low, self.row.unwrap_or_default());
        (Event { t, y, ..Event::default() }, self.high.is_some() && self.row.is_some())
    }

    /// Reads the upper bits of the time.
    fn read_high(&mut self, bits: u16, at: u64) {
        let (high, turn) = self.clock.read(i64::from(bits));
        let high = Some(high << BITS);
        if self.high != high {
            self.low = 0;
        }
        self.high = high;
        if turn == Turn::Around {
            self.tally.count(AROUND, at);
        }
    }
}

/// How much was decoded.
struct Decoded {
    words: usize,
    events: usize,
}

/// Decodes single events, rows and lower bits of the time, up to the first other word: as good as everything where neighbours do
/// not change together. `common` has the time and row of the next event.
#[inline(never)] // The loop then has all registers to itself, which makes it a third faster.
fn plain(words: &[[u8; 2]], high: i64, common: &mut Event, made: &mut [Event]) -> Decoded {
    let mut next = *common;
    let mut read = Decoded { words: words.len(), events: 0 };
    for (index, word) in words.iter().enumerate() {
        let word = u16::from_le_bytes(*word);
        match word >> 12 {
            0x2 => {
                made[read.events] = Event { x: word & 0x7FF, on: word & 0x800 != 0, ..next };
                read.events += 1;
            }
            0x0 => next.y = word & 0x7FF,
            0x6 => next.t = high + i64::from(word & 0xFFF),
            _ => {
                read.words = index;
                break;
            }
        }
    }
    *common = next;
    read
}

/// Puts an event into `room` for each bit of a vector, and returns how many there are. Every slot is written and counted or
/// not, since which bits are set cannot be predicted.
fn vector(first: Event, valid: u16, room: &mut [Event]) -> usize {
    let mut count = 0;
    if let Some(room) = room.first_chunk_mut::<VECTOR>() {
        for bit in 0..VECTOR as u16 {
            room[count.min(VECTOR - 1)] = Event { x: first.x.saturating_add(bit), ..first };
            count += usize::from(valid >> bit & 1);
        }
    }
    count
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(2)?;
        let (words, rest) = bytes.as_chunks::<2>();
        let words = &words[..words.len().min(PIECE)];
        let (read, left) = (words.len() * 2, rest.len());
        for (index, block) in words.chunks(BLOCK).enumerate() {
            let start = start + (index * BLOCK * 2) as u64;
            let count = self.words.decode(block, start, &mut self.made);
            out.extend_from_slice(&self.made[..count]);
        }
        self.words.tally.tell(findings, name);
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
                // A later start does not shorten a gap between events.
                let help = if self.high.is_none() { REBASE } else { WIDER };
                return Err(no_room(at, what, help));
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
