//! Element types: what HDF5 calls them, and what we call them.

use hdf5_pure as pure;
use hdf5_reader::{
    ByteOrder as ReaderOrder, Datatype, StringEncoding, StringPadding, StringSize, VarLenKind,
};
use nirkit_ir::value::{Charset, TextLength, TextStorage};
use nirkit_numerics::{ByteOrder, DType};

/// What the elements of a dataset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Numbers or truth values.
    Number(DType, ByteOrder),
    /// Strings, each a reference into a heap of the file.
    Strings(Charset),
    /// Strings of this many bytes each; the flag says whether a zero byte ends them.
    Bytes(usize, Charset, bool),
}

impl Element {
    /// The element type of a dataset, or in words what it is instead.
    pub(super) fn of(datatype: &Datatype) -> Result<Self, String> {
        if let Some((dtype, order)) = number(datatype) {
            return Ok(Self::Number(dtype, order));
        }
        match datatype {
            Datatype::String { size: StringSize::Fixed(len), encoding, padding } => {
                let terminated = *padding == StringPadding::NullTerminate;
                Ok(Self::Bytes(*len as usize, charset(*encoding), terminated))
            }
            Datatype::String { size: StringSize::Variable, encoding, .. } => {
                Ok(Self::Strings(charset(*encoding)))
            }
            Datatype::VarLen { base, kind: VarLenKind::String, encoding, .. }
                if base.is_vlen_string_base() =>
            {
                Ok(Self::Strings(charset(*encoding)))
            }
            other => Err(describe(other)),
        }
    }

    /// How the strings are stored, if they are strings.
    pub(super) fn text_storage(self) -> Option<TextStorage> {
        match self {
            Self::Number(..) => None,
            Self::Strings(charset) => Some(TextStorage { length: TextLength::Variable, charset }),
            Self::Bytes(len, charset, _) => {
                Some(TextStorage { length: TextLength::Fixed(len), charset })
            }
        }
    }
}

fn charset(encoding: StringEncoding) -> Charset {
    match encoding {
        StringEncoding::Ascii => Charset::Ascii,
        StringEncoding::Utf8 => Charset::Utf8,
    }
}

/// Numbers, h5py's truth values, and h5py's complex numbers.
fn number(datatype: &Datatype) -> Option<(DType, ByteOrder)> {
    match datatype {
        Datatype::FixedPoint { size, signed, byte_order } => {
            Some((integer(*size, *signed)?, order(*byte_order, *size)))
        }
        Datatype::FloatingPoint { size, byte_order } => {
            Some((float(*size)?, order(*byte_order, *size)))
        }
        Datatype::Enum { base, members } => {
            let truth = matches!(**base, Datatype::FixedPoint { size: 1, .. })
                && members.len() == 2
                && members.iter().any(|member| member.name == "FALSE" && member.value == [0])
                && members.iter().any(|member| member.name == "TRUE" && member.value == [1]);
            truth.then_some((DType::Bool, ByteOrder::Little))
        }
        Datatype::Compound { size, fields } => {
            let [real, imaginary] = fields.as_slice() else { return None };
            let (part, order) = number(&real.datatype)?;
            let plain = real.name == "r"
                && imaginary.name == "i"
                && real.byte_offset == 0
                && imaginary.byte_offset as usize == part.size()
                && *size as usize == 2 * part.size()
                && real.datatype == imaginary.datatype;
            let dtype = match part {
                DType::F32 => DType::C64,
                DType::F64 => DType::C128,
                _ => return None,
            };
            plain.then_some((dtype, order))
        }
        _ => None,
    }
}

fn integer(size: u8, signed: bool) -> Option<DType> {
    Some(match (size, signed) {
        (1, true) => DType::I8,
        (2, true) => DType::I16,
        (4, true) => DType::I32,
        (8, true) => DType::I64,
        (1, false) => DType::U8,
        (2, false) => DType::U16,
        (4, false) => DType::U32,
        (8, false) => DType::U64,
        _ => return None,
    })
}

fn float(size: u8) -> Option<DType> {
    Some(match size {
        2 => DType::F16,
        4 => DType::F32,
        8 => DType::F64,
        _ => return None,
    })
}

/// A single byte has no order; numpy does not show one either.
fn order(order: ReaderOrder, size: u8) -> ByteOrder {
    match order {
        ReaderOrder::BigEndian if size > 1 => ByteOrder::Big,
        _ => ByteOrder::Little,
    }
}

