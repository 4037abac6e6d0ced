//! Matrices: all weights of a row one after the other, or those that are not 0 with their columns. Each lane has a row.

use nirkit_step::{Deliver, Dense};

use super::accumulate::{Start, Terms, accumulate};
use super::lane::{Lanes, lanes_of};
use super::module::{Module, Stored, address_bits, count};
use super::signal::{Signal, range};
use crate::range::interval::{Interval, integers, unsigned_bits};

/// A matrix, and what it multiplies.
pub(crate) struct Matrix {
    rows: usize,
    columns: usize,
    weights: Vec<i64>,
}

impl Matrix {
    pub(crate) fn of_dense(dense: &Dense, rows: usize, columns: usize) -> Self {
        Self { rows, columns, weights: integers(&dense.weights).collect() }
    }

    pub(crate) fn of_deliver(deliver: &Deliver, rows: usize, columns: usize) -> Self {
        Self { rows, columns, weights: integers(&deliver.weights).collect() }
    }

    fn bounds(&self) -> Interval {
        let points = self.weights.iter().map(|&weight| Interval::point(weight));
        points.reduce(Interval::join).unwrap_or(Interval::point(0))
    }

    /// The weights of a column in so many rows, of which the lanes are the first that are there.
    fn column(&self, rows: &[i64], column: usize) -> Vec<i64> {
        rows.chunks(self.columns).map(|row| row[column]).collect()
    }

    /// The rows that are summed up side by side.
    fn groups(&self, lanes: usize) -> impl Iterator<Item = &[i64]> {
        self.weights.chunks(self.columns * lanes)
    }

    /// The terms of each group of rows that are kept where zeros are left out: the columns, and one for rows of zeros.
    fn kept(&self, lanes: usize) -> Vec<Vec<usize>> {
        let groups = self.groups(lanes).map(|rows| {
            let is_kept = |column: &usize| self.column(rows, *column).iter().any(|x| *x != 0);
            let kept: Vec<usize> = (0..self.columns).filter(is_kept).collect();
            if kept.is_empty() { vec![0] } else { kept }
        });
        groups.collect()
    }
}

/// Prints a matrix. `skips_zeros` says whether a weight of 0 may be left out.
pub(crate) fn matrix(
    module: &mut Module,
    matrix: &Matrix,
    from: &Stored,
    start: &Start<'_>,
    to: &Stored,
    skips_zeros: bool,
    lanes: usize,
) {
    let mut lanes = Lanes::new(lanes_of(matrix.rows, lanes));
    let kept = matrix.kept(lanes.count());
    let terms: usize = kept.iter().map(Vec::len).sum();
    let bits = u64::from(matrix.bounds().bits()) * lanes.count() as u64;
    let column_bits = u64::from(address_bits(matrix.columns));
    let groups = lanes.words(matrix.rows);
    let products = groups * matrix.columns;
    let all = products as u64 * bits;
    let is_sparse = skips_zeros && terms as u64 * (bits + column_bits + 1) < all;
    let input = module.read("from", from, matrix.columns);
    let (weight, products, latency) = if is_sparse {
        (listed(module, matrix, &kept, &mut lanes), terms, 1)
    } else {
        (all_in_order(module, matrix, &mut lanes), products, 0)
    };
    let terms = Terms {
        input,
        weight: Some(weight),
        has_outside: false,
        len: matrix.rows,
        rows: groups,
        products,
        latency,
        lanes,
        spread: None,
    };
    accumulate(module, terms, start, to);
}

