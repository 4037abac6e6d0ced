//! Tables of text (CSV): their rows, and everything that is wrong with them, line by line.

use std::borrow::Cow;

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

/// The bytes of a table with a line feed in the place of each carriage return that ends a line by itself: the reader of
/// tables ends a remark only there.
pub(crate) fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_lone = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    if !(0..bytes.len()).any(is_lone) {
        return Cow::Borrowed(bytes);
    }
    let changed = (0..bytes.len()).map(|at| if is_lone(at) { b'\n' } else { bytes[at] });
    Cow::Owned(changed.collect())
}

/// What stands between the cells: the first of comma, semicolon and tab that the line with the names has.
fn delimiter(bytes: &[u8]) -> u8 {
    let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    let names = lines.find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#"));
    let names = names.unwrap_or_default();
    [b',', b';', b'\t'].into_iter().find(|byte| names.contains(byte)).unwrap_or(b',')
}

/// A table of text: the names of its columns, and its rows.
pub(crate) struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    lines: Lines<'a>,
    pub(crate) names: csv::StringRecord,
}

/// Counts the lines of a text, which end in a line feed, a carriage return or both.
struct Lines<'a> {
    bytes: &'a [u8],
    /// How many bytes were looked at.
    at: usize,
    /// Line ends among them.
    ends: u64,
}

impl Lines<'_> {
    /// Returns the line, counted from 1, of what stands at a place, or behind the line ends and remarks there. Places ascend.
    fn line(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let mut is_remark = false;
        while let Some(byte) = self.bytes.get(self.at) {
            let is_end = matches!(byte, b'\r' | b'\n');
            is_remark = !is_end && (is_remark || self.at >= place && *byte == b'#');
            if self.at >= place && !is_end && !is_remark {
                break;
            }
            let is_second = *byte == b'\n' && self.at > 0 && self.bytes[self.at - 1] == b'\r';
            self.ends += u64::from(is_end && !is_second);
            self.at += 1;
        }
        self.ends + 1
    }
}

impl<'a> Rows<'a> {
    /// Reads the line with the names.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self, ReadFault> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(bytes))
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(bytes);
        let names = reader.headers().map_err(of_csv)?.clone();
        Ok(Self { reader, lines: Lines { bytes, at: 0, ends: 0 }, names })
    }

    /// Hands out each row with its line, and takes down what is wrong with it.
    pub(crate) fn each(
        mut self,
        mut take: impl FnMut(u64, &csv::StringRecord, &mut Faults),
    ) -> Result<(), ReadFault> {
        let mut faults = Faults::default();
        for row in self.reader.records() {
            match row {
                Ok(row) => {
                    let line = self.lines.line(row.position().map_or(0, csv::Position::byte));
                    take(line, &row, &mut faults);
                }
                // After an error of reading there is no next line.
                Err(error) if error.is_io_error() => return Err(of_csv(error)),
                Err(error) => match error.kind() {
                    csv::ErrorKind::UnequalLengths { pos: Some(place), expected_len, len } => {
                        let line = self.lines.line(place.byte());
                        faults.push(format!(
                            "line {line} has {len} cells, {expected_len} are expected"
                        ));
                    }
                    _ => faults.push(error.to_string()),
                },
            }
        }
        faults.into_result()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed on")]
fn of_csv(error: csv::Error) -> ReadFault {
    ReadFault::Syntax(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_between_commas_semicolons_or_tabs() {
        for text in ["x,t\n1,2\n", "# a,b\n\nx;t\n1; 2\n", "x\tt\r\n1\t2\r\n", "\u{feff}x;t\n1;2"] {
            let mut rows = Vec::new();
            let table = Rows::of(text.as_bytes()).unwrap();
            assert_eq!(table.names, csv::StringRecord::from(vec!["x", "t"]), "{text:?}");
            table.each(|_, row, _| rows.push(row.clone())).unwrap();
            assert_eq!(rows, [csv::StringRecord::from(vec!["1", "2"])], "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        let lines = ["a,b", "1,2", "", "# a remark", "3", "4,5"];
        for end in ["\n", "\r\n", "\r"] {
            let text = lines.join(end);
            let text = with_line_feeds(text.as_bytes());
            let (mut found, rows) = (Vec::new(), Rows::of(&text).unwrap());
            let faults = rows.each(|line, row, _| found.push((line, row[0].to_owned())));
            assert_eq!(found, [(2, "1".to_owned()), (6, "4".to_owned())], "{end:?}");
            let fault = faults.unwrap_err().to_string();
            assert!(fault.contains("line 5 has 1 cells, 2 are expected"), "{end:?}: {fault}");
        }
    }
}
