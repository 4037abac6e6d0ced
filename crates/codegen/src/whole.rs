//! Programs of integers: each number as narrow as its bounds, for languages whose integers have 8, 16, 32 or 64 bits.

use std::borrow::Cow;

use nirkit_step::{BufferId, Comparison, Numbers, Operator, Program};

use crate::Vectors;
use crate::range::bounds::{accumulated, bounds};
use crate::range::dataflow::{Dataflow, Leaf, Node};
use crate::range::interval::Interval;
use crate::range::simplify::simplify;
use crate::stored::Stored;
use crate::verilog::floats;

/// A program as it is printed, and what its numbers can be.
pub(crate) struct Prepared<'a> {
    pub(crate) program: Cow<'a, Program>,
    /// Of a program of integers, what is stored in each buffer.
    pub(crate) stored: Option<Vec<Interval>>,
    /// Bits of a number that enters a program of integers.
    pub(crate) input_bits: u32,
}

impl<'a> Prepared<'a> {
    /// A program of integers in fewer kinds of operations, with bounds; others as they are. Integers that enter have so many bits.
    pub(crate) fn new(program: &'a Program, input_bits: u32) -> Self {
        if !floats(program).is_empty() {
            return Self { program: Cow::Borrowed(program), stored: None, input_bits: 64 };
        }
        let simple = simplify(program);
        let mut stored = bounds(&simple, input_bits);
        for (to, range) in accumulated(&simple, &stored) {
            stored[to.0] = stored[to.0].join(range);
        }
        Self { program: Cow::Owned(simple), stored: Some(stored), input_bits }
    }
}

/// The narrowest integers that hold what enters in vectors: 8, 16, 32 or 64 bits.
pub(crate) fn input_bits(program: &Program, vectors: &Vectors) -> u32 {
    let mut bounds = Interval::of_bits(8);
    for at in 0..program.inputs.len() {
        bounds = bounds.join(Interval::of(&vectors.frames(program, at)));
    }
    register(bounds)
}

/// Bits of the narrowest signed register of a language that holds the numbers.
pub(crate) fn register(range: Interval) -> u32 {
    let holds = |bits: &u32| Interval::of_bits(*bits).contains(range);
    [8, 16, 32].into_iter().find(holds).unwrap_or(64)
}

/// The type in which numbers within bounds are kept.
pub(crate) fn stored(range: Interval) -> Stored {
    Stored::Integer(register(range) as u8)
}

/// Bits in which numbers are computed: 32 or 64.
pub(crate) fn computed(range: Interval) -> u32 {
    register(range).max(32)
}

/// Bits in which products are added up to sums within bounds.
pub(crate) fn accumulator(from: Interval, weights: &Numbers, to: Interval) -> u32 {
    let [low, high] = from.products(Interval::of(weights));
    computed(Interval::exact(low, high).join(to).join(from))
}

/// How a language writes integers.
pub(crate) trait Syntax {
    /// The type of so many bits.
    fn kind(&self, bits: u32) -> String;
    /// A constant of so many bits.
    fn constant(&self, number: i64, bits: u32) -> String;
    /// A number of some bits as one of others.
    fn cast(&self, number: &str, from: u32, to: u32) -> String;
    /// A line that names a number.
    fn declare(&self, name: &str, bits: u32, number: &str) -> String;
    /// A number by a comparison.
    fn choose(&self, condition: &str, yes: &str, no: &str) -> String;
    /// A sum, a difference or a product of 64 bits that wraps around.
    fn wrapping(&self, sign: char, a: &str, b: &str) -> String;
    /// A quotient of 64 bits, 0 by 0.
    fn divide(&self, a: &str, b: &str) -> String;
    /// A remainder of 64 bits that is not negative, 0 by 0.
    fn modulo(&self, a: &str, b: &str) -> String;
    /// A number shifted right by a constant, 1 to 63.
    fn shift(&self, a: &str, by: u32, bits: u32) -> String;
    /// A number of 64 bits shifted right by another.
    fn shift_by(&self, a: &str, by: &str) -> String;
}

/// The lines that compute the nodes of a cell, and the name of each node with its bits.
pub(crate) struct Lines<'a> {
    syntax: &'a dyn Syntax,
    flow: &'a Dataflow,
    /// The lines, in order.
    pub(crate) text: Vec<String>,
    names: Vec<Option<(String, u32)>>,
}

