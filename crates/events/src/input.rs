//! The bytes of a recording, a stretch at a time.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::ReadError;

/// What recordings are read from.
pub trait Source: Read + Seek + Send {}

impl<S: Read + Seek + Send> Source for S {}

/// Bytes that are held at a time.
pub(crate) const STRETCH: usize = 1 << 16;

/// A stretch of a file, and where it stands.
pub(crate) struct Input {
    source: Box<dyn Source>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes of the file before `start`.
    position: u64,
    length: u64,
    ended: bool,
}

impl Input {
    /// Takes a file from its beginning.
    pub(crate) fn new(mut source: Box<dyn Source>) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let buffer = vec![0; STRETCH];
        Ok(Self { source, buffer, start: 0, end: 0, position: 0, length, ended: false })
    }

    /// Returns the bytes at hand: at least so many, unless the file ends before. No more than a stretch can be asked for.
    pub(crate) fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        let least = least.min(STRETCH);
        if self.end - self.start < least && !self.ended {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < least && !self.ended {
                match self.source.read(&mut self.buffer[self.end..]) {
                    Ok(0) => self.ended = true,
                    Ok(read) => self.end += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Steps over bytes that were at hand.
    pub(crate) fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.end - self.start);
        self.start += bytes;
        self.position += bytes as u64;
    }

    /// Appends so many bytes to a vector, and returns how many there were.
    pub(crate) fn take(&mut self, bytes: u64, into: &mut Vec<u8>) -> io::Result<u64> {
        let mut left = bytes;
        while left > 0 {
            let at_hand = self.peek(1)?;
            let step = at_hand.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if step == 0 {
                break;
            }
            into.extend_from_slice(&at_hand[..step]);
            self.consume(step);
            left -= step as u64;
        }
        Ok(bytes - left)
    }

    /// Steps over so many bytes, and returns how many there were.
    pub(crate) fn skip(&mut self, bytes: u64) -> io::Result<u64> {
        let mut left = bytes;
        while left > 0 {
            let step = self.peek(1)?.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if step == 0 {
                break;
            }
            self.consume(step);
            left -= step as u64;
        }
        Ok(bytes - left)
    }

    /// Goes to a byte of the file.
    pub(crate) fn go_to(&mut self, position: u64) -> io::Result<()> {
        self.position = self.source.seek(SeekFrom::Start(position))?;
        (self.start, self.end, self.ended) = (0, 0, false);
        Ok(())
    }

    /// Returns how many bytes lie before those at hand.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Returns how many bytes the file has.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Gives the file itself away, for formats that are not read from front to back.
    pub(crate) fn into_source(self) -> Box<dyn Source> {
        self.source
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at_hand = self.peek(1)?;
        let step = at_hand.len().min(into.len());
        into[..step].copy_from_slice(&at_hand[..step]);
        self.consume(step);
        Ok(step)
    }
}

/// A file that several readers share, each with its own place.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Box<dyn Source>>>);

impl Shared {
    pub(crate) fn new(source: Box<dyn Source>) -> Self {
        Self(Arc::new(Mutex::new(source)))
    }

    /// Reads the bytes from one place to another.
    pub(crate) fn window(&self, at: u64, end: u64) -> Window {
        Window { source: self.clone(), at, end }
    }
}

/// A part of a file that several readers share.
pub(crate) struct Window {
    source: Shared,
    at: u64,
    end: u64,
}

impl Read for Window {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let room = into.len().min(left);
        let mut source = self.source.0.lock().unwrap_or_else(PoisonError::into_inner);
        source.seek(SeekFrom::Start(self.at))?;
        let read = source.read(&mut into[..room])?;
        self.at += read as u64;
        Ok(read)
    }
}

/// A line of a header, which ends in a line feed; `None` at the end. Of a line that is too long, what fits is given, with `true`.
pub(crate) fn line(input: &mut Input, into: &mut Vec<u8>, most: usize) -> io::Result<Option<bool>> {
    line_to(input, into, most, |byte| byte == b'\n')
}

/// A line of a header that has to end in a line feed; as [`line`].
pub(crate) fn whole_line(
    input: &mut Input,
    into: &mut Vec<u8>,
    most: usize,
) -> Result<Option<bool>, ReadError> {
    let begin = input.position();
    let read = line(input, into, most)?;
    // What was consumed beside the text is the line feed; of a line that is too long, some of the text is not kept.
    let is_ended = read != Some(false) || input.position() - begin > into.len() as u64;
    if is_ended {
        return Ok(read);
    }
    let what = "the file ends in its header".to_owned();
    Err(ReadError::Damaged { what, at: input.position(), length: input.length() })
}

/// A line of a text, which ends in a line feed, a carriage return or both; as [`line`].
pub(crate) fn text_line(
    input: &mut Input,
    into: &mut Vec<u8>,
    most: usize,
) -> io::Result<Option<bool>> {
    line_to(input, into, most, |byte| matches!(byte, b'\n' | b'\r'))
}

fn line_to(
    input: &mut Input,
    into: &mut Vec<u8>,
    most: usize,
    is_end: impl Fn(u8) -> bool,
) -> io::Result<Option<bool>> {
    into.clear();
    let mut is_cut = false;
    loop {
        let at_hand = input.peek(1)?;
        if at_hand.is_empty() {
            return Ok((!into.is_empty() || is_cut).then_some(is_cut));
        }
        let end = at_hand.iter().position(|&byte| is_end(byte));
        let is_return = end.is_some_and(|end| at_hand[end] == b'\r');
        let piece = &at_hand[..end.unwrap_or(at_hand.len())];
        let room = most - into.len();
        is_cut |= piece.len() > room;
        into.extend_from_slice(&piece[..piece.len().min(room)]);
        let step = piece.len() + usize::from(end.is_some());
        input.consume(step);
        if is_return && input.peek(1)?.first() == Some(&b'\n') {
            input.consume(1);
        }
        if end.is_some() {
            return Ok(Some(is_cut));
        }
    }
}
