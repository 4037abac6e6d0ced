//! Simulators in files: a profile that is known, and what differs from it.

use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

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

/// The most mistakes that are told at once.
const MOST_TOLD: usize = 64;

/// The profile that changes make of another. Each change that cannot be read is told and left out, so that one call tells
/// them all.
pub(super) fn read(base: &Profile, mut changes: Map<String, Value>) -> Result<Profile, FileError> {
    let mut reasons = Vec::new();
    while reasons.len() < MOST_TOLD {
        let mut joined = tree(base);
        join(&mut joined, Value::Object(changes.clone()));
        // The names of a profile live as long as the program.
        let kept: &'static Value = Box::leak(Box::new(joined));
        match serde_path_to_error::deserialize::<_, Profile>(kept) {
            Ok(profile) => {
                lists_for_tables(kept, &tree(&profile), "", &mut reasons);
                reasons.extend(sound::contradictions(&profile));
                return if reasons.is_empty() { Ok(profile) } else { Err(FileError { reasons }) };
            }
            Err(error) => {
                let is_left_out = leave_out(&mut changes, error.path());
                reasons.push(format!("{}: {}", error.path(), error.inner()));
                if !is_left_out {
                    break;
                }
            }
        }
    }
    Err(FileError { reasons })
}

/// Collects the places where a list was read as a table, its items as the values of keys in their order.
fn lists_for_tables(given: &Value, read: &Value, place: &str, reasons: &mut Vec<String>) {
    let inner =
        |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    match (given, read) {
        (Value::Array(_), Value::Object(_)) => {
            reasons.push(format!("{place}: a table is expected, not a list"));
        }
        (Value::Object(given), Value::Object(read)) => {
            for (key, value) in given {
                if let Some(read) = read.get(key) {
                    lists_for_tables(value, read, &inner(key), reasons);
                }
            }
        }
        (Value::Array(given), Value::Array(read)) => {
            for (at, (value, read)) in given.iter().zip(read).enumerate() {
                lists_for_tables(value, read, &inner(&at.to_string()), reasons);
            }
        }
        _ => {}
    }
}

/// Takes the change at a path out: the deepest part of the path that the changes have. Returns whether there is one.
fn leave_out(changes: &mut Map<String, Value>, path: &Path) -> bool {
    let keys: Vec<&str> = path
        .iter()
        .map_while(|segment| match segment {
            Segment::Map { key } => Some(key.as_str()),
            Segment::Enum { variant } => Some(variant.as_str()),
            Segment::Seq { .. } | Segment::Unknown => None,
        })
        .collect();
    leave_out_of(changes, &keys)
}

fn leave_out_of(changes: &mut Map<String, Value>, keys: &[&str]) -> bool {
    let Some((first, rest)) = keys.split_first() else { return false };
    if let Some(Value::Object(inner)) = changes.get_mut(*first)
        && leave_out_of(inner, rest)
    {
        return true;
    }
    changes.remove(*first).is_some()
}
