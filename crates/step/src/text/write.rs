//! Writes programs.

use std::fmt::{self, Display, Formatter, Write};

use super::VERSION;
use crate::cell::{Cell, Comparison, Expr, Operator, Variable};
use crate::number::{Format, Numbers};
use crate::program::{Absent, BufferId, Operation, Program, Read, Register, When, Window};

/// Prints the program. A precision is the length of the longest list that is printed: `{program:.16}` prints how many
/// numbers a longer one has instead, and is not read back.
impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "step-program {VERSION}")?;
        if let Some(dt) = self.dt {
            writeln!(f, "dt {dt:?}")?;
        }
        for input in &self.inputs {
            let (name, format) = (Name(&input.name), input.format.name());
            writeln!(f, "input {name}: {format}{:?}", input.shape)?;
        }
        for buffer in &self.buffers {
            let (name, format) = (Name(&buffer.name), buffer.format().name());
            write!(f, "buffer {name}: {format}{:?} = ", buffer.shape)?;
            List(&buffer.start).fmt(f)?;
            writeln!(f)?;
        }
        for probe in &self.probes {
            writeln!(f, "probe {} = {}", Name(&probe.name), self.name(probe.buffer))?;
        }
        self.operations.iter().try_for_each(|operation| self.write(f, operation))
    }
}

impl Program {
    fn name(&self, buffer: BufferId) -> Name<'_> {
        Name(self.buffers.get(buffer.0).map_or("?", |buffer| buffer.name.as_str()))
    }

    fn write(&self, f: &mut Formatter<'_>, operation: &Operation) -> fmt::Result {
        match operation {
            Operation::Frame { input, to } => {
                let name = self.inputs.get(*input).map_or("?", |input| input.name.as_str());
                writeln!(f, "{} = frame({})", self.name(*to), Name(name))
            }
            Operation::Add { from, to } => {
                let reads: Vec<String> = from.iter().map(|read| self.read(read)).collect();
                writeln!(f, "{} = add({})", self.name(*to), reads.join(", "))
            }
            Operation::Truth { from, to } => {
                writeln!(f, "{} = truth({})", self.name(*to), self.name(*from))
            }
            Operation::Dense(dense) => {
                let (to, from) = (self.name(dense.to), self.name(dense.from));
                write!(f, "{to} = dense({from}; ")?;
                Typed(&dense.weights).fmt(f)?;
                write_bias(f, dense.bias.as_ref())
            }
            Operation::Deliver(deliver) => {
                let (to, from) = (self.name(deliver.to), self.name(deliver.from));
                write!(f, "{to} = deliver({from}; ")?;
                Typed(&deliver.weights).fmt(f)?;
                let Register { low, high, wraps } = deliver.register;
                writeln!(f, "; {} [{low}, {high}])", if wraps { "wrap" } else { "saturate" })
            }
            Operation::Convolution(conv) => {
                let (to, from) = (self.name(conv.to), self.name(conv.from));
                write!(f, "{to} = convolution({from}; {}; ", conv.window)?;
                Typed(&conv.weights).fmt(f)?;
                write_bias(f, conv.bias.as_ref())
            }
            Operation::Pool(pool) => {
                let (to, from) = (self.name(pool.to), self.name(pool.from));
                write!(f, "{to} = pool({from}; {}", pool.window)?;
                match pool.mean {
                    Some(mean) => {
                        let [divisor, factor] = mean.map(|number| Plain(format!("{number:?}")));
                        writeln!(f, "; mean [{divisor}, {factor}])")
                    }
                    None => writeln!(f, ")"),
                }
            }
            Operation::Scale { from, factors, to } => {
                write!(f, "{} = scale({}; ", self.name(*to), self.name(*from))?;
                Typed(factors).fmt(f)?;
                writeln!(f, ")")
            }
            Operation::Permute { from, order, to } => {
                writeln!(f, "{} = permute({}; {order:?})", self.name(*to), self.name(*from))
            }
            Operation::Store { from, ring } => {
                writeln!(f, "{} = store({})", self.name(*ring), self.name(*from))
            }
            Operation::Recall { ring, delays, to } => {
                write!(f, "{} = recall({}; ", self.name(*to), self.name(*ring))?;
                match delays.split_first() {
                    Some((first, others)) if others.iter().all(|delay| delay == first) => {
                        writeln!(f, "{first})")
                    }
                    _ => writeln!(f, "{delays:?})"),
                }
            }
            Operation::Cell(cell) => self.write_cell(f, cell),
        }
    }

    fn read(&self, read: &Read) -> String {
        let name = self.name(read.buffer);
        match read.before {
            None => name.to_string(),
            Some(Absent::Start) => format!("before {name}"),
            Some(Absent::Nothing) => format!("before? {name}"),
        }
    }

    fn write_cell(&self, f: &mut Formatter<'_>, cell: &Cell) -> fmt::Result {
        let when = match cell.when {
            When::Always => "",
            When::First => " first",
            When::Later => " later",
        };
        writeln!(f, "cell {}{when} {{", cell.neurons)?;
        for parameter in &cell.parameters {
            write!(f, "  param {} = ", Name(&parameter.name))?;
            Typed(&parameter.numbers).fmt(f)?;
            writeln!(f)?;
        }
        let mut locals = vec![None; cell.locals.len()];
        for statement in &cell.statements {
            let format = self.format_of(cell, &locals, &statement.value).ok();
            let name = self.variable(cell, statement.target);
            let mut value = String::new();
            self.write_expr(&mut value, cell, &statement.value, 0)?;
            match statement.target {
                Variable::Local(at) if locals[at].is_none() => {
                    locals[at] = format;
                    let format = format.map_or("?", Format::name);
                    writeln!(f, "  let {name}: {format} = {value}")?;
                }
                _ => writeln!(f, "  {name} = {value}")?,
            }
        }
        writeln!(f, "}}")
    }

    fn variable<'a>(&'a self, cell: &'a Cell, variable: Variable) -> Name<'a> {
        match variable {
            Variable::Buffer(buffer) => self.name(buffer),
            Variable::Parameter(at) => {
                Name(cell.parameters.get(at).map_or("?", |found| found.name.as_str()))
            }
            Variable::Local(at) => Name(cell.locals.get(at).map_or("?", String::as_str)),
        }
    }

    /// Writes an expression, in parentheses where it binds less than `binding`.
    fn write_expr(&self, f: &mut String, cell: &Cell, expr: &Expr, binding: u8) -> fmt::Result {
        let call = |f: &mut String, name: &str, parts: &[&Expr]| {
            write!(f, "{name}(")?;
            for (at, part) in parts.iter().enumerate() {
                f.push_str(if at > 0 { ", " } else { "" });
                self.write_expr(f, cell, part, 0)?;
            }
            f.write_char(')')
        };
        match expr {
            Expr::Variable(variable) => write!(f, "{}", self.variable(cell, *variable)),
            Expr::Constant(number) => write!(f, "{}", Plain(number.to_string())),
            Expr::Floor(x) => call(f, "floor", &[x]),
            Expr::Truncate(x) => call(f, "trunc", &[x]),
            Expr::Convert(format, x) => call(f, format.name(), &[x]),
            Expr::Binary(Operator::Min, a, b) => call(f, "min", &[a, b]),
            Expr::Binary(Operator::Max, a, b) => call(f, "max", &[a, b]),
            Expr::Binary(operator, a, b) => {
                let (sign, own) = match operator {
                    Operator::Add => ("+", 2),
                    Operator::Subtract => ("-", 2),
                    Operator::Multiply => ("*", 3),
                    Operator::Modulo => ("%", 3),
                    Operator::ShiftRight => (">>", 3),
                    Operator::Divide | Operator::Min | Operator::Max => ("/", 3),
                };
                f.push_str(if own < binding { "(" } else { "" });
                // What stands on the left is computed first: `a - b - c` is `(a - b) - c`.
                self.write_expr(f, cell, a, own)?;
                write!(f, " {sign} ")?;
                self.write_expr(f, cell, b, own + 1)?;
                f.push_str(if own < binding { ")" } else { "" });
                Ok(())
            }
            Expr::Select { comparison, held: [a, b], then: [yes, no] } => {
                let sign = match comparison {
                    Comparison::Above => ">",
                    Comparison::AtLeast => ">=",
                    Comparison::Equal => "==",
                };
                f.push_str(if binding > 0 { "(" } else { "" });
                self.write_expr(f, cell, a, 2)?;
                write!(f, " {sign} ")?;
                self.write_expr(f, cell, b, 2)?;
                f.push_str(" ? ");
                self.write_expr(f, cell, yes, 2)?;
                f.push_str(" : ");
                self.write_expr(f, cell, no, 2)?;
                f.push_str(if binding > 0 { ")" } else { "" });
                Ok(())
            }
        }
    }
}

