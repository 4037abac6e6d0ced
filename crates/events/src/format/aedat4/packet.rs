//! Packets of AEDAT 4.0: compression, and the events in a flatbuffer.

use std::io::{self, Read, Write};
use std::ops::Range;

use lz4_flex::frame::{FrameDecoder, FrameEncoder, FrameInfo};
use zstd_rs::{CompressionConfig, Compressor, Decompressor};

use super::EVENT;
use super::buffer::Buffer;

/// How packets are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// They are not.
    None,
    /// LZ4, as DV does unless told otherwise.
    #[default]
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Compression {
    /// Returns the compression of a code; those with a higher effort are read alike.
    pub(super) fn of_code(code: i32) -> Option<Self> {
        match code {
            0 => Some(Self::None),
            1 | 2 => Some(Self::Lz4),
            3 | 4 => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Returns its code.
    pub(super) fn code(self) -> i32 {
        match self {
            Self::None => 0,
            Self::Lz4 => 1,
            Self::Zstd => 3,
        }
    }

    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Packs a packet.
    pub(super) fn pack(self, packet: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(packet.to_vec()),
            Self::Lz4 => {
                let info = FrameInfo::new().content_checksum(true);
                let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
                encoder.write_all(packet)?;
                encoder.finish().map_err(io::Error::other)
            }
            Self::Zstd => {
                // DV asks for the size of the content in the header.
                let config = CompressionConfig { checksum: true, ..CompressionConfig::FAST };
                let mut packed = Vec::new();
                let mut compressor = Compressor::new(config).map_err(io::Error::other)?;
                compressor.compress(packet, None, &mut packed).map_err(io::Error::other)?;
                Ok(packed)
            }
        }
    }
}

/// Unpacks packets of one compression, one after the other.
pub(super) struct Unpacker {
    compression: Compression,
    /// Bytes that a packet may have.
    limit: u64,
    /// The tables of Zstandard, which are made once.
    zstd: Decompressor,
}

impl Unpacker {
    pub(super) fn new(compression: Compression, limit: u64) -> Self {
        Self { compression, limit, zstd: Decompressor::new() }
    }

    /// Unpacks a packet into a vector; no more bytes than the limit.
    pub(super) fn unpack(&mut self, packed: &[u8], into: &mut Vec<u8>) -> Result<(), &'static str> {
        const TOO_LARGE: &str = "it is larger than the limit for a packet";
        into.clear();
        match self.compression {
            Compression::None => into.extend_from_slice(packed),
            Compression::Lz4 => {
                let unsound = "it is no sound LZ4";
                if !is_whole_lz4(packed) {
                    return Err(unsound);
                }
                let most = self.limit.saturating_add(1);
                FrameDecoder::new(packed).take(most).read_to_end(into).map_err(|_| unsound)?;
            }
            Compression::Zstd => {
                let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
                let most = most.min(most_of_zstd(packed.len()));
                match self.zstd.decompress_frame(packed, None, most, into) {
                    Ok(read) if read == packed.len() => {}
                    Err(zstd_rs::Error::OutputLimit) => return Err(TOO_LARGE),
                    Ok(_) | Err(_) => return Err("it is no sound Zstandard"),
                }
            }
        }
        if into.len() as u64 > self.limit { Err(TOO_LARGE) } else { Ok(()) }
    }
}

/// Bytes that a frame of Zstandard of so many bytes unpacks to at most, so that memory is not taken for a size that the frame
/// states and cannot have.
///
/// Source: RFC 8878, section 3.1.1.2: a block has at least 4 bytes, and at most 128 KiB of content.
fn most_of_zstd(packed: usize) -> usize {
    (packed / 4 + 1).saturating_mul(128 << 10)
}

/// Whether a frame of LZ4 is whole: its blocks, the mark behind the last, and the checksum of the content if it has one. The
/// decoder takes a frame that is cut off between two blocks.
///
/// Source: "LZ4 Frame Format Description". Bits of the flags in byte 4: 0 a dictionary, 2 a checksum of the content, 3 its
/// size, 4 a checksum of each block. A block begins with its size, whose highest bit says that it is not compressed.
fn is_whole_lz4(packed: &[u8]) -> bool {
    let Some(&flags) = packed.get(4) else { return false };
    let has = |bit: u8, bytes: usize| if flags >> bit & 1 == 1 { bytes } else { 0 };
    let mut at = 7 + has(3, 8) + has(0, 4);
    while let Some(size) = packed.get(at..).and_then(|rest| rest.first_chunk()) {
        at += 4;
        match (u32::from_le_bytes(*size) & 0x7FFF_FFFF) as usize {
            0 => return packed.len() >= at + has(2, 4),
            size => at += size + has(4, 4),
        }
    }
    false
}

