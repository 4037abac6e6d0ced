//! What is wrong in a table of text, line by line.

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

    pub(crate) fn into_result(self) -> Result<(), ReadFault> {
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

#[expect(clippy::needless_pass_by_value, reason = "errors are handed on")]
pub(crate) fn of_csv(error: csv::Error) -> ReadFault {
    ReadFault::Syntax(error.to_string())
}
