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

/// Decodes one chunk that fills `target` exactly; `None` when it is damaged, ends too early, or
/// decodes to more or less.
pub(super) fn decode_into(input: &[u8], target: &mut [u8]) -> Option<()> {
    let mut decoder = Decompressor::new();
    let (consumed, produced) = decoder.read(input, target, 0, true).ok()?;
    if !decoder.is_done() && produced == target.len() {
        // What is left is the mark of the end and the checksum.
        decoder.read(input.get(consumed..)?, target, produced, true).ok()?;
    }
    (decoder.is_done() && produced == target.len()).then_some(())
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

    /// `zlib.compress(b"a" * 100_000)` of Python 3.11.
    const HUNDRED_THOUSAND: &[u8] = &[
        0x78, 0x9c, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f, 0xc2,
        0x1a, 0x1e, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xaf, 0x06, 0x79, 0x66, 0x0b,
        0x4d,
    ];

    #[test]
    fn a_chunk_decodes_into_memory_of_its_size_and_no_other() {
        for (input, size) in [(&THOUSAND[..], 1000), (HUNDRED_THOUSAND, 100_000)] {
            let mut target = vec![0; size + 1];
            decode_into(input, &mut target[..size]).unwrap();
            assert!(target[..size].iter().all(|&byte| byte == b'a'));
            assert!(decode_into(input, &mut target[..size - 1]).is_none());
            assert!(decode_into(input, &mut target).is_none());
            assert!(decode_into(&input[..9], &mut target[..size]).is_none());
            let mut wrong = input.to_vec();
            *wrong.last_mut().unwrap() ^= 1;
            assert!(decode_into(&wrong, &mut target[..size]).is_none());
        }
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
