//! The memory of a block: a table for each signal, with one row a step.

use pulp::{Simd, WithSimd};

use super::super::real::Real;
use super::super::simd::{CHUNK, Lines, Vector, VectorLoop, padded, tile, vectorized, zeros};
use super::bit_transpose::by_channel;

/// Bits in a word of marks.
pub(in super::super) const WORD: usize = 64;

/// What a table is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Plan {
    /// Channels in a row.
    pub(in super::super) width: usize,
    pub(in super::super) numbers: Numbers,
    /// Whether there is a mark for each channel: a bit that says that its number is not 0.
    pub(in super::super) bitmask: bool,
    /// Channels of a pixel whose numbers stand side by side; 0 where numbers are in C order. Bits
    /// always are.
    pub(in super::super) channels_last: usize,
}

/// How the numbers of a table are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Numbers {
    /// Not at all.
    Nothing,
    /// Row by row.
    Rows,
    /// A tile of channels at a time, which takes the place of the one before.
    Tile,
}

impl Plan {
    /// A table of numbers without marks.
    pub(in super::super) fn numbers(width: usize) -> Self {
        Self { width, numbers: Numbers::Rows, bitmask: false, channels_last: 0 }
    }

    /// A table that holds nothing.
    pub(in super::super) fn nothing(width: usize) -> Self {
        Self { width, numbers: Numbers::Nothing, ..Self::numbers(width) }
    }

    /// Bytes of a row.
    pub(in super::super) fn row_bytes<T>(self) -> usize {
        let bitmask = if self.bitmask { self.width.div_ceil(8) } else { 0 };
        self.stride() * size_of::<T>() + bitmask
    }

    /// Numbers from row to row.
    fn stride(self) -> usize {
        match self.numbers {
            Numbers::Nothing => 0,
            Numbers::Rows => stride(self.width),
            Numbers::Tile => tile(self.width),
        }
    }
}

/// A table of a buffer pool: row 0 is the step before the block, row `k` its `k`-th step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Table {
    /// Place of the table in the buffer pool's list of `uniform_values`.
    id: usize,
    base: usize,
    /// Numbers from row to row; 0 where none are kept.
    stride: usize,
    /// Whether only a tile of the numbers is kept.
    is_tile: bool,
    bitmask: usize,
    /// Words of marks in a row; 0 for a table without marks.
    words: usize,
    /// Channels in a row; what stands behind them is padding.
    pub(in super::super) width: usize,
    /// Channels of a pixel whose numbers stand side by side; 0 where numbers are in C order.
    pub(in super::super) channels_last: usize,
}

impl Table {
    /// Where a row starts.
    #[inline(always)]
    pub(in super::super) fn row(self, row: usize) -> usize {
        self.base + row * self.stride
    }

    /// Where the number of a channel stands in its row.
    #[inline(always)]
    pub(super) fn place(self, channel: usize) -> usize {
        if self.channels_last == 0 {
            return channel;
        }
        let plane = self.width / self.channels_last;
        channel % plane * self.channels_last + channel / plane
    }

    /// Whether all numbers are kept.
    #[inline]
    pub(in super::super) fn has_numbers(self) -> bool {
        self.stride > 0 && !self.is_tile
    }

    /// A tile of the table: channels from this one on have numbers.
    #[inline(always)]
    pub(in super::super) fn tile(self, first: usize) -> Self {
        Self { base: self.base - first, ..self }
    }

    /// Whether there is a mark for each channel.
    #[inline]
    pub(in super::super) fn has_marks(self) -> bool {
        self.words > 0
    }
}

/// The tables of all signals of one sample.
#[derive(Clone, Debug)]
pub(in super::super) struct BufferPool<T> {
    numbers: Lines<T>,
    bitmask: Vec<u64>,
    /// For each table, the number that all marked channels have, if they have the same.
    uniform_values: Vec<Option<T>>,
    /// Rows of a table.
    rows: usize,
    /// For each row of each table, whether it holds what leaves a map when nothing arrives.
    bias_only: Vec<bool>,
    /// Room to turn marks.
    turned: Vec<u64>,
}

