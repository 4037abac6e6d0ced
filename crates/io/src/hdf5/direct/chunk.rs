//! Values in chunks: finding them, decompressing them, and laying them where they belong.

use hdf5_reader::fixed_array::{
    collect_fixed_array_chunk_entries, collect_fixed_array_chunk_entries_storage,
};

use super::bytes::{Bytes, Cursor};
use super::filter::{Filter, filters};
use super::{NOWHERE, parallel};
use crate::hdf5::source::Source;

/// Levels of a tree beyond this are not met in files.
const LEVELS: u8 = 8;

/// Chunks that are stored in this many bytes or more are read from the file itself.
const FROM_FILE: usize = 16 << 10;

/// The chunks of a dataset.
pub(super) struct Chunks<'a> {
    /// Lengths of the axes, of the whole and of a chunk.
    shape: Vec<usize>,
    chunk: Vec<usize>,
    /// Bytes of an element, and of a chunk when decoded.
    size: usize,
    bytes: usize,
    bytes_of_file: Bytes<'a>,
    /// The chunks in C order of their places, as they are stored. All there are to be are here.
    stored: Vec<Stored>,
    filters: Vec<Filter>,
}

/// One chunk as it is stored.
struct Stored {
    address: u64,
    len: usize,
    /// A bit for each filter that did not help this chunk and was left out.
    left_out: u32,
}

/// The chunks that a tree lists, the form of HDF5 before 1.10 and of h5py's default.
pub(super) fn tree<'a>(
    bytes: Bytes<'a>,
    mut layout: Cursor<'a>,
    shape: &[usize],
    size: usize,
) -> Option<Chunks<'a>> {
    if usize::from(layout.u8()?) != shape.len() + 1 || shape.is_empty() {
        return None;
    }
    let root = layout.u64()?;
    let axes = shape.iter().map(|_| layout.u32().map(|axis| axis as usize));
    let chunk: Vec<usize> = axes.collect::<Option<_>>()?;
    if layout.u32()? as usize != size || root == NOWHERE {
        return None;
    }
    let mut chunks = Chunks::new(bytes, shape, chunk, size)?;
    Leaves { bytes, chunks: &mut chunks }.tree(root, None)?;
    chunks.complete()
}

/// The chunks of the forms since HDF5 1.10: one that needs no index, or as many as fit the shape.
pub(super) fn indexed<'a>(
    bytes: Bytes<'a>,
    mut layout: Cursor<'a>,
    shape: &[usize],
    size: usize,
) -> Option<Chunks<'a>> {
    let flags = layout.u8()?;
    if usize::from(layout.u8()?) != shape.len() + 1 || shape.is_empty() {
        return None;
    }
    let width = usize::from(layout.u8()?);
    let mut axis = || usize::try_from(layout.number(width)?).ok();
    let chunk: Vec<usize> = shape.iter().map(|_| axis()).collect::<Option<_>>()?;
    if axis()? != size {
        return None;
    }
    let mut chunks = Chunks::new(bytes, shape, chunk, size)?;
    match layout.u8()? {
        1 => {
            let filtered = flags & 2 != 0;
            let stored = if filtered { layout.u64()? } else { chunks.bytes as u64 };
            let left_out = if filtered { layout.u32()? } else { 0 };
            chunks.add(layout.u64()?, stored, left_out)?;
        }
        3 => {
            layout.skip(1)?;
            chunks.array(bytes, layout.u64()?)?;
        }
        _ => return None,
    }
    chunks.complete()
}

/// Collects the chunks of a tree.
struct Leaves<'a, 'c> {
    bytes: Bytes<'a>,
    chunks: &'c mut Chunks<'a>,
}

impl Leaves<'_, '_> {
    /// A node of the tree, which has to be of this level unless it is the root.
    fn tree(&mut self, address: u64, level: Option<u8>) -> Option<()> {
        let mut node = self.bytes.from(address)?;
        node.expect(b"TREE\x01")?;
        let found = node.u8()?;
        let children = node.u16()?;
        if level.map_or(found >= LEVELS, |level| found != level) || children == 0 {
            return None;
        }
        node.skip(2 * 8)?;
        for _ in 0..children {
            let stored = node.u32()?;
            let left_out = node.u32()?;
            if let Some(below) = found.checked_sub(1) {
                node.skip(8 * (self.chunks.shape.len() + 1))?;
                self.tree(node.u64()?, Some(below))?;
            } else {
                self.chunks.is_next(&mut node)?;
                self.chunks.add(node.u64()?, stored.into(), left_out)?;
            }
        }
        Some(())
    }
}

