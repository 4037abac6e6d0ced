//! Chips in files: one that is known, with other sizes.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{FileError, sound, text};
use crate::chip::{Chip, Limit, Limits, Quantiser};

/// The largest number that a limit can have: 2^40, or what a word of the machine holds.
const MOST: usize = if usize::BITS > 40 { 1 << (40 % usize::BITS) } else { usize::MAX };

/// The most cores that a list can have.
const MOST_CORES: usize = 4096;

/// What a file says of a chip.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    name: String,
    version: String,
    package: String,
    evidence: String,
    quantisations: Option<Vec<String>>,
    #[serde(default)]
    limits: Map<String, Value>,
}

/// A chip in the form of a file.
pub(super) fn to_toml(chip: &Chip, base: &Chip) -> String {
    let limits = chip.limits.0.iter().map(|limit| {
        let value = match limit.available {
            [one] => json!(one),
            several => json!(several),
        };
        (limit.name.to_owned(), value)
    });
    let quantisations: Vec<&str> = chip.quantisers.iter().map(|one| one.name).collect();
    let document = json!({
        "name": chip.name,
        "version": chip.version,
        "package": chip.package,
        "evidence": chip.evidence,
        "quantisations": quantisations,
        "limits": limits.collect::<Map<_, _>>(),
    });
    text(&base.title(), document)
}

/// The chip that changes make of another.
pub(super) fn read(base: &Chip, changes: Map<String, Value>) -> Result<Chip, FileError> {
    let document = Value::Object(changes);
    let changes: Changes = serde_path_to_error::deserialize(&document).map_err(|error| {
        let path = error.path().to_string();
        FileError::new(format!("{path}: {}", error.into_inner()))
    })?;
    let mut reasons = Vec::new();
    let quantisers = quantisers(base, changes.quantisations, &mut reasons);
    let limits = limits(base, &changes.limits, &mut reasons);
    // A chip lives as long as the program.
    let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let chip = Chip {
        name: keep(changes.name),
        version: keep(changes.version),
        package: keep(changes.package),
        evidence: keep(changes.evidence),
        quantisers,
        limits,
        ..*base
    };
    reasons.extend(sound::title(chip.name, chip.version));
    if reasons.is_empty() { Ok(chip) } else { Err(FileError { reasons }) }
}

/// The ways to make integers that are kept, in the order of the file.
fn quantisers(
    base: &Chip,
    names: Option<Vec<String>>,
    reasons: &mut Vec<String>,
) -> &'static [Quantiser] {
    let Some(names) = names else { return base.quantisers };
    let mut kept = Vec::new();
    for name in &names {
        match base.quantisers.iter().find(|known| known.name == name) {
            Some(&known) if !kept.contains(&known) => kept.push(known),
            Some(_) => reasons.push(format!("quantisations: `{name}` stands there twice")),
            None => {
                let known: Vec<&str> = base.quantisers.iter().map(|known| known.name).collect();
                let (title, known) = (base.title(), known.join(", "));
                reasons.push(format!("quantisations: {title} has no `{name}`; it has {known}"));
            }
        }
    }
    if names.is_empty() {
        reasons.push("quantisations: at least one is needed".to_owned());
    }
    kept.leak()
}

/// The limits of a chip with some replaced.
fn limits(base: &Chip, changes: &Map<String, Value>, reasons: &mut Vec<String>) -> Limits {
    let mut limits = base.limits.0.to_vec();
    for (name, value) in changes {
        let Some(limit) = limits.iter_mut().find(|limit| limit.name == name) else {
            let known: Vec<&str> = base.limits.0.iter().map(|limit| limit.name).collect();
            let known = known.join(", ");
            reasons.push(format!("limits: {} has no `{name}`; it has {known}", base.title()));
            continue;
        };
        if let Some(available) = numbers(value, limit) {
            *limit = Limit { available: available.leak(), source: "platform file", ..*limit };
            continue;
        }
        let expected = match limit.available {
            [_] => "a whole number",
            _ => "a list of whole numbers, one for each core,",
        };
        reasons
            .push(format!("limits.{name}: {expected} from 1 to {MOST} is expected, not {value}"));
    }
    let lists = limits.iter().filter(|limit| limit.available.len() > 1);
    let lengths: Vec<(&str, usize)> =
        lists.map(|limit| (limit.name, limit.available.len())).collect();
    if lengths.iter().any(|(_, length)| *length != lengths[0].1) {
        let told: Vec<String> =
            lengths.iter().map(|(name, length)| format!("{name} has {length}")).collect();
        let told = told.join(", ");
        reasons.push(format!("limits: each list has a number for each core, but {told}"));
    }
    Limits(limits.leak())
}

/// The numbers of a limit.
fn numbers(value: &Value, limit: &Limit) -> Option<Vec<usize>> {
    let one = |value: &Value| {
        let number = usize::try_from(value.as_u64()?).ok()?;
        (1..=MOST).contains(&number).then_some(number)
    };
    match value {
        Value::Array(list) if limit.available.len() > 1 => {
            let is_fitting = (2..=MOST_CORES).contains(&list.len());
            is_fitting.then(|| list.iter().map(one).collect()).flatten()
        }
        value if limit.available.len() == 1 => Some(vec![one(value)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, to_toml};
    use crate::chip::{self, Chip};
    use crate::version::Platform;

    fn read(text: &str) -> Result<&'static Chip, String> {
        match parse(text, false) {
            Ok(Platform::Chip(chip)) => Ok(chip),
            Ok(Platform::Simulator(profile)) => panic!("{}", profile.title()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn every_chip_is_met_again_in_its_file() {
        for &chip in chip::ALL {
            let text = to_toml(Platform::Chip(chip));
            let own = format!("\nversion = \"{}\"", chip.version);
            let again = read(&text.replacen(&own, "\nversion = \"mine\"", 1)).unwrap();
            let is_same = std::ptr::fn_addr_eq(again.lower, chip.lower);
            assert!(is_same, "{}", chip.title());
            assert_eq!(again.quantisers, chip.quantisers);
            let pairs = again.limits.0.iter().zip(chip.limits.0);
            for (a, b) in pairs {
                assert_eq!((a.name, a.what, a.available), (b.name, b.what, b.available));
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        const HEAD: &str = "format = 1\nbase = \"speck\"\nname = \"mine\"\nversion = \"1\"\n";
        let all = [
            ("[limits]\ncores = 3", "limits: speck@2f has no `cores`; it has kernel_words, "),
            ("[limits]\npadding = 0", "limits.padding: a whole number from 1 to"),
            ("[limits]\npadding = [1, 2]", "limits.padding: a whole number from 1 to"),
            ("[limits]\nkernel_words = 5", "a list of whole numbers, one for each core, from 1"),
            (
                "[limits]\nkernel_words = [5, 6]",
                "each list has a number for each core, but kernel_words has 2, neuron_words has 9",
            ),
            ("quantisations = [\"leyer\"]", "speck@2f has no `leyer`; it has layer"),
            ("quantisations = []", "at least one is needed"),
            ("semantics = 1", "unknown field `semantics`"),
        ];
        for (text, expected) in all {
            let found = read(&format!("{HEAD}{text}")).unwrap_err();
            assert!(found.contains(expected), "{text}: {found}");
        }
        let own = HEAD.replace("mine", "speck").replace("\"1\"", "\"2f\"");
        assert!(read(&own).unwrap_err().contains("a platform that nirkit brings"));
    }
}
