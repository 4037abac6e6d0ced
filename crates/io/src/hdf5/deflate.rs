//! The deflate filter of HDF5 (number 1, h5py's "gzip").
//!
//! The reader has one, which sets up 60 KB of state and tables for each chunk. A graph of 2,000
//! nodes has 7,000 chunks of a few bytes each, and reading it then takes twice as long.

use fdeflate::{
    BoundedDecompressionError, DecompressionError, Decompressor, decompress_to_vec_bounded,
};

/// Number of the filter in the registry of the HDF Group.
pub(super) const FILTER: u16 = 1;

/// Decodes one chunk to at most `limit` bytes.
///
/// # Errors
///
/// Says what is wrong when the input is damaged, ends too early, or decodes to more.
pub(super) fn decode(input: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    decompress_to_vec_bounded(input, limit).map_err(|error| match error {
        BoundedDecompressionError::OutputTooLarge { .. } => {
            format!("a deflate chunk decodes to more than its {limit} bytes")
        }
        BoundedDecompressionError::DecompressionError { inner } => describe(&inner).to_owned(),
    })
}

/// Decodes one chunk that fills `target` exactly.
///
/// # Errors
///
/// Says what is wrong when the input is damaged, ends too early, or decodes to more or less.
pub(super) fn decode_into(input: &[u8], target: &mut [u8]) -> Result<(), String> {
    let mut decoder = Decompressor::new();
    let (consumed, produced) = read(&mut decoder, input, target, 0)?;
    if !decoder.is_done() && produced == target.len() {
        // What is left is the mark of the end and the checksum.
        read(&mut decoder, input.get(consumed..).unwrap_or_default(), target, produced)?;
    }
    if decoder.is_done() && produced == target.len() {
        return Ok(());
    }
    Err(format!("a deflate chunk does not decode to {} bytes", target.len()))
}

fn read(
    decoder: &mut Decompressor,
    input: &[u8],
    target: &mut [u8],
    at: usize,
) -> Result<(usize, usize), String> {
    decoder.read(input, target, at, true).map_err(|error| describe(&error).to_owned())
}

fn describe(error: &DecompressionError) -> &'static str {
    match error {
        DecompressionError::InsufficientInput => "a deflate chunk ends in the middle",
        DecompressionError::WrongChecksum => "the checksum of a deflate chunk does not hold",
        _ => "a deflate chunk is not valid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `zlib.compress(b"a" * 1000)` of Python 3.11.
    const THOUSAND: [u8; 17] = [
        0x78, 0x9c, 0x4b, 0x4c, 0x1c, 0x05, 0xa3, 0x60, 0x14, 0x0c, 0x77, 0x00, 0x00, 0xf9, 0xd8,
        0x7a, 0xf8,
    ];

    #[test]
    fn a_chunk_decodes_up_to_its_limit() {
        assert_eq!(decode(&THOUSAND, 1064).unwrap(), vec![b'a'; 1000]);
        assert_eq!(decode(&THOUSAND, 1000).unwrap(), vec![b'a'; 1000]);
        assert!(decode(&THOUSAND, 999).unwrap_err().contains("more than its 999 bytes"));
    }

    #[test]
    fn a_chunk_decodes_into_memory_of_its_size_and_no_other() {
        let mut target = [0; 1001];
        decode_into(&THOUSAND, &mut target[..1000]).unwrap();
        assert_eq!(target[..1000], [b'a'; 1000]);
        assert!(decode_into(&THOUSAND, &mut target[..999]).unwrap_err().contains("999 bytes"));
        assert!(decode_into(&THOUSAND, &mut target).unwrap_err().contains("1001 bytes"));
        assert!(decode_into(&THOUSAND[..9], &mut target[..1000]).is_err());
    }

    #[test]
    fn damage_is_an_error() {
        let mut wrong = THOUSAND;
        wrong[16] ^= 1;
        assert!(decode(&wrong, 1064).unwrap_err().contains("checksum"));
        assert!(decode(&THOUSAND[..9], 1064).unwrap_err().contains("ends in the middle"));
        assert!(decode(&[0x78, 0x9c, 0xff, 0xff], 99).unwrap_err().contains("not valid"));
    }
}
