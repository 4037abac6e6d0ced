//! Writes a tree of values as an HDF5 file that h5py reads back with the same types.

use std::io::Write;
use std::path::Path;

use hdf5_pure::{AttrValue, DatasetBuilder, FileBuilder, FinishedGroup, GroupBuilder};
use nirkit_ir::value::{Charset, Fields, Text, TextLength, Value};
use nirkit_numerics::{ByteOrder, DType, Tensor};

use super::{Tree, element};
use crate::atomic;
use crate::error::{WriteError, WriteFault};
use crate::limits::Limits;

/// Tensors are compressed in pieces of at most this many bytes, so that a reader need not take
/// more memory at once.
const CHUNK_BYTES: usize = 1 << 20;

/// Tensors below this many bytes are not compressed: what HDF5 needs to find the pieces takes more
/// than they do, and most of the time of writing a graph would go into them.
const WORTHWHILE: usize = 64;

/// The longest axis of a piece. HDF5 2.0 does not open a dataset whose pieces have a longer one: it wants the lengths of the
/// axes in as few bytes as they take, and `hdf5-pure` writes 4 where 3 would do.
const CHUNK_AXIS: usize = 65_535;

/// The most axes that HDF5 gives a dataset.
const AXES: usize = 32;

/// Zero bytes behind the strings of a file. A text of a few bytes can ask for fields of gigabytes.
const PADDING_BYTES: usize = 256 << 20;

/// How tensors are compressed. Tensors of a few numbers and strings never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all: the fastest to read and write.
    #[default]
    None,
    /// With gzip at a level from 0 (stored) to 9 (smallest).
    Gzip(u32),
    /// With lzf, which is fast and which only h5py and nirkit read.
    Lzf,
}

/// Writes a file under a name. On an error, nothing is left of it.
pub(crate) fn write(path: &Path, tree: &Tree, compression: Compression) -> Result<(), WriteError> {
    let at_root = |fault: WriteFault| fault.at("");
    if let Some(bytes) = readable(tree, compression)? {
        let finish = |out: &mut dyn Write| out.write_all(&bytes).map_err(WriteFault::Io);
        return atomic::write(path, finish).map_err(at_root);
    }
    let builder = build(tree, compression)?;
    let finish = |out: &mut dyn Write| builder.finish_to(out).map_err(to_fault);
    atomic::write(path, finish).map_err(at_root)
}

/// The bytes of a large file that is compressed, or not compressed at all where readers would take it for one that is
/// made to fill their memory: more decoded bytes for each of the file than [`Limits::expansion`] allows. `None` where that
/// is no question.
fn readable(tree: &Tree, compression: Compression) -> Result<Option<Vec<u8>>, WriteError> {
    let decoded = decoded(&tree.root);
    if compression == Compression::None || decoded <= Limits::SMALL / 2 {
        return Ok(None);
    }
    let encode =
        |compression| build(tree, compression)?.finish().map_err(|error| to_fault(error).at(""));
    let bytes: Vec<u8> = encode(compression)?;
    // Names and headers count as well; half of what is allowed leaves room for them.
    let allowed = (bytes.len() as u64).saturating_mul(Limits::default().expansion) / 2;
    if decoded <= allowed { Ok(Some(bytes)) } else { encode(Compression::None).map(Some) }
}

/// Bytes of all values.
fn decoded(fields: &Fields) -> u64 {
    let of = |value: &Value| match value {
        Value::Tensor(tensor) => tensor.bytes() as u64,
        Value::Text(_) => 0,
        Value::Group(fields) => decoded(fields),
    };
    fields.values().map(of).fold(0, u64::saturating_add)
}

/// The bytes of a file.
pub(crate) fn to_bytes(tree: &Tree, compression: Compression) -> Result<Vec<u8>, WriteError> {
    match readable(tree, compression)? {
        Some(bytes) => Ok(bytes),
        None => build(tree, compression)?.finish().map_err(|error| to_fault(error).at("")),
    }
}

fn to_fault(error: hdf5_pure::Error) -> WriteFault {
    match error {
        hdf5_pure::Error::Io(error) => WriteFault::Io(error),
        other => WriteFault::Unsupported(format!("this content ({other})")),
    }
}

fn build(tree: &Tree, compression: Compression) -> Result<FileBuilder, WriteError> {
    let mut builder = FileBuilder::new();
    let (place, depth, padding_left) = (String::new(), 0, PADDING_BYTES);
    let mut writer = Writer { tree, compression, place, depth, padding_left };
    writer.root(&mut builder).map_err(|fault| fault.at(writer.place))?;
    Ok(builder)
}

/// A walk through the tree.
struct Writer<'a> {
    tree: &'a Tree,
    compression: Compression,
    /// Path of what is being written; after an error, of what caused it.
    place: String,
    /// Names in that path. What stands deeper than readers go is not written.
    depth: u64,
    /// Zero bytes that strings may still be filled up with.
    padding_left: usize,
}

