//! Lists of numbers of different lengths: datasets whose elements are references into the heaps of a file.
//!
//! Such a file is read list by list. Only the references and the places of the objects stay in memory, so that the length of
//! the file does not matter. The reader of [`super::direct`] keeps what it has read of a file, which suits graphs; hence heaps
//! are looked up here once more.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use hdf5_reader::Storage;
use hdf5_reader::group::Group;
use nirkit_numerics::{ByteOrder, DType, Tensor};

use super::direct;
use super::direct::bytes::Cursor;
use super::layout::Layout;
use super::read::{Walker, With};
use super::source::Source;
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;

/// Bytes of a reference: a count, the address of a heap, the number of an object.
const REFERENCE: usize = 16;

/// Bytes before the objects of a heap, and before each object.
const HEAD: u64 = 16;

/// The names of the groups and of the datasets in a group.
type Members = (Vec<String>, Vec<String>);

/// A file whose lists are read one by one.
pub(crate) struct ListFile {
    walker: Walker,
    /// Bytes before the address 0.
    user_block: u64,
}

/// A dataset of lists.
pub(crate) struct Lists {
    source: Arc<Source>,
    heaps: Arc<Mutex<Heaps>>,
    references: Vec<u8>,
    dtype: DType,
    order: ByteOrder,
    layout: Option<Layout>,
}

impl ListFile {
    /// Opens a file, without reading more than its head.
    pub(crate) fn open(mut source: Source, limits: &Limits) -> Result<Self, ReadError> {
        let opened = guarded(|| {
            if let Some(end) = direct::end(&source)? {
                source.shorten(end);
            }
            let foreign = source.foreign();
            match Walker::new(source, limits, With::Values) {
                Err(ReadFault::OtherFormat { .. }) => Err(foreign),
                walker => walker,
            }
        });
        let walker = opened.map_err(|fault| fault.at(""))?;
        let user_block = Storage::len(&*walker.source).saturating_sub(walker.bytes());
        Ok(Self { walker, user_block })
    }

    /// Returns the names of the groups and of the datasets in a group; `None` where there is no such group.
    pub(crate) fn names(&self, group: &str) -> Result<Option<Members>, ReadError> {
        let place = if group.is_empty() { String::new() } else { format!("/{group}") };
        let names = || {
            let root = self.group(None)?;
            if group.is_empty() {
                return Ok(Some(root.member_names()?));
            }
            if !root.member_names()?.0.iter().any(|name| name == group) {
                return Ok(None);
            }
            Ok(Some(self.group(Some((&root, group)))?.member_names()?))
        };
        guarded(names).map_err(|fault| fault.at(place))
    }

    /// The root, or a group in it. Names that overlap would take memory without bound.
    fn group(&self, inner: Option<(&Group, &str)>) -> Result<Group, ReadFault> {
        let group = match inner {
            None => self.walker.file.root_group()?,
            Some((outer, name)) => outer.group(name)?,
        };
        self.walker.check_names(&group)?;
        Ok(group)
    }

    /// Reads a dataset of numbers or strings as any other file's.
    pub(crate) fn value(&mut self, path: &str) -> Result<nirkit_ir::value::Value, ReadError> {
        let place = format!("/{path}");
        let walker = &mut self.walker;
        let value = || {
            let dataset = walker.file.dataset(&place)?;
            walker.dataset(&dataset)
        };
        guarded(value).map_err(|fault| fault.at(&place))
    }

