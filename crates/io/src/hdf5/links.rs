//! Members that the reader leaves out without a word.
//!
//! It hands out the members of a group that look like a group or a dataset. A member whose header is
//! damaged may look like neither, and would then be missing; h5py says what is wrong with it. Soft links are followed
//! here as HDF5 follows them: `.` in a path stands for where one is, and no more than [`MOST`] lead to an object.

use std::collections::BTreeMap;

use hdf5_reader::btree_v1::collect_btree_v1_leaves_storage;
use hdf5_reader::btree_v2::{
    BTreeV2Header, BTreeV2Record, collect_btree_v2_records_storage as records,
};
use hdf5_reader::fractal_heap::FractalHeap;
use hdf5_reader::io::Cursor;
use hdf5_reader::local_heap::LocalHeap;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::link::{self, LinkMessage, LinkTarget};
use hdf5_reader::messages::link_info::LinkInfoMessage;
use hdf5_reader::messages::symbol_table_msg::SymbolTableMessage;
use hdf5_reader::object_header::ObjectHeader;
use hdf5_reader::symbol_table::SymbolTableNode;
use hdf5_reader::{Hdf5File, Storage};

use super::direct;
use super::source::Source;
use crate::error::ReadFault;

/// What stands for a soft link in a symbol table.
const SOFT: u32 = 2;

/// Bytes of an entry of a symbol table besides its two addresses.
const ENTRY: usize = 4 + 4 + 16;

/// Soft links that are followed on the way to one object.
const MOST: u32 = 16;

/// Where a link leads.
enum Target {
    Hard(u64),
    Soft(String),
    /// Into another file, whose name it is.
    External(String),
}

/// A link of a group.
struct Link {
    name: Vec<u8>,
    target: Target,
}

/// Names of the links of a group that lead to neither a group nor a dataset of it, each list in its order.
#[derive(Default)]
pub(super) struct Others {
    /// Soft links.
    pub(super) soft: Vec<String>,
    /// Links to named datatypes.
    pub(super) types: Vec<String>,
}

/// Checks that each object that a group links to is of a kind that its header makes it.
pub(super) fn check(file: &Hdf5File, source: &Source, group: u64) -> Result<Others, ReadFault> {
    let user_block = Storage::len(source).saturating_sub(file.storage().len());
    let sound = |address| match direct::damage(source, user_block, address) {
        Some(unsound) => Err(ReadFault::from(unsound)),
        None => Ok(()),
    };
    // Sizes that no file has are not for the reader, whose products of them overflow.
    sound(group)?;
    check_whole(file, group)?;
    let linked = Links { file }.of(group)?;
    if let Some(link) = linked.iter().find(|link| std::str::from_utf8(&link.name).is_err()) {
        let what =
            format!("the name {:?}, which is not UTF-8", link.name.escape_ascii().to_string());
        return Err(ReadFault::Unsupported(what));
    }
    let mut others = Others::default();
    for link in linked {
        let name = || String::from_utf8_lossy(&link.name).into_owned();
        let address = match link.target {
            Target::Hard(address) => address,
            Target::Soft(_) => {
                others.soft.push(name());
                continue;
            }
            Target::External(file) => {
                let what = format!("the link `{}` into the file {file:?}", name());
                return Err(ReadFault::Unsupported(what));
            }
        };
        sound(address)?;
        check_whole(file, address).map_err(|fault| match fault {
            ReadFault::Unsupported(what) => ReadFault::Unsupported(format!("`{}`: {what}", name())),
            fault => fault,
        })?;
        let header = file.get_or_parse_header(address)?;
        match Kind::of(&header) {
            Some(Kind::Group | Kind::Dataset) => {}
            Some(Kind::Type) => others.types.push(name()),
            None => {
                let what = format!("the object at {address} is neither a group nor a dataset");
                return Err(ReadFault::Damaged(what));
            }
        }
    }
    others.soft.sort();
    others.types.sort();
    Ok(others)
}

/// Whether an object has attributes, in its header or in a heap.
pub(super) fn has_attributes(file: &Hdf5File, address: u64) -> Result<bool, ReadFault> {
    let header = file.get_or_parse_header(address)?;
    // An address of ones stands for none.
    let nowhere = u64::MAX >> (64 - 8 * u32::from(file.superblock().offset_size.clamp(1, 8)));
    Ok(header.messages.iter().any(|message| match message {
        HdfMessage::Attribute(_) => true,
        HdfMessage::AttributeInfo(info) => {
            info.fractal_heap_address != u64::MAX && info.fractal_heap_address != nowhere
        }
        _ => false,
    }))
}

