//! Puts programs and cells together.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::{Cell, Expr, Statement, Variable};
use crate::number::{Format, Number, Numbers};
use crate::program::{Buffer, BufferId, Input, Operation, Parameter, Probe, Program, When};

/// A program in the making, in which every buffer has a name of its own.
#[derive(Clone, Debug, Default)]
pub struct ProgramBuilder {
    program: Program,
    taken: BTreeSet<String>,
    /// How often a name was asked for.
    asked: BTreeMap<String, usize>,
}

impl ProgramBuilder {
    /// Begins a program whose steps have this length in seconds.
    #[must_use]
    pub fn new(dt: Option<f64>) -> Self {
        Self { program: Program { dt, ..Program::default() }, ..Self::default() }
    }

    /// Adds an input, and returns its place.
    pub fn input(&mut self, input: Input) -> usize {
        self.program.inputs.push(input);
        self.program.inputs.len() - 1
    }

    /// Adds a buffer under this name or, where that is taken, with a number behind it.
    pub fn buffer(&mut self, name: &str, shape: &[usize], start: Numbers) -> BufferId {
        let asked = self.asked.entry(name.to_owned()).or_insert(0);
        let name = loop {
            *asked += 1;
            let name = if *asked == 1 { name.to_owned() } else { format!("{name}.{asked}") };
            if self.taken.insert(name.clone()) {
                break name;
            }
        };
        self.program.buffers.push(Buffer { name, shape: shape.to_vec(), start });
        BufferId(self.program.buffers.len() - 1)
    }

    /// Adds a buffer of so many numbers that starts at 0.
    pub fn zeros(&mut self, name: &str, len: usize, format: Format) -> BufferId {
        self.buffer(name, &[len], Numbers::filled(Number::zero(format), len))
    }

    /// Returns the name of a buffer.
    ///
    /// # Panics
    ///
    /// The buffer is of another program.
    #[must_use]
    pub fn name(&self, buffer: BufferId) -> &str {
        &self.program.buffers[buffer.0].name
    }

    /// Returns the number of elements of a buffer.
    ///
    /// # Panics
    ///
    /// The buffer is of another program.
    #[must_use]
    pub fn len(&self, buffer: BufferId) -> usize {
        self.program.buffers[buffer.0].len()
    }

    /// Adds an operation behind all others.
    pub fn push(&mut self, operation: Operation) {
        self.program.operations.push(operation);
    }

    /// Adds a cell, unless it does nothing.
    pub fn push_cell(&mut self, cell: Cell) {
        if !cell.statements.is_empty() {
            self.push(Operation::Cell(cell));
        }
    }

    /// Names a buffer that can be recorded.
    pub fn probe(&mut self, name: String, buffer: BufferId) {
        self.program.probes.push(Probe { name, buffer });
    }

    /// Returns the program.
    #[must_use]
    pub fn finish(self) -> Program {
        self.program
    }
}

/// A cell in the making.
#[derive(Clone, Debug)]
pub struct CellBuilder {
    cell: Cell,
}

impl CellBuilder {
    /// Begins a cell of so many neurons.
    #[must_use]
    pub fn new(neurons: usize, when: When) -> Self {
        let (parameters, locals, statements) = (Vec::new(), Vec::new(), Vec::new());
        Self { cell: Cell { when, neurons, parameters, locals, statements } }
    }

    /// Adds an assignment.
    pub fn set(&mut self, target: Variable, value: Expr) {
        self.cell.statements.push(Statement { target, value });
    }

    /// Keeps a number within the cell, under this name or, where that is taken, with a number behind it.
    pub fn keep(&mut self, name: &str, value: Expr) -> Variable {
        let name = fresh(name, |name| self.cell.locals.iter().any(|local| local == name));
        self.cell.locals.push(name);
        let local = Variable::Local(self.cell.locals.len() - 1);
        self.set(local, value);
        local
    }

    /// Returns numbers of the neurons: a constant where all are the same, to the bit, else a parameter. Equal parameters of
    /// one name stand once.
    pub fn numbers(&mut self, name: &str, numbers: Numbers) -> Expr {
        if let Some(number) = numbers.uniform() {
            return Expr::Constant(number);
        }
        let is_same = |found: &Parameter| {
            found.name == name
                && found.numbers.iter().zip(numbers.iter()).all(|(a, b)| a.is_same(b))
        };
        let found = self.cell.parameters.iter().position(is_same);
        let at = found.unwrap_or_else(|| {
            let name =
                fresh(name, |name| self.cell.parameters.iter().any(|found| found.name == name));
            self.cell.parameters.push(Parameter { name, numbers });
            self.cell.parameters.len() - 1
        });
        Expr::of(Variable::Parameter(at))
    }

    /// Returns the number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.cell.neurons
    }

    /// Returns the cell.
    #[must_use]
    pub fn finish(self) -> Cell {
        self.cell
    }
}

/// Returns the name, or the name with the first number behind it that is free.
fn fresh(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}.{number}"));
    let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
    candidates.find(|name| !is_taken(name)).unwrap_or_default()
}
