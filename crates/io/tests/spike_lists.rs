//! Lists of spikes are read as h5py and `PyTables` wrote them, and damaged files give errors.
//!
//! `scripts/events/make_spike_lists.py` wrote the files.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;

use nirkit_io::spike_lists::SpikeLists;
use nirkit_io::{Limits, ReadError};
use nirkit_numerics::{ByteOrder, DType};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/spike_lists").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn open(bytes: Vec<u8>) -> Result<Option<SpikeLists>, ReadError> {
    SpikeLists::of_bytes(bytes, &Limits::default())
}

/// Times in 1/1024 s and units of a sample, by the formula of the script.
fn sample(index: usize) -> (Vec<f64>, Vec<i64>) {
    let count = 7 * ((5 * index) % 6);
    let ticks = (0..count).map(|k| (16 * (k / 2) + index) as f64).collect();
    (ticks, (0..count).map(|k| ((3 * k + index) % 20) as i64).collect())
}

const SAMPLES: usize = 6;

#[test]
fn every_list_is_read_as_it_was_written() {
    let files = [
        ("h5py.h5", DType::F16, 1024.0),
        ("gzip_user_block.h5", DType::F64, 1024.0),
        ("latest_big_endian.h5", DType::F32, 1024.0),
        ("pytables.h5", DType::F16, 1024.0),
        ("whole_microseconds.h5", DType::I32, 1e-3),
    ];
    for (name, dtype, ticks_in_a_unit) in files {
        let file = SpikeLists::open(path(name), &Limits::default()).unwrap().unwrap();
        assert_eq!((file.len(), file.type_of_times()), (SAMPLES, dtype), "{name}");
        for index in 0..SAMPLES {
            let (ticks, units) = sample(index);
            let found = file.sample(index).unwrap();
            let times: Vec<f64> =
                found.times.to_f64().unwrap().iter().map(|t| t * ticks_in_a_unit).collect();
            assert_eq!((times, found.units.to_i64().unwrap()), (ticks, units), "{name}, {index}");
            assert_eq!(file.spikes(index), found.times.len() as u64);
        }
        let said = file.sample(SAMPLES).unwrap_err().to_string();
        assert!(said.contains("list 6 is not there"), "{said}");
        let labels: Vec<i64> = (0..SAMPLES).map(|index| index as i64 % 3).collect();
        let expected = if name == "whole_microseconds.h5" { None } else { Some(&labels[..]) };
        assert_eq!(file.labels(), expected, "{name}");
    }
}

#[test]
fn what_is_not_read_is_named() {
    let file = open(bytes("h5py.h5")).unwrap().unwrap();
    assert_eq!(file.unread(), ["extra"]);
    assert_eq!(file.sample(1).unwrap().units.byte_order(), ByteOrder::Little);
}

#[test]
fn other_files_are_told_from_lists_of_spikes() {
    let data = std::fs::read(path("../files/data_gzip.nir")).unwrap();
    assert!(open(data).unwrap().is_none());
    let said = open(b"\x93NUMPY\x01\0".to_vec()).unwrap_err().to_string();
    assert!(said.contains("numpy"), "{said}");
}

/// The references of the lists with this many numbers.
fn references(bytes: &[u8], count: u32) -> Vec<usize> {
    let is_one = |at: &usize| {
        let word =
            |at: usize| bytes[at..at + 4].first_chunk().map(|word| u32::from_le_bytes(*word));
        let has_heap = word(at + 4).is_some_and(|heap| heap > 0) && word(at + 8) == Some(0);
        word(*at) == Some(count) && has_heap && word(at + 12).is_some_and(|object| object < 100)
    };
    (0..bytes.len() - 16).filter(is_one).collect()
}

/// What is said of a file when all of its lists are read.
fn said(bytes: Vec<u8>) -> String {
    let read =
        |file: SpikeLists| (0..file.len()).try_for_each(|index| file.sample(index).map(drop));
    match open(bytes) {
        Ok(file) => read(file.unwrap()).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn crafted_references_are_refused() {
    let sound = bytes("h5py.h5");
    // Sample 1 has 35 spikes.
    let [times, units] = references(&sound, 35)[..] else { unreachable!() };
    let with = |changes: &[(usize, &[u8])]| {
        let mut bytes = sound.clone();
        for (at, with) in changes {
            bytes[*at..at + with.len()].copy_from_slice(with);
        }
        said(bytes)
    };
    let most = &u32::MAX.to_le_bytes()[..];
    let more = &36_u32.to_le_bytes()[..];
    let cases = [
        // A list longer than the file.
        (with(&[(times, most), (units, most)]), "the lists have"),
        // As many times as units, and more than the object has.
        (with(&[(times, more), (units, more)]), "another length than its object"),
        (with(&[(times, more)]), "sample 1 has 36 times and 35 units"),
        // A heap that is none, beyond the file, and no object.
        (with(&[(times + 4, &8_u64.to_le_bytes()[..])]), "does not begin as one"),
        (with(&[(times + 4, &u64::MAX.to_le_bytes()[..])]), "the file has 16192"),
        (with(&[(times + 4, &(1_u64 << 40).to_le_bytes()[..])]), "the file has"),
        (with(&[(times + 12, &9999_u32.to_le_bytes()[..])]), "has no object 9999"),
        (with(&[(times + 12, &70_000_u32.to_le_bytes()[..])]), "has no object 70000"),
    ];
    for (said, expected) in cases {
        assert!(said.contains(expected), "{said}");
    }
    // The heap itself reaches beyond the file.
    let at = sound[times + 4..].first_chunk().map(|word| u64::from_le_bytes(*word)).unwrap();
    let said = with(&[(at as usize + 8, &(1_u64 << 40).to_le_bytes()[..])]);
    assert!(said.contains("reaches beyond the end"), "{said}");
}

#[test]
fn no_damage_ends_the_program() {
    for name in ["h5py.h5", "latest_big_endian.h5", "pytables.h5"] {
        let sound = bytes(name);
        let read = |bytes: Vec<u8>| {
            let Ok(Some(file)) = open(bytes) else { return };
            for index in 0..file.len() {
                let _ = file.sample(index);
            }
        };
        for cut in (0..sound.len()).step_by(61) {
            read(sound[..cut].to_vec());
        }
        for at in (0..sound.len()).step_by(7) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            read(bytes.clone());
            bytes[at] = 0xff;
            read(bytes);
        }
    }
}
