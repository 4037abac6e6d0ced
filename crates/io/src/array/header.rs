//! The header of a `.npy` file: a Python dictionary of element type, order and shape.

use nirkit_numerics::{ByteOrder, DType};

use crate::error::ReadFault;

const MAGIC: &[u8] = b"\x93NUMPY";
/// numpy puts the elements at a multiple of this many bytes.
const ALIGNMENT: usize = 64;

/// What stands before the elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) dtype: DType,
    pub(super) order: ByteOrder,
    /// Whether the first axis is the fastest.
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// Splits a file into header and elements.
    pub(super) fn parse(file: &[u8]) -> Result<(Self, &[u8]), ReadFault> {
        let rest = file
            .strip_prefix(MAGIC)
            .ok_or(ReadFault::OtherFormat { expected: "a numpy array (.npy)" })?;
        let (dictionary, elements) = split(rest).ok_or_else(|| damaged("the header is cut off"))?;
        let dictionary =
            std::str::from_utf8(dictionary).map_err(|_| damaged("the header is no text"))?;
        Ok((Self::of_dictionary(dictionary)?, elements))
    }

    fn of_dictionary(text: &str) -> Result<Self, ReadFault> {
        let entry = |key: &str| {
            let quoted = [format!("'{key}':"), format!("\"{key}\":")];
            let found = quoted.iter().find_map(|key| text.split_once(key.as_str()));
            found
                .map(|(_, value)| value.trim_start())
                .ok_or_else(|| damaged("the header lacks a key"))
        };
        let (dtype, order) = element_type(entry("descr")?)?;
        let fortran_order = entry("fortran_order")?.starts_with("True");
        let shape =
            shape(entry("shape")?).ok_or_else(|| damaged("the shape is no list of numbers"))?;
        Ok(Self { dtype, order, fortran_order, shape })
    }

    /// The header as numpy writes it.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let axes: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        let shape = match axes.as_slice() {
            [axis] => format!("({axis},)"),
            axes => format!("({})", axes.join(", ")),
        };
        let fortran_order = if self.fortran_order { "True" } else { "False" };
        let descr = descr(self.dtype, self.order);
        let mut dictionary =
            format!("{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape}, }}");
        // Magic, two bytes of version, two bytes of length, and a line end after the padding.
        let length = (MAGIC.len() + 4 + dictionary.len() + 1).next_multiple_of(ALIGNMENT);
        let padded = length - MAGIC.len() - 4;
        dictionary.extend(std::iter::repeat_n(' ', padded - 1 - dictionary.len()));
        dictionary.push('\n');
        // No shape of 32 axes, numpy's maximum, is longer than what two bytes can count.
        let count = (padded as u16).to_le_bytes();
        [MAGIC, &[1, 0], &count, dictionary.as_bytes()].concat()
    }
}

/// Splits what follows the magic into dictionary and elements.
fn split(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[major, _], rest) = rest.split_first_chunk()?;
    let (length, rest) = if major == 1 {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    };
    rest.split_at_checked(length)
}

/// The element type at the start of the text: `'<f4'`.
fn element_type(text: &str) -> Result<(DType, ByteOrder), ReadFault> {
    let unsupported = |what: &str| ReadFault::Unsupported(format!("an array of numpy type {what}"));
    let quote = text.chars().next().filter(|first| ['\'', '"'].contains(first));
    let descr = quote.and_then(|quote| text.get(1..)?.split(quote).next());
    let Some(descr) = descr else { return Err(unsupported("with fields")) };
    let (order, name) = match descr.split_at_checked(1) {
        Some((">", name)) => (ByteOrder::Big, name),
        Some(("<" | "|", name)) => (ByteOrder::Little, name),
        _ => return Err(unsupported(&format!("`{descr}`"))),
    };
    let dtype = DType::ALL.into_iter().find(|&dtype| type_name(dtype) == name);
    dtype.map(|dtype| (dtype, order)).ok_or_else(|| unsupported(&format!("`{descr}`")))
}

/// The tuple at the start of the text: `(3, 4)`, `(3,)`, `()`.
fn shape(text: &str) -> Option<Vec<usize>> {
    let (axes, _) = text.strip_prefix('(')?.split_once(')')?;
    let axes = axes.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    axes.map(|axis| axis.trim_end_matches('L').parse().ok()).collect()
}

fn descr(dtype: DType, order: ByteOrder) -> String {
    let order = match order {
        _ if dtype.size() == 1 => '|',
        ByteOrder::Little => '<',
        ByteOrder::Big => '>',
    };
    format!("{order}{}", type_name(dtype))
}

/// numpy's name of an element type, without its byte order.
fn type_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "b1",
        DType::I8 => "i1",
        DType::I16 => "i2",
        DType::I32 => "i4",
        DType::I64 => "i8",
        DType::U8 => "u1",
        DType::U16 => "u2",
        DType::U32 => "u4",
        DType::U64 => "u8",
        DType::F16 => "f2",
        DType::F32 => "f4",
        DType::F64 => "f8",
        DType::C64 => "c8",
        DType::C128 => "c16",
    }
}

fn damaged(what: &str) -> ReadFault {
    ReadFault::Damaged(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_that_of_numpy() {
        // numpy.save of numpy.zeros((2, 3), ">f4") with numpy 1.26, without the elements.
        let dictionary = "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }";
        let mut numpy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        numpy.extend(dictionary.bytes());
        numpy.resize(127, b' ');
        numpy.push(b'\n');
        let header = Header {
            dtype: DType::F32,
            order: ByteOrder::Big,
            fortran_order: false,
            shape: vec![2, 3],
        };
        assert_eq!(header.to_bytes(), numpy);
        assert_eq!(Header::parse(&numpy).unwrap(), (header, &[][..]));
    }

    #[test]
    fn shapes_of_any_rank_are_read() {
        assert!(shape("(), }").unwrap().is_empty());
        assert_eq!(shape("(7,), }").unwrap(), [7]);
        assert_eq!(shape("(7L, 8)").unwrap(), [7, 8]);
        assert_eq!(shape("(-1,)"), None);
        assert_eq!(shape("(99999999999999999999,)"), None);
    }

    #[test]
    fn what_is_no_array_of_numbers_is_named() {
        for (descr, named) in [("'<U4'", "<U4"), ("'|O'", "|O"), ("[('a', '<f4')]", "fields")] {
            let error = element_type(descr).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
