//! The deflate filter of HDF5 (number 1, h5py's "gzip").
//!
//! The reader has one, which sets up 60 KB of state and tables for each chunk. A graph of 2,000
//! nodes has 7,000 chunks of a few bytes each, and reading it then takes twice as long.

use fdeflate::{BoundedDecompressionError, DecompressionError, decompress_to_vec_bounded};

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
    fn damage_is_an_error() {
        let mut wrong = THOUSAND;
        wrong[16] ^= 1;
        assert!(decode(&wrong, 1064).unwrap_err().contains("checksum"));
        assert!(decode(&THOUSAND[..9], 1064).unwrap_err().contains("ends in the middle"));
        assert!(decode(&[0x78, 0x9c, 0xff, 0xff], 99).unwrap_err().contains("not valid"));
    }
}
