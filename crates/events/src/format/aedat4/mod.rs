//! AEDAT 4.0 of DV: compressed packets, each a flatbuffer.
//!
//! Source: iniVation, "AEDAT 4.0", and its published schemas. After the version come a flatbuffer with the compression, the
//! place of a table of the packets and a description of the streams in XML; then packets, each with the number of its
//! stream and its size. Packets of events hold structures of 16 bytes. Row 0 is at the top; times count from 1970.

mod buffer;
mod header;
mod packet;
mod write;

use std::collections::BTreeMap;
use std::io;

use super::{Decode, Opened};
use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place};
use crate::input::Input;
use crate::reader::ReadOptions;
use crate::{About, Event};
use header::Header;
pub use packet::Compression;
use packet::Unpacker;
pub(crate) use write::Encoder;

/// What every file begins with.
pub(crate) const MAGIC: &[u8] = b"#!AER-DAT4.0\r\n";
/// Bytes of the header that are read at most.
const MOST_HEADER: u64 = 16 << 20;
/// Bytes of the table of packets that are looked at.
const MOST_TABLE: u64 = 16 << 20;
/// Events that are handed out at a time.
const STRIDE: usize = 1 << 16;
/// Bytes of an event.
const EVENT: usize = 16;

pub(crate) fn open(
    mut input: Input,
    mut about: About,
    options: &ReadOptions,
) -> Result<Opened, ReadError> {
    input.peek(MAGIC.len())?;
    input.consume(MAGIC.len());
    let (at, length) = (input.position(), input.length());
    let damaged = |what: &str| ReadError::Damaged { what: what.to_owned(), at, length };
    let mut bytes = Vec::new();
    input.take(4, &mut bytes)?;
    let size = bytes.first_chunk().map(|size| u64::from(u32::from_le_bytes(*size)));
    let size = size.ok_or_else(|| damaged("the file ends before its header"))?;
    if size > MOST_HEADER {
        return Err(ReadError::Limit {
            what: format!("a header of {size} bytes"),
            limit: MOST_HEADER,
        });
    }
    if input.take(size, &mut bytes)? < size {
        return Err(damaged("the file ends in its header"));
    }
    let header =
        Header::read(&bytes).ok_or_else(|| damaged("the header is no sound flatbuffer"))?;
    let Some(compression) = Compression::of_code(header.compression) else {
        let what = format!("compression {} is not known", header.compression);
        return Err(ReadError::unsupported(
            what,
            "0 to 4 are: none, lz4, lz4 high, zstd, zstd high",
        ));
    };
    about.version = Some("4.0".to_owned());
    let streams = header.streams();
    let mut findings = Findings::default();
    if streams.is_none() {
        let what =
            "the description of the streams cannot be read; packets are told by what they hold";
        findings.add(Kind::Damaged, what, Place::Byte(at));
    }
    let streams = streams.unwrap_or_default();
    let of_events: Vec<_> = streams.iter().filter(|stream| stream.kind == "EVTS").collect();
    let chosen = match options.stream {
        Some(id) => {
            if let Some(stream) = of_events.iter().find(|stream| stream.id == id) {
                Some(*stream)
            } else {
                let known: Vec<String> =
                    of_events.iter().map(|stream| stream.id.to_string()).collect();
                let what = format!("the file has no stream of events with the number {id}");
                return Err(ReadError::unsupported(what, format!("it has: {}", known.join(", "))));
            }
        }
        None => of_events.first().copied(),
    };
    if of_events.len() > 1
        && let Some(stream) = chosen
    {
        let count = of_events.len();
        about.choices.push(format!("of {count} streams of events, stream {} is read", stream.id));
    }
    about.size = chosen.and_then(|stream| stream.size);
    about.source = chosen.and_then(|stream| stream.source.clone());
    about.choices.push(format!("packets are compressed with {}", compression.name()));
    let decoder = Decoder {
        input,
        unpacker: Unpacker::new(compression, options.packet_bytes),
        stream: chosen.map(|stream| stream.id),
        kinds: streams.iter().map(|stream| (stream.id, stream.kind.clone())).collect(),
        end: u64::try_from(header.table).ok().filter(|&end| end > at),
        limit: options.packet_bytes,
        packed: Vec::new(),
        packet: Vec::new(),
        events: 0..0,
    };
    Ok(Opened { findings, ..Opened::new(about, decoder) })
}

struct Decoder {
    input: Input,
    unpacker: Unpacker,
    /// The stream that is read; any, if the file names none.
    stream: Option<i32>,
    kinds: BTreeMap<i32, String>,
    /// Where packets end and the table of packets begins.
    end: Option<u64>,
    limit: u64,
    packed: Vec<u8>,
    packet: Vec<u8>,
    /// Bytes of events in the packet that are not handed out yet.
    events: std::ops::Range<usize>,
}

