//! What is shown on a terminal and does not come from this program: names, versions, texts of a file.
//!
//! A file from elsewhere must not move the cursor, set colours, or turn the direction of writing. The
//! program and the Python package pass everything that they show through here.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character acts on a terminal instead of being seen, and is no line end or tabulator.
fn acts(character: char) -> bool {
    match character {
        '\n' | '\t' | ' '..='~' => false,
        other => other.is_control() || turns(other),
    }
}

/// Whether a character is a direction of writing, an end of a line or paragraph, or a tag.
fn turns(character: char) -> bool {
    let ranges = [
        '\u{61c}'..='\u{61c}',
        '\u{200e}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2066}'..='\u{2069}',
        '\u{e0000}'..='\u{e007f}',
    ];
    ranges.iter().any(|range| range.contains(&character))
}

/// A text of several lines, as it is shown.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    escaped(text, acts, |character, shown| {
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
    })
}

/// A text that is to stay on its line, as it is shown.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    let leaves = |character| acts(character) || character == '\n' || character == '\t';
    escaped(text, leaves, |character, shown| match character {
        '\n' => shown.push_str("\\n"),
        '\t' => shown.push_str("\\t"),
        _ => {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        }
    })
}

/// JSON that means the same and shows nothing that acts on a terminal: such characters stand in
/// strings only.
#[must_use]
pub fn json(json: &str) -> Cow<'_, str> {
    escaped(json, acts, |character, shown| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    })
}

/// A text in which every character that acts is another one of as many bytes, so that places in it
/// stay as they are.
#[must_use]
pub fn in_place(text: &str) -> String {
    let other = |character: char| match (acts(character), character.len_utf8()) {
        (false, _) => character,
        // The end of a line, as other systems write it.
        (true, 1) if character == '\r' => ' ',
        (true, 1) => '?',
        (true, 2) => '¿',
        (true, 3) => '\u{fffd}',
        (true, _) => '\u{1f6ab}',
    };
    text.chars().map(other).collect()
}

fn escaped(
    text: &str,
    acts: impl Fn(char) -> bool,
    escape: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    // Most texts are plain, and taken as they are.
    let line_end = if acts('\n') { b' ' } else { b'\n' };
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) || byte == line_end;
    // Without a way out in the middle, a piece is looked at in vectors.
    let are_plain = |piece: &[u8]| piece.iter().fold(true, |so_far, &byte| so_far & plain(byte));
    let is_plain = text.as_bytes().chunks(64).all(are_plain);
    let Some(first) = (!is_plain).then(|| text.find(&acts)).flatten() else {
        return Cow::Borrowed(text);
    };
    let mut shown = String::with_capacity(text.len());
    shown.push_str(&text[..first]);
    for character in text[first..].chars() {
        if acts(character) {
            escape(character, &mut shown);
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\u{7f}\u{9b}m\u{202e}b\u{e0041}é\n";

    #[test]
    fn nothing_that_acts_is_left() {
        assert_eq!(text(HOSTILE), "a\\u{1b}[2J\\u{7f}\\u{9b}m\\u{202e}b\\u{e0041}é\n");
        assert!(line(HOSTILE).ends_with("é\\n"));
        let blank = in_place(HOSTILE);
        assert_eq!(blank.len(), HOSTILE.len());
        assert!(!blank.chars().any(acts));
    }

    #[test]
    fn json_means_the_same() {
        let written = serde_json::to_string_pretty(&[HOSTILE]).unwrap();
        let shown = json(&written);
        assert!(!shown.chars().any(acts), "{shown}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [HOSTILE]);
    }
}
