//! Prints the operations of a [`Dataflow`] as wires. Widths are explicit everywhere: an operand is extended by its sign or cut to the
//! bits of the result, so that nothing depends on the rules by which Verilog extends operands.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use nirkit_step::{Comparison, Operator};

use super::signal::{Signal, literal, range};
use crate::range::dataflow::{Dataflow, Leaf, Node, power_of_two};
use crate::range::interval::{Interval, unsigned_bits};

/// A division that the divider of the module executes before what depends on it is known.
pub(crate) struct Division {
    /// The wires of the magnitudes, each with its bits.
    pub(crate) numerator: Signal,
    pub(crate) denominator: Signal,
    /// The register that takes the result of the divider.
    pub(crate) result: String,
    /// Whether that is the quotient; else the remainder.
    pub(crate) is_quotient: bool,
}

/// Printed operations.
#[derive(Default)]
pub(crate) struct Printed {
    /// Declarations of wires.
    pub(crate) text: String,
    pub(crate) divisions: Vec<Division>,
    signals: Vec<Option<Signal>>,
    /// Wires of which some reader takes the lower bits only.
    cut: BTreeSet<String>,
}

impl Printed {
    /// Prints the nodes on which the results depend. `leaf` is the wire of a leaf.
    pub(crate) fn new(
        flow: &Dataflow,
        results: impl Iterator<Item = usize>,
        leaf: impl Fn(Leaf) -> Signal,
    ) -> Self {
        let needed = flow.needed(results);
        let divisions = needed.iter().filter(|&&node| flow.is_division(node));
        let bits = divisions.map(|&node| division_bits(flow, node)).max().unwrap_or(1);
        let mut printed = Self::default();
        for node in needed {
            let signal = printed.node(flow, node, &leaf, bits);
            printed.signals.resize(node + 1, None);
            printed.signals[node] = Some(signal);
        }
        printed
    }

    /// The wire of a node.
    pub(crate) fn signal(&self, node: usize) -> Signal {
        self.signals[node].clone().unwrap_or_else(|| Signal::constant(0))
    }

    /// A result in a register that holds the numbers of an interval.
    pub(crate) fn result(&mut self, node: usize, held: Interval) -> String {
        let signal = self.signal(node);
        self.cut(&signal, held.bits())
    }

    /// The bits that a reader takes; what it leaves is remembered.
    pub(crate) fn cut(&mut self, signal: &Signal, bits: u32) -> String {
        if signal.is_cut(bits) {
            self.cut.insert(signal.name.clone());
        }
        signal.at(bits)
    }

    /// A wire for the bits that nothing reads, which lint tools know by its name.
    pub(crate) fn unused(&self) -> String {
        self.unused_as("unused_bits")
    }

    /// The same under another name.
    pub(crate) fn unused_as(&self, name: &str) -> String {
        let wires: Vec<&str> = self.cut.iter().map(String::as_str).collect();
        if wires.is_empty() {
            return String::new();
        }
        format!(
            "  // Numbers that are known to be small leave their upper bits unread.\n  \
             wire {name} = &{{1'b0, {}}};\n",
            wires.join(", ")
        )
    }

    fn node(
        &mut self,
        flow: &Dataflow,
        node: usize,
        leaf: &impl Fn(Leaf) -> Signal,
        divider_bits: u32,
    ) -> Signal {
        let bounds = flow.range(node);
        let name = format!("e{node}");
        let bits = bounds.bits();
        let value = match flow.node(node) {
            Node::Leaf(of) => return leaf(of),
            Node::Constant(number) => return Signal::constant(number),
            Node::Binary(operator, a, b) => {
                let [x, y] = [a, b].map(|operand| self.signal(operand));
                match operator {
                    Operator::Add => {
                        format!("{} + {}", self.cut(&x, bits), self.cut(&y, bits))
                    }
                    Operator::Subtract => {
                        format!("{} - {}", self.cut(&x, bits), self.cut(&y, bits))
                    }
                    Operator::Multiply => self.product(&x, &y, bits),
                    Operator::Min => {
                        let holds = compare(Comparison::Above, &y, &x);
                        format!("{holds} ? {} : {}", self.cut(&x, bits), self.cut(&y, bits))
                    }
                    Operator::Max => {
                        let holds = compare(Comparison::Above, &x, &y);
                        format!("{holds} ? {} : {}", self.cut(&x, bits), self.cut(&y, bits))
                    }
                    Operator::ShiftRight => self.shifted(node, &x, &y, bits),
                    Operator::Divide | Operator::Modulo => match power_of_two(y.range) {
                        Some(exponent) if operator == Operator::Divide => {
                            self.halved(node, &x, exponent, bits)
                        }
                        // The lowest bits are the remainder that is not negative.
                        Some(exponent) if exponent < bits => {
                            format!("{{{}'d0, {}}}", bits - exponent, self.cut(&x, exponent))
                        }
                        Some(_) => self.cut(&x, bits),
                        None => self.divided(node, operator, [&x, &y], bits, divider_bits),
                    },
                }
            }
            Node::Select(comparison, held, then) => {
                let [a, b] = held.map(|operand| self.signal(operand));
                let [yes, no] = then.map(|operand| self.signal(operand));
                let holds = compare(comparison, &a, &b);
                format!("{holds} ? {} : {}", self.cut(&yes, bits), self.cut(&no, bits))
            }
        };
        let _ = writeln!(self.text, "  wire {} {name} = {value};", range(bits));
        Signal::wire(name, bounds)
    }

