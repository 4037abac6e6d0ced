//! Datatype messages, read with every property that changes what the stored bits mean.
//!
//! The reader's description of a type leaves out where in an element its bits lie, and what an
//! exponent is counted from. Numbers that are not laid out as the machine has them are described by
//! a [`Layout`] and converted; what h5py refuses, and what has no form among our numbers, is refused
//! with its name.

use hdf5_reader::io::Cursor as ReaderCursor;
use hdf5_reader::messages::datatype as reader;
use nirkit_ir::value::Charset;
use nirkit_numerics::{ByteOrder, DType};

use super::direct::bytes::Cursor;
use super::element::{self, Element, Padding};
use super::layout::{Float, Integer, Layout};
use crate::error::ReadFault;

/// The newest version of datatype messages.
const NEWEST: u8 = 5;

/// What a message says is damaged; the message ends too early unless it is said otherwise.
const CUT: &str = "the description of an element type is cut off";

/// The element type that a message declares.
pub(super) fn element(message: &[u8]) -> Result<Element, ReadFault> {
    let mut cursor = Cursor::new(message);
    let head = Head::read(&mut cursor)?;
    match head.class {
        0 | 1 => Ok(number(&head, &mut cursor)?.into()),
        3 => string(&head),
        6 => complex(&head, &mut cursor, message),
        8 => truth_value(&head, &mut cursor, message),
        9 => heap_object(&head, &mut cursor, message),
        _ => Err(named(message)),
    }
}

/// What every description of a type begins with.
struct Head {
    class: u8,
    version: u8,
    flags: u32,
    size: u32,
}

impl Head {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, ReadFault> {
        let word = cursor.u32().ok_or_else(|| damaged(CUT))?;
        let size = cursor.u32().ok_or_else(|| damaged(CUT))?;
        let (class, version) = ((word & 15) as u8, (word >> 4 & 15) as u8);
        if !(1..=NEWEST).contains(&version) {
            return Err(damaged(&format!("an element type of version {version}")));
        }
        if size == 0 {
            return Err(damaged("elements of 0 bytes"));
        }
        Ok(Self { class, version, flags: word >> 8, size })
    }

    fn flag(&self, bit: u32) -> bool {
        self.flags >> bit & 1 != 0
    }
}

/// A number: its type among ours, its byte order, and its layout if that is not the machine's.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Number {
    dtype: DType,
    order: ByteOrder,
    layout: Option<Layout>,
}

impl From<Number> for Element {
    fn from(number: Number) -> Self {
        match number.layout {
            None => Self::Number(number.dtype, number.order),
            Some(layout) => Self::Converted(number.dtype, number.order, layout),
        }
    }
}

fn number(head: &Head, cursor: &mut Cursor<'_>) -> Result<Number, ReadFault> {
    if head.class == 0 { integer(head, cursor) } else { float(head, cursor) }
}

fn integer(head: &Head, cursor: &mut Cursor<'_>) -> Result<Number, ReadFault> {
    let (Some(offset), Some(precision)) = (cursor.u16(), cursor.u16()) else {
        return Err(damaged(CUT));
    };
    let (size, signed) = (head.size, head.flag(3));
    let Some(dtype) = element::integer(size, signed) else {
        return Err(ReadFault::Unsupported(format!("an integer type of {size} bytes")));
    };
    let bits = 8 * size;
    if precision == 0 || u32::from(offset) + u32::from(precision) > bits {
        let what = format!("{precision} bits from bit {offset} on in integers of {bits} bits");
        return Err(damaged(&what));
    }
    let layout = Integer { offset: offset as u8, precision: precision as u8, signed };
    // HDF5 brings one byte into the order of the machine, of which numpy knows none, and looks at no bits on the way.
    let is_swapped = size == 1 && head.flag(0) && offset == 0;
    let plain = u32::from(precision) == bits || is_swapped;
    let layout = (!plain).then_some(Layout { size: size as u8, kind: layout.into() });
    Ok(Number { dtype, order: order(head, size), layout })
}

