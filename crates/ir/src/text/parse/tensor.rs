//! Reads tensors: shapes, nested lists, repeated values, references.

use nirkit_numerics::{ByteOrder, DType, Tensor, TensorError};

use super::super::hash::content_hash;
use super::super::lex::{Kind, Token};
use super::super::number::{Literal, with_element};
use super::super::span::{Elements, FieldSpans, Ranges};
use super::cursor::{Parse, Parser};
use crate::value::Value;

/// What is done with each element of a list.
type Leaf<'l, 'a> = &'l mut dyn FnMut(&mut Parser<'a>, Token);

impl<'a> Parser<'a> {
    /// Reads a tensor, beginning with its type, as the value of the field with this name.
    pub(super) fn tensor(
        &mut self,
        name: Token,
        dtype: DType,
        order: ByteOrder,
    ) -> Parse<(Value, FieldSpans)> {
        self.bump();
        let shape = self.value_shape()?;
        let head = name.start..self.behind;
        let (tensor, elements) = match self.now.kind {
            // The next statement stands where the values should.
            _ if self.at_statement() => return Err(self.unexpected("the numbers of this field")),
            Kind::Mark(b'[') => self.listed(&shape, dtype)?,
            Kind::Hash => self.reference(&shape, dtype, order)?,
            Kind::Word => self.one_value(head.start, &shape, dtype)?,
            _ => return Err(self.unexpected("numbers")),
        };
        let head = if shape.is_empty() { name.start..self.behind } else { head };
        Ok((Value::Tensor(tensor.with_byte_order(order)), FieldSpans { head, elements }))
    }

