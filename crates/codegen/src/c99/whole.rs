//! Operations of programs of integers: every number in the narrowest type that its bounds allow, sums without a wrap where none can happen.

use std::fmt::Write as _;

use nirkit_step::{
    BufferId, Cell, Convolution, Deliver, Dense, Number, Numbers, Operation, Operator, Pool, When,
};

use super::constants::Constants;
use super::expr::{binary, literal};
use super::window::place;
use super::{Printer, stored};
use crate::range::dataflow::{Dataflow, Leaf};
use crate::range::interval::Interval;
use crate::stored::{Listed, Stored, by_source, kernels_by_source};
use crate::whole::{Lines, Syntax, accumulator, register};

/// How C writes integers.
struct C;

impl Syntax for C {
    fn kind(&self, bits: u32) -> String {
        format!("int{bits}_t")
    }

    fn constant(&self, number: i64, bits: u32) -> String {
        match number {
            x if bits == 64 => literal(Number::I64(x)),
            x if x == i64::from(i32::MIN) => "INT32_MIN".to_owned(),
            x if x < 0 => format!("({x})"),
            x => x.to_string(),
        }
    }

    fn cast(&self, number: &str, from: u32, to: u32) -> String {
        if from == to { number.to_owned() } else { format!("({})({number})", self.kind(to)) }
    }

    fn declare(&self, name: &str, bits: u32, number: &str) -> String {
        format!("const {} {name} = {number};", self.kind(bits))
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        format!("(({condition}) ? {yes} : {no})")
    }

    fn wrapping(&self, sign: char, a: &str, b: &str) -> String {
        format!("(int64_t)((uint64_t)({a}) {sign} (uint64_t)({b}))")
    }

    fn divide(&self, a: &str, b: &str) -> String {
        format!("nir_div_i64({a}, {b})")
    }

    fn modulo(&self, a: &str, b: &str) -> String {
        format!("nir_mod_i64({a}, {b})")
    }

    fn shift(&self, a: &str, by: u32, bits: u32) -> String {
        format!("nir_down_i{bits}({a}, {by}u)")
    }

    fn shift_by(&self, a: &str, by: &str) -> String {
        format!("nir_shr_i64({a}, {by})")
    }
}

