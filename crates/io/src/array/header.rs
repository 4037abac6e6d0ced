//! The header of a `.npy` file: a Python dictionary of element type, order and shape.

use nirkit_numerics::literal::{self, Literal};
use nirkit_numerics::{ByteOrder, DType};

use crate::error::ReadFault;

const MAGIC: &[u8] = b"\x93NUMPY";
/// numpy puts the elements at a multiple of this many bytes.
const ALIGNMENT: usize = 64;

/// numpy refuses headers with more bytes.
const LONGEST: usize = 10_000;
/// numpy has no arrays with more axes.
const MOST_AXES: usize = 64;

const NATIVE: ByteOrder =
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

/// What stands before the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableHeader {
    pub(super) fields: Vec<Field>,
    /// Bytes of a row.
    pub(super) row: usize,
    pub(super) rows: usize,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) dtype: DType,
    pub(super) order: ByteOrder,
    /// Its first byte in a row.
    pub(super) start: usize,
}

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
    /// Whether a file begins like an array.
    pub(super) fn check_magic(file: &[u8]) -> Result<(), ReadFault> {
        let is_array = file.starts_with(MAGIC);
        let other = ReadFault::OtherFormat { expected: "a numpy array (.npy)" };
        is_array.then_some(()).ok_or(other)
    }

    /// Splits a file into header and elements, as numpy does.
    pub(super) fn parse(file: &[u8]) -> Result<(Self, &[u8]), ReadFault> {
        let (entries, elements) = entries(file)?;
        let [descr, fortran_order, shape] = keys(&entries)?;
        let (fortran_order, shape) = order_and_shape(fortran_order, shape)?;
        let (dtype, order) = element_type(descr)?;
        Ok((Self { dtype, order, fortran_order, shape }, elements))
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

impl TableHeader {
    /// Splits a file whose elements have fields into header and rows.
    pub(super) fn parse(file: &[u8]) -> Result<(Self, &[u8]), ReadFault> {
        let (entries, elements) = entries(file)?;
        let [descr, fortran_order, shape] = keys(&entries)?;
        let (_, shape) = order_and_shape(fortran_order, shape)?;
        let &[rows] = shape.as_slice() else {
            return Err(ReadFault::Unsupported(format!("a table of shape {shape:?}")));
        };
        let Literal::List(described) = descr else {
            return Err(ReadFault::OtherFormat { expected: "an array with fields" });
        };
        let (mut fields, mut row) = (Vec::new(), 0_usize);
        for field in described {
            let Literal::Tuple(parts) = field else {
                return Err(damaged("a field of the header is no tuple"));
            };
            let (Some(Literal::Text(name)), Some(descr)) = (parts.first(), parts.get(1)) else {
                return Err(damaged("a field of the header has no name and type"));
            };
            if parts.len() > 2 {
                return Err(ReadFault::Unsupported(format!("the field `{name}` with axes")));
            }
            // numpy writes gaps between fields as fields without a name.
            if let (true, Literal::Text(gap)) = (name.is_empty(), descr)
                && let Some(gap) = gap.strip_prefix("|V").and_then(|gap| gap.parse::<usize>().ok())
            {
                row = row.saturating_add(gap);
                continue;
            }
            let (dtype, order) = element_type(descr)?;
            fields.push(Field { name: name.clone(), dtype, order, start: row });
            row = row.saturating_add(dtype.size());
        }
        Ok((Self { fields, row, rows }, elements))
    }

    /// Whether the elements of a file have fields.
    pub(super) fn is_in(file: &[u8]) -> bool {
        let found = entries(file).ok();
        let descr = found.as_ref().and_then(|(entries, _)| Some(keys(entries).ok()?[0]));
        matches!(descr, Some(Literal::List(_)))
    }
}

/// The keys of a header with their values.
type Entries = Vec<(Literal, Literal)>;

/// The entries of a header, and what follows it.
fn entries(file: &[u8]) -> Result<(Entries, &[u8]), ReadFault> {
    Header::check_magic(file)?;
    let rest = file.get(MAGIC.len()..).unwrap_or_default();
    let (version, rest) =
        rest.split_first_chunk().ok_or_else(|| damaged("the header is cut off"))?;
    if !matches!(version, [1..=3, 0]) {
        let [major, minor] = version;
        let what = format!("version {major}.{minor} of numpy's format");
        return Err(ReadFault::Unsupported(what));
    }
    let newest = version[0] == 3;
    let (dictionary, elements) =
        split(version[0], rest).ok_or_else(|| damaged("the header is cut off"))?;
    if dictionary.len() > LONGEST {
        let what = format!("the header has {} bytes, numpy takes {LONGEST}", dictionary.len());
        return Err(damaged(&what));
    }
    let dictionary = if newest {
        std::str::from_utf8(dictionary).map_err(|_| damaged("the header is no text"))?.to_owned()
    } else {
        // Latin-1, the first 256 characters.
        dictionary.iter().map(|&byte| char::from(byte)).collect()
    };
    match literal::parse(&dictionary, !newest) {
        Some(Literal::Dictionary(entries)) => Ok((entries, elements)),
        _ => Err(damaged("the header is no dictionary of Python")),
    }
}

/// Element type, order and shape as they are written. Of a key that stands twice, the last counts, as in Python.
fn keys(entries: &[(Literal, Literal)]) -> Result<[&Literal; 3], ReadFault> {
    let mut found = [None; 3];
    for (key, value) in entries {
        let Literal::Text(key) = key else {
            return Err(damaged("a key of the header is no text"));
        };
        let at = ["descr", "fortran_order", "shape"].iter().position(|known| known == key);
        let Some(at) = at else {
            return Err(damaged(&format!("the header has the unknown key {key:?}")));
        };
        found[at] = Some(value);
    }
    let [Some(descr), Some(fortran_order), Some(shape)] = found else {
        return Err(damaged("the header lacks a key"));
    };
    Ok([descr, fortran_order, shape])
}

fn order_and_shape(
    fortran_order: &Literal,
    shape: &Literal,
) -> Result<(bool, Vec<usize>), ReadFault> {
    let &Literal::Truth(fortran_order) = fortran_order else {
        return Err(damaged("`fortran_order` is neither True nor False"));
    };
    let shape = axes(shape).ok_or_else(|| damaged("the shape is no tuple of lengths"))?;
    Ok((fortran_order, shape))
}

/// Splits what follows the version into dictionary and elements.
fn split(major: u8, rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = if major == 1 {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    };
    rest.split_at_checked(length)
}

/// The element type of a description: `'<f4'`.
fn element_type(descr: &Literal) -> Result<(DType, ByteOrder), ReadFault> {
    let Literal::Text(descr) = descr else {
        return Err(ReadFault::Unsupported("an array of numpy type with fields".to_owned()));
    };
    let (order, name) = match descr.split_at_checked(1) {
        Some((">", name)) => (ByteOrder::Big, name),
        // numpy takes the order of the machine where none is given.
        Some(("<", name)) => (ByteOrder::Little, name),
        Some(("|" | "=", name)) => (NATIVE, name),
        _ => (NATIVE, descr.as_str()),
    };
    let found = DType::ALL.into_iter().find(|&dtype| type_name(dtype) == name);
    let dtype = found.ok_or_else(|| ReadFault::NumpyType(descr.clone()))?;
    Ok((dtype, if dtype.size() == 1 { ByteOrder::Little } else { order }))
}

/// The lengths of the axes: `(3, 4)`, `(3,)`, `()`. numpy takes no truth value for one.
fn axes(shape: &Literal) -> Option<Vec<usize>> {
    let Literal::Tuple(axes) = shape else { return None };
    let axis = |axis: &Literal| match axis {
        Literal::Whole(number) => usize::try_from((*number)?).ok(),
        _ => None,
    };
    (axes.len() <= MOST_AXES).then(|| axes.iter().map(axis).collect())?
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

    /// What is read of a header, or what is said about it.
    fn header(version: [u8; 2], dictionary: &str) -> Result<Header, String> {
        let length = dictionary.len() as u32;
        let length = &length.to_le_bytes()[..if version[0] == 1 { 2 } else { 4 }];
        let file = [MAGIC, &version, length, dictionary.as_bytes()].concat();
        Header::parse(&file).map(|(header, _)| header).map_err(|fault| fault.to_string())
    }

    fn shape(shape: &str) -> Option<Vec<usize>> {
        let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}");
        header([1, 0], &text).ok().map(|header| header.shape)
    }

    #[test]
    fn shapes_of_any_rank_are_read() {
        assert!(shape("()").unwrap().is_empty());
        assert_eq!(shape("(7,)").unwrap(), [7]);
        assert_eq!(shape("(7L, 8)").unwrap(), [7, 8]);
        for refused in [
            "(-1,)",
            "(True, 8)",
            "(99999999999999999999,)",
            "(3,,2)",
            "7",
            "[7]",
            "(7.0,)",
            "('7',)",
        ] {
            assert_eq!(shape(refused), None, "{refused}");
        }
        assert_eq!(shape(&format!("({})", "1,".repeat(65))), None);
    }

    #[test]
    fn what_is_no_array_of_numbers_is_named() {
        let said = |descr: &str| {
            let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': ()}}");
            header([1, 0], &text).unwrap_err()
        };
        for (descr, named) in [("'<U4'", "<U4"), ("'|O'", "|O"), ("[('a', '<f4')]", "fields")] {
            assert!(said(descr).contains(named), "{}", said(descr));
        }
    }

    /// What numpy 2.4 does with each of these was seen by trying.
    #[test]
    fn a_header_is_read_as_numpy_reads_it_or_refused_as_numpy_refuses_it() {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}";
        for version in [[1, 0], [2, 0], [3, 0]] {
            assert_eq!(header(version, good).unwrap().shape, [2]);
        }
        for version in [[0, 0], [1, 1], [4, 0], [9, 9]] {
            assert!(header(version, good).unwrap_err().contains("of numpy's format"));
        }
        let twice = "{'descr': '<f4', 'fortran_order': None, 'shape': (2,), 'descr': '>i2', 'fortran_order': True}";
        let read = header([1, 0], twice).unwrap();
        assert_eq!(
            (read.dtype, read.order, read.fortran_order),
            (DType::I16, ByteOrder::Big, true)
        );
        for refused in [
            "{'descr': '<f4', 'fortran_order': 1, 'shape': (2,)}",
            "{'descr': '<f4', 'fortran_order': Truest, 'shape': (2,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': \"'shape': (9,)\"}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
            "['descr', '<f4']",
            "",
        ] {
            assert!(header([1, 0], refused).is_err(), "{refused}");
        }
        // Only versions before 3 know the long numbers of Python 2.
        let long = "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}";
        assert!(header([2, 0], long).is_ok() && header([3, 0], long).is_err());
        let comment = format!("{good} #{}", "x".repeat(10_000));
        assert!(header([2, 0], &comment).unwrap_err().contains("numpy takes 10000"));
    }
}
