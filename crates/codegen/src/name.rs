//! Names of C out of names of nodes.

use std::collections::BTreeSet;

/// A name that cannot be that of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` cannot begin the names of C: give at most 32 letters, digits and `_`, a letter first, and no word of C or C++"
)]
pub struct NameError {
    /// The name.
    pub name: String,
}

/// The words of C99 and C++ that cannot be names.
const WORDS: [&str; 24] = [
    "auto", "break", "case", "char", "class", "const", "default", "delete", "do", "double", "else",
    "enum", "float", "for", "goto", "if", "int", "long", "new", "return", "short", "struct",
    "void", "while",
];

/// Checks the name of a network.
pub(crate) fn check(name: &str) -> Result<(), NameError> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 32
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !WORDS.contains(&name);
    if is_name { Ok(()) } else { Err(NameError { name: name.to_owned() }) }
}

/// Names of members, each given once.
#[derive(Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// A name made of letters, digits and `_`, which nothing has yet. It never is a word of C, since it ends with `_`
    /// and a number, or begins with the prefix.
    pub(crate) fn fresh(&mut self, prefix: &str, name: &str) -> String {
        let plain: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .take(40)
            .collect();
        let base = format!("{prefix}_{plain}");
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let mut candidates = std::iter::once(base.clone()).chain(numbered);
        let found = candidates.find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(found.clone());
        found
    }
}

/// A name as it stands in a comment or in a message: nothing in it ends either.
pub(crate) fn shown(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    name.chars().map(|c| if is_plain(c) { c } else { '?' }).take(80).collect()
}
