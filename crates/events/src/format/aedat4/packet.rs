//! Packets of AEDAT 4.0: compression, and the events in a flatbuffer.

use std::io::{self, Read, Write};
use std::ops::Range;

use lz4_flex::frame::{FrameDecoder, FrameEncoder, FrameInfo};
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

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

    /// Unpacks a packet into a vector; no more bytes than the limit.
    pub(super) fn unpack(
        self,
        packed: &[u8],
        limit: u64,
        into: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        into.clear();
        let read = match self {
            Self::None => {
                into.extend_from_slice(packed);
                Ok(into.len())
            }
            Self::Lz4 => FrameDecoder::new(packed).take(limit.saturating_add(1)).read_to_end(into),
            Self::Zstd => unpack_zstd(packed, limit, into),
        };
        match read {
            Ok(_) if into.len() as u64 > limit => Err("it is larger than the limit for a packet"),
            Ok(_) => Ok(()),
            Err(_) => Err(match self {
                Self::Lz4 => "it is no sound LZ4",
                _ => "it is no sound Zstandard",
            }),
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
                Ok(with_size(compress_to_vec(packet, CompressionLevel::Fastest), packet.len()))
            }
        }
    }
}

/// Unpacks a frame of Zstandard, and holds its checksum, if it has one, against the content.
fn unpack_zstd(packed: &[u8], limit: u64, into: &mut Vec<u8>) -> io::Result<usize> {
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let mut decoder = StreamingDecoder::new(packed).map_err(|_| damaged())?;
    let read = (&mut decoder).take(limit.saturating_add(1)).read_to_end(into)?;
    let frame = decoder.into_frame_decoder();
    let is_whole = into.len() as u64 <= limit;
    match (frame.get_checksum_from_data(), frame.get_calculated_checksum()) {
        (Some(stated), Some(found)) if is_whole && stated != found => Err(damaged()),
        _ => Ok(read),
    }
}

/// Puts the size of the content into the header of a frame of Zstandard, which DV asks for and the encoder leaves out.
///
/// Source: RFC 8878, section 3.1.1.1: the two upper bits of byte 4 say the length of the size, 2 for four bytes; it follows
/// the descriptor of the window at byte 5.
fn with_size(mut frame: Vec<u8>, size: usize) -> Vec<u8> {
    let (Some(descriptor), Ok(size)) = (frame.get_mut(4), u32::try_from(size)) else {
        return frame;
    };
    // A size, a frame without a window, or a dictionary would move what follows.
    if *descriptor & 0b1110_0011 == 0 {
        *descriptor |= 0b1000_0000;
        frame.splice(6..6, size.to_le_bytes());
    }
    frame
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
