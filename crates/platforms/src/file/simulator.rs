//! Simulators in files: a profile that is known, and what differs from it.

use serde_json::{Map, Value};

use super::{FileError, join, replace_nulls, sound, text};
use crate::profile::Profile;
use crate::version;

/// A profile in the form of a file.
pub(super) fn to_toml(profile: &Profile) -> String {
    let mut document = tree(profile);
    let title = profile.title();
    let base =
        version::all().find(|known| known.title() == title).or_else(|| version::all().next());
    let is_brought = base.is_some_and(|base| base.title() == title);
    replace_nulls(&mut document, (!is_brought).then_some(Value::Bool(false)).as_ref());
    text(&base.map(Profile::title).unwrap_or_default(), document)
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
