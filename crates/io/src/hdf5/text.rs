//! Strings as HDF5 stores them.

use std::collections::BTreeSet;

use hdf5_reader::Dataset;

use super::budget::Budget;
use super::element::Padding;
use crate::error::ReadFault;

/// Strings of variable length. Many references can name one long string, so each is counted.
/// `has_sound_heap` knows heaps by their addresses.
pub(super) fn heap_strings(
    dataset: &Dataset,
    budget: &mut Budget,
    has_sound_heap: impl Fn(u64) -> bool,
) -> Result<Vec<String>, ReadFault> {
    let references = dataset.read_raw_bytes()?;
    let mut strings = Vec::new();
    let mut checked = BTreeSet::new();
    for reference in references.chunks_exact(dataset.vlen_reference_size().max(1)) {
        let bytes = heap_bytes(dataset, reference)?;
        if let Some(heap) = heap(reference).filter(|&heap| checked.insert(heap))
            && !has_sound_heap(heap)
        {
            return Err(ReadFault::Damaged("a heap of strings is damaged".to_owned()));
        }
        budget.dataset(bytes.len() as u64)?;
        strings.push(heap_string(&bytes, strings.len())?);
    }
    Ok(strings)
}

/// Bytes of the length before the address, and of the number of the object behind it.
const COUNT: usize = 4;

/// Address of the heap that a reference of 16 bytes leads to, if it leads to one.
fn heap(reference: &[u8]) -> Option<u64> {
    let address = reference.get(COUNT..).filter(|rest| rest.len() == 8 + COUNT)?;
    let address = u64::from_le_bytes(*address.first_chunk()?);
    (address != 0).then_some(address)
}

/// The bytes that a reference stands for. Address 0 stands for an empty string; whatever else does
/// not lead to an object of exactly the length of the string is damage, as for HDF5.
fn heap_bytes(dataset: &Dataset, reference: &[u8]) -> Result<Vec<u8>, ReadFault> {
    let damaged = |what: &str| ReadFault::Damaged(format!("a string {what}"));
    let (count, place) = reference
        .split_first_chunk::<COUNT>()
        .ok_or_else(|| damaged("has a reference that is cut off"))?;
    let (address, number) = place.split_at(place.len().saturating_sub(COUNT));
    if address.iter().all(|&byte| byte == 0) {
        return Ok(Vec::new());
    }
    if number.iter().all(|&byte| byte == 0) || address.iter().all(|&byte| byte == u8::MAX) {
        return Err(damaged("refers to no object of a heap"));
    }
    // Whether there is one byte more shows whether the object is longer than the string.
    let longer = u32::from_le_bytes(*count).saturating_add(1).to_le_bytes();
    if dataset.resolve_vlen_reference_bytes(&[&longer, place].concat(), 1).is_ok() {
        return Err(damaged("is shorter than its object in a heap"));
    }
    Ok(dataset.resolve_vlen_reference_bytes(reference, 1)?)
}

/// What a heap holds for one string, number `index` of its dataset.
pub(super) fn heap_string(bytes: &[u8], index: usize) -> Result<String, ReadFault> {
    string(until_zero(bytes), index)
}

/// Strings of `len` bytes each.
pub(super) fn byte_strings(
    bytes: &[u8],
    len: usize,
    padding: Padding,
) -> Result<Vec<String>, ReadFault> {
    let content = match padding {
        Padding::Terminated => until_zero,
        Padding::Zeros => without_zeros,
        Padding::Spaces => without_spaces,
    };
    let strings = bytes.chunks_exact(len.max(1)).enumerate();
    strings.map(|(index, bytes)| string(content(bytes), index)).collect()
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    without(0, bytes)
}

/// numpy takes off the zeros that a field of spaces may still end with.
fn without_spaces(bytes: &[u8]) -> &[u8] {
    without_zeros(without(b' ', bytes))
}

fn without(padding: u8, bytes: &[u8]) -> &[u8] {
    let len = bytes.iter().rposition(|&byte| byte != padding).map_or(0, |last| last + 1);
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
        assert_eq!(without_zeros(b"ab\0c\0\0"), b"ab\0c");
        assert_eq!(without_spaces(b" b  "), b" b");
        assert_eq!((until_zero(b""), without_zeros(b"\0\0")), (&b""[..], &b""[..]));
    }
}
