//! `-`: graphs and stimuli from the standard input, graphs to the standard output.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const NET: &str = "nirt 1
version \"1.0.8\"
graph {
  a = Input { shape: i64[1] [2] }
  lif = LIF { tau: f32[2] [0.01, 0.02] r: f32[2] 10 v_leak: f32[2] 0 v_threshold: f32[2] 1 v_reset: f32[2] 0 }
  b = Output { shape: i64[1] [2] }
  a -> lif -> b
}
";

/// Runs the program in a folder with these bytes on its standard input.
fn nir(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nir"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads nothing closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn fine(output: Output) -> Vec<u8> {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What stands on the standard error of a command that fails.
fn failing(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_graph_comes_from_the_standard_input_in_either_form() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("net.nirt"), NET).unwrap();
    fine(nir(folder, &["convert", "net.nirt", "net.nir"], b""));
    let hdf5 = fs::read(folder.join("net.nir")).unwrap();
    for (bytes, file) in [(NET.as_bytes(), "net.nirt"), (&hdf5, "net.nir")] {
        for verb in ["info", "show"] {
            let piped = fine(nir(folder, &[verb, "-"], bytes));
            let piped = String::from_utf8(piped).unwrap();
            let read = String::from_utf8(fine(nir(folder, &[verb, file], b""))).unwrap();
            assert_eq!(piped.replace("<stdin>", file), read);
        }
        fine(nir(folder, &["diff", "net.nir", "-"], bytes));
        fine(nir(folder, &["convert", "-", "copy.nir"], bytes));
        fine(nir(folder, &["diff", "net.nir", "copy.nir"], b""));
    }
    let broken = NET.replace("0.02", "-0.02");
    let found = nir(folder, &["check", "-"], broken.as_bytes());
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(1));
    assert!(text.contains("error[N204]") && text.contains("<stdin>:5:"), "{text}");
}

#[test]
fn a_graph_goes_to_the_standard_output_in_the_form_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let many = vec!["0.01"; 100].join(", ");
    let big = NET.replace("f32[2] [0.01, 0.02]", &format!("f32[100] [{many}]"));
    let hdf5 = fine(nir(folder, &["convert", "-", "-", "--to", "nir"], big.as_bytes()));
    assert!(hdf5.starts_with(b"\x89HDF\r\n\x1a\n"));
    // There is no file beside a text on the standard output: all tensors are in it.
    let text = fine(nir(folder, &["convert", "-", "-", "--to", "nirt"], &hdf5));
    fs::write(folder.join("a.nirt"), &text).unwrap();
    fine(nir(folder, &["diff", "a.nirt", "-"], &hdf5));
    let flat = fine(nir(folder, &["opt", "-", "-", "--to", "nirt"], NET.as_bytes()));
    assert!(flat.starts_with(b"nirt 1"));
    // What a repair did is told where it does not mix with the graph.
    let old = NET.replace("b = Output { shape: i64[1] [2] }", "b = Output { shape: i64[1] [3] }");
    let repaired = nir(folder, &["convert", "-", "-", "--to", "nirt", "--repair"], old.as_bytes());
    let told = String::from_utf8_lossy(&repaired.stderr);
    assert!(repaired.stdout.starts_with(b"nirt 1") && told.contains("repaired["), "{told}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
}

#[test]
fn a_stimulus_is_known_by_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("net.nirt"), NET).unwrap();
    let json = br#"{"T": 0.01, "inputs": {"a": {"shape": [2], "kind": "spikes", "spikes": [[0.001, 0], [0.002, 1]]}}}"#;
    let csv = b"x,t\n0,1000\n1,2000\n";
    let frames = nirkit::numerics::Tensor::new(&[4, 2], vec![0_u8, 0, 1, 0, 0, 1, 0, 0]).unwrap();
    let npy = nirkit::io::array::array_to_bytes(&frames);
    let run = ["run", "net.nirt", "--clocked", "--dt", "1e-3"];
    fs::write(folder.join("x.json"), json).unwrap();
    fine(nir(folder, &[&run[..], &["--input", "x.json", "--output", "x.h5"]].concat(), b""));
    let mut data = fs::read(folder.join("x.h5")).unwrap();
    for bytes in [&json[..], csv, &npy, &data] {
        let output =
            nir(folder, &[&run[..], &["--input", "-", "--format", "json"]].concat(), bytes);
        let report: serde_json::Value = serde_json::from_slice(&fine(output)).unwrap();
        assert_eq!(report["stimuli"][0]["file"], "<stdin>", "{report}");
        assert!(report["stimuli"][0]["sha256"].is_null());
    }
    let named = [&run[..], &["--input", "a=-"]].concat();
    fine(nir(folder, &named, &npy));
    data.truncate(200);
    assert!(
        failing(&nir(folder, &[&run[..], &["--input", "-"]].concat(), &data)).contains("<stdin>")
    );
}

#[test]
fn what_cannot_be_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("net.nirt"), NET).unwrap();
    let said = |args: &[&str], input: &[u8]| failing(&nir(folder, args, input));
    for args in [
        &["run", "-", "--clocked", "--dt", "1e-3", "--input", "-"][..],
        &["eval", "-", "--input", "a=-", "--labels", "y.npy", "--clocked"],
        &["diff", "-", "-"],
        &["info", "-", "-"],
    ] {
        let said = said(args, NET.as_bytes());
        assert!(said.contains("can be read only once") && said.contains("`./-`"), "{said}");
    }
    assert!(said(&["info", "-"], b"").contains("<stdin>: not an HDF5 file but an empty file"));
    assert!(said(&["info", "-"], b"\x1f\x8b\x08").contains("gzip"));
    assert!(said(&["info", "-"], b"nirt 1\ngraph {").contains("<stdin>:2:"));
    assert!(
        said(&["info", "-", "--limit", "file_bytes=10"], NET.as_bytes()).contains("file_bytes")
    );
    assert!(said(&["convert", "net.nirt", "-"], b"").contains("give `--to nir` or `--to nirt`"));
    let both = said(&["convert", "net.nirt", "-", "--to", "nir", "--format", "json"], b"");
    assert!(both.contains("both go to the standard output"), "{both}");
    let ending = said(&["convert", "net.nirt", "a.nir", "--to", "nirt"], b"");
    assert!(ending.contains("the ending"), "{ending}");
    // A file of this name has a path.
    fs::write(folder.join("-"), "x").unwrap();
    assert!(said(&["info", "./-"], NET.as_bytes()).contains("./-: "));
}
