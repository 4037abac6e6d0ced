//! What has no code: everything that the target cannot express, by name.

use std::collections::BTreeSet;

use nirkit_step::{Expr, Format, Numbers, Operation, Program};

use super::accumulate::wraps_simply;
use crate::name::shown;
use crate::range::bounds::on_delivery;
use crate::range::interval::Interval;
use crate::walk::each_part;

/// Returns a sentence for each kind of number that is no integer, with everything that has it.
pub(crate) fn floats(program: &Program) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut refuse = |what: &str, found: &[(Format, String)]| {
        for format in Format::ALL.into_iter().filter(|format| !format.is_integer()) {
            let names = found.iter().filter(|(of, _)| *of == format);
            let names: Vec<&str> = names.map(|(_, name)| name.as_str()).collect();
            if !names.is_empty() {
                reasons.push(format!("{what} of {}: {}", format.name(), names.join(", ")));
            }
        }
    };
    let inputs: Vec<_> =
        program.inputs.iter().map(|input| (input.format, shown(&input.name))).collect();
    refuse("inputs", &inputs);
    let buffers: Vec<_> =
        program.buffers.iter().map(|buffer| (buffer.format(), shown(&buffer.name))).collect();
    refuse("buffers", &buffers);
    let mut constants = Vec::new();
    for (at, operation) in program.operations.iter().enumerate() {
        let mut formats = BTreeSet::new();
        for_each_format(operation, &mut |format| {
            formats.insert(format);
        });
        constants.extend(formats.into_iter().map(|format| (format, format!("operation {at}"))));
    }
    refuse("constants", &constants);
    reasons
}

/// Visits the formats of the constants of an operation.
fn for_each_format(operation: &Operation, visit: &mut impl FnMut(Format)) {
    let mut of = |numbers: &Numbers| visit(numbers.format());
    match operation {
        Operation::Dense(dense) => {
            of(&dense.weights);
            dense.bias.iter().for_each(of);
        }
        Operation::Deliver(deliver) => of(&deliver.weights),
        Operation::Convolution(convolution) => {
            of(&convolution.weights);
            convolution.bias.iter().for_each(of);
        }
        Operation::Scale { factors, .. } => of(factors),
        Operation::Cell(cell) => {
            cell.parameters.iter().for_each(|parameter| of(&parameter.numbers));
            for statement in &cell.statements {
                each_part(&statement.value, &mut |part| match part {
                    Expr::Constant(number) => visit(number.format()),
                    Expr::Convert(format, _) => visit(*format),
                    _ => {}
                });
            }
        }
        _ => {}
    }
}

/// Returns a sentence for each register that the target cannot build, in a [simplified](crate::range::simplify) program.
pub(crate) fn registers(program: &Program, bounds: &[Interval]) -> Vec<String> {
    let mut reasons = Vec::new();
    for operation in &program.operations {
        let Operation::Deliver(deliver) = operation else { continue };
        let name = shown(&program.buffers[deliver.to.0].name);
        let [from, to] = [deliver.from, deliver.to].map(|buffer| bounds[buffer.0]);
        match on_delivery(deliver, from, to) {
            None => reasons.push(format!(
                "{name}: a sum of spikes that arrive one by one can leave 64 bits: give inputs of fewer bits"
            )),
            Some(sum) if !wraps_simply(deliver.register, sum) => reasons.push(format!(
                "{name}: a register of {} numbers, which is no power of two, wraps around more than once",
                deliver.register.high - deliver.register.low + 1
            )),
            Some(_) => {}
        }
    }
    reasons
}
