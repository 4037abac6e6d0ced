//! Splits a text into tokens.

use super::read::ParseError;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or a keyword; whether it stands in quotation marks.
    Name(String, bool),
    /// A number, as it is written.
    Number(String),
    /// A sign.
    Sign(&'static str),
    /// The end of a line.
    Newline,
}

/// Signs, longer ones first.
const SIGNS: [&str; 20] = [
    ">=", ">>", "==", ">", "=", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",", ";",
    ":", "?",
];

/// The tokens of a text, each with the number of its line.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ParseError> {
    let mut tokens = Vec::new();
    for (line, rest) in text.lines().enumerate() {
        let line = line + 1;
        let mut rest = rest.trim_start();
        // The rest of the line behind `#` is a comment.
        while !(rest.is_empty() || rest.starts_with('#')) {
            let (token, after) = token(rest).map_err(|reason| ParseError { line, reason })?;
            tokens.push((token, line));
            rest = after.trim_start();
        }
        tokens.push((Token::Newline, line));
    }
    Ok(tokens)
}

fn token(text: &str) -> Result<(Token, &str), String> {
    let end = |is_part: fn(char) -> bool| text.find(|c| !is_part(c)).unwrap_or(text.len());
    let first = text.chars().next().unwrap_or(' ');
    if first == '"' {
        return quoted(text);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        // A colon is part of a name where one goes on behind it.
        let end = end(|c| c.is_ascii_alphanumeric() || "_.:".contains(c));
        let name = text[..end].trim_end_matches(':');
        let token = match name {
            "inf" | "NaN" => Token::Number(name.to_owned()),
            name => Token::Name(name.to_owned(), false),
        };
        return Ok((token, &text[name.len()..]));
    }
    if first.is_ascii_digit() {
        let mut end = end(|c| c.is_ascii_digit() || c == '.' || c == 'e');
        // The sign of an exponent.
        if text[..end].ends_with('e') && text[end..].starts_with('-') {
            let digits = text[end + 1..].find(|c: char| !c.is_ascii_digit());
            end += 1 + digits.unwrap_or(text.len() - end - 1);
        }
        return Ok((Token::Number(text[..end].to_owned()), &text[end..]));
    }
    let sign = SIGNS.iter().find(|sign| text.starts_with(**sign));
    let sign = sign.ok_or_else(|| format!("{first:?} begins nothing"))?;
    Ok((Token::Sign(sign), &text[sign.len()..]))
}

fn quoted(text: &str) -> Result<(Token, &str), String> {
    let (mut name, mut chars) = (String::new(), text.char_indices().skip(1));
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Name(name, true), &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'u')) => {
                    let code: String =
                        chars.by_ref().map(|(_, c)| c).skip(1).take_while(|&c| c != '}').collect();
                    let code = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    name.push(code.ok_or("`\\u` is followed by no character")?);
                }
                Some((_, c)) => name.push(c),
                None => break,
            },
            c => name.push(c),
        }
    }
    Err("a name in quotation marks has no end".to_owned())
}
