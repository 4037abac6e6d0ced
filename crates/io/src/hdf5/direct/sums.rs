//! Checksums of the blocks that say where chunks and links are. The other reader looks at those of the
//! headers only, and a wrong place in a block would give wrong values.
//!
//! Each function is `Some(false)` where a checksum does not hold, and `None` where there is no such block
//! or one that cannot be followed.

use hdf5_reader::checksum::jenkins_lookup3;

use super::NOWHERE;
use super::bytes::{Bytes, Cursor};

/// Bytes of a checksum.
const SUM: u64 = 4;

/// Signature, version, kind and the address of the header: what each block begins with.
const BEGIN: u64 = 4 + 1 + 1 + 8;

/// Whether the checksum behind `len` bytes at an address holds.
fn holds(bytes: Bytes<'_>, address: u64, len: u64) -> Option<bool> {
    let (content, sum) = bytes.at(address, len.checked_add(SUM)?)?.split_last_chunk()?;
    Some(jenkins_lookup3(content) == u32::from_le_bytes(*sum))
}

/// Pages of `size` bytes and a checksum each, one behind the other. Those that the bits leave out were
/// never written.
fn pages(bytes: Bytes<'_>, mut address: u64, sizes: &[u64], written: &[u8]) -> Option<bool> {
    for (at, &size) in sizes.iter().enumerate() {
        let is_written = written.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
        if is_written && !holds(bytes, address, size)? {
            return Some(false);
        }
        address = address.checked_add(size)?.checked_add(SUM)?;
    }
    Some(true)
}

/// How many bytes the pages of `elements` have, if they are more than one page.
fn sizes(elements: u64, page: u64, size: u64, largest: u64) -> Option<Vec<u64>> {
    // More than the file has room for is damage, and found elsewhere.
    (elements.checked_mul(size)? <= largest).then_some(())?;
    let full = elements / page;
    let rest = elements % page;
    let pages = (0..full).map(|_| page * size).chain((rest > 0).then_some(rest * size));
    Some(pages.collect())
}

/// A fixed array of chunks, whose header is at an address.
pub(super) fn fixed_array(bytes: Bytes<'_>, address: u64) -> Option<bool> {
    let mut header = bytes.from(address)?;
    header.expect(b"FAHD")?;
    header.skip(1 + 1)?;
    let size = u64::from(header.u8()?);
    let page = 1_u64.checked_shl(header.u8()?.into())?;
    let (elements, block) = (header.u64()?, header.u64()?);
    if block == NOWHERE {
        return Some(true);
    }
    bytes.from(block)?.expect(b"FADB")?;
    if elements <= page {
        return holds(bytes, block, BEGIN + elements.checked_mul(size)?);
    }
    let sizes = sizes(elements, page, size, bytes.len())?;
    let bits = (sizes.len() as u64).div_ceil(8);
    if !holds(bytes, block, BEGIN + bits)? {
        return Some(false);
    }
    pages(bytes, block + BEGIN + bits + SUM, &sizes, bytes.at(block + BEGIN, bits)?)
}

/// An extensible array of chunks, whose header is at an address.
pub(super) fn extensible_array(bytes: Bytes<'_>, address: u64) -> Option<bool> {
    let mut header = bytes.from(address)?;
    header.expect(b"EAHD")?;
    header.skip(1 + 1)?;
    let size = u64::from(header.u8()?);
    let bits = header.u8()?;
    let inline = u64::from(header.u8()?);
    let (least, pointers) = (header.u8()?, header.u8()?);
    let page = 1_u64.checked_shl(header.u8()?.into())?;
    header.skip(6 * 8)?;
    let index = header.u64()?;
    if index == NOWHERE {
        return Some(true);
    }
    if !least.is_power_of_two() || !pointers.is_power_of_two() || bits > 64 {
        return None;
    }
    let groups = u32::from(bits).checked_sub(least.trailing_zeros())? + 1;
    let direct = (2 * pointers.trailing_zeros()).min(groups);
    let array =
        Array { bytes, size, page, least: least.into(), count: u64::from(bits).div_ceil(8) };
    let blocks = 2 * (u64::from(pointers) - 1);
    let places = BEGIN + inline * size;
    if !holds(bytes, index, places + 8 * (blocks + u64::from(groups - direct)))? {
        return Some(false);
    }
    let mut cursor = bytes.from(index + places)?;
    for group in 0..direct {
        for _ in 0..Array::blocks(group) {
            if !array.block(cursor.u64()?, array.elements(group)?, None)? {
                return Some(false);
            }
        }
    }
    for group in direct..groups {
        if !array.group(cursor.u64()?, group)? {
            return Some(false);
        }
    }
    Some(true)
}

