//! A command line taken apart into words, as a shell does it, without a shell.

/// Returns the words of a command: parts between blanks; quotes keep blanks together, a backslash keeps the next
/// character as it is.
///
/// # Errors
///
/// A quote that is not closed.
pub(super) fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut is_open) = (String::new(), false);
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\n' if is_open => {
                words.push(std::mem::take(&mut word));
                is_open = false;
            }
            ' ' | '\t' | '\n' => {}
            quote @ ('"' | '\'') => {
                is_open = true;
                loop {
                    match characters.next() {
                        Some(found) if found == quote => break,
                        Some('\\') if quote == '"' => word.extend(characters.next()),
                        Some(found) => word.push(found),
                        None => return Err(format!("a {quote} is not closed in `{command}`")),
                    }
                }
            }
            '\\' if cfg!(unix) => {
                is_open = true;
                word.extend(characters.next());
            }
            other => {
                is_open = true;
                word.push(other);
            }
        }
    }
    if is_open {
        words.push(word);
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_in_a_shell() {
        let found = words("python3 'my driver.py'  --say \"a \\\"b\\\"\" ''").expect("words");
        assert_eq!(found, ["python3", "my driver.py", "--say", "a \"b\"", ""]);
        assert!(words("a 'b").is_err());
        assert!(words("  ").expect("none").is_empty());
    }
}
