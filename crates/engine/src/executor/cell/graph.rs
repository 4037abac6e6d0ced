//! What a neuron computes in a step: an acyclic graph of operations. An operation that occurs twice is computed once.

use std::collections::BTreeMap;

use nirkit_step::range::interval::Interval;
use nirkit_step::{BufferId, Cell, Comparison, Expr, Format, Number, Operator, Program, Variable};

/// An operation. Operands are places of earlier nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node {
    /// The neuron's element of a buffer before the cell.
    Buffer(BufferId),
    /// A parameter of the cell.
    Parameter(usize),
    Constant(Number),
    Binary(Operator, usize, usize),
    /// One of the last two by a comparison of the first two.
    Select(Comparison, [usize; 2], [usize; 2]),
    Floor(usize),
    Truncate(usize),
    Convert(usize),
}

/// Operations in an order in which they can be computed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    /// Each with its format and, if that is one of integers, its bounds.
    nodes: Vec<(Node, Format, Interval)>,
    /// What is written in the end.
    writes: BTreeMap<BufferId, usize>,
}

impl Graph {
    /// The statements of a cell; `known` has the bounds of its buffers.
    pub(crate) fn new(
        program: &Program,
        cell: &Cell,
        known: &dyn Fn(BufferId) -> Interval,
    ) -> Self {
        let mut graph = Self::default();
        let mut locals = vec![0; cell.locals.len()];
        for statement in &cell.statements {
            let value = graph.expression(&statement.value, &mut |graph, variable| match variable {
                Variable::Buffer(buffer) => {
                    let written = graph.writes.get(&buffer).copied();
                    written.unwrap_or_else(|| {
                        let format = program.buffers[buffer.0].format();
                        graph.add(Node::Buffer(buffer), format, known(buffer))
                    })
                }
                Variable::Parameter(at) => {
                    let numbers = &cell.parameters[at].numbers;
                    match numbers.uniform() {
                        Some(number) => graph.constant(number),
                        None => {
                            graph.add(Node::Parameter(at), numbers.format(), Interval::of(numbers))
                        }
                    }
                }
                Variable::Local(at) => locals[at],
            });
            match statement.target {
                Variable::Buffer(buffer) => {
                    graph.writes.insert(buffer, value);
                }
                Variable::Local(at) => locals[at] = value,
                Variable::Parameter(_) => {}
            }
        }
        graph
    }

    fn expression(
        &mut self,
        expr: &Expr,
        variable: &mut impl FnMut(&mut Self, Variable) -> usize,
    ) -> usize {
        match expr {
            Expr::Variable(of) => variable(self, *of),
            Expr::Constant(number) => self.constant(*number),
            Expr::Binary(operator, a, b) => {
                let [a, b] = [a, b].map(|x| self.expression(x, variable));
                self.binary(*operator, a, b)
            }
            Expr::Floor(x) | Expr::Truncate(x) => {
                let x = self.expression(x, variable);
                let (_, format, range) = self.nodes[x];
                match (format.is_integer(), expr) {
                    (true, _) => x,
                    (false, Expr::Floor(_)) => self.add(Node::Floor(x), format, range),
                    (false, _) => self.add(Node::Truncate(x), format, range),
                }
            }
            Expr::Convert(format, x) => {
                let x = self.expression(x, variable);
                if self.format(x) == *format {
                    x
                } else {
                    self.add(Node::Convert(x), *format, Interval::ALL)
                }
            }
            Expr::Select { comparison, held, then } => {
                let [a, b] = held.each_ref().map(|x| self.expression(x, variable));
                let [yes, no] = then.each_ref().map(|x| self.expression(x, variable));
                self.select(*comparison, [a, b], [yes, no])
            }
        }
    }

    fn constant(&mut self, number: Number) -> usize {
        let range = match number {
            Number::I64(number) => Interval::point(number),
            _ => Interval::ALL,
        };
        self.add(Node::Constant(number), number.format(), range)
    }

