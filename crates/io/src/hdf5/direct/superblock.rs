//! The superblock: where the root group is, where the file ends, and how large its parts are.

use hdf5_reader::checksum::jenkins_lookup3;

use super::NOWHERE;
use super::bytes::{Bytes, Cursor};
use super::header::Header;
use crate::error::ReadFault;
use crate::hdf5::source::Source;

const MAGIC: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Bytes of the superblock of versions 2 and 3 that its checksum covers.
const CHECKED: u64 = 44;

/// The first place behind a user block; each further one is twice as far.
const FIRST_PLACE: u64 = 512;

/// Flags that HDF5 knows: open for writing, closed well, open for one writer and many readers.
const FLAGS: u32 = 1 | 2 | 4;

/// What a superblock says.
#[derive(Clone, Copy)]
pub(super) struct Superblock {
    /// Address of the object header of the root group.
    pub(super) root: u64,
    pub(super) nodes: Nodes,
    /// What the addresses are counted from, and the byte behind the last one, as they are stored.
    base: u64,
    end: u64,
    /// Address of the object header with what newer files say in addition.
    extension: Option<u64>,
}

/// How many entries the nodes of trees have room for, half of them.
#[derive(Clone, Copy)]
pub(super) struct Nodes {
    /// In a symbol table.
    pub(super) names: u16,
    /// In a tree of symbol tables.
    pub(super) tables: u16,
    /// In a tree of chunks.
    pub(super) chunks: u16,
}

impl Default for Nodes {
    fn default() -> Self {
        Self { names: 4, tables: 16, chunks: 32 }
    }
}

impl Nodes {
    /// Whether a node of a tree has as much room in the file as every node has, and no more children than
    /// fit into it. Between children stand keys of `key` bytes.
    pub(super) fn tree(
        bytes: Bytes<'_>,
        address: u64,
        children: u16,
        half: u16,
        key: u64,
    ) -> Option<()> {
        let most = 2 * u64::from(half);
        (u64::from(children) <= most).then_some(())?;
        // Signature, kind, level, number of children, siblings; children, and keys around them.
        bytes.has(address, 8 + 2 * 8 + most * 8 + (most + 1) * key)
    }

    /// The same of a symbol table.
    pub(super) fn table(self, bytes: Bytes<'_>, address: u64, entries: u16) -> Option<()> {
        let most = 2 * u64::from(self.names);
        (u64::from(entries) <= most).then_some(())?;
        bytes.has(address, 8 + most * 40)
    }
}

/// Reads the superblock of a file whose addresses and lengths have 8 bytes, at address 0.
pub(super) fn read(bytes: Bytes<'_>) -> Option<Superblock> {
    let mut cursor = bytes.from(0)?;
    cursor.expect(&MAGIC)?;
    match cursor.u8()? {
        version @ (0 | 1) => old(version, cursor).ok().flatten(),
        2 | 3 => new(bytes, cursor),
        _ => None,
    }
}

