//! The numbers of a dataset, from the bytes in the file to a tensor.

use bytemuck::Pod;
use half::f16;
use nirkit_numerics::tensor::Element as Number;
use nirkit_numerics::{ByteOrder, DType, Tensor};

use super::huge_pages;
use crate::error::ReadFault;

/// Values of this many bytes are read from the file straight to where they stay.
pub(super) const LARGE: usize = 1 << 20;

const NATIVE: ByteOrder =
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

/// A tensor whose bytes, in the byte order of the file, `fill` puts where they stay.
pub(super) fn tensor<E: From<ReadFault>>(
    dtype: DType,
    order: ByteOrder,
    shape: &[usize],
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Tensor, E> {
    match dtype {
        DType::Bool => truth_values(shape, fill),
        DType::I8 => numbers::<i8, E>(order, shape, fill),
        DType::I16 => numbers::<i16, E>(order, shape, fill),
        DType::I32 => numbers::<i32, E>(order, shape, fill),
        DType::I64 => numbers::<i64, E>(order, shape, fill),
        DType::U8 => numbers::<u8, E>(order, shape, fill),
        DType::U16 => numbers::<u16, E>(order, shape, fill),
        DType::U32 => numbers::<u32, E>(order, shape, fill),
        DType::U64 => numbers::<u64, E>(order, shape, fill),
        DType::F16 => numbers::<f16, E>(order, shape, fill),
        DType::F32 => numbers::<f32, E>(order, shape, fill),
        DType::F64 => numbers::<f64, E>(order, shape, fill),
        DType::C64 => numbers::<[f32; 2], E>(order, shape, fill),
        DType::C128 => numbers::<[f64; 2], E>(order, shape, fill),
    }
}

fn numbers<T: Number + Pod, E: From<ReadFault>>(
    order: ByteOrder,
    shape: &[usize],
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Tensor, E> {
    let mut values = stored::<T, E>(shape, fill)?;
    if order != NATIVE {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut values);
        bytes.chunks_exact_mut(T::DTYPE.word()).for_each(<[u8]>::reverse);
    }
    Ok(whole(shape, values)?.with_byte_order(order))
}

fn truth_values<E: From<ReadFault>>(
    shape: &[usize],
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Tensor, E> {
    let bytes = stored::<u8, E>(shape, fill)?;
    Ok(whole(shape, bytes.into_iter().map(|byte| byte != 0).collect())?)
}

/// The elements in the byte order of the file.
fn stored<T: Pod, E: From<ReadFault>>(
    shape: &[usize],
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Vec<T>, E> {
    let mut values = huge_pages::zeroed::<T>(shape.iter().product())
        .ok_or_else(|| ReadFault::from(std::io::Error::from(std::io::ErrorKind::OutOfMemory)))?;
    fill(bytemuck::cast_slice_mut(&mut values))?;
    Ok(values)
}

fn whole<T: Number>(shape: &[usize], values: Vec<T>) -> Result<Tensor, ReadFault> {
    Tensor::new(shape, values).map_err(|error| ReadFault::Damaged(error.to_string()))
}
