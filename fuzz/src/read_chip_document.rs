//! Whatever the text is, reading what a chip is given ends in order; what is read runs, and is handed over
//! as it was read.
//!
//! The first byte says which chip, the second the shape of a frame, the rest is the document.

use nirkit_platforms::Chip;
use nirkit_platforms::chip::ALL;
use serde_json::Value;

use super::design;
use nirkit_testing::Bytes;

/// Shapes of a frame, which some documents do not say.
const FRAMES: [Option<&[usize]>; 4] = [None, Some(&[2]), Some(&[1, 4, 4]), Some(&[2, 6, 5])];

/// Elements that a population or a kernel may have here. The limits of the product are far above, and
/// a fuzzer that meets them has time for little else.
const MOST_ELEMENTS: f64 = 65536.0;

/// Reads a document and runs it.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (chip, frame) = (bytes.pick(ALL), bytes.pick(&FRAMES));
    let Ok(text) = std::str::from_utf8(bytes.0) else { return };
    read(chip, text, frame);
}

/// Reads a document for a chip and runs it.
pub(crate) fn read(chip: &Chip, text: &str, frame: Option<&[usize]>) {
    if serde_json::from_str(text).is_ok_and(|value| is_large(&value, "")) {
        return;
    }
    match chip.read(text, frame) {
        Ok(design) => design::hold(chip, &design, frame),
        Err(errors) => assert!(!errors.is_empty(), "a refusal without a reason"),
    }
}

/// Whether a document asks for something that is large and still within the limits.
fn is_large(value: &Value, key: &str) -> bool {
    const LENGTHS: [&str; 6] =
        ["size", "shape", "weight_shape", "in_height", "in_width", "padding"];
    let is_length = LENGTHS.contains(&key) || key.starts_with("pad") || key.starts_with("pool");
    match value {
        Value::Object(members) => members.iter().any(|(key, member)| is_large(member, key)),
        Value::Array(items) => {
            let product: f64 = items.iter().filter_map(Value::as_f64).map(|x| x.max(1.0)).product();
            items.iter().any(|item| is_large(item, key)) || (is_length && product > MOST_ELEMENTS)
        }
        Value::Number(number) if is_length => {
            number.as_f64().is_some_and(|number| number > 256.0 && number < 1e8)
        }
        _ => false,
    }
}
