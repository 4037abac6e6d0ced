//! What has no integers: everything that stands against a program of integers, by name.

use nirkit_step::{Cell, Expr, Format, Numbers, Operation, Operator, Program, Variable};

use super::column::Column;
use super::constant::constant;
use crate::name::shown;
use crate::walk::each_part;

/// Returns a sentence for everything in a [simplified](crate::range::simplify) program that cannot become integers.
pub(crate) fn refuse(program: &Program) -> Vec<String> {
    let mut reasons = Vec::new();
    let integers = program.buffers.iter().filter(|buffer| buffer.format() == Format::I64);
    let names: Vec<String> = integers.map(|buffer| shown(&buffer.name)).collect();
    if !names.is_empty() {
        reasons.push(format!(
            "the platform computes with integers of its own already: {}",
            names.join(", ")
        ));
        return reasons;
    }
    for operation in &program.operations {
        let name = |at: nirkit_step::BufferId| shown(&program.buffers[at.0].name);
        match operation {
            Operation::Dense(map) => {
                finite(&map.weights, "weight", &name(map.to), &mut reasons);
                map.bias.iter().for_each(|bias| finite(bias, "bias", &name(map.to), &mut reasons));
            }
            Operation::Convolution(map) => {
                finite(&map.weights, "weight", &name(map.to), &mut reasons);
                map.bias.iter().for_each(|bias| finite(bias, "bias", &name(map.to), &mut reasons));
            }
            Operation::Deliver(map) => {
                reasons.push(format!("{}: its register is one of integers already", name(map.to)));
            }
            Operation::Cell(cell) => {
                let names = cell.statements.iter().find_map(|made| match made.target {
                    Variable::Buffer(buffer) => Some(name(buffer)),
                    _ => None,
                });
                of_cell(cell, &names.unwrap_or_default(), &mut reasons);
            }
            _ => {}
        }
    }
    let starts = program.buffers.iter().map(|buffer| (&buffer.start, &buffer.name));
    starts.for_each(|(start, name)| finite(start, "start", &shown(name), &mut reasons));
    reasons.dedup();
    reasons
}

fn finite(numbers: &Numbers, what: &str, name: &str, reasons: &mut Vec<String>) {
    if let Some(at) = numbers.iter().position(|x| !x.to_f64().is_finite()) {
        let number = numbers.get(at).to_f64();
        reasons
            .push(format!("{name}: the {what} number {at} is {number}, and integers are finite"));
    }
}

fn of_cell(cell: &Cell, name: &str, reasons: &mut Vec<String>) {
    for parameter in &cell.parameters {
        if let Some(at) = parameter.numbers.iter().position(|x| x.to_f64().is_nan()) {
            reasons.push(format!("{name}: the number {at} of {} is NaN", shown(&parameter.name)));
        }
    }
    let mut locals: Vec<Option<Column>> = vec![None; cell.locals.len()];
    for statement in &cell.statements {
        each_part(&statement.value, &mut |part| {
            let known = |x: &Expr| constant(cell, &locals, x);
            if known(part).is_some() {
                return;
            }
            match part {
                Expr::Binary(Operator::Divide, _, b) => match known(b) {
                    None => {
                        reasons.push(format!("{name}: it divides by a number that changes"));
                    }
                    Some(divisor) if !divisor.all(|x| x != 0.0 && x.is_finite()) => {
                        reasons.push(format!("{name}: it divides by 0, or by an infinite number"));
                    }
                    Some(_) => {}
                },
                Expr::Binary(Operator::Multiply, a, b) => {
                    for factor in [known(a), known(b)].into_iter().flatten() {
                        if !factor.all(f64::is_finite) {
                            reasons.push(format!("{name}: it multiplies by an infinite number"));
                        }
                    }
                }
                Expr::Binary(Operator::Add | Operator::Subtract, a, b) => {
                    for added in [known(a), known(b)].into_iter().flatten() {
                        if !added.all(f64::is_finite) {
                            reasons.push(format!("{name}: it adds an infinite number"));
                        }
                    }
                }
                Expr::Binary(Operator::Modulo, ..) => {
                    reasons.push(format!("{name}: it takes a remainder of real numbers"));
                }
                Expr::Convert(Format::I64, _) => {
                    reasons.push(format!("{name}: it makes integers of real numbers already"));
                }
                _ => {}
            }
        });
        if let Variable::Local(at) = statement.target {
            locals[at] = constant(cell, &locals, &statement.value);
        }
    }
}
