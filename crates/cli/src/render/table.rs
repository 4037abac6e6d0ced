//! Tables for the terminal: columns side by side, a head, no lines.

use std::borrow::Cow;

use nirkit::escape;

/// Spaces between two columns.
const GAP: &str = "  ";

/// A table with a head. Rows that are shorter than the head end early.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let head = head.iter().map(|&name| name.to_owned()).collect();
    let rows = std::iter::once(head).chain(rows);
    let rows: Vec<Vec<Cell>> = rows.map(|row| row.into_iter().map(Cell::of).collect()).collect();
    let widths = widths(&rows);
    let mut text = String::new();
    for row in &rows {
        for (cell, &width) in row.iter().zip(&widths) {
            text.push_str(&cell.text);
            text.extend(std::iter::repeat_n(' ', width - cell.width));
            text.push_str(GAP);
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

/// What stands in a row and a column, as it is shown.
struct Cell {
    text: String,
    /// Characters.
    width: usize,
}

impl Cell {
    fn of(text: String) -> Self {
        let text = match escape::line(&text) {
            Cow::Owned(escaped) => escaped,
            Cow::Borrowed(_) => text,
        };
        let width = if text.is_ascii() { text.len() } else { text.chars().count() };
        Self { text, width }
    }
}

/// Characters of the longest cell of each column.
fn widths(rows: &[Vec<Cell>]) -> Vec<usize> {
    let mut widths = vec![0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width);
        }
    }
    widths
}

/// Choices, their values, and where the values come from.
pub(crate) fn choices(choices: &[nirkit::Choice]) -> String {
    let cells = |choice: &nirkit::Choice| {
        vec![choice.name.clone(), choice.value.clone(), choice.source.clone()]
    };
    table(&["choice", "value", "from"], choices.iter().map(cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell() {
        let rows = [vec!["lif".to_owned(), "1".to_owned()], vec!["τ".to_owned(), String::new()]];
        assert_eq!(table(&["node", "n"], rows), "node  n\nlif   1\nτ\n");
    }
}
