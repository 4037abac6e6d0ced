//! Flatbuffers: reading the few tables of AEDAT 4.0, every step held against the length.
//!
//! Source: the documentation of flatbuffers, "Internals". A table begins with the distance back to the list of the places
//! of its fields; a field that is not in the list has its default.

/// A flatbuffer whose first four bytes are its size.
#[derive(Clone, Copy)]
pub(super) struct Buffer<'a>(&'a [u8]);

/// Where a table begins.
#[derive(Clone, Copy)]
pub(super) struct Table(usize);

/// Where a field of a table stands.
#[derive(Clone, Copy)]
enum Place {
    At(usize),
    /// It has its default.
    Missing,
}

impl<'a> Buffer<'a> {
    /// Takes a buffer with its size in front.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(self, at: usize) -> Option<usize> {
        self.array(at).map(|bytes| usize::from(u16::from_le_bytes(bytes)))
    }

    /// Follows the distance that stands at a place, which is not 0.
    fn follow(self, at: usize) -> Option<usize> {
        let distance = u32::from_le_bytes(self.array(at)?);
        at.checked_add(usize::try_from(distance).ok().filter(|&distance| distance > 0)?)
    }

    /// Whether the buffer is as long as it says.
    pub(super) fn has_its_size(self) -> bool {
        let size = self.array(0).map(|size| u64::from(u32::from_le_bytes(size)));
        size.is_some_and(|size| size + 4 == self.0.len() as u64)
    }

    /// Returns the identifier of the kind of the buffer.
    pub(super) fn identifier(self) -> Option<[u8; 4]> {
        self.array(8)
    }

    /// Returns the outermost table.
    pub(super) fn root(self) -> Option<Table> {
        self.follow(4).map(Table)
    }

    /// Returns where a field of a table stands, or that it is not there; `None` if the table is not sound.
    fn field(self, table: Table, field: usize) -> Option<Place> {
        /// The list begins with its length and that of the table.
        const LENGTHS: usize = 4;
        let back = i32::from_le_bytes(self.array(table.0)?);
        let list = usize::try_from(i64::try_from(table.0).ok()? - i64::from(back)).ok()?;
        let length = self.u16(list)?;
        let is_inside = list.checked_add(length)? <= self.0.len();
        if back == 0 || length < LENGTHS || !is_inside {
            return None;
        }
        let at = LENGTHS + 2 * field;
        if at + 2 > length {
            return Some(Place::Missing);
        }
        match self.u16(list + at)? {
            0 => Some(Place::Missing),
            place => table.0.checked_add(place).map(Place::At),
        }
    }

    /// Returns a field of 32 bits, 0 where it is not there.
    pub(super) fn i32(self, table: Table, field: usize) -> Option<i32> {
        match self.field(table, field)? {
            Place::Missing => Some(0),
            Place::At(at) => self.array(at).map(i32::from_le_bytes),
        }
    }

    /// Returns a field of 64 bits, a default where it is not there.
    pub(super) fn i64(self, table: Table, field: usize, default: i64) -> Option<i64> {
        match self.field(table, field)? {
            Place::Missing => Some(default),
            Place::At(at) => self.array(at).map(i64::from_le_bytes),
        }
    }

    /// Returns the bytes of a vector of elements of one size; those of no elements where it is not there.
    pub(super) fn vector(
        self,
        table: Table,
        field: usize,
        size: usize,
    ) -> Option<std::ops::Range<usize>> {
        let Place::At(at) = self.field(table, field)? else { return Some(0..0) };
        let at = self.follow(at)?;
        let count = usize::try_from(u32::from_le_bytes(self.array(at)?)).ok()?;
        let start = at + 4;
        let end = start.checked_add(count.checked_mul(size)?)?;
        (end <= self.0.len()).then_some(start..end)
    }

    /// Returns a text.
    pub(super) fn text(self, table: Table, field: usize) -> Option<&'a str> {
        std::str::from_utf8(self.0.get(self.vector(table, field, 1)?)?).ok()
    }
}