impl Writer<'_> {
    fn root(&mut self, builder: &mut FileBuilder) -> Result<(), WriteFault> {
        for (name, value) in self.attributes()? {
            builder.set_attr(&name, value);
        }
        for (name, value) in &self.tree.root {
            let outer = self.enter(name)?;
            match value {
                Value::Group(fields) => {
                    let group = builder.create_group(name);
                    let group = self.group(group, fields)?;
                    builder.add_group(group);
                }
                Value::Tensor(tensor) => self.tensor(builder.create_dataset(name), tensor)?,
                Value::Text(text) => self.text(builder.create_dataset(name), text)?,
            }
            self.leave(outer);
        }
        Ok(())
    }

    fn group(
        &mut self,
        mut builder: GroupBuilder,
        fields: &Fields,
    ) -> Result<FinishedGroup, WriteFault> {
        for (name, value) in self.attributes()? {
            builder.set_attr(&name, value);
        }
        for (name, value) in fields {
            let outer = self.enter(name)?;
            match value {
                Value::Group(fields) => {
                    let group = builder.create_group(name);
                    let group = self.group(group, fields)?;
                    builder.add_group(group);
                }
                Value::Tensor(tensor) => self.tensor(builder.create_dataset(name), tensor)?,
                Value::Text(text) => self.text(builder.create_dataset(name), text)?,
            }
            self.leave(outer);
        }
        Ok(builder.finish())
    }

    /// Steps into a member; returns the length of the place to step back to.
    fn enter(&mut self, name: &str) -> Result<usize, WriteFault> {
        let outer = self.place.len();
        if name.is_empty() || name == "." || name.contains(['/', '\0']) {
            return Err(WriteFault::Name(name.to_owned()));
        }
        self.place.push('/');
        self.place.push_str(name);
        self.depth += 1;
        if self.depth > Limits::default().depth {
            let what = format!("a tree of more than {} groups inside each other", self.depth - 1);
            return Err(WriteFault::Unsupported(what));
        }
        Ok(outer)
    }

    /// Steps back to where [`Self::enter`] was called.
    fn leave(&mut self, outer: usize) {
        self.place.truncate(outer);
        self.depth -= 1;
    }

    /// The attributes of the group that is being written.
    fn attributes(&self) -> Result<Vec<(String, AttrValue)>, WriteFault> {
        let attributes = self.tree.attributes.get(&self.place).into_iter().flatten();
        attributes.map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
    }

    fn tensor(&self, dataset: &mut DatasetBuilder, tensor: &Tensor) -> Result<(), WriteFault> {
        check_axes(tensor.shape())?;
        let datatype = element::to_hdf5(tensor.dtype(), tensor.byte_order())
            .map_err(|error| WriteFault::Unsupported(format!("{} ({error})", tensor.dtype())))?;
        dataset
            .with_raw_data(datatype, tensor.to_bytes(), tensor.len() as u64)
            .with_shape(&extents(tensor.shape()));
        if tensor.rank() > 0 && tensor.bytes() >= WORTHWHILE {
            self.compress(dataset, tensor);
        }
        Ok(())
    }

    fn compress(&self, dataset: &mut DatasetBuilder, tensor: &Tensor) {
        let chunk = || extents(&chunk(tensor.shape(), tensor.dtype().size()));
        match self.compression {
            Compression::None => {}
            Compression::Gzip(level) => {
                dataset.with_chunks(&chunk()).with_deflate(level.min(9));
            }
            Compression::Lzf => {
                dataset.with_chunks(&chunk()).with_lzf();
            }
        }
    }

    fn text(&mut self, dataset: &mut DatasetBuilder, text: &Text) -> Result<(), WriteFault> {
        check_axes(text.shape())?;
        let datatype = element::text_to_hdf5(text.storage());
        let strings: Vec<&str> = text.strings().iter().map(String::as_str).collect();
        match text.storage().length {
            TextLength::Variable => {
                if let Some(string) = strings.iter().find(|string| string.contains('\0')) {
                    return Err(WriteFault::Unsupported(format!("the zero byte in {string:?}")));
                }
                dataset.with_vlen_strings(&strings).with_dtype(datatype);
            }
            TextLength::Fixed(len) => {
                dataset.with_raw_data(datatype, self.padded(&strings, len)?, strings.len() as u64);
            }
        }
        dataset.with_shape(&extents(text.shape()));
        Ok(())
    }

    /// Strings of `len` bytes each, filled up with zero bytes.
    fn padded(&mut self, strings: &[&str], len: usize) -> Result<Vec<u8>, WriteFault> {
        let content: usize = strings.iter().map(|string| string.len()).sum();
        let fits = u32::try_from(len).is_ok_and(|len| len > 0);
        if let Some(string) = strings.iter().find(|string| string.len() > len || !fits) {
            return Err(WriteFault::Unsupported(format!(
                "the string {string:?} of {} bytes in a field of {len}",
                string.len()
            )));
        }
        let padding = len.checked_mul(strings.len()).map(|bytes| bytes - content);
        let Some(left) = padding.and_then(|padding| self.padding_left.checked_sub(padding)) else {
            return Err(WriteFault::Unsupported(format!(
                "{} of {len} bytes for {content} bytes of text, more than {PADDING_BYTES} zero bytes in one file,",
                if strings.len() == 1 {
                    "a field".to_owned()
                } else {
                    format!("{} fields", strings.len())
                }
            )));
        };
        self.padding_left = left;
        let mut bytes = Vec::with_capacity(content + padding.unwrap_or(0));
        for string in strings {
            bytes.extend_from_slice(string.as_bytes());
            bytes.resize(bytes.len() + len - string.len(), 0);
        }
        Ok(bytes)
    }
}

