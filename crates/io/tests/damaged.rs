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
        ("1_01606", "/node/nodes/", "neither a group nor a dataset"),
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
