//! The fast reader is held against the one that knows all of HDF5: what it reads is the same.
//!
//! Besides the files of this crate, those of `../shared` are tried where they are at hand.

use std::path::{Path, PathBuf};

use nirkit_ir::value::{Fields, Value};
use nirkit_numerics::Tensor;

use super::read;
use crate::hdf5::Tree;
use crate::hdf5::read::{With, read_anything};
use crate::hdf5::source::Source;
use crate::hdf5::write::{Compression, to_bytes};
use crate::limits::Limits;

fn here(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// All `.nir` files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => found.extend(files(&path)),
            Some(extension) if extension == "nir" => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

/// Further files, where they are at hand.
fn shared(folder: &str) -> Vec<PathBuf> {
    files(&here("../../../shared").join(folder))
}

/// Whether the fast reader reads these bytes. What it reads is what the other one reads.
fn agrees(bytes: Vec<u8>, what: &str) -> bool {
    let source = Source::from_bytes(bytes.clone());
    let Some(tree) = read(&source, &Limits::default()) else { return false };
    let other = read_anything(Source::from_bytes(bytes), &Limits::default(), With::Values);
    match other {
        Ok(other) => assert!(tree.root == other.root, "{what}: other content"),
        Err(error) => panic!("{what}: the other reader says {error}"),
    }
    true
}

fn agrees_on(path: &Path) -> bool {
    agrees(std::fs::read(path).unwrap(), &path.display().to_string())
}

#[test]
#[ignore = "needs the material in ../shared"]
fn files_of_the_reference_and_of_the_simulators_take_the_fast_way() {
    for folder in ["corpus/exports", "reference/paper", "goldens", "models"] {
        let files = shared(folder);
        assert!(!files.is_empty(), "../shared/{folder} is not at hand");
        for path in files {
            assert!(agrees_on(&path), "{} takes the slow way", path.display());
        }
    }
}

/// What the fast reader leaves to the other one, of the files that h5py wrote in every odd way.
const SLOW: [(&str, &str); 16] = [
    ("f_fletcher_earliest", "checksums"),
    ("f_shufgzfl_earliest", "checksums"),
    ("f_shufgzfl_latest", "checksums"),
    ("f_szip_ec_earliest", "szip"),
    ("f_szip_ec_latest", "szip"),
    ("f_szip_nn_earliest", "szip"),
    ("f_szip_nn_latest", "szip"),
    ("layouts_earliest", "a dataset without a value"),
    ("odd", "soft links"),
    ("softdangling", "soft links"),
    ("szip_linear", "szip"),
    ("szipc_nn32_latest", "szip"),
    ("szipc_nn8_earliest", "szip"),
    ("szipc_shuf_earliest", "szip"),
    ("szipc_shuf_latest", "szip"),
    ("userblock", "a user block"),
];

#[test]
fn odd_files_have_the_same_content_either_way() {
    for path in files(&here("tests/files")).into_iter().chain(shared("corpus/hdf5")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let listed = SLOW.iter().any(|(slow, _)| *slow == name);
        assert_eq!(agrees_on(&path), !listed, "{name} takes the fast way, or does not");
    }
}

#[test]
fn what_both_read_of_hostile_and_broken_files_is_the_same() {
    for path in files(&here("tests/hostile")).into_iter().chain(shared("corpus/corrupt")) {
        both_agree(std::fs::read(&path).unwrap(), &path);
    }
}

/// Reads damaged bytes in both ways. Damage where nobody looks (times, siblings in a tree, fill
/// values) is no damage to the content, so what only one of them reads is no fault, but rare.
fn both_agree(bytes: Vec<u8>, path: &Path) -> Option<bool> {
    let fast = read(&Source::from_bytes(bytes.clone()), &Limits::default())?;
    let slow = read_anything(Source::from_bytes(bytes), &Limits::default(), With::Values);
    if let Ok(slow) = &slow {
        assert!(slow.root == fast.root, "{}: other content", path.display());
    }
    Some(slow.is_ok())
}

/// A generator of numbers that are the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }
}

#[test]
fn what_both_read_of_damaged_files_is_the_same() {
    let mut numbers = Numbers(7);
    let (mut both, mut one) = (0, 0);
    for path in files(&here("tests/files")) {
        let whole = std::fs::read(&path).unwrap();
        for _ in 0..200 {
            let mut bytes = whole.clone();
            let at = numbers.next(bytes.len() - 8);
            let other = numbers.next(bytes.len() - 8);
            match numbers.next(3) {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= 1 << numbers.next(8),
                _ => bytes.copy_within(other..other + 8, at),
            }
            match both_agree(bytes, &path) {
                Some(true) => both += 1,
                Some(false) => one += 1,
                None => {}
            }
        }
    }
    assert!(both > 500 && one < both / 50, "{both} read by both, {one} by one");
}

/// Tensors in several chunks along several axes, which do not divide the shape.
#[test]
fn what_nirkit_writes_takes_the_fast_way() {
    let cube: Vec<f32> = (0..7 * 130 * 900).map(|index| (index % 1013) as f32).collect();
    let long: Vec<i16> = (0..3_000_001).map(|index| (index % 911) as i16).collect();
    let many = (0..300).map(|index| (format!("n{index}"), Value::from("text")));
    let root = Fields::from_iter([
        ("cube".to_owned(), Tensor::new(&[7, 130, 900], cube).unwrap().into()),
        ("long".to_owned(), Tensor::vector(long).into()),
        ("many".to_owned(), Value::Group(many.collect())),
        ("scalar".to_owned(), Tensor::scalar(1.5_f64).into()),
    ]);
    let tree = Tree { root, ..Tree::default() };
    for compression in [Compression::None, Compression::Gzip(1), Compression::Lzf] {
        let bytes = to_bytes(&tree, compression).unwrap();
        assert!(agrees(bytes, "our own"), "{compression:?} takes the slow way");
    }
}
