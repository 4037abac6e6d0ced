//! The place in a text where the parser is: tokens ahead, errors so far, and how to go on after one.

use std::ops::Range;

use super::super::lex::{Kind, Lexer, Token};
use super::super::name::{excerpt, unescape};
use super::{ParseError, ParseLimits, TensorSource};

/// An error has been noted and a statement given up; reading goes on at the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

/// Something that was read, unless its statement was given up.
pub(super) type Parse<T> = Result<T, Failed>;

/// A reader with two tokens of foresight.
pub(super) struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The token to be read.
    pub(super) now: Token,
    /// The token after it.
    pub(super) then: Token,
    /// Where the last token that was read ended.
    pub(super) behind: usize,
    /// Where tensors are that the text refers to.
    pub(super) source: &'a dyn TensorSource,
    /// What the text may ask for.
    pub(super) limits: ParseLimits,
    /// Bytes that repeated values may still expand to.
    pub(super) repeated_left: usize,
    /// Blocks that are open.
    depth: usize,
    errors: Vec<ParseError>,
    stopped: bool,
}

impl Token {
    /// Its bytes.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl<'a> Parser<'a> {
    /// Begins at the beginning of a text.
    pub(super) fn new(text: &'a str, source: &'a dyn TensorSource, limits: ParseLimits) -> Self {
        let mut lexer = Lexer::new(text);
        let (now, then) = (lexer.next(), lexer.next());
        let repeated_left = limits.repeated_bytes;
        let (errors, stopped, depth, behind) = (Vec::new(), false, 0, 0);
        Self {
            text,
            lexer,
            now,
            then,
            behind,
            source,
            limits,
            repeated_left,
            depth,
            errors,
            stopped,
        }
    }

    /// What was wrong.
    pub(super) fn into_errors(self) -> Vec<ParseError> {
        self.errors
    }

    /// Reads the token.
    pub(super) fn bump(&mut self) -> Token {
        let token = self.now;
        self.behind = token.end;
        self.now = self.then;
        self.then = self.lexer.next();
        token
    }

    /// The two tokens after [`Self::then`].
    pub(super) fn beyond(&self) -> [Token; 2] {
        let mut lexer = self.lexer;
        [lexer.next(), lexer.next()]
    }

    /// Whether the text ends here.
    pub(super) fn at_end(&self) -> bool {
        self.now.kind == Kind::End
    }

    /// Whether a mark stands here.
    pub(super) fn at(&self, mark: u8) -> bool {
        self.now.kind == Kind::Mark(mark)
    }

    /// Reads a mark if it stands here.
    pub(super) fn take(&mut self, mark: u8) -> bool {
        let found = self.at(mark);
        if found {
            self.bump();
        }
        found
    }

    /// Reads a mark that has to stand here.
    pub(super) fn expect(&mut self, mark: u8, wanted: &str) -> Parse<Token> {
        if self.at(mark) { Ok(self.bump()) } else { Err(self.unexpected(wanted)) }
    }

