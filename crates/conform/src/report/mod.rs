//! Scores for people, programs and web pages.

mod badge;
mod html;
mod junit;
mod text;

pub use badge::badge;
pub use html::html;
pub use junit::junit;
pub use text::text;

/// Writes text into a page: what has a meaning in XML is escaped, what no XML can hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(character),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