/// Why a packet has no events.
pub(super) enum Fault {
    /// It is a packet of another kind, which has this identifier.
    Other(String),
    Damaged,
}

/// The bytes of the events in a packet. Nothing stands behind them, since a flatbuffer is written from its end.
pub(super) fn events(packet: &[u8]) -> Result<Range<usize>, Fault> {
    let buffer = Buffer::new(packet);
    if !buffer.has_its_size() {
        return Err(Fault::Damaged);
    }
    match buffer.identifier() {
        Some(identifier) if identifier == *b"EVTS" => {}
        Some(identifier) if identifier.iter().all(u8::is_ascii_uppercase) => {
            return Err(Fault::Other(String::from_utf8_lossy(&identifier).into_owned()));
        }
        _ => return Err(Fault::Damaged),
    }
    let root = buffer.root().ok_or(Fault::Damaged)?;
    buffer.vector(root, 0, EVENT).ok_or(Fault::Damaged)
}

/// Whether bytes are a whole table of packets.
pub(super) fn is_table(bytes: &[u8]) -> bool {
    let buffer = Buffer::new(bytes);
    let size = bytes.first_chunk().map(|size| u64::from(u32::from_le_bytes(*size)));
    buffer.identifier() == Some(*b"FTAB") && size.is_some_and(|size| size + 4 <= bytes.len() as u64)
}

/// What packets hold, in words.
pub(super) fn words(kind: &str) -> String {
    match kind {
        "EVTS" => "events".to_owned(),
        "FRME" => "frames".to_owned(),
        "IMUS" => "samples of the inertial sensor".to_owned(),
        "TRIG" => "triggers".to_owned(),
        other => format!("the kind {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A flipped bit in a frame with a checksum gives an error or the same content; a cut gives an error.
    #[test]
    fn damage_in_a_frame_is_told() {
        let packet: Vec<u8> = (0..600_u32).map(|at| (at * at % 251) as u8 / 3).collect();
        for compression in [Compression::Lz4, Compression::Zstd] {
            let packed = compression.pack(&packet).unwrap();
            let (mut into, mut errors) = (Vec::new(), 0);
            let mut unpacker = Unpacker::new(compression, 1 << 16);
            unpacker.unpack(&packed, &mut into).unwrap();
            assert_eq!(into, packet);
            for at in 0..packed.len() {
                let mut damaged = packed.clone();
                damaged[at] ^= 1 << (at % 8);
                let is_told = unpacker.unpack(&damaged, &mut into).is_err();
                // The flags say whether there is a checksum.
                assert!(is_told || into == packet || at == 4, "{compression:?}: byte {at}");
                errors += usize::from(is_told);
                assert!(
                    unpacker.unpack(&packed[..at], &mut into).is_err(),
                    "{compression:?}: cut at {at}"
                );
            }
            assert!(errors > packed.len() / 2, "{compression:?}");
        }
    }

    #[test]
    fn a_packet_that_is_no_sound_flatbuffer_has_no_events() {
        // Size, root, identifier, list of fields, table, vector of one event.
        let mut packet = vec![0; 4];
        packet.extend(16_u32.to_le_bytes());
        packet.extend(b"EVTS");
        packet.extend([0, 0, 6, 0, 8, 0, 4, 0]);
        packet.extend(6_i32.to_le_bytes());
        packet.extend(4_u32.to_le_bytes());
        packet.extend(1_u32.to_le_bytes());
        packet.extend([7; EVENT]);
        let size = packet.len() as u32 - 4;
        packet[..4].copy_from_slice(&size.to_le_bytes());
        assert_eq!(events(&packet).ok(), Some(packet.len() - EVENT..packet.len()));
        for (at, value) in
            [(0, 7), (4, 0), (14, 0), (14, 1), (15, 255), (20, 0), (24, 0), (28, 200)]
        {
            let mut damaged = packet.clone();
            damaged[at] = value;
            assert!(events(&damaged).is_err(), "byte {at} is {value}");
        }
    }
}
