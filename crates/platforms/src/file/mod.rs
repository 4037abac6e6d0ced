//! Platforms that are described in a file: one that is known, and what differs from it.
//!
//! The file is TOML or JSON. `base` names the simulator or the chip that it starts from, every other key replaces a value
//! of it, and tables are joined key by key. [`to_toml`] writes the whole of a platform in this form.
//!
//! ```toml
//! format = 1
//! base = "norse@1.1.0"
//! name = "mine"
//! version = "0.1"
//!
//! [semantics.neurons.lif.fire]
//! reset = "subtract"
//! ```

mod chip;
mod simulator;
mod sound;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Map, Value};

use crate::json;
use crate::version::{self, Platform};

/// The number of the form of these files.
pub const FORMAT: u64 = 1;

/// The most bytes that such a file can have.
pub const MOST_BYTES: u64 = 1 << 20;

/// A file that describes no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", reasons.join("; "))]
pub struct FileError {
    /// Everything that is wrong, with its place in the file.
    pub reasons: Vec<String>,
}

impl FileError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reasons: vec![reason.into()] }
    }
}

/// Whether a name of a platform is that of a file.
#[must_use]
pub fn is_file(title: &str) -> bool {
    let extension = Path::new(title).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|found| {
        found.eq_ignore_ascii_case("toml") || found.eq_ignore_ascii_case("json")
    })
}

/// Reads a platform from a file.
pub fn read(path: &Path) -> Result<Platform, FileError> {
    let metadata = std::fs::metadata(path).map_err(|error| FileError::new(error.to_string()))?;
    // It is read more than once: for what it says, and for its hash.
    if !metadata.is_file() {
        return Err(FileError::new("a platform file is a regular file"));
    }
    let size = metadata.len();
    if size > MOST_BYTES {
        let reason = format!("it has {size} bytes, and a platform file {MOST_BYTES} at most");
        return Err(FileError::new(reason));
    }
    let text = std::fs::read_to_string(path).map_err(|error| FileError::new(error.to_string()))?;
    parse(&text, path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")))
}

/// Reads a platform from a text, JSON or TOML. A text that was read before gives the same platform.
pub fn parse(text: &str, is_json: bool) -> Result<Platform, FileError> {
    // What is read is never given back, so that a text is read once.
    let mut read = known();
    if let Some(known) = read.get(text) {
        return Ok(known.platform);
    }
    let document: Value = if is_json {
        json::parse(text).map_err(|error| FileError::new(error.to_string()))?
    } else {
        let table: toml::Value =
            toml::from_str(text).map_err(|error| FileError::new(of_toml(text, &error)))?;
        let mut reasons = Vec::new();
        not_finite(&table, "", &mut reasons);
        if !reasons.is_empty() {
            return Err(FileError { reasons });
        }
        serde_json::to_value(table).map_err(|error| FileError::new(error.to_string()))?
    };
    let (platform, base) = platform(document)?;
    read.insert(text.to_owned(), Read { platform, base });
    Ok(platform)
}

/// Collects the numbers that a tree of JSON cannot hold, with their places.
fn not_finite(value: &toml::Value, place: &str, reasons: &mut Vec<String>) {
    let inner =
        |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    match value {
        toml::Value::Float(number) if !number.is_finite() => {
            reasons.push(format!("{place}: a finite number is expected, not {number}"));
        }
        toml::Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| not_finite(item, &inner(&at.to_string()), reasons));
        }
        toml::Value::Table(table) => {
            table.iter().for_each(|(key, value)| not_finite(value, &inner(key), reasons));
        }
        _ => {}
    }
}

/// A platform that was read.
struct Read {
    platform: Platform,
    base: Platform,
}

/// What was read so far, by its text.
fn known() -> MutexGuard<'static, BTreeMap<String, Read>> {
    static READ: OnceLock<Mutex<BTreeMap<String, Read>>> = OnceLock::new();
    READ.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error of the syntax, with its line.
