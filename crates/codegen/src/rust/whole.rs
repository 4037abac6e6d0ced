//! Operations of programs of integers: every number in the narrowest type that its bounds allow, sums without a wrap where none can happen.

use nirkit_step::{
    BufferId, Cell, Convolution, Deliver, Dense, Format, Number, Numbers, Operation, Operator,
    Pool, When,
};

use super::constants::Constants;
use super::expr::{Value, binary, literal};
use super::syntax::Rust;
use super::{Body, Printer};
use crate::name::shown;
use crate::range::dataflow::{Dataflow, Leaf};
use crate::range::interval::Interval;
use crate::stored::{Listed, Stored, by_source, kernels_by_source};
use crate::whole::{Lines, Syntax, accumulator, register};

impl Printer<'_> {
    /// Prints an operation of a program of integers, and the constants that it needs.
    pub(super) fn whole_operation(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        match operation {
            Operation::Dense(dense) => self.whole_dense(at, dense, constants, body),
            Operation::Deliver(deliver) => self.whole_deliver(at, deliver, constants, body),
            Operation::Convolution(made) => self.whole_convolution(at, made, constants, body),
            Operation::Pool(pool) => self.whole_pool(pool, body),
            Operation::Cell(cell) => self.whole_cell(at, cell, constants, body),
            Operation::Permute { from, to, .. }
            | Operation::Recall { ring: from, to, .. }
            | Operation::Store { from, ring: to }
                if self.bits(*from) != self.bits(*to) =>
            {
                self.widened(at, operation, constants, body);
            }
            // The others move numbers of one type.
            other => self.moved(at, other, constants, body),
        }
    }

    fn bits(&self, buffer: BufferId) -> u32 {
        register(self.layout.range(buffer))
    }

    /// Moves numbers into a type that is wider, or that holds them by their bounds.
    fn widened(
        &self,
        at: usize,
        operation: &Operation,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        match operation {
            Operation::Permute { from, order, to } => {
                let name = format!("ORDER_{at}");
                let what = format!("The elements of {} in {}.", self.shown(*from), self.shown(*to));
                constants.add_places(&name, &what, order);
                let number = format!("{}[constants::{name}[i] as usize]", self.member(*from));
                self.each(*to, &Rust.cast(&number, self.bits(*from), self.bits(*to)), body);
            }
            Operation::Store { from, ring } => {
                let (row, len) = (self.row(*ring), self.len(*from));
                let row = row.map_or("0".to_owned(), |row| format!("{row} as usize * {len}"));
                let number = Rust.cast(
                    &format!("{}[i]", self.member(*from)),
                    self.bits(*from),
                    self.bits(*ring),
                );
                body.note("Keep this step.");
                body.open(&format!("for i in 0..{len} {{"));
                body.line(&format!("{}[{row} + i] = {number};", self.member(*ring)));
                body.close("}");
            }
            Operation::Recall { ring, delays, to } => {
                let (len, rows) = (self.len(*to), self.layout.rows(*ring));
                let name = format!("DELAY_{at}");
                constants.add_places(&name, &format!("Steps before {}.", self.shown(*to)), delays);
                let row = self.row(*ring).map_or("0".to_owned(), |row| format!("{row} as usize"));
                let number = format!(
                    "{}[({row} + {rows} - constants::{name}[i] as usize) % {rows} * {len} + i]",
                    self.member(*ring)
                );
                body.note(&format!("{}: what is kept of steps before.", self.shown(*to)));
                self.each(*to, &Rust.cast(&number, self.bits(*ring), self.bits(*to)), body);
            }
            _ => {}
        }
    }

    /// A sum of an element and a product, in the type of the element.
    fn whole_sum(&self, to: BufferId, element: &str, product: &str, bits: u32) -> String {
        let of = self.bits(to);
        if self.layout.range(to) == Interval::ALL {
            return format!("i64::wrapping_add({element}, {product})");
        }
        let sum = format!("{} + {product}", Rust.cast(element, of, bits));
        if of == bits { sum } else { format!("({sum}) as i{of}") }
    }

    /// A product of a stored weight and a number, in so many bits.
    fn whole_product(
        &self,
        to: BufferId,
        (weight, of_weight): (&str, u32),
        (x, of_x): (&str, u32),
        bits: u32,
    ) -> String {
        let (weight, x) = (Rust.cast(weight, of_weight, bits), Rust.cast(x, of_x, bits));
        if self.layout.range(to) == Interval::ALL {
            return format!("i64::wrapping_mul({weight}, {x})");
        }
        format!("{weight} * {x}")
    }

    /// The loops over sources that are not 0 and over their weights; `held` is what becomes of an element, by its name, the weight and its
    /// bits.
    fn whole_spread(
        &self,
        at: usize,
        (from, to): (BufferId, BufferId),
        weights: &Numbers,
        held: impl Fn(&str, (&str, u32)) -> String,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let (rows, columns) = (self.len(to), self.len(from));
        let name = format!("WEIGHT_{at}");
        let (source, target) = (self.member(from), self.member(to));
        if let Some(listed) = Listed::of(weights, rows, columns) {
            let of = stored_bits(&listed.weights);
            constants.add_listed(at, (&self.shown(from), &self.shown(to)), &listed);
            body.open(&format!("for (i, &x) in {source}.iter().enumerate() {{"));
            body.open("if x != 0 {");
            body.line(&format!("let span = constants::FIRST_{at}[i] as usize..constants::FIRST_{at}[i + 1] as usize;"));
            body.open(&format!("for (&weight, &row) in constants::{name}[span.clone()].iter().zip(&constants::ROW_{at}[span]) {{"));
            body.line(&format!("let sum = &mut {target}[row as usize];"));
            body.line(&format!("*sum = {};", held("*sum", ("weight", of))));
        } else {
            let turned = by_source(weights, rows, columns);
            let of = stored_bits(&turned);
            let what =
                format!("Weights from {} to {}, by source.", self.shown(from), self.shown(to));
            constants.add_rows(&name, &what, &turned, rows);
            body.open(&format!("for (&x, weights) in {source}.iter().zip(&constants::{name}) {{"));
            body.open("if x != 0 {");
            body.open(&format!("for (sum, &weight) in {target}.iter_mut().zip(weights) {{"));
            body.line(&format!("*sum = {};", held("*sum", ("weight", of))));
        }
        for _ in 0..3 {
            body.close("}");
        }
    }

    fn whole_dense(&self, at: usize, dense: &Dense, constants: &mut Constants, body: &mut Body) {
        let Dense { from, weights, bias, to } = dense;
        let bits = accumulator(self.layout.range(*from), weights, self.layout.range(*to));
        body.note(&format!("{}: weights of {}.", self.shown(*to), self.shown(*from)));
        body.line(&format!("{}.fill(0);", self.member(*to)));
        let held = |sum: &str, weight: (&str, u32)| {
            let product = self.whole_product(*to, weight, ("x", self.bits(*from)), bits);
            self.whole_sum(*to, sum, &product, bits)
        };
        self.whole_spread(at, (*from, *to), weights, held, constants, body);
        self.whole_bias(at, bias.as_ref(), *to, constants, body);
    }

    fn whole_bias(
        &self,
        at: usize,
        bias: Option<&Numbers>,
        to: BufferId,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let Some(bias) = bias else { return };
        let range = Interval::of(bias);
        let bits = register(self.layout.range(to).join(range)).max(32);
        let number = match range.single() {
            Some(0) => return,
            Some(number) => Rust.constant(number, bits),
            None => {
                let name = format!("BIAS_{at}");
                constants.add(&name, &format!("The bias of {}.", self.shown(to)), bias);
                Rust.cast(&format!("constants::{name}[i]"), stored_bits(bias), bits)
            }
        };
        let element = format!("{}[i]", self.member(to));
        self.each(to, &self.whole_sum(to, &element, &number, bits), body);
    }

    fn whole_deliver(
        &self,
        at: usize,
        deliver: &Deliver,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let Deliver { from, weights, register: of, to } = deliver;
        let [low, high, span] =
            [of.low, of.high, of.high - of.low + 1].map(|x| literal(Number::I64(x)));
        body.note(&format!(
            "{}: weights of {}, each sum held by a register.",
            self.shown(*to),
            self.shown(*from)
        ));
        let held = |sum: &str, (weight, of_weight): (&str, u32)| {
            let value = |text: String| Value::atom(text, Format::I64);
            let x = value(Rust.cast("x", self.bits(*from), 64));
            let weight = value(Rust.cast(weight, of_weight, 64));
            let sum = value(match Rust.cast(sum, self.bits(*to), 64) {
                same if same == sum => format!("({same})"),
                cast => cast,
            });
            let sum = binary(Operator::Add, &sum, &binary(Operator::Multiply, &x, &weight));
            let held = if of.wraps {
                let above = binary(Operator::Subtract, &sum, &low);
                binary(Operator::Add, &low, &binary(Operator::Modulo, &above, &span)).text
            } else {
                format!("{}.clamp({}, {})", sum.receiver(), low.text, high.text)
            };
            Rust.cast(&held, 64, self.bits(*to))
        };
        self.whole_spread(at, (*from, *to), weights, held, constants, body);
    }

    fn whole_convolution(
        &self,
        at: usize,
        convolution: &Convolution,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let Convolution { from, window, weights, bias, to } = convolution;
        let bits = accumulator(self.layout.range(*from), weights, self.layout.range(*to));
        let (seen, fed) = (window.channels_in / window.groups, window.channels_out / window.groups);
        let [tall, wide] = window.kernel;
        let [rows, columns] = window.output;
        let weights = kernels_by_source(weights, window);
        let name = format!("WEIGHT_{at}");
        let what = format!("Kernels of {}, by source.", self.shown(*to));
        constants.add_rows(&name, &what, &weights, wide);
        let number = ("number", self.bits(*from));
        let product = self.whole_product(*to, ("*weight", stored_bits(&weights)), number, bits);
        let sum = self.whole_sum(*to, "sums[column]", &product, bits);
        let target = match window.groups {
            1 => "target".to_owned(),
            _ => format!("(channel / {seen} * {fed} + target)"),
        };
        body.note(&format!("{}: kernels over {}.", self.shown(*to), self.shown(*from)));
        self.sources((*from, *to), window, body);
        body.line(&format!(
            "let kernels = &constants::{name}[(channel * {tall} + k) * {fed}..][..{fed}];"
        ));
        body.open("for (target, kernel) in kernels.iter().enumerate() {");
        body.line(&format!(
            "let sums = &mut {}[({target} * {rows} + row) * {columns}..][..{columns}];",
            self.member(*to)
        ));
        Self::columns(window, "for (l, weight) in kernel.iter().enumerate() {", body);
        body.line(&format!("sums[column] = {sum};"));
        for _ in 0..6 {
            body.close("}");
        }
        self.whole_bias(at, bias.as_ref(), *to, constants, body);
    }

    fn whole_pool(&self, pool: &Pool, body: &mut Body) {
        let Pool { from, window, to, .. } = pool;
        let [rows, columns] = window.output;
        let sum = format!("{}[(channel * {rows} + row) * {columns} + column]", self.member(*to));
        let bits = register(self.layout.range(*to).join(self.layout.range(*from))).max(32);
        let number = Rust.cast("number", self.bits(*from), bits);
        body.note(&format!("{}: windows of {}.", self.shown(*to), self.shown(*from)));
        self.sources((*from, *to), window, body);
        Self::columns(window, &format!("for l in 0..{} {{", window.kernel[1]), body);
        body.line(&format!("{sum} = {};", self.whole_sum(*to, &sum, &number, bits)));
        for _ in 0..5 {
            body.close("}");
        }
    }

    fn whole_cell(&self, at: usize, cell: &Cell, constants: &mut Constants, body: &mut Body) {
        let flow = Dataflow::of_cell(cell, |buffer| self.layout.range(buffer));
        let leaf = |leaf: Leaf| match leaf {
            Leaf::Buffer(buffer) => (format!("{}[i]", self.member(buffer)), self.bits(buffer)),
            Leaf::Parameter(number) => (
                format!("constants::PARAMETER_{at}_{number}[i]"),
                stored_bits(&cell.parameters[number].numbers),
            ),
            Leaf::Wire(name) => (name.to_owned(), 64),
        };
        let made = Lines::new(&Rust, &flow, leaf);
        let all = made.text.join("\n");
        for (number, parameter) in cell.parameters.iter().enumerate() {
            let name = format!("PARAMETER_{at}_{number}");
            if all.contains(&format!("{name}[")) {
                let what = format!("The parameter {} of each neuron.", shown(&parameter.name));
                constants.add(&name, &what, &parameter.numbers);
            }
        }
        body.note(&format!("{} neurons.", cell.neurons));
        match cell.when {
            When::Always => {}
            When::First => body.open("if !self.is_later {"),
            When::Later => body.open("if self.is_later {"),
        }
        body.open(&format!("for i in 0..{} {{", cell.neurons));
        made.text.iter().for_each(|line| body.line(line));
        for (buffer, node) in flow.writes() {
            let number = made.operand(node, self.bits(buffer));
            body.line(&format!("{}[i] = {number};", self.member(buffer)));
        }
        body.close("}");
        if cell.when != When::Always {
            body.close("}");
        }
    }
}

/// Bits of the type in which constants are kept.
fn stored_bits(numbers: &Numbers) -> u32 {
    let (Stored::Integer(bits) | Stored::Float(bits)) = Stored::of(numbers);
    u32::from(bits)
}