impl<'a> Lines<'a> {
    /// Prints everything on which the writes of a cell depend; `leaf` prints what is read, with its bits.
    pub(crate) fn new(
        syntax: &'a dyn Syntax,
        flow: &'a Dataflow,
        leaf: impl Fn(Leaf) -> (String, u32),
    ) -> Self {
        let needed = flow.needed(flow.writes().map(|(_, node)| node));
        let len = needed.last().map_or(0, |last| last + 1);
        let mut made = Self { syntax, flow, text: Vec::new(), names: vec![None; len] };
        for node in needed {
            let bits = computed(flow.range(node));
            let text = match flow.node(node) {
                Node::Constant(_) => continue,
                Node::Leaf(of) => {
                    let (text, from) = leaf(of);
                    syntax.cast(&text, from, bits)
                }
                Node::Binary(operator, a, b) => {
                    let (text, from) = made.binary(node, operator, a, b);
                    syntax.cast(&text, from, bits)
                }
                Node::Select(comparison, held, then) => made.select(comparison, held, then, bits),
            };
            let name = format!("n{node}");
            made.text.push(syntax.declare(&name, bits, &text));
            made.names[node] = Some((name, bits));
        }
        made
    }

    /// A node as a number of so many bits.
    pub(crate) fn operand(&self, node: usize, bits: u32) -> String {
        match (self.flow.node(node), self.names.get(node).cloned().flatten()) {
            (Node::Constant(number), _) => self.syntax.constant(number, bits),
            (_, Some((name, from))) => self.syntax.cast(&name, from, bits),
            _ => self.syntax.constant(0, bits),
        }
    }

    fn binary(&self, node: usize, operator: Operator, a: usize, b: usize) -> (String, u32) {
        let [range, ra, rb] = [node, a, b].map(|node| self.flow.range(node));
        let bits = computed(range.join(ra).join(rb));
        let of = |node| self.operand(node, bits);
        let wide = |node| self.operand(node, 64);
        let plain = |sign: char| {
            if range == Interval::ALL {
                (self.syntax.wrapping(sign, &wide(a), &wide(b)), 64)
            } else {
                (format!("({} {sign} {})", of(a), of(b)), bits)
            }
        };
        let is_positive = rb.low > 0;
        match operator {
            Operator::Add => plain('+'),
            Operator::Subtract => plain('-'),
            Operator::Multiply => plain('*'),
            Operator::Divide if is_positive => (format!("({} / {})", of(a), of(b)), bits),
            Operator::Divide => (self.syntax.divide(&wide(a), &wide(b)), 64),
            Operator::Modulo if is_positive && ra.low >= 0 => {
                (format!("({} % {})", of(a), of(b)), bits)
            }
            Operator::Modulo => (self.syntax.modulo(&wide(a), &wide(b)), 64),
            Operator::Min | Operator::Max => {
                let sign = if operator == Operator::Min { '<' } else { '>' };
                let (a, b) = (of(a), of(b));
                (self.syntax.choose(&format!("{a} {sign} {b}"), &a, &b), bits)
            }
            Operator::ShiftRight => match rb.single() {
                Some(by @ 1..=63) if bits == 64 || by < 32 => {
                    (self.syntax.shift(&of(a), by as u32, bits), bits)
                }
                _ => (self.syntax.shift_by(&wide(a), &wide(b)), 64),
            },
        }
    }

    fn select(
        &self,
        comparison: Comparison,
        [a, b]: [usize; 2],
        [yes, no]: [usize; 2],
        bits: u32,
    ) -> String {
        let sign = match comparison {
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Equal => "==",
        };
        let held = computed(self.flow.range(a).join(self.flow.range(b)));
        let condition = format!("{} {sign} {}", self.operand(a, held), self.operand(b, held));
        self.syntax.choose(&condition, &self.operand(yes, bits), &self.operand(no, bits))
    }
}

/// What is stored in a buffer.
pub(crate) fn range_of(stored: &[Interval], buffer: BufferId) -> Interval {
    stored.get(buffer.0).copied().unwrap_or(Interval::ALL)
}
