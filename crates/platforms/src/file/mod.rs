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
        toml::from_str(text).map_err(|error| FileError::new(of_toml(text, &error)))?
    };
    let (platform, base) = platform(document)?;
    read.insert(text.to_owned(), Read { platform, base });
    Ok(platform)
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
mod tests {
    use super::simulator::tree;
    use super::*;
    use crate::profile::Profile;

    /// The simulator of a text.
    fn simulator(text: &str) -> &'static Profile {
        match parse(text, false) {
            Ok(Platform::Simulator(profile)) => profile,
            other => panic!("{other:?}\n{text}"),
        }
    }

    const HEAD: &str = "format = 1\nbase = \"norse@1.1.0\"\nname = \"mine\"\nversion = \"1\"\n";

    fn reasons(text: &str) -> String {
        parse(text, false).map_or_else(|error| error.to_string(), |profile| panic!("{profile:?}"))
    }

    #[test]
    fn every_profile_is_met_again_in_its_file() {
        for profile in version::all() {
            let text = to_toml(Platform::Simulator(profile));
            let renamed = text.replacen(
                &format!("\nversion = \"{}\"", profile.version),
                "\nversion = \"mine\"",
                1,
            );
            let read = simulator(&renamed);
            let mut capabilities = read.capabilities.to_vec();
            capabilities.sort_by_key(|capability| capability.kind);
            let mut known = profile.capabilities.to_vec();
            known.sort_by_key(|capability| capability.kind);
            assert_eq!(capabilities, known);
            let choices = crate::Choices { dt: Some(1e-4), ..crate::Choices::default() };
            assert_eq!(read.semantics(&choices), profile.semantics(&choices), "{text}");
            assert_eq!(
                (read.dt, read.unknown, read.big_endian),
                (profile.dt, profile.unknown, profile.big_endian)
            );
            assert_eq!(
                (read.free_reset, read.unbiased_reset),
                (profile.free_reset, profile.unbiased_reset)
            );
        }
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let text = format!(
            "{HEAD}[semantics.neurons.lif.fire]\nreset = \"subtract\"\n[semantics.neurons.lif.membrane]\nleak = {{ exponential = [\"quotient\", \"double\"] }}\n[semantics.neurons]\ncuba_lif = false\n[semantics.unknown]\nknown = [\"Affine\", \"LIF\"]\n"
        );
        let profile = simulator(&text);
        let norse = version::find("norse@1.1.0").unwrap_or_else(|error| panic!("{error}"));
        let rule = profile.semantics.neurons.lif.unwrap_or_else(|| panic!("no rule"));
        assert_eq!(rule.fire.map(|fire| fire.reset), Some(nirkit_run::Reset::Subtract));
        assert_eq!(profile.semantics.neurons.cuba_lif, None);
        assert_eq!(profile.semantics.maps, norse.semantics.maps);
        assert_eq!(profile.title(), "mine@1");
    }

    #[test]
    fn the_earlier_name_of_the_semantics_is_read() {
        let text = |key: &str| format!("{HEAD}[{key}.neurons.lif.fire]\nreset = \"subtract\"\n");
        let reset = |key: &str| {
            simulator(&text(key))
                .semantics
                .neurons
                .lif
                .and_then(|rule| rule.fire)
                .map(|fire| fire.reset)
        };
        assert_eq!(reset("scheme"), Some(nirkit_run::Reset::Subtract));
        assert_eq!(reset("scheme"), reset("semantics"));
    }

    /// Every key and every name of a value in a tree.
    fn words(value: &Value, found: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(table) => {
                for (key, value) in table {
                    found.insert(key.clone());
                    words(value, found);
                }
            }
            Value::String(text) => {
                found.insert(text.clone());
            }
            Value::Array(list) => list.iter().for_each(|value| words(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_page_names_every_word_that_a_profile_uses() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/platform-files.md");
        let page = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{error}"));
        let mut found = std::collections::BTreeSet::new();
        for profile in version::all() {
            let mut document = tree(profile);
            replace_nulls(&mut document, None);
            let semantics = &mut document["semantics"];
            let cell = semantics["execution"]["blocks"].pointer_mut("/cell");
            // Words of packages and kinds are no vocabulary.
            if let Some(Value::Object(cell)) = cell {
                for value in cell.values_mut() {
                    *value = Value::Bool(true);
                }
            }
            semantics["unknown"]["known"] = Value::Bool(true);
            semantics["execution"]["shaped_by_input"] = Value::Bool(true);
            semantics["execution"]["doubled"] = Value::Bool(true);
            if let Some(raises) = semantics.pointer_mut("/execution/order/chain/raises") {
                *raises = Value::Bool(true);
            }
            for rule in semantics["neurons"]
                .as_object_mut()
                .into_iter()
                .flat_map(|rules| rules.values_mut())
            {
                rule["first_only"] = Value::Bool(true);
            }
            words(&document["semantics"], &mut found);
            found.extend(document.as_object().into_iter().flat_map(|table| table.keys().cloned()));
        }
        let is_missing = |word: &&String| {
            let is_end = |c: char| !c.is_alphanumeric() && c != '_';
            !page
                .split('`')
                .skip(1)
                .step_by(2)
                .any(|code| code == *word || code.split(is_end).any(|part| part == *word))
        };
        let missing: Vec<&String> = found.iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_profile_of_a_file_is_met_again_in_its_own_file() {
        for base in version::all() {
            let title = base.title();
            let head = HEAD.replace("norse@1.1.0", &title);
            for change in [
                "",
                "[semantics.neurons]\ncuba_lif = false\n",
                "[semantics.maps]\npool = \"sum\"\n",
            ] {
                let mine = simulator(&format!("{head}{change}"));
                let text = to_toml(Platform::Simulator(mine));
                assert!(text.contains(&format!("base = \"{title}\"")), "{text}");
                let own = text.replacen("\nversion = \"1\"", "\nversion = \"2\"", 1);
                assert_eq!(simulator(&own).semantics, mine.semantics, "{title}");
            }
        }
    }

    #[test]
    fn a_text_is_read_once() {
        let [a, b] = [simulator(HEAD), simulator(HEAD)];
        assert!(std::ptr::eq(a, b));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let found = reasons(
            "base = \"norse\"\nname = \"mine\"\n[semantics.maps]\npool = \"max\"\n[semantics.neurons.lif.fire]\nreset = \"never\"\n[free]\nx = 1\n[capabilities.LIV]\nbecomes = \"x\"",
        );
        let all = [
            "format is missing",
            "version is missing",
            "semantics.maps.pool: unknown variant `max`",
            "semantics.neurons.lif.fire.reset: ",
            "free: unknown field",
            "NIR has no kind \"LIV\"",
        ];
        for expected in all {
            assert!(found.contains(expected), "{expected} is not told: {found}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let all = [
            ("", "format is missing"),
            ("format = 2", "this program reads 1, not 2"),
            ("format = 1", "base is missing"),
            ("format = 1\nbase = \"norze\"", "there is no platform `norze`"),
            (
                "format = 1\nbase = \"norse\"",
                "name is missing: a platform of one's own has its own name; version is missing",
            ),
            (
                &format!("{HEAD}[semantics.maps]\npool = \"max\""),
                "semantics.maps.pool: unknown variant `max`, expected `sum` or `mean_times_area`",
            ),
            (
                &format!("{HEAD}[semantics.map]\npool = \"sum\""),
                "semantics.map: unknown field `map`",
            ),
            (
                &format!("{HEAD}dt = {{ option = 0.0 }}"),
                "dt: a number of seconds from 1e-12 to 1e6 is expected, not 0",
            ),
            (&format!("{HEAD}[capabilities.LIV]\nbecomes = \"x\""), "NIR has no kind \"LIV\""),
            (
                &format!(
                    "{HEAD}[[capabilities.LIF.demands]]\nwhat = {{ uniform = \"v_treshold\" }}\nreason = \"\"\nwhen = \"import\""
                ),
                "LIF has no field \"v_treshold\"",
            ),
            (&HEAD.replace("mine", "a b"), "has to be made of letters"),
            (
                &HEAD.replace("mine", "norse").replace("\"1\"", "\"1.1.0\""),
                "a platform that nirkit brings",
            ),
            ("a = ", "line 1: "),
            (
                &format!("{HEAD}[semantics.neurons.lif]\nfirst_only = [\"tauu\"]"),
                "no neuron has a field \"tauu\"",
            ),
            (
                &format!("{HEAD}[semantics.neurons.lif.fire]\nspikes = {{ several = 0.5 }}"),
                "1 or more, is expected, not 5e-1",
            ),
            (
                &format!("{HEAD}[semantics.neurons.lif.membrane]\nleak = {{ fixed = 2.0 }}"),
                "a share from 0 to 1",
            ),
            (
                &format!("{HEAD}[semantics.execution]\nshaped_by_input = [\"LIFF\"]"),
                "NIR has no kind \"LIFF\"",
            ),
        ];
        for (text, expected) in all {
            let found = reasons(text);
            assert!(found.contains(expected), "{text}: {found}");
        }
    }
}
