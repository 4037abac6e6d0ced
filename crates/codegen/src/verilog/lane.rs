//! Parallel lanes: what an operation does to several elements of a buffer at the same time.
//!
//! A buffer of which an operation reads or writes several elements in a cycle keeps that many side by side in a word of its memory.

use std::fmt::Write as _;

use super::module::{Module, Net, Stored, address_bits, count};
use super::signal::{Signal, masked, range};
use crate::range::interval::Interval;

/// Lanes of what has so many elements: no more than those.
pub(crate) fn lanes_of(len: usize, lanes: usize) -> usize {
    lanes.clamp(1, len.max(1))
}

/// A wire of each lane, and the wide wire of all lanes of which it is a part.
#[derive(Clone, Debug)]
struct Part {
    name: String,
    words: String,
    bits: u32,
    /// Whether the lane drives the wide wire.
    is_driven: bool,
}

/// The wires of each lane.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    count: usize,
    parts: Vec<Part>,
}

impl Lanes {
    pub(crate) fn new(count: usize) -> Self {
        Self { count, parts: Vec::new() }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Words of so many elements.
    pub(crate) fn words(&self, len: usize) -> usize {
        len.div_ceil(self.count)
    }

    fn wide(&self, bits: u32) -> u32 {
        bits * self.count as u32
    }

    /// Adds a wire of each lane, which is a part of the wide wire `NAME_words`.
    pub(crate) fn part(&mut self, name: &str, bits: u32, is_driven: bool) {
        let words = format!("{name}_words");
        self.parts.push(Part { name: name.to_owned(), words, bits, is_driven });
    }

    /// Reads a buffer of so many elements: as [`Module::read`], with the address of a word. The signal is that of a lane.
    pub(crate) fn read(
        &mut self,
        module: &mut Module,
        name: &str,
        of: &Stored,
        len: usize,
    ) -> Signal {
        if self.count == 1 {
            return module.read(name, of, len);
        }
        let (data, bits) = (format!("{name}_data"), of.range.bits());
        let address = Some(address_bits(self.words(len)));
        module.port(&format!("{name}_address"), address, Net::ReadWordAddress(of.buffer));
        module.port(&format!("{data}_words"), Some(self.wide(bits)), Net::ReadWord(of.buffer));
        self.part(&data, bits, false);
        Signal::wire(data, of.range)
    }

    /// Writes a buffer of so many elements: as [`Module::write`], with the address of a word. Each lane assigns `NAME_next`.
    pub(crate) fn write(&mut self, module: &mut Module, name: &str, of: &Stored, len: usize) {
        if self.count == 1 {
            return module.write(name, of, len);
        }
        let (next, bits) = (format!("{name}_next"), of.range.bits());
        let address = Some(address_bits(self.words(len)));
        module.port(&format!("{name}_write"), None, Net::WriteWord(of.buffer));
        module.port(&format!("{name}_at"), address, Net::WriteWordAddress(of.buffer));
        module.port(&format!("{next}_words"), Some(self.wide(bits)), Net::WriteWordData(of.buffer));
        self.part(&next, bits, true);
    }

    /// Keeps constants in a memory of words: as [`Module::constants`]. Those of a word stand one after the other.
    pub(crate) fn constants(
        &mut self,
        module: &mut Module,
        kind: &str,
        numbers: &[i64],
        address: &str,
    ) -> Signal {
        let points = numbers.iter().map(|&number| Interval::point(number));
        let bounds = points.reduce(Interval::join).unwrap_or(Interval::point(0));
        if self.count == 1 || bounds.single().is_some() {
            return module.constants(kind, numbers, address);
        }
        let bits = bounds.bits();
        let words: Vec<Word> = numbers.chunks(self.count).map(|all| self.word(all, bits)).collect();
        module.words(&format!("{kind}_words"), &words, self.wide(bits), address);
        self.part(kind, bits, false);
        Signal::wire(kind, bounds)
    }

    /// A word with a number for each lane; 0 where there is none.
    pub(crate) fn word(&self, numbers: &[i64], bits: u32) -> Word {
        let mut word = Word::default();
        for lane in 0..self.count {
            word.push(masked(bits, numbers.get(lane).copied().unwrap_or(0)), bits);
        }
        word
    }

    /// Begins what each lane has. Names are those of a lane up to [`Self::end`].
    pub(crate) fn begin(&self, module: &mut Module) {
        if self.count == 1 {
            return;
        }
        module.line("genvar lane;");
        module.line("generate");
        let count = self.count;
        module.line(&format!("for (lane = 0; lane < {count}; lane = lane + 1) begin : lanes"));
        for Part { name, words, bits, is_driven } in &self.parts {
            let (of, part) = (range(*bits), format!("{words}[lane * {bits} +: {bits}]"));
            if *is_driven {
                module.line(&format!("wire {of} {name};"));
                module.line(&format!("assign {part} = {name};"));
            } else {
                module.line(&format!("wire {of} {name} = {part};"));
            }
        }
    }

    /// Ends what each lane has.
    pub(crate) fn end(&self, module: &mut Module) {
        if self.count > 1 {
            module.line("end");
            module.line("endgenerate");
        }
    }
}

/// A word of a memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    /// The bits, the lowest first.
    bits: Vec<bool>,
}

