//! The memory of a block: the numbers and the marks of all tables.

use pulp::{Simd, WithSimd};

use super::super::real::Real;
use super::super::simd::{Lines, Vector, VectorLoop, padded, vectorized, zeros};
use super::bit_transpose::by_channel;
use super::table::{Numbers, Plan, Table};

/// Bits in a word of marks.
pub(in super::super) const WORD: usize = 64;

/// The tables of all signals of one sample.
#[derive(Clone, Debug)]
pub(in super::super) struct BufferPool<T> {
    numbers: Lines<T>,
    bitmask: Vec<u64>,
    /// For each table, the value of all channels whose bit is set, if it is the same.
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
    pub(in super::super) fn row_and_bitmask(
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

    /// The value of all channels of a table whose bit is set, if it is the same.
    #[inline(always)]
    pub(in super::super) fn uniform_value(&self, table: Table) -> Option<T> {
        self.uniform_values[table.id]
    }

    /// Whether the bitmask of a table says all, since each channel whose bit is set has the value 1.
    #[inline(always)]
    pub(in super::super) fn is_binary(&self, table: Table) -> bool {
        table.has_bitmask() && self.uniform_value(table) == Some(T::ONE)
    }

    /// Sets the value of all channels of a table whose bit is set, if it is the same.
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
        if table.has_bitmask() {
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
    pub(in super::super) fn write_bitmask(&mut self, table: Table, row: usize, words: &[u64]) {
        let bitmask = &mut self.bitmask[table.bitmask + row * table.words..][..table.words];
        if words.len() == bitmask.len() {
            bitmask.copy_from_slice(words);
        } else {
            bitmask.fill(0);
        }
    }

    /// Marks some rows of numbers.
    pub(in super::super) fn fill_bitmasks(&mut self, table: Table, rows: std::ops::Range<usize>) {
        if table.has_bitmask() {
            vectorized(FillBitmasks { buffer_pool: self, table, rows });
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
        if table.has_bitmask() {
            self.set_bits_at(table, row, at, Vector::<S, T, W>::LEN, vector.nonzero());
        }
    }

    /// The same with a bit for each number that is not 0, for a table with marks.
    #[inline(always)]
    pub(in super::super) fn store_with_bitmask<S: Simd, const W: usize>(
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
        self.set_bits_at(table, row, at, Vector::<S, T, W>::LEN, bits);
    }

    /// Puts the marks of rows in C order, where they were written in that of the numbers.
    #[inline(always)]
    pub(in super::super) fn order_bitmasks(&mut self, table: Table, rows: std::ops::Range<usize>) {
        if table.channels_last == 0 {
            return;
        }
        for row in rows {
            let bitmask = &mut self.bitmask[table.bitmask + row * table.words..][..table.words];
            by_channel(bitmask, table.channels_last, table.width, &mut self.turned);
        }
    }

    /// Sets the bits of so many channels of a row from one on. The bitmask of those before has to be filled.
    #[inline(always)]
    fn set_bits_at(&mut self, table: Table, row: usize, at: usize, len: usize, mut bits: u64) {
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

/// The channels whose bit is set, ascending.
pub(in super::super) fn set_bits(bitmask: &[u64]) -> impl Iterator<Item = usize> {
    bitmask.iter().enumerate().flat_map(|(at, &word)| {
        let rest = |&word: &u64| Some(word & word.wrapping_sub(1)).filter(|&rest| rest != 0);
        let words = std::iter::successors(Some(word).filter(|&word| word != 0), rest);
        words.map(move |word| at * WORD + word.trailing_zeros() as usize)
    })
}

struct FillBitmasks<'a, T> {
    buffer_pool: &'a mut BufferPool<T>,
    table: Table,
    rows: std::ops::Range<usize>,
}

impl<T: Real> WithSimd for FillBitmasks<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { buffer_pool, table, rows } = self;
        for row in rows {
            FillRow { buffer_pool, table, row }.walk(simd, 0..padded(table.width));
        }
    }
}

struct FillRow<'a, T> {
    buffer_pool: &'a mut BufferPool<T>,
    table: Table,
    row: usize,
}

impl<T: Real> VectorLoop<T> for FillRow<'_, T> {
    #[inline(always)]
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize) {
        let Self { buffer_pool, table, row } = self;
        let vector: Vector<S, T, W> = buffer_pool.load(simd, table.row(*row) + at);
        buffer_pool.set_bits_at(*table, *row, at, Vector::<S, T, W>::LEN, vector.nonzero());
    }
}
