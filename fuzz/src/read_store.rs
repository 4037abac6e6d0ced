//! Whatever the bytes are, reading the tensors beside a text ends in order; each has the hash of its
//! name.

use nirkit::io::store::read_store_bytes;
use nirkit::ir::text::content_hash;

use super::read_nir::LIMITS;

/// Reads a store.
pub fn run(bytes: &[u8]) {
    let Ok(tensors) = read_store_bytes(bytes.to_vec(), &LIMITS()) else { return };
    for (hash, tensor) in &tensors {
        assert_eq!(content_hash(tensor), *hash);
    }
}
