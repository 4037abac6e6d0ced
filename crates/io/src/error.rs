//! What can go wrong with a file: where in it, what, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use nirkit_ir::Limits;

/// Why a file could not be read.
#[derive(Debug)]
pub struct ReadError {
    /// The file; `None` when the bytes came from memory.
    pub file: Option<PathBuf>,
    /// Path of the group or dataset inside the file; empty when the whole file is meant.
    pub place: String,
    /// What is wrong.
    pub fault: ReadFault,
}

/// What is wrong with a file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is of another kind.
    #[error("not {expected}")]
    OtherFormat {
        /// The kind of file that was asked for, with its article.
        expected: &'static str,
    },
    /// The file is of another kind, which is known by how it begins.
    #[error("not {expected} but {found}")]
    Foreign {
        /// The kind of file that was asked for, with its article.
        expected: &'static str,
        /// What it is, with its article.
        found: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// Whoever wrote the file stopped in the middle.
    #[error("writing stopped {0}")]
    CutShort(String),
    /// The file demands more than the caller allows.
    #[error("needs {needed} {unit}, the limit `{limit}` allows {allowed}")]
    Limit {
        /// Field of [`crate::Limits`] that stood in the way.
        limit: &'static str,
        /// What is counted.
        unit: &'static str,
        /// What the file needs.
        needed: u64,
        /// What the limit allows; for `expansion` it follows from the size of the file.
        allowed: u64,
    },
    /// The file is sound, and uses something that nirkit does not read.
    #[error("{0} cannot be read")]
    Unsupported(String),
    /// The elements of a numpy array have a type that is no number of ours, named as numpy names it.
    #[error("an array of numpy type `{0}` cannot be read")]
    NumpyType(String),
    /// A link leads to a group that contains it, so that the file has no end.
    #[error("the group contains itself")]
    Circle,
    /// The file contradicts itself or its format.
    #[error("damaged: {0}")]
    Damaged(String),
    /// A text is not written as its form wants it.
    #[error("{0}")]
    Syntax(String),
    /// Something that every file of this kind has is not there.
    #[error("there is no {0} here")]
    Missing(&'static str),
    /// Something else stands where the format wants one thing.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What the format wants, with its article.
        expected: &'static str,
        /// What is there.
        found: String,
    },
}

impl ReadFault {
    /// Puts the fault at a place inside the file.
    pub(crate) fn at(self, place: impl Into<String>) -> ReadError {
        ReadError { file: None, place: place.into(), fault: self }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Io(_) => None,
            Self::OtherFormat { .. } => Some("check that this is the file you meant".to_owned()),
            Self::Foreign { help, .. } => Some((*help).to_owned()),
            Self::CutShort(_) => Some(
                "what wrote it ended with an exception, as `nir.write` does at a Flatten without a shape and, with its \
                 usual compression, at single numbers: give the Flatten its `input_type`, write with `compression=None`, \
                 and write the file again"
                    .to_owned(),
            ),
            Self::Limit { limit: "depth", allowed: Limits::DEEPEST, .. } => {
                Some("write the file again with fewer groups inside each other".to_owned())
            }
            Self::Limit { limit, .. } => {
                Some(format!("if you trust the file, raise the limit `{limit}`"))
            }
            Self::Circle => Some("remove the link: a file of NIR is a tree".to_owned()),
            Self::NumpyType(descr) => Some(
                match descr.trim_start_matches(['<', '>', '|', '=']).chars().next() {
                    Some('M' | 'm') => "these are dates or durations; store numbers of seconds, `x / np.timedelta64(1, \"s\")`",
                    Some('O' | 'S' | 'U' | 'a') => "store numbers: `np.save(path, x.astype(np.float32))`",
                    _ => "store it in another precision: `np.save(path, x.astype(np.float64))`",
                }
                .to_owned(),
            ),
            Self::Unsupported(_) => Some(
                "store it again with h5py as plain numbers or strings, compressed with gzip, lzf or not at all"
                    .to_owned(),
            ),
            Self::Damaged(_) => Some("get the file again from where it came".to_owned()),
            Self::Syntax(_) => Some("correct the file at this place".to_owned()),
            Self::Missing(_) | Self::Unexpected { .. } => {
                Some("write the file again with the program that made it".to_owned())
            }
        }
    }
}

impl ReadError {
    /// What the user can do about it, in one line.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        self.fault.help()
    }

    /// Names the file that was read.
    pub(crate) fn of_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_path_buf());
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, self.file.as_deref(), &self.place)?;
        self.fault.fmt(f)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.fault)
    }
}

/// Why a file could not be written. Nothing is left under its name.
#[derive(Debug)]
pub struct WriteError {
    /// The file; `None` when the bytes were to stay in memory.
    pub file: Option<PathBuf>,
    /// Path of the group or dataset inside the file; empty when the whole file is meant.
    pub place: String,
    /// What is wrong.
    pub fault: WriteFault,
}

/// What stands in the way of writing.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// HDF5 has no place for an object of this name.
    #[error("the name {0:?} is not possible in HDF5")]
    Name(String),
    /// Two things would have the same name.
    #[error("there are two of the name {0:?}")]
    Duplicate(String),
    /// The value has no form in this kind of file.
    #[error("{0} cannot be written")]
    Unsupported(String),
    /// The tensors of a text would take the place of another file.
    #[error("it is in the place of the tensors of the text, and holds something else: {0}")]
    NotAStore(String),
}

impl WriteFault {
    /// Puts the fault at a place inside the file.
    pub(crate) fn at(self, place: impl Into<String>) -> WriteError {
        WriteError { file: None, place: place.into(), fault: self }
    }

    fn help(&self) -> Option<&'static str> {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                Some("make the folder first")
            }
            Self::Io(_) => None,
            Self::Name(_) => Some("rename it: a name is not empty, not `.` and holds no `/`"),
            Self::Duplicate(_) => Some("rename one of the two"),
            Self::Unsupported(_) => Some("remove it, or store it in another form"),
            Self::NotAStore(_) => Some("move it, or give the text another name"),
        }
    }
}

impl WriteError {
    /// What the user can do about it, in one line.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        self.fault.help()
    }

    /// Names the file that was to be written.
    pub(crate) fn of_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_path_buf());
        self
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, self.file.as_deref(), &self.place)?;
        self.fault.fmt(f)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.fault)
    }
}

/// Writes `file: place: ` with whatever of the two is known.
fn write_place(f: &mut fmt::Formatter<'_>, file: Option<&Path>, place: &str) -> fmt::Result {
    if let Some(file) = file {
        write!(f, "{}: ", file.display())?;
    }
    if place.is_empty() { Ok(()) } else { write!(f, "{place}: ") }
}
