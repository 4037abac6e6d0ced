//! Writes AEDAT 4.0: a header, packets of events, and the table of the packets at the end.

use std::io::SeekFrom;

use super::packet::Compression;
use super::{EVENT, MAGIC};
use crate::error::WriteError;
use crate::format::{Encode, no_room};
use crate::writer::{Sink, WriteOptions};
use crate::{Event, Size};

/// Events of a packet.
const MOST: usize = 1 << 13;
/// The place of the place of the table: magic, then a table of the header that begins at byte 24 and has it at byte 8.
const TABLE_AT: u64 = 14 + 24 + 8;

/// What the table says of a packet.
struct Entry {
    /// Where its bytes begin, after its header.
    at: i64,
    size: i32,
    events: i64,
    first: i64,
    last: i64,
}

pub(crate) struct Encoder {
    compression: Compression,
    entries: Vec<Entry>,
    position: u64,
}

impl Encoder {
    pub(crate) fn begin(out: &mut dyn Sink, options: &WriteOptions) -> Result<Self, WriteError> {
        let Some(size) = options.size else {
            let what = "AEDAT 4.0 states the size of the sensor, and it is not known".to_owned();
            return Err(WriteError::Unsupported {
                what,
                help: "give it: `--size 346x260`".to_owned(),
            });
        };
        let compression = options.compression;
        let header = header(compression, size);
        out.write_all(MAGIC)?;
        out.write_all(&header)?;
        let position = (MAGIC.len() + header.len()) as u64;
        Ok(Self { compression, entries: Vec::new(), position })
    }
}

