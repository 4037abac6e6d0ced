//! Values of fields and metadata.

use std::cell::Cell;

use nirkit::ir::value::{Charset, TextLength, TextStorage};
use nirkit::ir::{Fields, Limits, Text, Value};
use nirkit::numerics::Tensor;
use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString};

use super::tensor;
use crate::error::Raise;

/// What Python sees of a value: an array, a number, text, or a dictionary.
pub(crate) fn to_python(py: Python<'_>, value: Value) -> PyResult<Bound<'_, PyAny>> {
    match value {
        Value::Tensor(tensor) => tensor::to_numpy(py, tensor),
        Value::Text(text) => text_to_python(py, &text),
        Value::Group(fields) => Ok(fields_to_python(py, fields)?.into_any()),
    }
}

/// A dictionary of values.
pub(crate) fn fields_to_python(py: Python<'_>, fields: Fields) -> PyResult<Bound<'_, PyDict>> {
    let dictionary = PyDict::new(py);
    for (name, value) in fields {
        dictionary.set_item(PyString::intern(py, &name), to_python(py, value)?)?;
    }
    Ok(dictionary)
}

/// One string is text; an array of strings is an array of bytes, as h5py gives it.
fn text_to_python<'py>(py: Python<'py>, text: &Text) -> PyResult<Bound<'py, PyAny>> {
    if let Some(string) = text.as_str() {
        return Ok(PyString::new(py, string).into_any());
    }
    let numpy = py.import(intern!(py, "numpy"))?;
    let bytes = text.strings().iter().map(|string| PyBytes::new(py, string.as_bytes()));
    let list = PyList::new(py, bytes)?;
    let dtype = match text.storage().length {
        TextLength::Variable => "O".to_owned(),
        TextLength::Fixed(length) => format!("S{length}"),
    };
    let flat = numpy.call_method1(intern!(py, "array"), (list, dtype))?;
    flat.call_method1(intern!(py, "reshape"), (text.shape().to_vec(),))
}

/// The value of something in Python, as h5py would store it. `place` says where it stands.
pub(crate) fn from_python(
    object: &Bound<'_, PyAny>,
    place: &dyn Fn() -> String,
) -> PyResult<Value> {
    if let Ok(array) = object.cast::<PyUntypedArray>() {
        return from_array(array, place);
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Value::from(text.to_str()?));
    }
    // A truth value is an integer for Python.
    if let Ok(truth) = object.cast_exact::<PyBool>() {
        return Ok(Tensor::scalar(truth.is_true()).into());
    }
    if let Ok(number) = object.cast_exact::<PyFloat>() {
        return Ok(Tensor::scalar(number.value()).into());
    }
    if let Ok(number) = object.cast_exact::<PyInt>()
        && let Ok(number) = number.extract::<i64>()
    {
        return Ok(Tensor::scalar(number).into());
    }
    if let Ok(dictionary) = object.cast::<PyDict>() {
        return fields_from_python(dictionary, place).map(Value::Group);
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return fixed_text(&[], &[bytes.as_bytes()], place);
    }
    if object.is_none() {
        return Err(Raise::ValueType.help(
            format!("{}: None cannot be written", place()),
            "give a value, or leave the entry out",
        ));
    }
    from_other(object, place)
}

/// Whatever numpy makes an array of: lists, numpy's numbers, tensors of other packages.
fn from_other(object: &Bound<'_, PyAny>, place: &dyn Fn() -> String) -> PyResult<Value> {
    let numpy = object.py().import(intern!(object.py(), "numpy"))?;
    let array = numpy.call_method1(intern!(object.py(), "asarray"), (object,));
    let array = array.ok().and_then(|array| array.cast_into::<PyUntypedArray>().ok());
    match array {
        Some(array) => from_array(&array, place),
        None => Err(unsupported(&object.get_type().name()?.to_string(), place)),
    }
}

thread_local! {
    /// Dictionaries that are being read inside each other.
    static DEPTH: Cell<u64> = const { Cell::new(0) };
}

/// A dictionary that is being read; what it holds is one level deeper.
pub(super) struct Level;

