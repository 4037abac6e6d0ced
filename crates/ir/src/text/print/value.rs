//! Writes fields and their values: tensors, strings, groups.

use nirkit_numerics::{ByteOrder, Tensor};

use super::super::hash::content_hash;
use super::super::name::{write_name, write_string};
use super::super::number::{Literal, with_element};
use super::super::span::{Elements, FieldSpans, Ranges};
use super::Printer;
use super::part::entries;
use crate::value::{Charset, Text, TextLength, TextStorage, Value};

/// Equal elements up to this many are written one by one: `[2, 2]` is clearer than "all 2".
const FEW: usize = 4;
/// Elements of a tensor that may share a line with the braces around it.
const SHORT: usize = 8;
/// Bytes of strings, with quotes and commas, that may do so.
const SHORT_TEXT: usize = 64;

/// How the elements of a value are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One value stands for all.
    Same,
    /// Each by itself.
    Each,
    /// A content hash stands for all.
    Reference,
}

impl Printer {
    /// Writes `name: value`.
    pub(super) fn field(&mut self, name: &str, value: &Value) -> FieldSpans {
        let start = self.out.len();
        write_name(name, &mut self.out);
        self.out.push_str(": ");
        match value {
            Value::Tensor(tensor) => self.tensor(start, tensor),
            Value::Text(text) => {
                self.text(text);
                FieldSpans { head: self.since(start), elements: Elements::None }
            }
            Value::Group(fields) => {
                let head = start..self.out.len() - ": ".len();
                self.fields(&entries(fields));
                FieldSpans { head, elements: Elements::None }
            }
        }
    }

    /// Writes a block of fields; on one line if it is a single short one.
    pub(super) fn fields(&mut self, fields: &[(&str, &Value)]) {
        match fields {
            [] => self.out.push_str("{}"),
            [(name, value)]
                if self.is_short(value)
                    && self.on_one_line(|printer| {
                        printer.field(name, value);
                    }) => {}
            _ => self.braces(fields, |printer, (name, value)| {
                printer.field(name, value);
            }),
        }
    }

    /// Whether a value is short enough to share a line with the braces around it.
    pub(super) fn is_short(&self, value: &Value) -> bool {
        match value {
            Value::Tensor(tensor) => tensor.len() <= SHORT || self.form(tensor) != Form::Each,
            Value::Text(text) => {
                text.strings().iter().map(|string| string.len() + 4).sum::<usize>() <= SHORT_TEXT
            }
            Value::Group(fields) => fields.is_empty(),
        }
    }

    fn form(&self, tensor: &Tensor) -> Form {
        let len = tensor.len();
        let inline = len <= self.options.inline;
        if len == 0 || (inline && len <= FEW && tensor.rank() > 0) {
            Form::Each
        } else if (self.repeats || tensor.bytes() <= FEW_BYTES) && is_uniform(tensor) {
            Form::Same
        } else if inline {
            Form::Each
        } else {
            Form::Reference
        }
    }

    /// Writes a tensor; `start` is where the name of its field begins.
    fn tensor(&mut self, start: usize, tensor: &Tensor) -> FieldSpans {
        self.out.push_str(tensor.dtype().name());
        if tensor.byte_order() == ByteOrder::Big {
            self.out.push_str("be");
        }
        self.shape(tensor.shape());
        let head = self.since(start);
        self.out.push(' ');
        let elements = self.elements(tensor);
        // Without axes there is no element to point at: the value belongs to the field.
        let head = if tensor.rank() == 0 { self.since(start) } else { head };
        FieldSpans { head, elements }
    }

    fn elements(&mut self, tensor: &Tensor) -> Elements {
        let start = self.out.len();
        match self.form(tensor) {
            Form::Same => write_element(tensor, 0, &mut self.out),
            Form::Reference => self.reference(tensor),
            Form::Each => return self.listed(tensor),
        }
        Elements::Same(self.since(start))
    }

    fn listed(&mut self, tensor: &Tensor) -> Elements {
        let mut ranges = Ranges::after(self.out.len());
        let write = |index, out: &mut String| write_element(tensor, index, out);
        self.list(tensor.shape(), tensor.len(), &write, &mut ranges);
        Elements::Each { shape: tensor.shape().to_vec(), ranges }
    }

    fn reference(&mut self, tensor: &Tensor) {
        let hash = content_hash(tensor);
        self.out.push('#');
        self.out.push_str(&hash);
        self.tensors.entry(hash).or_insert_with(|| tensor.clone());
    }

    /// Writes strings; the type is left out for the usual case of one string stored as usual.
    pub(super) fn text(&mut self, text: &Text) {
        if text.storage() != TextStorage::default() || text.as_str().is_none() {
            self.text_type(text.storage(), text.shape());
            self.out.push(' ');
        }
        match text.strings() {
            [first, others @ ..] if others.len() >= FEW && others.iter().all(|it| it == first) => {
                write_string(first, &mut self.out);
            }
            strings => {
                let write = |index: usize, out: &mut String| {
                    write_string(strings.get(index).map_or("", String::as_str), out);
                };
                let mut ranges = Ranges::after(self.out.len());
                self.list(text.shape(), strings.len(), &write, &mut ranges);
            }
        }
    }

    /// Writes `string(ascii, 5 bytes)[2]`, leaving out what is as usual.
    pub(super) fn text_type(&mut self, storage: TextStorage, shape: &[usize]) {
        let charset = (storage.charset == Charset::Ascii).then(|| "ascii".to_owned());
        let length = match storage.length {
            TextLength::Fixed(bytes) => Some(format!("{bytes} bytes")),
            TextLength::Variable => None,
        };
        let notes: Vec<String> = charset.into_iter().chain(length).collect();
        self.out.push_str("string");
        if !notes.is_empty() {
            self.out.push('(');
            self.out.push_str(&notes.join(", "));
            self.out.push(')');
        }
        self.shape(shape);
    }

    /// Writes the lengths of axes; nothing if there is none.
    pub(super) fn shape(&mut self, shape: &[usize]) {
        if !shape.is_empty() {
            let lengths: Vec<String> = shape.iter().map(ToString::to_string).collect();
            self.out.push('[');
            self.out.push_str(&lengths.join(", "));
            self.out.push(']');
        }
    }
}

/// Bytes of a tensor that one value may stand for in any case.
pub(super) const FEW_BYTES: usize = 1024;

pub(super) fn is_uniform(tensor: &Tensor) -> bool {
    with_element!(tensor.dtype(), T => {
        let elements = tensor.as_slice::<T>().unwrap_or_default();
        elements.first().is_some_and(|&first| elements.iter().all(|&other| first.same(other)))
    })
}

/// Appends one element, as the text form writes it; nothing where there is none.
pub(crate) fn write_element(tensor: &Tensor, index: usize, out: &mut String) {
    with_element!(tensor.dtype(), T => {
        if let Some(element) = tensor.as_slice::<T>().and_then(|elements| elements.get(index)) {
            element.write(out);
        }
    });
}
