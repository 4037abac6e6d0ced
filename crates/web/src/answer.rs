//! What the page gets.

use nirkit::Error;
use serde::Serialize;
use serde_json::{Value, json};

/// An answer: JSON, and bytes to show or to save.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What is told. `ok` says whether the request was met; `errors` has the reasons if it was not.
    pub told: Value,
    /// A file, a page or an array; empty for none.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// An answer without bytes.
    pub(crate) fn told(told: impl Serialize) -> Self {
        Self::with_bytes(told, Vec::new())
    }

    /// An answer with bytes.
    pub(crate) fn with_bytes(told: impl Serialize, bytes: impl Into<Vec<u8>>) -> Self {
        let mut told = serde_json::to_value(told).unwrap_or_default();
        if let Value::Object(entries) = &mut told {
            entries.insert("ok".to_owned(), Value::Bool(true));
        }
        Self { told, bytes: bytes.into() }
    }

    /// The reasons why a request was not met.
    pub(crate) fn refused(error: &Error) -> Self {
        let told = json!({ "ok": false, "errors": error.reasons() });
        Self { told, bytes: Vec::new() }
    }
}
