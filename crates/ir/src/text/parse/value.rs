//! Reads fields, groups of fields, and strings.

use nirkit_numerics::{ByteOrder, DType};

use super::super::lex::{Kind, Token};
use super::super::span::{Elements, FieldSpans};
use super::cursor::{Failed, Parse, Parser};
use crate::document::Storage;
use crate::value::{Charset, Fields, Text, TextLength, TextStorage, Value};

/// The word that begins the type of strings.
const STRING: &str = "string";

impl Parser<'_> {
    /// Reads `name: value` into fields that must not have the name yet.
    pub(super) fn field_into(
        &mut self,
        fields: &mut Fields,
        wanted: &str,
    ) -> Parse<(String, FieldSpans)> {
        let (name, token) = self.name("a name")?;
        if self.at(b'=') {
            let help = "a field is written `name: value`, a node of a graph `name = Kind { ... }`";
            self.note(self.now.span(), "expected `:`, found `=`", Some(help));
            self.bump();
        } else if !self.take(b':') {
            let wanted = format!("{wanted} after `{}`", self.excerpt(token));
            return Err(self.unexpected(&wanted));
        }
        let (value, spans) = self.value(token)?;
        if fields.insert(name.clone(), value).is_some() {
            let message = format!("a second field `{}`", self.excerpt(token));
            self.note(token.span(), message, Some("leave one of them out"));
        }
        Ok((name, spans))
    }

    /// Reads the value of the field with this name.
    fn value(&mut self, name: Token) -> Parse<(Value, FieldSpans)> {
        match self.now.kind {
            // The next statement stands where the value should.
            _ if self.at_statement() => Err(self.unexpected("a value")),
            Kind::Mark(b'{') => {
                let spans = FieldSpans { head: name.span(), elements: Elements::None };
                Ok((Value::Group(self.group()?), spans))
            }
            Kind::Text => Ok(self.text_field(name)?),
            Kind::Word if self.at_word(STRING) => Ok(self.text_field(name)?),
            Kind::Word => match element_type(self.word()) {
                Some((dtype, order)) => self.tensor(name, dtype, order),
                None => Err(self.no_type()),
            },
            Kind::Mark(b'[') | Kind::Hash => Err(self.no_type()),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn text_field(&mut self, name: Token) -> Parse<(Value, FieldSpans)> {
        let text = self.text_value()?;
        let head = name.start..self.behind;
        Ok((Value::Text(text), FieldSpans { head, elements: Elements::None }))
    }

    /// Notes that what stands here is not the type that a value begins with.
    fn no_type(&mut self) -> Failed {
        let word = self.word();
        let bare = word.starts_with(|first: char| !first.is_ascii_alphabetic())
            || matches!(word, "inf" | "nan" | "true" | "false");
        let found = self.excerpt(self.now);
        if bare {
            let help = "write the type first: `f32 0.01`, or `f32[2] [0.1, 0.2]` with a shape";
            return self.note(self.now.span(), format!("`{found}` needs a type"), Some(help));
        }
        let names: Vec<&str> = DType::ALL.into_iter().map(DType::name).collect();
        let help = format!("types are {} and string; a string stands in quotes", names.join(", "));
        self.note(self.now.span(), format!("`{found}` is no type"), Some(&help))
    }

    /// Reads a block of fields.
    pub(super) fn group(&mut self) -> Parse<Fields> {
        let mut fields = Fields::default();
        self.block(|parser| {
            if parser.leaves_block("metadata") {
                return Ok(false);
            }
            parser.field_into(&mut fields, "`:`").map(|_| true)
        })?;
        Ok(fields)
    }

    /// Reads strings, with or without their type.
    pub(super) fn text_value(&mut self) -> Parse<Text> {
        if self.now.kind == Kind::Text {
            let token = self.bump();
            return Ok(Text::scalar(&self.string(token)));
        }
        if !self.at_word(STRING) {
            return Err(self.unexpected("a string in quotes"));
        }
        let head = self.now.start;
        self.bump();
        let storage = self.text_storage()?;
        let shape = self.value_shape()?;
        let strings = match self.now.kind {
            Kind::Text => self.repeated_string(head, &shape)?,
            Kind::Mark(b'[') => self.listed_strings(&shape)?,
            _ => return Err(self.unexpected("a string in quotes, or a list of them")),
        };
        // A list of another length has been noted; any text will do then.
        Ok(Text::new(&shape, strings, storage).unwrap_or_else(|| Text::scalar("")))
    }

    fn repeated_string(&mut self, head: usize, shape: &[usize]) -> Parse<Vec<String>> {
        let token = self.bump();
        let string = self.string(token);
        let len = self.repeated(head, shape, size_of::<String>() + string.len())?;
        Ok(vec![string; len])
    }

    fn listed_strings(&mut self, shape: &[usize]) -> Parse<Vec<String>> {
        let mut strings = Vec::new();
        self.list(shape, Kind::Text, &mut |parser, token| strings.push(parser.string(token)))?;
        Ok(strings)
    }

    /// Reads `(ascii, 5 bytes)`, which may be absent.
    fn text_storage(&mut self) -> Parse<TextStorage> {
        let mut storage = TextStorage::default();
        if !self.take(b'(') {
            return Ok(storage);
        }
        while !self.take(b')') {
            if self.at_word("ascii") {
                self.bump();
                storage.charset = Charset::Ascii;
            } else {
                storage.length = self.fixed_length()?;
            }
            if !self.take(b',') && !self.at(b')') {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
        Ok(storage)
    }

    fn fixed_length(&mut self) -> Parse<TextLength> {
        let length = self.word().parse().ok().filter(|_| self.now.kind == Kind::Word);
        match length {
            Some(length) if self.slice(self.then) == "bytes" => {
                self.bump();
                self.bump();
                Ok(TextLength::Fixed(length))
            }
            _ => Err(self.unexpected("`ascii` or a length such as `5 bytes`")),
        }
    }

    /// Reads a type without a value: how something is stored.
    pub(super) fn stored(&mut self) -> Parse<Storage> {
        if self.at_word(STRING) {
            self.bump();
            return self.text_storage().map(Storage::Text);
        }
        let dtype = DType::from_name(self.word()).filter(|_| self.now.kind == Kind::Word);
        let Some(dtype) = dtype else { return Err(self.no_type()) };
        self.bump();
        Ok(Storage::Empty(dtype, self.shape()?))
    }
}

/// The element type and byte order of `f32` or `f32be`.
fn element_type(word: &str) -> Option<(DType, ByteOrder)> {
    match word.strip_suffix("be") {
        Some(name) => Some((DType::from_name(name)?, ByteOrder::Big)),
        None => Some((DType::from_name(word)?, ByteOrder::Little)),
    }
}
