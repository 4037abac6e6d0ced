//! Cells: parameters, numbers that are not kept, statements.

use super::expression::format_of;
use super::{Parsed, Parser};
use crate::cell::{Cell, Statement, Variable};
use crate::number::Format;
use crate::program::{Parameter, Program, When};

impl Parser {
    pub(super) fn cell(&mut self, program: &Program) -> Parsed<Cell> {
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

    pub(super) fn variable(&self, cell: &Cell, name: &str) -> Parsed<Variable> {
        let local = cell.locals.iter().rposition(|local| local == name).map(Variable::Local);
        let parameter = || cell.parameters.iter().position(|found| found.name == name);
        let parameter = || parameter().map(Variable::Parameter);
        let buffer = || self.names.get(name).copied().map(Variable::Buffer);
        let found = local.or_else(parameter).or_else(buffer);
        found.ok_or_else(|| format!("there is no `{name}`"))
    }
}