    /// A product of so many bits.
    pub(crate) fn product(&mut self, x: &Signal, y: &Signal, bits: u32) -> String {
        let is_signed = x.range.is_signed() || y.range.is_signed();
        let [x, y] = [x, y].map(|operand| self.cut(operand, bits));
        if is_signed { format!("$signed({x}) * $signed({y})") } else { format!("{x} * {y}") }
    }

    /// A number shifted right by 0 to 63 bits, towards minus infinity.
    fn shifted(&mut self, node: usize, x: &Signal, by: &Signal, bits: u32) -> String {
        let width = x.bits().max(bits);
        let wire = format!("s{node}");
        let value = if x.range.is_signed() {
            format!("{} >>> {}", x.signed_at(width), by.at(by.bits()))
        } else {
            format!("{} >> {}", x.at(width), by.at(by.bits()))
        };
        let _ = writeln!(self.text, "  wire {} {wire} = {value};", range(width));
        self.cut(&Signal::register(wire, width, x.range.is_signed()), bits)
    }

    /// A number divided by a power of two, cut towards zero: a negative one is raised before its bits are shifted out.
    fn halved(&mut self, node: usize, x: &Signal, exponent: u32, bits: u32) -> String {
        let wire = format!("s{node}");
        let is_signed = x.range.is_signed();
        let width = if is_signed { x.bits().max(exponent + 1) } else { x.bits() }.max(bits);
        let raised = if is_signed {
            let rest = literal(width, (1_i64 << exponent) - 1);
            let sign = format!("{}[{}]", x.name, x.bits() - 1);
            format!("$signed({} + ({sign} ? {rest} : {}))", x.at(width), literal(width, 0))
        } else {
            x.at(width)
        };
        let shift = if is_signed { ">>>" } else { ">>" };
        let by = literal(unsigned_bits(u64::from(exponent)), i64::from(exponent));
        let _ = writeln!(self.text, "  wire {} {wire} = {raised} {shift} {by};", range(width));
        self.cut(&Signal::register(wire, width, is_signed), bits)
    }

    /// A quotient cut towards zero, or the remainder that is not negative: the divider works on magnitudes.
    fn divided(
        &mut self,
        node: usize,
        operator: Operator,
        [x, y]: [&Signal; 2],
        bits: u32,
        divider_bits: u32,
    ) -> String {
        let [numerator, denominator] =
            [("n", x), ("d", y)].map(|(prefix, operand)| self.magnitude(prefix, node, operand));
        let result = format!("q{node}");
        let _ = writeln!(self.text, "  reg {} {result};", range(divider_bits));
        let found = Signal::register(result.clone(), divider_bits, false);
        let none = literal(bits, 0);
        let is_zero = format!("{} == {}", y.at(y.bits()), literal(y.bits(), 0));
        let found_bits = self.cut(&found, bits);
        let is_quotient = operator == Operator::Divide;
        let value = if is_quotient {
            let signs: Vec<String> = [x, y].iter().filter_map(|operand| sign(operand)).collect();
            if signs.is_empty() {
                found_bits
            } else {
                format!("({}) ? {none} - {found_bits} : {found_bits}", signs.join(" ^ "))
            }
        } else {
            match sign(x) {
                Some(negative) => {
                    let rest = literal(divider_bits, 0);
                    let whole = self.cut(&denominator, bits);
                    format!(
                        "({negative} && {result} != {rest}) ? {whole} - {found_bits} : {found_bits}"
                    )
                }
                None => found_bits,
            }
        };
        self.divisions.push(Division { numerator, denominator, result, is_quotient });
        if y.range.low <= 0 && y.range.high >= 0 {
            format!("{is_zero} ? {none} : ({value})")
        } else {
            value
        }
    }

    fn magnitude(&mut self, prefix: &str, node: usize, of: &Signal) -> Signal {
        let wire = format!("{prefix}{node}");
        let bits = unsigned_bits(of.range.magnitude());
        let same = self.cut(of, bits);
        let value = match sign(of) {
            Some(negative) => format!("{negative} ? {} - {same} : {same}", literal(bits, 0)),
            None => same,
        };
        let _ = writeln!(self.text, "  wire {} {wire} = {value};", range(bits));
        Signal::register(wire, bits, false)
    }
}

/// The condition under which a number is negative; `None` if it never is.
fn sign(of: &Signal) -> Option<String> {
    let number = of.range;
    match (number.low < 0, of.name.is_empty()) {
        (false, _) => None,
        (true, true) => Some("1'b1".to_owned()),
        (true, false) => Some(format!("{}[{}]", of.name, of.bits() - 1)),
    }
}

/// A comparison, in registers that hold both numbers.
pub(crate) fn compare(comparison: Comparison, a: &Signal, b: &Signal) -> String {
    let sign = match comparison {
        Comparison::Above => ">",
        Comparison::AtLeast => ">=",
        Comparison::Equal => "==",
    };
    if a.range.is_signed() || b.range.is_signed() {
        let bits = a.signed_bits().max(b.signed_bits());
        format!("({} {sign} {})", a.signed_at(bits), b.signed_at(bits))
    } else {
        let bits = a.bits().max(b.bits());
        format!("({} {sign} {})", a.at(bits), b.at(bits))
    }
}

/// Bits of the divider that a division needs.
fn division_bits(flow: &Dataflow, node: usize) -> u32 {
    match flow.node(node) {
        Node::Binary(_, a, b) => {
            let bits = |operand: usize| unsigned_bits(flow.range(operand).magnitude());
            bits(a).max(bits(b))
        }
        _ => 1,
    }
}

/// Bits of the divider of a module.
pub(crate) fn divider_bits(divisions: &[Division]) -> u32 {
    let bits = |division: &Division| division.numerator.bits().max(division.denominator.bits());
    divisions.iter().map(bits).max().unwrap_or(1)
}
