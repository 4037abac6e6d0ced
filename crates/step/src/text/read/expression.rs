//! Expressions. A constant takes the format of what it is combined with, which is known only when all of it is read.

use super::words::number;
use super::{MOST_DEPTH, MOST_PARTS, Parsed, Parser};
use crate::cell::{Cell, Comparison, Expr, Operator, Variable};
use crate::number::Format;
use crate::program::{Buffer, Program};
use crate::text::lexer::Token;
use crate::text::write::FUNCTIONS;

/// An expression whose constants have no format yet.
pub(super) enum Raw {
    Variable(Variable, Option<Format>),
    Constant(String),
    Binary(Operator, Box<Raw>, Box<Raw>),
    Call(String, Box<Raw>),
    Select(Comparison, [Box<Raw>; 2], [Box<Raw>; 2]),
}

impl Parser {
    pub(super) fn select(
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

    pub(super) fn sum(
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

    pub(super) fn product(
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

    pub(super) fn atom(
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
pub(super) fn format_of(
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
    pub(super) fn resolved(self, format: Format) -> Parsed<Expr> {
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
