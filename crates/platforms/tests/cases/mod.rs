//! Recordings: a folder for each case, with a word about it in JSON.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The folders in a folder, by name.
pub(crate) fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.retain(|folder| folder.is_dir());
    folders
}
