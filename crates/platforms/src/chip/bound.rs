//! What the numbers of a document ask for, held against limits before anything is made of them.

use nirkit_ir::Limits;
use nirkit_ir::facts::{Window, elements};
use serde_json::Value;

/// Keys of a document whose numbers are sizes, steps or positions.
const SIZES: &[&str] = &[
    "size",
    "shape",
    "weight_shape",
    "in_height",
    "in_width",
    "stride",
    "stride_x",
    "stride_y",
    "pool",
    "pool_x",
    "pool_y",
    "padding",
    "pad_top",
    "pad_bottom",
    "pad_left",
    "pad_right",
    "dilation",
    "groups",
    "delay",
];

/// Keys whose numbers are the lengths of axes.
const SHAPES: &[&str] = &["shape", "weight_shape"];

/// Weights of a list that is kept as a matrix.
const MOST_PAIRS: u64 = 1 << 25;

/// Steps after which spikes arrive.
const MOST_DELAY: u64 = 4096;

/// Zeros on one side of a picture. Where there are more of them than a kernel covers, it sees nothing.
const MOST_PADDING: u64 = 4096;

/// Every number of a document that asks for more than the limits allow, with its place. A text that
/// is no JSON has none.
pub(super) fn document(text: &str) -> Vec<String> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut sizes = Sizes { errors: Vec::new(), total: 0 };
    // Texts nest no deeper than 128, which is as deep as the reader goes.
    sizes.visit("", "", &value);
    let limit = Limits::default().graph_elements;
    if sizes.errors.is_empty() && sizes.total > limit {
        let total = sizes.total;
        sizes.errors.push(format!(
            "the populations have {total} neurons together, the limit `graph_elements` allows {limit}"
        ));
    }
    sizes.errors
}

struct Sizes {
    errors: Vec<String>,
    /// Sum of all `size`.
    total: u64,
}

impl Sizes {
    /// Looks at a value at a place, under a key.
    fn visit(&mut self, place: &str, key: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let dot = if place.is_empty() { "" } else { "." };
                    self.visit(&format!("{place}{dot}{name}"), name, member);
                }
            }
            Value::Array(items) => {
                let is_size = SIZES.contains(&key);
                for (at, item) in items.iter().enumerate() {
                    // Lists of numbers that are no sizes are many, and need no place.
                    if is_size || !item.is_number() {
                        self.visit(&format!("{place}[{at}]"), key, item);
                    }
                }
                if SHAPES.contains(&key) {
                    self.hold_shape(place, items);
                }
            }
            Value::Number(number) if SIZES.contains(&key) => {
                let number = number.as_f64().unwrap_or(f64::INFINITY);
                if key == "size" {
                    self.total = self.total.saturating_add(number as u64);
                }
                let limit = match key {
                    "delay" => MOST_DELAY,
                    _ if key.starts_with("pad") => MOST_PADDING,
                    _ => Limits::default().layer_elements,
                };
                if number > limit as f64 {
                    self.errors.push(format!("`{place}` is {value}, the limit is {limit}"));
                }
            }
            _ => {}
        }
    }

    fn hold_shape(&mut self, place: &str, axes: &[Value]) {
        let axes =
            axes.iter().map(|axis| axis.as_u64().and_then(|axis| usize::try_from(axis).ok()));
        let Some(axes) = axes.collect::<Option<Vec<usize>>>() else { return };
        let limit = Limits::default().layer_elements;
        // An axis that is too long by itself has been told.
        if axes.iter().all(|&axis| axis as u64 <= limit) && elements(&axes) > limit {
            let needed = elements(&axes);
            self.errors.push(format!(
                "`{place}` stands for {needed} elements, the limit `layer_elements` allows {limit}"
            ));
        }
    }
}

/// A window that does not ask for more than the limits allow.
pub(super) fn window(window: Window) -> Result<Window, String> {
    let Limits { layer_elements, layer_products, .. } = Limits::default();
    let [channels, rows, columns] = [window.channels_out, window.output[0], window.output[1]];
    let leave = elements(&[channels, rows, columns]);
    let needed = leave.max(window.padded());
    if needed > layer_elements {
        return Err(format!(
            "padding and kernel make {needed} elements, the limit `layer_elements` allows \
             {layer_elements}"
        ));
    }
    if window.products() > layer_products {
        let products = window.products();
        return Err(format!(
            "the kernel takes {products} products a step, the limit `layer_products` allows \
             {layer_products}"
        ));
    }
    Ok(window)
}

/// A list of synapses that can be kept as a matrix.
pub(super) fn pairs(sources: usize, targets: usize) -> Result<usize, String> {
    let pairs = elements(&[sources, targets]);
    if pairs > MOST_PAIRS {
        return Err(format!(
            "{sources} × {targets} pairs of neurons are {pairs}, the limit is {MOST_PAIRS}"
        ));
    }
    Ok(sources * targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_too_large_are_told_with_their_places() {
        let text = r#"{"populations": [{"size": 3}, {"size": 2147483647, "shape": [1, 9223372036854775808]}],
            "projections": [{"params": {"pad_bottom": 1e300}, "weights": [[9223372036854775807]]}]}"#;
        let errors = document(text);
        let places: Vec<&str> = errors.iter().filter_map(|error| error.split('`').nth(1)).collect();
        assert_eq!(
            places,
            ["populations[1].shape[1]", "populations[1].size", "projections[0].params.pad_bottom"]
        );
    }

    #[test]
    fn a_shape_is_held_as_a_whole() {
        let errors = document(r#"{"shape": [4096, 4097, 1]}"#);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with("`shape` stands for 16781312 elements"), "{errors:?}");
        assert_eq!(document(r#"{"shape": [1024, 1024]}"#), Vec::<String>::new());
        assert_eq!(document("no JSON"), Vec::<String>::new());
    }
}
