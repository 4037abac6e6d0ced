//! How large what follows from a graph is: counted without overflow, before memory is taken.

use super::shape::Placed;
use super::window::Window;

/// Elements of a shape, at most [`u64::MAX`]. An axis without elements counts as 1, so that what
/// stands beside it is bounded too.
#[must_use]
pub fn elements(shape: &[usize]) -> u64 {
    shape.iter().fold(1_u64, |elements, &axis| elements.saturating_mul(axis.max(1) as u64))
}

/// The largest array that a layer asks for, and what it is.
pub(crate) fn largest(placed: &Placed) -> (u64, &'static str) {
    let signals = [(elements(&placed.input), "enter"), (elements(&placed.output), "leave")];
    let of_window = placed.window.iter().flat_map(|window| {
        [(window.padded(), "enter with the padding"), (window.covered(), "are under the window")]
    });
    let arrays = signals.into_iter().chain(of_window);
    arrays.fold((0, "enter"), |most, array| if array.0 > most.0 { array } else { most })
}

/// Products of a window in one step; 0 for layers without a window, whose products stand in the file
/// as weights.
pub(crate) fn products(placed: &Placed) -> u64 {
    placed.window.as_ref().map_or(0, Window::products)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_counted_without_overflow() {
        assert_eq!(elements(&[2, 3]), 6);
        assert_eq!(elements(&[]), 1);
        assert_eq!(elements(&[1 << 32, 1 << 32]), u64::MAX);
        assert_eq!(elements(&[usize::MAX, 2, 0]), u64::MAX);
    }
}
