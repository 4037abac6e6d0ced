//! Object headers: the messages that say what an object is.

use hdf5_reader::checksum::jenkins_lookup3;

use super::NOWHERE;
use super::bytes::{Bytes, Cursor};

/// More parts than this in one header are left to the other reader.
const PARTS: usize = 256;

/// Links of most groups that have any: the fields of a node.
const LINKS: usize = 8;

/// Bytes of the smallest header of an object.
pub(super) const SMALLEST: u64 = 12;

/// Flags of messages: that another object has it, that no other may have it, that it was once not known
/// and what is to be done in that case, that it can be shared.
mod flag {
    pub(super) const SHARED: u8 = 0x02;
    pub(super) const UNSHARED: u8 = 0x04;
    pub(super) const NOT_TO_WRITE: u8 = 0x08;
    pub(super) const TO_MARK: u8 = 0x10;
    pub(super) const MARKED: u8 = 0x20;
    pub(super) const SHAREABLE: u8 = 0x40;
}

/// How much of a header is known here.
pub(super) enum Known<'a> {
    /// All of it.
    All(Header<'a>),
    /// A part, and the other reader has the word.
    Part,
    /// HDF5 would not read it, and the other reader would.
    Damaged(&'static str),
}

/// The messages of an object that matter for its content, as their bytes.
#[derive(Default)]
pub(super) struct Header<'a> {
    pub(super) dataspace: Option<&'a [u8]>,
    pub(super) datatype: Option<&'a [u8]>,
    pub(super) layout: Option<&'a [u8]>,
    pub(super) filters: Option<&'a [u8]>,
    pub(super) fill: Option<&'a [u8]>,
    pub(super) old_fill: Option<&'a [u8]>,
    pub(super) symbol_table: Option<&'a [u8]>,
    pub(super) link_info: Option<&'a [u8]>,
    pub(super) links: Vec<&'a [u8]>,
    pub(super) has_attributes: bool,
    /// Whether there is a message that is not known here.
    foreign: bool,
    damage: Option<&'static str>,
}

impl<'a> Header<'a> {
    /// Reads the header at an address.
    pub(super) fn read(bytes: Bytes<'a>, address: u64) -> Option<Self> {
        let mut header = Self::default();
        let is_whole = header.parts(bytes, address).is_some();
        (is_whole && header.damage.is_none() && !header.foreign).then_some(header)
    }

