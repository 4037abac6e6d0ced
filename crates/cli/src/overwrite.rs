//! What is written never takes the place of what was read.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Refuses outputs that are one of the files that were read.
pub(crate) fn refuse<'a>(
    outputs: impl IntoIterator<Item = PathBuf>,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let inputs: Vec<PathBuf> =
        inputs.into_iter().filter_map(|path| path.canonicalize().ok()).collect();
    for output in outputs {
        let Ok(path) = output.canonicalize() else { continue };
        // Devices and pipes are not replaced.
        if path.is_file() && inputs.contains(&path) {
            let message = format!("{} is read by this run, and would be lost", output.display());
            return Err(Failure::with_help(
                message,
                Some("name another place for what is written"),
            ));
        }
    }
    Ok(())
}

/// The files of platforms: names that are paths.
pub(crate) fn platform_files<'a>(
    titles: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = &'a Path> {
    let files = titles.into_iter().filter(|title| nirkit::platforms::file::is_file(title));
    files.map(Path::new)
}