fn float(head: &Head, cursor: &mut Cursor<'_>) -> Result<Number, ReadFault> {
    let size = head.size;
    let refused = |what: &str| {
        ReadFault::Unsupported(format!("a floating-point type of {size} bytes {what}"))
    };
    if head.flag(6) {
        return Err(refused("in the byte order of the VAX"));
    }
    let float = fields(head, cursor).ok_or_else(|| damaged(CUT))?;
    if size > 16 {
        return Err(refused("that is not IEEE and has more digits or range than 8 bytes hold"));
    }
    float.check(size).map_err(|what| damaged(&what))?;
    // h5py asks for the bias, and takes 0 for a failure.
    if float.bias == 0 {
        return Err(refused("whose exponent has no bias"));
    }
    // 0: the leading bit is stored, 1: it is stored and always set, 2: it is left out.
    match head.flags >> 4 & 3 {
        2 => {}
        3 => return Err(damaged("a floating-point type with an unknown normalisation")),
        _ => return Err(refused("that is not IEEE (its leading bit is stored)")),
    }
    let Some(dtype) = float.narrowest(size) else {
        return Err(refused("that is not IEEE and has more digits or range than 8 bytes hold"));
    };
    let plain = dtype.size() == size as usize && float == Float::ieee(dtype);
    let layout = (!plain).then_some(Layout { size: size as u8, kind: float.into() });
    // A float of one byte becomes one of two, which h5py gives in the order of the file.
    Ok(Number { dtype, order: order(head, dtype.size() as u32), layout })
}

fn fields(head: &Head, cursor: &mut Cursor<'_>) -> Option<Float> {
    Some(Float {
        offset: cursor.u16()?,
        precision: cursor.u16()?,
        sign: (head.flags >> 8 & 255) as u8,
        exponent: cursor.u8()?,
        exponent_bits: cursor.u8()?,
        mantissa: cursor.u8()?,
        mantissa_bits: cursor.u8()?,
        bias: cursor.u32()?,
    })
}

/// A single byte has no order; numpy does not show one either.
fn order(head: &Head, size: u32) -> ByteOrder {
    if head.flag(0) && size > 1 { ByteOrder::Big } else { ByteOrder::Little }
}

fn string(head: &Head) -> Result<Element, ReadFault> {
    let padding = padding(head.flags & 15)?;
    Ok(Element::Bytes(head.size as usize, charset(head.flags >> 4 & 15)?, padding))
}

/// Strings and lists of numbers, which are in heaps.
fn heap_object(head: &Head, cursor: &mut Cursor<'_>, message: &[u8]) -> Result<Element, ReadFault> {
    let base = Head::read(cursor)?;
    match head.flags & 15 {
        0 if matches!(base.class, 0 | 1) => {
            let Number { dtype, order, layout } = number(&base, cursor)?;
            Ok(Element::Lists(dtype, order, layout))
        }
        1 => heap_string(head, &base, cursor, message),
        _ => Err(named(message)),
    }
}

fn heap_string(
    head: &Head,
    base: &Head,
    cursor: &mut Cursor<'_>,
    message: &[u8],
) -> Result<Element, ReadFault> {
    // Characters are numbers or strings of one byte.
    match (base.class, base.size) {
        (0, 1) if integer(base, cursor)?.layout.is_none() => {}
        (3, 1) => {}
        _ => return Err(named(message)),
    }
    padding(head.flags >> 4 & 15)?;
    Ok(Element::Strings(charset(head.flags >> 8 & 15)?))
}

fn padding(number: u32) -> Result<Padding, ReadFault> {
    match number {
        0 => Ok(Padding::Terminated),
        1 => Ok(Padding::Zeros),
        2 => Ok(Padding::Spaces),
        _ => Err(damaged(&format!("strings with the unknown padding {number}"))),
    }
}

