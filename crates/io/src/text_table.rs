//! Tables of text (CSV): their rows, and everything that is wrong with them, line by line.

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
    reader: csv::Reader<&'a [u8]>,
    pub(crate) names: csv::StringRecord,
}

impl<'a> Rows<'a> {
    /// Reads the line with the names.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self, ReadFault> {
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(bytes);
        let names = reader.headers().map_err(of_csv)?.clone();
        Ok(Self { reader, names })
    }

    /// Hands out each row with its line, and takes down what is wrong with it.
    pub(crate) fn each(
        mut self,
        mut take: impl FnMut(u64, &csv::StringRecord, &mut Faults),
    ) -> Result<(), ReadFault> {
        let mut faults = Faults::default();
        for row in self.reader.records() {
            match row {
                Ok(row) => take(row.position().map_or(0, csv::Position::line), &row, &mut faults),
                // After an error of reading there is no next line.
                Err(error) if error.is_io_error() => return Err(of_csv(error)),
                Err(error) => faults.push(error.to_string()),
            }
        }
        faults.into_result()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed on")]
fn of_csv(error: csv::Error) -> ReadFault {
    ReadFault::Syntax(error.to_string())
}