    /// Reads the references of a dataset of lists. The lists of all datasets that are opened share `heaps`.
    pub(crate) fn lists(
        &mut self,
        path: &str,
        heaps: &Arc<Mutex<Heaps>>,
    ) -> Result<Lists, ReadError> {
        let place = format!("/{path}");
        let walker = &mut self.walker;
        let opened = || {
            let addresses = walker.file.superblock().offset_size;
            if usize::from(addresses) != REFERENCE - 8 {
                let what = format!("a file with addresses of {addresses} bytes");
                return Err(ReadFault::Unsupported(what));
            }
            let dataset = walker.file.dataset(&place)?;
            walker.references(&dataset)
        };
        let (references, (dtype, order, layout)) =
            guarded(opened).map_err(|fault| fault.at(&place))?;
        let (source, heaps) = (self.walker.source.clone(), heaps.clone());
        Ok(Lists { source, heaps, references, dtype, order, layout })
    }

    /// Returns the heaps of the file, of which none is known yet.
    pub(crate) fn heaps(&self) -> Arc<Mutex<Heaps>> {
        let len = Storage::len(&*self.walker.source);
        Arc::new(Mutex::new(Heaps {
            user_block: self.user_block,
            len,
            size: 0,
            met: BTreeMap::new(),
        }))
    }

    /// Returns the number of bytes of the file behind its user block.
    pub(crate) fn bytes(&self) -> u64 {
        self.walker.bytes()
    }
}

/// The decoder is not ours; should it panic, that is one file that cannot be read.
fn guarded<T>(read: impl FnOnce() -> Result<T, ReadFault>) -> Result<T, ReadFault> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ReadFault::Damaged("the HDF5 decoder gave up on it".to_owned())))
}

impl Lists {
    /// Returns the number of lists.
    pub(crate) fn len(&self) -> usize {
        self.references.len() / REFERENCE
    }

    /// Returns the type of the numbers.
    pub(crate) fn dtype(&self) -> DType {
        self.dtype
    }

    /// Returns the number of numbers in a list; 0 behind the last one.
    pub(crate) fn count(&self, index: usize) -> u64 {
        self.reference(index).map_or(0, |reference| u64::from(reference.count))
    }

    /// Returns the bytes that all lists have in the file.
    pub(crate) fn bytes(&self) -> u64 {
        (0..self.len()).map(|index| self.count(index) * self.size() as u64).sum()
    }

    /// Bytes of a number as it is stored.
    fn size(&self) -> usize {
        self.layout.map_or(self.dtype.size(), |layout| layout.size.into())
    }

    fn reference(&self, index: usize) -> Option<Reference> {
        let begin = index.checked_mul(REFERENCE)?;
        Reference::of(self.references.get(begin..begin + REFERENCE)?)
    }

    /// Reads one list.
    pub(crate) fn list(&self, index: usize) -> Result<Tensor, ReadFault> {
        let damaged = |what: &str| ReadFault::Damaged(format!("list {index} {what}"));
        let reference = self.reference(index).ok_or_else(|| damaged("is not there"))?;
        let bytes = if reference.count == 0 {
            Vec::new()
        } else {
            let mut heaps = self.heaps.lock().unwrap_or_else(PoisonError::into_inner);
            let (at, len) = heaps.object(&self.source, &reference)?;
            if len != u64::from(reference.count) * self.size() as u64 {
                return Err(damaged("has another length than its object in a heap"));
            }
            let len = usize::try_from(len).map_err(|_| damaged("does not fit into memory"))?;
            let mut bytes = vec![0; len];
            read(&self.source, at, &mut bytes)?;
            bytes
        };
        let bytes = match self.layout {
            Some(layout) => layout.convert(&bytes, self.dtype, self.order),
            None => bytes,
        };
        Tensor::from_bytes(self.dtype, self.order, &[reference.count as usize], &bytes)
            .map_err(|error| ReadFault::Damaged(error.to_string()))
    }
}

/// Where a list is.
struct Reference {
    count: u32,
    heap: u64,
    object: u32,
}

impl Reference {
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        Some(Self { count: cursor.u32()?, heap: cursor.number(8)?, object: cursor.u32()? })
    }
}

