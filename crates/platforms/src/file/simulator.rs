//! Simulators in files: a profile that is known, and what differs from it.

use serde_json::{Map, Value};

use super::{FileError, join, replace_nulls, sound, text};
use crate::profile::Profile;

/// A profile in the form of a file. What its base has and it has not is `false`.
pub(super) fn to_toml(profile: &Profile, base: Option<&Profile>) -> String {
    let mut document = tree(profile);
    replace_nulls(&mut document, base.map(|_| Value::Bool(false)).as_ref());
    text(&base.unwrap_or(profile).title(), document)
}

/// A profile as a tree.
pub(super) fn tree(profile: &Profile) -> Value {
    // Nothing in a profile can fail to be written.
    serde_json::to_value(profile).unwrap_or_default()
}

/// The profile that changes make of another.
pub(super) fn read(base: &Profile, changes: Map<String, Value>) -> Result<Profile, FileError> {
    let mut joined = tree(base);
    join(&mut joined, Value::Object(changes));
    // The names of a profile live as long as the program.
    let kept: &'static Value = Box::leak(Box::new(joined));
    let profile: Profile = serde_path_to_error::deserialize(kept).map_err(|error| {
        let path = error.path().to_string();
        FileError::new(format!("{path}: {}", error.into_inner()))
    })?;
    let reasons = sound::contradictions(&profile);
    if reasons.is_empty() { Ok(profile) } else { Err(FileError { reasons }) }
}
