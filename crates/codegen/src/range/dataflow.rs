//! What a neuron computes in one pass: an acyclic graph of operations, each with the bounds of its result.
//!
//! An operation that occurs twice is computed once. What its bounds decide is decided here: a comparison that always holds, a limit that
//! is never reached.

use std::collections::BTreeMap;

use nirkit_step::{BufferId, Cell, Comparison, Expr, Number, Operator, Variable};

use super::interval::Interval;

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// The neuron's element of a buffer.
    Buffer(BufferId),
    /// A parameter of the cell.
    Parameter(usize),
    /// A wire of the module.
    Wire(&'static str),
}

/// An operation. Operands are places of earlier nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Leaf(Leaf),
    Constant(i64),
    Binary(Operator, usize, usize),
    /// One of the last two by a comparison of the first two.
    Select(Comparison, [usize; 2], [usize; 2]),
}

/// Operations in an order in which they can be computed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dataflow {
    nodes: Vec<(Node, Interval)>,
    /// What is written at the end of a pass.
    writes: BTreeMap<BufferId, usize>,
}

impl Dataflow {
    /// The statements of a cell; `bounds` are those of the buffers before it.
    pub(crate) fn of_cell(cell: &Cell, bounds: impl Fn(BufferId) -> Interval) -> Self {
        let mut flow = Self::default();
        let parameters: Vec<Interval> =
            cell.parameters.iter().map(|parameter| Interval::of(&parameter.numbers)).collect();
        let mut locals = vec![None; cell.locals.len()];
        for statement in &cell.statements {
            let value = flow.expression(&statement.value, &mut |flow, variable| match variable {
                Variable::Buffer(buffer) => match flow.writes.get(&buffer) {
                    Some(&written) => written,
                    None => flow.leaf(Leaf::Buffer(buffer), bounds(buffer)),
                },
                Variable::Parameter(at) => flow.leaf(Leaf::Parameter(at), parameters[at]),
                Variable::Local(at) => locals[at].unwrap_or_else(|| flow.constant(0)),
            });
            match statement.target {
                Variable::Buffer(buffer) => {
                    flow.writes.insert(buffer, value);
                }
                Variable::Local(at) => locals[at] = Some(value),
                Variable::Parameter(_) => {}
            }
        }
        flow
    }

    fn expression(
        &mut self,
        expr: &Expr,
        variable: &mut impl FnMut(&mut Self, Variable) -> usize,
    ) -> usize {
        match expr {
            Expr::Variable(of) => variable(self, *of),
            Expr::Constant(Number::I64(number)) => self.constant(*number),
            // Of floats there is no code: see `refuse`.
            Expr::Constant(_) => self.constant(0),
            Expr::Binary(operator, a, b) => {
                let [a, b] = [a, b].map(|x| self.expression(x, variable));
                self.binary(*operator, a, b)
            }
            Expr::Floor(x) | Expr::Truncate(x) | Expr::Convert(_, x) => {
                self.expression(x, variable)
            }
            Expr::Select { comparison, held, then } => {
                let [a, b] = held.each_ref().map(|x| self.expression(x, variable));
                let [yes, no] = then.each_ref().map(|x| self.expression(x, variable));
                self.select(*comparison, [a, b], [yes, no])
            }
        }
    }

    pub(crate) fn leaf(&mut self, leaf: Leaf, range: Interval) -> usize {
        match range.single() {
            Some(number) => self.constant(number),
            None => self.add(Node::Leaf(leaf), range),
        }
    }

    pub(crate) fn constant(&mut self, number: i64) -> usize {
        self.add(Node::Constant(number), Interval::point(number))
    }

