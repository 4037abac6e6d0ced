//! AEDAT 1.0 and 2.0 of jAER: lines that begin with `#`, then addresses and times, big-endian.
//!
//! Source: iniVation, "AEDAT 1.0" and "AEDAT 2.0". An address has 16 bits in version 1 and 32 in version 2; times are signed,
//! of 32 bits, in microseconds.

use std::io;

use super::address::{AROUND, Camera, name};
use super::percent::cut;
use super::{Decode, Format, Opened};
use crate::clock::{Clock, Turn};
use crate::error::ReadError;
use crate::finding::{Findings, Tally};
use crate::input::{Input, STRETCH, line};
use crate::reader::ReadOptions;
use crate::{About, Event, YOrigin};

/// Bytes of a line that are kept, and lines that are read: jAER writes all of its settings.
const MOST_BYTES: usize = 1 << 14;
const MOST_LINES: usize = 1 << 16;

pub(crate) fn open(
    mut input: Input,
    mut about: About,
    options: &ReadOptions,
) -> Result<Opened, ReadError> {
    let is_wide = about.format == Format::Aedat2;
    about.version = Some(if is_wide { "2.0" } else { "1.0" }.to_owned());
    about.y_origin = YOrigin::Bottom;
    about.time_bits = Some(32);
    let mut text = Vec::new();
    let mut chip = None;
    for _ in 0..MOST_LINES {
        let length = input.length();
        let at = input.position();
        let bytes = input.peek(STRETCH)?;
        if !is_header_line(bytes) {
            if is_cut_line(bytes, length - at) {
                let what = "the file ends in its header".to_owned();
                return Err(ReadError::Damaged { what, at: length, length });
            }
            break;
        }
        line(&mut input, &mut text, MOST_BYTES)?;
        let text = String::from_utf8_lossy(&text);
        let text = text.trim_start_matches('#').trim();
        if let Some(class) = text.strip_prefix("AEChip:") {
            chip = Some(class.trim().to_owned());
        }
        if text == "End Of ASCII Header" {
            break;
        }
    }
    let camera = camera(&mut input, &mut about, chip, options)?;
    about.size = Some(camera.size());
    let clock = Clock::new(32);
    Ok(Opened::new(about, Decoder { input, camera, is_wide, clock, tally: Tally::default() }))
}

/// Whether what follows is a line of the header: `#`, and text up to the end of the line.
pub(crate) fn is_header_line(bytes: &[u8]) -> bool {
    let Some(b'#') = bytes.first() else { return false };
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let line = &bytes[..end.unwrap_or(bytes.len())];
    end.is_some() && line.iter().copied().all(is_text)
}

/// Whether a file ends in a line of the header, where it has so many bytes left.
fn is_cut_line(bytes: &[u8], left: u64) -> bool {
    bytes.len() as u64 == left && bytes.starts_with(b"#") && bytes.iter().copied().all(is_text)
}

/// Whether a byte is one of text: that of a control is not.
fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\r' | 0x20..=0x7E | 0xA0..)
}

/// The camera: as the user names it, as the header does, or as the addresses allow.
fn camera(
    input: &mut Input,
    about: &mut About,
    chip: Option<String>,
    options: &ReadOptions,
) -> Result<Camera, ReadError> {
    about.source.clone_from(&chip);
    if let Some(camera) = options.camera {
        about.choices.push(format!("the camera is {}, as you say", camera.name()));
        return Ok(camera);
    }
    let known = Camera::ALL.map(Camera::name).join(", ");
    if let Some(chip) = chip {
        // Classes of jAER: eu.seebetter.ini.chips.davis.Davis240C.
        let class = chip.rsplit('.').next().unwrap_or(&chip);
        return Camera::of_name(class).ok_or_else(|| {
            let what = format!("the addresses of the camera {chip} are not known here");
            ReadError::unsupported(what, format!("name one with the same addresses: {known}"))
        });
    }
    if about.format == Format::Aedat1 {
        about.choices.push("the camera is dvs128, the one that AEDAT 1.0 was used with".to_owned());
        return Ok(Camera::Dvs128);
    }
    let bytes = input.peek(STRETCH)?;
    let (events, _) = bytes.as_chunks::<8>();
    if events.iter().all(|event| event[..2] == [0, 0]) {
        let count = events.len();
        about.choices.push(format!(
            "the header names no camera (AEChip); the addresses of the first {count} events have 16 bits, as those of a dvs128"
        ));
        return Ok(Camera::Dvs128);
    }
    let what = "the header names no camera (AEChip), and addresses of AEDAT 2.0 depend on it";
    Err(ReadError::unsupported(what, format!("name the camera: {known}")))
}

struct Decoder {
    input: Input,
    camera: Camera,
    is_wide: bool,
    clock: Clock,
    tally: Tally<4>,
}

impl Decoder {
    fn event(&mut self, address: u32, time: [u8; 4], at: u64, out: &mut Vec<Event>) {
        let (t, turn) = self.clock.read(i64::from(i32::from_be_bytes(time)));
        if turn == Turn::Around {
            self.tally.count(AROUND, at);
        }
        match self.camera.read(address) {
            Ok((x, y, on)) => out.push(Event { t, x, y, on }),
            Err(other) => self.tally.count(other, at),
        }
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let start = self.input.position();
        let size = if self.is_wide { 8 } else { 6 };
        // The stretch is copied so that the decoder is free while it reads.
        let bytes = self.input.peek(size)?;
        let bytes = bytes[..bytes.len()].to_vec();
        let (read, left) = (bytes.len() / size * size, bytes.len() % size);
        for (index, record) in bytes[..read].chunks_exact(size).enumerate() {
            let at = start + (size * index) as u64;
            let (address, time) = record.split_at(size - 4);
            let address = address.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte));
            let time = time.try_into().unwrap_or_default();
            self.event(address, time, at, out);
        }
        self.tally.tell(findings, name);
        self.input.consume(read);
        if read == 0 && left > 0 {
            cut(&mut self.input, left, size, findings);
        }
        Ok(read > 0)
    }

    fn progress(&self) -> (u64, u64) {
        (self.input.position(), self.input.length())
    }
}
