//! What the fuzzer begins with and what it found before goes through its targets; so do random bytes
//! through those that make graphs and documents of bytes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, unreachable_pub, reason = "the fuzzer uses all of it")]
#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

/// The files of a target in a folder of the fuzzer, by their names.
fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let Ok(entries) = fs::read_dir(root.join(folder).join(target)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Frames of functions that no optimiser saw are large.
fn on_a_large_stack(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let begun = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work);
        if let Err(panic) = begun.unwrap().join() {
            std::panic::resume_unwind(panic);
        }
    });
}

#[test]
fn seeds_and_findings_go_through_their_targets() {
    for (target, run) in targets::ALL {
        let seeds = files("seeds", target);
        assert!(seeds.len() > 3, "{target} has no seeds");
        for file in seeds.iter().chain(&files("findings", target)) {
            // Of a panic, the name of the file is what one needs.
            println!("{}", file.display());
            let bytes = fs::read(file).unwrap();
            on_a_large_stack(|| run(&bytes));
        }
    }
}

#[test]
fn every_folder_is_that_of_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let names: Vec<&str> = targets::ALL.iter().map(|(name, _)| *name).collect();
    for folder in ["seeds", "findings", "targets"] {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(names.contains(&name), "{} belongs to no target", path.display());
        }
    }
    assert_eq!(fs::read_dir(root.join("targets")).unwrap().count(), names.len());
}

#[test]
fn seeds_are_small() {
    let sizes = targets::ALL.iter().flat_map(|(target, _)| files("seeds", target));
    let sizes: Vec<u64> = sizes.map(|file| fs::metadata(file).unwrap().len()).collect();
    // A list of HDF5 takes a heap of 4 KiB.
    assert!(sizes.iter().all(|&size| size <= 8192), "a seed has more than 8 KiB");
    assert!(sizes.iter().sum::<u64>() < 500 << 10, "all seeds have {}", sizes.iter().sum::<u64>());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn random_bytes_go_through_the_targets_that_build_of_them(
        bytes in prop::collection::vec(any::<u8>(), 0..160),
    ) {
        for run in [targets::graph_mutant::run, targets::chip_mutant::run, targets::verbs::run] {
            on_a_large_stack(|| run(&bytes));
        }
    }
}
