//! The order of names: as people sort them, with numbers by their value.

use std::cmp::Ordering;

/// Compares names piece by piece, digits by the number that they are: `lif2` comes before `lif10`. Names that differ are
/// never equal.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while let (Some(first), Some(second)) = (left.chars().next(), right.chars().next()) {
        let order = if first.is_ascii_digit() && second.is_ascii_digit() {
            let ((one, rest), (other, other_rest)) = (number(left), number(right));
            (left, right) = (rest, other_rest);
            one.len().cmp(&other.len()).then_with(|| one.cmp(other))
        } else {
            left = left.get(first.len_utf8()..).unwrap_or_default();
            right = right.get(second.len_utf8()..).unwrap_or_default();
            first.cmp(&second)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The digits that a text begins with, without zeros before them, and what follows.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.trim_start_matches('0'), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_by_their_value() {
        let mut names = ["lif10", "lif2", "lif", "fc2", "lif02", "a\u{301}"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["a\u{301}", "fc2", "lif", "lif02", "lif2", "lif10"]);
    }
}
