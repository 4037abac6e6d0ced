//! The frame of every JSON value that the program makes: an object with the version of its form.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::failure::Failure;

/// Version of the JSON of all verbs and of `run.json`; it grows when the meaning of a key changes.
pub(crate) const VERSION: u32 = 1;

/// A result with the version of its form, as every JSON value stands on the standard output or in a file.
#[derive(Debug, Serialize)]
pub(crate) struct Versioned<T> {
    schema: u32,
    /// A structure or a map: JSON has no place for a version in a list. [`List`] names one.
    #[serde(flatten)]
    result: T,
}

impl<T: Serialize> Versioned<T> {
    /// Returns the result with the version of its form.
    pub(crate) fn of(result: T) -> Self {
        Self { schema: VERSION, result }
    }
}

/// A list under a name, with the reasons why parts of it are missing.
pub(crate) struct List<'a, T> {
    name: &'static str,
    items: &'a [T],
    failure: Option<&'a Failure>,
}

impl<'a, T> List<'a, T> {
    /// Returns a list under this name.
    pub(crate) fn new(name: &'static str, items: &'a [T]) -> Self {
        Self { name, items, failure: None }
    }

    /// Adds the reasons why items are missing.
    pub(crate) fn failure(self, failure: Option<&'a Failure>) -> Self {
        Self { failure, ..self }
    }
}

impl<T: Serialize> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, self.items)?;
        if let Some(failure) = self.failure {
            map.serialize_entry("errors", failure.messages())?;
        }
        map.end()
    }
}
