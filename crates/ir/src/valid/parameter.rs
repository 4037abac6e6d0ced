//! Stage 2: each field by itself, held against its declaration.

use std::fmt::Write as _;

use nirkit_numerics::Tensor;

use crate::diag::{Code, Diagnostic, Place};
use crate::facts::count::signed;
use crate::field::{Axes, Field, Range, Unit};
use crate::primitive::Primitive;
use crate::value::{Text, Value};

/// Elements of one field that are shown besides the first; the rest is counted.
const LABELLED: usize = 2;

/// Checks the fields of a primitive.
pub(super) fn check(primitive: &Primitive, place: &Place, findings: &mut Vec<Diagnostic>) {
    for (field, value) in primitive.values() {
        let place = place.field(field.name);
        match value {
            Value::Tensor(tensor) => check_tensor(field, &tensor, &place, findings),
            Value::Text(rule) => findings.extend(check_rule(&rule, place)),
            Value::Group(_) => {}
        }
    }
}

/// Checks one field that holds a tensor.
pub(super) fn check_tensor(
    field: &Field,
    tensor: &Tensor,
    place: &Place,
    findings: &mut Vec<Diagnostic>,
) {
    // One number stands for a number for each output.
    if field.axes == Axes::OutputChannel && tensor.rank() == 0 {
        check_numbers(field, tensor, place, findings);
    } else if let Some(expected) = wrong_rank(field.axes, tensor) {
        let message =
            format!("`{}` has shape {:?}, it has to be {expected}", field.name, tensor.shape());
        findings.push(Diagnostic::new(Code::WrongRank, place.clone(), message));
    } else if field.unit == Unit::Count {
        check_counts(field, tensor, place, findings);
    } else {
        check_numbers(field, tensor, place, findings);
    }
}

/// The axes that an array of numpy can have.
const MOST_AXES: usize = 64;

/// The numbers of a field that a message lists.
const LISTED: usize = 8;

/// What the axes of a field have to be, if they are something else.
fn wrong_rank(axes: Axes, tensor: &Tensor) -> Option<&'static str> {
    let (right, expected) = match axes {
        Axes::Neuron => (true, ""),
        Axes::Matrix => (tensor.rank() == 2, "a matrix: [outputs, inputs]"),
        Axes::OutputChannel => (tensor.rank() == 1, "a vector: [outputs]"),
        Axes::Kernel1d => (tensor.rank() == 3, "[outputs, inputs / groups, length]"),
        Axes::Kernel2d => (tensor.rank() == 4, "[outputs, inputs / groups, height, width]"),
        Axes::Scalar => (tensor.rank() <= 1 && tensor.len() == 1, "one number"),
        Axes::Pair => (tensor.rank() <= 1 && (1..=2).contains(&tensor.len()), "one or two numbers"),
        Axes::Shape => (
            tensor.rank() <= 1 && tensor.len() <= MOST_AXES,
            "one number for each axis, of which an array has 64 at most",
        ),
    };
    (!right).then_some(expected)
}

fn check_counts(field: &Field, tensor: &Tensor, place: &Place, findings: &mut Vec<Diagnostic>) {
    let in_range = |value: &i64| field.range.contains(*value as f64);
    if signed(tensor).is_some_and(|values| values.iter().all(in_range)) {
        return;
    }
    let expected = match field.range {
        Range::Any => "a whole number",
        Range::Positive => "a whole number above 0",
        Range::NotNegative => "a whole number from 0",
    };
    let listed = first_elements(tensor);
    let more = match tensor.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let listed = listed.join(", ");
    let message = format!("`{}` is {listed}{more}, it has to be {expected}", field.name);
    findings.push(Diagnostic::new(Code::NotACount, place.clone(), message));
}

/// The first elements as they are written: a whole number beyond those of doubles with all its digits.
fn first_elements(tensor: &Tensor) -> Vec<String> {
    if let Some(wide) = tensor.as_slice::<u64>() {
        return wide.iter().take(LISTED).map(ToString::to_string).collect();
    }
    if let Some(wide) = tensor.as_slice::<i64>() {
        return wide.iter().take(LISTED).map(ToString::to_string).collect();
    }
    (0..LISTED).map_while(|at| tensor.get_f64(at)).map(|value| value.to_string()).collect()
}

fn check_numbers(field: &Field, tensor: &Tensor, place: &Place, findings: &mut Vec<Diagnostic>) {
    // Weights are many, and mostly there is nothing to say of them.
    if field.range == Range::Any && tensor.is_finite() {
        return;
    }
    let Some(values) = tensor.to_f64() else { return };
    let broken = values.iter().enumerate().filter(|(_, value)| !value.is_finite());
    report(Code::NotFinite, field, tensor, place, broken, findings);
    let outside =
        values.iter().enumerate().filter(|(_, v)| v.is_finite() && !field.range.contains(**v));
    let code = match field.range {
        Range::NotNegative => Code::NegativeDelay,
        Range::Any | Range::Positive => Code::TauNotPositive,
    };
    report(code, field, tensor, place, outside, findings);
}

/// One finding for a field, at the first element, with a count of the others and labels at some of them.
fn report<'a>(
    code: Code,
    field: &Field,
    tensor: &Tensor,
    place: &Place,
    elements: impl Iterator<Item = (usize, &'a f64)>,
    findings: &mut Vec<Diagnostic>,
) {
    let mut elements = elements;
    let Some((flat, value)) = elements.next() else { return };
    let at = |flat: usize| place.element_at(flat, tensor.shape());
    let told = |value: &f64| format!("{value}{}", with_space(field.unit));
    let mut finding =
        Diagnostic::new(code, at(flat), format!("`{}` is {}", field.name, told(value)))
            .help(help_for(code));
    let mut more = 0;
    for (flat, value) in elements {
        if more < LABELLED {
            finding = finding.label(at(flat), told(value));
        }
        more += 1;
    }
    if more > 0 {
        let are = if more == 1 { "and so is" } else { "and so are" };
        // Writing to a string cannot fail.
        let _ = write!(finding.message, ", {are} {more} more of {}", tensor.len());
    }
    findings.push(finding);
}

fn help_for(code: Code) -> &'static str {
    match code {
        Code::TauNotPositive => "a time constant is above 0 s",
        Code::NegativeDelay => "a delay is at least 0 s",
        _ => "look for a training that diverged, or a division by zero in an exporter",
    }
}

fn with_space(unit: Unit) -> String {
    if unit.symbol().is_empty() { String::new() } else { format!(" {}", unit.symbol()) }
}

fn check_rule(rule: &Text, place: Place) -> Option<Diagnostic> {
    match rule.as_str() {
        Some("same" | "valid") => None,
        Some(other) => Some(
            Diagnostic::new(Code::PaddingRule, place, format!("there is no padding {other:?}"))
                .help("write \"same\", \"valid\" or numbers"),
        ),
        None => Some(Diagnostic::new(Code::PaddingRule, place, "several strings are no padding")),
    }
}
