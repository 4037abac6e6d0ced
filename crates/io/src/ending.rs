//! The endings of the names of files. What a file is follows from its ending, whatever its case.

use std::path::Path;

/// Graphs in HDF5.
pub const GRAPH_HDF5: &[&str] = &["nir", "h5", "hdf5"];
/// Graphs as text.
pub const GRAPH_TEXT: &[&str] = &["nirt"];
/// Data of the reference in HDF5 (`NIRData`).
pub const DATA: &[&str] = &["h5", "hdf5", "nird"];
/// Numpy arrays.
pub const ARRAY: &[&str] = &["npy"];
/// Tables as text.
pub const TABLE: &[&str] = &["csv"];
/// JSON.
pub const JSON: &[&str] = &["json"];

/// Endings of files that nothing here writes into a folder's place: data, pictures, texts, sources, documents, archives.
const OF_FILES: &[&str] = &[
    "net",
    "npz",
    "mat",
    "hdf",
    "h4",
    "h6",
    "tensors",
    "tsv",
    "jsonl",
    "toml",
    "yaml",
    "yml",
    "xml",
    "ini",
    "parquet",
    "pkl",
    "pickle",
    "pt",
    "pth",
    "ckpt",
    "onnx",
    "safetensors",
    "aedat",
    "aedat2",
    "aedat4",
    "raw",
    "dat",
    "bin",
    "es",
    "svg",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "bmp",
    "tif",
    "tiff",
    "webp",
    "eps",
    "ps",
    "pdf",
    "txt",
    "text",
    "md",
    "rst",
    "log",
    "tex",
    "html",
    "htm",
    "c",
    "h",
    "cc",
    "cpp",
    "cxx",
    "hpp",
    "rs",
    "py",
    "ipynb",
    "js",
    "sh",
    "m",
    "v",
    "sv",
    "vhd",
    "doc",
    "docx",
    "odt",
    "xls",
    "xlsx",
    "zip",
    "tar",
    "gz",
    "tgz",
    "bz2",
    "xz",
    "zst",
    "7z",
    "mp4",
    "avi",
    "wav",
];

/// Returns the ending of a name in lower case, without the dot; empty where it has none.
///
/// ```
/// use nirkit_io::ending::ending;
///
/// assert_eq!(ending("out/U.H5".as_ref()), "h5");
/// assert_eq!(ending("out".as_ref()), "");
/// ```
#[must_use]
pub fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// Whether a name ends in one of these, whatever the case.
#[must_use]
pub fn ends_in(path: &Path, endings: &[&str]) -> bool {
    endings.contains(&ending(path).as_str())
}

/// Returns the ending, as it is written, of a name that is that of a file and of no folder. Endings that no format has, such as
/// those of `run.1` and `v0.2`, may be part of a folder's name.
///
/// ```
/// use nirkit_io::ending::of_file;
///
/// assert_eq!(of_file("out.SVG".as_ref()).as_deref(), Some("SVG"));
/// assert_eq!(of_file("run.1".as_ref()), None);
/// ```
#[must_use]
pub fn of_file(path: &Path) -> Option<String> {
    let lists = [OF_FILES, GRAPH_HDF5, GRAPH_TEXT, DATA, ARRAY, TABLE, JSON];
    let is_known = lists.iter().any(|endings| ends_in(path, endings));
    is_known.then(|| path.extension().unwrap_or_default().to_string_lossy().into_owned())
}

/// Whether a path is a device or a pipe, whose name says nothing.
#[must_use]
pub fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}