/// A type that is not read, in words.
fn describe(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FixedPoint { size, .. } => format!("an integer type of {size} bytes"),
        Datatype::FloatingPoint { size, .. } => format!("a floating-point type of {size} bytes"),
        Datatype::String { .. } => "a string type".to_owned(),
        Datatype::Compound { fields, .. } => {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            format!("a compound type of {}", names.join(", "))
        }
        Datatype::Array { .. } => "an array type".to_owned(),
        Datatype::Enum { members, .. } => format!("an enumeration of {} names", members.len()),
        Datatype::VarLen { .. } => "a type of variable-length lists".to_owned(),
        Datatype::Opaque { .. } => "an opaque type".to_owned(),
        Datatype::Reference { .. } => "a type of references".to_owned(),
        Datatype::Bitfield { .. } => "a bit field".to_owned(),
    }
}

/// Whether the datatype message of a floating-point type of two bytes is IEEE half precision, and
/// not bfloat16: 5 bits of exponent and 10 of mantissa.
///
/// The reader's description of the type leaves this out, so the stored message is looked at:
/// 8 bytes of header, 2 each of bit offset and precision, then exponent location and size, mantissa
/// location and size.
pub(super) fn is_half(message: &[u8]) -> bool {
    matches!(message.get(12..16), Some([10, 5, 0, 10]))
}

/// The HDF5 type that h5py gives to these numbers.
pub(super) fn to_hdf5(dtype: DType, order: ByteOrder) -> Result<pure::Datatype, pure::FormatError> {
    match dtype {
        DType::Bool => pure::EnumTypeBuilder::with_base(pure::make_i8_type())
            .value("FALSE", 0)
            .value("TRUE", 1)
            .build(),
        DType::C64 | DType::C128 => {
            let part = float_type(dtype.word(), order);
            pure::CompoundTypeBuilder::new().field("r", part.clone()).field("i", part).build()
        }
        DType::F16 | DType::F32 | DType::F64 => Ok(float_type(dtype.size(), order)),
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => Ok(integer_type(dtype, true, order)),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => Ok(integer_type(dtype, false, order)),
    }
}

fn integer_type(dtype: DType, signed: bool, order: ByteOrder) -> pure::Datatype {
    pure::Datatype::FixedPoint {
        size: dtype.size() as u32,
        byte_order: byte_order(order),
        layout: pure::FixedPointLayout {
            signed,
            bit_offset: 0,
            bit_precision: 8 * dtype.size() as u16,
        },
    }
}

/// The IEEE type of 2, 4 or 8 bytes.
fn float_type(size: usize, order: ByteOrder) -> pure::Datatype {
    let layout = match size {
        2 => pure::FloatingPointLayout {
            bit_offset: 0,
            bit_precision: 16,
            exponent_location: 10,
            exponent_size: 5,
            mantissa_location: 0,
            mantissa_size: 10,
            exponent_bias: 15,
        },
        4 => pure::FloatingPointLayout::IEEE754_BINARY32,
        _ => pure::FloatingPointLayout::IEEE754_BINARY64,
    };
    pure::Datatype::FloatingPoint { size: size as u32, byte_order: byte_order(order), layout }
}

fn byte_order(order: ByteOrder) -> pure::DatatypeByteOrder {
    match order {
        ByteOrder::Little => pure::DatatypeByteOrder::LittleEndian,
        ByteOrder::Big => pure::DatatypeByteOrder::BigEndian,
    }
}

/// The HDF5 type that h5py gives to strings stored in this way.
pub(super) fn text_to_hdf5(storage: TextStorage) -> pure::Datatype {
    let charset = match storage.charset {
        Charset::Ascii => pure::CharacterSet::Ascii,
        Charset::Utf8 => pure::CharacterSet::Utf8,
    };
    match storage.length {
        TextLength::Fixed(len) => pure::Datatype::String {
            size: len as u32,
            padding: pure::StringPadding::NullPad,
            charset,
        },
        TextLength::Variable => pure::Datatype::VariableLength {
            is_string: true,
            padding: Some(pure::StringPadding::NullTerminate),
            charset: Some(charset),
            base_type: Box::new(pure::make_u8_type()),
        },
    }
}
