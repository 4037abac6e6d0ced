//! The layout of nested lists: on one line where that fits, else a line for each row.

use super::super::span::Ranges;
use super::{Printer, WIDTH};

/// More elements than this do not fit a line, so it is not tried.
const TRIED: usize = WIDTH / 3;

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
        let mut line_start = self.out.len();
        for index in 0..len {
            // The outermost list is open already, and closes on a line of its own.
            let opened = brackets.at(index).min(inner);
            let closed = brackets.at(index + 1).min(inner);
            if index == 0 || opened > 0 {
                line_start = self.row(inner, opened);
            } else {
                self.out.push(' ');
            }
            let mut start = self.out.len();
            write(index, &mut self.out);
            if self.out.len() + closed + 1 > line_start + WIDTH && opened == 0 && index > 0 {
                let element = self.out.split_off(start);
                self.out.pop();
                line_start = self.row(inner, 0);
                start = self.out.len();
                self.out.push_str(&element);
            }
            ranges.push(self.since(start));
            self.repeat(']', closed);
            self.out.push(',');
        }
        self.depth -= 1;
        self.line();
        self.out.push(']');
    }

    /// Begins a line of a list with its brackets, and returns where the line begins. As many spaces
    /// as lists stay open come first, so that the numbers stand in columns.
    fn row(&mut self, inner: usize, opened: usize) -> usize {
        self.line();
        let line_start = self.out.len() - 2 * self.depth;
        self.repeat(' ', inner - opened);
        self.repeat('[', opened);
        line_start
    }

    fn repeat(&mut self, bracket: char, count: usize) {
        self.out.extend(std::iter::repeat_n(bracket, count));
    }

    /// Bytes of the line so far.
    fn column(&self) -> usize {
        self.out.len() - self.out.rfind('\n').map_or(0, |end| end + 1)
    }
}
