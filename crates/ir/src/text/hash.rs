//! The name under which the text form refers to a large tensor: a hash of its content.

use nirkit_numerics::{ByteOrder, Tensor};
use sha2::{Digest, Sha256};

/// Bytes of a hash that are kept: 128 bits, so that two tensors never meet by chance.
const BYTES: usize = 16;

/// The hash of a tensor: the first 128 bits, in 32 hexadecimal digits, of the SHA-256 of
/// `nirt tensor 1`, a line end, the type as the text form writes it (`f32[2, 3]`, `f32be[2, 3]`),
/// a line end, and the bytes of the elements in C order and in the byte order of the type.
///
/// Tensors that differ in a single bit, in shape, type or byte order have different hashes.
#[must_use]
pub fn content_hash(tensor: &Tensor) -> String {
    let order = match tensor.byte_order() {
        ByteOrder::Little => "",
        ByteOrder::Big => "be",
    };
    let head = format!("nirt tensor 1\n{}{order}{:?}\n", tensor.dtype(), tensor.shape());
    let digest = Sha256::new().chain_update(head).chain_update(tensor.to_bytes()).finalize();
    let kept = digest.iter().take(BYTES).fold(0, |number, &byte| number << 8 | u128::from(byte));
    format!("{kept:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_another_sha256() {
        // printf 'nirt tensor 1\nf32[2]\n\0\0\x80\x3f\0\0\0\xc0' | sha256sum
        let tensor = Tensor::vector(vec![1.0_f32, -2.0]);
        assert_eq!(content_hash(&tensor), "4129c158b27bbe11d03ba0aad677d56d");
    }

    #[test]
    fn shape_type_order_and_sign_of_zero_are_part_of_the_content() {
        let zeros = Tensor::vector(vec![0.0_f32; 4]);
        let others = [
            zeros.reshaped(&[2, 2]).unwrap(),
            zeros.clone().with_byte_order(ByteOrder::Big),
            Tensor::vector(vec![0_i32; 4]),
            Tensor::vector(vec![0.0_f32, 0.0, 0.0, -0.0]),
        ];
        for other in others {
            assert_ne!(content_hash(&zeros), content_hash(&other), "{other:?}");
        }
    }
}