impl Word {
    pub(crate) fn of(number: u64, bits: u32) -> Self {
        let mut word = Self::default();
        word.push(number, bits);
        word
    }

    /// Adds the lowest bits of a number above those that are there.
    pub(crate) fn push(&mut self, number: u64, bits: u32) {
        self.bits.extend((0..bits).map(|bit| number >> bit & 1 == 1));
    }

    /// Hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        let digit = |bits: &[bool]| bits.iter().rev().fold(0, |x, &bit| 2 * x + u32::from(bit));
        let digits = self.bits.chunks(4).rev().map(digit);
        digits.filter_map(|digit| char::from_digit(digit, 16)).collect()
    }
}

/// Prints wires that split the address of an element (`NAME`, of so many elements) into the address of its word `NAME_word` and
/// its lane `NAME_lane`.
pub(crate) fn split(name: &str, len: usize, lanes: usize) -> String {
    let (bits, word, lane) =
        (address_bits(len), address_bits(len.div_ceil(lanes)), address_bits(lanes));
    let (word_of, lane_of) = (range(word), range(lane));
    let wide = |wire: &str, from: u32, to: u32| match from.cmp(&to) {
        std::cmp::Ordering::Less => format!("{{{}'d0, {wire}}}", to - from),
        std::cmp::Ordering::Equal => wire.to_owned(),
        std::cmp::Ordering::Greater => format!("{wire}[{}:0]", to - 1),
    };
    if len <= lanes {
        // The lane is the address.
        let place = wide(name, bits, lane);
        return format!(
            "  wire {word_of} {name}_word = {};\n  wire {lane_of} {name}_lane = {place};\n",
            count(word, 0)
        );
    }
    if lanes.is_power_of_two() {
        return format!(
            "  wire {word_of} {name}_word = {name}[{}:{lane}];\n  wire {lane_of} {name}_lane = {name}{lane_of};\n",
            bits - 1
        );
    }
    // A quotient is a product with the reciprocal, rounded up, in enough bits.
    let shift = bits + lane;
    let all = shift + word;
    let reciprocal = (1_usize << shift).div_ceil(lanes);
    let mut text = String::new();
    let _ = write!(
        text,
        "  wire {} {name}_and_unused = {} * {};\n  wire {word_of} {name}_word = {name}_and_unused[{}:{shift}];\n  \
         wire {lane_of} {name}_lane = {} - {} * {};\n",
        range(all),
        wide(name, bits, all),
        count(all, reciprocal),
        all - 1,
        wide(name, bits, lane),
        wide(&format!("{name}_word"), word, lane),
        count(lane, lanes),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_any_number_of_bits() {
        let mut word = Word::of(0x5, 3);
        word.push(u64::MAX, 64);
        word.push(0, 2);
        assert_eq!(word.hex(), "07fffffffffffffffd");
    }

    #[test]
    fn an_address_is_split_by_the_reciprocal() {
        for lanes in (2_usize..64).filter(|lanes| !lanes.is_power_of_two()) {
            for len in [lanes + 1, 100, 1000] {
                let bits = address_bits(len) + address_bits(lanes);
                let reciprocal = (1_usize << bits).div_ceil(lanes);
                assert!(
                    (0..len).all(|at| (at * reciprocal) >> bits == at / lanes),
                    "{lanes} {len}"
                );
            }
        }
    }
}
