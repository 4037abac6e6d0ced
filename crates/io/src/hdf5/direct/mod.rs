//! Reads the HDF5 files that nearly everybody writes, fast.
//!
//! `hdf5-reader` knows all of HDF5, and for a graph of thousands of nodes it spends its time on
//! generality: it remembers every header, copies every message, asks for each byte through a trait.
//! This reader knows what h5py, the reference and nirkit write (8-byte addresses, symbol tables and
//! hard links, values in one piece or in chunks under gzip, lzf and shuffle) and looks at it in place.
//!
//! **The rule:** whatever is not exactly of that kind, is damaged, or exceeds a limit is `None`, and
//! the other reader has the word from the beginning, on what it is and on what is wrong with it.
//! There is therefore one place that makes errors. `tests.rs` of the folder above holds that both
//! readers give the same tree.
//!
//! Every access is bounds-checked ([`bytes`]). No loop is longer than the file: trees have strictly
//! falling levels and no empty nodes, and names and heaps may not overlap.

pub(super) mod bytes;
mod chunk;
mod dataset;
mod filter;
mod group;
mod header;
mod heap;
mod parallel;
mod sound;
mod sums;
mod superblock;
#[cfg(test)]
mod tests;

use nirkit_ir::value::{Fields, Text, Value};

use self::bytes::Bytes;
use self::chunk::Scratch;
use self::dataset::{Elements, StoredDataset};
use self::header::{Header, Known};
use self::heap::{Heaps, REFERENCE};
pub(super) use self::sound::Unsound;
use self::superblock::Nodes;
use super::budget::Budget;
use super::element::Element;
use super::source::Source;
use super::{Tree, attributes_of, text, values};
use crate::error::ReadFault;
use crate::limits::Limits;

/// The address that stands for none.
const NOWHERE: u64 = u64::MAX;

/// Something that the other reader has the word on.
struct NotOurs;

impl From<ReadFault> for NotOurs {
    fn from(_: ReadFault) -> Self {
        Self
    }
}

/// Reads a whole file, if it is of the common kind and within the limits.
pub(super) fn read(source: &Source, limits: &Limits) -> Option<Tree> {
    let bytes = Bytes::new(source, 0);
    let superblock = superblock::read(bytes)?;
    let root = superblock.root;
    let mut walker = Walker {
        bytes,
        nodes: superblock.nodes,
        source,
        budget: Budget::new(limits, bytes.len()).ok()?,
        objects: 0,
        elements: Elements::default(),
        heaps: Heaps::new(bytes),
        scratch: Scratch::default(),
        ancestors: Vec::new(),
        with_attributes: Vec::new(),
    };
    let root = walker.group(root, &Header::read(bytes, root)?)?;
    let left_out = walker.with_attributes.iter().map(|path| attributes_of(path)).collect();
    Some(Tree { root, left_out, ..Tree::default() })
}

/// Whether the group whose header is at an address behind the user block has names that overlap, which
/// the other reader does not look for.
pub(super) fn has_overlapping_names(source: &Source, user_block: u64, address: u64) -> bool {
    let bytes = Bytes::new(source, user_block);
    let header = Header::read(bytes, address);
    header.is_some_and(|header| group::has_overlapping_names(bytes, &header))
}

/// What is wrong with the object whose header is at an address behind the user block, and the other
/// reader does not say: nothing where it is sound, or of a kind that is not known here.
pub(super) fn damage(source: &Source, user_block: u64, address: u64) -> Option<Unsound> {
    let bytes = Bytes::new(source, user_block);
    let nodes = superblock::read(bytes)?.nodes;
    let header = match Header::known(bytes, address) {
        Known::All(header) => header,
        Known::Damaged(what) => return Some(Unsound::Damaged(what)),
        Known::Part => return None,
    };
    if header.symbol_table.is_some() && !group::is_sound(bytes, nodes, &header) {
        return Some(Unsound::Damaged("the table of the names of the group is damaged"));
    }
    sound::links(bytes, &header).and_then(|()| sound::dataset(bytes, nodes, &header)).err()
}

/// Whether the heap at an address behind the user block holds objects as HDF5 wants them; also when it is
/// of a kind that is not known here.
pub(super) fn has_sound_heap(source: &Source, user_block: u64, address: u64) -> bool {
    let bytes = Bytes::new(source, user_block);
    superblock::read(bytes).is_none() || Heaps::new(bytes).has_sound(address)
}

