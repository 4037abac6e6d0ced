//! What HDF5 checks when it opens an object, and a reader of its values would not miss.

use std::ops::Deref;

use super::bytes::{Bytes, Cursor};
use super::header::Header;
use super::superblock::Nodes;
use super::{NOWHERE, sums};
use crate::error::ReadFault;

/// Levels of a tree beyond this are not met in files.
const LEVELS: u8 = 8;

/// The axes that an array can have, and the size of an element.
const AXES: usize = 32 + 1;

/// A number for each axis, without memory of its own: a graph has thousands of datasets.
struct Lengths {
    numbers: [u64; AXES],
    count: u8,
}

impl Lengths {
    /// As many numbers as there are axes, one after the other; `None` if there are too many.
    fn of(count: u8, mut next: impl FnMut() -> Option<u64>) -> Option<Self> {
        let mut numbers = [0; AXES];
        for number in numbers.get_mut(..count.into())? {
            *number = next()?;
        }
        Some(Self { numbers, count })
    }
}

impl Deref for Lengths {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.numbers[..self.count.into()]
    }
}

/// Why an object cannot be read.
#[derive(Clone, Copy, Debug)]
pub(in crate::hdf5) enum Unsound {
    /// HDF5 would not open it.
    Damaged(&'static str),
    /// HDF5 reads it, and the other reader would read other numbers.
    Unsupported(&'static str),
}

impl From<Unsound> for ReadFault {
    fn from(unsound: Unsound) -> Self {
        match unsound {
            Unsound::Damaged(what) => Self::Damaged(what.to_owned()),
            Unsound::Unsupported(what) => Self::Unsupported(what.to_owned()),
        }
    }
}

/// Checks the parts of the header of a dataset that say nothing about its values, and the places of its
/// chunks; says what is damaged.
pub(super) fn dataset(bytes: Bytes<'_>, nodes: Nodes, header: &Header<'_>) -> Result<(), Unsound> {
    let damaged = |what| Err(Unsound::Damaged(what));
    let holds = |message: Option<&[u8]>, check: fn(Cursor<'_>) -> Option<bool>| {
        message.is_none_or(|message| check(Cursor::new(message)) == Some(true))
    };
    let space = header.dataspace.map(|message| space(Cursor::new(message)));
    if space.as_ref().is_some_and(|space| !space.as_ref().is_some_and(|space| space.fits)) {
        return damaged("an axis is longer than it can become");
    }
    if !holds(header.fill, fill) || !holds(header.old_fill, old_fill) {
        return damaged("the description of a fill value is cut off");
    }
    let layout = header.layout.map(Cursor::new);
    let empty = space.flatten().is_some_and(|space| space.is_empty);
    if layout.is_some_and(|layout| piece_is_empty(layout) == Some(!empty)) {
        return damaged("bytes are stored for no values, or none for values that are declared");
    }
    if layout.is_some_and(|layout| old_piece(layout) == Some(false)) {
        return damaged("values in one piece have more bytes than any file");
    }
    if layout.is_some_and(|layout| chunk_lengths(layout) == Some(false)) {
        return damaged("a chunk has an axis of length 0");
    }
    if layout.is_some_and(|layout| chunk_places(bytes, nodes, layout) == Some(false)) {
        return damaged(
            "a chunk has no bytes, lies where none can be, or is not where HDF5 looks for it",
        );
    }
    if layout.is_some_and(|layout| sums::chunk_index(bytes, layout) == Some(false)) {
        return damaged("the checksum of the places of chunks does not hold");
    }
    if header.filters.is_some_and(|filters| !matches!(filters.first(), Some(1 | 2))) {
        return damaged("the filters are described in a version that does not exist");
    }
    let has_parts = layout
        .zip(header.dataspace)
        .is_some_and(|(layout, space)| unfiltered_parts(layout, Cursor::new(space)) == Some(true));
    if has_parts && header.filters.is_some() {
        return Err(Unsound::Unsupported(
            "chunks that go beyond the shape and are stored without the filters of the others",
        ));
    }
    Ok(())
}

/// Checks the links of a group that are kept in a heap.
pub(super) fn links(bytes: Bytes<'_>, header: &Header<'_>) -> Result<(), Unsound> {
    let heap = |info| {
        let mut info = Cursor::new(info);
        info.expect(&[0])?;
        let flags = info.u8()?;
        info.skip(if flags & 1 == 0 { 0 } else { 8 })?;
        sums::heap(bytes, info.u64()?)
    };
    if header.link_info.and_then(heap) == Some(false) {
        return Err(Unsound::Damaged("the checksum of the places of links does not hold"));
    }
    Ok(())
}

/// What a dataspace says of its axes.
#[derive(Debug, PartialEq)]
struct Space {
    /// Whether no axis is longer than the longest that it can have.
    fits: bool,
    /// Whether an axis has no length.
    is_empty: bool,
}

/// The lengths of the axes of a dataspace, one after the other.
fn axes_of(mut message: Cursor<'_>) -> Option<Cursor<'_>> {
    let version = message.u8()?;
    message.skip(if version == 1 { 7 } else { 3 })?;
    Some(message)
}

fn space(mut message: Cursor<'_>) -> Option<Space> {
    let version = message.u8()?;
    let rank = message.u8()?;
    let has_longest = message.u8()? & 1 != 0;
    message.skip(if version == 1 { 5 } else { 1 })?;
    if usize::from(rank) > AXES {
        return None;
    }
    let mut axes = message;
    message.skip(8 * usize::from(rank))?;
    let (mut fits, mut is_empty) = (true, false);
    for _ in 0..rank {
        let axis = axes.u64()?;
        is_empty |= axis == 0;
        fits &= !has_longest || axis <= message.u64()?;
    }
    Some(Space { fits, is_empty })
}

/// Whether a fill value is all there.
fn fill(mut message: Cursor<'_>) -> Option<bool> {
    let version = message.u8()?;
    let has_value = match version {
        1 => message.skip(3).map(|()| true)?,
        2 => {
            message.skip(2)?;
            message.u8()? != 0
        }
        3 => {
            let flags = message.u8()?;
            if flags & !0x3f != 0 {
                return Some(false);
            }
            flags & 0x20 != 0
        }
        _ => return Some(false),
    };
    if !has_value {
        return Some(true);
    }
    // A size below zero stands for no value.
    let size = message.u32()? as i32;
    Some(usize::try_from(size).is_ok_and(|size| size <= message.left()) || size < 0)
}

/// The same, of the form before HDF5 1.6.
fn old_fill(mut message: Cursor<'_>) -> Option<bool> {
    let size = message.u32()? as usize;
    Some(size <= message.left())
}

/// Whether values in one piece that have a place have no bytes; `None` when they have no place.
fn piece_is_empty(mut layout: Cursor<'_>) -> Option<bool> {
    let version = layout.u8()?;
    layout.expect(&[1])?;
    if version < 3 || layout.u64()? == NOWHERE {
        return None;
    }
    Some(layout.u64()? == 0)
}

/// Whether the size of values in one piece, which the first two versions state as lengths of axes, is a number; `None` for
/// other layouts.
fn old_piece(mut layout: Cursor<'_>) -> Option<bool> {
    let (version, axes, class) = (layout.u8()?, layout.u8()?, layout.u8()?);
    if version > 2 || class != 1 {
        return None;
    }
    layout.skip(5 + 8)?;
    let mut lengths = (0..axes).map(|_| layout.u32());
    let size = lengths.try_fold(1_u64, |size, length| size.checked_mul(length?.into()));
    Some(size.is_some())
}

/// Whether chunks have a length along each axis, the last of which is the size of an element; `None` when
/// there are none.
fn chunk_lengths(mut layout: Cursor<'_>) -> Option<bool> {
    let version = layout.u8()?;
    layout.expect(&[2])?;
    let (axes, width) = match version {
        3 => {
            let axes = layout.u8()?;
            layout.skip(8)?;
            (axes, 4)
        }
        4 | 5 => {
            layout.skip(1)?;
            (layout.u8()?, usize::from(layout.u8()?))
        }
        _ => return None,
    };
    let mut lengths = (0..axes).map(|_| layout.number(width));
    Some(lengths.all(|length| length.is_some_and(|length| length > 0)))
}

/// Whether chunks that go beyond the shape, of which there are some, are stored without filters
/// (`H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS`); `None` for layouts that cannot say so.
fn unfiltered_parts(mut layout: Cursor<'_>, space: Cursor<'_>) -> Option<bool> {
    let version = layout.u8()?;
    layout.expect(&[2])?;
    if !matches!(version, 4 | 5) || layout.u8()? & 1 == 0 {
        return None;
    }
    let (axes, width) = (layout.u8()?, usize::from(layout.u8()?));
    let mut shape = axes_of(space)?;
    Some((1..axes).any(|_| {
        let chunk = layout.number(width).filter(|&chunk| chunk > 0);
        chunk.is_none_or(|chunk| shape.u64().is_none_or(|axis| axis % chunk != 0))
    }))
}

/// Whether the places in a tree of chunks are places of chunks, in the order in which HDF5 looks for them; `None` when there is no such tree, or
/// one that cannot be followed.
fn chunk_places(bytes: Bytes<'_>, nodes: Nodes, mut layout: Cursor<'_>) -> Option<bool> {
    layout.expect(&[3, 2])?;
    let axes = layout.u8()?;
    let root = layout.u64()?;
    let chunk = Lengths::of(axes, || layout.u32().map(u64::from))?;
    if root == NOWHERE || chunk.contains(&0) {
        return None;
    }
    Places { bytes, nodes, chunk: &chunk, last: None }.tree(root, None)
}

/// Looks at the places in a tree of chunks.
struct Places<'a> {
    bytes: Bytes<'a>,
    nodes: Nodes,
    /// Lengths of a chunk along each axis, and the bytes of an element.
    chunk: &'a Lengths,
    /// The last place so far.
    last: Option<Lengths>,
}

impl Places<'_> {
    /// A node of the tree, which has to be of this level unless it is the root.
    fn tree(&mut self, address: u64, level: Option<u8>) -> Option<bool> {
        let mut node = self.bytes.from(address)?;
        node.expect(b"TREE\x01")?;
        let found = node.u8()?;
        let children = node.u16()?;
        if level.map_or(found >= LEVELS, |level| found != level) {
            return None;
        }
        let key = 4 + 4 + 8 * self.chunk.len() as u64;
        if Nodes::tree(self.bytes, address, children, self.nodes.chunks, key).is_none() {
            return Some(false);
        }
        node.skip(2 * 8)?;
        for left in (0..=children).rev() {
            let stored = node.u32()?;
            node.skip(4)?;
            if found == 0 && left > 0 && stored == 0 {
                return Some(false);
            }
            let place = Lengths::of(self.chunk.count, || node.u64())?;
            if place.iter().zip(self.chunk.iter()).any(|(place, length)| place % length != 0) {
                return Some(false);
            }
            // Only behind the last chunk is a place inside of an element.
            if left > 0 && place.last() != Some(&0) {
                return Some(false);
            }
            // A node begins with the place that its parent has for it, and ends with the next one there.
            let above = found > 0 || level.is_some();
            let after = |last: &Lengths| if above { **last <= *place } else { **last < *place };
            if self.last.as_ref().is_some_and(|last| !after(last)) {
                return Some(false);
            }
            self.last = Some(place);
            if left > 0 {
                let child = node.u64()?;
                if let Some(below) = found.checked_sub(1)
                    && !self.tree(child, Some(below))?
                {
                    return Some(false);
                }
            }
        }
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(message: &[u8], check: fn(Cursor<'_>) -> Option<bool>) -> Option<bool> {
        check(Cursor::new(message))
    }

    #[test]
    fn fill_values_have_to_be_there() {
        assert_eq!(on(&[2, 2, 0, 1, 0, 0, 0, 0], fill), Some(true));
        assert_eq!(on(&[2, 2, 0, 1, 4, 0, 0, 0, 1, 2, 3, 4], fill), Some(true));
        assert_eq!(on(&[2, 2, 0, 1, 0, 0, 0, 1], fill), Some(false));
        assert_eq!(on(&[2, 2, 0, 0], fill), Some(true));
        assert_eq!(on(&[3, 0x0a], fill), Some(true));
        assert_eq!(on(&[3, 0x8a], fill), Some(false));
        assert_eq!(on(&[2, 2, 0, 1, 0, 0, 0, 0], old_fill), Some(false));
        assert_eq!(on(&[0; 8], old_fill), Some(true));
    }

    #[test]
    fn an_axis_is_not_longer_than_it_can_become() {
        let fits = |length: u64, longest: u64| {
            let begin = &[1, 1, 1, 0, 0, 0, 0, 0][..];
            let message = [begin, &length.to_le_bytes(), &longest.to_le_bytes()].concat();
            space(Cursor::new(&message)).map(|space| space.fits)
        };
        assert_eq!(fits(3, 3), Some(true));
        assert_eq!(fits(3, u64::MAX), Some(true));
        assert_eq!(fits(4, 3), Some(false));
        assert_eq!(space(Cursor::new(&[1, 33, 0, 0, 0, 0, 0, 0])), None);
    }
}
