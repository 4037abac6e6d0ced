//! Material that lies beside the project and is no part of it.

use std::path::{Path, PathBuf};

/// A file or folder of it, or `None` with a word on the terminal.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {name} beside the project");
    None
}
