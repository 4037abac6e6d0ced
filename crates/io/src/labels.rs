//! The classes of samples that have a file each: CSV with the columns `file` and `label`, or JSON with the same keys.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::bytes;
use crate::ending::{self, ends_in};
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;
use crate::text_table::Rows;

/// The file of a sample, as the list names it, and its class, counted from 0.
pub type Labelled = (String, i64);

/// Reads a list of files with their classes, in the order of the list: CSV with the columns `file` and `label`, or, with the
/// ending `.json`, a list of objects with these keys.
///
/// # Errors
///
/// A file that cannot be read, other columns or keys, a file with two labels, a label that is no whole number.
pub fn read_labelled_files(path: &Path, limits: &Limits) -> Result<Vec<Labelled>, ReadError> {
    let parse = if ends_in(path, ending::JSON) { of_json } else { of_csv };
    let read = bytes::read(path, limits).and_then(|bytes| parse(&bytes));
    read.map_err(|fault| fault.at("").of_file(path))
}

/// Whether a file is such a list by how it begins, and not the stimulus that a table or JSON can be as well.
///
/// # Errors
///
/// A file that cannot be read.
pub fn is_list_of_files(path: &Path, limits: &Limits) -> Result<bool, ReadError> {
    let (is_csv, is_json) = (ends_in(path, ending::TABLE), ends_in(path, ending::JSON));
    if !(is_csv || is_json) || !path.is_file() {
        return Ok(false);
    }
    let bytes = bytes::read(path, limits).map_err(|fault| fault.at("").of_file(path))?;
    if is_json {
        return Ok(bytes.trim_ascii_start().starts_with(b"["));
    }
    Ok(Rows::of(&bytes, |_| false).is_ok_and(|rows| columns(&rows.names).is_some()))
}

/// Where the columns `file` and `label` stand, in capitals or not; `None` unless there is one of each and no other.
fn columns(names: &[String]) -> Option<[usize; 2]> {
    let is_at = |name: &str| names.iter().position(|found| found.eq_ignore_ascii_case(name));
    let columns = [is_at("file")?, is_at("label")?];
    (names.len() == columns.len()).then_some(columns)
}

fn of_csv(bytes: &[u8]) -> Result<Vec<Labelled>, ReadFault> {
    let rows = Rows::of(bytes, |_| false)?;
    let Some(columns) = columns(&rows.names) else {
        let message =
            format!("the columns are {}; `file` and `label` are expected", rows.names.join(","));
        return Err(ReadFault::Syntax(message));
    };
    let (mut files, mut known) = (Vec::new(), BTreeSet::new());
    rows.each(|line, row, faults| {
        let [file, label] = columns.map(|column| row.get(column).map_or("", AsRef::as_ref));
        match label.parse() {
            Ok(label) => {
                if !known.insert(file.to_owned()) {
                    faults.push(format!("line {line}: {file:?} has a label before"));
                }
                files.push((file.to_owned(), label));
            }
            Err(_) => faults.push(format!("line {line}: the label {label:?} is no whole number")),
        }
    })?;
    Ok(files)
}

/// An entry of a list in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    label: i64,
}

fn of_json(bytes: &[u8]) -> Result<Vec<Labelled>, ReadFault> {
    let entries: Vec<Entry> = serde_json::from_slice(bytes).map_err(|error| {
        ReadFault::Syntax(format!(
            "a list of {{\"file\": ..., \"label\": ...}} is expected: {error}"
        ))
    })?;
    let mut known = BTreeSet::new();
    if let Some(twice) = entries.iter().position(|entry| !known.insert(&entry.file)) {
        let file = &entries[twice].file;
        return Err(ReadFault::Syntax(format!("entry {twice}: {file:?} has a label before")));
    }
    Ok(entries.into_iter().map(|Entry { file, label }| (file, label)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_a_file_each() {
        let expected = vec![("b,c.npy".to_owned(), 0), ("a.npy".to_owned(), 3)];
        assert_eq!(of_csv(b"file,label\n\"b,c.npy\", 0\na.npy,3\n").unwrap(), expected);
        let json = br#"[{"file": "b,c.npy", "label": 0}, {"label": 3, "file": "a.npy"}]"#;
        assert_eq!(of_json(json).unwrap(), expected);
        let said = |text: &[u8]| of_csv(text).unwrap_err().to_string();
        assert_eq!(of_csv(b"Label,file\n3,a\n").unwrap(), [("a".to_owned(), 3)]);
        assert!(said(b"class,file\n1,a\n").contains("`file` and `label` are expected"));
        assert!(said(b"file,label,note\na,1,b\n").contains("the columns are file,label,note"));
        let both = said(b"file,label\na,1\na,2\nb,x\n");
        assert!(both.contains("line 3: \"a\" has a label before"), "{both}");
        assert!(both.contains("line 4: the label \"x\""), "{both}");
    }

    #[test]
    fn lists_in_json_are_held_against_their_keys() {
        let said = |text: &str| of_json(text.as_bytes()).unwrap_err().to_string();
        assert!(
            said(r#"[{"file": "a", "label": 1}, {"file": "a", "label": 2}]"#)
                .contains("entry 1: \"a\"")
        );
        assert!(said(r#"[{"file": "a", "class": 1}]"#).contains("unknown field `class`"));
        assert!(said(r#"[{"file": "a", "label": 1.5}]"#).contains("floating point `1.5`"));
        assert!(
            said(r#"{"a": 1}"#).contains("a list of {\"file\": ..., \"label\": ...} is expected")
        );
    }
}