/// Checks that HDF5 has so many axes.
fn check_axes(shape: &[usize]) -> Result<(), WriteFault> {
    if shape.len() > AXES {
        return Err(WriteFault::Unsupported(format!(
            "a value of {} axes, more than {AXES},",
            shape.len()
        )));
    }
    Ok(())
}

fn extents(shape: &[usize]) -> Vec<u64> {
    shape.iter().map(|&axis| axis as u64).collect()
}

/// Shape of the pieces: the tensor, halved along its first long axes until a piece is small.
fn chunk(shape: &[usize], element_bytes: usize) -> Vec<usize> {
    let mut chunk = shape.to_vec();
    for axis in &mut chunk {
        while *axis > CHUNK_AXIS {
            *axis = axis.div_ceil(2);
        }
    }
    while chunk.iter().product::<usize>() * element_bytes > CHUNK_BYTES {
        let Some(axis) = chunk.iter_mut().find(|axis| **axis > 1) else { break };
        *axis = axis.div_ceil(2);
    }
    chunk
}

/// The attribute for a single number or string: all that NIRData needs.
fn attribute(value: &Value) -> Result<AttrValue, WriteFault> {
    let unsupported = || WriteFault::Unsupported(format!("an attribute of {}", value.describe()));
    match value {
        Value::Text(text) => match (text.as_str(), text.storage().charset) {
            (Some(string), Charset::Utf8) => Ok(AttrValue::VarLenString(string.to_owned())),
            (Some(string), Charset::Ascii) => Ok(AttrValue::VarLenAsciiString(string.to_owned())),
            (None, _) => Err(unsupported()),
        },
        Value::Tensor(tensor) if tensor.rank() == 0 && tensor.byte_order() == ByteOrder::Little => {
            number(tensor).ok_or_else(unsupported)
        }
        Value::Tensor(_) | Value::Group(_) => Err(unsupported()),
    }
}

fn number(tensor: &Tensor) -> Option<AttrValue> {
    match tensor.dtype() {
        DType::F64 => tensor.get_f64(0).map(AttrValue::F64),
        DType::F32 => tensor.get_f64(0).map(|value| AttrValue::F32(value as f32)),
        DType::I64 => tensor.to_i64()?.first().copied().map(AttrValue::I64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_length(strings: &[&str], len: usize) -> Result<Vec<u8>, WriteFault> {
        let (place, depth, padding_left) = (String::new(), 0, PADDING_BYTES);
        let (tree, compression) = (&Tree::default(), Compression::None);
        Writer { tree, compression, place, depth, padding_left }.padded(strings, len)
    }

    #[test]
    fn fields_that_are_nearly_empty_are_not_filled_up_without_end() {
        let error = of_length(&["a"], 1_500_000_000).unwrap_err().to_string();
        assert!(error.starts_with("a field of 1500000000 bytes for 1 bytes of text"), "{error}");
    }

    #[test]
    fn more_axes_than_hdf5_has_are_refused_with_their_place() {
        let of = |axes: usize| {
            let tensor = Tensor::new(&vec![1; axes], vec![1.0_f32]).unwrap();
            let root = Fields::from_iter([("x".to_owned(), Value::from(tensor))]);
            to_bytes(&Tree { root, ..Tree::default() }, Compression::None)
        };
        assert!(of(32).is_ok());
        let error = of(33).unwrap_err().to_string();
        assert_eq!(error, "/x: a value of 33 axes, more than 32, cannot be written");
    }

    #[test]
    fn pieces_are_at_most_a_mebibyte() {
        assert_eq!(chunk(&[3, 4], 4), [3, 4]);
        assert_eq!(chunk(&[4096, 4096], 4), [64, 4096]);
        assert_eq!(chunk(&[1, 1 << 20], 8), [1, 1 << 15]);
        assert_eq!(chunk(&[5, 1 << 20], 8), [3, 1 << 15]);
        assert_eq!(chunk(&[65_535], 1), [65_535]);
        assert_eq!(chunk(&[65_536], 1), [32_768]);
    }

    #[test]
    fn a_string_that_does_not_fit_is_named() {
        let error = of_length(&["ab", "abc"], 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the string \"abc\" of 3 bytes in a field of 2 cannot be written"
        );
        assert_eq!(of_length(&["é", ""], 3).unwrap(), [0xc3, 0xa9, 0, 0, 0, 0]);
    }
}
