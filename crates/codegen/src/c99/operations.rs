//! Operations, one block each.

use std::fmt::Write as _;

use nirkit_step::{
    Absent, BufferId, Cell, Deliver, Dense, Format, Number, Numbers, Operation, Operator, Variable,
    When,
};

use super::constants::Constants;
use super::expr::{binary, literal};
use super::{Printer, stored, type_of};
use crate::stored::{Listed, Stored, by_source, same};
use crate::walk::is_read;

impl Printer<'_> {
    /// Prints an operation, and the constants that it needs.
    pub(super) fn operation(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        text: &mut String,
    ) {
        if self.layout.stored.is_some() {
            return self.whole_operation(at, operation, constants, text);
        }
        self.moved(at, operation, constants, text);
    }

    /// Prints an operation of numbers in full.
    pub(super) fn moved(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        text: &mut String,
    ) {
        match operation {
            Operation::Frame { input, to } => self.frame(*input, *to, text),
            Operation::Add { from, to } => self.add(from, *to, text),
            Operation::Truth { from, to } => {
                let [one, zero] = [1.0, 0.0].map(|x| literal(self.format(*to).round(x)));
                let none = literal(Number::zero(self.format(*from)));
                let (from, len, to) = (self.member(*from), self.len(*to), self.member(*to));
                let _ = writeln!(
                    text,
                    "  for (i = 0; i < {len}u; i++) {{ {to}[i] = ({from}[i] != {none}) ? {one} : {zero}; }}"
                );
            }
            Operation::Dense(dense) => self.dense(at, dense, constants, text),
            Operation::Deliver(deliver) => self.deliver(at, deliver, constants, text),
            Operation::Convolution(convolution) => {
                self.convolution(at, convolution, constants, text);
            }
            Operation::Pool(pool) => self.pool(pool, text),
            Operation::Scale { from, factors, to } => {
                constants.add(&format!("factor_{at}"), factors);
                let x = format!("{}[i]", self.member(*from));
                let product =
                    binary(Operator::Multiply, &x, &format!("factor_{at}[i]"), self.format(*to));
                let (len, to) = (self.len(*to), self.member(*to));
                let _ = writeln!(text, "  for (i = 0; i < {len}u; i++) {{ {to}[i] = {product}; }}");
            }
            Operation::Permute { from, order, to } => {
                constants.add_places(&format!("order_{at}"), order);
                let (from, len, to) = (self.member(*from), self.len(*to), self.member(*to));
                let _ = writeln!(
                    text,
                    "  for (i = 0; i < {len}u; i++) {{ {to}[i] = {from}[order_{at}[i]]; }}"
                );
            }
            Operation::Store { from, ring } => {
                let (row, ring) = (self.row(*ring), self.member(*ring));
                let (from, len) = (self.member(*from), self.len(*from));
                let _ = writeln!(
                    text,
                    "  for (i = 0; i < {len}u; i++) {{ {ring}[{row} * {len}u + i] = {from}[i]; }}"
                );
            }
            Operation::Recall { ring, delays, to } => {
                self.recall(at, *ring, delays, *to, constants, text);
            }
            Operation::Cell(cell) => self.cell(at, cell, constants, text),
        }
    }

    fn recall(
        &self,
        at: usize,
        ring: BufferId,
        delays: &[usize],
        to: BufferId,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let (row, len) = (self.row(ring), self.len(to));
        let rows = self.layout.rows(ring);
        let (ring, to) = (self.member(ring), self.member(to));
        let delay = same(delays).map_or_else(
            || {
                constants.add_places(&format!("delay_{at}"), delays);
                format!("delay_{at}[i]")
            },
            |delay| format!("{delay}u"),
        );
        let _ = writeln!(
            text,
            "  for (i = 0; i < {len}u; i++) {{ {to}[i] = {ring}[(({row} + {rows}u - {delay}) % {rows}u) * {len}u + i]; }}"
        );
    }

    fn add(&self, from: &[nirkit_step::Read], to: BufferId, text: &mut String) {
        let (format, len, target) = (self.format(to), self.len(to), self.member(to));
        let zero = literal(Number::zero(format));
        let member = |read: &nirkit_step::Read| match read.before {
            None => format!("{}[i]", self.member(read.buffer)),
            Some(_) => format!("{}[i]", self.before(read.buffer)),
        };
        let sum = |reads: Vec<&nirkit_step::Read>| {
            let terms = reads.into_iter().map(member);
            let sum = terms.reduce(|sum, x| binary(Operator::Add, &sum, &x, format));
            sum.unwrap_or_else(|| zero.clone())
        };
        let all = sum(from.iter().collect());
        let is_there = |read: &&nirkit_step::Read| read.before != Some(Absent::Nothing);
        let first = sum(from.iter().filter(is_there).collect());
        let loops = |sum: &str| format!("for (i = 0; i < {len}u; i++) {{ {target}[i] = {sum}; }}");
        if all == first {
            let _ = writeln!(text, "  {}", loops(&all));
        } else {
            let _ = writeln!(
                text,
                "  if (s->is_later != 0u) {{\n    {}\n  }} else {{\n    {}\n  }}",
                loops(&all),
                loops(&first)
            );
        }
    }

    fn dense(&self, at: usize, dense: &Dense, constants: &mut Constants, text: &mut String) {
        let (rows, columns) = (self.len(dense.to), self.len(dense.from));
        let format = self.format(dense.to);
        if let Some(listed) = Listed::of(&dense.weights, rows, columns) {
            self.listed(at, dense, &listed, constants, text);
            return self.bias(at, dense.bias.as_ref(), dense.to, constants, text);
        }
        let weights = by_source(&dense.weights, rows, columns);
        constants.add(&format!("weight_{at}"), &weights);
        let stored = stored(Stored::of(&weights));
        let (kind, zero) = (type_of(format), literal(Number::zero(format)));
        let (from, to) = (self.member(dense.from), self.member(dense.to));
        let product = binary(Operator::Multiply, "w[r]", "x", format);
        let sum = binary(Operator::Add, &format!("{to}[r]"), &product, format);
        let _ = writeln!(
            text,
            "  for (i = 0; i < {rows}u; i++) {{ {to}[i] = {zero}; }}\n  \
             for (i = 0; i < {columns}u; i++) {{\n    const {kind} x = {from}[i];\n    \
             if (x != {zero}) {{\n      const {stored} *w = &weight_{at}[i * {rows}u];\n      uint32_t r;\n      \
             for (r = 0; r < {rows}u; r++) {{ {to}[r] = {sum}; }}\n    }}\n  }}"
        );
        self.bias(at, dense.bias.as_ref(), dense.to, constants, text);
    }

    /// A matrix of which only the weights that are not 0 are kept. Each sum has its terms in the same order.
    fn listed(
        &self,
        at: usize,
        dense: &Dense,
        listed: &Listed,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let (rows, columns) = (self.len(dense.to), self.len(dense.from));
        let format = self.format(dense.to);
        constants.add(&format!("weight_{at}"), &listed.weights);
        constants.add_places(&format!("row_{at}"), &listed.rows);
        constants.add_places(&format!("first_{at}"), &listed.firsts);
        let (kind, zero) = (type_of(format), literal(Number::zero(format)));
        let (from, to) = (self.member(dense.from), self.member(dense.to));
        let element = format!("{to}[row_{at}[k]]");
        let product = binary(Operator::Multiply, &format!("weight_{at}[k]"), "x", format);
        let sum = binary(Operator::Add, &element, &product, format);
        let _ = writeln!(
            text,
            "  for (i = 0; i < {rows}u; i++) {{ {to}[i] = {zero}; }}\n  \
             for (i = 0; i < {columns}u; i++) {{\n    const {kind} x = {from}[i];\n    \
             if (x != {zero}) {{\n      uint32_t k;\n      \
             for (k = first_{at}[i]; k < first_{at}[i + 1u]; k++) {{ {element} = {sum}; }}\n    }}\n  }}"
        );
    }

    pub(super) fn bias(
        &self,
        at: usize,
        bias: Option<&Numbers>,
        to: BufferId,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let Some(bias) = bias else { return };
        let number = if let Some(number) = bias.uniform() {
            literal(number)
        } else {
            constants.add(&format!("bias_{at}"), bias);
            format!("bias_{at}[i]")
        };
        let (len, member) = (self.len(to), self.member(to));
        let sum = binary(Operator::Add, &format!("{member}[i]"), &number, self.format(to));
        let _ = writeln!(text, "  for (i = 0; i < {len}u; i++) {{ {member}[i] = {sum}; }}");
    }

    fn deliver(&self, at: usize, deliver: &Deliver, constants: &mut Constants, text: &mut String) {
        let (rows, columns) = (self.len(deliver.to), self.len(deliver.from));
        let weights = by_source(&deliver.weights, rows, columns);
        constants.add(&format!("weight_{at}"), &weights);
        let stored = stored(Stored::of(&weights));
        let (from, to) = (self.member(deliver.from), self.member(deliver.to));
        let nirkit_step::Register { low, high, wraps } = deliver.register;
        let product = binary(Operator::Multiply, "x", "w[r]", Format::I64);
        let sum = binary(Operator::Add, &format!("{to}[r]"), &product, Format::I64);
        let [low_text, high_text] = [low, high].map(|x| literal(Number::I64(x)));
        let held = if wraps {
            let span = literal(Number::I64(high - low + 1));
            let from_low = binary(Operator::Subtract, &sum, &low_text, Format::I64);
            let rest = binary(Operator::Modulo, &from_low, &span, Format::I64);
            binary(Operator::Add, &low_text, &rest, Format::I64)
        } else {
            format!("nir_hold({sum}, {low_text}, {high_text})")
        };
        let _ = writeln!(
            text,
            "  for (i = 0; i < {columns}u; i++) {{\n    const int64_t x = {from}[i];\n    \
             if (x != 0) {{\n      const {stored} *w = &weight_{at}[i * {rows}u];\n      uint32_t r;\n      \
             for (r = 0; r < {rows}u; r++) {{ {to}[r] = {held}; }}\n    }}\n  }}"
        );
    }

    fn cell(&self, at: usize, cell: &Cell, constants: &mut Constants, text: &mut String) {
        for (number, parameter) in cell.parameters.iter().enumerate() {
            constants.add(&format!("parameter_{at}_{number}"), &parameter.numbers);
        }
        let (open, close) = match cell.when {
            When::Always => ("", ""),
            When::First => ("  if (s->is_later == 0u) {\n", "  }\n"),
            When::Later => ("  if (s->is_later != 0u) {\n", "  }\n"),
        };
        let mut locals = vec![None; cell.locals.len()];
        let _ = writeln!(text, "{open}  for (i = 0; i < {}u; i++) {{", cell.neurons);
        for (order, statement) in cell.statements.iter().enumerate() {
            let (value, format) = self.expr(at, cell, &locals, &statement.value);
            let _ = match statement.target {
                Variable::Buffer(buffer) => {
                    writeln!(text, "    {}[i] = {value};", self.member(buffer))
                }
                Variable::Local(number) if is_read(cell, order) => {
                    // A local that is written again is another constant.
                    let name = format!("x{number}_{order}");
                    let line = writeln!(text, "    const {} {name} = {value};", type_of(format));
                    locals[number] = Some((name, format));
                    line
                }
                Variable::Local(_) | Variable::Parameter(_) => Ok(()),
            };
        }
        let _ = write!(text, "  }}\n{close}");
    }
}
