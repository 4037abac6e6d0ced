//! Platform files: what is read, what is refused, what is written.

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
fn what_would_be_read_as_something_else_is_refused() {
    for (more, what) in [
        (
            "[capabilities]\nLinear = [\"r\"]\n",
            "capabilities.Linear: a table is expected, not a list",
        ),
        ("dt = { option = nan }\n", "dt.option: a finite number is expected, not NaN"),
        ("dt = { option = inf }\n", "dt.option: a finite number is expected, not inf"),
    ] {
        let found = reasons(&format!("{HEAD}{more}"));
        assert!(found.contains(what), "{found}");
    }
    let found = reasons(&HEAD.replace("mine", "ideal"));
    assert!(found.contains("what a graph means without a platform"), "{found}");
    let found = reasons(&HEAD.replace("norse@1.1.0", "mine@1"));
    assert!(found.contains("choose one of norse@"), "{found}");
    let found = reasons(&HEAD.replace("norse@1.1.0", "lava@9"));
    assert!(found.contains("choose one of lava@") && !found.contains("norse"), "{found}");
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
        for rule in
            semantics["neurons"].as_object_mut().into_iter().flat_map(|rules| rules.values_mut())
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
        for change in
            ["", "[semantics.neurons]\ncuba_lif = false\n", "[semantics.maps]\npool = \"sum\"\n"]
        {
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
        (&format!("{HEAD}[semantics.map]\npool = \"sum\""), "semantics.map: unknown field `map`"),
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
