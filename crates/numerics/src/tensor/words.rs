//! Elements as bytes.

use half::f16;

use crate::dtype::ByteOrder;

/// Conversion of one element from and to bytes.
pub trait Words: Copy {
    /// Bytes of one element.
    const SIZE: usize;
    /// The element in these `SIZE` bytes.
    fn from_bytes(bytes: &[u8], order: ByteOrder) -> Self;
    /// Appends the `SIZE` bytes of the element.
    fn append(self, order: ByteOrder, out: &mut Vec<u8>);
}

macro_rules! words_of_number {
    ($($number:ty),*) => {$(
        impl Words for $number {
            const SIZE: usize = size_of::<$number>();
            #[inline]
            fn from_bytes(bytes: &[u8], order: ByteOrder) -> Self {
                let mut word = [0; size_of::<$number>()];
                word.copy_from_slice(bytes);
                match order {
                    ByteOrder::Little => Self::from_le_bytes(word),
                    ByteOrder::Big => Self::from_be_bytes(word),
                }
            }
            #[inline]
            fn append(self, order: ByteOrder, out: &mut Vec<u8>) {
                match order {
                    ByteOrder::Little => out.extend_from_slice(&self.to_le_bytes()),
                    ByteOrder::Big => out.extend_from_slice(&self.to_be_bytes()),
                }
            }
        }
        impl Words for [$number; 2] {
            const SIZE: usize = 2 * size_of::<$number>();
            fn from_bytes(bytes: &[u8], order: ByteOrder) -> Self {
                let (real, imaginary) = bytes.split_at(size_of::<$number>());
                [<$number>::from_bytes(real, order), <$number>::from_bytes(imaginary, order)]
            }
            fn append(self, order: ByteOrder, out: &mut Vec<u8>) {
                self[0].append(order, out);
                self[1].append(order, out);
            }
        }
    )*};
}
words_of_number!(i8, i16, i32, i64, u8, u16, u32, u64, f16, f32, f64);

impl Words for bool {
    const SIZE: usize = 1;
    fn from_bytes(bytes: &[u8], _: ByteOrder) -> Self {
        bytes[0] != 0
    }
    fn append(self, _: ByteOrder, out: &mut Vec<u8>) {
        out.push(u8::from(self));
    }
}

pub(super) fn append<T: Words>(values: &[T], order: ByteOrder, out: &mut Vec<u8>) {
    out.reserve(values.len() * T::SIZE);
    for &value in values {
        value.append(order, out);
    }
}

pub(super) fn parse<T: Words>(order: ByteOrder, bytes: &[u8]) -> Vec<T> {
    match order {
        // Two loops, so that the common one is a plain copy for the compiler.
        ByteOrder::Little => {
            bytes.chunks_exact(T::SIZE).map(|word| T::from_bytes(word, ByteOrder::Little)).collect()
        }
        ByteOrder::Big => {
            bytes.chunks_exact(T::SIZE).map(|word| T::from_bytes(word, ByteOrder::Big)).collect()
        }
    }
}
