//! Object headers: the messages that say what an object is.

use hdf5_reader::checksum::jenkins_lookup3;

use super::bytes::{Bytes, Cursor};

/// More parts than this in one header are left to the other reader.
const PARTS: usize = 256;

/// Bytes of the smallest header of an object.
pub(super) const SMALLEST: u64 = 12;

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
}

impl<'a> Header<'a> {
    /// Reads the header at an address.
    pub(super) fn read(bytes: Bytes<'a>, address: u64) -> Option<Self> {
        let mut header = Self::default();
        let mut cursor = bytes.from(address)?;
        if cursor.expect(b"OHDR").is_some() {
            header.version_2(bytes, address, cursor)?;
        } else {
            header.version_1(bytes, cursor)?;
        }
        Some(header)
    }

    pub(super) fn is_group(&self) -> bool {
        self.symbol_table.is_some() || self.link_info.is_some() || !self.links.is_empty()
    }

    pub(super) fn is_dataset(&self) -> bool {
        self.dataspace.is_some() && self.datatype.is_some() && self.layout.is_some()
    }

    fn version_1(&mut self, bytes: Bytes<'a>, mut cursor: Cursor<'a>) -> Option<()> {
        cursor.expect(&[1])?;
        // Reserved, number of messages, references to the object.
        cursor.skip(1 + 2 + 4)?;
        let size = cursor.u32()? as usize;
        cursor.skip(4)?;
        let mut parts = Parts::new(cursor.take(size)?);
        while let Some(mut part) = parts.next() {
            while part.left() >= 8 {
                let kind = part.u16()?;
                let size = usize::from(part.u16()?);
                let flags = part.u8()?;
                part.skip(3)?;
                let message = part.take(size)?;
                self.message(kind, flags, message, |address, len| {
                    parts.add(bytes.at(address, len)?)
                })?;
            }
        }
        Some(())
    }

    fn version_2(&mut self, bytes: Bytes<'a>, address: u64, mut cursor: Cursor<'a>) -> Option<()> {
        cursor.expect(&[2])?;
        let flags = cursor.u8()?;
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
            0x06 if flags & 2 == 0 => {
                self.links.push(message);
                return Some(());
            }
            0x10 => {
                let mut place = Cursor::new(message);
                return more(place.u64()?, place.u64()?);
            }
            // Padding, hints for groups, attributes, comments, times, numbers of references.
            0x00 | 0x0a | 0x0c | 0x0d | 0x0e | 0x12 | 0x15 | 0x16 => return Some(()),
            _ => return None,
        };
        if flags & 2 != 0 || slot.is_some() {
            return None;
        }
        *slot = Some(message);
        Some(())
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
