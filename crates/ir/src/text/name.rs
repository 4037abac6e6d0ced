//! Names and strings: when a name may stand bare, how a string is quoted, and how it reads back.

use std::fmt::Write as _;

/// Whether a byte can be part of a word: a bare name, a type, a number.
///
/// `+` and `-` belong to numbers and to names such as `lif-1`; the lexer takes a `-` before `>` as
/// the beginning of an arrow.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-')
}

/// Whether a name can be written without quotes. Names beyond ASCII are quoted: which letters there
/// are depends on the version of Unicode, and the form must not.
fn is_bare(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().all(is_word_byte)
}

/// Appends a name, in quotes where it needs them.
pub(super) fn write_name(name: &str, out: &mut String) {
    if is_bare(name) { out.push_str(name) } else { write_string(name, out) }
}

/// Appends a string in quotes.
pub(super) fn write_string(string: &str, out: &mut String) {
    out.push('"');
    for letter in string.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_unseen(letter) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

/// Whether a character shows nothing of its own, or changes how its neighbours are shown: control
/// characters, spaces of no width, line separators, marks of direction.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// An escape that means nothing: its byte range within the text between the quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadEscape(pub(super) std::ops::Range<usize>);

/// The string that stands between two quotes. Unknown escapes are left out and reported.
pub(super) fn unescape(quoted: &str) -> (String, Vec<BadEscape>) {
    let mut string = String::with_capacity(quoted.len());
    let mut faults = Vec::new();
    let mut rest = quoted;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        string.push_str(plain);
        let start = quoted.len() - escaped.len() - 1;
        let (letter, length) = escape(escaped);
        match letter {
            Some(letter) => string.push(letter),
            None => faults.push(BadEscape(start..start + 1 + length)),
        }
        rest = escaped.get(length..).unwrap_or_default();
    }
    string.push_str(rest);
    (string, faults)
}

/// The character of an escape, without its backslash, and how many bytes the escape takes.
fn escape(escaped: &str) -> (Option<char>, usize) {
    let Some(first) = escaped.chars().next() else { return (None, 0) };
    let letter = match first {
        '"' | '\\' => Some(first),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => return code_point(escaped),
        _ => None,
    };
    (letter, first.len_utf8())
}

/// The character of `u{...}`.
fn code_point(escaped: &str) -> (Option<char>, usize) {
    let digits = escaped.strip_prefix("u{").and_then(|rest| rest.split_once('}'));
    match digits {
        Some((digits, _)) if digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
            let letter = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            (letter, digits.len() + "u{}".len())
        }
        _ => (None, 1),
    }
}

/// Characters of a word that a message repeats at most.
const EXCERPT: usize = 40;

/// The beginning of a word, for messages: a hostile word may be megabytes long.
pub(super) fn excerpt(word: &str) -> String {
    match word.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", word.get(..end).unwrap_or_default()),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str) -> String {
        let mut out = String::new();
        write_name(name, &mut out);
        out
    }

    #[test]
    fn plain_names_are_bare_and_others_quoted() {
        for name in ["lif1", "0", "a.b", "conv-1", "_x", "1e5", "graph"] {
            assert_eq!(written(name), name);
        }
        assert_eq!(written(""), "\"\"");
        assert_eq!(written("-x"), "\"-x\"");
        assert_eq!(written("a b/c"), "\"a b/c\"");
        assert_eq!(written("größe"), "\"größe\"");
    }

    #[test]
    fn every_character_reads_back() {
        // Under miri, which takes an hour for all of them, one in 1009.
        let step = if cfg!(miri) { 1009 } else { 1 };
        let all: String = ('\0'..=char::MAX).step_by(step).collect();
        let quoted = {
            let mut out = String::new();
            write_string(&all, &mut out);
            out
        };
        let inside = &quoted[1..quoted.len() - 1];
        assert!(!inside.contains('\n') && !inside.contains('\u{202e}'));
        assert_eq!(unescape(inside), (all, Vec::new()));
    }

    #[test]
    fn unknown_escapes_are_reported_where_they_stand() {
        let (string, faults) = unescape(r"a\qb\u{d800}c\u{1234567}\u{\");
        assert_eq!(string, "abc{1234567}{");
        let ranges: Vec<_> = faults.into_iter().map(|fault| fault.0).collect();
        assert_eq!(ranges, [1..3, 4..12, 13..15, 24..26, 27..28]);
    }

    #[test]
    fn an_excerpt_is_short() {
        assert_eq!(excerpt("abc"), "abc");
        assert_eq!(excerpt(&"é".repeat(1000)).chars().count(), EXCERPT + 1);
    }
}