/// Follows the soft links of a group whose path is `base`: the names of those that lead to an object of the file, and its
/// path without soft links. A link that leads nowhere is none of them, as for h5py.
pub(super) fn soft(
    file: &Hdf5File,
    group: u64,
    base: &[String],
) -> Result<BTreeMap<String, Vec<String>>, ReadFault> {
    let links = Links { file };
    let mut search = Search { links: &links, groups: BTreeMap::new(), left: 0 };
    let mut found = BTreeMap::new();
    for link in links.of(group)? {
        let Target::Soft(path) = &link.target else { continue };
        // The link itself is the first.
        search.left = MOST - 1;
        if let Some((_, place)) = search.follow((group, base.to_vec()), path)? {
            found.insert(String::from_utf8_lossy(&link.name).into_owned(), place);
        }
    }
    Ok(found)
}

/// A search for what soft links lead to.
struct Search<'a> {
    links: &'a Links<'a>,
    /// The links of the groups that were met.
    groups: BTreeMap<u64, BTreeMap<Vec<u8>, Target>>,
    /// Soft links that may still be followed.
    left: u32,
}

impl Search<'_> {
    /// The object that a path leads to from a group: its address and its path.
    fn follow(
        &mut self,
        from: (u64, Vec<String>),
        path: &str,
    ) -> Result<Option<(u64, Vec<String>)>, ReadFault> {
        let root = || Ok::<_, ReadFault>((self.links.file.root_group()?.address(), Vec::new()));
        let (mut at, mut place) = if path.starts_with('/') { root()? } else { from };
        for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
            if !self.groups.contains_key(&at) {
                let links = self.links.of(at)?.into_iter();
                self.groups.insert(at, links.map(|link| (link.name, link.target)).collect());
            }
            let next = match self.groups[&at].get(name.as_bytes()) {
                None => return Ok(None),
                Some(Target::Hard(address)) => {
                    at = *address;
                    place.push(name.to_owned());
                    continue;
                }
                Some(Target::External(file)) => {
                    let what = format!("a soft link to the link `{name}` into the file {file:?}");
                    return Err(ReadFault::Unsupported(what));
                }
                Some(Target::Soft(next)) => next.clone(),
            };
            if self.left == 0 {
                let what = format!("more than {MOST} soft links lead on from one another");
                return Err(ReadFault::Damaged(what));
            }
            self.left -= 1;
            match self.follow((at, place), &next)? {
                Some(found) => (at, place) = found,
                None => return Ok(None),
            }
        }
        Ok(Some((at, place)))
    }
}

/// Parts of a header that other objects are to have, and do not, are left out by the reader.
fn check_whole(file: &Hdf5File, address: u64) -> Result<(), ReadFault> {
    let (offset, length) = (file.superblock().offset_size, file.superblock().length_size);
    let stored = ObjectHeader::parse_at_storage(file.storage(), address, offset, length)?;
    let resolved = file.get_or_parse_header(address)?;
    if stored.messages.len() == resolved.messages.len() {
        return Ok(());
    }
    let what = "a part of an object header that another object should have is missing";
    Err(ReadFault::Damaged(what.to_owned()))
}

/// What an object is.
enum Kind {
    Group,
    Dataset,
    /// A named datatype, which holds nothing to read.
    Type,
}

impl Kind {
    fn of(header: &ObjectHeader) -> Option<Self> {
        let has = |kind: fn(&HdfMessage) -> bool| header.messages.iter().any(kind);
        let group = has(|message| {
            use HdfMessage::{Link, LinkInfo, SymbolTable};
            matches!(message, SymbolTable(_) | Link(_) | LinkInfo(_))
        });
        let datatype = has(|message| matches!(message, HdfMessage::Datatype(_)));
        let space = has(|message| matches!(message, HdfMessage::Dataspace(_)));
        let values = has(|message| {
            use HdfMessage::{DataLayout, FillValue, FilterPipeline};
            matches!(message, DataLayout(_) | FillValue(_) | FilterPipeline(_))
        });
        match (group, datatype, space, values) {
            (true, false, false, false) => Some(Self::Group),
            (false, true, true, true) => Some(Self::Dataset),
            (false, true, false, false) => Some(Self::Type),
            _ => None,
        }
    }
}

/// The objects that groups link to.
struct Links<'a> {
    file: &'a Hdf5File,
}