impl<'a> Chunks<'a> {
    fn new(file: Bytes<'a>, shape: &[usize], chunk: Vec<usize>, size: usize) -> Option<Self> {
        let bytes = chunk.iter().try_fold(size, |bytes, &axis| bytes.checked_mul(axis));
        let bytes = bytes.filter(|&bytes| bytes > 0)?;
        let shape = shape.to_vec();
        let (stored, filters) = (Vec::new(), Vec::new());
        Some(Self { shape, chunk, size, bytes, bytes_of_file: file, stored, filters })
    }

    /// Chunks along an axis.
    fn along(&self, axis: usize) -> usize {
        self.shape[axis].div_ceil(self.chunk[axis])
    }

    fn add(&mut self, address: u64, len: u64, left_out: u32) -> Option<()> {
        self.bytes_of_file.has(address, len)?;
        let len = usize::try_from(len).ok()?;
        self.stored.push(Stored { address, len, left_out });
        Some(())
    }

    /// Adds the chunks that a fixed array lists.
    fn array(&mut self, bytes: Bytes<'a>, address: u64) -> Option<()> {
        let shape: Vec<u64> = self.shape.iter().map(|&axis| axis as u64).collect();
        let axes = self.chunk.iter().map(|&axis| u32::try_from(axis).ok());
        let chunk: Vec<u32> = axes.collect::<Option<_>>()?;
        let entries = match bytes.source {
            Source::Memory(whole) => {
                collect_fixed_array_chunk_entries(whole, address, 8, 8, &shape, &chunk, None)
            }
            file @ Source::File(_) => {
                collect_fixed_array_chunk_entries_storage(file, address, 8, 8, &shape, &chunk, None)
            }
        };
        let entries = entries.ok()?;
        for entry in entries {
            let origin = self.origin(self.stored.len());
            let begins = origin.iter().map(|&begin| begin as u64);
            // Without a filter, the array does not repeat what every chunk takes.
            let stored = if entry.size == 0 { self.bytes as u64 } else { entry.size };
            if !begins.eq(entry.offsets.iter().copied()) {
                return None;
            }
            self.add(entry.address, stored, entry.filter_mask)?;
        }
        Some(())
    }

    /// Where a chunk begins along each axis.
    fn origin(&self, mut index: usize) -> Vec<usize> {
        let mut origin = vec![0; self.shape.len()];
        for axis in (0..self.shape.len()).rev() {
            origin[axis] = index % self.along(axis) * self.chunk[axis];
            index /= self.along(axis);
        }
        origin
    }

    /// Whether what the tree says next is the place of the next chunk: the tree of a sound file is
    /// sorted. Where chunks were never written, fill values stand for them, and the other reader
    /// knows about those.
    fn is_next(&self, key: &mut Cursor<'_>) -> Option<()> {
        let mut stride = self.stored.len();
        let mut begins = [0_u64; 32];
        let begins = begins.get_mut(..self.shape.len())?;
        for begin in begins.iter_mut() {
            *begin = key.u64()?;
        }
        // The place inside of an element.
        key.expect(&[0; 8])?;
        for (axis, &begin) in begins.iter().enumerate().rev() {
            if begin != (stride % self.along(axis) * self.chunk[axis]) as u64 {
                return None;
            }
            stride /= self.along(axis);
        }
        (stride == 0).then_some(())
    }

    /// The chunks, if none is missing.
    fn complete(self) -> Option<Self> {
        let axes = 0..self.shape.len();
        let expected = axes.map(|axis| self.along(axis)).try_fold(1_usize, usize::checked_mul);
        (expected == Some(self.stored.len())).then_some(self)
    }

    /// The chunks with what a filter message says about them.
    pub(super) fn filtered(mut self, message: Option<&[u8]>, largest: u64) -> Option<Self> {
        if let Some(message) = message {
            self.filters = filters(Cursor::new(message), self.size)?;
        }
        (self.bytes as u64 <= largest).then_some(self)
    }

