//! Where results go.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::args::Format;
use crate::failure::Failure;

/// Writes results to the standard output and remarks to the standard error.
pub(crate) struct Printer {
    format: Format,
    out: io::BufWriter<io::Stdout>,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        Self { format, out: io::BufWriter::new(io::stdout()) }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether the result is seen by a person, who may like colours.
    pub(crate) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// Prints a result as text; a line break is added where it lacks one.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            self.out.write_all(b"\n")?;
        }
        Ok(self.out.flush()?)
    }

    /// Prints a result as JSON.
    pub(crate) fn json(&mut self, result: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(result).map_err(Failure::new)?;
        self.text(&json)
    }

    /// Prints a result in the form that was asked for; the text is only made when needed.
    pub(crate) fn result(
        &mut self,
        result: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => self.text(&text()),
            Format::Json => self.json(result),
        }
    }

    /// Says something about the result; a finding says by itself how much it matters.
    pub(crate) fn note(text: &str) {
        let has_severity =
            ["error[", "warning[", "note["].iter().any(|word| text.starts_with(word));
        Self::remark(&if has_severity { text.to_owned() } else { format!("note: {text}") });
    }

    /// Says something that is not the result.
    #[expect(clippy::print_stderr, reason = "remarks go to the standard error")]
    pub(crate) fn remark(text: &str) {
        eprintln!("{text}");
    }
}
