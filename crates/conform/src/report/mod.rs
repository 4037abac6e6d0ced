//! Scores for people, programs and web pages.

mod badge;
mod html;
mod junit;
mod text;

pub use badge::badge;
pub use html::html;
pub use junit::junit;
pub use text::text;

use nirkit::view::escaped;
