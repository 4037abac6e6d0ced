//! The layout of nested lists: on one line where that fits, else a line for each row.

use super::super::span::Ranges;
use super::{Printer, WIDTH};

/// More elements than this do not fit a line, so it is not tried.
const TRIED: usize = WIDTH / 3;
/// Room that is kept at the end of a line for one more element.
const ROOM: usize = 12;

/// The brackets of a list of some shape.
struct Brackets {
    rank: usize,
    /// Elements in each nested list, innermost first.
    blocks: Vec<usize>,
}

impl Brackets {
    fn new(shape: &[usize]) -> Self {
        let blocks = shape.iter().rev().scan(1_usize, |size, &length| {
            *size = size.saturating_mul(length);
            Some(*size)
        });
        Self { rank: shape.len(), blocks: blocks.collect() }
    }

    /// Lists that begin or end between the elements before and after this position.
    fn at(&self, position: usize) -> usize {
        self.blocks.iter().take_while(|&&size| position.is_multiple_of(size)).count()
    }
}

impl Printer {
    /// Writes the elements of a shape as nested lists and notes where each of them stands.
    pub(super) fn list(
        &mut self,
        shape: &[usize],
        len: usize,
        write: &dyn Fn(usize, &mut String),
        ranges: &mut Ranges,
    ) {
        if len == 0 {
            return self.out.push_str("[]");
        }
        let brackets = Brackets::new(shape);
        let start = self.out.len();
        if len <= TRIED || shape.is_empty() {
            self.flat(&brackets, len, write, ranges);
            if self.column() <= WIDTH || shape.is_empty() {
                return;
            }
            self.out.truncate(start);
            ranges.clear();
        }
        self.rows(&brackets, len, write, ranges);
    }

    /// Everything on one line.
    fn flat(
        &mut self,
        brackets: &Brackets,
        len: usize,
        write: &dyn Fn(usize, &mut String),
        ranges: &mut Ranges,
    ) {
        for index in 0..len {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.repeat('[', brackets.at(index));
            let start = self.out.len();
            write(index, &mut self.out);
            ranges.push(self.since(start));
            self.repeat(']', brackets.at(index + 1));
        }
    }

    /// The outermost brackets on lines of their own; between them a line for each innermost list,
    /// or several lines where it is long.
    fn rows(
        &mut self,
        brackets: &Brackets,
        len: usize,
        write: &dyn Fn(usize, &mut String),
        ranges: &mut Ranges,
    ) {
        let inner = brackets.rank - 1;
        self.out.push('[');
        self.depth += 1;
        let mut line_start = 0;
        for index in 0..len {
            // The outermost list is open already.
            let opened = brackets.at(index).min(inner);
            if index == 0 || opened > 0 || self.out.len() - line_start > WIDTH - ROOM {
                self.line();
                line_start = self.out.len() - 2 * self.depth;
                // As many spaces as lists stay open, so that the numbers stand in columns.
                self.repeat(' ', inner - opened);
                self.repeat('[', opened);
            } else {
                self.out.push(' ');
            }
            let start = self.out.len();
            write(index, &mut self.out);
            ranges.push(self.since(start));
            self.repeat(']', brackets.at(index + 1).min(inner));
            self.out.push(',');
        }
        self.depth -= 1;
        self.line();
        self.out.push(']');
    }

    fn repeat(&mut self, bracket: char, count: usize) {
        self.out.extend(std::iter::repeat_n(bracket, count));
    }

    /// Bytes of the line so far.
    fn column(&self) -> usize {
        self.out.len() - self.out.rfind('\n').map_or(0, |end| end + 1)
    }
}
