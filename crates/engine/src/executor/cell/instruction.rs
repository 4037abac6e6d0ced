//! The instructions of a cell: each takes numbers of neurons side by side and gives as many.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_step::range::interval::Interval;
use nirkit_step::{BufferId, Cell, Comparison, Number, Operator, When};

use super::super::number::{Lane, List, Stored, each_stored};
use super::graph::{Graph, Node};
use super::leaky::Leaky;

/// Neurons that take an instruction together, at most.
pub(super) const TILE: usize = 256;

/// What an instruction computes, and in which format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Binary(Binary, Stored),
    /// The product of the first two, and the third.
    MultiplyAdd(Stored),
    /// One of the last two, by a comparison of the first two: the format of those, and of these.
    Select(Comparison, Stored, Stored),
    Floor(Stored),
    Truncate(Stored),
    Convert(Stored, Stored),
    Copy(Stored),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Of(Operator),
    /// See [`Lane::masked`].
    Masked,
    /// See [`Lane::halved`].
    Halved,
}

/// Where an instruction finds numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// What the instruction of this number gave.
    Register(usize),
    /// One of the loads.
    Load(usize),
    Parameter(usize),
    Constant(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    pub(super) kind: Kind,
    pub(super) inputs: [Operand; 4],
}

/// A buffer that a cell reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) buffer: BufferId,
    /// Whether the numbers of the step before are read.
    pub(crate) previous: bool,
}

/// A cell, ready to run. Instruction `n` writes register `n`.
#[derive(Debug)]
pub(crate) struct CellCode {
    pub(crate) when: When,
    pub(crate) neurons: usize,
    pub(super) instructions: Vec<Instruction>,
    pub(crate) loads: Vec<Load>,
    pub(super) writes: Vec<(BufferId, Operand, Stored)>,
    /// Buffers that nothing writes before in a step: they keep what they held where the cell is not executed.
    pub(super) carried: Vec<BufferId>,
    /// A number for each neuron.
    pub(super) parameters: Vec<List>,
    /// The same number for all neurons of a tile.
    pub(super) constants: Vec<List>,
    /// The cell, if it has a kernel of its own.
    pub(super) leaky: Option<Leaky>,
}

/// What is known of the buffers of a cell.
pub(crate) struct Surroundings<'a> {
    pub(crate) stored: &'a dyn Fn(BufferId) -> Stored,
    /// Where a buffer is read.
    pub(crate) load: &'a dyn Fn(BufferId) -> Load,
    /// Whether nothing writes a buffer before in a step.
    pub(crate) is_first: &'a dyn Fn(BufferId) -> bool,
    /// Whether a buffer that is written is looked at by anything.
    pub(crate) is_needed: &'a dyn Fn(BufferId) -> bool,
    /// Puts a number for each neuron in its place.
    pub(crate) arrange: &'a dyn Fn(List) -> List,
}

impl CellCode {
    pub(crate) fn new(cell: &Cell, graph: &Graph, around: &Surroundings<'_>) -> Self {
        let writes: Vec<(BufferId, usize)> =
            graph.writes().filter(|&(buffer, _)| (around.is_needed)(buffer)).collect();
        let uses = graph.uses(writes.iter().map(|&(_, node)| node));
        let code = Self {
            when: cell.when,
            neurons: cell.neurons,
            instructions: Vec::new(),
            loads: Vec::new(),
            writes: Vec::new(),
            carried: writes
                .iter()
                .map(|write| write.0)
                .filter(|&at| (around.is_first)(at))
                .collect(),
            parameters: Vec::new(),
            constants: Vec::new(),
            leaky: None,
        };
        let mut compiler = Compiler {
            cell,
            graph,
            around,
            uses,
            code,
            known: BTreeMap::new(),
            at: Vec::new(),
            deferred: BTreeSet::new(),
        };
        compiler.at = vec![Stored::I64; graph.len()];
        for node in 0..graph.len() {
            if compiler.uses[node] > 0 {
                compiler.compile(node);
            }
        }
        for (buffer, node) in writes {
            let stored = (around.stored)(buffer);
            let operand = match compiler.operand(node, stored) {
                // What is loaded may be overwritten before it is written.
                operand @ Operand::Load(_) => compiler.push(Kind::Copy(stored), &[operand]),
                operand => operand,
            };
            compiler.code.writes.push((buffer, operand, stored));
        }
        let mut code = compiler.code;
        code.leaky = Leaky::of(&code);
        code
    }
}

impl CellCode {
    /// Whether it writes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}

struct Compiler<'a> {
    cell: &'a Cell,
    graph: &'a Graph,
    around: &'a Surroundings<'a>,
    uses: Vec<usize>,
    code: CellCode,
    /// Where a node is found in a format.
    known: BTreeMap<(usize, Stored), Operand>,
    /// The format in which each node is computed.
    at: Vec<Stored>,
    /// Products that nothing needed so far.
    deferred: BTreeSet<usize>,
}

/// Whether 32 bits hold the numbers of an interval.
pub(crate) fn is_narrow(range: Interval) -> bool {
    range.low >= i64::from(i32::MIN) && range.high <= i64::from(i32::MAX)
}

