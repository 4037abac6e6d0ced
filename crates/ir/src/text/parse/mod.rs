//! Reads a document from text. Entry point of the parsing half: what can be asked for, and the
//! statements of a whole text. Tokens and recovery are in [`cursor`], nodes in [`node`], values in
//! [`value`] and [`tensor`].

mod cursor;
mod node;
mod tensor;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use indexmap::IndexMap;
use nirkit_numerics::Tensor;

use self::cursor::{Parse, Parser};
use super::FORM_VERSION;
use super::lex::Kind;
use super::span::{NodeSpans, Spans};
use crate::document::{Document, Storage};
use crate::graph::Node;
use crate::value::{Fields, Text};

/// Where the tensors are that a text only refers to.
pub trait TensorSource {
    /// The tensor whose [`super::content_hash`] this is, if it is at hand.
    fn tensor(&self, hash: &str) -> Option<Tensor>;
}

/// No tensor is at hand.
impl TensorSource for () {
    fn tensor(&self, _: &str) -> Option<Tensor> {
        None
    }
}

/// The tensors that [`super::print`] hands out beside its text.
impl TensorSource for IndexMap<String, Tensor> {
    fn tensor(&self, hash: &str) -> Option<Tensor> {
        self.get(hash).cloned()
    }
}

/// What a text may ask for, so that a small hostile text cannot take all memory or the whole stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseLimits {
    /// Blocks in braces inside each other.
    pub nesting: usize,
    /// Bytes that all values which stand for many elements (`f32[1000] 0`) expand to.
    pub repeated_bytes: usize,
    /// Errors that are reported; reading stops after them.
    pub errors: usize,
}

impl Default for ParseLimits {
    fn default() -> Self {
        Self { nesting: 64, repeated_bytes: 256 << 20, errors: 100 }
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Bytes of the text that it is about; empty at the end of the text.
    pub span: Range<usize>,
    /// What is wrong; lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.span.start, self.message)?;
        self.help.iter().try_for_each(|help| write!(f, " ({help})"))
    }
}

impl std::error::Error for ParseError {}

/// A document that was read from text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The document.
    pub document: Document,
    /// Where in the text each part of it stands.
    pub spans: Spans,
}

/// Reads a text within the usual limits; all errors at once.
pub fn parse(text: &str, source: &dyn TensorSource) -> Result<Document, Vec<ParseError>> {
    parse_with(text, source, &ParseLimits::default()).map(|parsed| parsed.document)
}

/// Reads a text within limits of one's own; all errors at once, in the order of the text.
///
/// After an error, reading goes on at the next statement. Memory is bounded by the length of the
/// text and the limits, time by the length of the text.
pub fn parse_with(
    text: &str,
    source: &dyn TensorSource,
    limits: &ParseLimits,
) -> Result<Parsed, Vec<ParseError>> {
    let mut parser = Parser::new(text, source, *limits);
    let parsed = parser.document();
    let mut errors = parser.into_errors();
    match parsed {
        Ok(parsed) if errors.is_empty() => Ok(parsed),
        _ => {
            errors.sort_by_key(|error| error.span.start);
            Err(errors)
        }
    }
}

/// What has been read of a document.
#[derive(Default)]
struct Draft {
    version: Option<Text>,
    root: Option<(Node, NodeSpans)>,
    extra: Option<Fields>,
    storage: Option<BTreeMap<String, Storage>>,
}

impl Parser<'_> {
    fn document(&mut self) -> Parse<Parsed> {
        self.header()?;
        let mut draft = Draft::default();
        while !self.at_end() {
            self.statements(|parser| parser.top(&mut draft).map(|()| true));
            if self.at(b'}') {
                let span = self.bump().span();
                self.note(span, "this `}` closes nothing", None);
            }
        }
        let Some((root, spans)) = draft.root else {
            let help = "write `graph { ... }`, or a single node such as `LIF { ... }`";
            return Err(self.note(self.end(), "there is no graph", Some(help)));
        };
        let (extra, storage) = (draft.extra.unwrap_or_default(), draft.storage.unwrap_or_default());
        let document =
            Document { version: draft.version, root, extra, storage, left_out: Vec::new() };
        Ok(Parsed { document, spans: Spans { root: spans } })
    }

    /// Reads `nirt 1`. Without it the text is something else, and nothing more is said about it.
    fn header(&mut self) -> Parse<()> {
        let wanted = format!("nirt {FORM_VERSION}");
        let help = format!("write `{wanted}` as the first line");
        if !self.at_word("nirt") {
            let message = format!("a text form begins with `{wanted}`");
            return Err(self.note(self.now.span(), message, Some(&help)));
        }
        self.bump();
        let version = self.word();
        if self.now.kind == Kind::Word && version == FORM_VERSION.to_string() {
            self.bump();
            return Ok(());
        }
        let message = format!("only version {FORM_VERSION} of the text form is known here");
        Err(self.note(self.now.span(), message, Some(&help)))
    }

    /// Reads one statement outside of all blocks.
    fn top(&mut self, draft: &mut Draft) -> Parse<()> {
        let start = self.now;
        let twice = if self.at_word("version") {
            self.bump();
            draft.version.replace(self.text_value()?).is_some()
        } else if self.at_word("extra") {
            self.bump();
            draft.extra.replace(self.group()?).is_some()
        } else if self.at_word("storage") {
            self.bump();
            draft.storage.replace(self.storage()?).is_some()
        } else {
            draft.root.replace(self.node(start.start)?).is_some()
        };
        if twice {
            let message = format!("a second `{}`", self.excerpt(start));
            self.note(start.span(), message, Some("a text holds one document with one root"));
        }
        Ok(())
    }

    fn storage(&mut self) -> Parse<BTreeMap<String, Storage>> {
        let mut storage = BTreeMap::new();
        self.block(|parser| {
            let (path, token) = parser.name("a path in quotes")?;
            parser.expect(b':', "`:`")?;
            let stored = parser.stored()?;
            if storage.insert(path, stored).is_some() {
                parser.note(token.span(), "this path stands twice", None);
            }
            Ok(true)
        })?;
        Ok(storage)
    }
}
