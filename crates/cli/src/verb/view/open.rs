//! Opening what was drawn.

use std::path::{Path, PathBuf};

use nirkit::escape;

use crate::failure::Failure;
use crate::printer::Printer;

/// A name for a drawing that nobody gave a place; the file stays, since a browser may look at it later.
pub(super) fn temporary(ending: &str) -> Result<PathBuf, Failure> {
    let made = tempfile::Builder::new().prefix("nir-view-").suffix(ending).tempfile();
    let kept = made.and_then(|file| Ok(file.into_temp_path().keep()?));
    kept.map_err(|error| {
        let message = format!("no temporary file can be made: {error}");
        Failure::with_help(message, Some("give a file with `--output`"))
    })
}

/// Opens a file with the program of the system for it. The file is there in any case, so a system without one gets a note.
pub(super) fn open(path: &Path) {
    if let Err(error) = ::open::that_detached(path) {
        let path = escape::line(&path.display().to_string()).into_owned();
        Printer::note(&format!(
            "{path} is not opened: {error}; `--output -` shows the graph as text"
        ));
    }
}
