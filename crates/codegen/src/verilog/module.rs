//! A module that executes one operation while the sequencer lets it go.

use std::fmt::Write as _;

use nirkit_step::{BufferId, When};

use super::lane::Word;
use super::signal::{Signal, literal, masked, range};
use crate::range::interval::{Interval, unsigned_bits};

/// What a port of an operation is connected with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Net {
    /// The element of a buffer that is read, and its number a cycle later.
    ReadAddress(BufferId),
    ReadData(BufferId),
    /// The word of a buffer that is read, and its numbers a cycle later.
    ReadWordAddress(BufferId),
    ReadWord(BufferId),
    /// Whether a word of a buffer is written, which, and the numbers.
    WriteWord(BufferId),
    WriteWordAddress(BufferId),
    WriteWordData(BufferId),
    /// Whether an element of a buffer is written, which, and the number.
    Write(BufferId),
    WriteAddress(BufferId),
    WriteData(BufferId),
    /// The first element of the row of this step in rings of so many rows of so many elements.
    Row(usize, usize),
    /// The stream that enters.
    InValid,
    InReady,
    InData,
    /// An address that enters, the end of the list, and that there was no such address.
    InAddress,
    InLast,
    InBeyond,
    /// The stream that leaves.
    OutValid,
    OutReady,
    OutData,
    OutLast,
    OutAddress,
}

impl Net {
    /// Whether the operation drives the net.
    pub(crate) fn is_driven(&self) -> bool {
        !matches!(
            self,
            Self::ReadData(_)
                | Self::ReadWord(_)
                | Self::Row(..)
                | Self::InValid
                | Self::InData
                | Self::InAddress
                | Self::InLast
                | Self::OutReady
        )
    }
}

/// A port of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) name: String,
    /// Bits of a vector; `None` for a single wire.
    pub(crate) bits: Option<u32>,
    pub(crate) net: Net,
}

/// Constants in a memory of their own, with the file that it begins with.
#[derive(Clone, Debug)]
pub(crate) struct Constants {
    pub(crate) file: String,
    /// The file: a number of hexadecimal digits on each line.
    pub(crate) text: String,
    pub(crate) bits: u64,
}

/// A module in the making, and what it takes.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    /// A line that says what is computed.
    pub(crate) about: String,
    pub(crate) ports: Vec<Port>,
    pub(crate) body: String,
    pub(crate) constants: Vec<Constants>,
    /// Cycles from the first to the last, if no stream stalls.
    pub(crate) cycles: u64,
    pub(crate) when: When,
}

impl Module {
    pub(crate) fn new(prefix: &str, suffix: &str, about: String) -> Self {
        Self {
            name: format!("{prefix}_{suffix}"),
            about,
            ports: Vec::new(),
            body: String::new(),
            constants: Vec::new(),
            cycles: 0,
            when: When::Always,
        }
    }

    /// Adds a line to the body.
    pub(crate) fn line(&mut self, line: &str) {
        let _ = writeln!(self.body, "  {line}");
    }

    pub(crate) fn port(&mut self, name: &str, bits: Option<u32>, net: Net) {
        self.ports.push(Port { name: name.to_owned(), bits, net });
    }

    /// Reads a buffer of so many elements: its number is on the returned wire a cycle after the address is on the port
    /// `NAME_address`, which the body assigns.
    pub(crate) fn read(&mut self, name: &str, of: &Stored, len: usize) -> Signal {
        let (address, data) = (format!("{name}_address"), format!("{name}_data"));
        self.port(&address, Some(address_bits(len)), Net::ReadAddress(of.buffer));
        self.port(&data, Some(of.range.bits()), Net::ReadData(of.buffer));
        Signal::wire(data, of.range)
    }

    /// Writes a buffer of so many elements: adds the ports `NAME_write`, `NAME_address` and `NAME_data`, which the body
    /// assigns.
    pub(crate) fn write(&mut self, name: &str, of: &Stored, len: usize) {
        self.port(&format!("{name}_write"), None, Net::Write(of.buffer));
        self.port(&format!("{name}_at"), Some(address_bits(len)), Net::WriteAddress(of.buffer));
        self.port(&format!("{name}_next"), Some(of.range.bits()), Net::WriteData(of.buffer));
    }

    /// Keeps constants in a memory: the wire that is returned has the one whose address was there a cycle ago. Where all
    /// are the same, there is no memory.
    pub(crate) fn constants(&mut self, kind: &str, numbers: &[i64], address: &str) -> Signal {
        let mut bounds = Interval::point(numbers.first().copied().unwrap_or(0));
        for &number in numbers {
            bounds = bounds.join(Interval::point(number));
        }
        let signal = Signal::wire(kind, bounds);
        if let Some(number) = bounds.single() {
            return Signal::constant(number);
        }
        let bits = bounds.bits();
        let words: Vec<Word> = numbers.iter().map(|&x| Word::of(masked(bits, x), bits)).collect();
        self.words(kind, &words, bounds.bits(), address);
        signal
    }

    /// Keeps words of so many bits in a memory, whose output is the wire `kind`.
    pub(crate) fn words(&mut self, kind: &str, words: &[Word], bits: u32, address: &str) {
        let file = format!("{}_{kind}.hex", self.name);
        let (of, last) = (range(bits), words.len() - 1);
        self.line(&format!("reg {of} {kind}_memory [0:{last}];"));
        self.line(&format!("initial $readmemh(\"{file}\", {kind}_memory);"));
        self.line(&format!("reg {of} {kind};"));
        self.line(&format!("always @(posedge clk) {kind} <= {kind}_memory[{address}];"));
        let text = words.iter().map(|word| format!("{}\n", word.hex())).collect();
        self.constants.push(Constants { file, text, bits: u64::from(bits) * words.len() as u64 });
    }

    /// The module as text.
    pub(crate) fn print(&self) -> String {
        let mut ports = vec![
            "input wire clk".to_owned(),
            "input wire rst".to_owned(),
            "input wire go".to_owned(),
            "output wire done".to_owned(),
        ];
        ports.extend(self.ports.iter().map(|port| {
            let direction = if port.net.is_driven() { "output" } else { "input" };
            let range = port.bits.map(|bits| format!("{} ", range(bits))).unwrap_or_default();
            format!("{direction} wire {range}{}", port.name)
        }));
        let Self { name, about, body, .. } = self;
        format!("// {about}\nmodule {name} (\n  {}\n);\n{body}endmodule\n", ports.join(",\n  "))
    }
}

/// A buffer as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) buffer: BufferId,
    pub(crate) range: Interval,
}

/// Bits of the address of a memory of so many elements; at least one.
pub(crate) fn address_bits(len: usize) -> u32 {
    unsigned_bits((len.max(1) - 1) as u64)
}

/// A constant that is not negative.
pub(crate) fn count(bits: u32, number: usize) -> String {
    literal(bits, i64::try_from(number).unwrap_or(i64::MAX))
}
