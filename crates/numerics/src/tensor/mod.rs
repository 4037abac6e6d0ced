//! Dense arrays that keep the element type they were stored with.

mod numbers;
mod words;

use std::sync::Arc;

use half::f16;
use smallvec::{SmallVec, smallvec};

use crate::broadcast::{permuted, spread};
use crate::dtype::{ByteOrder, DType};
pub use words::Words;
use words::{append, parse};

/// Lengths of the axes. Weights of convolutions have four.
type Shape = SmallVec<[usize; 4]>;

/// A dense array in C order (last axis fastest).
///
/// The element type is a run-time property and is kept: a `u8` weight stays a `u8` weight from file
/// to file. Values are shared, so a clone costs no copy. Two tensors are equal when shape, element
/// type, byte order and every *bit* are equal; a NaN is equal to itself.
#[derive(Clone, Debug)]
pub struct Tensor {
    shape: Shape,
    values: Values,
    order: ByteOrder,
}

/// What can be wrong when a tensor is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TensorError {
    /// The number of elements is not the product of the shape.
    #[error("shape {shape:?} needs {expected} elements, there are {found}")]
    Length {
        /// The shape asked for.
        shape: Vec<usize>,
        /// Elements that the shape needs.
        expected: usize,
        /// Elements that were given.
        found: usize,
    },
    /// The product of the shape does not fit the address space.
    #[error("shape {shape:?} of {dtype} is larger than the address space")]
    TooLarge {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The element type asked for.
        dtype: DType,
    },
}

/// Calls a macro with every variant of [`Values`] and its element type.
macro_rules! for_each_variant {
    ($macro:ident) => {
        $macro! {
            Bool(bool), I8(i8), I16(i16), I32(i32), I64(i64), U8(u8), U16(u16), U32(u32), U64(u64),
            F16(f16), F32(f32), F64(f64), C64([f32; 2]), C128([f64; 2])
        }
    };
}

macro_rules! define_values {
    ($($variant:ident($element:ty)),*) => {
        #[derive(Clone, Debug)]
        enum Values { $($variant(Arc<Vec<$element>>)),* }

        impl Values {
            fn dtype(&self) -> DType {
                match self { $(Self::$variant(_) => DType::$variant),* }
            }

            fn len(&self) -> usize {
                match self { $(Self::$variant(values) => values.len()),* }
            }

            fn append_bytes(&self, order: ByteOrder, out: &mut Vec<u8>) {
                match self { $(Self::$variant(values) => append(values, order, out)),* }
            }

            fn spread(&self, from: &[usize], to: &[usize]) -> Option<Self> {
                match self {
                    $(Self::$variant(values) => {
                        Some(Self::$variant(Arc::new(spread(values, from, to)?)))
                    })*
                }
            }

            fn permuted(&self, shape: &[usize], axes: &[usize]) -> Option<Self> {
                match self {
                    $(Self::$variant(values) => {
                        Some(Self::$variant(Arc::new(permuted(values, shape, axes)?)))
                    })*
                }
            }

            fn from_bytes(dtype: DType, order: ByteOrder, bytes: &[u8]) -> Self {
                match dtype { $(DType::$variant => Self::$variant(Arc::new(parse(order, bytes)))),* }
            }
        }

        $(impl sealed::Sealed for $element {}
        impl Element for $element {
            const DTYPE: DType = DType::$variant;
            fn slice_of(tensor: &Tensor) -> Option<&[Self]> {
                match &tensor.values {
                    Values::$variant(values) => Some(values),
                    _ => None,
                }
            }
            fn wrap(values: Vec<Self>) -> sealed::Wrapped {
                sealed::Wrapped(Values::$variant(Arc::new(values)))
            }
            fn unwrap(tensor: Tensor) -> Option<Vec<Self>> {
                match tensor.values {
                    Values::$variant(values) => Some(Arc::unwrap_or_clone(values)),
                    _ => None,
                }
            }
        })*
    };
}

mod sealed {
    /// Keeps [`super::Element`] to the types of [`super::DType`].
    pub trait Sealed {}
    /// Hides the storage of a tensor from the trait's public face.
    #[derive(Debug)]
    pub struct Wrapped(pub(super) super::Values);
}

