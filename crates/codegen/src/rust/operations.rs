//! Operations, one block each.

use nirkit_step::{
    Absent, BufferId, Cell, Deliver, Dense, Format, Number, Numbers, Operation, Operator, Read,
    Variable, When,
};

use super::constants::{Constants, read};
use super::expr::{Seen, Value, binary, convert, literal};
use super::{Body, Printer};
use crate::name::{Names, shown};
use crate::stored::{Listed, Stored, by_source, same};
use crate::walk::is_read;

impl Printer<'_> {
    /// Prints an operation, and the constants that it needs.
    pub(super) fn operation(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        if self.layout.stored.is_some() {
            return self.whole_operation(at, operation, constants, body);
        }
        self.moved(at, operation, constants, body);
    }

    /// Prints an operation of numbers in full, or one that moves numbers.
    pub(super) fn moved(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        match operation {
            Operation::Frame { input, to } => {
                body.note(&format!("The frame of {}.", self.input_shown(*input)));
                self.frame(*input, *to, body);
            }
            Operation::Add { from, to } => self.add(from, *to, body),
            Operation::Truth { from, to } => {
                let [one, zero] = [1.0, 0.0].map(|x| literal(self.format(*to).round(x)).text);
                let none = literal(Number::zero(self.format(*from))).text;
                let from = self.element(*from).text;
                body.note(&format!("{}: 1 where there is something.", self.shown(*to)));
                self.each(*to, &format!("if {from} != {none} {{ {one} }} else {{ {zero} }}"), body);
            }
            Operation::Dense(dense) => self.dense(at, dense, constants, body),
            Operation::Deliver(deliver) => self.deliver(at, deliver, constants, body),
            Operation::Convolution(made) => self.convolution(at, made, constants, body),
            Operation::Pool(pool) => self.pool(pool, body),
            Operation::Scale { from, factors, to } => {
                let name = format!("FACTOR_{at}");
                constants.add(&name, &format!("Factors of {}.", self.shown(*to)), factors);
                let factor = read(&format!("constants::{name}[i]"), factors);
                let product = binary(Operator::Multiply, &self.element(*from), &factor);
                body.note(&format!("{}: factors of {}.", self.shown(*to), self.shown(*from)));
                self.each(*to, &product.text, body);
            }
            Operation::Permute { from, order, to } => {
                let name = format!("ORDER_{at}");
                constants.add_places(
                    &name,
                    &format!("The elements of {} in {}.", self.shown(*from), self.shown(*to)),
                    order,
                );
                let (from, number) = (self.member(*from), format!("constants::{name}[i]"));
                body.note(&format!("{}: another order.", self.shown(*to)));
                self.each(*to, &format!("{from}[{number} as usize]"), body);
            }
            Operation::Store { from, ring } => {
                let (row, len) = (self.row(*ring), self.len(*from));
                let (from, ring) = (self.member(*from), self.member(*ring));
                body.note("Keep this step.");
                body.line(&match row {
                    None => format!("{ring} = {from};"),
                    Some(row) => format!(
                        "{ring}[{row} as usize * {len}..][..{len}].copy_from_slice(&{from});"
                    ),
                });
            }
            Operation::Recall { ring, delays, to } => {
                self.recall(at, (*ring, *to), delays, constants, body);
            }
            Operation::Cell(cell) => self.cell(at, cell, constants, body),
        }
    }

    /// Writes an expression to each element of a buffer.
    pub(super) fn each(&self, to: BufferId, number: &str, body: &mut Body) {
        body.open(&format!("for i in 0..{} {{", self.len(to)));
        body.line(&format!("{}[i] = {number};", self.member(to)));
        body.close("}");
    }

    /// Sets each element of a buffer to 0.
    pub(super) fn clear(&self, buffer: BufferId, body: &mut Body) {
        let zero = self.zero(buffer);
        body.line(&format!("{}.fill({zero});", self.member(buffer)));
    }

    /// Writes the frame of an input.
    pub(super) fn frame(&self, input: usize, to: BufferId, body: &mut Body) {
        let name = &self.inputs[input];
        let (from, format) = (self.layout.program.inputs[input].format, self.format(to));
        if from == format && self.layout.input_kind(input) != self.layout.kind(to) {
            self.each(to, &format!("{}::from({name}[i])", self.kind(to)), body);
        } else if from == format {
            body.line(&format!("{} = *{name};", self.member(to)));
        } else {
            let number = convert(Value::atom(format!("{name}[i]"), from), format);
            self.each(to, &number.text, body);
        }
    }

    fn recall(
        &self,
        at: usize,
        (ring, to): (BufferId, BufferId),
        delays: &[usize],
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let (len, rows) = (self.len(to), self.layout.rows(ring));
        body.note(&format!("{}: what is kept of steps before.", self.shown(to)));
        let (row, ring, kept) = (self.row(ring), self.member(ring), self.member(to));
        match (row, same(delays)) {
            (None, _) => body.line(&format!("{kept} = {ring};")),
            (Some(row), Some(delay)) => {
                let row = match rows - delay {
                    0 => format!("{row} as usize"),
                    later => format!("({row} as usize + {later}) % {rows}"),
                };
                body.line(&format!("let row = {row};"));
                body.line(&format!("{kept}.copy_from_slice(&{ring}[row * {len}..][..{len}]);"));
            }
            (Some(row), None) => {
                let name = format!("DELAY_{at}");
                constants.add_places(&name, &format!("Steps before {}.", self.shown(to)), delays);
                body.line(&format!("let row = {row} as usize + {rows};"));
                body.open(&format!("for i in 0..{len} {{"));
                body.line(&format!(
                    "{kept}[i] = {ring}[(row - constants::{name}[i] as usize) % {rows} * {len} + i];"
                ));
                body.close("}");
            }
        }
    }

    fn add(&self, from: &[Read], to: BufferId, body: &mut Body) {
        let is_there = |read: &&Read| read.before != Some(Absent::Nothing);
        let names: Vec<String> = from.iter().map(|read| self.shown(read.buffer)).collect();
        body.note(&match names.as_slice() {
            [] => format!("{}: nothing arrives.", self.shown(to)),
            names => format!("{}: the sum of {}.", self.shown(to), names.join(", ")),
        });
        if from.iter().all(|read| is_there(&read)) {
            self.sum(from, to, body);
        } else {
            let first: Vec<Read> = from.iter().filter(is_there).copied().collect();
            body.open("if self.is_later {");
            self.sum(from, to, body);
            body.reopen("} else {");
            self.sum(&first, to, body);
            body.close("}");
        }
    }

    fn sum(&self, from: &[Read], to: BufferId, body: &mut Body) {
        let member = |read: &Read| match read.before {
            None => self.member(read.buffer),
            Some(_) => self.before(read.buffer),
        };
        match from {
            [] => self.clear(to, body),
            [read] if read.buffer == to && read.before.is_none() => {}
            [read] => body.line(&format!("{} = {};", self.member(to), member(read))),
            reads => {
                let term = |read| Value::atom(format!("{}[i]", member(read)), self.format(to));
                let terms = reads.iter().map(term);
                let sum = terms.reduce(|sum, x| binary(Operator::Add, &sum, &x));
                self.each(to, &sum.map(|sum| sum.text).unwrap_or_default(), body);
            }
        }
    }

    /// The loops over sources that are not 0 and over their weights; `held` is what becomes of a sum, by `sum`, `x` and `weight`.
    fn spread(
        &self,
        at: usize,
        (from, to): (BufferId, BufferId),
        weights: &Numbers,
        held: impl Fn(&Value, &Value, &Value) -> String,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let (rows, columns) = (self.len(to), self.len(from));
        let name = format!("WEIGHT_{at}");
        let what = format!("Weights from {} to {}, by source.", self.shown(from), self.shown(to));
        let turned = by_source(weights, rows, columns);
        constants.add_rows(&name, &what, &turned, rows);
        let format = self.format(to);
        let zero = literal(Number::zero(format)).text;
        let weight = match Stored::of(&turned) {
            kind if kind == Stored::in_full(format) => Value::prefixed("*weight", format),
            _ => read("*weight", &turned),
        };
        let held = held(&Value::prefixed("*sum", format), &Value::atom("x", format), &weight);
        body.open(&format!(
            "for (&x, weights) in {}.iter().zip(&constants::{name}) {{",
            self.member(from)
        ));
        body.open(&format!("if x != {zero} {{"));
        body.open(&format!("for (sum, weight) in {}.iter_mut().zip(weights) {{", self.member(to)));
        body.line(&format!("*sum = {held};"));
        for _ in 0..3 {
            body.close("}");
        }
    }

    /// The loops over sources that are not 0 and over those of their weights that are not 0. Each sum has its terms in the same
    /// order as with all weights.
    fn listed(
        &self,
        at: usize,
        (from, to): (BufferId, BufferId),
        listed: &Listed,
        held: impl Fn(&Value, &Value, &Value) -> String,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let (name, source, target) = (format!("WEIGHT_{at}"), self.member(from), self.member(to));
        constants.add_listed(at, (&self.shown(from), &self.shown(to)), listed);
        let format = self.format(to);
        let zero = literal(Number::zero(format)).text;
        let weight = match Stored::of(&listed.weights) {
            kind if kind == Stored::in_full(format) => Value::prefixed("*weight", format),
            _ => read("*weight", &listed.weights),
        };
        let held = held(&Value::prefixed("*sum", format), &Value::atom("x", format), &weight);
        body.open(&format!("for (i, &x) in {source}.iter().enumerate() {{"));
        body.open(&format!("if x != {zero} {{"));
        body.line(&format!(
            "let span = constants::FIRST_{at}[i] as usize..constants::FIRST_{at}[i + 1] as usize;"
        ));
        body.open(&format!("for (weight, &row) in constants::{name}[span.clone()].iter().zip(&constants::ROW_{at}[span]) {{"));
        body.line(&format!("let sum = &mut {target}[row as usize];"));
        body.line(&format!("*sum = {held};"));
        for _ in 0..3 {
            body.close("}");
        }
    }

    fn dense(&self, at: usize, dense: &Dense, constants: &mut Constants, body: &mut Body) {
        let Dense { from, weights, bias, to } = dense;
        body.note(&format!("{}: weights of {}.", self.shown(*to), self.shown(*from)));
        self.clear(*to, body);
        let held = |sum: &Value, x: &Value, weight: &Value| {
            binary(Operator::Add, sum, &binary(Operator::Multiply, weight, x)).text
        };
        if let Some(listed) = Listed::of(weights, self.len(*to), self.len(*from)) {
            self.listed(at, (*from, *to), &listed, held, constants, body);
            return self.bias(at, bias.as_ref(), *to, constants, body);
        }
        self.spread(at, (*from, *to), weights, held, constants, body);
        self.bias(at, bias.as_ref(), *to, constants, body);
    }

    fn deliver(&self, at: usize, deliver: &Deliver, constants: &mut Constants, body: &mut Body) {
        let Deliver { from, weights, register, to } = deliver;
        let nirkit_step::Register { low, high, wraps } = *register;
        body.note(&format!(
            "{}: weights of {}, each sum held by a register.",
            self.shown(*to),
            self.shown(*from)
        ));
        let held = |sum: &Value, x: &Value, weight: &Value| {
            let sum = binary(Operator::Add, sum, &binary(Operator::Multiply, x, weight));
            let [low, high, span] =
                [low, high, high - low + 1].map(|end| literal(Number::I64(end)));
            if wraps {
                let above = binary(Operator::Subtract, &sum, &low);
                binary(Operator::Add, &low, &binary(Operator::Modulo, &above, &span)).text
            } else {
                format!("{}.clamp({}, {})", sum.receiver(), low.text, high.text)
            }
        };
        self.spread(at, (*from, *to), weights, held, constants, body);
    }

    pub(super) fn bias(
        &self,
        at: usize,
        bias: Option<&Numbers>,
        to: BufferId,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let Some(bias) = bias else { return };
        let number = bias.uniform().map_or_else(
            || {
                let name = format!("BIAS_{at}");
                constants.add(&name, &format!("The bias of {}.", self.shown(to)), bias);
                read(&format!("constants::{name}[i]"), bias)
            },
            literal,
        );
        let sum = binary(Operator::Add, &self.element(to), &number);
        self.each(to, &sum.text, body);
    }

    fn cell(&self, at: usize, cell: &Cell, constants: &mut Constants, body: &mut Body) {
        for (number, parameter) in cell.parameters.iter().enumerate() {
            let what = format!("The parameter {} of each neuron.", shown(&parameter.name));
            constants.add(&format!("PARAMETER_{at}_{number}"), &what, &parameter.numbers);
        }
        body.note(&format!("{} neurons.", cell.neurons));
        match cell.when {
            When::Always => {}
            When::First => body.open("if !self.is_later {"),
            When::Later => body.open("if self.is_later {"),
        }
        body.open(&format!("for i in 0..{} {{", cell.neurons));
        let mut names = Names::of_rust(&["i"]);
        let mut seen = Seen { at, cell, locals: vec![None; cell.locals.len()] };
        for (order, statement) in cell.statements.iter().enumerate() {
            let value = self.expr(&seen, &statement.value);
            match statement.target {
                Variable::Buffer(buffer) => {
                    body.line(&format!("{} = {};", self.element(buffer).text, value.text));
                }
                Variable::Local(local) if is_read(cell, order) => {
                    let name = names.fresh_snake(&cell.locals[local]);
                    let kind = super::type_of(value.format);
                    body.line(&format!("let {name}: {kind} = {};", value.text));
                    seen.locals[local] = Some(Value::atom(name, value.format));
                }
                Variable::Local(_) | Variable::Parameter(_) => {}
            }
        }
        body.close("}");
        if cell.when != When::Always {
            body.close("}");
        }
    }

    /// 0, as an element of a buffer.
    pub(super) fn zero(&self, buffer: BufferId) -> String {
        match self.layout.stored {
            Some(_) => "0".to_owned(),
            None => literal(Number::zero(self.format(buffer))).text,
        }
    }

    fn format(&self, buffer: BufferId) -> Format {
        self.layout.format(buffer)
    }

    pub(super) fn len(&self, buffer: BufferId) -> usize {
        self.layout.len(buffer)
    }
}
