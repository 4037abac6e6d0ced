//! Reads programs.

use std::collections::BTreeMap;

use super::VERSION;
use super::lexer::{Token, tokens};
use super::write::FUNCTIONS;
use crate::cell::{Cell, Comparison, Expr, Operator, Statement, Variable};
use crate::number::{Format, Number, Numbers};
use crate::program::{
    Absent, Buffer, BufferId, Convolution, Deliver, Dense, Input, Operation, Parameter, Pool,
    Probe, Program, Read, Register, When, Window,
};

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

/// An expression whose constants have no format yet.
enum Raw {
    Variable(Variable, Option<Format>),
    Constant(String),
    Binary(Operator, Box<Raw>, Box<Raw>),
    Call(String, Box<Raw>),
    Select(Comparison, [Box<Raw>; 2], [Box<Raw>; 2]),
}

type Parsed<T> = Result<T, String>;

impl Parser {
    fn error(&self, reason: String) -> ParseError {
        let at = self.at.min(self.tokens.len().saturating_sub(1));
        ParseError { line: self.tokens.get(at).map_or(1, |(_, line)| *line), reason }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn is(&mut self, sign: &'static str) -> bool {
        let is = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is);
        is
    }

    fn is_word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Name(name, false)) if name == word);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if self.is(sign) { Ok(()) } else { Err(format!("`{sign}` is expected")) }
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.is_word(word) { Ok(()) } else { Err(format!("`{word}` is expected")) }
    }

    fn end_line(&mut self) -> Parsed<()> {
        match self.next() {
            Some(Token::Newline) | None => Ok(()),
            Some(_) => {
                self.at -= 1;
                Err("the end of the line is expected".to_owned())
            }
        }
    }

    fn name(&mut self) -> Parsed<String> {
        let Some(Token::Name(name, _)) = self.peek() else {
            return Err("a name is expected".to_owned());
        };
        let name = name.clone();
        self.at += 1;
        Ok(name)
    }

    fn whole(&mut self) -> Parsed<usize> {
        let Some(Token::Number(text)) = self.peek() else {
            return Err("a count is expected".to_owned());
        };
        let count = text.parse().map_err(|_| format!("`{text}` is no count"))?;
        self.at += 1;
        Ok(count)
    }

    /// A number as it is written, with its sign.
    fn literal(&mut self) -> Parsed<String> {
        let sign = if self.is("-") { "-" } else { "" };
        let Some(Token::Number(text)) = self.peek() else {
            return Err("a number is expected".to_owned());
        };
        let text = format!("{sign}{text}");
        self.at += 1;
        Ok(text)
    }

    fn integer(&mut self) -> Parsed<i64> {
        let text = self.literal()?;
        text.parse().map_err(|_| format!("`{text}` is no integer"))
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.is("]") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn pair(&mut self, word: &str) -> Parsed<[usize; 2]> {
        self.expect_word(word)?;
        let pair = self.list(Self::whole)?;
        pair.try_into().map_err(|_| format!("`{word}` has two numbers"))
    }

    fn format(&mut self) -> Parsed<Format> {
        let name = self.name()?;
        let found = Format::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| format!("`{name}` is no format: f32, f64, i64"))
    }

    /// Numbers of a format, so many of them: a list, or one for all.
    fn numbers(&mut self, format: Format, len: usize) -> Parsed<Numbers> {
        self.numbers = self.numbers.saturating_add(len);
        if self.numbers > MOST_NUMBERS {
            return Err(format!("the text implies more than {MOST_NUMBERS} numbers"));
        }
        if self.peek() != Some(&Token::Sign("[")) {
            let text = self.literal()?;
            return Ok(Numbers::filled(number(&text, format)?, len));
        }
        let all = self.list(|parser| number(&parser.literal()?, format))?;
        if all.len() != len {
            return Err(format!("{len} numbers are expected, not {}", all.len()));
        }
        let mut numbers = Numbers::filled(Number::zero(format), len);
        for (at, number) in all.into_iter().enumerate() {
            numbers.set(at, number);
        }
        Ok(numbers)
    }

    /// Numbers with their format and count: `f32[2] [1, 2]`.
    fn typed(&mut self) -> Parsed<Numbers> {
        let format = self.format()?;
        let [len] = self.list(Self::whole)?.try_into().map_err(|_| "one length is expected")?;
        self.numbers(format, len)
    }

    fn buffer(&mut self) -> Parsed<BufferId> {
        let name = self.name()?;
        self.names.get(&name).copied().ok_or_else(|| format!("there is no buffer `{name}`"))
    }

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

    fn operation(&mut self, program: &Program) -> Parsed<Operation> {
        let to = self.buffer()?;
        self.expect("=")?;
        let kind = self.name()?;
        self.expect("(")?;
        let operation = match kind.as_str() {
            "frame" => {
                let name = self.name()?;
                let input = program.inputs.iter().position(|input| input.name == name);
                let input = input.ok_or_else(|| format!("there is no input `{name}`"))?;
                Operation::Frame { input, to }
            }
            "add" => Operation::Add { from: self.reads()?, to },
            "truth" => Operation::Truth { from: self.buffer()?, to },
            "dense" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let weights = self.typed()?;
                Operation::Dense(Dense { from, weights, bias: self.bias()?, to })
            }
            "deliver" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let weights = self.typed()?;
                self.expect(";")?;
                let wraps = self.is_word("wrap");
                if !wraps {
                    self.expect_word("saturate")?;
                }
                let ends = self.list(Self::integer)?;
                let [low, high] = ends.try_into().map_err(|_| "a register has two ends")?;
                let register = Register { low, high, wraps };
                Operation::Deliver(Deliver { from, weights, register, to })
            }
            "convolution" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let window = self.window()?;
                self.expect(";")?;
                let weights = self.typed()?;
                let bias = self.bias()?;
                Operation::Convolution(Convolution { from, window, weights, bias, to })
            }
            "pool" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let window = self.window()?;
                let mean = if self.is(";") { Some(self.mean()?) } else { None };
                Operation::Pool(Pool { from, window, mean, to })
            }
            "scale" => {
                let from = self.buffer()?;
                self.expect(";")?;
                Operation::Scale { from, factors: self.typed()?, to }
            }
            "permute" => {
                let from = self.buffer()?;
                self.expect(";")?;
                Operation::Permute { from, order: self.list(Self::whole)?, to }
            }
            "store" => Operation::Store { from: self.buffer()?, ring: to },
            "recall" => {
                let ring = self.buffer()?;
                self.expect(";")?;
                let delays = self.delays(program.buffers[to.0].len())?;
                Operation::Recall { ring, delays, to }
            }
            other => return Err(format!("there is no operation `{other}`")),
        };
        self.expect(")")?;
        Ok(operation)
    }

    /// What a sum adds.
    fn reads(&mut self) -> Parsed<Vec<Read>> {
        let mut reads = Vec::new();
        while self.peek() != Some(&Token::Sign(")")) {
            if !reads.is_empty() {
                self.expect(",")?;
            }
            reads.push(self.read()?);
        }
        Ok(reads)
    }

    /// A number of steps for each of so many elements, or one for all.
    fn delays(&mut self, len: usize) -> Parsed<Vec<usize>> {
        if self.peek() == Some(&Token::Sign("[")) {
            return self.list(Self::whole);
        }
        Ok(vec![self.whole()?; len])
    }

    fn mean(&mut self) -> Parsed<[f64; 2]> {
        self.expect_word("mean")?;
        let pair = self.list(|parser| number(&parser.literal()?, Format::F64))?;
        let pair: [Number; 2] = pair.try_into().map_err(|_| "`mean` has two numbers")?;
        Ok(pair.map(Number::to_f64))
    }

    fn bias(&mut self) -> Parsed<Option<Numbers>> {
        if !self.is(";") {
            return Ok(None);
        }
        self.expect_word("bias")?;
        self.typed().map(Some)
    }

    fn read(&mut self) -> Parsed<Read> {
        let before = match self.is_word("before") {
            false => None,
            true if self.is("?") => Some(Absent::Nothing),
            true => Some(Absent::Start),
        };
        Ok(Read { buffer: self.buffer()?, before })
    }

    fn window(&mut self) -> Parsed<Window> {
        let [channels_in, channels_out] = self.pair("channels")?;
        self.expect_word("groups")?;
        Ok(Window {
            channels_in,
            channels_out,
            groups: self.whole()?,
            kernel: self.pair("kernel")?,
            stride: self.pair("stride")?,
            dilation: self.pair("dilation")?,
            before: self.pair("before")?,
            input: self.pair("input")?,
            output: self.pair("output")?,
        })
    }

    fn cell(&mut self, program: &Program) -> Parsed<Cell> {
        let neurons = self.whole()?;
        let when = match () {
            () if self.is_word("first") => When::First,
            () if self.is_word("later") => When::Later,
            () => When::Always,
        };
        self.expect("{")?;
        self.end_line()?;
        let (parameters, locals, statements) = (Vec::new(), Vec::new(), Vec::new());
        let mut cell = Cell { when, neurons, parameters, locals, statements };
        let mut formats: Vec<Option<Format>> = Vec::new();
        while !self.is("}") {
            if self.is_word("param") {
                let name = self.name()?;
                self.expect("=")?;
                let numbers = self.typed()?;
                cell.parameters.push(Parameter { name, numbers });
                self.end_line()?;
                continue;
            }
            let is_new = self.is_word("let");
            let name = self.name()?;
            let declared = if is_new {
                self.expect(":")?;
                Some(self.format()?)
            } else {
                None
            };
            self.expect("=")?;
            self.parts = 0;
            let raw = self.select(program, &cell, &formats, 0)?;
            let target = match declared {
                None => self.variable(&cell, &name)?,
                Some(format) => {
                    cell.locals.push(name);
                    formats.push(Some(format));
                    Variable::Local(cell.locals.len() - 1)
                }
            };
            let known = format_of(program, &cell, &formats, target);
            let value = raw.resolved(known.ok_or("what is written has no format")?)?;
            cell.statements.push(Statement { target, value });
            self.end_line()?;
        }
        Ok(cell)
    }

    fn variable(&self, cell: &Cell, name: &str) -> Parsed<Variable> {
        let local = cell.locals.iter().rposition(|local| local == name).map(Variable::Local);
        let parameter = || cell.parameters.iter().position(|found| found.name == name);
        let parameter = || parameter().map(Variable::Parameter);
        let buffer = || self.names.get(name).copied().map(Variable::Buffer);
        let found = local.or_else(parameter).or_else(buffer);
        found.ok_or_else(|| format!("there is no `{name}`"))
    }

    fn select(
        &mut self,
        program: &Program,
        cell: &Cell,
        locals: &[Option<Format>],
        depth: usize,
    ) -> Parsed<Raw> {
        if depth > MOST_DEPTH {
            return Err("the expression is too deep".to_owned());
        }
        let part = |parser: &mut Self| parser.sum(program, cell, locals, depth + 1);
        let a = part(self)?;
        let comparison = match () {
            () if self.is(">") => Comparison::Above,
            () if self.is(">=") => Comparison::AtLeast,
            () if self.is("==") => Comparison::Equal,
            () => return Ok(a),
        };
        let b = part(self)?;
        self.expect("?")?;
        let yes = part(self)?;
        self.expect(":")?;
        let no = part(self)?;
        Ok(Raw::Select(comparison, [a, b].map(Box::new), [yes, no].map(Box::new)))
    }

    fn sum(
        &mut self,
        program: &Program,
        cell: &Cell,
        locals: &[Option<Format>],
        depth: usize,
    ) -> Parsed<Raw> {
        let mut left = self.product(program, cell, locals, depth)?;
        loop {
            let operator = match () {
                () if self.is("+") => Operator::Add,
                () if self.is("-") => Operator::Subtract,
                () => return Ok(left),
            };
            let right = self.product(program, cell, locals, depth)?;
            left = Raw::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn product(
        &mut self,
        program: &Program,
        cell: &Cell,
        locals: &[Option<Format>],
        depth: usize,
    ) -> Parsed<Raw> {
        let mut left = self.atom(program, cell, locals, depth)?;
        loop {
            let operator = match () {
                () if self.is("*") => Operator::Multiply,
                () if self.is("/") => Operator::Divide,
                () if self.is("%") => Operator::Modulo,
                () if self.is(">>") => Operator::ShiftRight,
                () => return Ok(left),
            };
            let right = self.atom(program, cell, locals, depth)?;
            left = Raw::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn atom(
        &mut self,
        program: &Program,
        cell: &Cell,
        locals: &[Option<Format>],
        depth: usize,
    ) -> Parsed<Raw> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(format!("the expression has more than {MOST_PARTS} parts"));
        }
        if self.is("(") {
            let inner = self.select(program, cell, locals, depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let name = match self.peek() {
            Some(Token::Name(name, quoted)) => (name.clone(), *quoted),
            _ => return self.literal().map(Raw::Constant),
        };
        self.at += 1;
        if !name.1 && FUNCTIONS.contains(&name.0.as_str()) && self.is("(") {
            let first = self.select(program, cell, locals, depth + 1)?;
            let both = match name.0.as_str() {
                "min" => Some(Operator::Min),
                "max" => Some(Operator::Max),
                _ => None,
            };
            let raw = match both {
                None => Raw::Call(name.0, Box::new(first)),
                Some(operator) => {
                    self.expect(",")?;
                    let second = self.select(program, cell, locals, depth + 1)?;
                    Raw::Binary(operator, Box::new(first), Box::new(second))
                }
            };
            self.expect(")")?;
            return Ok(raw);
        }
        let variable = self.variable(cell, &name.0)?;
        Ok(Raw::Variable(variable, format_of(program, cell, locals, variable)))
    }
}

/// The format of a number of a cell.
fn format_of(
    program: &Program,
    cell: &Cell,
    locals: &[Option<Format>],
    variable: Variable,
) -> Option<Format> {
    match variable {
        Variable::Buffer(buffer) => program.buffers.get(buffer.0).map(Buffer::format),
        Variable::Parameter(at) => cell.parameters.get(at).map(|found| found.numbers.format()),
        Variable::Local(at) => locals.get(at).copied().flatten(),
    }
}

impl Raw {
    /// The format, as far as something but a constant says it.
    fn format(&self) -> Option<Format> {
        match self {
            Self::Variable(_, format) => *format,
            Self::Constant(_) => None,
            Self::Binary(_, a, b) => a.format().or_else(|| b.format()),
            Self::Call(name, x) => {
                let converted = Format::ALL.into_iter().find(|format| format.name() == name);
                converted.or_else(|| x.format())
            }
            Self::Select(_, _, [yes, no]) => yes.format().or_else(|| no.format()),
        }
    }

    /// The expression, with constants in the format of what they are combined with, or else in this one.
    fn resolved(self, format: Format) -> Parsed<Expr> {
        Ok(match self {
            Self::Variable(variable, _) => Expr::Variable(variable),
            Self::Constant(text) => Expr::Constant(number(&text, format)?),
            Self::Binary(operator, a, b) => {
                let own = a.format().or_else(|| b.format()).unwrap_or(format);
                Expr::binary(operator, a.resolved(own)?, b.resolved(own)?)
            }
            Self::Call(name, x) => {
                let own = x.format();
                match Format::ALL.into_iter().find(|format| format.name() == name) {
                    Some(to) => {
                        Expr::Convert(to, Box::new(x.resolved(own.unwrap_or(Format::F64))?))
                    }
                    None if name == "floor" => {
                        Expr::Floor(Box::new(x.resolved(own.unwrap_or(format))?))
                    }
                    None => Expr::Truncate(Box::new(x.resolved(own.unwrap_or(format))?)),
                }
            }
            Self::Select(comparison, [a, b], [yes, no]) => {
                let held = a.format().or_else(|| b.format()).unwrap_or(format);
                let then = yes.format().or_else(|| no.format()).unwrap_or(format);
                Expr::select(
                    comparison,
                    [a.resolved(held)?, b.resolved(held)?],
                    [yes.resolved(then)?, no.resolved(then)?],
                )
            }
        })
    }
}

/// A number of a format from its text.
fn number(text: &str, format: Format) -> Parsed<Number> {
    let wrong = || format!("`{text}` is no number of the format {}", format.name());
    Ok(match format {
        Format::F32 => Number::F32(text.parse().map_err(|_| wrong())?),
        Format::F64 => Number::F64(text.parse().map_err(|_| wrong())?),
        Format::I64 => Number::I64(text.parse().map_err(|_| wrong())?),
    })
}