impl Compiler<'_> {
    fn push(&mut self, kind: Kind, inputs: &[Operand]) -> Operand {
        let mut all = [Operand::Constant(0); 4];
        all[..inputs.len()].copy_from_slice(inputs);
        self.code.instructions.push(Instruction { kind, inputs: all });
        Operand::Register(self.code.instructions.len() - 1)
    }

    /// The format in which numbers of some nodes can be computed.
    fn common(&self, nodes: &[usize]) -> Stored {
        let stored = Stored::of(self.graph.format(nodes[0]));
        let is_narrow = |&node: &usize| is_narrow(self.graph.range(node));
        if stored == Stored::I64 && nodes.iter().all(is_narrow) { Stored::I32 } else { stored }
    }

    fn compile(&mut self, node: usize) {
        if let Node::Binary(Operator::Multiply, a, b) = self.graph.node(node)
            && self.uses[node] == 1
        {
            // Whoever needs it computes it, perhaps together with a sum.
            self.at[node] = self.common(&[node, a, b]);
            self.deferred.insert(node);
            return;
        }
        let (stored, operand) = match self.graph.node(node) {
            Node::Buffer(buffer) => {
                let load = (self.around.load)(buffer);
                self.code.loads.push(load);
                let operand = Operand::Load(self.code.loads.len() - 1);
                ((self.around.stored)(load.buffer), operand)
            }
            Node::Parameter(at) => {
                let stored = self.common(&[node]);
                let list = List::new(&self.cell.parameters[at].numbers, stored);
                self.code.parameters.push((self.around.arrange)(list));
                (stored, Operand::Parameter(self.code.parameters.len() - 1))
            }
            Node::Constant(number) => {
                let stored = self.common(&[node]);
                (stored, self.number(number, stored))
            }
            Node::Binary(operator, a, b) => self.binary(node, operator, a, b),
            Node::Select(comparison, held, then) => {
                let (from, to) = (self.common(&held), self.common(&then));
                let [a, b] = held.map(|x| self.operand(x, from));
                let [yes, no] = then.map(|x| self.operand(x, to));
                (to, self.push(Kind::Select(comparison, from, to), &[a, b, yes, no]))
            }
            Node::Floor(x) => {
                let (stored, x) = (self.at[x], self.operand(x, self.at[x]));
                (stored, self.push(Kind::Floor(stored), &[x]))
            }
            Node::Truncate(x) => {
                let (stored, x) = (self.at[x], self.operand(x, self.at[x]));
                (stored, self.push(Kind::Truncate(stored), &[x]))
            }
            Node::Convert(x) => {
                let (from, to) = (self.at[x], Stored::of(self.graph.format(node)));
                let x = self.operand(x, from);
                (to, self.push(Kind::Convert(from, to), &[x]))
            }
        };
        self.at[node] = stored;
        self.known.insert((node, stored), operand);
    }

    fn binary(&mut self, node: usize, operator: Operator, a: usize, b: usize) -> (Stored, Operand) {
        let stored = self.common(&[node, a, b]);
        let single = self.graph.range(b).single().filter(|_| stored.is_integer());
        let power = single.filter(|&b| b > 0 && (b as u64).is_power_of_two());
        let special = match (operator, power) {
            (Operator::Modulo, Some(power)) => Some((Binary::Masked, power - 1)),
            (Operator::Divide, Some(power)) => {
                Some((Binary::Halved, i64::from(power.trailing_zeros())))
            }
            _ => None,
        };
        let a_operand = |compiler: &mut Self| compiler.operand(a, stored);
        if let Some((special, number)) = special {
            let a = a_operand(self);
            let b = self.number(Number::I64(number), stored);
            return (stored, self.push(Kind::Binary(special, stored), &[a, b]));
        }
        if operator == Operator::Add
            && let Some(operand) = self.multiply_add(stored, a, b)
        {
            return (stored, operand);
        }
        let [a, b] = [a, b].map(|x| self.operand(x, stored));
        (stored, self.push(Kind::Binary(Binary::Of(operator), stored), &[a, b]))
    }

    /// A sum with a product that nothing else needs; each is rounded.
    fn multiply_add(&mut self, stored: Stored, a: usize, b: usize) -> Option<Operand> {
        let is_product = |&(product, other): &(usize, usize)| {
            self.deferred.contains(&product) && self.at[product] == stored && product != other
        };
        let (product, other) = [(a, b), (b, a)].into_iter().find(is_product)?;
        let Node::Binary(_, x, y) = self.graph.node(product) else { return None };
        self.deferred.remove(&product);
        let [x, y, other] = [x, y, other].map(|node| self.operand(node, stored));
        Some(self.push(Kind::MultiplyAdd(stored), &[x, y, other]))
    }

    /// A node in a format that holds it.
    fn operand(&mut self, node: usize, stored: Stored) -> Operand {
        if let Some(&operand) = self.known.get(&(node, stored)) {
            return operand;
        }
        if self.deferred.remove(&node)
            && let Node::Binary(operator, a, b) = self.graph.node(node)
        {
            let (stored, operand) = self.binary(node, operator, a, b);
            self.known.insert((node, stored), operand);
        }
        if let Some(&operand) = self.known.get(&(node, stored)) {
            return operand;
        }
        let operand = if let Node::Constant(number) = self.graph.node(node) {
            self.number(number, stored)
        } else {
            let from = self.at[node];
            let operand = self.known[&(node, from)];
            self.push(Kind::Convert(from, stored), &[operand])
        };
        self.known.insert((node, stored), operand);
        operand
    }

    fn number(&mut self, number: Number, stored: Stored) -> Operand {
        let list = each_stored!(stored, T => T::list(vec![T::from_number(number); TILE]));
        self.code.constants.push(list);
        Operand::Constant(self.code.constants.len() - 1)
    }
}
