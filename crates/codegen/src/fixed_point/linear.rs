//! Values of cells as sums: a constant, and numbers of the neuron times constants.

use nirkit_step::{Cell, Expr, Operator};

use super::column::Column;
use super::constant::constant;

/// A sum of terms, each with its coefficient, and a constant.
#[derive(Clone, Debug)]
pub(crate) struct Linear<'a> {
    pub(crate) terms: Vec<(&'a Expr, Column)>,
    pub(crate) constant: Column,
}

impl<'a> Linear<'a> {
    /// Takes an expression apart as far as it is a sum.
    pub(crate) fn of(cell: &Cell, locals: &[Option<Column>], expr: &'a Expr) -> Self {
        if let Some(constant) = constant(cell, locals, expr) {
            return Self { terms: Vec::new(), constant };
        }
        let of = |expr: &'a Expr| Self::of(cell, locals, expr);
        let known = |expr: &Expr| constant(cell, locals, expr);
        match expr {
            Expr::Binary(Operator::Add, a, b) => of(a).plus(of(b), 1.0),
            Expr::Binary(Operator::Subtract, a, b) => of(a).plus(of(b), -1.0),
            Expr::Binary(Operator::Multiply, a, b) => match (known(a), known(b)) {
                (Some(factor), _) => of(b).times(&factor),
                (_, Some(factor)) => of(a).times(&factor),
                _ => Self::only(expr),
            },
            Expr::Binary(Operator::Divide, a, b) => match known(b) {
                Some(divisor) => of(a).times(&divisor.map(|x| 1.0 / x)),
                None => Self::only(expr),
            },
            Expr::Convert(_, x) => of(x),
            _ => Self::only(expr),
        }
    }

    fn only(expr: &'a Expr) -> Self {
        Self { terms: vec![(expr, Column::uniform(1.0))], constant: Column::uniform(0.0) }
    }

    fn times(mut self, factor: &Column) -> Self {
        self.terms.iter_mut().for_each(|(_, coefficient)| *coefficient = &*coefficient * factor);
        self.terms.retain(|(_, coefficient)| !coefficient.is(0.0));
        self.constant = &self.constant * factor;
        self
    }

    /// Adds another sum, times a number.
    fn plus(mut self, other: Self, factor: f64) -> Self {
        self.constant = self.constant.with(&other.constant, |a, b| a + factor * b);
        for (expr, coefficient) in other.terms {
            let added = coefficient.map(|x| factor * x);
            match self.terms.iter_mut().find(|(known, _)| *known == expr) {
                Some((_, known)) => *known = known.with(&added, |a, b| a + b),
                None => self.terms.push((expr, added)),
            }
        }
        self.terms.retain(|(_, coefficient)| !coefficient.is(0.0));
        self
    }

    /// The only term, where it stands alone.
    pub(crate) fn alone(&self) -> Option<&'a Expr> {
        match &self.terms[..] {
            [(expr, coefficient)] if coefficient.is(1.0) && self.constant.is(0.0) => Some(expr),
            _ => None,
        }
    }
}
