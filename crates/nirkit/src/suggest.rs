//! What a name that is not known most likely means: a word, or a file.

use std::path::Path;

use nirkit_io::ending::{self, ends_in};

use crate::error::{Error, ErrorKind};

/// Endings of graphs.
pub(crate) const GRAPHS: &[&[&str]] = &[ending::GRAPH_HDF5, ending::GRAPH_TEXT];

/// Endings of platform files.
pub(crate) const PLATFORMS: &[&[&str]] = &[&["toml"], ending::JSON];

/// So many files of a folder are looked at for the one that was meant.
const MOST_FILES: usize = 10_000;

/// The candidate that is nearest to a name, if one is near enough to be meant.
///
/// ```
/// assert_eq!(nirkit::suggest::nearest("nrose", ["norse", "sinabs"]), Some("norse"));
/// assert_eq!(nirkit::suggest::nearest("brian", ["norse", "sinabs"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two names of which one begins with the other are near, whatever the length of the rest.
    const NEAR: f64 = 0.6;
    let likeness = |candidate: &str| {
        if !name.is_empty() && (candidate.starts_with(name) || name.starts_with(candidate)) {
            return 0.99;
        }
        strsim::normalized_damerau_levenshtein(name, candidate)
    };
    let scored = candidates.into_iter().map(|candidate| (likeness(candidate), candidate));
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.filter(|(likeness, _)| *likeness >= NEAR).map(|(_, candidate)| candidate)
}

/// "did you mean ...?", if a candidate is near.
#[must_use]
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|meant| format!("did you mean `{meant}`?"))
}

/// "did you mean ...?", if a file with one of these endings, in the folder of one that is not there, has a name that is near.
pub(crate) fn file_beside(file: &Path, endings: &[&[&str]]) -> Option<String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = folder.unwrap_or(Path::new(".")).read_dir().ok()?;
    let names =
        entries.take(MOST_FILES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_meant = |name: &String| endings.iter().any(|endings| ends_in(Path::new(name), endings));
    let names: Vec<String> = names.filter(is_meant).collect();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    did_you_mean(&name, names.iter().map(String::as_str))
}

/// An error, with the file that was meant where there is none of this name.
pub(crate) fn with_file(error: Error, file: &Path, endings: &[&[&str]]) -> Error {
    if error.kind() != ErrorKind::Missing {
        return error;
    }
    if let Ok(target) = file.read_link() {
        return error.help(format!(
            "the file is a link to `{}`, which leads nowhere: make the link again, or name the file itself",
            target.display()
        ));
    }
    match file_beside(file, endings) {
        Some(help) => error.help(help),
        None => error,
    }
}
