//! The parameters of a node in a few words.

use nirkit_ir::field::{Axes, Field, Padding, Unit};
use nirkit_ir::{Primitive, Value};
use nirkit_numerics::{Shortest, Tensor};

use crate::figure::TimeUnit;

/// Numbers of a field are looked at up to this many; larger fields are shown by their shape.
const MOST_NUMBERS: usize = 1 << 20;

/// Returns the lengths of axes as they are shown: `34×34×2`; `1` without axes, for a single channel.
pub(crate) fn shape(axes: &[usize]) -> String {
    if axes.is_empty() {
        return "1".to_owned();
    }
    let axes: Vec<String> = axes.iter().map(ToString::to_string).collect();
    axes.join("×")
}

/// What is said of a node's parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// What stands in the box, the most telling first.
    pub(crate) lines: Vec<String>,
    /// All parameters, one a line.
    pub(crate) all: Vec<String>,
}

/// Sums up the parameters of a node, with times in this unit.
pub(crate) fn summary(primitive: &Primitive, times: Unit) -> Summary {
    let mut all = Vec::new();
    let (mut shown, mut numbers) = (Vec::new(), Vec::new());
    for (field, value) in primitive.tensors() {
        let Some(text) = value_of(field, value, times) else { continue };
        let named = format!("{} {text}", field.name);
        match shown_as(primitive, field, value) {
            Shown::Line => shown.push(named.clone()),
            Shown::Together => numbers.push(named.clone()),
            Shown::Not => {}
        }
        all.push(named);
    }
    if let Some(rule) = rule(primitive) {
        numbers.push(format!("padding {rule}"));
        all.push(format!("padding {rule}"));
    }
    if !numbers.is_empty() {
        shown.push(numbers.join(", "));
    }
    Summary { lines: shown, all }
}

/// Where a parameter is shown.
enum Shown {
    /// On a line of its own in the box.
    Line,
    /// With others on a line.
    Together,
    /// Not in the box.
    Not,
}

fn shown_as(primitive: &Primitive, field: &Field, value: &Tensor) -> Shown {
    let is_shape = matches!(primitive, Primitive::Input(_) | Primitive::Output(_));
    match field.axes {
        Axes::Matrix | Axes::Kernel1d | Axes::Kernel2d => Shown::Line,
        Axes::Neuron if field.unit == Unit::Second || field.name == "v_threshold" => Shown::Line,
        Axes::Neuron if matches!(field.name, "threshold" | "scale") => Shown::Line,
        Axes::Neuron if field.name == "r" && matches!(primitive, Primitive::I(_)) => Shown::Line,
        Axes::Shape if is_shape => Shown::Line,
        Axes::Scalar | Axes::Pair => {
            // What does nothing is not shown.
            let is_conv = matches!(primitive, Primitive::Conv1d(_) | Primitive::Conv2d(_));
            let usual = match field.name {
                "stride" if is_conv => Some(1.0),
                "dilation" | "groups" => Some(1.0),
                "padding" => Some(0.0),
                _ => None,
            };
            let is_usual = usual.is_some_and(|usual| range(value) == Some((usual, usual)));
            if is_usual { Shown::Not } else { Shown::Together }
        }
        _ => Shown::Not,
    }
}

/// The padding that is given by a rule, which is `same` or `valid` in sound graphs.
fn rule(primitive: &Primitive) -> Option<&str> {
    let padding = match primitive {
        Primitive::Conv1d(conv) => &conv.padding,
        Primitive::Conv2d(conv) => &conv.padding,
        _ => return None,
    };
    match padding {
        Padding::Rule(text) => text.as_str(),
        Padding::Amount(_) => None,
    }
}

/// A parameter as text: a number, a range with its unit, or a shape.
fn value_of(field: &Field, value: &Tensor, times: Unit) -> Option<String> {
    match field.axes {
        Axes::Matrix | Axes::Kernel1d | Axes::Kernel2d => Some(shape(value.shape())),
        Axes::Scalar | Axes::Pair | Axes::Shape => {
            let numbers = value.to_i64()?;
            let few: Vec<String> = numbers.iter().take(16).map(ToString::to_string).collect();
            let rest = if numbers.len() > few.len() { "×…" } else { "" };
            Some(few.join("×") + rest)
        }
        Axes::Neuron | Axes::OutputChannel => {
            let Some(bounds) = range(value) else { return Some(shape(value.shape())) };
            let ((low, high), unit) = in_unit(field.unit.in_file(times), bounds);
            let [low, high] = [low, high].map(|number| Shortest::six_digits(number).to_string());
            let numbers = if low == high { low } else { format!("{low} … {high}") };
            Some(format!("{numbers} {unit}").trim_end().to_owned())
        }
    }
}

/// Bounds with the symbol of their unit; times in the unit in which the larger one has one to three digits before the point.
fn in_unit(unit: Unit, (low, high): (f64, f64)) -> ((f64, f64), &'static str) {
    let seconds = match unit {
        Unit::Second => 1.0,
        Unit::Millisecond => 1e-3,
        Unit::Ohm | Unit::Volt | Unit::One | Unit::Count => return ((low, high), unit.symbol()),
    };
    // Single precision has 1 µs as a little less.
    let rounded = |number: f64| Shortest::six_digits(number).to_string().parse().unwrap_or(number);
    let [low, high] = [low, high].map(|number| rounded(number) * seconds);
    let fitting = TimeUnit::of(rounded(low.abs().max(high.abs())));
    ((low / fitting.seconds, high / fitting.seconds), fitting.name)
}

/// The least and the largest number; `None` where there is none, one is not finite, or they are very many.
fn range(value: &Tensor) -> Option<(f64, f64)> {
    if value.is_empty() || value.len() > MOST_NUMBERS {
        return None;
    }
    let numbers = value.to_f64()?;
    let all_finite = numbers.iter().all(|number| number.is_finite());
    let bounds = numbers
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    all_finite.then_some(bounds)
}

/// What a node of unknown kind holds, one field a line.
pub(crate) fn unknown(primitive: &Primitive) -> Vec<String> {
    let Primitive::Unknown(unknown) = primitive else { return Vec::new() };
    let line = |(name, value): (&String, &Value)| format!("{name} {}", value.describe());
    unknown.fields.iter().take(16).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(unit: Unit, low: f64, high: f64) -> String {
        let ((low, high), symbol) = in_unit(unit, (low, high));
        let [low, high] = [low, high].map(|number| Shortest::six_digits(number).to_string());
        format!("{low} {high} {symbol}")
    }

    #[test]
    fn times_are_shown_in_a_unit_of_their_size() {
        assert_eq!(of(Unit::Second, 0.02, 0.02), "20 20 ms");
        assert_eq!(of(Unit::Second, f64::from(1e-6_f32), f64::from(2e-5_f32)), "1 20 µs");
        assert_eq!(of(Unit::Second, f64::from(1e-6_f32), f64::from(1e-6_f32)), "1 1 µs");
        assert_eq!(of(Unit::Millisecond, 0.5, 20.0), "0.5 20 ms");
        assert_eq!(of(Unit::Millisecond, 2000.0, 2000.0), "2 2 s");
        assert_eq!(of(Unit::Second, 0.0, 0.0), "0 0 s");
        assert_eq!(of(Unit::Second, -0.02, 0.01), "-20 10 ms");
        assert_eq!(of(Unit::Second, 20.0, 20.0), "20 20 s");
        assert_eq!(of(Unit::Volt, 0.02, 0.02), "0.02 0.02 V");
    }
}