impl Printer<'_> {
    /// Prints an operation of a program of integers, and the constants that it needs.
    pub(super) fn whole_operation(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        text: &mut String,
    ) {
        match operation {
            Operation::Dense(dense) => self.whole_dense(at, dense, constants, text),
            Operation::Deliver(deliver) => self.whole_deliver(at, deliver, constants, text),
            Operation::Convolution(made) => self.whole_convolution(at, made, constants, text),
            Operation::Pool(pool) => self.whole_pool(pool, text),
            Operation::Cell(cell) => self.whole_cell(at, cell, constants, text),
            // The others move numbers, whose types are those of what they write.
            other => self.moved(at, other, constants, text),
        }
    }

    /// The bits of a buffer.
    fn bits(&self, buffer: BufferId) -> u32 {
        register(self.layout.range(buffer))
    }

    /// A sum of an element and a product, in the type of the element.
    fn whole_sum(&self, to: BufferId, element: &str, product: &str, bits: u32) -> String {
        let kind = C.kind(self.bits(to));
        if self.layout.range(to) == Interval::ALL {
            return binary(Operator::Add, element, product, nirkit_step::Format::I64);
        }
        match bits {
            32 if self.bits(to) == 32 => format!("{element} + {product}"),
            32 => format!("({kind})({element} + {product})"),
            _ if self.bits(to) == 64 => format!("{element} + {product}"),
            _ => format!("({kind})((int64_t){element} + {product})"),
        }
    }

    /// A product of a stored weight and a number, in so many bits.
    fn whole_product(&self, to: BufferId, weight: &str, x: &str, bits: u32) -> String {
        match bits {
            _ if self.layout.range(to) == Interval::ALL => {
                binary(Operator::Multiply, weight, x, nirkit_step::Format::I64)
            }
            32 => format!("((int32_t){weight} * {x})"),
            _ => format!("((int64_t){weight} * {x})"),
        }
    }

    /// The loops over sources that are not 0 and over their weights; `held` is what becomes of an element, by its name, the weight and
    /// the source.
    fn whole_spread(
        &self,
        at: usize,
        (from, to): (BufferId, BufferId),
        weights: &Numbers,
        held: impl Fn(&str, &str, &str) -> String,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let (rows, columns) = (self.len(to), self.len(from));
        let kind = C.kind(self.bits(from));
        let (from, member) = (self.member(from), self.member(to));
        let head = format!(
            "  for (i = 0; i < {columns}u; i++) {{\n    const {kind} x = {from}[i];\n    if (x != 0) {{\n"
        );
        if let Some(listed) = Listed::of(weights, rows, columns) {
            constants.add(&format!("weight_{at}"), &listed.weights);
            constants.add_places(&format!("row_{at}"), &listed.rows);
            constants.add_places(&format!("first_{at}"), &listed.firsts);
            let held = held(&format!("{member}[row_{at}[k]]"), &format!("weight_{at}[k]"), "x");
            let _ = write!(
                text,
                "{head}      uint32_t k;\n      for (k = first_{at}[i]; k < first_{at}[i + 1u]; k++) {{ {member}[row_{at}[k]] = {held}; }}\n    }}\n  }}\n"
            );
            return;
        }
        let weights = by_source(weights, rows, columns);
        constants.add(&format!("weight_{at}"), &weights);
        let stored = stored(Stored::of(&weights));
        let held = held(&format!("{member}[r]"), "w[r]", "x");
        let _ = write!(
            text,
            "{head}      const {stored} *w = &weight_{at}[i * {rows}u];\n      uint32_t r;\n      \
             for (r = 0; r < {rows}u; r++) {{ {member}[r] = {held}; }}\n    }}\n  }}\n"
        );
    }

    fn whole_dense(&self, at: usize, dense: &Dense, constants: &mut Constants, text: &mut String) {
        let Dense { from, weights, bias, to } = dense;
        let bits = accumulator(self.layout.range(*from), weights, self.layout.range(*to));
        self.each(*to, &self.member(*to), "0", text);
        let held = |sum: &str, weight: &str, x: &str| {
            self.whole_sum(*to, sum, &self.whole_product(*to, weight, x, bits), bits)
        };
        self.whole_spread(at, (*from, *to), weights, held, constants, text);
        self.whole_bias(at, bias.as_ref(), *to, constants, text);
    }

    fn whole_bias(
        &self,
        at: usize,
        bias: Option<&Numbers>,
        to: BufferId,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let Some(bias) = bias else { return };
        let range = Interval::of(bias);
        let bits = register(self.layout.range(to).join(range)).max(32);
        let number = match range.single() {
            Some(0) => return,
            Some(number) => C.constant(number, bits),
            None => {
                constants.add(&format!("bias_{at}"), bias);
                format!("bias_{at}[i]")
            }
        };
        let member = self.member(to);
        self.each(to, &member, &self.whole_sum(to, &format!("{member}[i]"), &number, bits), text);
    }

    fn whole_deliver(
        &self,
        at: usize,
        deliver: &Deliver,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let Deliver { from, weights, register: of, to } = deliver;
        let format = nirkit_step::Format::I64;
        let [low, high, span] =
            [of.low, of.high, of.high - of.low + 1].map(|x| literal(Number::I64(x)));
        let bits = self.bits(*to);
        let held = |sum: &str, weight: &str, x: &str| {
            let product = binary(Operator::Multiply, x, weight, format);
            let sum = binary(Operator::Add, sum, &product, format);
            let held = if of.wraps {
                let above = binary(Operator::Subtract, &sum, &low, format);
                let rest = binary(Operator::Modulo, &above, &span, format);
                binary(Operator::Add, &low, &rest, format)
            } else {
                format!("nir_hold({sum}, {low}, {high})")
            };
            C.cast(&held, 64, bits)
        };
        self.whole_spread(at, (*from, *to), weights, held, constants, text);
    }

    fn whole_convolution(
        &self,
        at: usize,
        convolution: &Convolution,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let Convolution { from, window, weights, bias, to } = convolution;
        let bits = accumulator(self.layout.range(*from), weights, self.layout.range(*to));
        let (seen, fed) = (window.channels_in / window.groups, window.channels_out / window.groups);
        let weights = kernels_by_source(weights, window);
        constants.add(&format!("weight_{at}"), &weights);
        let stored = stored(Stored::of(&weights));
        let [tall, wide] = window.kernel;
        let [rows, columns] = window.output;
        let product = self.whole_product(*to, "w[l]", "number", bits);
        let sum = self.whole_sum(*to, "sums[column]", &product, bits);
        let target = match window.groups {
            1 => "i".to_owned(),
            _ => format!("(((channel / {seen}u) * {fed}u) + i)"),
        };
        let inner = format!(
            "          for (i = 0; i < {fed}u; i++) {{\n            \
             const {stored} *w = &weight_{at}[((((channel * {tall}u) + k) * {fed}u) + i) * {wide}u];\n            \
             {} *sums = &{}[(({target} * {rows}u) + row) * {columns}u];\n            \
             for (l = 0; l < {wide}u; l++) {{\n{}              sums[column] = {sum};\n            }}\n          }}\n",
            C.kind(self.bits(*to)),
            self.member(*to),
            place(1, ["column", "x", "l"], window, "              "),
        );
        self.sources((*from, *to), window, &inner, text);
        self.whole_bias(at, bias.as_ref(), *to, constants, text);
    }

    fn whole_pool(&self, pool: &Pool, text: &mut String) {
        let Pool { from, window, to, .. } = pool;
        let [rows, columns] = window.output;
        let sum =
            format!("{}[((((channel * {rows}u) + row) * {columns}u) + column)]", self.member(*to));
        let bits = register(self.layout.range(*to).join(self.layout.range(*from))).max(32);
        let more = self.whole_sum(*to, &sum, "number", bits);
        let inner = format!(
            "          for (l = 0; l < {}u; l++) {{\n{}            {sum} = {more};\n          }}\n",
            window.kernel[1],
            place(1, ["column", "x", "l"], window, "            "),
        );
        self.sources((*from, *to), window, &inner, text);
    }

    fn whole_cell(&self, at: usize, cell: &Cell, constants: &mut Constants, text: &mut String) {
        let flow = Dataflow::of_cell(cell, |buffer| self.layout.range(buffer));
        let leaf = |leaf: Leaf| match leaf {
            Leaf::Buffer(buffer) => (format!("{}[i]", self.member(buffer)), self.bits(buffer)),
            Leaf::Parameter(number) => {
                let Stored::Integer(bits) = Stored::of(&cell.parameters[number].numbers) else {
                    return ("0".to_owned(), 32);
                };
                (format!("parameter_{at}_{number}[i]"), u32::from(bits))
            }
            Leaf::Wire(name) => (name.to_owned(), 64),
        };
        let made = Lines::new(&C, &flow, leaf);
        let all = made.text.join("\n");
        for (number, parameter) in cell.parameters.iter().enumerate() {
            let name = format!("parameter_{at}_{number}");
            if all.contains(&format!("{name}[")) {
                constants.add(&name, &parameter.numbers);
            }
        }
        let (open, close) = match cell.when {
            When::Always => ("", ""),
            When::First => ("  if (s->is_later == 0u) {\n", "  }\n"),
            When::Later => ("  if (s->is_later != 0u) {\n", "  }\n"),
        };
        let _ = writeln!(text, "{open}  for (i = 0; i < {}u; i++) {{", cell.neurons);
        made.text.iter().for_each(|line| {
            let _ = writeln!(text, "    {line}");
        });
        for (buffer, node) in flow.writes() {
            let number = made.operand(node, self.bits(buffer));
            let _ = writeln!(text, "    {}[i] = {number};", self.member(buffer));
        }
        let _ = write!(text, "  }}\n{close}");
    }
}
