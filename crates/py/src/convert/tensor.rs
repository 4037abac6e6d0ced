//! Tensors and numpy arrays.

use half::f16;
use nirkit::io::Limits;
use nirkit::numerics::{ByteOrder, DType, Element, Tensor};
use numpy::ndarray::ArrayD;
use numpy::{
    Complex32, Complex64, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods, ToPyArray,
};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::Raise;

/// Arrays of up to so many bytes are copied to memory of numpy's own.
const SMALL: usize = 4096;

/// A numpy array with the values of a tensor, which are moved if nobody shares them; a numpy scalar
/// for a tensor without axes, as h5py gives it.
pub(crate) fn to_numpy(py: Python<'_>, tensor: Tensor) -> PyResult<Bound<'_, PyAny>> {
    let (is_scalar, order) = (tensor.rank() == 0, tensor.byte_order());
    let array = to_array(py, tensor)?;
    let array = if order == ByteOrder::Big { swapped(&array)? } else { array };
    if is_scalar { array.get_item(PyTuple::empty(py)) } else { Ok(array) }
}

/// As [`to_numpy`], but an array even without axes and in the byte order of the machine.
pub(crate) fn to_array(py: Python<'_>, tensor: Tensor) -> PyResult<Bound<'_, PyAny>> {
    match tensor.dtype() {
        DType::Bool => moved::<bool>(py, tensor),
        DType::I8 => moved::<i8>(py, tensor),
        DType::I16 => moved::<i16>(py, tensor),
        DType::I32 => moved::<i32>(py, tensor),
        DType::I64 => moved::<i64>(py, tensor),
        DType::U8 => moved::<u8>(py, tensor),
        DType::U16 => moved::<u16>(py, tensor),
        DType::U32 => moved::<u32>(py, tensor),
        DType::U64 => moved::<u64>(py, tensor),
        DType::F16 => moved::<f16>(py, tensor),
        DType::F32 => moved::<f32>(py, tensor),
        DType::F64 => moved::<f64>(py, tensor),
        DType::C64 => complex(py, tensor, |[re, im]: [f32; 2]| Complex32::new(re, im)),
        DType::C128 => complex(py, tensor, |[re, im]: [f64; 2]| Complex64::new(re, im)),
    }
}

fn moved<T: Element + numpy::Element>(
    py: Python<'_>,
    tensor: Tensor,
) -> PyResult<Bound<'_, PyAny>> {
    complex(py, tensor, |value: T| value)
}

/// An array of the elements of a tensor; without a copy where `convert` changes nothing.
fn complex<T: Element, N: numpy::Element>(
    py: Python<'_>,
    tensor: Tensor,
    convert: impl Fn(T) -> N,
) -> PyResult<Bound<'_, PyAny>> {
    let shape = tensor.shape().to_vec();
    let is_small = tensor.bytes() <= SMALL;
    let values = tensor.into_vec::<T>().unwrap_or_default();
    // For equal types the standard library collects in place.
    let values: Vec<N> = values.into_iter().map(convert).collect();
    let array =
        ArrayD::from_shape_vec(shape, values).map_err(|error| Raise::Internal.one(error))?;
    // What numpy has to know to give foreign memory back costs more than a few bytes.
    Ok(if is_small { array.to_pyarray(py) } else { PyArrayDyn::from_owned_array(py, array) }
        .into_any())
}

/// The same values, stored with the most significant byte first.
fn swapped<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    let dtype =
        array.getattr(intern!(py, "dtype"))?.call_method1(intern!(py, "newbyteorder"), (">",))?;
    array.call_method1(intern!(py, "astype"), (dtype,))
}

/// The tensor of a numpy array; `None` for element types that a tensor cannot have.
pub(crate) fn from_numpy(array: &Bound<'_, PyUntypedArray>) -> PyResult<Option<Tensor>> {
    check_size(array)?;
    let descriptor = array.dtype();
    if descriptor.byteorder() == b'>' {
        let native = descriptor.call_method1("newbyteorder", ("=",))?;
        let native = array.call_method1("astype", (native,))?.cast_into::<PyUntypedArray>()?;
        return Ok(from_numpy(&native)?.map(|tensor| tensor.with_byte_order(ByteOrder::Big)));
    }
    let found = match (descriptor.kind(), descriptor.itemsize()) {
        (b'b', _) => copied::<bool>(array)?,
        (b'i', 1) => copied::<i8>(array)?,
        (b'i', 2) => copied::<i16>(array)?,
        (b'i', 4) => copied::<i32>(array)?,
        (b'i', 8) => copied::<i64>(array)?,
        (b'u', 1) => copied::<u8>(array)?,
        (b'u', 2) => copied::<u16>(array)?,
        (b'u', 4) => copied::<u32>(array)?,
        (b'u', 8) => copied::<u64>(array)?,
        (b'f', 2) => copied::<f16>(array)?,
        (b'f', 4) => copied::<f32>(array)?,
        (b'f', 8) => copied::<f64>(array)?,
        (b'c', 8) => paired(array, |value: &Complex32| [value.re, value.im])?,
        (b'c', 16) => paired(array, |value: &Complex64| [value.re, value.im])?,
        _ => return Ok(None),
    };
    Ok(Some(found))
}

/// Returns an error for an array that repeats its numbers without holding them, and would take more memory than a file may.
fn check_size(array: &Bound<'_, PyUntypedArray>) -> PyResult<()> {
    let most = Limits::default().dataset_bytes;
    let element = array.dtype().itemsize() as u64;
    let bytes =
        array.shape().iter().fold(element, |bytes, &length| bytes.saturating_mul(length as u64));
    if bytes <= most || array.is_c_contiguous() {
        return Ok(());
    }
    let what = format!("an array of {bytes} bytes, of which a copy is needed; {most} are allowed");
    Err(Raise::ValueType.help(what, "give a smaller array, or one that is contiguous in C order"))
}

fn copied<T: Element + numpy::Element>(array: &Bound<'_, PyUntypedArray>) -> PyResult<Tensor> {
    with_slice(array, |values: &[T]| values.to_vec())
}

fn paired<N: numpy::Element, T: Element>(
    array: &Bound<'_, PyUntypedArray>,
    convert: impl Fn(&N) -> T,
) -> PyResult<Tensor> {
    with_slice(array, |values: &[N]| values.iter().map(&convert).collect())
}

/// A tensor of what is made of the elements in C order.
fn with_slice<N: numpy::Element, T: Element>(
    array: &Bound<'_, PyUntypedArray>,
    take: impl Fn(&[N]) -> Vec<T>,
) -> PyResult<Tensor> {
    let shape = array.shape().to_vec();
    let array = array.cast::<PyArrayDyn<N>>()?;
    let held = array.try_readonly().map_err(|error| Raise::ValueType.one(error))?;
    let values = match held.as_slice() {
        Ok(values) if array.is_c_contiguous() => take(values),
        // Axes in another order, steps between elements, or none of the machine's alignment.
        _ => {
            let ordered = array.call_method1(intern!(array.py(), "copy"), ("C",))?;
            let ordered = ordered.cast_into::<PyArrayDyn<N>>()?;
            let held = ordered.try_readonly().map_err(|error| Raise::ValueType.one(error))?;
            take(held.as_slice().map_err(|error| Raise::ValueType.one(error))?)
        }
    };
    Tensor::new(&shape, values).map_err(|error| Raise::ValueType.one(error))
}
