//! Writes what was found as a platform file.

use nirkit::platforms::profile::{BigEndian, Dt, Profile};
use nirkit::platforms::{file, find};
use serde_json::{Map, Value};

use super::Identified;
use super::candidate::Step;

/// The simulator that files start from; every value that a semantics has is in the file.
const BASE: &str = "norse";

/// Returns a platform file, usable wherever a platform is named. Values that are unsure are named in comments.
///
/// # Errors
///
/// The values contradict each other.
pub fn to_toml(found: &Identified) -> Result<String, nirkit::Error> {
    let base = find(BASE).map_err(|error| nirkit::Error::new(error.to_string()))?;
    let dt = match found.found.step {
        Step::Given => Dt::Option(1e-3),
        Step::Fixed(dt) => Dt::Fixed(dt),
        Step::Counted => Dt::Counted,
        Step::PerLayer => Dt::Derived,
    };
    let none: Option<BigEndian> = None;
    let profile = Profile {
        dt,
        free_reset: &[],
        unbiased_reset: None,
        capabilities: &[],
        unknown: "{kind} was refused while the platform was identified",
        big_endian: none,
        semantics: found.found.semantics,
        ..*base
    };
    let mut tree =
        serde_json::to_value(profile).map_err(|error| nirkit::Error::new(error.to_string()))?;
    absent_is_false(&mut tree);
    let Value::Object(table) = &mut tree else {
        return Err(nirkit::Error::new("a profile is a table"));
    };
    let text =
        |text: &str, default: &str| Value::from(if text.is_empty() { default } else { text });
    // The names of the platforms that nirkit has are taken.
    let name = found.driver.name.as_str();
    let is_taken = nirkit::platforms::version::all().any(|profile| profile.name == name);
    let name = if is_taken { format!("identified-{name}") } else { name.to_owned() };
    table.insert("name".to_owned(), text(&name, "identified"));
    table.insert("version".to_owned(), text(&found.driver.version, "0"));
    table.insert("package".to_owned(), Value::from("identified from outside"));
    let evidence =
        format!("{} probes, {} of them not explained", found.probes, found.unexplained.len());
    table.insert("evidence".to_owned(), Value::from(evidence));
    table.insert("capabilities".to_owned(), capabilities(base, found));
    let body =
        toml::to_string_pretty(&tree).map_err(|error| nirkit::Error::new(error.to_string()))?;
    let written = format!("{}format = 1\nbase = \"{}\"\n{body}", comments(found), base.title());
    file::parse(&written, false).map_err(|error| {
        nirkit::Error::new(format!("the values contradict each other: {error}"))
    })?;
    Ok(written)
}

/// The kinds that are taken, without demands.
fn capabilities(base: &Profile, found: &Identified) -> Value {
    let known = found.found.semantics.unknown.known.iter();
    let of_base = base.capabilities.iter().map(|capability| &capability.kind);
    let mut table = Map::new();
    for kind in known.chain(of_base) {
        let demands = match found.refused.get(*kind) {
            Some(words) => {
                serde_json::json!([{ "what": "never", "reason": words, "when": "import" }])
            }
            None => serde_json::json!([]),
        };
        let entry = serde_json::json!({ "becomes": "", "demands": demands, "notes": [], "evidence": "identified from outside" });
        table.insert((*kind).to_owned(), entry);
    }
    Value::Object(table)
}

/// Puts `false` where something is missing.
fn absent_is_false(value: &mut Value) {
    let Value::Object(table) = value else { return };
    for value in table.values_mut() {
        if value.is_null() {
            *value = Value::Bool(false);
        }
        absent_is_false(value);
    }
}

fn comments(found: &Identified) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str("# ");
        text.push_str(&nirkit::escape::line(&words));
        text.push('\n');
    };
    line(format!("Found from outside by {} probes.", found.probes));
    for (key, others) in &found.unsure {
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        line(match others.as_slice() {
            [] => format!("unsure: {key}"),
            others => format!("unsure: {key} (no probe tells it from {})", others.join(", ")),
        });
    }
    for (key, reason) in &found.not_probed {
        line(format!("not probed: {key}: {reason}"));
    }
    for probe in &found.unexplained {
        line(format!("not explained: {probe}"));
    }
    text
}