/// Every weight: a counter of columns within one of rows.
fn all_in_order(module: &mut Module, matrix: &Matrix, lanes: &mut Lanes) -> Signal {
    let Matrix { rows, columns, weights } = matrix;
    let rows = lanes.words(*rows);
    let (row, column) = (unsigned_bits(rows as u64), address_bits(*columns));
    let place = address_bits(rows * columns);
    module.line(&format!("reg {} fed; reg {} column;", range(row), range(column)));
    module.line(&format!("wire term = go && fed != {};", count(row, rows)));
    module.line(&format!("wire first = column == {};", count(column, 0)));
    module.line(&format!("wire last = column == {};", count(column, columns - 1)));
    let row_bits = address_bits(rows);
    module.line(&format!("wire {} row = fed{};", range(row_bits), range(row_bits)));
    module.line("assign from_address = column;");
    let has_memory = weights.iter().any(|weight| *weight != weights[0]);
    if has_memory {
        module.line(&format!("reg {} place;", range(place)));
    }
    let step =
        if has_memory { format!(" place <= place + {};", count(place, 1)) } else { String::new() };
    let reset = if has_memory { format!(" place <= {};", count(place, 0)) } else { String::new() };
    let zero = count(column, 0);
    module.line("always @(posedge clk)");
    module.line("  if (rst || !go || done) begin");
    module.line(&format!("    fed <= {}; column <= {zero};{reset}", count(row, 0)));
    module.line("  end else if (term) begin");
    module.line(&format!("    column <= last ? {zero} : column + {};{step}", count(column, 1)));
    module.line(&format!("    if (last) fed <= fed + {};", count(row, 1)));
    module.line("  end");
    // Those of a column stand side by side; the last rows can be fewer than there are lanes.
    let mut words = Vec::new();
    for rows in matrix.groups(lanes.count()) {
        for column in 0..*columns {
            let mut word = matrix.column(rows, column);
            word.resize(lanes.count(), word[0]);
            words.extend(word);
        }
    }
    lanes.constants(module, "weight", &words, "place")
}

/// The weights that are not 0: words of a weight for each lane, the column, and whether it is the last of these rows.
fn listed(module: &mut Module, matrix: &Matrix, kept: &[Vec<usize>], lanes: &mut Lanes) -> Signal {
    let bounds = matrix.bounds();
    let column = address_bits(matrix.columns);
    let weight = bounds.bits() * lanes.count() as u32;
    let mut words = Vec::new();
    for (rows, columns) in matrix.groups(lanes.count()).zip(kept) {
        for (at, &place) in columns.iter().enumerate() {
            let mut word = lanes.word(&matrix.column(rows, place), bounds.bits());
            word.push(place as u64, column);
            word.push(u64::from(at + 1 == columns.len()), 1);
            words.push(word);
        }
    }
    let (fed, place) = (unsigned_bits(words.len() as u64), address_bits(words.len()));
    let (row, width) = (address_bits(kept.len()), weight + column + 1);
    let name = if lanes.count() == 1 { "weight" } else { "weight_words" };
    module.line(&format!("reg {} fed; reg term, first; reg {} row;", range(fed), range(row)));
    module.words("entry", &words, width, &format!("fed{}", range(place)));
    module.line(&format!("wire last = entry[{}];", width - 1));
    module.line(&format!("assign from_address = entry[{}:{weight}];", width - 2));
    module.line(&format!("reg {} {name};", range(weight)));
    module.line("always @(posedge clk) begin");
    module.line(&format!("  {name} <= entry{};", range(weight)));
    module.line("  if (rst || !go || done) begin");
    let zero = count(row, 0);
    module.line(&format!("    fed <= {}; row <= {zero};", count(fed, 0)));
    module.line("    term <= 1'b0; first <= 1'b1;");
    module.line("  end else begin");
    let end = count(fed, words.len());
    module.line(&format!("    if (fed != {end}) fed <= fed + {};", count(fed, 1)));
    module.line(&format!("    term <= fed != {end};"));
    module.line(&format!(
        "    if (term) begin first <= last; if (last) row <= row + {}; end",
        count(row, 1)
    ));
    module.line("  end");
    module.line("end");
    lanes.part("weight", bounds.bits(), false);
    Signal::wire("weight", bounds)
}
