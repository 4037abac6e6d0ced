//! `.npy` files: one numpy array each, for stimuli and recordings.
//!
//! The crates for this format all rest on a parser that needs a C compiler to build, and give the
//! element type away; the format is small, so it is read and written here.

mod header;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use nirkit_numerics::{ByteOrder, Tensor};

use crate::atomic::{self, Staged};
use crate::bytes;
use crate::error::{ReadError, ReadFault, WriteError, WriteFault};
use crate::hdf5::budget::Budget;
use crate::limits::Limits;
use header::{Header, TableHeader};

/// Reads an array. Element type and byte order are kept; Fortran order becomes C order.
pub fn read_array(path: impl AsRef<Path>, limits: &Limits) -> Result<Tensor, ReadError> {
    let path = path.as_ref();
    let read = bytes::read_known(path, limits, Header::check_magic)
        .and_then(|bytes| parse(&bytes, limits));
    read.map_err(|fault| fault.at("").of_file(path))
}

/// Reads an array from the bytes of a file.
pub fn read_array_bytes(bytes: &[u8], limits: &Limits) -> Result<Tensor, ReadError> {
    parse(bytes, limits).map_err(|fault| fault.at(""))
}

/// A table of numbers: a column for each field of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The columns, all of the same length.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// A number for each row.
    pub numbers: Vec<f64>,
    /// Whether its type, or the text of one of its numbers, has room for a fraction: `1.0`, not `1`.
    pub is_real: bool,
}

/// Reads the bytes of a file that holds an array, once: a pipe cannot be read again.
pub fn read_bytes(path: impl AsRef<Path>, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let path = path.as_ref();
    let read = bytes::read_known(path, limits, Header::check_magic);
    read.map_err(|fault| fault.at("").of_file(path))
}

/// Returns the shape that a regular file declares, without reading its elements; `None` for what is no array of plain numbers, or
/// cannot be told by the first 64 KiB.
#[must_use]
pub fn declared_shape(path: impl AsRef<Path>) -> Option<Vec<usize>> {
    let file =
        File::open(path).ok().filter(|file| file.metadata().is_ok_and(|file| file.is_file()))?;
    let mut head = Vec::new();
    file.take(1 << 16).read_to_end(&mut head).ok()?;
    Header::parse(&head).ok().map(|(header, _)| header.shape)
}

/// Whether the bytes of a file are an array whose elements have fields.
#[must_use]
pub fn is_table_bytes(file: &[u8]) -> bool {
    TableHeader::is_in(file)
}

/// Reads an array of one axis whose elements have fields of numbers.
pub fn read_table(path: impl AsRef<Path>, limits: &Limits) -> Result<Table, ReadError> {
    let path = path.as_ref();
    let read = bytes::read_known(path, limits, Header::check_magic)
        .and_then(|bytes| parse_table(&bytes, limits));
    read.map_err(|fault| fault.at("").of_file(path))
}

pub(crate) fn parse_table(file: &[u8], limits: &Limits) -> Result<Table, ReadFault> {
    let (header, elements) = TableHeader::parse(file)?;
    let bytes = header.row.saturating_mul(header.rows);
    // In memory each number is a double.
    let held = header.fields.len().saturating_mul(8).saturating_mul(header.rows).max(bytes);
    Budget::new(limits, file.len() as u64)?.dataset(held as u64)?;
    let Some(elements) = elements.get(..bytes) else {
        let message = format!(
            "{} rows of {} bytes need {bytes} bytes, the file has {}",
            header.rows,
            header.row,
            elements.len()
        );
        return Err(ReadFault::Damaged(message));
    };
    let column = |field: &header::Field| {
        let (size, start) = (field.dtype.size(), field.start);
        let mut cells = Vec::with_capacity(size * header.rows);
        for row in elements.chunks_exact(header.row.max(1)) {
            cells.extend_from_slice(row.get(start..start + size).unwrap_or_default());
        }
        let tensor = Tensor::from_bytes(field.dtype, field.order, &[header.rows], &cells)
            .map_err(|error| ReadFault::Damaged(error.to_string()))?;
        let Some(numbers) = tensor.to_decimals() else {
            return Err(ReadFault::Unsupported(format!("the field `{}`", field.name)));
        };
        let is_real = field.dtype.is_float();
        Ok(Column { name: field.name.clone(), numbers: numbers.into_owned(), is_real })
    };
    Ok(Table { columns: header.fields.iter().map(column).collect::<Result<_, _>>()? })
}

