//! The order of the axes of a grid, where a file says it: a pending generalisation of the reference keeps it in an attribute, and
//! other files have samples, steps, neurons.

use nirkit_ir::value::Value;

/// The attribute.
pub(super) const NAME: &str = "dimension_order";

/// What a file can call each axis, in the order samples, steps, neurons.
const NAMES: [&[&str]; 3] = [
    &["batch", "batches", "sample", "samples", "b"],
    &["time", "times", "step", "steps", "time_step", "time_steps", "t"],
    &["neuron", "neurons", "n"],
];

/// For samples, steps and neurons, which axis of the file that is; `None` for a value that does not say it of each.
pub(super) fn axes(order: &Value) -> Option<[usize; 3]> {
    let Value::Text(text) = order else { return None };
    let words: Vec<String> = match text.strings() {
        [one] => words(one),
        several => several.iter().map(|word| word.to_lowercase()).collect(),
    };
    let [_, _, _] = words.as_slice() else { return None };
    let place = |names: &[&str]| words.iter().position(|word| names.contains(&word.as_str()));
    let [samples, steps, neurons] = NAMES.map(place);
    Some([samples?, steps?, neurons?])
}

/// The words of `time, batch, neuron` in any brackets, or the letters of `tbn`.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let between = |c: char| !(c.is_alphanumeric() || c == '_');
    let words: Vec<String> =
        text.split(between).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    match words.as_slice() {
        [letters] => letters.chars().map(String::from).collect(),
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_three_words_or_three_letters() {
        for order in ["time, batch, neuron", "('time', 'batch', 'neuron')", "TBN", "t b n"] {
            assert_eq!(axes(&Value::from(order)), Some([1, 0, 2]), "{order}");
        }
        assert_eq!(axes(&Value::from("batch time neuron")), Some([0, 1, 2]));
        for wrong in ["time, batch", "time, time, neuron", "xyz", ""] {
            assert_eq!(axes(&Value::from(wrong)), None, "{wrong}");
        }
    }
}