/// The old form, or what HDF5 says is wrong with it; nothing if addresses have another size.
fn old(version: u8, mut cursor: Cursor<'_>) -> Result<Option<Superblock>, &'static str> {
    let mut parts = || -> Option<_> {
        let versions = (cursor.u8()?, cursor.u8()?);
        let _reserved = cursor.u8()?;
        let header = cursor.u8()?;
        let sizes = (cursor.u8()?, cursor.u8()?);
        let _reserved = cursor.u8()?;
        let (names, tables) = (cursor.u16()?, cursor.u16()?);
        let flags = cursor.u32()?;
        let mut nodes = Nodes { names, tables, ..Nodes::default() };
        if version == 1 {
            nodes.chunks = cursor.u16()?;
            cursor.skip(2)?;
        }
        let (base, extension) = (cursor.u64()?, cursor.u64()?);
        let (end, driver) = (cursor.u64()?, cursor.u64()?);
        let _name = cursor.u64()?;
        let (root, kind) = (cursor.u64()?, cursor.u32()?);
        let superblock = Superblock { root, nodes, base, end, extension: None };
        Some((versions, header, sizes, flags, extension, driver, kind, superblock))
    };
    let Some((versions, header, sizes, flags, extension, driver, kind, superblock)) = parts()
    else {
        return Err("the superblock is cut off");
    };
    if versions != (0, 0) || header != 0 {
        return Err("the superblock names versions of other parts that do not exist");
    }
    if sizes != (8, 8) {
        return Ok(None);
    }
    if flags & !FLAGS != 0 {
        return Err("the superblock has flags that do not exist");
    }
    let Nodes { names, tables, chunks } = superblock.nodes;
    if names == 0 || tables == 0 || chunks == 0 {
        return Err("the superblock says that nodes of trees have no room");
    }
    if extension != NOWHERE || driver != NOWHERE {
        return Err("the superblock has parts that only other files have");
    }
    if kind > 2 {
        return Err("the entry of the root group is of a kind that does not exist");
    }
    Ok(Some(superblock))
}

fn new(bytes: Bytes<'_>, mut cursor: Cursor<'_>) -> Option<Superblock> {
    cursor.expect(&[8, 8])?;
    let _flags = cursor.u8()?;
    let base = cursor.u64()?;
    let extension = Some(cursor.u64()?).filter(|&address| address != NOWHERE);
    let (end, root) = (cursor.u64()?, cursor.u64()?);
    let superblock = Superblock { root, nodes: Nodes::default(), base, end, extension };
    (cursor.u32()? == jenkins_lookup3(bytes.at(0, CHECKED)?)).then_some(superblock)
}

/// Looks at the superblock as HDF5 does when it opens a file; the number of bytes of the file that belong
/// to it, if it can be told.
pub(super) fn end(source: &Source) -> Result<Option<u64>, ReadFault> {
    let damaged = |what: &str| Err(ReadFault::Damaged(what.to_owned()));
    let Some((place, bytes)) = find(source) else { return Ok(None) };
    let mut cursor = bytes.from(MAGIC.len() as u64);
    let version = cursor.as_mut().and_then(Cursor::u8);
    let superblock = match (version, cursor) {
        (Some(version @ (0 | 1)), Some(cursor)) => match old(version, cursor) {
            Err(what) => return damaged(what),
            Ok(superblock) => superblock,
        },
        (Some(3), Some(cursor)) if is_open(cursor) => {
            return damaged("the program that wrote it did not close it, or has it open");
        }
        (_, Some(_)) => read(bytes),
        _ => None,
    };
    let Some(superblock) = superblock else { return Ok(None) };
    if superblock.extension.is_some_and(|address| !Header::is_whole(bytes, address)) {
        return damaged("the object header of the extension of the superblock cannot be read");
    }
    // Where the base is not the place of the superblock, the end is as far off.
    let end = superblock.end.wrapping_sub(superblock.base.wrapping_sub(place));
    let all = place + bytes.len();
    if end > all {
        let what = format!("the file was {end} bytes long when it was closed, and has {all} now");
        return Err(ReadFault::Damaged(what));
    }
    Ok(Some(end))
}

/// Whether the flags behind the version of a superblock say that a program has the file open for writing.
fn is_open(mut cursor: Cursor<'_>) -> bool {
    // Sizes of addresses and lengths.
    let flags = cursor.skip(2).and_then(|()| cursor.u8());
    flags.is_some_and(|flags| flags & (1 | 4) != 0)
}

/// The place of the superblock, and what begins there.
pub(super) fn find(source: &Source) -> Option<(u64, Bytes<'_>)> {
    let mut place = 0;
    loop {
        let bytes = Bytes::new(source, place);
        if bytes.at(0, MAGIC.len() as u64)? == MAGIC {
            return Some((place, bytes));
        }
        place = (2 * place).max(FIRST_PLACE);
    }
}
