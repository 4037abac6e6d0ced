//! Names of nodes in code that is generated: what `torch.fx` (PyTorch 2.15) makes of them.
//!
//! A node becomes a variable and a module. The name of the module stands between quotation marks in the
//! code as it is (`getattr(self, "name")`), so that Python reads what is in it: a quotation mark ends it,
//! a line break is an error, a backslash escapes.

use unicode_normalization::UnicodeNormalization;

use super::ending::Ending;
use super::reserved;

/// How the name of a node that is called ends the import or the first step, if it does. `is_last` says
/// that no other node is called after it.
pub(super) fn ending(prefix: &str, name: &str, is_last: bool) -> Option<Ending> {
    let full_name = format!("{prefix}{name}");
    if !is_last && variable(name) == "self" {
        // What it puts out takes the place of the module that has the others.
        let says = "AttributeError: '…' object has no attribute '…'";
        return Some(Ending::first_step(&full_name, says).of_name());
    }
    if let Some(taken) = VARIABLES.into_iter().find(|taken| variable(name) == *taken) {
        let says = format!("RuntimeError: Node redefined name {taken}!");
        return Some(Ending::import(&full_name, &says).of_name());
    }
    if let Some((_, kind)) = reserved::GRAPH_MODULE_LATE.iter().find(|(late, _)| *late == name) {
        return Some(reserved::assigned(prefix, name, kind));
    }
    if reserved::GRAPH_MODULE.contains(&name) {
        return Some(Ending::first_step(&full_name, "…Error: …").of_name());
    }
    // Python reads names in code in the normal form NFKC; modules keep theirs.
    let read: String = name.nfkc().collect();
    if read != name && literal(name) == Literal::Same {
        let says = format!("AttributeError: 'GraphModule' object has no attribute '{read}'");
        return Some(Ending::first_step(&full_name, &says).of_name());
    }
    let ending = match literal(name) {
        Literal::Same => return None,
        Literal::Other => {
            let says = "AttributeError: 'GraphModule' object has no attribute …";
            Ending::first_step(&full_name, says)
        }
        Literal::Open => {
            let says = "SyntaxError: unterminated string literal (detected at line …";
            Ending::import(&full_name, says)
        }
        Literal::Escape => {
            let says = "SyntaxError: (unicode error) 'unicodeescape' codec can't decode bytes in …";
            Ending::import(&full_name, says)
        }
        Literal::Quoted => Ending::import(&full_name, "…Error: …"),
    };
    Some(ending.of_name())
}

/// Variables that the importer names itself.
const VARIABLES: [&str; 2] = ["is_none", "initialized_state"];

/// The variable of a module (`_target_to_str` and `_Namespace.create_name` of `torch.fx.graph`), as far as
/// it matters to [`VARIABLES`].
fn variable(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            snake.push('_');
        }
        let is_legal = letter.is_ascii_alphanumeric() || letter == '_';
        if is_legal || !snake.ends_with('_') || before == '_' {
            snake.push(if is_legal { letter.to_ascii_lowercase() } else { '_' });
        }
        before = letter;
    }
    snake
}

/// What Python reads of a name between quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Literal {
    /// The name.
    Same,
    /// Another name.
    Other,
    /// A literal without an end.
    Open,
    /// A literal with an escape that means nothing.
    Escape,
    /// A literal that ends inside the name, and more.
    Quoted,
}

fn literal(name: &str) -> Literal {
    let letters: Vec<char> = name.chars().collect();
    let (mut at, mut is_other, mut is_escape, mut quotes) = (0, false, false, 0);
    while let Some(&letter) = letters.get(at) {
        at += 1;
        match letter {
            '\n' | '\r' => return Literal::Open,
            // Two literals side by side are one.
            '"' if letters.get(at) == Some(&'"') => {
                (at, is_other) = (at + 1, true);
            }
            '"' => quotes += 1,
            '\\' => {
                let Some(&escaped) = letters.get(at) else { return Literal::Open };
                at += 1;
                let rest = &letters[at..];
                let digits = |count: usize| {
                    rest.get(..count).is_some_and(|d| d.iter().all(char::is_ascii_hexdigit))
                };
                match escaped {
                    '\n' | '\r' => return Literal::Open,
                    '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '0'..='7' => {
                        is_other = true;
                    }
                    'x' if digits(2) => is_other = true,
                    'u' if digits(4) => is_other = true,
                    'U' if digits(8) => is_other = true,
                    // Names of characters are not looked up here.
                    'N' | 'x' | 'u' | 'U' => is_escape = true,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    match quotes {
        0 if is_escape => Literal::Escape,
        0 if is_other => Literal::Other,
        0 => Literal::Same,
        quotes if quotes % 2 == 1 => Literal::Open,
        _ => Literal::Quoted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> String {
        ending("", name, false)
            .map_or("runs".to_owned(), |ending| format!("{:?} {}", ending.when, ending.says))
    }

    /// Each name as the packages that generate code ran it.
    #[test]
    fn names_in_generated_code_are_read_as_python_reads_them() {
        let runs = [
            "lif",
            "a'b",
            "a\tb",
            "a\u{c}b",
            "a{b}",
            "a#b",
            "a%b",
            "$",
            "Ü",
            "a\u{2028}b",
            "state",
            "is_none_1",
            "_codegen",
            "save",
            "lint",
            "torch",
        ];
        assert_eq!(runs.map(words), runs.map(|_| "runs"));
        for name in ["a\"b", "a\nb", "a\rb", "a\\"] {
            assert_eq!(
                words(name),
                "Import SyntaxError: unterminated string literal (detected at line …",
                "{name:?}"
            );
        }
        for name in ["\\x", "a\\u12", "\\N{DASH}"] {
            let says = words(name);
            assert!(says.starts_with("Import SyntaxError: (unicode error)"), "{name:?}: {says}");
        }
        for name in ["a\\b", "a\\n", "a\\\"b", "\\0", "a\\\\b", "a\"\"b"] {
            let says = words(name);
            assert!(says.starts_with("FirstStep AttributeError"), "{name:?}: {says}");
        }
    }

    #[test]
    fn a_name_can_be_that_of_a_variable_or_of_the_network() {
        for name in ["is_none", "is-none", "isNone"] {
            assert_eq!(words(name), "Import RuntimeError: Node redefined name is_none!");
        }
        assert_eq!(
            words("initialized_state"),
            "Import RuntimeError: Node redefined name initialized_state!"
        );
        assert_eq!(
            words("meta"),
            "Import TypeError: cannot assign 'dict' as child module 'meta' (torch.nn.Module or None expected)"
        );
        assert_eq!(words("recompile"), "FirstStep …Error: …");
        assert_eq!(words("self"), "FirstStep AttributeError: '…' object has no attribute '…'");
        assert!(ending("", "self", true).is_none());
    }
}
