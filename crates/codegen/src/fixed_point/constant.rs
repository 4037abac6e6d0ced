//! What is constant in a cell: numbers, parameters, and what follows from them.

use nirkit_step::{Cell, Comparison, Expr, Operator, Variable};

use super::column::Column;

/// The numbers of an expression that no step changes; `None` of others. `locals` are those of the cell's locals that are constant.
pub(crate) fn constant(cell: &Cell, locals: &[Option<Column>], expr: &Expr) -> Option<Column> {
    let of = |expr: &Expr| constant(cell, locals, expr);
    match expr {
        Expr::Constant(number) => Some(Column::uniform(number.to_f64())),
        Expr::Variable(Variable::Parameter(at)) => {
            Some(Column::each(cell.parameters[*at].numbers.to_f64()))
        }
        Expr::Variable(Variable::Local(at)) => locals[*at].clone(),
        Expr::Variable(Variable::Buffer(_)) => None,
        Expr::Binary(operator, a, b) => Some(of(a)?.with(&of(b)?, |a, b| apply(*operator, a, b))),
        Expr::Floor(x) => Some(of(x)?.map(f64::floor)),
        Expr::Truncate(x) => Some(of(x)?.map(f64::trunc)),
        Expr::Convert(_, x) => of(x),
        Expr::Select { comparison, held: [a, b], then: [yes, no] } => {
            let holds = of(a)?.with(&of(b)?, |a, b| f64::from(u8::from(holds(*comparison, a, b))));
            let then = [of(yes)?, of(no)?];
            let chosen =
                holds.with(&then[0], |holds, yes| if holds == 0.0 { f64::NAN } else { yes });
            Some(chosen.with(&then[1], |chosen, no| if chosen.is_nan() { no } else { chosen }))
        }
    }
}

fn apply(operator: Operator, a: f64, b: f64) -> f64 {
    match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Min => a.min(b),
        Operator::Max => a.max(b),
        Operator::Modulo => a % b,
        Operator::ShiftRight => 0.0,
    }
}

fn holds(comparison: Comparison, a: f64, b: f64) -> bool {
    match comparison {
        Comparison::Above => a > b,
        Comparison::AtLeast => a >= b,
        Comparison::Equal => a - b == 0.0,
    }
}