/// What the blocks of an extensible array have in common.
struct Array<'a> {
    bytes: Bytes<'a>,
    /// Bytes of an element, and elements of a page.
    size: u64,
    page: u64,
    /// Elements of the smallest block.
    least: u64,
    /// Bytes of a number of elements.
    count: u64,
}

impl Array<'_> {
    /// Elements of each block of a group.
    fn elements(&self, group: u32) -> Option<u64> {
        self.least.checked_shl(group.div_ceil(2))
    }

    /// Blocks of a group.
    fn blocks(group: u32) -> u64 {
        1_u64.checked_shl(group / 2).unwrap_or(u64::MAX)
    }

    /// A block of elements; of one in pages, `written` says which were written.
    fn block(&self, address: u64, elements: u64, written: Option<&[u8]>) -> Option<bool> {
        if address == NOWHERE {
            return Some(true);
        }
        self.bytes.from(address)?.expect(b"EADB")?;
        let begin = BEGIN + self.count;
        if elements <= self.page {
            return holds(self.bytes, address, begin + elements.checked_mul(self.size)?);
        }
        if !holds(self.bytes, address, begin)? {
            return Some(false);
        }
        let sizes = sizes(elements, self.page, self.size, self.bytes.len())?;
        pages(self.bytes, address + begin + SUM, &sizes, written?)
    }

    /// A group of blocks with a block of its own.
    fn group(&self, address: u64, group: u32) -> Option<bool> {
        if address == NOWHERE {
            return Some(true);
        }
        self.bytes.from(address)?.expect(b"EASB")?;
        let (elements, blocks) = (self.elements(group)?, Self::blocks(group));
        let pages = if elements > self.page { elements / self.page } else { 0 };
        let bits = pages.div_ceil(8);
        let begin = BEGIN + self.count;
        let all = blocks.checked_mul(bits.checked_add(8)?)?.checked_add(begin)?;
        if !holds(self.bytes, address, all)? {
            return Some(false);
        }
        let mut cursor = self.bytes.from(address + begin + blocks * bits)?;
        for at in 0..blocks {
            let written = self.bytes.at(address + begin + at * bits, bits)?;
            if !self.block(cursor.u64()?, elements, Some(written))? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// The block that lists the others of a heap of links, whose header is at an address.
pub(super) fn heap(bytes: Bytes<'_>, address: u64) -> Option<bool> {
    if address == NOWHERE {
        return Some(true);
    }
    let mut header = bytes.from(address)?;
    header.expect(b"FRHP")?;
    // Version, length of a reference.
    header.skip(1 + 2)?;
    let filters = header.u16()?;
    // Flags, largest object, next large one and its tree, free bytes, their place; sizes and counts.
    header.skip(1 + 4 + 4 * 8 + 8 * 8)?;
    let width = u64::from(header.u16()?);
    let (smallest, _largest) = (header.u64()?, header.u64()?);
    let bits = u64::from(header.u16()?);
    header.skip(2)?;
    let (root, rows) = (header.u64()?, u64::from(header.u16()?));
    // Without rows, the root is the one block of content.
    if rows == 0 || root == NOWHERE || filters > 0 || smallest == 0 {
        return Some(true);
    }
    bytes.from(root)?.expect(b"FHIB")?;
    let begin = 4 + 1 + 8 + bits.div_ceil(8);
    holds(bytes, root, begin + rows.checked_mul(width)?.checked_mul(8)?)
}

/// The address of the index of chunks that a layout since HDF5 1.10 names, checked by the kind of index.
pub(super) fn chunk_index(bytes: Bytes<'_>, mut layout: Cursor<'_>) -> Option<bool> {
    let version = layout.u8()?;
    layout.expect(&[2])?;
    if !matches!(version, 4 | 5) {
        return None;
    }
    layout.skip(1)?;
    let axes = usize::from(layout.u8()?);
    let width = usize::from(layout.u8()?);
    layout.skip(axes * width)?;
    match layout.u8()? {
        3 => {
            layout.skip(1)?;
            fixed_array(bytes, layout.u64()?)
        }
        4 => {
            layout.skip(5)?;
            extensible_array(bytes, layout.u64()?)
        }
        _ => None,
    }
}