/// The heaps of a file that have been met so far.
pub(crate) struct Heaps {
    user_block: u64,
    len: u64,
    /// Bytes of all heaps, which in a sound file do not overlap.
    size: u64,
    /// The numbers, places and lengths of the objects of each heap, in the order of their numbers.
    met: BTreeMap<u64, Vec<(u16, u64, u64)>>,
}

impl Heaps {
    /// The place of an object in the file, and its length.
    fn object(&mut self, source: &Source, reference: &Reference) -> Result<(u64, u64), ReadFault> {
        let Reference { heap, object, .. } = reference;
        if !self.met.contains_key(heap) {
            let objects = self.objects(source, *heap)?;
            self.met.insert(*heap, objects);
        }
        let number = u16::try_from(*object).unwrap_or(0);
        let objects = &self.met[heap];
        let found = objects.binary_search_by_key(&number, |(number, ..)| *number);
        let Ok(at) = found else {
            let what = format!("the heap at address {heap} has no object {object}");
            return Err(ReadFault::Damaged(what));
        };
        Ok((objects[at].1, objects[at].2))
    }

    /// Reads the heads of the objects of a heap.
    fn objects(&mut self, source: &Source, heap: u64) -> Result<Vec<(u16, u64, u64)>, ReadFault> {
        let damaged = |what: &str| ReadFault::Damaged(format!("the heap at address {heap} {what}"));
        let begin = heap.checked_add(self.user_block).ok_or_else(|| damaged("is outside"))?;
        let (signature, size) = head(source, begin)?;
        if signature != *b"GCOL\x01\0\0\0" {
            return Err(damaged("does not begin as one"));
        }
        let end = begin.checked_add(size).filter(|&end| end <= self.len);
        let end = end.ok_or_else(|| damaged("reaches beyond the end of the file"))?;
        self.size = self.size.saturating_add(size);
        if self.size > self.len {
            return Err(damaged("overlaps with another one"));
        }
        let (mut at, mut objects) = (begin + HEAD, Vec::new());
        while end.saturating_sub(at) >= HEAD {
            let (word, len) = head(source, at)?;
            let number = u16::from_le_bytes([word[0], word[1]]);
            // What is free counts its own head in.
            let stored = if number == 0 { len.checked_sub(HEAD) } else { Some(len) };
            let place = at + HEAD;
            let next = stored.and_then(|stored| place.checked_add(stored));
            let next = next
                .filter(|&next| next <= end)
                .ok_or_else(|| damaged("has an object beyond its end"))?;
            if number != 0 {
                objects.push((number, place, len));
            }
            at = next.next_multiple_of(8);
        }
        objects.sort_unstable();
        if !objects.is_sorted_by(|one, other| one.0 < other.0) {
            return Err(damaged("has two objects of one number"));
        }
        Ok(objects)
    }
}

/// Reads 8 bytes and a length, which heaps and their objects begin with.
fn head(source: &Source, at: u64) -> Result<([u8; 8], u64), ReadFault> {
    let mut bytes = [0; HEAD as usize];
    read(source, at, &mut bytes)?;
    let (word, len) = bytes.split_at(8);
    let both = word.first_chunk().zip(len.first_chunk());
    let (word, len) = both.ok_or_else(|| ReadFault::Damaged("a head is cut off".to_owned()))?;
    Ok((*word, u64::from_le_bytes(*len)))
}

/// Reads bytes of the file, without keeping them.
fn read(source: &Source, at: u64, target: &mut [u8]) -> Result<(), ReadFault> {
    let len = Storage::len(source);
    let outside = || {
        let what = format!("bytes from {at} on are referred to, and the file has {len}");
        ReadFault::Damaged(what)
    };
    at.checked_add(target.len() as u64).filter(|&end| end <= len).ok_or_else(outside)?;
    if let Some(outcome) = source.read_directly(at, target) {
        return Ok(outcome?);
    }
    target.copy_from_slice(source.get(at, target.len() as u64).ok_or_else(outside)?);
    Ok(())
}
