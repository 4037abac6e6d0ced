//! The members of a group: names and the addresses of their object headers.
//!
//! Groups have three forms: a symbol table (what h5py writes unless told otherwise), links in the
//! object header, and, for many members, links in a heap of their own. Soft and external links are
//! left to the other reader.

use std::borrow::Cow;

use hdf5_reader::btree_v2::{
    BTreeV2Header, BTreeV2Record, collect_btree_v2_records, collect_btree_v2_records_storage,
};
use hdf5_reader::fractal_heap::FractalHeap;
use hdf5_reader::io::Cursor as ReaderCursor;

use super::NOWHERE;
use super::bytes::{Bytes, Cursor};
use super::header::Header;
use super::sound;
use super::superblock::Nodes;
use crate::hdf5::source::Source;

/// Levels of a tree beyond this are not met in files: each multiplies the members.
const LEVELS: u8 = 8;

/// A member: its name, and the address of its object header.
pub(super) type Member<'a> = (Cow<'a, str>, u64);

/// The members of a group, sorted by name as h5py sorts them, each name once.
pub(super) fn members<'a>(
    bytes: Bytes<'a>,
    nodes: Nodes,
    header: &Header<'a>,
) -> Option<Vec<Member<'a>>> {
    sound::links(bytes, header).ok()?;
    let mut members = match (header.symbol_table, header.link_info) {
        (Some(table), None) if header.links.is_empty() => {
            symbol_table(bytes, nodes, Cursor::new(table))?
        }
        (None, link_info) => {
            let mut members = Vec::with_capacity(header.links.len());
            for link in &header.links {
                let (name, address) = hard_link(Cursor::new(link))?;
                members.push((name.into(), address));
            }
            if let Some(info) = link_info {
                heap_links(bytes, Cursor::new(info), &mut members)?;
            }
            members
        }
        _ => return None,
    };
    if !members.is_sorted_by(|one, other| one.0 < other.0) {
        members.sort_unstable();
    }
    let names_differ = members.is_sorted_by(|one, other| one.0 < other.0);
    (names_differ && members.iter().all(|(name, _)| is_name(name))).then_some(members)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name != "." && !name.contains('/')
}

/// The entries of a symbol table, the form of HDF5 before 1.8.
fn symbol_table<'a>(bytes: Bytes<'a>, nodes: Nodes, table: Cursor<'a>) -> Option<Vec<Member<'a>>> {
    let entries = entries(bytes, table, Some(nodes))?;
    (!entries.soft && !entries.other_text && !entries.overlap()).then_some(entries.members)
}

/// With the sizes of nodes, whatever HDF5 takes for damage is `None`.
fn entries<'a>(
    bytes: Bytes<'a>,
    mut table: Cursor<'a>,
    nodes: Option<Nodes>,
) -> Option<Entries<'a>> {
    let tree = table.u64()?;
    let mut heap = bytes.from(table.u64()?)?;
    heap.expect(b"HEAP\0")?;
    heap.skip(3)?;
    let size = heap.u64()?;
    let free = heap.u64()?;
    let names = bytes.at(heap.u64()?, size)?;
    if nodes.is_some() {
        free_blocks(names, free)?;
    }
    let (members, last) = (Vec::new(), None);
    let (used, soft, other_text) = (0, false, false);
    let mut entries = Entries { bytes, names, nodes, used, soft, other_text, members, last };
    entries.tree(tree, None)?;
    Some(entries)
}

/// Follows the blocks of a heap that are free, which have to lie inside of it.
fn free_blocks(names: &[u8], mut free: u64) -> Option<()> {
    // Each takes 16 bytes, so there are no more than fit.
    for _ in 0..=names.len() / 16 {
        // 1 stands for none.
        if free == 1 {
            return Some(());
        }
        let at = usize::try_from(free).ok()?;
        let mut block = Cursor::new(names.get(at..)?);
        let next = block.u64()?;
        let size = block.u64()?;
        if size == 0 || size > (names.len() - at) as u64 || next == free {
            return None;
        }
        free = next;
    }
    None
}

/// Whether the symbol table of a group is one that HDF5 finds all its names in.
pub(super) fn is_sound(bytes: Bytes<'_>, nodes: Nodes, header: &Header<'_>) -> bool {
    let entries = |table| entries(bytes, Cursor::new(table), Some(nodes));
    header.symbol_table.is_none_or(|table| entries(table).is_some())
}

/// Whether a group is made so that its names together are longer than the heap that holds them. A few
/// megabytes can stand for gigabytes of names in this way.
pub(super) fn has_overlapping_names(bytes: Bytes<'_>, header: &Header<'_>) -> bool {
    let entries = header.symbol_table.and_then(|table| entries(bytes, Cursor::new(table), None));
    entries.is_some_and(|entries| entries.overlap())
}

/// Collects the entries of a symbol table.
struct Entries<'a> {
    bytes: Bytes<'a>,
    names: &'a [u8],
    /// How large nodes are, if all is to be as HDF5 wants it.
    nodes: Option<Nodes>,
    /// Bytes of the names so far, which in a sound file do not overlap.
    used: usize,
    /// Whether one of them is a soft link.
    soft: bool,
    /// Whether one of them is not UTF-8.
    other_text: bool,
    members: Vec<Member<'a>>,
    /// The last name so far: names stand in their order.
    last: Option<&'a [u8]>,
}

