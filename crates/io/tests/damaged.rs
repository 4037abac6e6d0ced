//! Damage in object headers is said, and never makes a node, a field or a text vanish.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;

use nirkit_io::{Limits, ReadFault, array, nir};
use nirkit_numerics::{ByteOrder, DType};

fn here(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

#[test]
fn an_object_whose_header_is_damaged_is_not_left_out() {
    // One bit is wrong in each: in the header of a parameter, of a node, in a reference to a text.
    for (file, place, what) in [
        ("1_01606", "/node/nodes/", "no room for its messages"),
        ("2_00093", "/node/nodes", "neither a group nor a dataset"),
        ("2_00151", "/version", "a string refers to no object of a heap"),
    ] {
        let path = here("damaged").join(format!("{file}.nir"));
        let error = nir::read(path, &Limits::default()).unwrap_err();
        assert!(error.place.starts_with(place), "{file}: {error}");
        let ReadFault::Damaged(found) = &error.fault else { panic!("{file}: {error}") };
        assert!(found.contains(what), "{file}: {found}");
    }
}

/// What HDF5 looks at when it opens a file or an object, whether or not values depend on it.
#[test]
fn what_hdf5_refuses_is_refused() {
    let whole = std::fs::read(here("files/dtype_float16_gzip.nir")).unwrap();
    assert!(nir::read_bytes(whole.clone(), &Limits::default()).is_ok());
    let end = (whole.len() as u64 + 1).to_le_bytes();
    // `weight` has its header at 8304, and the tree of its chunks at 8904; the free part of the heap of the texts at 2224.
    let changes: [(usize, &[u8], &str); 19] = [
        (9, &[1], "versions of other parts"),
        (12, &[1], "versions of other parts"),
        (16, &[0, 0], "no room"),
        (21, &[1], "flags that do not exist"),
        (32, &[0; 8], "parts that only other files have"),
        (40, &end, "was 20425 bytes long when it was closed, and has 20424 now"),
        (48, &[0; 8], "parts that only other files have"),
        (72, &[3], "entry of the root group"),
        (8306, &[1, 0], "more messages than it says"),
        (8404, &[0x20], "flags of a message"),
        (8460, &[0x40], "flags of a message"),
        (8475, &[0; 4], "axis of length 0"),
        (8907, b"F", ""),
        (8910, &[65, 0], "lies where none can be"),
        (8928, &[0; 4], "chunk has no bytes"),
        (8936, &[3], "lies where none can be"),
        (8959, &[1], "lies where none can be"),
        (2064 + 8, &[8], "heap of strings is damaged"),
        (2232, &[0xff, 0xff], "heap of strings is damaged"),
    ];
    for (place, bytes, what) in changes {
        let mut damaged = whole.clone();
        damaged[place..place + bytes.len()].copy_from_slice(bytes);
        let error = nir::read_bytes(damaged, &Limits::default()).unwrap_err();
        let ReadFault::Damaged(found) = &error.fault else { panic!("{place}: {error}") };
        assert!(found.contains(what), "{place}: {found}");
    }
}

/// The file says by which strategy its free space is handled, in an object header that nothing else refers to.
#[test]
fn the_extension_of_the_superblock_is_held_against_its_checksum() {
    let whole = std::fs::read(here("damaged/extension.nir")).unwrap();
    assert!(nir::read_bytes(whole.clone(), &Limits::default()).is_ok());
    for place in [48, 52, 53, 58, 68, 107] {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        let error = nir::read_bytes(damaged, &Limits::default()).unwrap_err().to_string();
        assert!(error.contains("extension of the superblock"), "{place}: {error}");
    }
}

/// A wrong place of a chunk would give the values of another.
#[test]
fn places_of_chunks_are_held_against_their_checksums() {
    let whole = std::fs::read(here("damaged/index.nir")).unwrap();
    assert!(nir::read_bytes(whole.clone(), &Limits::default()).is_ok());
    // In a fixed array; in the bits and in a page of one in pages; in two blocks of an extensible array.
    for place in [1142 + 20, 6201 + 14, 6201 + 100, 25135 + 20, 25433 + 30] {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        let error = nir::read_bytes(damaged, &Limits::default()).unwrap_err().to_string();
        assert!(error.contains("checksum of the places of chunks"), "{place}: {error}");
    }
}

#[test]
fn a_file_that_was_cut_or_not_closed_is_refused_and_what_is_behind_it_is_not_looked_at() {
    let whole = std::fs::read(here("files/nested_latest.nir")).unwrap();
    let read = |bytes| nir::read_bytes(bytes, &Limits::default());
    let expected = read(whole.clone()).unwrap();
    assert_eq!(read([&whole[..], b"anything"].concat()).unwrap(), expected);
    let error = read(whole[..whole.len() - 1].to_vec()).unwrap_err().to_string();
    assert!(error.contains("18047 bytes long when it was closed, and has 18046 now"), "{error}");
    let error = nir::read(here("damaged/open.nir"), &Limits::default()).unwrap_err().to_string();
    assert!(error.contains("the program that wrote it did not close it"), "{error}");
}

#[test]
fn headers_of_arrays_that_numpy_refuses_are_refused() {
    for (file, what) in [
        ("embed", "damaged: the header has the unknown key \"x\""),
        ("emptyaxes", "damaged: the header is no dictionary of Python"),
        ("v9", "version 9.9 of numpy's format cannot be read"),
    ] {
        let path = here("arrays").join(format!("{file}.npy"));
        let error = array::read_array(path, &Limits::default()).unwrap_err();
        assert_eq!(error.fault.to_string(), what, "{file}");
    }
}

#[test]
fn of_two_entries_in_the_header_of_an_array_the_last_counts() {
    let array = array::read_array(here("arrays/dup.npy"), &Limits::default()).unwrap();
    assert_eq!((array.dtype(), array.byte_order()), (DType::F64, ByteOrder::Big));
    assert_eq!(array.shape(), [3, 2]);
}