fn of_toml(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', " ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

/// A platform in the form of a file. One that was read from a file has the base that it has there; one that nirkit brings is
/// its own base.
#[must_use]
pub fn to_toml(platform: Platform) -> String {
    let found =
        known().values().find(|read| is_same(read.platform, platform)).map(|read| read.base);
    match (platform, found) {
        (Platform::Simulator(profile), Some(Platform::Simulator(base))) => {
            simulator::to_toml(profile, Some(base))
        }
        (Platform::Simulator(profile), _) => simulator::to_toml(profile, None),
        (Platform::Chip(chip), Some(Platform::Chip(base))) => chip::to_toml(chip, base),
        (Platform::Chip(chip), _) => chip::to_toml(chip, chip),
    }
}

/// Whether two are one.
fn is_same(a: Platform, b: Platform) -> bool {
    match (a, b) {
        (Platform::Simulator(a), Platform::Simulator(b)) => std::ptr::eq(a, b),
        (Platform::Chip(a), Platform::Chip(b)) => std::ptr::eq(a, b),
        _ => false,
    }
}

/// The text of a file: what every platform has comes first.
fn text(base: &str, mut document: Value) -> String {
    let mut head = format!("format = {FORMAT}\nbase = \"{base}\"\n");
    for key in ["name", "version"] {
        if let Some(text) = document.as_object_mut().and_then(|table| table.remove(key)) {
            head += &format!("{key} = {text}\n");
        }
    }
    // A tree of tables, texts and numbers can always be written.
    format!("{head}{}", toml::to_string_pretty(&document).unwrap_or_default())
}

/// The platform of a document, and what it starts from.
fn platform(document: Value) -> Result<(Platform, Platform), FileError> {
    let Value::Object(mut changes) = document else {
        return Err(FileError::new("a platform is described by a table"));
    };
    // Earlier files call it `scheme`.
    if !changes.contains_key("semantics")
        && let Some(earlier) = changes.remove("scheme")
    {
        changes.insert("semantics".to_owned(), earlier);
    }
    let mut reasons = Vec::new();
    match changes.remove("format") {
        Some(found) if found == FORMAT => {}
        Some(found) => reasons.push(format!("format: this program reads {FORMAT}, not {found}")),
        None => reasons.push(format!("format is missing: write `format = {FORMAT}`")),
    }
    let base = match changes.remove("base") {
        Some(Value::String(base)) => {
            version::brought(&base).map_err(|unknown| format!("base: {unknown}"))
        }
        Some(found) => Err(format!("base: a name is expected, not {found}")),
        None => Err("base is missing: name the platform that this one is closest to, as in `base = \"norse\"`".to_owned()),
    };
    for key in ["name", "version"] {
        if !changes.contains_key(key) {
            reasons.push(format!("{key} is missing: a platform of one's own has its own {key}"));
            // The rest is read under a name that is no other's.
            changes.insert(key.to_owned(), "unnamed".into());
        }
    }
    let base = match base {
        Ok(base) => base,
        Err(reason) => {
            reasons.push(reason);
            return Err(FileError { reasons });
        }
    };
    changes.entry("package").or_insert_with(|| "described in a file".into());
    changes.entry("evidence").or_insert_with(|| "none that nirkit knows of".into());
    let read = match base {
        Platform::Simulator(base) => simulator::read(base, changes)
            .map(|profile| Platform::Simulator(Box::leak(Box::new(profile)))),
        Platform::Chip(base) => {
            chip::read(base, changes).map(|chip| Platform::Chip(Box::leak(Box::new(chip))))
        }
    };
    match read {
        Ok(platform) if reasons.is_empty() => Ok((platform, base)),
        Ok(_) => Err(FileError { reasons }),
        Err(error) => {
            reasons.extend(error.reasons);
            Err(FileError { reasons })
        }
    }
}

/// Puts changes into a tree. Tables are joined; a value with a name, a table of one key, replaces one with another
/// name, and `false` takes away what can be missing.
fn join(tree: &mut Value, changes: Value) {
    match (tree, changes) {
        (Value::Object(table), Value::Object(changes)) if !is_renamed(table, &changes) => {
            for (key, change) in changes {
                join(table.entry(key).or_insert(Value::Null), change);
            }
        }
        // In what the base does not have, `false` stands for what is missing as well.
        (tree, changes @ Value::Object(_)) => {
            *tree = Value::Object(Map::new());
            join(tree, changes);
        }
        (tree @ (Value::Object(_) | Value::Null), Value::Bool(false)) => *tree = Value::Null,
        (tree, change) => *tree = change,
    }
}

/// Whether two tables are values with different names.
fn is_renamed(table: &Map<String, Value>, changes: &Map<String, Value>) -> bool {
    let name = |table: &Map<String, Value>| match table.len() {
        1 => table.keys().next().cloned(),
        _ => None,
    };
    matches!((name(table), name(changes)), (Some(a), Some(b)) if a != b)
}

/// Puts something in the place of what is missing, or takes its key out.
fn replace_nulls(value: &mut Value, with: Option<&Value>) {
    let Value::Object(table) = value else { return };
    match with {
        Some(with) => table.values_mut().filter(|value| value.is_null()).for_each(|value| {
            value.clone_from(with);
        }),
        None => table.retain(|_, value| !value.is_null()),
    }
    table.values_mut().for_each(|value| replace_nulls(value, with));
}

#[cfg(test)]
mod tests;
