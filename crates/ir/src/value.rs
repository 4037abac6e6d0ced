//! What a field of a node, or an entry of metadata, can hold.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use nirkit_numerics::Tensor;

/// Named values in the order of the file (which h5py sorts by name).
pub type Fields = IndexMap<String, Value, RandomState>;

/// One value of a file: a tensor, strings, or a group of further values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Numbers or truth values.
    Tensor(Tensor),
    /// One string or an array of strings.
    Text(Text),
    /// Values nested under a name.
    Group(Fields),
}

impl Value {
    /// What the value is, in words: `f32[3, 4]`, `a string`, `a group of 2`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Tensor(tensor) => format!("{}{:?}", tensor.dtype(), tensor.shape()),
            Self::Text(text) if text.shape().is_empty() => "a string".to_owned(),
            Self::Text(text) => format!("strings{:?}", text.shape()),
            Self::Group(fields) => format!("a group of {}", fields.len()),
        }
    }
}

impl From<Tensor> for Value {
    fn from(tensor: Tensor) -> Self {
        Self::Tensor(tensor)
    }
}

impl From<&str> for Value {
    fn from(string: &str) -> Self {
        Self::Text(Text::scalar(string))
    }
}

/// An array of strings in C order, with the way the file stores them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    shape: Vec<usize>,
    strings: Vec<String>,
    storage: TextStorage,
}

/// How a file stores strings. Kept, so that a copy has the same type for h5py.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextStorage {
    /// Length of each string.
    pub length: TextLength,
    /// Character set that the file declares; the strings are valid UTF-8 in either.
    pub charset: Charset,
}

/// Length of the strings in an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextLength {
    /// Each string has its own length.
    #[default]
    Variable,
    /// Every string takes this many bytes, filled up with zero bytes.
    Fixed(usize),
}

/// Character set that a file declares for its strings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// Seven-bit ASCII.
    Ascii,
    /// UTF-8.
    #[default]
    Utf8,
}

impl Text {
    /// One string of variable length.
    #[must_use]
    pub fn scalar(string: &str) -> Self {
        Self {
            shape: Vec::new(),
            strings: vec![string.to_owned()],
            storage: TextStorage::default(),
        }
    }

    /// An array of strings; `None` when the shape does not hold this many.
    #[must_use]
    pub fn new(shape: &[usize], strings: Vec<String>, storage: TextStorage) -> Option<Self> {
        let len = shape.iter().try_fold(1_usize, |len, &axis| len.checked_mul(axis))?;
        (len == strings.len()).then(|| Self { shape: shape.to_vec(), strings, storage })
    }

    /// Lengths of the axes; empty for one string.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The strings in C order.
    #[must_use]
    pub fn strings(&self) -> &[String] {
        &self.strings
    }

    /// The strings in C order, without a copy.
    #[must_use]
    pub fn into_strings(self) -> Vec<String> {
        self.strings
    }

    /// How the file stores them.
    #[must_use]
    pub fn storage(&self) -> TextStorage {
        self.storage
    }

    /// The string, if there is exactly one and no axis.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match (self.shape.as_slice(), self.strings.as_slice()) {
            ([], [string]) => Some(string),
            _ => None,
        }
    }
}
