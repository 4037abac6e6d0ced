//! Material that lies beside the project and is no part of it.

use std::path::{Path, PathBuf};

/// A file or folder of it. Tests that need it are ignored unless they are asked for (`cargo test -- --ignored`).
pub(crate) fn shared(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    assert!(path.exists(), "there is no {name} beside the project");
    path
}
