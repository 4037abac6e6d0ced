//! Tables with typed columns.

/// A column: its name, and a cell for each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name of the column.
    pub name: String,
    /// Its cells.
    pub cells: Cells,
}

/// The cells of a column, all of one type. `None` is a cell without a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Texts in UTF-8.
    Text(Vec<Option<String>>),
    /// Integers of 64 bits.
    Integer(Vec<Option<i64>>),
    /// Numbers in double precision.
    Real(Vec<Option<f64>>),
}

impl Cells {
    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Real(cells) => cells.len(),
        }
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