    /// The bytes of a token.
    pub(super) fn slice(&self, token: Token) -> &'a str {
        self.text.get(token.span()).unwrap_or_default()
    }

    /// The beginning of a token, for messages.
    pub(super) fn excerpt(&self, token: Token) -> String {
        excerpt(self.slice(token))
    }

    /// The token to be read, as text.
    pub(super) fn word(&self) -> &'a str {
        self.slice(self.now)
    }

    /// Whether this very word stands here, without quotes.
    pub(super) fn at_word(&self, word: &str) -> bool {
        self.now.kind == Kind::Word && self.word() == word
    }

    /// Whether a name may begin here.
    pub(super) fn at_name(&self) -> bool {
        is_name(self.now)
    }

    /// Reads a name, bare or in quotes.
    pub(super) fn name(&mut self, wanted: &str) -> Parse<(String, Token)> {
        match self.now.kind {
            Kind::Word => {
                let token = self.bump();
                Ok((self.slice(token).to_owned(), token))
            }
            Kind::Text => {
                let token = self.bump();
                Ok((self.string(token), token))
            }
            _ => Err(self.unexpected(wanted)),
        }
    }

    /// The string that a token in quotes stands for.
    pub(super) fn string(&mut self, token: Token) -> String {
        let quoted = self.text.get(token.start + 1..token.end - 1).unwrap_or_default();
        let (string, faults) = unescape(quoted);
        for fault in faults {
            let offset = token.start + 1;
            let help = r#"escapes are `\"`, `\\`, `\n`, `\r`, `\t` and `\u{1f9e0}`"#;
            let span = fault.0.start + offset..fault.0.end + offset;
            self.note(span, "this escape means nothing", Some(help));
        }
        string
    }

    /// Reads a block in braces, statement by statement; a statement answers whether the block goes
    /// on after it.
    pub(super) fn block(&mut self, one: impl FnMut(&mut Self) -> Parse<bool>) -> Parse<()> {
        if self.at(b'{') && self.depth >= self.limits.nesting {
            let message = format!("blocks nest deeper than the limit of {}", self.limits.nesting);
            return Err(self.note(
                self.now.span(),
                message,
                Some("put what is nested into fewer blocks, or store the graph as a `.nir` file"),
            ));
        }
        let open = self.expect(b'{', "`{`")?;
        self.depth += 1;
        let closes = self.statements(one);
        self.depth -= 1;
        if closes && !self.take(b'}') {
            // All blocks around end here too; one error is enough.
            self.note(open.span(), "this `{` is never closed", Some("write `}` after the block"));
            self.stop();
        }
        Ok(())
    }

    /// Reads statements up to a `}` or the end. After an error it goes on at the next statement.
    /// Returns `false` when a statement left the block before its end.
    pub(super) fn statements(&mut self, mut one: impl FnMut(&mut Self) -> Parse<bool>) -> bool {
        while !self.at_end() && !self.at(b'}') {
            let start = self.now;
            match one(self) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(Failed) => self.recover(self.now == start),
            }
            self.take(b',');
        }
        true
    }

    /// Skips to the next statement of this block or to its end, but at least one token if `stuck`.
    fn recover(&mut self, mut stuck: bool) {
        let mut depth = 0_usize;
        while !self.at_end() {
            match self.now.kind {
                Kind::Mark(b'{') => depth += 1,
                Kind::Mark(b'}') if depth == 0 => return,
                Kind::Mark(b'}') => depth -= 1,
                _ if depth == 0 && !stuck && self.at_statement() => return,
                _ => {}
            }
            stuck = false;
            self.bump();
        }
    }

    /// Whether what stands here looks like the beginning of a statement: `name:` anywhere, else at
    /// the beginning of a line.
    pub(super) fn at_statement(&self) -> bool {
        is_name(self.now)
            && match self.then.kind {
                Kind::Mark(b':') => true,
                Kind::Mark(b'=' | b'{') | Kind::Arrow => self.now.first,
                _ => false,
            }
    }

    /// Notes an error.
    pub(super) fn note(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: Option<&str>,
    ) -> Failed {
        if self.stopped {
            return Failed;
        }
        let help = help.map(str::to_owned);
        self.errors.push(ParseError { span, message: message.into(), help });
        if self.errors.len() >= self.limits.errors {
            let message = format!("reading stopped after {} errors", self.errors.len());
            let help = Some("there may be more of them behind".to_owned());
            self.errors.push(ParseError { span: self.now.span(), message, help });
            self.stop();
        }
        Failed
    }

    /// Where the last error was noted, if there is one.
    pub(super) fn noted_at(&self) -> Option<usize> {
        self.errors.last().map(|error| error.span.start)
    }

    /// Notes that something else stands here than what is wanted.
    pub(super) fn unexpected(&mut self, wanted: &str) -> Failed {
        let found = self.excerpt(self.now);
        let (message, help) = match self.now.kind {
            Kind::Unclosed => (
                "this string has no closing quote".to_owned(),
                Some("a string ends on its line; a line end within it is written `\\n`"),
            ),
            Kind::Stray => (
                format!("`{found}` means nothing here, expected {wanted}"),
                Some("names of other characters than letters, digits and `_.+-` stand in quotes"),
            ),
            Kind::End => (format!("expected {wanted}, but the text ends"), None),
            Kind::Word | Kind::Text | Kind::Hash | Kind::Arrow | Kind::Mark(_) => {
                (format!("expected {wanted}, found `{found}`"), None)
            }
        };
        self.note(self.now.span(), message, help)
    }

    /// The empty range at the end of the text.
    pub(super) fn end(&self) -> Range<usize> {
        self.text.len()..self.text.len()
    }

    /// Goes to the end of the text and notes no more errors.
    fn stop(&mut self) {
        self.lexer.stop();
        self.now = self.lexer.next();
        self.then = self.now;
        self.stopped = true;
    }
}

fn is_name(token: Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Text)
}