/// A Rust type that can be the element of a [`Tensor`].
pub trait Element: sealed::Sealed + Copy + Words + 'static {
    /// The element type it stands for.
    const DTYPE: DType;
    /// The elements of a tensor, if it has this element type.
    fn slice_of(tensor: &Tensor) -> Option<&[Self]>;
    /// Puts values into a tensor's storage without a copy.
    fn wrap(values: Vec<Self>) -> sealed::Wrapped;
    /// Takes the values out of a tensor of this element type; without a copy if nobody shares them.
    fn unwrap(tensor: Tensor) -> Option<Vec<Self>>;
}

for_each_variant!(define_values);

impl Tensor {
    /// A tensor of this shape with these values in C order.
    pub fn new<T: Element>(shape: &[usize], values: Vec<T>) -> Result<Self, TensorError> {
        let expected = checked_len(shape, T::DTYPE)?;
        if expected != values.len() {
            return Err(TensorError::Length {
                shape: shape.to_vec(),
                expected,
                found: values.len(),
            });
        }
        Ok(Self {
            shape: Shape::from_slice(shape),
            values: T::wrap(values).0,
            order: ByteOrder::Little,
        })
    }

    /// A tensor without axes.
    #[must_use]
    pub fn scalar<T: Element>(value: T) -> Self {
        Self { shape: Shape::new(), values: T::wrap(vec![value]).0, order: ByteOrder::Little }
    }

    /// A tensor of one axis.
    #[must_use]
    pub fn vector<T: Element>(values: Vec<T>) -> Self {
        Self { shape: smallvec![values.len()], values: T::wrap(values).0, order: ByteOrder::Little }
    }

    /// A tensor read from `bytes`, which hold the elements in C order and in this byte order.
    ///
    /// The order is remembered as the order of the file; values in memory are native.
    pub fn from_bytes(
        dtype: DType,
        order: ByteOrder,
        shape: &[usize],
        bytes: &[u8],
    ) -> Result<Self, TensorError> {
        let expected = checked_len(shape, dtype)?;
        if expected * dtype.size() != bytes.len() {
            let found = bytes.len() / dtype.size();
            return Err(TensorError::Length { shape: shape.to_vec(), expected, found });
        }
        Ok(Self {
            shape: Shape::from_slice(shape),
            values: Values::from_bytes(dtype, order, bytes),
            order,
        })
    }

