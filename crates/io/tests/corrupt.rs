//! Damaged files are read or refused, soon and without a panic.
//!
//! Where `../shared` is at hand, its collection is tried too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nirkit_io::{Limits, data, nir};

fn here(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "nir"));
    files.sort();
    files
}

/// Reads a file as a graph and as data; says what is not as it should be.
fn try_it(path: &Path) -> Option<String> {
    let start = Instant::now();
    let messages = [
        nir::read(path, &Limits::default()).err().map(|error| error.to_string()),
        data::read_data(path, &Limits::default()).err().map(|error| error.to_string()),
    ];
    let took = start.elapsed();
    // The decoder's panics are caught; we want to know of them nonetheless.
    let panicked = messages.iter().flatten().find(|message| message.contains("gave up"));
    (took > Duration::from_secs(2))
        .then(|| format!("took {took:?}"))
        .or_else(|| panicked.cloned())
        .map(|fault| format!("{}: {fault}", path.display()))
}

#[test]
#[ignore = "needs the material in ../shared"]
fn the_collection_of_damaged_files_ends_well() {
    let files = files(&here("../../../shared/corpus/corrupt"));
    assert!(!files.is_empty(), "../shared/corpus/corrupt is not at hand");
    let faults: Vec<String> = files.iter().filter_map(|path| try_it(path)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
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

/// Damages a file in one of the ways in which files are damaged.
fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers) -> &'static str {
    let at = numbers.next(bytes.len() - 16);
    match numbers.next(5) {
        0 => {
            bytes.truncate(at);
            "cut"
        }
        1 => {
            bytes[at] ^= 1 << numbers.next(8);
            "bit flipped"
        }
        2 => {
            let run = 1 + numbers.next(64);
            let end = (at + run).min(bytes.len());
            bytes[at..end].fill(numbers.next(256) as u8);
            "run filled"
        }
        3 => {
            // A length or an offset that is far too large, where such things stand.
            let at = at / 8 * 8;
            let huge = 1_u64 << (20 + numbers.next(44));
            bytes[at..at + 8].copy_from_slice(&huge.to_le_bytes());
            "number made huge"
        }
        _ => {
            let other = numbers.next(bytes.len() - 16);
            bytes.copy_within(other..other + 8, at);
            "number replaced by another"
        }
    }
}

#[test]
fn files_damaged_in_a_thousand_ways_end_well() {
    let mut numbers = Numbers(1);
    let scratch = tempfile::NamedTempFile::new().unwrap();
    let originals = files(&here("tests/files"));
    assert!(!originals.is_empty());
    for original in originals {
        let whole = std::fs::read(&original).unwrap();
        for _ in 0..120 {
            let mut bytes = whole.clone();
            let how = damage(&mut bytes, &mut numbers);
            std::fs::write(scratch.path(), &bytes).unwrap();
            if let Some(fault) = try_it(scratch.path()) {
                let name = original.display();
                panic!("{name}, {how}: {fault}");
            }
        }
    }
}