fn write_bias(f: &mut Formatter<'_>, bias: Option<&Numbers>) -> fmt::Result {
    match bias {
        Some(bias) => {
            write!(f, "; bias ")?;
            Typed(bias).fmt(f)?;
            writeln!(f, ")")
        }
        None => writeln!(f, ")"),
    }
}

/// A name, in quotation marks where it needs them.
pub(super) struct Name<'a>(pub(super) &'a str);

/// Words that begin something else.
const KEYWORDS: [&str; 4] = ["let", "param", "before", "cell"];
/// What a conversion or a function is called.
pub(super) const FUNCTIONS: [&str; 7] = ["floor", "trunc", "min", "max", "f32", "f64", "i64"];

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:".contains(c);
        let is_number = ["inf", "nan", "NaN"].contains(&self.0);
        let is_word = KEYWORDS.contains(&self.0) || FUNCTIONS.contains(&self.0);
        let is_plain =
            self.0.starts_with(is_start) && self.0.chars().all(is_plain) && !self.0.ends_with(':');
        if is_plain && !is_number && !is_word {
            return f.write_str(self.0);
        }
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() || is_bidirectional(c) => {
                    write!(f, "\\u{{{:x}}}", u32::from(c))?;
                }
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Whether a character turns the direction of what follows.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Decimals without a needless `.0`.
struct Plain(String);

impl Display for Plain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.strip_suffix(".0").unwrap_or(&self.0))
    }
}

/// Numbers: one where all are the same.
struct List<'a>(&'a Numbers);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.0.uniform() {
            return write!(f, "{}", Plain(number.to_string()));
        }
        if f.precision().is_some_and(|most| self.0.len() > most) {
            return write!(f, "({} numbers)", self.0.len());
        }
        f.write_char('[')?;
        for (at, number) in self.0.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            write!(f, "{}", Plain(number.to_string()))?;
        }
        f.write_char(']')
    }
}

/// Numbers with their format and count.
struct Typed<'a>(&'a Numbers);

impl Display for Typed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] ", self.0.format().name(), self.0.len())?;
        List(self.0).fmt(f)
    }
}

impl Display for Window {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { channels_in, channels_out, groups, kernel, stride, dilation, .. } = self;
        write!(f, "channels [{channels_in}, {channels_out}] groups {groups} kernel {kernel:?} ")?;
        write!(f, "stride {stride:?} dilation {dilation:?} before {:?} ", self.before)?;
        write!(f, "input {:?} output {:?}", self.input, self.output)
    }
}