impl Decoder {
    /// Reads a packet; `false` at the end, and where nothing more can be read.
    fn next(&mut self, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        if self.end.is_some_and(|end| start >= end) {
            self.table(findings)?;
            return Ok(false);
        }
        let at = Place::Byte(start);
        let Some((head, _)) = self.input.peek(8)?.split_first_chunk::<8>() else {
            let left = self.input.peek(8)?.len();
            if left > 0 || self.end.is_some() {
                let what = format!("the file ends in the header of a packet, after {left} bytes");
                findings.add(Kind::Truncated, &what, at);
                self.input.consume(left);
            }
            return Ok(false);
        };
        let word =
            |at: usize| i32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (stream, size) = (word(0), word(4));
        self.input.consume(8);
        let Ok(size) = u64::try_from(size) else {
            let what = format!("a packet of {size} bytes; nothing is read from here on");
            findings.add(Kind::Damaged, &what, at);
            return Ok(false);
        };
        let is_ours = self.stream.is_none_or(|ours| ours == stream);
        if is_ours && size <= self.limit {
            self.packed.clear();
            let read = self.input.take(size, &mut self.packed)?;
            if read < size {
                let what = format!("the file ends in a packet, after {read} of {size} bytes");
                findings.add(Kind::Truncated, &what, at);
                return Ok(false);
            }
            self.unpack(stream, at, findings);
            return Ok(true);
        }
        let read = self.input.skip(size)?;
        if read < size {
            let what = format!("the file ends in a packet, after {read} of {size} bytes");
            findings.add(Kind::Truncated, &what, at);
            return Ok(false);
        }
        if is_ours {
            let what = format!("packets of more than {} bytes, which are passed over", self.limit);
            findings.add(Kind::Damaged, &what, at);
        } else {
            self.skip_stream(stream, at, findings);
        }
        Ok(true)
    }

    /// Reads the table of packets to the end of the file. It says nothing about events that the packets do not; that it
    /// is whole shows that the file is.
    fn table(&mut self, findings: &mut Findings) -> io::Result<()> {
        let at = Place::Byte(self.input.position());
        self.packed.clear();
        self.input.take(MOST_TABLE, &mut self.packed)?;
        let is_longer = self.input.skip(u64::MAX)? > 0;
        let unpacked = self.unpacker.unpack(&self.packed, &mut self.packet);
        // Some programs leave it as it is.
        let is_sound =
            packet::is_table(&self.packed) || unpacked.is_ok() && packet::is_table(&self.packet);
        if !is_sound && !is_longer {
            let what = "the table of the packets at the end of the file is missing or cut off";
            findings.add(Kind::Truncated, what, at);
        }
        Ok(())
    }

    /// Notes a packet of another stream.
    fn skip_stream(&self, stream: i32, at: Place, findings: &mut Findings) {
        match self.kinds.get(&stream).map(String::as_str) {
            Some("EVTS") => {
                let what = format!("packets of another stream of events, number {stream}");
                findings.add(Kind::OtherData, &what, at);
            }
            Some(kind) => {
                findings.add(Kind::OtherData, &format!("packets of {}", packet::words(kind)), at);
            }
            None => {
                findings.add(
                    Kind::Unknown,
                    "packets of a stream that the header does not name",
                    at,
                );
            }
        }
    }

    fn unpack(&mut self, stream: i32, at: Place, findings: &mut Findings) {
        self.events = 0..0;
        let unpacked = self.unpacker.unpack(&self.packed, &mut self.packet);
        if let Err(what) = unpacked {
            findings.add(
                Kind::Damaged,
                &format!("packets that cannot be decompressed ({what})"),
                at,
            );
            return;
        }
        match packet::events(&self.packet) {
            Ok(events) => {
                // Without a list of events there is nothing that ends.
                if events.end > 0 && events.end != self.packet.len() {
                    let what = "packets with other bytes behind their events";
                    findings.add(Kind::Damaged, what, at);
                }
                self.events = events;
            }
            Err(packet::Fault::Other(kind)) if self.stream.is_none() => {
                let words = packet::words(&kind);
                findings.add(Kind::OtherData, &format!("packets of {words}"), at);
            }
            Err(packet::Fault::Other(kind)) => {
                let what = format!(
                    "packets of stream {stream} that hold {}, no events",
                    packet::words(&kind)
                );
                findings.add(Kind::Damaged, &what, at);
            }
            Err(packet::Fault::Damaged) => {
                findings.add(Kind::Damaged, "packets that are no sound flatbuffer", at);
            }
        }
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        if self.events.is_empty() && !self.next(findings)? {
            return Ok(false);
        }
        let bytes = self.packet.get(self.events.clone()).unwrap_or_default();
        let (events, _) = bytes.as_chunks::<EVENT>();
        let events = &events[..events.len().min(STRIDE)];
        let mut negative = 0;
        for event in events {
            let word = u128::from_le_bytes(*event);
            let (x, y) = ((word >> 64) as i16, (word >> 80) as i16);
            let (Ok(x), Ok(y)) = (u16::try_from(x), u16::try_from(y)) else {
                negative += 1;
                continue;
            };
            out.push(Event { t: word as i64, x, y, on: word >> 96 & 0xFF != 0 });
        }
        let at = Place::Byte(self.input.position());
        findings.add_many(
            Kind::OutOfRange,
            "events with negative coordinates, which are left out",
            negative,
            at,
        );
        self.events.start += events.len() * EVENT;
        Ok(true)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}
