//! Global heaps, where strings of variable length are.

use std::collections::BTreeMap;

use super::bytes::{Bytes, Cursor};

/// Objects that most heaps have room for in a graph: names of edges apart, the kind of a node and little more.
const OBJECTS: usize = 8;

/// Bytes of a reference to an object in a heap.
pub(super) const REFERENCE: usize = 16;

/// The heaps of a file that have been met so far.
pub(super) struct Heaps<'a> {
    bytes: Bytes<'a>,
    met: BTreeMap<u64, Heap<'a>>,
    /// The heap that was asked last, which is most often asked next.
    last: Option<(u64, Heap<'a>)>,
    /// Bytes of all heaps, which in a sound file do not overlap.
    size: u64,
}

/// The objects of one heap with their numbers, in ascending order.
type Heap<'a> = std::rc::Rc<Vec<(u16, &'a [u8])>>;

impl<'a> Heaps<'a> {
    pub(super) fn new(bytes: Bytes<'a>) -> Self {
        Self { bytes, met: BTreeMap::new(), last: None, size: 0 }
    }

    /// The bytes that a reference stands for.
    pub(super) fn get(&mut self, reference: &[u8]) -> Option<&'a [u8]> {
        let mut reference = Cursor::new(reference);
        let len = reference.u32()? as usize;
        let (address, number) = (reference.u64()?, reference.u32()?);
        if address == 0 {
            return Some(&[]);
        }
        let number = u16::try_from(number).ok().filter(|&number| number > 0)?;
        let found = self.heap(address).and_then(|heap| object(heap, number))?;
        (found.len() == len).then_some(found)
    }

    /// Whether the heap at an address can be read.
    pub(super) fn has_sound(&mut self, address: u64) -> bool {
        self.heap(address).is_some()
    }

    fn heap(&mut self, address: u64) -> Option<&Heap<'a>> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != address) {
            let heap = match self.met.get(&address) {
                Some(heap) => heap.clone(),
                None => self.read(address)?,
            };
            self.last = Some((address, heap));
        }
        self.last.as_ref().map(|(_, heap)| heap)
    }

    fn read(&mut self, address: u64) -> Option<Heap<'a>> {
        let mut start = self.bytes.from(address)?;
        start.expect(b"GCOL\x01")?;
        start.skip(3)?;
        let size = start.u64()?;
        self.size = self.size.checked_add(size).filter(|&all| all <= self.bytes.len())?;
        let mut content = Cursor::new(self.bytes.at(address, size)?);
        content.skip(16)?;
        let mut objects = Vec::with_capacity(OBJECTS);
        let mut has_free = false;
        while content.left() >= 16 {
            let number = content.u16()?;
            content.skip(6)?;
            let len = usize::try_from(content.u64()?).ok()?;
            // What is free counts itself in.
            if number == 0 {
                has_free = true;
                content.skip(len.checked_sub(16)?)?;
                continue;
            }
            objects.push((number, content.take(len)?));
            content.skip(content.left().min(len.wrapping_neg() & 7))?;
        }
        // What is too small for an object is free as well, and of what is free there is one piece.
        if has_free && content.left() > 0 {
            return None;
        }
        if !objects.is_sorted_by_key(|(number, _)| *number) {
            objects.sort_unstable_by_key(|(number, _)| *number);
        }
        if !objects.is_sorted_by(|one, other| one.0 < other.0) {
            return None;
        }
        let heap = Heap::new(objects);
        self.met.insert(address, heap.clone());
        Some(heap)
    }
}

/// Objects are numbered from 1 on; where some were deleted, numbers are missing.
fn object<'a>(heap: &Heap<'a>, number: u16) -> Option<&'a [u8]> {
    let expected = heap.get(usize::from(number) - 1).filter(|(found, _)| *found == number);
    let found = expected.or_else(|| {
        let index = heap.binary_search_by_key(&number, |(found, _)| *found).ok()?;
        heap.get(index)
    });
    found.map(|(_, object)| *object)
}