    /// The elements as bytes in C order, in the byte order of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.values.append_bytes(self.order, &mut out);
        out
    }

    /// The same values under another shape of as many elements.
    pub fn reshaped(&self, shape: &[usize]) -> Result<Self, TensorError> {
        let expected = checked_len(shape, self.dtype())?;
        if expected != self.len() {
            return Err(TensorError::Length { shape: shape.to_vec(), expected, found: self.len() });
        }
        Ok(Self { shape: Shape::from_slice(shape), ..self.clone() })
    }

    /// The values repeated so that they fill a shape, as numpy broadcasts; `None` when they do not
    /// [fit](crate::broadcast::fits).
    #[must_use]
    pub fn spread(&self, shape: &[usize]) -> Option<Self> {
        let values = self.values.spread(&self.shape, shape)?;
        Some(Self { shape: Shape::from_slice(shape), values, order: self.order })
    }

    /// The tensor with its axes in another order, as `numpy.transpose`: axis `n` is what axis `axes[n]` was; `None` unless each
    /// axis is named once.
    #[must_use]
    pub fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let values = self.values.permuted(&self.shape, axes)?;
        let shape = axes.iter().map(|&axis| self.shape[axis]).collect();
        Some(Self { shape, values, order: self.order })
    }

    /// A tensor of the same shape, element type and byte order that holds one number throughout,
    /// rounded to the element type; `None` for complex tensors.
    #[must_use]
    pub fn filled(&self, number: f64) -> Option<Self> {
        let values = match self.dtype() {
            DType::Bool => bool::wrap(vec![number != 0.0; self.len()]),
            DType::I8 => i8::wrap(vec![number as i8; self.len()]),
            DType::I16 => i16::wrap(vec![number as i16; self.len()]),
            DType::I32 => i32::wrap(vec![number as i32; self.len()]),
            DType::I64 => i64::wrap(vec![number as i64; self.len()]),
            DType::U8 => u8::wrap(vec![number as u8; self.len()]),
            DType::U16 => u16::wrap(vec![number as u16; self.len()]),
            DType::U32 => u32::wrap(vec![number as u32; self.len()]),
            DType::U64 => u64::wrap(vec![number as u64; self.len()]),
            DType::F16 => f16::wrap(vec![f16::from_f64(number); self.len()]),
            DType::F32 => f32::wrap(vec![number as f32; self.len()]),
            DType::F64 => f64::wrap(vec![number; self.len()]),
            DType::C64 | DType::C128 => return None,
        };
        Some(Self { shape: self.shape.clone(), values: values.0, order: self.order })
    }

    /// The same values, to be stored in this byte order.
    #[must_use]
    pub fn with_byte_order(mut self, order: ByteOrder) -> Self {
        self.order = order;
        self
    }

    /// Lengths of the axes; empty for a scalar.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Number of axes.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.values.dtype()
    }

    /// The order in which the file holds (or is to hold) the bytes.
    #[must_use]
    pub fn byte_order(&self) -> ByteOrder {
        self.order
    }

    /// Bytes of all elements.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.len() * self.dtype().size()
    }

    /// The elements, if they have the Rust type `T`.
    #[must_use]
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        T::slice_of(self)
    }

    /// The elements, taken out of the tensor, if they have the Rust type `T`. Nothing is copied if no
    /// clone of the tensor is left.
    #[must_use]
    pub fn into_vec<T: Element>(self) -> Option<Vec<T>> {
        T::unwrap(self)
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape
            && self.dtype() == other.dtype()
            && self.order == other.order
            && self.to_bytes() == other.to_bytes()
    }
}
impl Eq for Tensor {}

/// Elements of a shape, if they and their bytes can be addressed.
fn checked_len(shape: &[usize], dtype: DType) -> Result<usize, TensorError> {
    let too_large = || TensorError::TooLarge { shape: shape.to_vec(), dtype };
    let len =
        shape.iter().try_fold(1_usize, |len, &axis| len.checked_mul(axis)).ok_or_else(too_large)?;
    len.checked_mul(dtype.size()).ok_or_else(too_large)?;
    Ok(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip_in_both_orders() {
        let bytes = [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0];
        let big = Tensor::from_bytes(DType::F32, ByteOrder::Big, &[2], &bytes).unwrap();
        assert_eq!(big.as_slice::<f32>().unwrap(), [1.0, -2.0]);
        assert_eq!(big.to_bytes(), bytes);
        let little = big.clone().with_byte_order(ByteOrder::Little);
        assert_eq!(little.to_bytes(), [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
        assert_ne!(big, little);
    }

    #[test]
    fn a_nan_is_equal_to_itself_and_zero_has_a_sign() {
        let nan = Tensor::scalar(f64::NAN);
        assert_eq!(nan, nan.clone());
        assert_ne!(Tensor::scalar(0.0_f32), Tensor::scalar(-0.0_f32));
    }

    #[test]
    fn a_shape_beyond_the_address_space_is_an_error_and_not_an_overflow() {
        let shape = [1 << 40, 1 << 40];
        let error = Tensor::from_bytes(DType::F64, ByteOrder::Little, &shape, &[]).unwrap_err();
        assert!(matches!(error, TensorError::TooLarge { .. }), "{error}");
    }

    #[test]
    fn integers_widen_exactly() {
        let tensor = Tensor::vector(vec![i8::MIN, 0, i8::MAX]);
        assert_eq!(tensor.to_i64().unwrap(), [-128, 0, 127]);
        assert_eq!(&*tensor.to_f64().unwrap(), [-128.0, 0.0, 127.0]);
        assert_eq!(Tensor::vector(vec![u64::MAX]).to_i64(), None);
    }
}
