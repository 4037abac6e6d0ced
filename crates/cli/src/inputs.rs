//! What stands in `run.json` and `eval.json` about the files that were read.

use std::path::Path;

use nirkit::Error;
use nirkit::io::sha256;
use serde::Serialize;

use crate::failure::Failure;
use crate::stdio::{is_stdio, shown};

/// The name and version of the program.
pub(crate) const PROGRAM: &str = concat!("nirkit ", env!("CARGO_PKG_VERSION"));

/// The files that a run or an evaluation is about, with their hashes.
#[derive(Debug, Serialize)]
pub(crate) struct Inputs {
    /// The graph, or the configuration of a chip.
    pub(crate) file: String,
    /// SHA-256 of the file, in hexadecimal digits; missing for what is no regular file.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    stimuli: Vec<Hashed>,
    /// The classes of the samples, for an evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Hashed>,
}

/// A file and its hash.
#[derive(Debug, Serialize)]
struct Hashed {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

impl Hashed {
    fn of(path: &Path) -> Result<Self, Failure> {
        let hash = if is_stdio(path) { None } else { sha256(path).map_err(Error::from)? };
        Ok(Self { file: shown(path), sha256: hash })
    }
}

impl Inputs {
    /// Reads the files once more for their hashes.
    pub(crate) fn of<'a>(
        file: &Path,
        stimuli: impl Iterator<Item = &'a Path>,
        labels: Option<&Path>,
    ) -> Result<Self, Failure> {
        let Hashed { file, sha256 } = Hashed::of(file)?;
        let stimuli = stimuli.map(Hashed::of).collect::<Result<Vec<_>, Failure>>()?;
        Ok(Self { file, sha256, stimuli, labels: labels.map(Hashed::of).transpose()? })
    }
}