    /// Reads the lengths of axes; nothing is a shape without axes.
    pub(super) fn shape(&mut self) -> Parse<Vec<usize>> {
        let mut shape = Vec::new();
        if !self.take(b'[') {
            return Ok(shape);
        }
        while !self.take(b']') {
            shape.push(self.axis()?);
            if !self.take(b',') && !self.at(b']') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
        Ok(shape)
    }

    /// Reads a shape whose elements can be counted.
    pub(super) fn value_shape(&mut self) -> Parse<Vec<usize>> {
        let start = self.now.start;
        let shape = self.shape()?;
        if elements(&shape).is_none() {
            let span = start..self.behind;
            return Err(self.note(span, "this shape is larger than the address space", None));
        }
        Ok(shape)
    }

    fn axis(&mut self) -> Parse<usize> {
        if self.now.kind != Kind::Word {
            return Err(self.unexpected("the length of an axis"));
        }
        let Ok(length) = self.word().parse() else {
            let message = format!("`{}` is no length of an axis", self.excerpt(self.now));
            let help = "after the type stands the shape, then the numbers: `f32[2] [0.1, 0.2]`";
            return Err(self.note(self.now.span(), message, Some(help)));
        };
        self.bump();
        Ok(length)
    }

    /// Reads the elements one by one.
    fn listed(&mut self, shape: &[usize], dtype: DType) -> Parse<(Tensor, Elements)> {
        with_element!(dtype, T => {
            let mut values: Vec<T> = Vec::new();
            let ranges = self.list(shape, Kind::Word, &mut |parser, token| {
                values.push(parser.element(token));
            })?;
            let elements = Elements::Each { shape: shape.to_vec(), ranges };
            Ok((made(Tensor::new(shape, values)), elements))
        })
    }

    /// Reads one value that stands for all elements.
    fn one_value(
        &mut self,
        head: usize,
        shape: &[usize],
        dtype: DType,
    ) -> Parse<(Tensor, Elements)> {
        let token = self.bump();
        with_element!(dtype, T => {
            let value: T = self.element(token);
            let len = self.repeated(head, shape, dtype.size())?;
            Ok((made(Tensor::new(shape, vec![value; len])), Elements::Same(token.span())))
        })
    }

    /// The element that a word stands for; zero where it stands for none, which is noted.
    fn element<T: Literal>(&mut self, token: Token) -> T {
        T::read(self.slice(token)).unwrap_or_else(|fault| {
            self.note(token.span(), fault.message, fault.help.as_deref());
            T::default()
        })
    }

    /// The number of elements of a shape, of which one value stands for all; noted as an error
    /// where all of these together take too much memory.
    pub(super) fn repeated(&mut self, head: usize, shape: &[usize], size: usize) -> Parse<usize> {
        let len = elements(shape);
        let bytes = len.and_then(|len| len.checked_mul(size));
        let left = bytes.and_then(|bytes| self.repeated_left.checked_sub(bytes));
        if let (Some(len), Some(left)) = (len, left) {
            self.repeated_left = left;
            return Ok(len);
        }
        let limit = self.limits.repeated_bytes;
        let shape = shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
        let message = format!(
            "one value for {shape} elements of {size} bytes goes beyond the limit of {limit} bytes"
        );
        let help =
            "the limit holds for all repeated values of a text; `--limit expansion=N` raises it";
        Err(self.note(head..self.behind, message, Some(help)))
    }

    /// Reads a reference and finds its tensor.
    fn reference(
        &mut self,
        shape: &[usize],
        dtype: DType,
        order: ByteOrder,
    ) -> Parse<(Tensor, Elements)> {
        let token = self.bump();
        let hash = self.slice(token).trim_start_matches('#');
        let name = self.excerpt(token);
        let Some(tensor) = self.source.tensor(hash) else {
            let help = "the tensors that a text refers to stand in a file beside it";
            return Err(self.note(
                token.span(),
                format!("no tensor `{name}` is at hand"),
                Some(help),
            ));
        };
        let found = format!("{}{:?}", tensor.dtype(), tensor.shape());
        if found != format!("{dtype}{shape:?}") || tensor.byte_order() != order {
            let message = format!("the tensor `{name}` is {found}, the text says {dtype}{shape:?}");
            return Err(self.note(token.span(), message, None));
        }
        if content_hash(&tensor) != hash {
            let message = format!("the tensor at hand for `{name}` has another content");
            let help = "the file beside the text was changed; print the text again";
            return Err(self.note(token.span(), message, Some(help)));
        }
        Ok((tensor, Elements::Same(token.span())))
    }

    /// Reads lists that nest as the shape does, without recursion. Elements are tokens of one kind.
    /// A list of another length than the shape says is noted once.
    pub(super) fn list(
        &mut self,
        shape: &[usize],
        kind: Kind,
        leaf: Leaf<'_, 'a>,
    ) -> Parse<Ranges> {
        let mut ranges = Ranges::after(self.now.start);
        let mut lists = Lists { shape, counts: Vec::new(), uneven: false };
        loop {
            let mut after_item = self.item(&mut lists, kind, leaf, &mut ranges)?;
            loop {
                let comma = after_item && self.take(b',');
                if self.at(b']') {
                    self.close(&mut lists);
                    if lists.counts.is_empty() {
                        return Ok(ranges);
                    }
                    after_item = true;
                } else if comma {
                    break;
                } else {
                    return Err(self.unexpected("`,` or `]`"));
                }
            }
        }
    }

    /// Opens lists down to an element and reads it; `false` if the innermost list is empty.
    fn item(
        &mut self,
        lists: &mut Lists,
        kind: Kind,
        leaf: Leaf<'_, 'a>,
        ranges: &mut Ranges,
    ) -> Parse<bool> {
        let rank = lists.shape.len();
        while self.at(b'[') {
            if lists.counts.len() == rank {
                let message = format!("more brackets than axes, of which there are {rank}");
                let help = "lists nest as the shape does: `f32[2, 1] [[0.1], [0.2]]`";
                return Err(self.note(self.now.span(), message, Some(help)));
            }
            self.bump();
            lists.counts.push(0);
        }
        if self.at(b']') && lists.counts.last() == Some(&0) {
            return Ok(false);
        }
        if self.now.kind != kind {
            return Err(self.unexpected(if kind == Kind::Word { "a number" } else { "a string" }));
        }
        if lists.counts.len() < rank {
            let message = format!("fewer brackets than axes, of which there are {rank}");
            let help = "lists nest as the shape does: `f32[2, 1] [[0.1], [0.2]]`";
            return Err(self.note(self.now.span(), message, Some(help)));
        }
        let token = self.bump();
        ranges.push(token.span());
        leaf(self, token);
        lists.count();
        Ok(true)
    }

    /// Closes the innermost list.
    fn close(&mut self, lists: &mut Lists) {
        let token = self.bump();
        let found = lists.counts.pop().unwrap_or_default();
        let axis = lists.counts.len();
        let wanted = lists.shape.get(axis).copied().unwrap_or_default();
        // Without elements there may be nothing to nest: `[]` is enough for any such shape.
        let empty = axis == 0 && found == 0 && lists.shape.contains(&0);
        if found != wanted && !empty && !lists.uneven {
            lists.uneven = true;
            let message = format!("this list has {found} elements, axis {axis} has {wanted}");
            self.note(token.span(), message, Some("make the shape and the lists agree"));
        }
        lists.count();
    }
}

/// The lists that are open.
struct Lists<'s> {
    shape: &'s [usize],
    /// Items read in each open list, outermost first.
    counts: Vec<usize>,
    /// Whether a wrong length was noted.
    uneven: bool,
}

impl Lists<'_> {
    /// Counts an item of the innermost list.
    fn count(&mut self) {
        if let Some(count) = self.counts.last_mut() {
            *count += 1;
        }
    }
}

/// The number of elements of a shape, if it can be counted.
fn elements(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |len, &axis| len.checked_mul(axis))
}

/// The tensor, or any other where its lists did not fit its shape: that has been noted.
fn made(tensor: Result<Tensor, TensorError>) -> Tensor {
    tensor.unwrap_or_else(|_| Tensor::scalar(false))
}