impl<T: Real> BufferPool<T> {
    /// A buffer pool with a table of `rows` rows for each plan, holding zeros.
    pub(in super::super) fn new(
        plans: impl Iterator<Item = Plan>,
        rows: usize,
    ) -> (Self, Vec<Table>) {
        let plans: Vec<Plan> = plans.collect();
        // A tile begins where the first of its channels would, if the others were there as well.
        let tiled = plans.iter().filter(|plan| plan.numbers == Numbers::Tile);
        let widest = tiled.map(|plan| padded(plan.width)).max();
        let (mut base, mut bitmask) = (widest.unwrap_or(0), 0);
        let mut tables = Vec::new();
        for plan in plans {
            let (stride, Plan { width, channels_last, .. }) = (plan.stride(), plan);
            let is_tile = plan.numbers == Numbers::Tile;
            let words = if plan.bitmask { width.div_ceil(WORD).max(1) } else { 0 };
            let id = tables.len();
            tables.push(Table { id, base, stride, is_tile, bitmask, words, width, channels_last });
            base += stride * rows;
            bitmask += words * rows;
        }
        let buffer_pool = Self {
            numbers: zeros(base),
            bitmask: vec![0; bitmask],
            uniform_values: vec![None; tables.len()],
            rows,
            bias_only: vec![false; tables.len() * rows],
            turned: Vec::new(),
        };
        (buffer_pool, tables)
    }

    /// The channels of a row of numbers.
    pub(in super::super) fn row(&self, table: Table, row: usize) -> &[T] {
        &self.numbers[table.row(row)..][..table.width]
    }

    /// Whether every number of a row that is not 0 is 1.
    pub(in super::super) fn row_is_binary(&self, table: Table, row: usize) -> bool {
        self.row(table, row).iter().all(|&x| x == T::ZERO || x == T::ONE)
    }

    /// The channels of a row of numbers, to be written. The bits of the row stay as they are.
    pub(in super::super) fn row_mut(&mut self, table: Table, row: usize) -> &mut [T] {
        &mut self.numbers[table.row(row)..][..table.width]
    }

    /// Numbers and marks of a row, to be written.
    pub(in super::super) fn row_and_marks(
        &mut self,
        table: Table,
        row: usize,
    ) -> (&mut [T], &mut [u64]) {
        let numbers = &mut self.numbers[table.row(row)..][..table.width];
        (numbers, &mut self.bitmask[table.bitmask + row * table.words..][..table.words])
    }

    /// The marks of a row: a bit for each channel, the first one lowest.
    #[inline(always)]
    pub(in super::super) fn bitmask(&self, table: Table, row: usize) -> &[u64] {
        &self.bitmask[table.bitmask + row * table.words..][..table.words]
    }

    /// The number that all marked channels of a table have, if they have the same.
    #[inline(always)]
    pub(in super::super) fn uniform_value(&self, table: Table) -> Option<T> {
        self.uniform_values[table.id]
    }

    /// Whether the marks of a table say all, since each marked channel has the number 1.
    #[inline(always)]
    pub(in super::super) fn is_binary(&self, table: Table) -> bool {
        table.has_marks() && self.uniform_value(table) == Some(T::ONE)
    }

    /// Says which number all marked channels of a table have, if they have the same.
    pub(in super::super) fn set_uniform_value(&mut self, table: Table, value: Option<T>) {
        self.uniform_values[table.id] = value;
    }

    /// Whether a row holds what leaves its map when nothing arrives.
    pub(super) fn is_bias_only(&self, table: Table, row: usize) -> bool {
        self.bias_only[table.id * self.rows + row]
    }