    fn binary(&mut self, operator: Operator, a: usize, b: usize) -> usize {
        let (_, format, ra) = self.nodes[a];
        if !format.is_integer() {
            return self.add(Node::Binary(operator, a, b), format, Interval::ALL);
        }
        let rb = self.range(b);
        let range = Interval::apply(operator, ra, rb);
        if let Some(number) = range.single() {
            return self.constant(Number::I64(number));
        }
        let [zero, one] = [0, 1].map(Interval::point);
        match operator {
            Operator::Add if ra == zero => b,
            Operator::Add | Operator::Subtract if rb == zero => a,
            Operator::Multiply if ra == one => b,
            Operator::Multiply | Operator::Divide if rb == one => a,
            Operator::Modulo if rb.low > ra.high && ra.low >= 0 => a,
            Operator::Min if ra.high <= rb.low => a,
            Operator::Min if rb.high <= ra.low => b,
            Operator::Max if ra.low >= rb.high => a,
            Operator::Max if rb.low >= ra.high => b,
            Operator::ShiftRight if rb.high <= 0 => a,
            _ => self.add(Node::Binary(operator, a, b), format, range),
        }
    }

    fn select(
        &mut self,
        comparison: Comparison,
        [a, b]: [usize; 2],
        [yes, no]: [usize; 2],
    ) -> usize {
        let decided = Interval::decide(comparison, self.range(a), self.range(b));
        match decided.filter(|_| self.format(a).is_integer()) {
            Some(true) => yes,
            Some(false) => no,
            None if yes == no => yes,
            None => {
                let range = self.range(yes).join(self.range(no));
                let node = Node::Select(comparison, [a, b], [yes, no]);
                self.add(node, self.format(yes), range)
            }
        }
    }

    fn add(&mut self, node: Node, format: Format, range: Interval) -> usize {
        let is_same = |found: &(Node, Format, Interval)| match (found.0, node) {
            (Node::Constant(a), Node::Constant(b)) => a.is_same(b),
            (found_node, node) => found_node == node && found.1 == format,
        };
        self.nodes.iter().position(is_same).unwrap_or_else(|| {
            self.nodes.push((node, format, range));
            self.nodes.len() - 1
        })
    }

    /// The buffers that are read.
    pub(crate) fn loads(&self) -> Vec<BufferId> {
        let buffer = |(node, ..): &(Node, Format, Interval)| match node {
            Node::Buffer(buffer) => Some(*buffer),
            _ => None,
        };
        self.nodes.iter().filter_map(buffer).collect()
    }

    /// The buffers that are written with what another one held before the cell, each with that.
    pub(crate) fn copies(&self) -> impl Iterator<Item = (BufferId, BufferId)> + '_ {
        self.writes.iter().filter_map(|(&to, &node)| match self.nodes[node].0 {
            Node::Buffer(from) if from != to => Some((to, from)),
            _ => None,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, at: usize) -> Node {
        self.nodes[at].0
    }

    pub(super) fn format(&self, at: usize) -> Format {
        self.nodes[at].1
    }

    /// The bounds of a node of integers.
    pub(crate) fn range(&self, at: usize) -> Interval {
        self.nodes[at].2
    }

    /// What is written, each with its node.
    pub(crate) fn writes(&self) -> impl Iterator<Item = (BufferId, usize)> + '_ {
        self.writes.iter().map(|(&buffer, &node)| (buffer, node))
    }

    /// How often each node is used by those on which results depend, results included.
    pub(super) fn uses(&self, results: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut uses = vec![0; self.nodes.len()];
        results.for_each(|node| uses[node] += 1);
        for at in (0..self.nodes.len()).rev() {
            if uses[at] == 0 {
                continue;
            }
            match self.nodes[at].0 {
                Node::Buffer(_) | Node::Parameter(_) | Node::Constant(_) => {}
                Node::Binary(_, a, b) => [a, b].iter().for_each(|&x| uses[x] += 1),
                Node::Select(_, held, then) => {
                    held.iter().chain(&then).for_each(|&x| uses[x] += 1);
                }
                Node::Floor(x) | Node::Truncate(x) | Node::Convert(x) => uses[x] += 1,
            }
        }
        uses
    }
}