    pub(crate) fn binary(&mut self, operator: Operator, a: usize, b: usize) -> usize {
        let [ra, rb] = [self.range(a), self.range(b)];
        let range = Interval::apply(operator, ra, rb);
        if let Some(number) = range.single() {
            return self.constant(number);
        }
        match operator {
            Operator::Add if ra == Interval::point(0) => b,
            Operator::Add | Operator::Subtract if rb == Interval::point(0) => a,
            Operator::Multiply if ra == Interval::point(1) => b,
            Operator::Multiply | Operator::Divide if rb == Interval::point(1) => a,
            Operator::Modulo if rb.low > ra.high && ra.low >= 0 => a,
            Operator::Min if ra.high <= rb.low => a,
            Operator::Min if rb.high <= ra.low => b,
            Operator::Max if ra.low >= rb.high => a,
            Operator::Max if rb.low >= ra.high => b,
            Operator::ShiftRight if rb.high <= 0 => a,
            Operator::ShiftRight if rb.low < 0 || rb.high > 63 => {
                let [none, all] = [0, 63].map(|bits| self.constant(bits));
                let bits = self.binary(Operator::Max, b, none);
                let bits = self.binary(Operator::Min, bits, all);
                self.add(Node::Binary(operator, a, bits), range)
            }
            _ => self.add(Node::Binary(operator, a, b), range),
        }
    }

    pub(crate) fn select(
        &mut self,
        comparison: Comparison,
        [a, b]: [usize; 2],
        [yes, no]: [usize; 2],
    ) -> usize {
        match Interval::decide(comparison, self.range(a), self.range(b)) {
            Some(true) => yes,
            Some(false) => no,
            None if yes == no => yes,
            None => {
                let range = self.range(yes).join(self.range(no));
                self.add(Node::Select(comparison, [a, b], [yes, no]), range)
            }
        }
    }

    fn add(&mut self, node: Node, range: Interval) -> usize {
        let found = self.nodes.iter().position(|(known, _)| *known == node);
        found.unwrap_or_else(|| {
            self.nodes.push((node, range));
            self.nodes.len() - 1
        })
    }

    /// Names what is written at the end of a pass.
    pub(crate) fn write(&mut self, buffer: BufferId, value: usize) {
        self.writes.insert(buffer, value);
    }

    pub(crate) fn range(&self, node: usize) -> Interval {
        self.nodes[node].1
    }

    pub(crate) fn node(&self, node: usize) -> Node {
        self.nodes[node].0
    }

    /// The leaf that a node is, if it is one.
    pub(crate) fn leaf_of(&self, node: usize) -> Option<Leaf> {
        match self.node(node) {
            Node::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }

    /// What is written, each with its node.
    pub(crate) fn writes(&self) -> impl Iterator<Item = (BufferId, usize)> + '_ {
        self.writes.iter().map(|(&buffer, &node)| (buffer, node))
    }

    /// The nodes on which these depend, in the order in which they are computed.
    pub(crate) fn needed(&self, results: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut is_needed = vec![false; self.nodes.len()];
        results.for_each(|node| is_needed[node] = true);
        for at in (0..self.nodes.len()).rev() {
            if !is_needed[at] {
                continue;
            }
            match self.nodes[at].0 {
                Node::Leaf(_) | Node::Constant(_) => {}
                Node::Binary(_, a, b) => [a, b].iter().for_each(|&x| is_needed[x] = true),
                Node::Select(_, held, then) => {
                    held.iter().chain(&then).for_each(|&x| is_needed[x] = true);
                }
            }
        }
        (0..self.nodes.len()).filter(|&at| is_needed[at]).collect()
    }

    /// Whether a node takes a divider: a quotient or a remainder, but by a constant power of two.
    pub(crate) fn is_division(&self, node: usize) -> bool {
        match self.nodes[node].0 {
            Node::Binary(Operator::Divide | Operator::Modulo, _, b) => {
                power_of_two(self.range(b)).is_none()
            }
            _ => false,
        }
    }
}

/// The exponent of a constant that is a power of two.
pub(crate) fn power_of_two(range: Interval) -> Option<u32> {
    let number = range.single().filter(|&number| number > 0)?;
    (number as u64).is_power_of_two().then(|| number.trailing_zeros())
}
