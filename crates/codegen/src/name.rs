//! Names of code out of names of nodes.

use std::collections::BTreeSet;

use crate::Target;
use crate::verilog::is_word as is_word_of_verilog;

/// A name that cannot be that of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` cannot begin the names of {language}: give at most 32 letters, digits and `_`, a letter first, {limit}"
)]
pub struct NameError {
    /// The name.
    pub name: String,
    /// The language.
    language: &'static str,
    /// What else the language asks for.
    limit: &'static str,
}

/// The words of C99 and C++ that cannot be names.
const WORDS_OF_C: [&str; 24] = [
    "auto", "break", "case", "char", "class", "const", "default", "delete", "do", "double", "else",
    "enum", "float", "for", "goto", "if", "int", "long", "new", "return", "short", "struct",
    "void", "while",
];

/// The words of Rust that cannot be names, in any edition, and the crates that every crate sees.
const WORDS_OF_RUST: [&str; 58] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "_",
];

/// Checks the name of a network.
pub(crate) fn check(name: &str, target: Target) -> Result<(), NameError> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 32
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (language, fits, limit) = match target {
        Target::C99 => ("C", !WORDS_OF_C.contains(&name), "and no word of C or C++"),
        Target::Rust => (
            "Rust",
            !WORDS_OF_RUST.contains(&name) && snake(name) == name,
            "in small letters, no `_` at the end or next to another, and no word of Rust",
        ),
        Target::Verilog { .. } => {
            ("Verilog", !is_word_of_verilog(name), "and no word of Verilog or SystemVerilog")
        }
    };
    if is_name && fits { Ok(()) } else { Err(NameError { name: name.to_owned(), language, limit }) }
}

/// Names that lie side by side, each given once.
#[derive(Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Names, none of which is one of `taken`.
    pub(crate) fn but(taken: impl IntoIterator<Item = String>) -> Self {
        Self(taken.into_iter().collect())
    }

    /// Names of Rust, none of which is a word of the language or one of `taken`.
    pub(crate) fn of_rust(taken: &[&str]) -> Self {
        Self::but(WORDS_OF_RUST.iter().chain(taken).map(|&word| word.to_owned()))
    }

    /// A name made of letters, digits and `_`, which nothing has yet. It never is a word of C, since it ends with `_`
    /// and a number, or begins with the prefix.
    pub(crate) fn fresh(&mut self, prefix: &str, name: &str) -> String {
        let plain: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .take(40)
            .collect();
        self.free(&format!("{prefix}_{plain}"))
    }

    /// A name in the style of Rust, which nothing has yet: small letters, digits and single `_`.
    pub(crate) fn fresh_snake(&mut self, name: &str) -> String {
        let plain: String = name.chars().take(40).collect();
        self.free(&snake(&plain))
    }

    /// The name or, where that is taken, the name with the first number that is free.
    fn free(&mut self, base: &str) -> String {
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let mut candidates = std::iter::once(base.to_owned()).chain(numbered);
        let found = candidates.find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(found.clone());
        found
    }
}

/// A name in small letters, digits and single `_`, a letter first.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphabetic() => text.push(c.to_ascii_lowercase()),
            c if c.is_ascii_digit() && text.is_empty() => text.extend(['n', c]),
            c if c.is_ascii_digit() => text.push(c),
            _ if text.is_empty() || text.ends_with('_') => {}
            _ => text.push('_'),
        }
    }
    let text = text.trim_end_matches('_');
    if text.is_empty() { "n".to_owned() } else { text.to_owned() }
}

/// A name as it stands in a comment or in a message: nothing in it ends either.
pub(crate) fn shown(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    name.chars().map(|c| if is_plain(c) { c } else { '_' }).take(80).collect()
}
