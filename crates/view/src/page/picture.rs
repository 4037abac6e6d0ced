//! Pictures of parameters: histograms, heat maps and kernels, bounded in size.

use serde::Serialize;

use super::base64::base64;

/// Cells beside each other in a picture of kernels.
const MOST_WIDE: usize = 120;
/// The code of a cell that lies between two kernels.
const GAP: u8 = 254;
/// The code of a cell without a finite number.
const NO_NUMBER: u8 = 255;
/// The code of the highest number.
const TOP: f64 = 253.0;

/// How often numbers lie in each of some intervals of equal length.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Histogram {
    counts: Vec<u64>,
}

impl Histogram {
    /// Counts the finite numbers from `low` to `high`.
    pub(super) fn of(numbers: &[f64], [low, high]: [f64; 2], bins: usize) -> Self {
        let mut counts = vec![0; bins.max(1)];
        let scale = counts.len() as f64 / (high - low);
        for number in numbers.iter().filter(|number| number.is_finite()) {
            let bin = ((number - low) * scale) as usize;
            let last = counts.len() - 1;
            counts[bin.min(last)] += 1;
        }
        Self { counts }
    }
}

/// A heat map: cells row by row, a byte each, from 0 for `low` to 253 for `high`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct HeatMap {
    rows: usize,
    columns: usize,
    /// The number of the code 0. Where numbers have both signs, 0 is in the middle.
    low: f64,
    /// The number of the code 253.
    high: f64,
    cells: String,
    /// What a row, a column and a cell are.
    says: String,
}

/// Where the rows and columns of a matrix come from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// The range of colours: around 0 where numbers have both signs.
fn colours([low, high]: [f64; 2]) -> [f64; 2] {
    if low < 0.0 && high > 0.0 {
        let most = high.max(-low);
        return [-most, most];
    }
    [low, high]
}

fn code(number: f64, [low, high]: [f64; 2]) -> u8 {
    if !number.is_finite() {
        return NO_NUMBER;
    }
    if high <= low {
        return 0;
    }
    (((number - low) / (high - low)).clamp(0.0, 1.0) * TOP).round() as u8
}

impl HeatMap {
    /// A matrix with at most `side` rows and columns; where it has more, a cell is the mean of several numbers.
    pub(super) fn matrix(numbers: &[f64], grid: Grid, range: [f64; 2], side: usize) -> Self {
        let Grid { rows, columns } = grid;
        // A single row has the room of a matrix.
        let (most_rows, most_columns) = if rows == 1 { (1, side * side / 2) } else { (side, side) };
        let (tall, wide) = (rows.div_ceil(most_rows.max(1)), columns.div_ceil(most_columns.max(1)));
        let (down, across) = (rows.div_ceil(tall.max(1)), columns.div_ceil(wide.max(1)));
        let range = colours(range);
        let mut cells = Vec::with_capacity(down * across);
        for row in 0..down {
            for column in 0..across {
                let (mut sum, mut count) = (0.0, 0_u32);
                for y in row * tall..((row + 1) * tall).min(rows) {
                    let (from, to) = (column * wide, ((column + 1) * wide).min(columns));
                    for number in numbers.get(y * columns + from..y * columns + to).unwrap_or(&[]) {
                        (sum, count) = (sum + number, count + 1);
                    }
                }
                cells.push(code(sum / f64::from(count), range));
            }
        }
        let says = if tall * wide > 1 {
            format!("{rows} × {columns} numbers; a cell is the mean of {tall} × {wide} of them")
        } else {
            format!("{rows} × {columns} numbers, a cell each")
        };
        let [low, high] = range;
        Self { rows: down, columns: across, low, high, cells: base64(&cells), says }
    }

    /// Kernels side by side: a column of them for each output, a row for each input; of many, the first ones.
    pub(super) fn kernels(
        numbers: &[f64],
        [outputs, inputs]: [usize; 2],
        kernel: Grid,
        range: [f64; 2],
        most_cells: usize,
    ) -> Option<Self> {
        let Grid { rows, columns } = kernel;
        let most = most_cells / ((rows + 1) * (columns + 1));
        if most == 0 || rows == 0 || columns == 0 {
            return None;
        }
        let across = outputs.min(most).min(MOST_WIDE / (columns + 1)).max(1);
        let down = inputs.min(most / across).max(1);
        let (height, width) = (down * (rows + 1) - 1, across * (columns + 1) - 1);
        let range = colours(range);
        let mut cells = vec![GAP; height * width];
        for output in 0..across {
            for input in 0..down {
                let first = (output * inputs + input) * rows * columns;
                for row in 0..rows {
                    let at = (input * (rows + 1) + row) * width + output * (columns + 1);
                    let line = numbers.get(first + row * columns..first + (row + 1) * columns)?;
                    for (cell, number) in cells.get_mut(at..at + columns)?.iter_mut().zip(line) {
                        *cell = code(*number, range);
                    }
                }
            }
        }
        let of = |shown: usize, all: usize, what: &str| {
            let first = if shown < all {
                format!("the first {shown} of {all} ")
            } else {
                format!("all {all} ")
            };
            first + what
        };
        let says = match (outputs, inputs) {
            (_, 1) => {
                format!("maps of {rows} × {columns}: {}", of(across, outputs, "side by side"))
            }
            _ => format!(
                "kernels of {rows} × {columns}: a column for each of {}, a row for each of {}",
                of(across, outputs, "outputs"),
                of(down, inputs, "inputs")
            ),
        };
        let [low, high] = range;
        Some(Self { rows: height, columns: width, low, high, cells: base64(&cells), says })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_number_is_in_one_bin() {
        let numbers = [0.0, 0.1, 0.5, 1.0, f64::NAN, 1.0];
        assert_eq!(Histogram::of(&numbers, [0.0, 1.0], 2).counts, [2, 3]);
    }

    #[test]
    fn a_large_matrix_is_averaged_and_a_small_one_is_not() {
        let numbers: Vec<f64> = (0..16).map(f64::from).collect();
        let grid = Grid { rows: 4, columns: 4 };
        let whole = HeatMap::matrix(&numbers, grid, [0.0, 15.0], 4);
        assert_eq!((whole.rows, whole.columns), (4, 4));
        let half = HeatMap::matrix(&numbers, grid, [0.0, 15.0], 2);
        assert_eq!((half.rows, half.columns), (2, 2));
        // Means 2.5, 4.5, 10.5, 12.5 of 15, in steps of 1/253.
        assert_eq!(half.cells, base64(&[42, 76, 177, 211]));
        assert!(half.says.contains("mean of 2 × 2"), "{}", half.says);
    }

    #[test]
    fn zero_is_in_the_middle_of_signed_numbers() {
        assert_eq!(colours([-1.0, 3.0]), [-3.0, 3.0]);
        assert_eq!(colours([1.0, 3.0]), [1.0, 3.0]);
        assert_eq!(code(f64::NAN, [0.0, 1.0]), NO_NUMBER);
    }

    #[test]
    fn kernels_stand_side_by_side_with_gaps() {
        let numbers = [0.0, 1.0, 1.0, 0.0];
        let kernel = Grid { rows: 1, columns: 2 };
        let picture = HeatMap::kernels(&numbers, [2, 1], kernel, [0.0, 1.0], 100).unwrap();
        assert_eq!((picture.rows, picture.columns), (1, 5));
        assert_eq!(picture.cells, base64(&[0, 253, GAP, 253, 0]));
    }
}
