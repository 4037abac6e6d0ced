//! The classes of samples that have a file each, as CSV: the columns `file` and `label`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::bytes;
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;
use crate::text_table::{Rows, with_line_feeds};

/// Reads the class of each file, counted from 0.
///
/// # Errors
///
/// A file that cannot be read, columns other than `file` and `label`, a file with two labels, a label that is no whole number.
pub fn read_labels_csv(path: &Path, limits: &Limits) -> Result<BTreeMap<String, i64>, ReadError> {
    let read = bytes::read(path, limits).and_then(|bytes| parse(&bytes));
    read.map_err(|fault| fault.at("").of_file(path))
}

fn parse(bytes: &[u8]) -> Result<BTreeMap<String, i64>, ReadFault> {
    let bytes = with_line_feeds(bytes);
    let rows = Rows::of(&bytes)?;
    if rows.names.iter().ne(["file", "label"]) {
        let names: Vec<&str> = rows.names.iter().collect();
        let message = format!("the columns are {}; `file,label` is expected", names.join(","));
        return Err(ReadFault::Syntax(message));
    }
    let mut labels = BTreeMap::new();
    rows.each(|line, row, faults| {
        let [file, label] = [0, 1].map(|column| row.get(column).unwrap_or_default());
        match label.parse() {
            Ok(label) => {
                if labels.insert(file.to_owned(), label).is_some() {
                    faults.push(format!("line {line}: {file:?} has a label before"));
                }
            }
            Err(_) => faults.push(format!("line {line}: the label {label:?} is no whole number")),
        }
    })?;
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_a_file_each() {
        let labels = parse(b"file,label\na.npy,3\n\"b,c.npy\", 0\n").unwrap();
        assert_eq!(labels["a.npy"], 3);
        assert_eq!(labels["b,c.npy"], 0);
        let said = |text: &[u8]| parse(text).unwrap_err().to_string();
        assert!(said(b"label,file\n1,a\n").contains("`file,label` is expected"));
        let both = said(b"file,label\na,1\na,2\nb,x\n");
        assert!(both.contains("line 3: \"a\" has a label before"), "{both}");
        assert!(both.contains("line 4: the label \"x\""), "{both}");
    }
}
