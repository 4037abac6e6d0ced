//! One dataset: what it declares, and where its values are.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::bytes::{Bytes, Cursor};
use super::chunk::{self, Chunks, Scratch};
use super::header::Header;
use super::superblock::Nodes;
use super::{NOWHERE, filter, heap, sound};
use crate::hdf5::element::Element;
use crate::hdf5::source::Source;

/// A dataset whose declaration is of the common kind.
pub(super) struct StoredDataset<'a> {
    pub(super) element: Element,
    pub(super) shape: SmallVec<[usize; 4]>,
    /// Bytes of the values, as they are stored.
    pub(super) bytes: usize,
    place: Place<'a>,
}

/// Where the values are.
enum Place<'a> {
    /// In the header, or nowhere as there are none.
    Header(&'a [u8]),
    /// In one piece, at an address of the file.
    Piece(u64, Bytes<'a>),
    /// In chunks, which may be compressed.
    Chunks(Chunks<'a>),
}

impl<'a> StoredDataset<'a> {
    /// Looks at the declaration. Chunks that decode to more than `largest` bytes are not for us.
    pub(super) fn new(
        bytes: Bytes<'a>,
        nodes: Nodes,
        header: &Header<'a>,
        elements: &mut Elements<'a>,
        largest: u64,
    ) -> Option<Self> {
        sound::dataset(bytes, nodes, header).ok()?;
        let shape = shape(Cursor::new(header.dataspace?))?;
        let element = elements.of(header.datatype?)?;
        let size = size(element);
        let len = shape.iter().try_fold(size, |len, &axis| len.checked_mul(axis))?;
        let mut layout = Cursor::new(header.layout?);
        let version = layout.u8().filter(|version| matches!(version, 3..=5))?;
        let place = match (layout.u8()?, header.filters) {
            (0, None) => {
                let stored = usize::from(layout.u16()?);
                Place::Header(layout.take(stored).filter(|stored| stored.len() == len)?)
            }
            (1, None) => match (layout.u64()?, layout.u64()?) {
                _ if len == 0 => Place::Header(&[]),
                (NOWHERE, _) => return None,
                (address, stored) if stored == len as u64 => {
                    bytes.has(address, stored)?;
                    Place::Piece(address, bytes)
                }
                _ => return None,
            },
            (2, None) if len == 0 => Place::Header(&[]),
            (2, Some(message)) if len == 0 => {
                filter::filters(Cursor::new(message), size)?;
                Place::Header(&[])
            }
            (2, filters) => {
                let chunks = match version {
                    3 => chunk::tree(bytes, layout, &shape, size)?,
                    _ => chunk::indexed(bytes, layout, &shape, size)?,
                };
                Place::Chunks(chunks.filtered(filters, largest)?)
            }
            _ => return None,
        };
        Some(Self { element, shape, bytes: len, place })
    }

    /// Address of the values, if they lie in one piece.
    pub(super) fn piece(&self) -> Option<u64> {
        match self.place {
            Place::Piece(address, _) => Some(address),
            Place::Header(_) | Place::Chunks(_) => None,
        }
    }

    /// The values as they are stored.
    pub(super) fn values(&self, source: &Source, scratch: &mut Scratch) -> Option<Cow<'a, [u8]>> {
        match &self.place {
            Place::Header(values) => Some(Cow::Borrowed(values)),
            Place::Piece(address, bytes) => {
                bytes.at(*address, self.bytes as u64).map(Cow::Borrowed)
            }
            Place::Chunks(chunks) => {
                let mut values = vec![0; self.bytes];
                chunks.decode(source, &mut values, scratch)?;
                Some(Cow::Owned(values))
            }
        }
    }

    /// Fills `target`, which is as long as the values, with them.
    pub(super) fn fill(
        &self,
        source: &Source,
        target: &mut [u8],
        scratch: &mut Scratch,
    ) -> Option<()> {
        match &self.place {
            Place::Header(values) => target.copy_from_slice(values),
            Place::Piece(address, bytes) => {
                target.copy_from_slice(bytes.at(*address, self.bytes as u64)?);
            }
            Place::Chunks(chunks) => chunks.decode(source, target, scratch)?,
        }
        Some(())
    }
}

/// The lengths of the axes; none for a scalar.
fn shape(mut space: Cursor<'_>) -> Option<SmallVec<[usize; 4]>> {
    let version = space.u8()?;
    let rank = space.u8()?;
    let _flags = space.u8()?;
    match version {
        1 => space.skip(5)?,
        // The kind: 0 is a scalar, 1 an array; 2 has no value at all.
        2 => (space.u8()? == u8::from(rank > 0)).then_some(())?,
        _ => return None,
    }
    (0..rank).map(|_| usize::try_from(space.u64()?).ok()).collect()
}

/// Bytes of one element as it is stored.
fn size(element: Element) -> usize {
    match element {
        Element::Number(dtype, _) => dtype.size(),
        Element::Converted(_, _, layout) => layout.size.into(),
        Element::Strings(_) | Element::Lists(..) => heap::REFERENCE,
        Element::Bytes(len, ..) => len,
    }
}

/// The element types that have been met, by the messages that declare them. A graph has few.
#[derive(Default)]
pub(super) struct Elements<'a>(Vec<(&'a [u8], Element)>);

impl<'a> Elements<'a> {
    /// More kinds than this are not looked for.
    const KINDS: usize = 16;

    /// The element type that a message declares, if it is one that we read.
    fn of(&mut self, message: &'a [u8]) -> Option<Element> {
        let known = self.0.iter().find(|(known, _)| *known == message);
        if let Some((_, element)) = known {
            return Some(*element);
        }
        let element = Element::of(message).ok()?;
        if matches!(element, Element::Converted(..) | Element::Lists(..)) {
            return None;
        }
        if self.0.len() < Self::KINDS {
            self.0.push((message, element));
        }
        Some(element)
    }
}
