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
    fn of(path: &Path, is_read: bool) -> Result<Self, Failure> {
        let is_hashed = is_read && !is_stdio(path);
        let sha256 = if is_hashed { sha256(path).map_err(Error::from)? } else { None };
        Ok(Self { file: shown(path), sha256 })
    }
}

impl Inputs {
    /// Reads the files once more for their hashes, unless nobody will see them.
    pub(crate) fn of<'a>(
        file: &Path,
        stimuli: impl Iterator<Item = &'a Path>,
        labels: Option<&Path>,
        are_seen: bool,
    ) -> Result<Self, Failure> {
        let hashed = |path: &Path| Hashed::of(path, are_seen);
        let Hashed { file, sha256 } = hashed(file)?;
        let stimuli = stimuli.map(hashed).collect::<Result<Vec<_>, Failure>>()?;
        Ok(Self { file, sha256, stimuli, labels: labels.map(hashed).transpose()? })
    }
}
