//! Weights, parameters and places as constant arrays.

use std::fmt::Write as _;

use nirkit_step::Numbers;

use super::array_of;
use crate::layer::{Place, Sizes};
use crate::stored::{Stored, place_bytes};

/// The constants of a source, as they are printed, with their bytes.
#[derive(Default)]
pub(super) struct Constants {
    pub(super) text: String,
    pub(super) sizes: Sizes,
    place: Place,
}

impl Constants {
    /// Says what needs the constants that follow.
    pub(super) fn of(&mut self, place: Place) {
        self.place = place;
    }

    /// Adds numbers, in the narrowest type that holds them.
    pub(super) fn add(&mut self, name: &str, numbers: &Numbers) {
        let kind = Stored::of(numbers);
        array_of(&mut self.text, name, numbers, kind);
        self.sizes.push((self.place, numbers.len() * kind.bytes()));
    }

    /// Adds places or counts, in the narrowest type that holds them.
    pub(super) fn add_places(&mut self, name: &str, numbers: &[usize]) {
        let bytes = place_bytes(numbers);
        let text = &mut self.text;
        let _ = write!(text, "static const uint{}_t {name}[{}] = {{", 8 * bytes, numbers.len());
        for (place, number) in numbers.iter().enumerate() {
            text.push_str(if place % 16 == 0 { "\n  " } else { " " });
            let _ = write!(text, "{number}u,");
        }
        text.push_str("\n};\n\n");
        self.sizes.push((self.place, numbers.len() * bytes));
    }
}
