//! Scores for people, programs and web pages.

mod badge;
mod html;
mod junit;
mod text;

pub use badge::badge;
pub use html::html;
pub use junit::junit;
pub use text::text;

/// A text of others as content or attribute of markup, in which no character acts.
fn escaped(text: &str) -> String {
    nirkit::view::escaped(&nirkit::escape::text(text))
}
