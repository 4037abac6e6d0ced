//! Lists of a semantics that are read from a file.
//!
//! A semantics is a value of the program itself, so its texts and lists are there for as long as the program runs. One
//! that is read from a file borrows its texts from a document that is never given back, and its lists are kept in the
//! same way.

use serde::{Deserialize, Deserializer};

/// Reads a list, which is kept for as long as the program runs.
pub fn list<'de, D, T>(deserializer: D) -> Result<&'static [T], D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + 'static,
{
    Ok(Vec::<T>::deserialize(deserializer)?.leak())
}

/// Reads a truth value; what is missing is `false`, since a platform file writes `false` for what its base does not have.
pub fn truth<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(from)?.unwrap_or_default())
}
