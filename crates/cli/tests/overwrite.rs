//! No output takes the place of what the same call reads, or of a stranger's file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    folder.join(name).display().to_string()
}

/// Runs the program in a folder.
fn nir(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).current_dir(folder).args(args).output().unwrap()
}

/// What a call says that is refused.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = nir(folder, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_tensors_beside_a_text_are_read_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let net = example("snntorch/net.nir");
    assert_eq!(nir(folder, &["convert", &net, "y.nirt"]).status.code(), Some(0));
    let tensors = fs::read(folder.join("y.nirt.tensors")).unwrap();
    symlink("y.nirt.tensors", folder.join("z.nir")).unwrap();
    symlink("y.nirt.tensors", folder.join("z.json")).unwrap();
    let lower = ["lower", "y.nirt", "--platform", "loihi2", "--dt", "1e-4", "--output"];
    for args in [
        &[&lower[..], &["z.json"]].concat()[..],
        &["convert", "y.nirt", "z.nir"],
        &["opt", "y.nirt", "z.nir"],
        &["adapt", "y.nirt", "z.nir", "--for", "norse", "--like", "snntorch", "--dt", "1e-4"],
    ] {
        let said = refused(folder, args);
        assert!(said.contains("is read by this run, and would be lost"), "{args:?}: {said}");
        assert_eq!(fs::read(folder.join("y.nirt.tensors")).unwrap(), tensors, "{args:?}");
    }
    // The text itself may be written over, and its tensors with it.
    assert_eq!(nir(folder, &["opt", "y.nirt", "y.nirt"]).status.code(), Some(0));
    assert_eq!(nir(folder, &["info", "y.nirt"]).status.code(), Some(0));
}

#[test]
fn a_file_in_the_place_of_tensors_that_holds_none_stays() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (text, graph) in [("small.nirt", "small.nir"), ("large.nirt", "snntorch/net.nir")] {
        let store = folder.join(format!("{text}.tensors"));
        for foreign in ["my thesis", "\u{89}HDF\r\n"] {
            fs::write(&store, foreign).unwrap();
            let said = refused(folder, &["convert", &example(graph), text]);
            assert!(said.contains("holds something else"), "{said}");
            assert_eq!(fs::read_to_string(&store).unwrap(), foreign);
            assert!(!folder.join(text).exists());
        }
        fs::remove_file(&store).unwrap();
        assert_eq!(nir(folder, &["convert", &example(graph), text]).status.code(), Some(0));
    }
}

#[test]
fn no_half_of_a_split_takes_the_place_of_the_recording_or_of_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let recording = fs::read(example("events.raw")).unwrap();
    fs::write(folder.join("x.on.raw"), &recording).unwrap();
    fs::write(folder.join("in.raw"), &recording).unwrap();
    symlink("in.raw", folder.join("w.off.raw")).unwrap();
    let split = ["--to", "evt3", "--polarity", "split"];
    for (input, output) in [("x.on.raw", "x.raw"), ("in.raw", "w.raw")] {
        let said = refused(folder, &[&["events", "convert", input, output][..], &split].concat());
        assert!(said.contains("would be lost"), "{said}");
        assert_eq!(fs::read(folder.join(input)).unwrap(), recording);
    }
    fs::write(folder.join("victim"), "").unwrap();
    symlink("victim", folder.join("e.on.npy")).unwrap();
    symlink("victim", folder.join("e.off.npy")).unwrap();
    let args = ["events", "convert", "in.raw", "e.npy", "--polarity", "split"];
    assert!(refused(folder, &args).contains("the other file of the split is the same"));
    assert_eq!(
        nir(folder, &["events", "convert", "in.raw", "f.npy", "--polarity", "split"]).status.code(),
        Some(0)
    );
}

#[test]
fn what_an_option_quotes_cannot_steer_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for given in ["\u{202e}1", "\u{9b}31m", "\u{2066}x", "\u{85}"] {
        for args in [&["run", "x", "--dt", given][..], &[given], &["run", given, given]] {
            let said = refused(folder.path(), args);
            assert!(!said.contains(given), "{args:?}: {said}");
        }
    }
}

#[test]
fn a_device_is_no_recording() {
    let folder = tempfile::tempdir().unwrap();
    for verb in [&["events", "info", "/dev/zero"][..], &["events", "convert", "/dev/zero", "o.npy"]]
    {
        assert!(refused(folder.path(), verb).contains("a device or a pipe"));
    }
}

#[test]
fn times_and_recordings_that_a_call_reads_stay() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (net, input) = (example("small.nir"), example("small_input.npy"));
    let run = ["run", &net, "--exact", "--input", &input, "--record", "lif1:v", "--output", "o"];
    let made = nir(folder, &[&run[..], &["--sample", "1e-3"]].concat());
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let times = folder.join("o/lif1.v.npy");
    let shape = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
    let mut array = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    array.extend(format!("{shape:117}\n").bytes());
    array.extend(0.001_f64.to_le_bytes());
    fs::write(&times, &array).unwrap();
    let said = refused(folder, &[&run[..], &["--sample", "o/lif1.v.npy"]].concat());
    assert!(said.contains("is read by this run, and would be lost"), "{said}");
    assert_eq!(fs::read(&times).unwrap(), array);

    fs::create_dir(folder.join("f")).unwrap();
    fs::copy(example("shd.h5"), folder.join("f/labels.csv")).unwrap();
    let said = refused(folder, &["events", "convert", "f/labels.csv", "f", "--samples", "0:3"]);
    assert!(said.contains("would take the place of the recording"), "{said}");
    let kept = fs::read(folder.join("f/labels.csv")).unwrap();
    assert_eq!(kept, fs::read(example("shd.h5")).unwrap());
}
