//! Operations, one block each.

use std::fmt::Write as _;

use nirkit_step::{
    Absent, BufferId, Cell, Convolution, Deliver, Dense, Format, Number, Numbers, Operation,
    Operator, Pool, Variable, When, Window,
};

use super::expr::{binary, literal};
use super::{Printer, array, kept_as, type_of};

impl Printer<'_> {
    /// Prints an operation, and the constants that it needs.
    pub(super) fn operation(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut String,
        text: &mut String,
    ) {
        match operation {
            Operation::Frame { input, to } => {
                let (to, len, name) = (self.member(*to), self.len(*to), &self.inputs[*input]);
                let _ = writeln!(text, "  for (i = 0; i < {len}u; i++) {{ {to}[i] = {name}[i]; }}");
            }
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
                array(constants, &format!("factor_{at}"), factors);
                let x = format!("{}[i]", self.member(*from));
                let product =
                    binary(Operator::Multiply, &x, &format!("factor_{at}[i]"), self.format(*to));
                let (len, to) = (self.len(*to), self.member(*to));
                let _ = writeln!(text, "  for (i = 0; i < {len}u; i++) {{ {to}[i] = {product}; }}");
            }
            Operation::Permute { from, order, to } => {
                index_array(constants, &format!("order_{at}"), order);
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
        constants: &mut String,
        text: &mut String,
    ) {
        let (row, len) = (self.row(ring), self.len(to));
        let rows = self.rings.get(&ring).copied().unwrap_or(1);
        let (ring, to) = (self.member(ring), self.member(to));
        let delay = match delays.split_first() {
            Some((first, others)) if others.iter().all(|delay| delay == first) => {
                format!("{first}u")
            }
            _ => {
                index_array(constants, &format!("delay_{at}"), delays);
                format!("delay_{at}[i]")
            }
        };
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
            Some(_) => format!("s->p{}[i]", self.members[read.buffer.0]),
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

    fn dense(&self, at: usize, dense: &Dense, constants: &mut String, text: &mut String) {
        let (rows, columns) = (self.len(dense.to), self.len(dense.from));
        let format = self.format(dense.to);
        let weights = by_source(&dense.weights, rows, columns);
        array(constants, &format!("weight_{at}"), &weights);
        let (stored, _) = kept_as(&weights);
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

    fn bias(
        &self,
        at: usize,
        bias: Option<&Numbers>,
        to: BufferId,
        constants: &mut String,
        text: &mut String,
    ) {
        let Some(bias) = bias else { return };
        let number = if let Some(number) = bias.uniform() {
            literal(number)
        } else {
            array(constants, &format!("bias_{at}"), bias);
            format!("bias_{at}[i]")
        };
        let (len, member) = (self.len(to), self.member(to));
        let sum = binary(Operator::Add, &format!("{member}[i]"), &number, self.format(to));
        let _ = writeln!(text, "  for (i = 0; i < {len}u; i++) {{ {member}[i] = {sum}; }}");
    }

    fn deliver(&self, at: usize, deliver: &Deliver, constants: &mut String, text: &mut String) {
        let (rows, columns) = (self.len(deliver.to), self.len(deliver.from));
        let weights = by_source(&deliver.weights, rows, columns);
        array(constants, &format!("weight_{at}"), &weights);
        let (stored, _) = kept_as(&weights);
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

    /// The loops over the elements that a window sees; `inner` is done for each, with `y` and `x` as the pixel and `at` as the
    /// place in the kernel.
    fn window_loops(window: &Window, indent: &str, inner: &str) -> String {
        let Window { kernel, stride, dilation, before, input, .. } = window;
        format!(
            "{indent}for (k = 0; k < {}u; k++) {{\n{indent}  \
             const int32_t y = (int32_t)(row * {}u + k * {}u) - {};\n{indent}  \
             if (y < 0 || y >= {}) {{ continue; }}\n{indent}  \
             for (l = 0; l < {}u; l++) {{\n{indent}    \
             const int32_t x = (int32_t)(column * {}u + l * {}u) - {};\n{indent}    \
             if (x < 0 || x >= {}) {{ continue; }}\n{inner}{indent}  }}\n{indent}}}\n",
            kernel[0],
            stride[0],
            dilation[0],
            before[0],
            input[0],
            kernel[1],
            stride[1],
            dilation[1],
            before[1],
            input[1],
        )
    }

    fn convolution(
        &self,
        at: usize,
        convolution: &Convolution,
        constants: &mut String,
        text: &mut String,
    ) {
        let Convolution { window, weights, .. } = convolution;
        array(constants, &format!("weight_{at}"), weights);
        let format = self.format(convolution.to);
        let (kind, zero) = (type_of(format), literal(Number::zero(format)));
        let (from, to) = (self.member(convolution.from), self.member(convolution.to));
        let seen = window.channels_in / window.groups;
        let fed = window.channels_out / window.groups;
        let [height, width] = window.input;
        let area = window.kernel[0] * window.kernel[1];
        let product = binary(Operator::Multiply, "weight", "number", format);
        let sum = binary(Operator::Add, "sum", &product, format);
        let inner = format!(
            "            {{\n              const {kind} number = {from}[((first + c) * {height}u + (uint32_t)y) * {width}u + (uint32_t)x];\n              \
             const {kind} weight = weight_{at}[(channel * {seen}u + c) * {area}u + k * {}u + l];\n              \
             if (number != {zero}) {{ sum = {sum}; }}\n            }}\n",
            window.kernel[1]
        );
        let loops = Self::window_loops(window, "          ", &inner);
        let [rows, columns] = window.output;
        let _ = write!(
            text,
            "  {{\n    uint32_t channel, row, column, c, k, l;\n    \
             for (channel = 0; channel < {}u; channel++) {{\n      \
             const uint32_t first = channel / {fed}u * {seen}u;\n      \
             for (row = 0; row < {rows}u; row++) {{\n       \
             for (column = 0; column < {columns}u; column++) {{\n        {kind} sum = {zero};\n        \
             for (c = 0; c < {seen}u; c++) {{\n{loops}        }}\n        \
             {to}[(channel * {rows}u + row) * {columns}u + column] = sum;\n       }}\n      }}\n    }}\n  }}\n",
            window.channels_out
        );
        self.bias(at, convolution.bias.as_ref(), convolution.to, constants, text);
    }

    fn pool(&self, pool: &Pool, text: &mut String) {
        let window = &pool.window;
        let format = self.format(pool.to);
        let (kind, zero) = (type_of(format), literal(Number::zero(format)));
        let (from, to) = (self.member(pool.from), self.member(pool.to));
        let [height, width] = window.input;
        let number =
            format!("{from}[(channel * {height}u + (uint32_t)y) * {width}u + (uint32_t)x]");
        let sum = binary(Operator::Add, "sum", &number, format);
        let loops = Self::window_loops(window, "        ", &format!("            sum = {sum};\n"));
        let mean = pool.mean.map_or(String::new(), |[divisor, factor]| {
            let [divisor, factor] = [divisor, factor].map(|x| literal(format.round(x)));
            let mean = binary(Operator::Divide, "sum", &divisor, format);
            format!("        sum = {};\n", binary(Operator::Multiply, &mean, &factor, format))
        });
        let [rows, columns] = window.output;
        let _ = write!(
            text,
            "  {{\n    uint32_t channel, row, column, k, l;\n    \
             for (channel = 0; channel < {}u; channel++) {{\n     for (row = 0; row < {rows}u; row++) {{\n      \
             for (column = 0; column < {columns}u; column++) {{\n        {kind} sum = {zero};\n{loops}{mean}        \
             {to}[(channel * {rows}u + row) * {columns}u + column] = sum;\n      }}\n     }}\n    }}\n  }}\n",
            window.channels_out
        );
    }

    fn cell(&self, at: usize, cell: &Cell, constants: &mut String, text: &mut String) {
        for (number, parameter) in cell.parameters.iter().enumerate() {
            array(constants, &format!("parameter_{at}_{number}"), &parameter.numbers);
        }
        let (open, close) = match cell.when {
            When::Always => ("", ""),
            When::First => ("  if (s->is_later == 0u) {\n", "  }\n"),
            When::Later => ("  if (s->is_later != 0u) {\n", "  }\n"),
        };
        let mut locals = vec![None; cell.locals.len()];
        let _ = writeln!(text, "{open}  for (i = 0; i < {}u; i++) {{", cell.neurons);
        for statement in &cell.statements {
            let (value, format) = self.expr(at, cell, &locals, &statement.value);
            let _ = match statement.target {
                Variable::Buffer(buffer) => {
                    writeln!(text, "    {}[i] = {value};", self.member(buffer))
                }
                Variable::Local(number) if locals[number].is_none() => {
                    locals[number] = Some(format);
                    writeln!(text, "    const {} x{number} = {value};", type_of(format))
                }
                Variable::Local(number) => writeln!(text, "    x{number} = {value};"),
                Variable::Parameter(_) => Ok(()),
            };
        }
        let _ = write!(text, "  }}\n{close}");
    }
}

/// Writes places or counts as a constant array.
fn index_array(text: &mut String, name: &str, numbers: &[usize]) {
    let _ = write!(text, "static const uint32_t {name}[{}] = {{", numbers.len().max(1));
    for (place, number) in numbers.iter().enumerate() {
        text.push_str(if place % 16 == 0 { "\n  " } else { " " });
        let _ = write!(text, "{number}u,");
    }
    text.push_str("\n};\n\n");
}

/// Weights by source: those of a source stand side by side.
fn by_source(weights: &Numbers, rows: usize, columns: usize) -> Numbers {
    let mut turned = Numbers::filled(Number::zero(weights.format()), weights.len());
    for row in 0..rows {
        for column in 0..columns {
            turned.set(column * rows + row, weights.get(row * columns + column));
        }
    }
    turned
}