    /// A table as it is seen from some rows: of rows that all hold the same, which a map leaves when
    /// nothing arrives, the first one is seen from each, so that it is near.
    pub(in super::super) fn held(&self, table: Table, rows: std::ops::Range<usize>) -> Table {
        let first = rows.start;
        let bias_only = &self.bias_only[table.id * self.rows..][..self.rows];
        if bias_only[rows].iter().all(|&is_bias_only| is_bias_only) {
            Table { base: table.row(first), stride: 0, ..table }
        } else {
            table
        }
    }

    /// Says whether a row holds what leaves its map when nothing arrives.
    #[inline(always)]
    pub(super) fn set_bias_only(&mut self, table: Table, row: usize, is_bias_only: bool) {
        self.bias_only[table.id * self.rows + row] = is_bias_only;
    }

    /// Writes the channels of a row, numbers and marks.
    pub(in super::super) fn write(&mut self, table: Table, row: usize, from: &[T]) {
        self.set_bias_only(table, row, false);
        if table.has_numbers() {
            self.row_mut(table, row).copy_from_slice(from);
        }
        if table.has_marks() {
            let bitmask = &mut self.bitmask[table.bitmask + row * table.words..][..table.words];
            for (word, numbers) in bitmask.iter_mut().zip(from.chunks(WORD)) {
                let bit = |(at, &x): (usize, &T)| u64::from(x != T::ZERO) << at;
                *word = numbers.iter().enumerate().map(bit).fold(0, |word, bit| word | bit);
            }
        }
    }

    /// Reads the channels of a row into numbers, where zeros stand.
    pub(in super::super) fn read(&self, table: Table, row: usize, to: &mut [T]) {
        if table.has_numbers() {
            return to.copy_from_slice(self.row(table, row));
        }
        let height = self.uniform_value(table).unwrap_or(T::ONE);
        for (numbers, &word) in to.chunks_mut(WORD).zip(self.bitmask(table, row)) {
            let mut word = word;
            while word != 0 {
                numbers[word.trailing_zeros() as usize] = height;
                word &= word - 1;
            }
        }
    }

    /// Writes the marks of a row; none where there are no words.
    pub(in super::super) fn write_marks(&mut self, table: Table, row: usize, words: &[u64]) {
        let bitmask = &mut self.bitmask[table.bitmask + row * table.words..][..table.words];
        if words.len() == bitmask.len() {
            bitmask.copy_from_slice(words);
        } else {
            bitmask.fill(0);
        }
    }

    /// Marks some rows of numbers.
    pub(in super::super) fn mark_rows(&mut self, table: Table, rows: std::ops::Range<usize>) {
        if table.has_marks() {
            vectorized(Mark { buffer_pool: self, table, rows });
        }
    }

    /// Copies one row over another of the same table.
    pub(in super::super) fn copy_row(&mut self, table: Table, from: usize, to: usize) {
        self.set_bias_only(table, to, self.is_bias_only(table, from));
        if table.has_numbers() {
            let row = table.row(from);
            self.numbers.copy_within(row..row + table.width, table.row(to));
        }
        let bitmask = table.bitmask + from * table.words;
        self.bitmask.copy_within(bitmask..bitmask + table.words, table.bitmask + to * table.words);
    }

