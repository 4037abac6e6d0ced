//! Texts in XML.

/// A text as content or attribute of an element. What XML has no place for becomes U+FFFD.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            '\n' | '\t' => written.push(character),
            _ if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                written.push('\u{fffd}');
            }
            _ => written.push(character),
        }
    }
    written
}

/// A length in pixels with one digit behind the point at most.
pub(crate) fn px(length: f64) -> String {
    let rounded = (length * 10.0).round() / 10.0 + 0.0;
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_taken_for_markup() {
        assert_eq!(escaped("<a b='\"&\u{0}\u{ffff}"), "&lt;a b=&#39;&quot;&amp;\u{fffd}\u{fffd}");
        assert_eq!((px(1.0), px(0.25), px(-0.01)), ("1".into(), "0.3".into(), "0".into()));
    }
}
