//! The parts of expressions, and what cells read.

use nirkit_step::{Cell, Expr, Variable};

/// Calls a function with an expression and with every part of it.
pub(crate) fn each_part(expr: &Expr, see: &mut impl FnMut(&Expr)) {
    see(expr);
    match expr {
        Expr::Variable(_) | Expr::Constant(_) => {}
        Expr::Floor(x) | Expr::Truncate(x) | Expr::Convert(_, x) => each_part(x, see),
        Expr::Binary(_, a, b) => {
            each_part(a, see);
            each_part(b, see);
        }
        Expr::Select { held, then, .. } => {
            held.iter().chain(then).for_each(|part| each_part(part, see));
        }
    }
}

/// Calls a function with every variable that an expression reads.
pub(crate) fn each_variable(expr: &Expr, see: &mut impl FnMut(Variable)) {
    each_part(expr, &mut |part| {
        if let Expr::Variable(variable) = part {
            see(*variable);
        }
    });
}

/// Whether what a statement of a cell writes is read: buffers always are, a local by a statement before it is written again.
pub(crate) fn is_read(cell: &Cell, statement: usize) -> bool {
    let target = cell.statements[statement].target;
    let Variable::Local(_) = target else { return true };
    for later in &cell.statements[statement + 1..] {
        let mut is_read = false;
        each_variable(&later.value, &mut |seen| is_read |= seen == target);
        if is_read || later.target == target {
            return is_read;
        }
    }
    false
}