fn charset(number: u32) -> Result<Charset, ReadFault> {
    match number {
        0 => Ok(Charset::Ascii),
        1 => Ok(Charset::Utf8),
        _ => Err(damaged(&format!("strings in the unknown character set {number}"))),
    }
}

/// h5py's truth values: an enumeration of the bytes 0 and 1.
fn truth_value(head: &Head, cursor: &mut Cursor<'_>, message: &[u8]) -> Result<Element, ReadFault> {
    let base = Head::read(cursor)?;
    if base.class != 0 || base.size != 1 || head.size != 1 || head.flags & 0xffff != 2 {
        return Err(named(message));
    }
    let plain = integer(&base, cursor)?.layout.is_none();
    let names = [name(cursor, head.version), name(cursor, head.version)];
    let values = (cursor.u8(), cursor.u8());
    let truth = match (names, values) {
        ([Some(b"FALSE"), Some(b"TRUE")], (Some(0), Some(1)))
        | ([Some(b"TRUE"), Some(b"FALSE")], (Some(1), Some(0))) => true,
        ([None, _] | [_, None], _) | (_, (None, _) | (_, None)) => return Err(damaged(CUT)),
        _ => false,
    };
    if plain && truth {
        return Ok(Element::Number(DType::Bool, ByteOrder::Little));
    }
    Err(named(message))
}

/// h5py's complex numbers: a real and an imaginary part of the same type.
fn complex(head: &Head, cursor: &mut Cursor<'_>, message: &[u8]) -> Result<Element, ReadFault> {
    if head.flags & 0xffff != 2 {
        return Err(named(message));
    }
    let parts = [part(head, cursor), part(head, cursor)];
    let [Some((b"r", 0, real)), Some((b"i", behind, imaginary))] = parts else {
        return Err(named(message));
    };
    let (Ok(real), Ok(imaginary)) = (real, imaginary) else { return Err(named(message)) };
    let dtype = match real.dtype {
        DType::F32 => DType::C64,
        DType::F64 => DType::C128,
        _ => return Err(named(message)),
    };
    let size = real.dtype.size();
    let plain = real.layout.is_none() && real == imaginary;
    if plain && behind as usize == size && head.size as usize == 2 * size {
        return Ok(Element::Number(dtype, real.order));
    }
    Err(named(message))
}

/// Name, place and type of a part of a compound type, if it is a number.
fn part<'a>(
    head: &Head,
    cursor: &mut Cursor<'a>,
) -> Option<(&'a [u8], u32, Result<Number, ReadFault>)> {
    let name = name(cursor, head.version)?;
    let place = match head.version {
        1 | 2 => cursor.u32()?,
        // As many bytes as the size of the whole needs; here it is one.
        _ => u32::from(cursor.u8()?),
    };
    // Version 1 has the axes of an array here.
    cursor.skip(if head.version == 1 { 4 + 4 + 4 + 16 } else { 0 })?;
    let inner = Head::read(cursor).ok()?;
    matches!(inner.class, 0 | 1).then(|| (name, place, number(&inner, cursor)))
}

/// A name that ends with a zero byte; old versions fill it up to a multiple of 8 bytes.
fn name<'a>(cursor: &mut Cursor<'a>, version: u8) -> Option<&'a [u8]> {
    let len = cursor.rest().iter().position(|&byte| byte == 0)?;
    let name = cursor.take(len)?;
    let stored = if version < 3 { (len + 1).next_multiple_of(8) } else { len + 1 };
    cursor.skip(stored - len)?;
    Some(name)
}

/// A type that is not read, by its name.
fn named(message: &[u8]) -> ReadFault {
    match reader::parse(&mut ReaderCursor::new(message), message.len()) {
        Ok(found) => ReadFault::Unsupported(element::describe(&found.datatype)),
        Err(error) => error.into(),
    }
}

fn damaged(what: &str) -> ReadFault {
    ReadFault::Damaged(what.to_owned())
}
