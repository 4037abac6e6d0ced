//! Where results go.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use serde::Serialize;

use crate::args::{Color, Format};
use crate::failure::Failure;
use crate::json::Versioned;
use nirkit::escape;

/// When findings are coloured, for the whole program.
static COLOR: OnceLock<Color> = OnceLock::new();

/// Says when findings are coloured; the first call counts.
pub(crate) fn choose_color(color: Color) {
    let _ = COLOR.set(color);
}

/// Writes results to the standard output and remarks to the standard error.
pub(crate) struct Printer {
    format: Format,
    out: io::BufWriter<io::Stdout>,
    /// Nobody reads the output any more, which changes nothing about the work.
    unread: bool,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        Self { format, out: io::BufWriter::new(io::stdout()), unread: false }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether findings are coloured.
    pub(crate) fn is_coloured() -> bool {
        match COLOR.get().copied().unwrap_or_default() {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let is_unwanted =
                    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                !is_unwanted && io::stdout().is_terminal()
            }
        }
    }

    /// Prints a result as text; a line break is added where it lacks one.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.drawn(&escape::text(text))
    }

    /// Prints a text that was made for the terminal, with colours perhaps.
    pub(crate) fn drawn(&mut self, text: &str) -> Result<(), Failure> {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let written = self.write(text.as_bytes(), end);
        self.unless_unread(written)
    }

    /// Takes a pipe that nobody reads for no failure.
    fn unless_unread(&mut self, written: io::Result<()>) -> Result<(), Failure> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.unread = true;
                Ok(())
            }
            written => Ok(written?),
        }
    }

    fn write(&mut self, text: &[u8], end: &str) -> io::Result<()> {
        if self.unread {
            return Ok(());
        }
        self.out.write_all(text)?;
        self.out.write_all(end.as_bytes())?;
        self.out.flush()
    }

    /// Writes a file to the standard output.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.write(bytes, "");
        self.unless_unread(written)
    }

    /// Prints a result as JSON, with the version of its form.
    pub(crate) fn json(&mut self, result: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(&Versioned::of(result)).map_err(Failure::new)?;
        self.drawn(&escape::json(&json))
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

    /// The same, with a text that was made for the terminal.
    pub(crate) fn drawn_result(
        &mut self,
        result: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => self.drawn(&text()),
            Format::Json => self.json(result),
        }
    }

    /// Says something in several lines that was made for the terminal, and is not the result.
    pub(crate) fn drawn_remark(text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Says something that is not the result. Where nobody listens, the work goes on.
    pub(crate) fn remark(text: &str) {
        let _ = writeln!(io::stderr(), "{}", escape::line(text));
    }
}
