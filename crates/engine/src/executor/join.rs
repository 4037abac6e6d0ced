//! Joins cells that follow each other, so that numbers stay in registers between them.

use nirkit_step::{Cell, Expr, Operation, Program, Statement, Variable};

/// Joins each cell with the one before it if that has as many neurons, runs in the same steps, and writes what the cell reads.
pub(super) fn join(program: &mut Program) {
    let mut joined: Vec<Operation> = Vec::new();
    for operation in program.operations.drain(..) {
        match (joined.last_mut(), operation) {
            (Some(Operation::Cell(before)), Operation::Cell(cell)) if can_join(before, &cell) => {
                append(before, cell);
            }
            (_, operation) => joined.push(operation),
        }
    }
    program.operations = joined;
}

fn can_join(before: &Cell, cell: &Cell) -> bool {
    let writes =
        |variable: Variable| before.statements.iter().any(|statement| statement.target == variable);
    before.neurons == cell.neurons
        && before.when == cell.when
        && cell.statements.iter().any(|statement| reads(&statement.value, &writes))
}

/// Whether an expression reads a buffer for which something holds.
fn reads(expr: &Expr, holds: &impl Fn(Variable) -> bool) -> bool {
    match expr {
        Expr::Variable(variable) => matches!(variable, Variable::Buffer(_)) && holds(*variable),
        Expr::Constant(_) => false,
        Expr::Binary(_, a, b) => reads(a, holds) || reads(b, holds),
        Expr::Floor(x) | Expr::Truncate(x) | Expr::Convert(_, x) => reads(x, holds),
        Expr::Select { held, then, .. } => held.iter().chain(then).any(|x| reads(x, holds)),
    }
}

fn append(before: &mut Cell, cell: Cell) {
    let (parameters, locals) = (before.parameters.len(), before.locals.len());
    let moved = |variable: Variable| match variable {
        Variable::Buffer(_) => variable,
        Variable::Parameter(at) => Variable::Parameter(parameters + at),
        Variable::Local(at) => Variable::Local(locals + at),
    };
    before.parameters.extend(cell.parameters);
    before.locals.extend(cell.locals);
    for Statement { target, mut value } in cell.statements {
        rename(&mut value, &moved);
        before.statements.push(Statement { target: moved(target), value });
    }
}

fn rename(expr: &mut Expr, moved: &impl Fn(Variable) -> Variable) {
    match expr {
        Expr::Variable(variable) => *variable = moved(*variable),
        Expr::Constant(_) => {}
        Expr::Binary(_, a, b) => [a, b].into_iter().for_each(|x| rename(x, moved)),
        Expr::Floor(x) | Expr::Truncate(x) | Expr::Convert(_, x) => rename(x, moved),
        Expr::Select { held, then, .. } => {
            held.iter_mut().chain(then).for_each(|x| rename(x, moved));
        }
    }
}