    /// The vector at a position.
    #[inline(always)]
    pub(in super::super) fn load<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
    ) -> Vector<S, T, W> {
        Vector::load(simd, &self.numbers, at)
    }

    /// Writes numbers at a position.
    #[inline(always)]
    pub(in super::super) fn store_all<const N: usize>(&mut self, at: usize, numbers: &[T; N]) {
        if let Some(place) = self.numbers[at..].first_chunk_mut() {
            *place = *numbers;
        }
    }

    /// Writes a row that a tile holds.
    #[inline(always)]
    pub(in super::super) fn rewrite<const N: usize>(
        &mut self,
        table: Table,
        row: usize,
        numbers: &[T; N],
    ) {
        self.store_all(table.row(row), numbers);
        self.set_bias_only(table, row, false);
    }

    /// Writes the channels of a row from one on, numbers and marks.
    #[inline(always)]
    pub(in super::super) fn store<S: Simd, const W: usize>(
        &mut self,
        table: Table,
        row: usize,
        at: usize,
        vector: Vector<S, T, W>,
    ) {
        if table.has_numbers() {
            vector.store(&mut self.numbers, table.row(row) + at);
        }
        if table.has_marks() {
            self.mark(table, row, at, Vector::<S, T, W>::LEN, vector.nonzero());
        }
    }

    /// The same with a bit for each number that is not 0, for a table with marks.
    #[inline(always)]
    pub(in super::super) fn store_marked<S: Simd, const W: usize>(
        &mut self,
        table: Table,
        row: usize,
        at: usize,
        bits: u64,
        vector: Vector<S, T, W>,
    ) {
        if table.has_numbers() {
            vector.store(&mut self.numbers, table.row(row) + at);
        }
        self.mark(table, row, at, Vector::<S, T, W>::LEN, bits);
    }

    /// Puts the marks of rows in C order, where they were written in that of the numbers.
    #[inline(always)]
    pub(in super::super) fn order_marks(&mut self, table: Table, rows: std::ops::Range<usize>) {
        if table.channels_last == 0 {
            return;
        }
        for row in rows {
            let bitmask = &mut self.bitmask[table.bitmask + row * table.words..][..table.words];
            by_channel(bitmask, table.channels_last, table.width, &mut self.turned);
        }
    }

    /// Marks so many channels of a row from one on. Those before have to be marked.
    #[inline(always)]
    fn mark(&mut self, table: Table, row: usize, at: usize, len: usize, mut bits: u64) {
        if at + len > table.width {
            if at >= table.width && at > 0 {
                return;
            }
            bits &= (1_u64 << ((table.width - at) % WORD)) - 1;
        }
        let bitmask = &mut self.bitmask[table.bitmask + row * table.words..][..table.words];
        let word = &mut bitmask[at / WORD];
        *word = if at.is_multiple_of(WORD) { bits } else { *word | bits << (at % WORD) };
    }
}

/// The channels that are marked, ascending.
pub(in super::super) fn marked(bitmask: &[u64]) -> impl Iterator<Item = usize> {
    bitmask.iter().enumerate().flat_map(|(at, &word)| {
        let rest = |&word: &u64| Some(word & word.wrapping_sub(1)).filter(|&rest| rest != 0);
        let words = std::iter::successors(Some(word).filter(|&word| word != 0), rest);
        words.map(move |word| at * WORD + word.trailing_zeros() as usize)
    })
}

struct Mark<'a, T> {
    buffer_pool: &'a mut BufferPool<T>,
    table: Table,
    rows: std::ops::Range<usize>,
}

impl<T: Real> WithSimd for Mark<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { buffer_pool, table, rows } = self;
        for row in rows {
            MarkRow { buffer_pool, table, row }.walk(simd, 0..padded(table.width));
        }
    }
}

struct MarkRow<'a, T> {
    buffer_pool: &'a mut BufferPool<T>,
    table: Table,
    row: usize,
}

impl<T: Real> VectorLoop<T> for MarkRow<'_, T> {
    #[inline(always)]
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize) {
        let Self { buffer_pool, table, row } = self;
        let vector: Vector<S, T, W> = buffer_pool.load(simd, table.row(*row) + at);
        buffer_pool.mark(*table, *row, at, Vector::<S, T, W>::LEN, vector.nonzero());
    }
}

/// The length of a row: whole tiles of a matrix, and a chunk more where rows would else lie a power
/// of two apart. Neurons walk from row to row, and such rows fight for the same places of a cache.
fn stride(width: usize) -> usize {
    const APART: usize = 256;
    let len = padded(width.max(1));
    if len.is_multiple_of(APART) { len + CHUNK } else { len }
}