impl<'a> Entries<'a> {
    /// A node of the tree, which has to be of this level unless it is the root.
    fn tree(&mut self, address: u64, level: Option<u8>) -> Option<()> {
        let mut node = self.bytes.from(address)?;
        node.expect(b"TREE\0")?;
        let found = node.u8()?;
        if level.map_or(found >= LEVELS, |level| found != level) {
            return None;
        }
        let children = node.u16()?;
        if let Some(nodes) = self.nodes {
            Nodes::tree(self.bytes, address, children, nodes.tables, 8)?;
        }
        // Only a group without members has an empty node.
        if children == 0 && level.is_some() {
            return None;
        }
        // Two siblings.
        node.skip(2 * 8)?;
        let mut left = self.key(node.u64()?)?;
        for _ in 0..children {
            if self.overlap() {
                break;
            }
            let child = node.u64()?;
            let right = self.key(node.u64()?)?;
            let before = self.members.len();
            match found.checked_sub(1) {
                Some(below) => self.tree(child, Some(below))?,
                None => self.leaf(child)?,
            }
            // HDF5 looks for a name by these: all below come after the one and not after the other.
            let first = self.members.get(before).map(|(name, _)| name.as_bytes());
            let between = first.is_none_or(|first| first > left)
                && self.last.is_none_or(|last| last <= right);
            if self.nodes.is_some() && !between && !self.other_text && !self.overlap() {
                return None;
            }
            left = right;
        }
        Some(())
    }

    /// A name that stands between children of a tree.
    fn key(&self, place: u64) -> Option<&'a [u8]> {
        if self.nodes.is_some() { self.name(place) } else { Some(&[]) }
    }

    fn name(&self, place: u64) -> Option<&'a [u8]> {
        zero_terminated(self.names.get(usize::try_from(place).ok()?..)?)
    }

    fn overlap(&self) -> bool {
        self.used > self.names.len()
    }

    fn leaf(&mut self, address: u64) -> Option<()> {
        let mut node = self.bytes.from(address)?;
        node.expect(b"SNOD\x01")?;
        node.skip(1)?;
        let count = node.u16()?;
        if let Some(nodes) = self.nodes {
            nodes.table(self.bytes, address, count)?;
        }
        // Every entry stands in the file once, so there are no more than fit into it.
        if (self.members.len() as u64 + u64::from(count)) * 40 > self.bytes.len() || count == 0 {
            return None;
        }
        for _ in 0..count {
            let name = self.name(node.u64()?)?;
            self.used += name.len();
            if self.overlap() {
                return Some(());
            }
            let address = node.u64()?;
            // 0 and 1 are objects, 2 is a soft link.
            match node.u32()? {
                0 | 1 => {}
                2 => self.soft = true,
                _ if self.nodes.is_some() => return None,
                _ => {}
            }
            if self.nodes.is_some() && self.last.is_some_and(|last| last >= name) {
                return None;
            }
            self.last = Some(name);
            node.skip(4 + 16)?;
            let name = String::from_utf8_lossy(name);
            self.other_text |= matches!(name, Cow::Owned(_));
            self.members.push((name, address));
        }
        Some(())
    }
}

fn zero_terminated(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(..bytes.iter().position(|&byte| byte == 0)?)
}

/// A link message, if it is a hard link.
fn hard_link(mut link: Cursor<'_>) -> Option<(&str, u64)> {
    link.expect(&[1])?;
    let flags = link.u8()?;
    if flags & 0x08 != 0 {
        // The kind of the link: 0 is a hard one.
        link.expect(&[0])?;
    }
    // The order in which links were made, and the character set of the name.
    link.skip(if flags & 0x04 == 0 { 0 } else { 8 })?;
    link.skip(usize::from(flags & 0x10 != 0))?;
    let len = link.number(1 << (flags & 3))?;
    let name = std::str::from_utf8(link.take(usize::try_from(len).ok()?)?).ok()?;
    // The other reader takes what stands before a zero byte.
    if name.contains('\0') {
        return None;
    }
    Some((name, link.u64()?))
}

/// Adds the links that a group keeps in a heap of its own, if it does.
fn heap_links(bytes: Bytes<'_>, mut info: Cursor<'_>, members: &mut Vec<Member<'_>>) -> Option<()> {
    info.expect(&[0])?;
    let flags = info.u8()?;
    info.skip(if flags & 1 == 0 { 0 } else { 8 })?;
    let (heap, index) = (info.u64()?, info.u64()?);
    if heap == NOWHERE {
        return Some(());
    }
    let whole = match bytes.source {
        Source::Memory(whole) => Some(whole.as_slice()),
        Source::File(_) => None,
    };
    let storage = bytes.source;
    let (heap, records) = if let Some(whole) = whole {
        let at = |address| ReaderCursor::new(whole).at_offset(address).ok();
        let heap = FractalHeap::parse(&mut at(heap)?, 8, 8).ok()?;
        let index = BTreeV2Header::parse(&mut at(index)?, 8, 8).ok()?;
        let records = collect_btree_v2_records(whole, &index, 8, 8, None, &[], None).ok()?;
        (heap, records)
    } else {
        let heap = FractalHeap::parse_at_storage(storage, heap, 8, 8).ok()?;
        let index = BTreeV2Header::parse_at_storage(storage, index, 8, 8).ok()?;
        let found = collect_btree_v2_records_storage(storage, &index, 8, 8, None, &[], None);
        (heap, found.ok()?)
    };
    for record in &records {
        let BTreeV2Record::LinkNameHash { heap_id, .. } = record else { return None };
        let link = match whole {
            Some(whole) => heap.get_object(heap_id, whole, 8, 8).ok()?,
            None => heap.get_object_storage(heap_id, storage, 8, 8).ok()?,
        };
        let (name, address) = hard_link(Cursor::new(&link))?;
        members.push((name.to_owned().into(), address));
    }
    Some(())
}
