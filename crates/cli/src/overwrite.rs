//! What is written never takes the place of what was read.

use std::path::{Path, PathBuf};

use nirkit::document::{is_text, tensor_file};

use crate::failure::Failure;

/// Refuses outputs that are one of the files that were read, the tensors beside a text among them.
pub(crate) fn refuse<'a>(
    outputs: impl IntoIterator<Item = PathBuf>,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let inputs = inputs.into_iter().flat_map(with_store);
    let inputs: Vec<PathBuf> = inputs.filter_map(|path| path.canonicalize().ok()).collect();
    for output in outputs.into_iter().flat_map(|output| with_store(&output)) {
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

/// Refuses an output that holds the tensors of the graph that was read. The graph itself may be written over.
pub(crate) fn refuse_store(output: &Path, graph: &Path) -> Result<(), Failure> {
    let is_same = match (output.canonicalize(), graph.canonicalize()) {
        (Ok(output), Ok(graph)) => output == graph,
        _ => return Ok(()),
    };
    if is_same {
        Ok(())
    } else {
        refuse([output.to_path_buf()], store(graph).iter().map(PathBuf::as_path))
    }
}

/// A file, and the tensors beside it if it holds text.
fn with_store(path: &Path) -> Vec<PathBuf> {
    [path.to_path_buf()].into_iter().chain(store(path)).collect()
}

/// The file with the tensors of a text, beside it and beside what it links to.
fn store(path: &Path) -> Vec<PathBuf> {
    if !is_text(path) {
        return Vec::new();
    }
    [Some(path.to_path_buf()), path.canonicalize().ok()]
        .into_iter()
        .flatten()
        .map(|path| tensor_file(&path))
        .collect()
}

/// The files of platforms: names that are paths.
pub(crate) fn platform_files<'a>(
    titles: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = &'a Path> {
    let files = titles.into_iter().filter(|title| nirkit::platforms::file::is_file(title));
    files.map(Path::new)
}
