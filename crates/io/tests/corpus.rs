//! Every graph that people and programs have written so far goes through and comes back equal.
//!
//! The files are those of `../shared`; the tests are ignored unless they are asked for (`-- --ignored`). That h5py and the
//! reference see the same in a copy is held by `scripts/check_round_trip.py`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

use nirkit_io::nir::{self, WriteOptions};
use nirkit_io::{Compression, Limits, ReadFault, data};

fn shared() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared")
}

/// All files of a kind below a folder.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn graphs(folder: &str) -> Vec<PathBuf> {
    let found = files(&shared().join(folder), "nir");
    assert!(!found.is_empty(), "../shared/{folder} is not at hand");
    found
}

/// Reads a graph, writes it in every way, and reads it again. `None` for what is no graph.
fn comes_back(path: &Path) -> Option<()> {
    let document = match nir::read(path, &Limits::default()) {
        Ok(document) => document,
        Err(error) if matches!(error.fault, ReadFault::OtherFormat { .. }) => return None,
        Err(error) => panic!("{error}"),
    };
    for compression in [Compression::None, Compression::Gzip(4), Compression::Lzf] {
        let bytes = nir::to_bytes(&document, &WriteOptions { compression });
        let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = nir::read_bytes(bytes, &Limits::default());
        let again = again.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(again, document, "{} with {compression:?}", path.display());
    }
    Some(())
}

#[test]
#[ignore = "needs the material in ../shared"]
fn graphs_of_every_simulator_and_of_the_paper_come_back_equal() {
    for folder in ["corpus/exports", "reference/paper", "models"] {
        for path in graphs(folder) {
            comes_back(&path).unwrap_or_else(|| panic!("{} is no graph", path.display()));
        }
    }
}

#[test]
#[ignore = "needs the material in ../shared"]
fn graphs_of_the_recordings_come_back_equal() {
    for path in graphs("goldens") {
        comes_back(&path).unwrap_or_else(|| panic!("{} is no graph", path.display()));
    }
}

/// The files of the collection that hold no graph, and why they are not read as one.
const NO_GRAPHS: [(&str, &str); 13] = [
    ("data_gzip", "recordings (NIRData)"),
    ("data_lzf", "recordings (NIRData)"),
    ("layouts_earliest", "loose datasets, one without a value, which is not read"),
    ("lzfc_latest", "loose datasets"),
    ("lzfcs_earliest", "loose datasets"),
    ("lzfcs_latest", "loose datasets"),
    ("so_latest", "loose datasets"),
    ("softdangling", "links only, one into another file, which is not followed"),
    ("szipc_nn32_latest", "loose datasets"),
    ("szipc_nn8_earliest", "loose datasets"),
    ("szipc_shuf_earliest", "loose datasets"),
    ("szipc_shuf_latest", "loose datasets"),
    ("userblock", "loose datasets"),
];

#[test]
#[ignore = "needs the material in ../shared"]
fn odd_files_come_back_equal_but_for_those_that_hold_no_graph() {
    for path in graphs("corpus/hdf5") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let listed = NO_GRAPHS.iter().any(|(file, _)| *file == name);
        let read = !listed && comes_back(&path).is_some();
        if listed {
            assert!(nir::read(&path, &Limits::default()).is_err(), "{name} is read now");
        } else {
            assert!(read, "{name} is no graph");
        }
    }
}

#[test]
#[ignore = "needs the material in ../shared"]
fn recordings_in_both_compressions_are_read() {
    for name in ["data_gzip", "data_lzf"] {
        let path = shared().join(format!("corpus/hdf5/{name}.nir"));
        let data = data::read_data(&path, &Limits::default());
        assert!(!data.unwrap_or_else(|error| panic!("{error}")).nodes.is_empty());
    }
}

#[test]
#[ignore = "needs the material in ../shared"]
fn arrays_of_numpy_come_back_byte_for_byte() {
    let arrays = files(&shared().join("goldens"), "npy");
    assert!(!arrays.is_empty(), "../shared/goldens is not at hand");
    let scratch = tempfile::NamedTempFile::new().unwrap();
    for path in arrays {
        let tensor = nirkit_io::array::read_array(&path, &Limits::default());
        let tensor = tensor.unwrap_or_else(|error| panic!("{error}"));
        let original = std::fs::read(&path).unwrap();
        let fortran = original.iter().take(128).copied().collect::<Vec<_>>();
        if String::from_utf8_lossy(&fortran).contains("'fortran_order': True") {
            continue;
        }
        nirkit_io::array::write_array(scratch.path(), &tensor).unwrap();
        assert!(std::fs::read(scratch.path()).unwrap() == original, "{}", path.display());
    }
}
