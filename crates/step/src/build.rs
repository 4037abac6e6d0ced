//! Puts cells together.

use crate::cell::{Cell, Expr, Statement, Variable};
use crate::number::Numbers;
use crate::program::{Parameter, When};

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