impl Level {
    /// One level deeper, unless that is deeper than a file may be. A dictionary that holds itself has
    /// no end.
    pub(super) fn enter(place: &dyn Fn() -> String) -> PyResult<Self> {
        let depth = DEPTH.get() + 1;
        let limit = Limits::default().depth;
        if depth > limit {
            let place: String = place().chars().take(80).collect();
            return Err(Raise::ValueType.help(
                format!("{place}...: dictionaries stand more than {limit} deep inside each other"),
                "nest less deeply; a dictionary cannot hold itself",
            ));
        }
        DEPTH.set(depth);
        Ok(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// A dictionary of values, with text as keys.
pub(crate) fn fields_from_python(
    dictionary: &Bound<'_, PyDict>,
    place: &dyn Fn() -> String,
) -> PyResult<Fields> {
    let _level = Level::enter(place)?;
    let mut fields = Fields::default();
    for (name, value) in dictionary.iter() {
        let name = name.str()?.to_str()?.to_owned();
        let value = from_python(&value, &|| format!("{}/{name}", place()))?;
        if fields.contains_key(&name) {
            let what = format!("{}: two keys become the name `{name}`", place());
            return Err(Raise::ValueType
                .help(what, "names in a file are texts: `1` and `'1'` are the same"));
        }
        fields.insert(name, value);
    }
    Ok(fields)
}

fn from_array(array: &Bound<'_, PyUntypedArray>, place: &dyn Fn() -> String) -> PyResult<Value> {
    if let Some(tensor) = tensor::from_numpy(array)? {
        return Ok(tensor.into());
    }
    match array.dtype().kind() {
        b'O' | b'U' => variable_text(array, place),
        b'S' => {
            let flat = array.call_method0("ravel")?.call_method0("tolist")?;
            let strings: Vec<Vec<u8>> = flat.extract()?;
            let strings: Vec<&[u8]> = strings.iter().map(Vec::as_slice).collect();
            fixed_text(array.shape(), &strings, place)
        }
        _ => Err(unsupported(&format!("an array of {}", array.dtype().str()?), place)),
    }
}

/// An array of text or bytes, each of its own length.
fn variable_text(array: &Bound<'_, PyUntypedArray>, place: &dyn Fn() -> String) -> PyResult<Value> {
    let flat = array.call_method0("ravel")?.call_method0("tolist")?.cast_into::<PyList>()?;
    let string = |object: Bound<'_, PyAny>| -> PyResult<String> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            let text = String::from_utf8(bytes.as_bytes().to_vec());
            return text.map_err(|_| unsupported("text that is no UTF-8", place));
        }
        match object.cast::<PyString>() {
            Ok(text) => Ok(text.to_str()?.to_owned()),
            Err(_) => {
                Err(unsupported(&format!("an array of {}", object.get_type().name()?), place))
            }
        }
    };
    let strings = flat.iter().map(string).collect::<PyResult<Vec<_>>>()?;
    let text = Text::new(array.shape(), strings, TextStorage::default());
    text.map(Value::Text).ok_or_else(|| unsupported("an array of text", place))
}

/// Text that takes as many bytes as the longest.
fn fixed_text(shape: &[usize], strings: &[&[u8]], place: &dyn Fn() -> String) -> PyResult<Value> {
    let length = strings.iter().map(|string| string.len()).max().unwrap_or(0).max(1);
    let storage = TextStorage { length: TextLength::Fixed(length), charset: Charset::Ascii };
    let text = |bytes: &&[u8]| String::from_utf8(bytes.to_vec()).ok();
    let strings: Option<Vec<String>> = strings.iter().map(text).collect();
    let text = strings.and_then(|strings| Text::new(shape, strings, storage));
    text.map(Value::Text).ok_or_else(|| unsupported("text that is no UTF-8", place))
}

fn unsupported(what: &str, place: &dyn Fn() -> String) -> PyErr {
    Raise::ValueType.help(
        format!("{}: {what} cannot be written", place()),
        "give numbers, text, or dictionaries of them",
    )
}
