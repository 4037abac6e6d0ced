//! A score as a badge for a page.

use super::escaped;
use crate::run::Scored;
use crate::score::Class;

/// Width of a character of the badge.
const CHARACTER: usize = 7;

/// Returns an SVG badge: the version of NIR, and the share of cases that are right; red where an answer is silently wrong.
#[must_use]
pub fn badge(scored: &Scored) -> String {
    let totals = scored.totals(None);
    let count = |class: Class| totals.classes.get(&class).copied().unwrap_or(0);
    let right: usize = Class::ALL.into_iter().filter(|class| class.is_right()).map(count).sum();
    let silent = count(Class::SilentlyWrong);
    let label = format!("NIR {}", scored.nir);
    let value = match silent {
        0 => format!("{right} of {}", totals.cases),
        silent => format!("{right} of {}, {silent} silently wrong", totals.cases),
    };
    let colour = match (silent, right == totals.cases) {
        (0, true) => "#2a7f3f",
        (0, false) => "#8a6d00",
        _ => "#a8322a",
    };
    let (left, width) = (label.len() * CHARACTER + 10, value.len() * CHARACTER + 10);
    let (label, value) = (escaped(&label), escaped(&value));
    let (total, middle_left, middle_right) = (left + width, left / 2, left + width / 2);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total}\" height=\"20\" role=\"img\" aria-label=\"{label}: {value}\">\
         <rect width=\"{left}\" height=\"20\" fill=\"#444\"/><rect x=\"{left}\" width=\"{width}\" height=\"20\" fill=\"{colour}\"/>\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\
         <text x=\"{middle_left}\" y=\"14\">{label}</text><text x=\"{middle_right}\" y=\"14\">{value}</text></g></svg>\n"
    )
}
