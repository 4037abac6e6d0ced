//! nirkit in a web page. Everything is computed in the page: no file leaves the machine.
//!
//! The page sends a [`Request`] with the bytes of a file, if it needs one, and gets an [`Answer`]: JSON, and bytes to show or
//! to save. [`App`] keeps what was opened in between. [`entry`] passes messages through the memory of the WebAssembly module.
//!
//! ```text
//! static/app.js -> static/worker.js -> static/module.js -> entry -> App -> nirkit
//! ```

pub mod answer;
pub mod app;
pub mod entry;
pub mod request;

pub use answer::Answer;
pub use app::App;
pub use request::{Request, Settings};
