//! Matrices: all weights of a row one after the other, or those that are not 0 with their columns.

use nirkit_step::{Deliver, Dense};

use super::accumulate::{Start, Terms, accumulate};
use super::module::{Module, Stored, address_bits, count};
use super::signal::{Signal, masked, range};
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

    /// The terms of each row that are kept where zeros are left out: the columns, and one for a row of zeros.
    fn kept(&self) -> Vec<Vec<usize>> {
        let rows = self.weights.chunks(self.columns).map(|row| {
            let kept: Vec<usize> = (0..self.columns).filter(|&column| row[column] != 0).collect();
            if kept.is_empty() { vec![0] } else { kept }
        });
        rows.collect()
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
) {
    let kept = matrix.kept();
    let terms: usize = kept.iter().map(Vec::len).sum();
    let bits = u64::from(matrix.bounds().bits());
    let column_bits = u64::from(address_bits(matrix.columns));
    let all = matrix.weights.len() as u64 * bits;
    let fits = bits + column_bits < 64;
    let is_sparse = skips_zeros && fits && terms as u64 * (bits + column_bits + 1) < all;
    let input = module.read("from", from, matrix.columns);
    let (weight, products, latency) = if is_sparse {
        (listed(module, matrix, &kept), terms, 1)
    } else {
        (all_in_order(module, matrix), matrix.weights.len(), 0)
    };
    let rows = matrix.rows;
    let terms = Terms { input, weight: Some(weight), has_outside: false, rows, products, latency };
    accumulate(module, &terms, start, to);
}

/// Every weight: a counter of columns within one of rows.
fn all_in_order(module: &mut Module, matrix: &Matrix) -> Signal {
    let Matrix { rows, columns, weights } = matrix;
    let (row, column) = (unsigned_bits(*rows as u64), address_bits(*columns));
    let place = address_bits(weights.len());
    module.line(&format!("reg {} fed; reg {} column;", range(row), range(column)));
    module.line(&format!("wire term = go && fed != {};", count(row, *rows)));
    module.line(&format!("wire first = column == {};", count(column, 0)));
    module.line(&format!("wire last = column == {};", count(column, columns - 1)));
    let row_bits = address_bits(*rows);
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
    module.constants("weight", weights, "place")
}

/// The weights that are not 0: words of a weight, its column, and whether it is the last of its row.
fn listed(module: &mut Module, matrix: &Matrix, kept: &[Vec<usize>]) -> Signal {
    let bounds = matrix.bounds();
    let (weight, column) = (bounds.bits(), address_bits(matrix.columns));
    let mut words = Vec::new();
    for (row, columns) in kept.iter().enumerate() {
        for (at, &place) in columns.iter().enumerate() {
            let number = matrix.weights[row * matrix.columns + place];
            let is_last = u64::from(at + 1 == columns.len());
            let word = (is_last << column | place as u64) << weight;
            words.push(word | masked(weight, number));
        }
    }
    let (fed, place) = (unsigned_bits(words.len() as u64), address_bits(words.len()));
    let (row, width) = (address_bits(matrix.rows), weight + column + 1);
    module.line(&format!("reg {} fed; reg term, first; reg {} row;", range(fed), range(row)));
    module.words("entry", &words, width, &format!("fed{}", range(place)));
    module.line(&format!("wire last = entry[{}];", width - 1));
    module.line(&format!("assign from_address = entry[{}:{weight}];", width - 2));
    module.line(&format!("reg {} weight;", range(weight)));
    module.line("always @(posedge clk) begin");
    module.line(&format!("  weight <= entry{};", range(weight)));
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
    Signal::wire("weight", bounds)
}
