//! Cuts a text into words, strings, hashes and marks. Nothing here can fail: what has no meaning
//! becomes a token of its own, and the parser says so.

use super::name::is_word_byte;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare name, a type, a number or a keyword: which one depends on where it stands.
    Word,
    /// A string in quotes.
    Text,
    /// A string whose closing quote is missing; it reaches to the end of its line.
    Unclosed,
    /// `#` and the word after it: a reference to a tensor.
    Hash,
    /// `->`.
    Arrow,
    /// One of the bytes `{ } [ ] ( ) , : =`.
    Mark(u8),
    /// Characters that mean nothing.
    Stray,
    /// The end of the text.
    End,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// Position of its first byte.
    pub(super) start: usize,
    /// Position after its last byte.
    pub(super) end: usize,
    /// Whether it is the first of its line.
    pub(super) first: bool,
}

/// Hands out the tokens of a text one by one; it holds no more than a position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    /// Begins at the beginning.
    pub(super) fn new(text: &'a str) -> Self {
        // A byte order mark is what some editors put before the first line.
        let position = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, position }
    }

    /// Goes to the end of the text.
    pub(super) fn stop(&mut self) {
        self.position = self.text.len();
    }

    /// The next token; at the end of the text always [`Kind::End`].
    pub(super) fn next(&mut self) -> Token {
        let begin = self.position;
        let line_ended = self.skip_blank();
        let start = self.position;
        let kind = self.take();
        Token { kind, start, end: self.position, first: line_ended || begin == 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.position..).unwrap_or_default()
    }

    /// Skips spaces and comments; returns whether a line ended among them.
    fn skip_blank(&mut self) -> bool {
        let mut line_ended = false;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' => line_ended = true,
                b' ' | b'\t' | b'\r' => {}
                b'/' if self.rest().starts_with(b"//") => {
                    self.skip_while(|byte| byte != b'\n');
                    continue;
                }
                _ => break,
            }
            self.position += 1;
        }
        line_ended
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.rest();
        let count = rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len());
        self.position += count;
    }

    /// Takes one token, which begins here.
    fn take(&mut self) -> Kind {
        let Some(byte) = self.byte() else { return Kind::End };
        match byte {
            b'"' => self.string(),
            b'{' | b'}' | b'[' | b']' | b'(' | b')' | b',' | b':' | b'=' => {
                self.bytes(1, Kind::Mark(byte))
            }
            b'-' if self.rest().starts_with(b"->") => self.bytes(2, Kind::Arrow),
            b'#' => {
                self.position += 1;
                self.word();
                Kind::Hash
            }
            _ if is_word_byte(byte) => {
                self.word();
                Kind::Word
            }
            _ => self.stray(),
        }
    }

    fn bytes(&mut self, count: usize, kind: Kind) -> Kind {
        self.position += count;
        kind
    }

    /// Takes the bytes of a word; the `-` of an arrow is not one of them.
    fn word(&mut self) {
        let rest = self.rest();
        let belongs = |(index, &byte): (usize, &u8)| {
            is_word_byte(byte) && !(byte == b'-' && rest.get(index + 1) == Some(&b'>'))
        };
        self.position += rest.iter().enumerate().position(|it| !belongs(it)).unwrap_or(rest.len());
    }

    /// Takes a string up to its closing quote, or up to the end of the line.
    fn string(&mut self) -> Kind {
        self.position += 1;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => return self.bytes(1, Kind::Text),
                b'\n' => break,
                b'\\' if matches!(self.rest().get(1), Some(b'"' | b'\\')) => self.position += 2,
                _ => self.position += 1,
            }
        }
        Kind::Unclosed
    }

    /// Takes all bytes up to one that can begin another token or end a line.
    fn stray(&mut self) -> Kind {
        self.position += 1;
        self.skip_while(|byte| {
            !is_word_byte(byte) && !byte.is_ascii_whitespace() && !b"\"#{}[](),:=/".contains(&byte)
        });
        Kind::Stray
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let mut lexer = Lexer::new(text);
        let mut kinds = Vec::new();
        loop {
            let token = lexer.next();
            if token.kind == Kind::End {
                return kinds;
            }
            kinds.push((token.kind, &text[token.start..token.end]));
        }
    }

    #[test]
    fn an_arrow_ends_a_word() {
        assert_eq!(kinds("a-b->c"), [(Kind::Word, "a-b"), (Kind::Arrow, "->"), (Kind::Word, "c")]);
        assert_eq!(kinds("-1"), [(Kind::Word, "-1")]);
    }

    #[test]
    fn comments_and_spaces_are_no_tokens() {
        assert_eq!(kinds("\u{feff} a // b\r\n\t#c // d"), [(Kind::Word, "a"), (Kind::Hash, "#c")]);
        assert_eq!(kinds("/ a"), [(Kind::Stray, "/"), (Kind::Word, "a")]);
    }

    #[test]
    fn a_string_ends_with_its_line() {
        let text = "\"a\\\"b\" \"c\\\\\" \"d\ne";
        assert_eq!(
            kinds(text),
            [
                (Kind::Text, "\"a\\\"b\""),
                (Kind::Text, "\"c\\\\\""),
                (Kind::Unclosed, "\"d"),
                (Kind::Word, "e"),
            ]
        );
    }

    #[test]
    fn strange_characters_are_one_token_on_a_boundary() {
        assert_eq!(
            kinds("größe;§ a"),
            [
                (Kind::Word, "gr"),
                (Kind::Stray, "öß"),
                (Kind::Word, "e"),
                (Kind::Stray, ";§"),
                (Kind::Word, "a"),
            ]
        );
    }

    #[test]
    fn the_first_token_of_a_line_is_marked() {
        let mut lexer = Lexer::new("a b\n  c // d\ne");
        let first: Vec<bool> = (0..4).map(|_| lexer.next().first).collect();
        assert_eq!(first, [true, false, true, true]);
    }
}
