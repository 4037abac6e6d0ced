//! Words, signs and numbers.

use super::{MOST_NUMBERS, ParseError, Parsed, Parser};
use crate::number::{Format, Number, Numbers};
use crate::program::BufferId;
use crate::text::lexer::Token;

impl Parser {
    pub(super) fn error(&self, reason: String) -> ParseError {
        let at = self.at.min(self.tokens.len().saturating_sub(1));
        ParseError { line: self.tokens.get(at).map_or(1, |(_, line)| *line), reason }
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    pub(super) fn is(&mut self, sign: &'static str) -> bool {
        let is = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is);
        is
    }

    pub(super) fn is_word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Name(name, false)) if name == word);
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if self.is(sign) { Ok(()) } else { Err(format!("`{sign}` is expected")) }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.is_word(word) { Ok(()) } else { Err(format!("`{word}` is expected")) }
    }

    pub(super) fn end_line(&mut self) -> Parsed<()> {
        match self.next() {
            Some(Token::Newline) | None => Ok(()),
            Some(_) => {
                self.at -= 1;
                Err("the end of the line is expected".to_owned())
            }
        }
    }

    pub(super) fn name(&mut self) -> Parsed<String> {
        let Some(Token::Name(name, _)) = self.peek() else {
            return Err("a name is expected".to_owned());
        };
        let name = name.clone();
        self.at += 1;
        Ok(name)
    }

    pub(super) fn whole(&mut self) -> Parsed<usize> {
        let Some(Token::Number(text)) = self.peek() else {
            return Err("a count is expected".to_owned());
        };
        let count = text.parse().map_err(|_| format!("`{text}` is no count"))?;
        self.at += 1;
        Ok(count)
    }

    /// A number as it is written, with its sign.
    pub(super) fn literal(&mut self) -> Parsed<String> {
        let sign = if self.is("-") { "-" } else { "" };
        let Some(Token::Number(text)) = self.peek() else {
            return Err("a number is expected".to_owned());
        };
        let text = format!("{sign}{text}");
        self.at += 1;
        Ok(text)
    }

    pub(super) fn integer(&mut self) -> Parsed<i64> {
        let text = self.literal()?;
        text.parse().map_err(|_| format!("`{text}` is no integer"))
    }

    pub(super) fn list<T>(&mut self, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.is("]") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(super) fn pair(&mut self, word: &str) -> Parsed<[usize; 2]> {
        self.expect_word(word)?;
        let pair = self.list(Self::whole)?;
        pair.try_into().map_err(|_| format!("`{word}` has two numbers"))
    }

    pub(super) fn format(&mut self) -> Parsed<Format> {
        let name = self.name()?;
        let found = Format::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| format!("`{name}` is no format: f32, f64, i64"))
    }

    /// Numbers of a format, so many of them: a list, or one for all.
    pub(super) fn numbers(&mut self, format: Format, len: usize) -> Parsed<Numbers> {
        self.numbers = self.numbers.saturating_add(len);
        if self.numbers > MOST_NUMBERS {
            return Err(format!("the text implies more than {MOST_NUMBERS} numbers"));
        }
        if self.peek() != Some(&Token::Sign("[")) {
            let text = self.literal()?;
            return Ok(Numbers::filled(number(&text, format)?, len));
        }
        let all = self.list(|parser| number(&parser.literal()?, format))?;
        if all.len() != len {
            return Err(format!("{len} numbers are expected, not {}", all.len()));
        }
        let mut numbers = Numbers::filled(Number::zero(format), len);
        for (at, number) in all.into_iter().enumerate() {
            numbers.set(at, number);
        }
        Ok(numbers)
    }

    /// Numbers with their format and count: `f32[2] [1, 2]`.
    pub(super) fn typed(&mut self) -> Parsed<Numbers> {
        let format = self.format()?;
        let [len] = self.list(Self::whole)?.try_into().map_err(|_| "one length is expected")?;
        self.numbers(format, len)
    }

    pub(super) fn buffer(&mut self) -> Parsed<BufferId> {
        let name = self.name()?;
        self.names.get(&name).copied().ok_or_else(|| format!("there is no buffer `{name}`"))
    }
}

/// A number of a format from its text.
pub(super) fn number(text: &str, format: Format) -> Parsed<Number> {
    let wrong = || format!("`{text}` is no number of the format {}", format.name());
    Ok(match format {
        Format::F32 => Number::F32(text.parse().map_err(|_| wrong())?),
        Format::F64 => Number::F64(text.parse().map_err(|_| wrong())?),
        Format::I64 => Number::I64(text.parse().map_err(|_| wrong())?),
    })
}