    /// Fills `target`, which has the size of the whole, with the values.
    ///
    /// The chunks of one band along the first axis fill one range of it, and bands are decoded in
    /// parallel where there is enough to do.
    pub(super) fn decode(
        &self,
        source: &Source,
        target: &mut [u8],
        scratch: &mut Scratch,
    ) -> Option<()> {
        let row = target.len() / self.shape[0];
        let bands = self.along(0);
        let across = self.stored.len() / bands;
        let bytes = target.len();
        // Each thread has memory for one chunk; all of them together take no more than the whole.
        let threads = bands.min(bytes / self.bytes);
        let jobs = target.chunks_mut(row.saturating_mul(self.chunk[0])).enumerate();
        parallel::each(jobs, threads, bytes, scratch, |scratch, (band, target)| {
            (0..across).try_for_each(|index| {
                let index = band * across + index;
                let mut origin = self.origin(index);
                origin[0] = 0;
                self.decode_stored(source, self.stored.get(index)?, &origin, target, scratch)
            })
        })
    }

    /// Decodes one chunk. Large ones are read from the file: what is looked at in the source stays in
    /// memory as long as the source does, beside the values.
    fn decode_stored(
        &self,
        source: &Source,
        stored: &Stored,
        origin: &[usize],
        band: &mut [u8],
        scratch: &mut Scratch,
    ) -> Option<()> {
        let &Stored { address, len, left_out } = stored;
        let in_memory = matches!(source, Source::Memory(_));
        if in_memory || len < FROM_FILE {
            let bytes = self.bytes_of_file.at(address, len as u64)?;
            return self.decode_one(bytes, left_out, origin, band, scratch);
        }
        let mut copy = std::mem::take(&mut scratch.stored);
        copy.resize(len, 0);
        source.read_directly(address, &mut copy)?.ok()?;
        self.decode_one(&copy, left_out, origin, band, scratch)?;
        scratch.stored = copy;
        Some(())
    }

    /// Decodes one chunk into a band that begins at the place of the chunk along the first axis.
    fn decode_one(
        &self,
        stored: &[u8],
        left_out: u32,
        origin: &[usize],
        band: &mut [u8],
        scratch: &mut Scratch,
    ) -> Option<()> {
        if self.bytes == band.len() && self.covers() {
            return scratch.decode(&self.filters, left_out, stored, band);
        }
        let mut decoded = std::mem::take(&mut scratch.chunk);
        decoded.resize(self.bytes, 0);
        scratch.decode(&self.filters, left_out, stored, &mut decoded)?;
        let row = self.shape.iter().skip(1).product::<usize>() * self.size;
        Copy { chunks: self, origin, rows: band.len() / row }.axis(0, &decoded, band);
        scratch.chunk = decoded;
        Some(())
    }

    /// Whether a chunk spans every axis but the first.
    fn covers(&self) -> bool {
        self.shape.iter().zip(&self.chunk).skip(1).all(|(whole, chunk)| whole == chunk)
    }
}

/// Copies the part of a decoded chunk that lies inside of the whole.
struct Copy<'a> {
    chunks: &'a Chunks<'a>,
    origin: &'a [usize],
    /// Rows of the band along the first axis.
    rows: usize,
}

impl Copy<'_> {
    /// Copies along an axis and those behind it. Both slices begin where the chunk does along the
    /// axes before.
    fn axis(&self, axis: usize, from: &[u8], to: &mut [u8]) {
        let Chunks { shape, chunk, size, .. } = self.chunks;
        let whole = if axis == 0 { self.rows } else { shape[axis] };
        let count = chunk[axis].min(whole - self.origin[axis]);
        let from_step = chunk[axis + 1..].iter().product::<usize>() * size;
        let to_step = shape[axis + 1..].iter().product::<usize>() * size;
        let to = &mut to[self.origin[axis] * to_step..];
        if axis + 1 == shape.len() {
            to[..count * size].copy_from_slice(&from[..count * size]);
            return;
        }
        for index in 0..count {
            self.axis(axis + 1, &from[index * from_step..], &mut to[index * to_step..]);
        }
    }
}

/// Memory for decoding, kept from chunk to chunk.
#[derive(Default)]
pub(super) struct Scratch {
    stored: Vec<u8>,
    chunk: Vec<u8>,
    pub(super) between: Vec<u8>,
}
