//! Text with indentation.

/// Lines of code.
#[derive(Default)]
pub(super) struct Body {
    pub(super) text: String,
    depth: usize,
}

impl Body {
    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(&"    ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Adds a comment.
    pub(super) fn note(&mut self, note: &str) {
        self.line(&format!("// {note}"));
    }

    /// Adds an empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Adds a line that opens a block.
    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// Adds a line that closes a block.
    pub(super) fn close(&mut self, line: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(line);
    }

    /// Adds a line that closes a block and opens another.
    pub(super) fn reopen(&mut self, line: &str) {
        self.close(line);
        self.depth += 1;
    }
}
