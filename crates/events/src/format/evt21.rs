//! Prophesee EVT 2.1: words of 64 bits, each with up to 32 pixels of a row.
//!
//! Source: Prophesee, "EVT 2.1 Format". Bits 63 to 60 are the type. `EVT_NEG` and `EVT_POS` have six bits of time, eleven of
//! the first x, eleven of y, and 32 bits that say which pixels changed; `EVT_TIME_HIGH` has its 28 bits in the upper half.
//! The two halves of a word are swapped in files of the IMX636 (`endianness=legacy`).

use std::io;

use super::evt2::{HIGH_BITS, LOW_BITS, name};
use super::percent::{Header, cut};
use super::{Decode, Opened};
use crate::clock::{Clock, Turn};
use crate::error::ReadError;
use crate::finding::{Findings, Tally};
use crate::input::Input;
use crate::{About, Event};

pub(crate) fn open(mut input: Input, mut about: About) -> Result<Opened, ReadError> {
    let header = Header::read(&mut input)?;
    header.refuse_big_endian()?;
    header.describe(&mut about);
    about.version = Some("2.1".to_owned());
    about.time_bits = Some(HIGH_BITS + LOW_BITS);
    let stated = header.option("endianness").or(header.get("endianness"));
    let is_swapped = match stated {
        Some("legacy") => true,
        Some(_) => false,
        None => {
            let (is_swapped, choice) = look(input.peek(crate::input::STRETCH)?);
            about.choices.push(choice);
            is_swapped
        }
    };
    let clock = Clock::new(HIGH_BITS);
    Ok(Opened::new(
        about,
        Decoder { input, is_swapped, high: None, clock, tally: Tally::default() },
    ))
}

/// Tells whether halves are swapped by which order gives more words of a known type.
fn look(bytes: &[u8]) -> (bool, String) {
    let known = |top: u8| matches!(top >> 4, 0 | 1 | 8 | 0xA | 0xE | 0xF);
    let (words, _) = bytes.as_chunks::<8>();
    let [whole, swapped] = [7, 3].map(|top| words.iter().filter(|word| known(word[top])).count());
    let order = if swapped > whole {
        "the halves of a word are swapped"
    } else {
        "words are little-endian"
    };
    let counts = format!(
        "{whole} of the first {} words have a known type as they stand, {swapped} swapped",
        words.len()
    );
    (
        swapped > whole,
        format!("the header does not say the order of bytes; {order}, because {counts}"),
    )
}

struct Decoder {
    input: Input,
    is_swapped: bool,
    high: Option<i64>,
    clock: Clock,
    tally: Tally<18>,
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let bytes = self.input.peek(8)?;
        let (words, rest) = bytes.as_chunks::<8>();
        let (read, left) = (words.len() * 8, rest.len());
        for (index, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let word = if self.is_swapped { word.rotate_left(32) } else { word };
            let kind = (word >> 60) as usize;
            let at = start + 8 * index as u64;
            match (kind, self.high) {
                (0 | 1, Some(high)) => {
                    let t = high + (word >> 54 & 0x3F) as i64;
                    let (x, y) = ((word >> 43 & 0x7FF) as u16, (word >> 32 & 0x7FF) as u16);
                    let mut valid = word as u32;
                    while valid != 0 {
                        let x = x + valid.trailing_zeros() as u16;
                        out.push(Event { t, x, y, on: kind == 1 });
                        valid &= valid - 1;
                    }
                }
                (0 | 1, None) => self.tally.count(16, at),
                (8, _) => {
                    let (high, turn) = self.clock.read((word >> 32 & 0xFFF_FFFF) as i64);
                    self.high = Some(high << LOW_BITS);
                    if turn == Turn::Around {
                        self.tally.count(17, at);
                    }
                }
                _ => self.tally.count(kind, at),
            }
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