/// Whether there is a superblock where one can be.
pub(super) fn has_superblock(source: &Source) -> bool {
    superblock::find(source).is_some()
}

/// The number of bytes of a file that belong to it; an error for what HDF5 does not open.
pub(super) fn end(source: &Source) -> Result<Option<u64>, ReadFault> {
    superblock::end(source)
}

/// A walk through the groups of a file.
struct Walker<'a> {
    bytes: Bytes<'a>,
    nodes: Nodes,
    source: &'a Source,
    budget: Budget,
    objects: u64,
    elements: Elements<'a>,
    heaps: Heaps<'a>,
    scratch: Scratch,
    /// Addresses of the groups from the root to the one that is being read.
    ancestors: Vec<u64>,
    /// Paths of objects that have attributes, from the group that is being read.
    with_attributes: Vec<String>,
}

impl<'a> Walker<'a> {
    /// Reads a group and everything below it.
    fn group(&mut self, address: u64, header: &Header<'a>) -> Option<Fields> {
        if self.ancestors.contains(&address) || !header.is_group() || header.is_dataset() {
            return None;
        }
        self.ancestors.push(address);
        if header.has_attributes {
            self.with_attributes.push(String::new());
        }
        let members = group::members(self.bytes, self.nodes, header)?;
        let mut fields = Fields::default();
        fields.reserve(members.len());
        for (name, address) in members {
            self.budget.object(self.ancestors.len() as u64).ok()?;
            // More objects than headers fit into the file are a few of them linked again and again.
            self.objects += 1;
            if self.objects * header::SMALLEST > self.bytes.len() {
                return None;
            }
            let header = Header::read(self.bytes, address)?;
            let before = self.with_attributes.len();
            let value = if header.is_group() {
                Value::Group(self.group(address, &header)?)
            } else {
                self.dataset(&header)?
            };
            for path in &mut self.with_attributes[before..] {
                path.insert_str(0, &format!("/{name}"));
            }
            fields.insert(name.into_owned(), value);
        }
        self.ancestors.pop();
        Some(fields)
    }

    fn dataset(&mut self, header: &Header<'a>) -> Option<Value> {
        if header.has_attributes {
            self.with_attributes.push(String::new());
        }
        let largest = self.budget.largest();
        let dataset =
            StoredDataset::new(self.bytes, self.nodes, header, &mut self.elements, largest)?;
        self.budget.dataset(dataset.bytes as u64).ok()?;
        let strings = match dataset.element {
            Element::Number(dtype, order) => {
                let fill = |target: &mut [u8]| self.fill(&dataset, target).ok_or(NotOurs);
                let tensor = values::tensor(dtype, order, &dataset.shape, fill);
                return tensor.ok().map(Value::Tensor);
            }
            // The other reader converts, and refuses lists.
            Element::Converted(..) | Element::Lists(..) => return None,
            Element::Strings(_) => {
                let references = dataset.values(self.source, &mut self.scratch)?;
                self.heap_strings(&references)?
            }
            Element::Bytes(len, _, padding) => {
                text::byte_strings(&dataset.values(self.source, &mut self.scratch)?, len, padding)
                    .ok()?
            }
        };
        let storage = dataset.element.text_storage()?;
        Text::new(&dataset.shape, strings, storage).map(Value::Text)
    }

    /// Fills `target` with the values of a dataset. Large ones come from the file itself and not
    /// from where it is mapped to, which takes a page fault for every few pages.
    fn fill(&mut self, dataset: &StoredDataset<'a>, target: &mut [u8]) -> Option<()> {
        let direct = dataset.piece().filter(|_| target.len() >= values::LARGE);
        match direct.and_then(|address| self.source.read_directly(address, target)) {
            Some(outcome) => outcome.ok(),
            None => dataset.fill(self.source, target, &mut self.scratch),
        }
    }

    fn heap_strings(&mut self, references: &[u8]) -> Option<Vec<String>> {
        let mut strings = Vec::with_capacity(references.len() / REFERENCE);
        for reference in references.chunks_exact(REFERENCE) {
            let bytes = self.heaps.get(reference)?;
            self.budget.dataset(bytes.len() as u64).ok()?;
            strings.push(text::heap_string(bytes, strings.len()).ok()?);
        }
        Some(strings)
    }
}
