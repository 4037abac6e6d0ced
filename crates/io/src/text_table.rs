//! Tables of text (CSV): their rows, and everything that is wrong with them, line by line.

use std::borrow::Cow;

use nirkit_numerics::table::{self, Separator};

use crate::error::ReadFault;

/// The most faults of a file that are told.
const MOST_TOLD: usize = 10;

/// What is wrong in a file, line by line.
#[derive(Default)]
pub(crate) struct Faults {
    told: Vec<String>,
    count: usize,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: String) {
        self.count += 1;
        if self.told.len() < MOST_TOLD {
            self.told.push(fault);
        }
    }

    fn into_result(self) -> Result<(), ReadFault> {
        if self.count == 0 {
            return Ok(());
        }
        let more = match self.count - self.told.len() {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        Err(ReadFault::Syntax(format!("{}{more}", self.told.join("; "))))
    }
}

/// A table of text: the names of its columns, and its rows.
pub(crate) struct Rows<'a> {
    lines: Lines<'a>,
    separator: Separator,
    pub(crate) names: Vec<String>,
}

/// The lines of a text, which end in a line feed, a carriage return or both, with their numbers, counted from 1.
struct Lines<'a> {
    rest: Option<&'a str>,
    number: u64,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u64, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest?;
        self.number += 1;
        let Some(end) = text.find(['\r', '\n']) else {
            self.rest = None;
            return Some((self.number, text));
        };
        let behind = &text[end..];
        self.rest = behind.strip_prefix("\r\n").or(behind.get(1..));
        Some((self.number, &text[..end]))
    }
}

impl<'a> Rows<'a> {
    /// Reads the line with the names; `names_columns` says which remarks name columns ([`table::header`]).
    pub(crate) fn of(
        bytes: &'a [u8],
        names_columns: impl Fn(&[String]) -> bool,
    ) -> Result<Self, ReadFault> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = Lines { rest: Some(&before), number: 0 }.count();
            ReadFault::Syntax(format!("line {line} is no text in UTF-8"))
        })?;
        let mut lines = Lines { rest: Some(text), number: 0 };
        let found = lines.by_ref().find_map(|(_, line)| table::header(line, &names_columns));
        let (separator, names) = found.unwrap_or((Separator::Spaces, Vec::new()));
        Ok(Self { lines, separator, names })
    }

    /// Hands out each row with its line, and takes down what is wrong with it.
    pub(crate) fn each(
        self,
        mut take: impl FnMut(u64, &[Cow<'a, str>], &mut Faults),
    ) -> Result<(), ReadFault> {
        let mut faults = Faults::default();
        let rows = self.lines.filter(|(_, line)| !table::is_blank(line));
        for (line, text) in rows {
            match self.separator.cells(text) {
                Ok(row) if row.len() == self.names.len() => take(line, &row, &mut faults),
                Ok(row) => faults.push(format!(
                    "line {line} has {} cells, {} are expected",
                    row.len(),
                    self.names.len()
                )),
                Err(broken) => faults.push(format!("line {line} {broken}")),
            }
        }
        faults.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_header(names: &[String]) -> bool {
        names.iter().any(|name| name == "t")
    }

    #[test]
    fn cells_stand_between_commas_semicolons_tabs_or_spaces() {
        for text in [
            "x,t\n1,2\n",
            "# a,b\n\nx;t\n1; 2\n",
            "x\tt\r\n1\t2\r\n",
            "\u{feff}x;t\n1;2",
            "x  t\n 1 2",
            "# x t\n1 2\n",
        ] {
            let mut rows = Vec::new();
            let table = Rows::of(text.as_bytes(), is_header).unwrap();
            assert_eq!(table.names, ["x", "t"], "{text:?}");
            table.each(|_, row, _| rows.push(row.to_vec())).unwrap();
            assert_eq!(rows, [["1", "2"]], "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        let lines = ["a,b", "1,2", "", "# a remark", "3", "4,5", "\"6,7"];
        for end in ["\n", "\r\n", "\r"] {
            let text = lines.join(end);
            let (mut found, rows) = (Vec::new(), Rows::of(text.as_bytes(), is_header).unwrap());
            let faults = rows.each(|line, row, _| found.push((line, row[0].clone().into_owned())));
            assert_eq!(found, [(2, "1".to_owned()), (6, "4".to_owned())], "{end:?}");
            let fault = faults.unwrap_err().to_string();
            assert!(fault.contains("line 5 has 1 cells, 2 are expected"), "{end:?}: {fault}");
            assert!(fault.contains("line 7 has a quote"), "{end:?}: {fault}");
        }
        let said = Rows::of(b"x,t\n\xff", is_header).err().unwrap().to_string();
        assert!(said.contains("line 2 is no text"), "{said}");
    }
}
