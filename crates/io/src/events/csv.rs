//! Tables as CSV: a line with the names of the columns, then a line for each event.

use std::path::Path;

use crate::array::{Column, Table};
use crate::bytes;
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;
use crate::text_table::Rows;

/// Reads a table.
pub(super) fn read(path: &Path, limits: &Limits) -> Result<Table, ReadError> {
    let read = bytes::read(path, limits).and_then(|bytes| parse(&bytes));
    read.map_err(|fault| fault.at("").of_file(path))
}

pub(super) fn parse(bytes: &[u8]) -> Result<Table, ReadFault> {
    let rows = Rows::of(bytes, super::names_columns)?;
    let column = |name: &String| Column { name: name.clone(), numbers: Vec::new(), is_real: false };
    let mut columns: Vec<Column> = rows.names.iter().map(column).collect();
    if columns.iter().any(|column| column.name.parse::<f64>().is_ok()) {
        return Err(ReadFault::Syntax(
            "the first line holds numbers; it has to name the columns, such as x,y,t,p".to_owned(),
        ));
    }
    rows.each(|line, row, faults| {
        for (column, cell) in columns.iter_mut().zip(row) {
            if let Some(truth) = truth(cell) {
                column.numbers.push(f64::from(u8::from(truth)));
            } else if let Ok(number) = cell.parse() {
                column.numbers.push(number);
                column.is_real |= cell.parse::<i64>().is_err();
            } else {
                let name = &column.name;
                faults.push(format!("line {line}: {name} is {cell:?}, which is no number"));
            }
        }
    })?;
    Ok(Table { columns })
}

/// A word that stands for a polarity.
fn truth(cell: &str) -> Option<bool> {
    match cell {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_header_and_numbers() {
        let table = parse(b"x, t\r\n3,6\n# a remark\n2,70\n").unwrap();
        let times = Column { name: "t".to_owned(), numbers: vec![6.0, 70.0], is_real: false };
        assert_eq!(table.columns[1], times);
        assert!(parse(b"x,t\n3,6\n2,70.0\n").unwrap().columns[1].is_real);
        let said = |text: &[u8]| parse(text).unwrap_err().to_string();
        assert!(said(b"3,6\n2,70\n").contains("name the columns"));
        assert!(
            said(b"x,t\n3,six\n").contains("line 2: t is \"six\""),
            "{}",
            said(b"x,t\n3,six\n")
        );
        assert!(said(b"x,t\n3\n").contains("line 2 has 1 cells, 2 are expected"));
        let both = said(b"x,t\n3,six\n4\nfour,7\n");
        for fault in ["line 2: t is \"six\"", "line 3 has 1 cells", "line 4: x is \"four\""] {
            assert!(both.contains(fault), "{both}");
        }
        let many = said(format!("x,t\n{}", "a,1\n".repeat(100)).as_bytes());
        assert!(many.contains("line 11: ") && !many.contains("line 12: "), "{many}");
        assert!(many.ends_with("; and 90 more"), "{many}");
    }
}
