//! What is no graph file is told by how it begins, and what was cut short by where that was.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;

use nirkit_io::{Limits, ReadFault, nir};

#[test]
fn files_of_other_kinds_are_named() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:8e6c\nsize 34872\n";
    let cases: &[(&[u8], &str, &str)] = &[
        (b"", "an empty file", "write it again"),
        (pointer.as_bytes(), "a Git LFS pointer", "git lfs pull"),
        (b"PK\x03\x04\0\0\0\0archive/data.pklFB", "a PyTorch archive", "torch.load"),
        (b"PK\x03\x04\0\0\0\0net.nir", "a zip archive", "unpack"),
        (b"\x80\x02\x8a\nl\xfc", "a pickle", "export it with `nir.write`"),
        (b"\x1f\x8b\x08", "compressed with gzip", "gunzip"),
        (b"\x93NUMPY\x01\0", "an array of numpy", "stimulus"),
        (b"\n{\"nodes\": []}", "JSON", "nir.write"),
        (b"<!DOCTYPE html><html>", "a page of HTML", "link"),
        (b"nirt 1\n\ngraph {\n}\n", "the text form of a graph", ".nirt"),
    ];
    for (bytes, found, help) in cases {
        let error = nir::read_bytes(bytes.to_vec(), &Limits::default()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("not an HDF5 file but {found}")), "{error}");
        assert!(error.help().unwrap().contains(help), "{error}: {:?}", error.help());
    }
    let error = nir::read_bytes(b"something else".to_vec(), &Limits::default()).unwrap_err();
    assert!(matches!(error.fault, ReadFault::OtherFormat { .. }), "{error}");
}

/// Written by nir 1.0.8, which stopped with an exception at a Flatten whose `input_type` is None.
#[test]
fn a_file_that_was_cut_short_says_where_writing_stopped() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/crashed.nir");
    let error = nir::read(&path, &Limits::default()).unwrap_err();
    let expected = "/node: writing stopped inside `/node/nodes/0`: `input_type` is missing there, and the graph has no \
                    `edges` and no `type`";
    assert!(error.to_string().ends_with(expected), "{error}");
    let help = error.help().unwrap();
    assert!(help.contains("`input_type`") && help.contains("`compression=None`"), "{help}");
}