    /// Reads the header at an address, as far as it is known.
    pub(super) fn known(bytes: Bytes<'a>, address: u64) -> Known<'a> {
        let mut header = Self::default();
        let whole = header.parts(bytes, address).is_some();
        match header.damage {
            Some(what) => Known::Damaged(what),
            None if whole && !header.foreign => Known::All(header),
            None => Known::Part,
        }
    }

    /// Whether the header at an address can be read, whatever its messages say.
    pub(super) fn is_whole(bytes: Bytes<'a>, address: u64) -> bool {
        let mut header = Self::default();
        header.parts(bytes, address).is_some() && header.damage.is_none()
    }

    fn parts(&mut self, bytes: Bytes<'a>, address: u64) -> Option<()> {
        let mut cursor = bytes.from(address)?;
        if cursor.expect(b"OHDR").is_some() {
            self.version_2(bytes, address, cursor)
        } else {
            self.version_1(bytes, cursor)
        }
    }

    pub(super) fn is_group(&self) -> bool {
        self.symbol_table.is_some() || self.link_info.is_some() || !self.links.is_empty()
    }

    pub(super) fn is_dataset(&self) -> bool {
        self.dataspace.is_some() && self.datatype.is_some() && self.layout.is_some()
    }

    fn version_1(&mut self, bytes: Bytes<'a>, mut cursor: Cursor<'a>) -> Option<()> {
        cursor.expect(&[1])?;
        cursor.skip(1)?;
        let declared = usize::from(cursor.u16()?);
        // References to the object.
        cursor.skip(4)?;
        let size = cursor.u32()? as usize;
        cursor.skip(4)?;
        let mut parts = Parts::new(cursor.take(size)?);
        let mut found = 0;
        if size < 8 && declared > 0 || size > 0 && declared == 0 {
            self.damage = Some("an object header has no room for its messages");
        }
        while let Some(mut part) = parts.next() {
            while part.left() >= 8 {
                found += 1;
                if parts.seen == 1 && found > declared {
                    self.damage = Some("an object header has more messages than it says");
                }
                let kind = part.u16()?;
                let size = usize::from(part.u16()?);
                let flags = part.u8()?;
                part.skip(3)?;
                let message = part.take(size)?;
                self.message(kind, flags, message, |address, len| {
                    parts.add(bytes.at(address, len)?)
                })?;
            }
            if part.left() > 0 {
                self.damage = Some("there is a gap in an object header");
            }
        }
        Some(())
    }

    fn version_2(&mut self, bytes: Bytes<'a>, address: u64, mut cursor: Cursor<'a>) -> Option<()> {
        cursor.expect(&[2])?;
        let flags = cursor.u8()?;
        if flags & !0x3f != 0 {
            self.damage = Some("an object header has flags that do not exist");
        }
        // Times, and when attributes move to a place of their own.
        cursor.skip(if flags & 0x20 == 0 { 0 } else { 16 })?;
        cursor.skip(if flags & 0x10 == 0 { 0 } else { 4 })?;
        let size = cursor.number(1 << (flags & 3))?;
        let optional =
            if flags & 0x20 == 0 { 0 } else { 16 } + if flags & 0x10 == 0 { 0 } else { 4 };
        // Signature, version, flags, what is optional, size.
        let before: u64 = 4 + 1 + 1 + optional + (1 << (flags & 3));
        check(bytes.at(address, before.checked_add(size)?.checked_add(4)?)?)?;
        let mut parts = Parts::new(cursor.take(usize::try_from(size).ok()?)?);
        let order = if flags & 4 == 0 { 0 } else { 2 };
        while let Some(mut part) = parts.next() {
            while part.left() >= 4 + order {
                let kind = u16::from(part.u8()?);
                let size = usize::from(part.u16()?);
                let flags = part.u8()?;
                part.skip(order)?;
                let message = part.take(size)?;
                self.message(kind, flags, message, |address, len| {
                    let block = check(bytes.at(address, len)?)?;
                    parts.add(block.strip_prefix(b"OCHK")?)
                })?;
            }
        }
        Some(())
    }

    /// Takes one message; `more` is told where further messages are.
    fn message(
        &mut self,
        kind: u16,
        flags: u8,
        message: &'a [u8],
        more: impl FnOnce(u64, u64) -> Option<()>,
    ) -> Option<()> {
        self.check_flags(kind, flags);
        let slot = match kind {
            0x01 => &mut self.dataspace,
            0x02 => &mut self.link_info,
            0x03 => &mut self.datatype,
            0x04 => &mut self.old_fill,
            0x05 => &mut self.fill,
            0x08 => &mut self.layout,
            0x0b => &mut self.filters,
            0x11 => &mut self.symbol_table,
            // Only what stands in the header itself is read here, not what is shared.
            0x06 if flags & flag::SHARED == 0 => {
                if self.links.is_empty() {
                    self.links.reserve(LINKS);
                }
                self.links.push(message);
                return Some(());
            }
            0x10 => {
                let mut place = Cursor::new(message);
                return more(place.u64()?, place.u64()?);
            }
            0x0c => {
                self.has_attributes = true;
                return Some(());
            }
            // Where further attributes are, which is nowhere for most.
            0x15 => {
                let mut info = Cursor::new(message);
                info.skip(1)?;
                let flags = info.u8()?;
                info.skip(if flags & 1 == 0 { 0 } else { 2 })?;
                self.has_attributes |= info.u64()? != NOWHERE;
                return Some(());
            }
            // Padding, hints for groups, comments, times, numbers of references.
            0x00 | 0x0a | 0x0d | 0x0e | 0x12 | 0x16 => return Some(()),
            _ => {
                self.foreign = true;
                return Some(());
            }
        };
        if flags & flag::SHARED != 0 || slot.is_some() {
            self.foreign = true;
        }
        *slot = Some(message);
        Some(())
    }

    /// Flags that contradict each other, or the kind of their message.
    fn check_flags(&mut self, kind: u16, flags: u8) {
        let has = |flag| flags & flag != 0;
        let contradict = has(flag::SHARED) && has(flag::UNSHARED)
            || has(flag::MARKED) && (has(flag::NOT_TO_WRITE) || !has(flag::TO_MARK));
        let shareable = matches!(kind, 0x01 | 0x03 | 0x04 | 0x05 | 0x0b | 0x0c) || kind > 0x18;
        if contradict || (has(flag::SHARED) || has(flag::SHAREABLE)) && !shareable {
            self.damage = Some("the flags of a message in an object header contradict each other");
        }
    }
}

/// A block without the checksum at its end, if that holds.
fn check(block: &[u8]) -> Option<&[u8]> {
    let (content, sum) = block.split_last_chunk::<4>()?;
    (jenkins_lookup3(content) == u32::from_le_bytes(*sum)).then_some(content)
}

/// The parts of one header that are still to be read.
struct Parts<'a> {
    /// The first part, which is the only one of nearly all headers.
    first: Option<&'a [u8]>,
    waiting: Vec<&'a [u8]>,
    seen: usize,
}

impl<'a> Parts<'a> {
    fn new(first: &'a [u8]) -> Self {
        Self { first: Some(first), waiting: Vec::new(), seen: 1 }
    }

    fn next(&mut self) -> Option<Cursor<'a>> {
        self.first.take().or_else(|| self.waiting.pop()).map(Cursor::new)
    }

    fn add(&mut self, part: &'a [u8]) -> Option<()> {
        self.seen += 1;
        self.waiting.push(part);
        (self.seen <= PARTS).then_some(())
    }
}