impl Encode for Encoder {
    fn encode(&mut self, out: &mut dyn Sink, events: &[Event], at: u64) -> Result<(), WriteError> {
        for (index, events) in events.chunks(MOST).enumerate() {
            let packet = packet(events, at + (index * MOST) as u64)?;
            let packed = self.compression.pack(&packet)?;
            let size = packed.len() as i32;
            // The one stream has the number 0.
            out.write_all(&0_i32.to_le_bytes())?;
            out.write_all(&size.to_le_bytes())?;
            out.write_all(&packed)?;
            let times = || events.iter().map(|event| event.t);
            self.entries.push(Entry {
                // DV counts to what follows the header of the packet.
                at: self.position as i64 + 8,
                size,
                events: events.len() as i64,
                first: times().min().unwrap_or_default(),
                last: times().max().unwrap_or_default(),
            });
            self.position += 8 + packed.len() as u64;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Sink, _events: u64) -> Result<(), WriteError> {
        out.write_all(&self.compression.pack(&table(&self.entries))?)?;
        out.seek(SeekFrom::Start(TABLE_AT))?;
        out.write_all(&self.position.to_le_bytes())?;
        out.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

/// A flatbuffer that is put together from front to back; what is missing between two places is 0.
struct Bytes(Vec<u8>);

impl Bytes {
    fn new(identifier: [u8; 4], root: u32) -> Self {
        let mut bytes = Self(Vec::new());
        bytes.put(4, &(root - 4).to_le_bytes());
        bytes.put(8, &identifier);
        bytes
    }

    fn put(&mut self, at: usize, what: &[u8]) {
        let end = at + what.len();
        if self.0.len() < end {
            self.0.resize(end, 0);
        }
        self.0[at..end].copy_from_slice(what);
    }

    fn put_u16s(&mut self, at: usize, words: &[u16]) {
        for (index, word) in words.iter().enumerate() {
            self.put(at + 2 * index, &word.to_le_bytes());
        }
    }

    /// Puts the size in front.
    fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        let size = (self.0.len() - 4) as u32;
        self.put(0, &size.to_le_bytes());
        self.0
    }
}

/// The header: a table at byte 24 with the place of the description (byte 4), the place of the table of packets (byte 8) and
/// the compression (byte 16).
fn header(compression: Compression, size: Size) -> Vec<u8> {
    let description = description(compression, size);
    let mut bytes = Bytes::new(*b"IOHE", 24);
    bytes.put_u16s(12, &[10, 20, 16, 8, 4]);
    bytes.put(24, &12_i32.to_le_bytes());
    bytes.put(28, &16_u32.to_le_bytes());
    bytes.put(32, &(-1_i64).to_le_bytes());
    bytes.put(40, &compression.code().to_le_bytes());
    bytes.put(44, &(description.len() as u32).to_le_bytes());
    bytes.put(48, description.as_bytes());
    // A text ends with a zero that its length does not count.
    bytes.put(48 + description.len(), &[0]);
    bytes.finish()
}

/// The streams, as DV describes them.
fn description(compression: Compression, size: Size) -> String {
    let name = compression.name().to_uppercase();
    let Size { width, height } = size;
    format!(
        "<dv version=\"2.0\">\
         <node name=\"outInfo\" path=\"/mainloop/Recorder/outInfo/\">\
         <node name=\"0\" path=\"/mainloop/Recorder/outInfo/0/\">\
         <attr key=\"compression\" type=\"string\">{name}</attr>\
         <attr key=\"originalModuleName\" type=\"string\">nirkit</attr>\
         <attr key=\"originalOutputName\" type=\"string\">events</attr>\
         <attr key=\"typeDescription\" type=\"string\">Array of events (polarity ON/OFF).</attr>\
         <attr key=\"typeIdentifier\" type=\"string\">EVTS</attr>\
         <node name=\"info\" path=\"/mainloop/Recorder/outInfo/0/info/\">\
         <attr key=\"sizeX\" type=\"int\">{width}</attr>\
         <attr key=\"sizeY\" type=\"int\">{height}</attr>\
         <attr key=\"source\" type=\"string\">nirkit</attr>\
         </node></node></node></dv>"
    )
}

/// A packet of events: a table at byte 20, whose one field is the distance to the vector at byte 28.
fn packet(events: &[Event], at: u64) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Bytes::new(*b"EVTS", 20);
    bytes.put_u16s(12, &[6, 8, 4]);
    bytes.put(20, &8_i32.to_le_bytes());
    bytes.put(24, &4_u32.to_le_bytes());
    bytes.put(28, &(events.len() as u32).to_le_bytes());
    let mut bytes = bytes.0;
    bytes.reserve(events.len() * EVENT);
    for (index, event) in events.iter().enumerate() {
        let (Ok(x), Ok(y)) = (i16::try_from(event.x), i16::try_from(event.y)) else {
            let what =
                format!("({}, {}) is beyond the 32768 pixels of AEDAT 4.0", event.x, event.y);
            return Err(no_room(at + index as u64, what, "crop the events, or write npy or csv"));
        };
        bytes.extend(event.t.to_le_bytes());
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
        bytes.extend([u8::from(event.on), 0, 0, 0]);
    }
    Ok(Bytes(bytes).finish())
}

/// Bytes of an entry of the table of packets.
const ENTRY: usize = 48;

/// The table of packets: a table at byte 36 that leads to a vector of distances, then an entry for each packet. An entry has
/// the header of its packet (byte 4), its place (16), its number of events (24), and the first and last time (32, 40).
fn table(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Bytes::new(*b"FTAB", 36);
    // The fields of an entry at byte 12, those of the outer table at byte 28.
    bytes.put_u16s(12, &[14, ENTRY as u16, 16, 4, 24, 32, 40]);
    bytes.put_u16s(28, &[6, 8, 4]);
    bytes.put(36, &8_i32.to_le_bytes());
    bytes.put(40, &4_u32.to_le_bytes());
    bytes.put(44, &(entries.len() as u32).to_le_bytes());
    let start = (48 + 4 * entries.len()).next_multiple_of(8);
    for (index, entry) in entries.iter().enumerate() {
        let (distance, at) = (48 + 4 * index, start + ENTRY * index);
        bytes.put(distance, &((at - distance) as u32).to_le_bytes());
        bytes.put(at, &((at - 12) as i32).to_le_bytes());
        bytes.put(at + 4, &0_i32.to_le_bytes());
        bytes.put(at + 8, &entry.size.to_le_bytes());
        let numbers = [entry.at, entry.events, entry.first, entry.last];
        for (index, number) in numbers.iter().enumerate() {
            bytes.put(at + 16 + 8 * index, &number.to_le_bytes());
        }
    }
    bytes.finish()
}