impl Links<'_> {
    fn offset(&self) -> u8 {
        self.file.superblock().offset_size
    }

    fn length(&self) -> u8 {
        self.file.superblock().length_size
    }

    /// The links of a group; none of an object that is no group.
    fn of(&self, group: u64) -> Result<Vec<Link>, ReadFault> {
        let header = self.file.get_or_parse_header(group)?;
        let mut found = Vec::new();
        for message in &header.messages {
            match message {
                HdfMessage::SymbolTable(table) => self.symbol_table(table, &mut found)?,
                HdfMessage::LinkInfo(info) => self.heap(info, &mut found)?,
                HdfMessage::Link(message) => found.push(link(message)),
                _ => {}
            }
        }
        Ok(found)
    }

    fn symbol_table(
        &self,
        table: &SymbolTableMessage,
        found: &mut Vec<Link>,
    ) -> Result<(), ReadFault> {
        let (storage, offset, length) = (self.file.storage(), self.offset(), self.length());
        let heap = LocalHeap::parse_at_storage(storage, table.heap_address, offset, length)?;
        let names = usize::try_from(heap.data_segment_size).unwrap_or(usize::MAX);
        let names = storage.read_range(heap.data_segment_address, names)?;
        let tree = table.btree_address;
        let leaves =
            collect_btree_v1_leaves_storage(storage, tree, offset, length, None, &[], None)?;
        let mut before: Option<Vec<u8>> = None;
        for (_, leaf) in leaves {
            let head = storage.read_range(leaf, 8)?;
            let count = head.get(6..8).and_then(|count| count.try_into().ok());
            let count = usize::from(u16::from_le_bytes(count.unwrap_or_default()));
            let bytes = 8 + count * (2 * usize::from(offset) + ENTRY);
            let node = storage.read_range(leaf, bytes)?;
            let node = SymbolTableNode::parse(&mut Cursor::new(node.as_ref()), offset, length)?;
            for entry in node.entries {
                let name = name(names.as_ref(), entry.link_name_offset)?;
                // HDF5 looks names up by their order, and does not find one that stands elsewhere.
                if before.is_some_and(|before| before >= name) {
                    let name = String::from_utf8_lossy(&name);
                    let what = format!("the name {name:?} is not where it belongs in its group");
                    return Err(ReadFault::Damaged(what));
                }
                let target = if entry.cache_type == SOFT {
                    let place = entry.scratch.first_chunk().map_or(0, |at| u32::from_le_bytes(*at));
                    let path = self::name(names.as_ref(), place.into())?;
                    Target::Soft(String::from_utf8_lossy(&path).into_owned())
                } else {
                    Target::Hard(entry.object_header_address)
                };
                found.push(Link { name: name.clone(), target });
                before = Some(name);
            }
        }
        Ok(())
    }

    /// Links that a group keeps in a heap of its own.
    fn heap(&self, info: &LinkInfoMessage, found: &mut Vec<Link>) -> Result<(), ReadFault> {
        let (storage, offset, length) = (self.file.storage(), self.offset(), self.length());
        if Cursor::is_undefined_offset(info.fractal_heap_address, offset) {
            return Ok(());
        }
        let heap =
            FractalHeap::parse_at_storage(storage, info.fractal_heap_address, offset, length)?;
        let index = info.btree_name_index_address;
        let index = BTreeV2Header::parse_at_storage(storage, index, offset, length)?;
        for record in records(storage, &index, offset, length, None, &[], None)? {
            let BTreeV2Record::LinkNameHash { heap_id, .. } = record else { continue };
            let bytes = heap.get_object_storage(&heap_id, storage, offset, length)?;
            let message = link::parse(&mut Cursor::new(&bytes), offset, length, bytes.len())?;
            found.push(link(&message));
        }
        Ok(())
    }
}

/// The name that begins at a place of a heap and ends with a zero byte.
fn name(names: &[u8], place: u64) -> Result<Vec<u8>, ReadFault> {
    let rest = usize::try_from(place).ok().and_then(|place| names.get(place..));
    let name = rest.and_then(|rest| rest.get(..rest.iter().position(|&byte| byte == 0)?));
    let missing = || ReadFault::Damaged("a name lies outside of its heap".to_owned());
    name.map(<[u8]>::to_vec).ok_or_else(missing)
}

fn link(message: &LinkMessage) -> Link {
    let target = match &message.target {
        LinkTarget::Hard { address } => Target::Hard(*address),
        LinkTarget::Soft { path } => Target::Soft(path.clone()),
        LinkTarget::External { filename, .. } => Target::External(filename.clone()),
    };
    Link { name: message.name.as_bytes().to_vec(), target }
}
