//! Edits of a JSON document, key by key.

use serde_json::{Value, json};

use nirkit_testing::Bytes;

/// Edits of a document, at most.
const MOST_EDITS: usize = 4;

/// Numbers at which something ends.
const NUMBERS: [f64; 24] = [
    0.0,
    1.0,
    -1.0,
    2.0,
    3.0,
    7.0,
    8.0,
    15.0,
    16.0,
    31.0,
    32.0,
    63.0,
    64.0,
    127.0,
    -128.0,
    255.0,
    256.0,
    32767.0,
    -32768.0,
    65535.0,
    2_147_483_647.0,
    -2_147_483_648.0,
    4_294_967_296.0,
    9_007_199_254_740_992.0,
];

/// Makes up to four edits, each at a place that the bytes say.
pub(crate) fn edit(bytes: &mut Bytes<'_>, document: &mut Value) {
    for _ in 0..=bytes.below(MOST_EDITS) {
        let places = places(document);
        let at = bytes.below(256) * 256 + bytes.below(256);
        let Some(place) = places.get(at % places.len().max(1)) else { return };
        let other = places[bytes.below(256) % places.len()].clone();
        change(bytes, document, place, &other);
    }
}

/// A place of each value but the root, as JSON pointers. Of long lists only the first items count.
fn places(document: &Value) -> Vec<String> {
    fn visit(value: &Value, place: &str, places: &mut Vec<String>) {
        let mut add = |key: &str, member: &Value| {
            let place = format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
            places.push(place.clone());
            visit(member, &place, places);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(key, member)| add(key, member)),
            Value::Array(items) => {
                items.iter().take(6).enumerate().for_each(|(at, item)| add(&at.to_string(), item));
            }
            _ => {}
        }
    }
    let mut places = Vec::new();
    visit(document, "", &mut places);
    places
}

/// Changes the value at a place.
fn change(bytes: &mut Bytes<'_>, document: &mut Value, place: &str, other: &str) {
    let copied = document.pointer(other).cloned().unwrap_or(Value::Null);
    let (parent, key) = place.rsplit_once('/').unwrap_or_default();
    let new = match bytes.below(12) {
        0 => return remove(document, parent, key),
        1 => return repeat(document, parent, key),
        2 => copied,
        3 => Value::Null,
        4 => json!([]),
        5 => json!({}),
        6 => json!("x"),
        7 => json!([document.pointer(place)]),
        8 => json!(bytes.pick(&NUMBERS) + 0.5),
        9 => json!(bytes.below(2) == 0),
        10 => json!(i64::MAX - bytes.below(2) as i64),
        _ => json!(bytes.pick(&NUMBERS) as i64),
    };
    if let Some(value) = document.pointer_mut(place) {
        *value = new;
    }
}

fn remove(document: &mut Value, parent: &str, key: &str) {
    match (document.pointer_mut(parent), key.parse::<usize>()) {
        (Some(Value::Object(members)), _) => {
            members.remove(key);
        }
        (Some(Value::Array(items)), Ok(at)) if at < items.len() => {
            items.remove(at);
        }
        _ => {}
    }
}

/// An item twice; a member under one more name.
fn repeat(document: &mut Value, parent: &str, key: &str) {
    match (document.pointer_mut(parent), key.parse::<usize>()) {
        (Some(Value::Object(members)), _) => {
            let member = members.get(key).cloned().unwrap_or(Value::Null);
            members.insert(format!("{key}_"), member);
        }
        (Some(Value::Array(items)), Ok(at)) if at < items.len() => {
            items.insert(at, items[at].clone());
        }
        _ => {}
    }
}
