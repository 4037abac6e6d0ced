//! Cells: short straight-line scalar programs, executed for each neuron of a layer.

use crate::number::{Format, Number};
use crate::program::{BufferId, Parameter, When};

/// A straight-line scalar program over the numbers that one neuron has in several buffers. A neuron sees the elements
/// of its own place only.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// In which steps it is executed.
    pub when: When,
    /// Number of neurons: all buffers of the cell have as many elements.
    pub neurons: usize,
    /// Numbers that differ from neuron to neuron.
    pub parameters: Vec<Parameter>,
    /// Names of the numbers that a neuron keeps within the cell.
    pub locals: Vec<String>,
    /// What is done, in order.
    pub statements: Vec<Statement>,
}

/// An assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is written: a buffer or a local.
    pub target: Variable,
    /// The number that is written.
    pub value: Expr,
}

/// A number of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// Its element of a buffer.
    Buffer(BufferId),
    /// One of the cell's parameters.
    Parameter(usize),
    /// One of the cell's locals.
    Local(usize),
}

/// A number that is computed. Both operands of an operator have the same format, which is that of the result.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number of the neuron.
    Variable(Variable),
    /// The same number for all neurons.
    Constant(Number),
    /// An operation, rounded to the format of its operands.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// The greatest whole number that is not above.
    Floor(Box<Expr>),
    /// The whole number towards zero.
    Truncate(Box<Expr>),
    /// The number in another format; see [`Number::convert`].
    Convert(Format, Box<Expr>),
    /// One of two numbers, by a comparison of two others.
    Select {
        /// How the two are held against each other.
        comparison: Comparison,
        /// What is held, and against what.
        held: [Box<Expr>; 2],
        /// The number if the comparison holds, and the number if it does not.
        then: [Box<Expr>; 2],
    },
}

/// An operation on two numbers of one format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`; integers are rounded towards zero.
    Divide,
    /// The smaller one; `b` if `a` is NaN, and `a` if they are equal.
    Min,
    /// The larger one; `b` if `a` is NaN, and `a` if they are equal.
    Max,
    /// The remainder of integers that is not negative, as that of a division rounded down by a number above 0; of other
    /// numbers the remainder of a division towards zero.
    Modulo,
    /// An integer shifted right by so many bits, towards minus infinity; 0 of other numbers.
    ShiftRight,
}

/// A comparison; false if one of the numbers is NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `a > b`.
    Above,
    /// `a >= b`.
    AtLeast,
    /// `a == b`; 0 and -0 are equal.
    Equal,
}

impl Expr {
    /// A number of the neuron.
    #[must_use]
    pub fn of(variable: Variable) -> Self {
        Self::Variable(variable)
    }

    /// A select between two numbers.
    #[must_use]
    pub fn select(comparison: Comparison, held: [Self; 2], then: [Self; 2]) -> Self {
        Self::Select { comparison, held: held.map(Box::new), then: then.map(Box::new) }
    }

    /// An operator applied to two numbers.
    #[must_use]
    pub fn binary(operator: Operator, a: Self, b: Self) -> Self {
        Self::Binary(operator, Box::new(a), Box::new(b))
    }
}

/// Declares an arithmetic operator on expressions.
macro_rules! operator {
    ($trait:ident, $function:ident, $operator:ident) => {
        impl std::ops::$trait for Expr {
            type Output = Self;

            fn $function(self, other: Self) -> Self {
                Self::binary(Operator::$operator, self, other)
            }
        }
    };
}

operator!(Add, add, Add);
operator!(Sub, sub, Subtract);
operator!(Mul, mul, Multiply);
operator!(Div, div, Divide);

impl Expr {
    /// Number of operations in the expression; variables and constants are none.
    #[must_use]
    pub fn operations(&self) -> usize {
        match self {
            Self::Variable(_) | Self::Constant(_) => 0,
            Self::Binary(_, a, b) => 1 + a.operations() + b.operations(),
            Self::Floor(x) | Self::Truncate(x) | Self::Convert(_, x) => 1 + x.operations(),
            Self::Select { held: [a, b], then: [yes, no], .. } => {
                1 + a.operations() + b.operations() + yes.operations() + no.operations()
            }
        }
    }
}
