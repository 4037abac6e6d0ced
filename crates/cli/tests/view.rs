//! `nir view`: pictures of graphs, what is said of them, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const NET: &str = "nirt 1
graph {
  input = Input { shape: i64[1] [2] }
  \"<b>\\u{202e}\" = Linear { weight: f32[2, 2] 0.5 }
  output = Output { shape: i64[1] [2] }
  input -> \"<b>\\u{202e}\" -> output
}
";

fn nir(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).current_dir(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("net.nirt"), NET).unwrap();
    folder
}

/// A chain of so many weights.
fn chain(len: usize) -> String {
    let names: Vec<String> = (0..len).map(|at| format!("fc{at}")).collect();
    let nodes = names.iter().map(|name| format!("  {name} = Linear {{ weight: f32[2, 2] 0.5 }}\n"));
    format!("nirt 1\ngraph {{\n{}  {}\n}}\n", nodes.collect::<String>(), names.join(" -> "))
}

#[test]
fn a_picture_holds_names_as_text() {
    let folder = folder();
    let output = nir(&["view", "net.nirt", "--output", "net.svg"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "net.svg: 3 boxes, 2 edges\n");
    let picture = fs::read_to_string(folder.path().join("net.svg")).unwrap();
    assert!(picture.contains("&lt;b&gt;\\u{202e}") && !picture.contains('\u{202e}'), "{picture}");
    assert!(picture.contains("<title>net.nirt</title>"));
    // The file is there already: it is replaced.
    let again = ["view", "net.nirt", "--output", "net.svg", "--direction", "right"];
    assert_eq!(nir(&again, folder.path()).status.code(), Some(0));
    assert_ne!(fs::read_to_string(folder.path().join("net.svg")).unwrap(), picture);
}

#[test]
fn only_svg_and_html_are_written() {
    let folder = folder();
    for name in ["net.png", "net.pdf", "net", "net.nir"] {
        let output = nir(&["view", "net.nirt", "--output", name], folder.path());
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(text(&output.stderr).contains("pictures are SVG, and pages are HTML"), "{name}");
        let converts = text(&output.stderr).contains("rsvg-convert");
        assert_eq!(converts, matches!(name, "net.png" | "net.pdf"), "{name}");
        assert!(!folder.path().join(name).exists());
    }
}

#[test]
fn a_page_holds_names_as_data_and_the_verdicts_of_platforms() {
    let folder = folder();
    let output = nir(&["view", "net.nirt", "--output", "net.html", "--dt", "1ms"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("net.html: "), "{}", text(&output.stdout));
    let page = fs::read_to_string(folder.path().join("net.html")).unwrap();
    assert!(page.contains("\\u003cb\\u003e") && !page.contains("<b>"), "{page}");
    for platform in ["norse@", "spyx@", "xylo@", "loihi2"] {
        assert!(page.contains(&format!("\"name\":\"{platform}")), "{platform}");
    }
    let one = [
        "view",
        "net.nirt",
        "--output",
        "one.html",
        "--platform",
        "norse",
        "--dt",
        "1ms",
        "--format",
        "json",
    ];
    let output = nir(&one, folder.path());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["platforms"], serde_json::json!(["norse"]));
    let page = fs::read(folder.path().join("one.html")).unwrap();
    assert_eq!(report["bytes"], page.len());
}

#[test]
fn a_page_shows_runs_with_their_first_difference() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let [net, input] = ["small.nir", "small_input.npy"]
        .map(|name| root.join("examples").join(name).display().to_string());
    let folder = folder();
    let args = [
        "view",
        &net,
        "--input",
        &input,
        "--platform",
        "ideal",
        "--platform",
        "spyx",
        "--output",
        "runs.html",
    ];
    let output = nir(&args, folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = fs::read_to_string(folder.path().join("runs.html")).unwrap();
    let json = page.split_once("application/json\">").unwrap().1.split_once("</script>").unwrap().0;
    let runs = &serde_json::from_str::<serde_json::Value>(json).unwrap()["runs"];
    // What docs/compare.md shows of the same comparison.
    let pair = &runs["pairs"][0];
    assert_eq!(pair["firsts"][0]["node"], "lif1");
    assert_eq!(pair["firsts"][0]["step"], 7);
    assert_eq!(pair["cause"], serde_json::json!(["step of the spike"]));
    assert_eq!(runs["voltages"][0]["name"], "lif1");
    assert_eq!(runs["layers"][0]["input"], true);
}

#[test]
fn options_of_a_page_are_refused_for_a_picture() {
    let folder = folder();
    for options in [
        &["--platform", "norse"][..],
        &["--dt", "1ms"],
        &["--output", "net.svg", "--platform", "norse"],
    ] {
        let output = nir(&[&["view", "net.nirt"], options].concat(), folder.path());
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(
            said.contains("has no effect on a picture") && said.contains("--output net.html"),
            "{said}"
        );
    }
}

#[test]
fn the_graph_is_never_written_over() {
    let folder = folder();
    let net = folder.path().join("net.svg");
    fs::write(&net, NET).unwrap();
    let output = nir(&["view", "net.svg", "--output", "./net.svg"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(net).unwrap(), NET);
}

#[test]
fn a_terminal_gets_a_row_for_each_box() {
    let folder = folder();
    let plain = nir(&["view", "net.nirt"], folder.path());
    let dash = nir(&["view", "net.nirt", "--output", "-"], folder.path());
    assert_eq!(plain.stdout, dash.stdout);
    let rows: Vec<String> = text(&plain.stdout).lines().map(str::to_owned).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows[2].contains("<b>\\u{202e}") && rows[2].ends_with("input"), "{rows:?}");
    let both = nir(&["view", "net.nirt", "--output", "-", "--format", "json"], folder.path());
    assert_eq!(both.status.code(), Some(2));
    assert!(text(&both.stderr).contains("would both go to the standard output"));
}

#[test]
fn a_graph_comes_from_the_standard_input() {
    let folder = folder();
    let mut child = Command::new(env!("CARGO_BIN_EXE_nir"))
        .current_dir(folder.path())
        .args(["view", "-", "--output", "net.svg"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(NET.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), "net.svg: 3 boxes, 2 edges\n");
}

#[test]
fn what_is_folded_is_told() {
    let folder = folder();
    fs::write(folder.path().join("long.nirt"), chain(50)).unwrap();
    let output = nir(&["view", "long.nirt", "--output", "long.svg"], folder.path());
    let told = "note: 50 × [Linear] stands for the nodes from `fc0` to `fc49`\n";
    assert_eq!(text(&output.stderr), told);
    assert_eq!(text(&output.stdout), "long.svg: 1 box, 0 edges\n");
    let all = nir(&["view", "long.nirt", "--output", "long.svg", "--all"], folder.path());
    assert_eq!(text(&all.stderr), "");
    assert_eq!(text(&all.stdout), "long.svg: 50 boxes, 49 edges\n");
}

#[test]
fn a_drawing_that_would_be_too_large_is_refused() {
    let folder = folder();
    fs::write(folder.path().join("long.nirt"), chain(20_001)).unwrap();
    let output = nir(&["view", "long.nirt", "--all", "--output", "long.svg"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("20001 boxes") && told.contains("leave out `all`"), "{told}");
    assert!(!folder.path().join("long.svg").exists());
}

/// A folder with a program that notes what it is to open.
#[cfg(target_os = "linux")]
fn opener(folder: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("xdg-open");
    fs::write(&program, format!("#!/bin/sh\necho \"$1\" > {}/opened\n", folder.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", folder.display())
}

#[cfg(target_os = "linux")]
#[test]
fn a_page_without_a_place_goes_to_a_temporary_file_and_is_opened() {
    let folder = folder();
    let path = opener(folder.path());
    let output = Command::new(env!("CARGO_BIN_EXE_nir"))
        .args(["view", "net.nirt", "--open", "--dt", "1ms"])
        .env("PATH", path)
        .env("TMPDIR", folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let note = folder.path().join("opened");
    let begun = std::time::Instant::now();
    while !note.exists() && begun.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let opened = fs::read_to_string(note).unwrap();
    let page = fs::read_to_string(opened.trim()).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    assert!(opened.starts_with(&folder.path().display().to_string()), "{opened}");
}
