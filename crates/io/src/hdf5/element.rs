//! Element types: what HDF5 calls them, and what we call them.

use hdf5_pure as pure;
use hdf5_reader::Datatype;
use nirkit_ir::value::{Charset, TextLength, TextStorage};
use nirkit_numerics::{ByteOrder, DType};

use super::datatype;
use super::layout::Layout;
use crate::error::ReadFault;

/// What the elements of a dataset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Numbers or truth values, stored as the machine has them but for their byte order.
    Number(DType, ByteOrder),
    /// Numbers in a layout of their own, and the type that holds them.
    Converted(DType, ByteOrder, Layout),
    /// Strings, each a reference into a heap of the file.
    Strings(Charset),
    /// Lists of numbers of different lengths, each a reference into a heap of the file. The numbers may have a layout of
    /// their own.
    Lists(DType, ByteOrder, Option<Layout>),
    /// Strings of this many bytes each, and how they end.
    Bytes(usize, Charset, Padding),
}

/// How a string that is shorter than its field ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// A zero byte ends it.
    Terminated,
    /// It is filled up with zero bytes.
    Zeros,
    /// It is filled up with spaces.
    Spaces,
}

impl Element {
    /// The element type that a datatype message declares.
    pub(super) fn of(message: &[u8]) -> Result<Self, ReadFault> {
        datatype::element(message)
    }

    /// Bytes of an element in memory for each that is stored, if they are more.
    pub(super) fn growth(self) -> u64 {
        match self {
            Self::Converted(dtype, _, layout) => dtype.size().div_ceil(layout.size.into()) as u64,
            _ => 1,
        }
    }

    /// How the strings are stored, if they are strings.
    pub(super) fn text_storage(self) -> Option<TextStorage> {
        match self {
            Self::Number(..) | Self::Converted(..) | Self::Lists(..) => None,
            Self::Strings(charset) => Some(TextStorage { length: TextLength::Variable, charset }),
            Self::Bytes(len, charset, _) => {
                Some(TextStorage { length: TextLength::Fixed(len), charset })
            }
        }
    }
}

/// The type of lists of different lengths, in words.
pub(super) const LISTS: &str = "a type of variable-length lists";

/// The integer type of so many bytes.
pub(super) fn integer(size: u32, signed: bool) -> Option<DType> {
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

/// A type that is not read, in words.
pub(super) fn describe(datatype: &Datatype) -> String {
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
        Datatype::VarLen { .. } => LISTS.to_owned(),
        Datatype::Opaque { .. } => "an opaque type".to_owned(),
        Datatype::Reference { .. } => "a type of references".to_owned(),
        Datatype::Bitfield { .. } => "a bit field".to_owned(),
    }
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
