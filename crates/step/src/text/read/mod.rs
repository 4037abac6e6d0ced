//! Reads programs.

mod cell;
mod expression;
mod operation;
mod words;

use std::collections::BTreeMap;

use super::VERSION;
use super::lexer::{Token, tokens};
use crate::number::Format;
use crate::program::{Buffer, BufferId, Input, Operation, Probe, Program};
use words::number;

/// A text that is no program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// The deepest expression that is read.
const MOST_DEPTH: usize = 200;

/// The most parts of an expression: an expression is walked by recursion.
const MOST_PARTS: usize = 1000;

/// The most numbers that a text can imply.
const MOST_NUMBERS: usize = 1 << 28;

/// Reads a program from its text.
pub fn parse(text: &str) -> Result<Program, ParseError> {
    let mut parser =
        Parser { tokens: tokens(text)?, at: 0, names: BTreeMap::new(), numbers: 0, parts: 0 };
    let program = parser.program().map_err(|reason| parser.error(reason))?;
    match program.faults().first() {
        None => Ok(program),
        Some(fault) => Err(parser.error(fault.to_string())),
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    /// The buffers by name.
    names: BTreeMap<String, BufferId>,
    /// How many numbers were read.
    numbers: usize,
    /// How many parts of the present expression were read.
    parts: usize,
}

type Parsed<T> = Result<T, String>;

impl Parser {
    fn program(&mut self) -> Parsed<Program> {
        let mut program = Program::default();
        if !self.is_word("step") || !self.is("-") || !self.is_word("program") {
            return Err("a program begins with `step-program`".to_owned());
        }
        let version = self.whole()?;
        if version != VERSION {
            return Err(format!("version {VERSION} is read, not {version}"));
        }
        self.end_line()?;
        while let Some(token) = self.peek() {
            // `input = ...` writes a buffer of this name.
            let is_written = matches!(self.tokens.get(self.at + 1), Some((Token::Sign("="), _)));
            let word = match token {
                Token::Name(name, false) if !is_written => name.clone(),
                Token::Newline => {
                    self.at += 1;
                    continue;
                }
                _ => String::new(),
            };
            match word.as_str() {
                "dt" => {
                    self.at += 1;
                    let text = self.literal()?;
                    program.dt = Some(number(&text, Format::F64)?.to_f64());
                }
                "input" => {
                    self.at += 1;
                    let name = self.name()?;
                    self.expect(":")?;
                    let (format, shape) = (self.format()?, self.list(Self::whole)?);
                    program.inputs.push(Input { name, shape, format });
                }
                "buffer" => {
                    self.at += 1;
                    let name = self.name()?;
                    self.expect(":")?;
                    let (format, shape) = (self.format()?, self.list(Self::whole)?);
                    self.expect("=")?;
                    let len = shape.iter().try_fold(1, |len: usize, &axis| len.checked_mul(axis));
                    let start = self.numbers(format, len.ok_or("the shape is too large")?)?;
                    let id = BufferId(program.buffers.len());
                    if self.names.insert(name.clone(), id).is_some() {
                        return Err(format!("`{name}` is there twice"));
                    }
                    program.buffers.push(Buffer { name, shape, start });
                }
                "probe" => {
                    self.at += 1;
                    let name = self.name()?;
                    self.expect("=")?;
                    program.probes.push(Probe { name, buffer: self.buffer()? });
                }
                "cell" => {
                    self.at += 1;
                    let cell = self.cell(&program)?;
                    program.operations.push(Operation::Cell(cell));
                }
                _ => {
                    let operation = self.operation(&program)?;
                    program.operations.push(operation);
                }
            }
            self.end_line()?;
        }
        Ok(program)
    }
}
