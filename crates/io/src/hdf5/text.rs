//! Strings as HDF5 stores them.

use hdf5_reader::Dataset;

use super::budget::Budget;
use crate::error::ReadFault;

/// Strings of variable length. Many references can name one long string, so each is counted.
pub(super) fn heap_strings(
    dataset: &Dataset,
    budget: &mut Budget,
) -> Result<Vec<String>, ReadFault> {
    let references = dataset.read_raw_bytes()?;
    let mut strings = Vec::new();
    for reference in references.chunks_exact(dataset.vlen_reference_size().max(1)) {
        let bytes = dataset.resolve_vlen_reference_bytes(reference, 1)?;
        budget.dataset(bytes.len() as u64)?;
        strings.push(heap_string(&bytes, strings.len())?);
    }
    Ok(strings)
}

/// What a heap holds for one string, number `index` of its dataset.
pub(super) fn heap_string(bytes: &[u8], index: usize) -> Result<String, ReadFault> {
    string(until_zero(bytes), index)
}

/// Strings of `len` bytes each, ended by a zero byte or filled up with them.
pub(super) fn byte_strings(
    bytes: &[u8],
    len: usize,
    terminated: bool,
) -> Result<Vec<String>, ReadFault> {
    let content = if terminated { until_zero } else { without_padding };
    let strings = bytes.chunks_exact(len.max(1)).enumerate();
    strings.map(|(index, bytes)| string(content(bytes), index)).collect()
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn without_padding(bytes: &[u8]) -> &[u8] {
    let len = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    bytes.get(..len).unwrap_or(bytes)
}

fn string(bytes: &[u8], index: usize) -> Result<String, ReadFault> {
    let refused = |_| ReadFault::Unsupported(format!("string {index}, which is not UTF-8,"));
    std::str::from_utf8(bytes).map(str::to_owned).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_where_their_kind_says() {
        assert_eq!(until_zero(b"ab\0c\0"), b"ab");
        assert_eq!(without_padding(b"ab\0c\0\0"), b"ab\0c");
        assert_eq!((until_zero(b""), without_padding(b"\0\0")), (&b""[..], &b""[..]));
    }
}