fn parse(file: &[u8], limits: &Limits) -> Result<Tensor, ReadFault> {
    let (header, elements) = Header::parse(file)?;
    let size = header.dtype.size();
    let bytes = header.shape.iter().try_fold(size, |bytes, &axis| bytes.checked_mul(axis));
    let bytes = bytes.unwrap_or(usize::MAX);
    Budget::new(limits, file.len() as u64)?.dataset(bytes as u64)?;
    let Some(elements) = elements.get(..bytes) else {
        let (shape, dtype) = (&header.shape, header.dtype);
        let message =
            format!("{dtype}{shape:?} needs {bytes} bytes, the file has {}", elements.len());
        return Err(ReadFault::Damaged(message));
    };
    let tensor = if header.fortran_order {
        let reordered = to_c_order(elements, &header.shape, size);
        Tensor::from_bytes(header.dtype, header.order, &header.shape, &reordered)
    } else {
        Tensor::from_bytes(header.dtype, header.order, &header.shape, elements)
    };
    tensor.map_err(|error| ReadFault::Damaged(error.to_string()))
}

/// Reorders elements whose first axis is the fastest so that their last axis is.
fn to_c_order(elements: &[u8], shape: &[usize], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(elements.len());
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = size;
    for &axis in shape {
        strides.push(stride);
        stride *= axis;
    }
    let mut index = vec![0_usize; shape.len()];
    for _ in 0..elements.len() / size {
        let start: usize = index.iter().zip(&strides).map(|(index, stride)| index * stride).sum();
        out.extend_from_slice(elements.get(start..start + size).unwrap_or_default());
        step(&mut index, shape);
    }
    out
}

/// The next index in C order.
fn step(index: &mut [usize], shape: &[usize]) {
    for (position, &axis) in index.iter_mut().zip(shape).rev() {
        *position += 1;
        if *position < axis {
            return;
        }
        *position = 0;
    }
}

/// Writes an array in C order, in the byte order of the tensor. The file appears complete under
/// its name, or not at all.
pub fn write_array(path: impl AsRef<Path>, tensor: &Tensor) -> Result<(), WriteError> {
    let path = path.as_ref();
    let written = atomic::write(path, |out| write_to(out, tensor));
    written.map_err(|fault| fault.at("").of_file(path))
}

/// Makes an array that appears under its name when it is finished.
pub fn stage_array(path: impl AsRef<Path>, tensor: &Tensor) -> Result<Staged, WriteError> {
    let path = path.as_ref();
    let staged = atomic::stage(path, |out| write_to(out, tensor));
    staged.map_err(|fault| fault.at("").of_file(path))
}

/// The bytes of a file that holds an array, as [`write_array`] writes it.
#[must_use]
pub fn array_to_bytes(tensor: &Tensor) -> Vec<u8> {
    [header_of(tensor).to_bytes(), tensor.to_bytes()].concat()
}

fn write_to(out: &mut dyn Write, tensor: &Tensor) -> Result<(), WriteFault> {
    out.write_all(&header_of(tensor).to_bytes())?;
    out.write_all(&tensor.to_bytes())?;
    Ok(())
}

fn header_of(tensor: &Tensor) -> Header {
    Header {
        dtype: tensor.dtype(),
        order: if tensor.dtype().word() > 1 { tensor.byte_order() } else { ByteOrder::Little },
        fortran_order: false,
        shape: tensor.shape().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use nirkit_numerics::DType;

    use super::*;

    #[test]
    fn fortran_order_becomes_c_order() {
        // numpy.asfortranarray([[1, 2, 3], [4, 5, 6]], "u1") lies as 1 4 2 5 3 6.
        assert_eq!(to_c_order(&[1, 4, 2, 5, 3, 6], &[2, 3], 1), [1, 2, 3, 4, 5, 6]);
        assert_eq!(to_c_order(&[0, 1, 0, 2], &[2], 2), [0, 1, 0, 2]);
        assert_eq!(to_c_order(&[7], &[], 1), [7]);
    }

    #[test]
    fn an_array_that_demands_more_than_the_file_has_is_refused() {
        let file = |shape| {
            Header { dtype: DType::F64, order: ByteOrder::Little, fortran_order: false, shape }
                .to_bytes()
        };
        let refusal = |shape| {
            let error = read_array_bytes(&file(shape), &Limits::default()).unwrap_err();
            error.to_string()
        };
        assert!(refusal(vec![1 << 60, 16]).contains("the limit `dataset_bytes` allows"));
        assert!(refusal(vec![1 << 24]).contains("the limit `expansion` allows"));
        assert_eq!(refusal(vec![2]), "damaged: f64[2] needs 16 bytes, the file has 0");
    }
}
