//! `nir events` as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder, and the name of a file in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/events.raw");
    path.display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).arg("events").args(args).output().unwrap()
}

/// What a command prints that ends with a code.
fn says(code: i32, args: &[&str]) -> String {
    let output = nir(args);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

fn json(code: i32, args: &[&str]) -> Value {
    let output = nir(&[args, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

const EVENTS: &str = "x,y,t,p\n3,4,1000,1\n3,4,1200,0\n5,6,2000,1\n3,4,9000,1\n";

#[test]
fn a_recording_is_described_with_how_it_was_read() {
    let said = says(0, &["info", &example()]);
    for part in [
        "Prophesee EVT 3.0",
        "32 x 32 pixels; row 0 at the top",
        "ON",
        "us, from the format",
        "24 bits",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let report = json(0, &["info", &example()]);
    let info = &report["files"][0];
    assert_eq!(info["about"]["format"], "evt3");
    assert_eq!(
        info["on"].as_u64().unwrap() + info["off"].as_u64().unwrap(),
        info["events"].as_u64().unwrap()
    );
    let counts = info["histogram"]["counts"].as_array().unwrap();
    let sum: u64 = counts.iter().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(info["events"], sum);
}

#[test]
fn a_recording_goes_through_every_format_and_back() {
    let folder = Folder::new();
    says(0, &["convert", &example(), &folder.path("first.csv")]);
    for (format, ending) in [
        ("aedat4", "aedat4"),
        ("evt2", "raw"),
        ("evt3", "raw"),
        ("dat", "dat"),
        ("nmnist", "bin"),
        ("npy", "npy"),
    ] {
        let path = folder.path(&format!("copy.{ending}"));
        says(0, &["convert", &folder.path("first.csv"), &path, "--to", format, "--size", "32x32"]);
        let report = json(0, &["info", &path]);
        assert_eq!(report["files"][0]["about"]["format"], format);
        says(0, &["convert", &path, &folder.path("last.csv")]);
        assert_eq!(folder.text("first.csv"), folder.text("last.csv"), "{format}");
    }
}

#[test]
fn filters_are_applied_in_their_order_and_say_what_they_take_out() {
    let folder = Folder::new();
    let (input, output) = (folder.file("in.csv", EVENTS), folder.path("out.csv"));
    let report = json(
        0,
        &[
            "convert",
            &input,
            &output,
            "--time-window",
            "0:5ms",
            "--crop",
            "2,2,4x5",
            "--refractory",
            "500us",
            "--rebase",
        ],
    );
    assert_eq!(folder.text("out.csv"), "x,y,t,p\n1,2,0,1\n3,4,1000,1\n");
    let steps = report["written"][0]["steps"].as_array().unwrap();
    let removed: Vec<u64> = steps.iter().map(|step| step["removed"].as_u64().unwrap()).collect();
    assert_eq!(removed, [1, 0, 1, 0], "{steps:?}");

    says(
        0,
        &[
            "convert",
            &input,
            &output,
            "--hot-pixels",
            "200",
            "--downsample",
            "2",
            "--polarity",
            "merge",
        ],
    );
    assert_eq!(folder.text("out.csv"), "x,y,t,p\n2,3,2000,1\n");
    says(0, &["convert", &input, &output, "--max-events", "2", "--flip-y", "--size", "10x10"]);
    assert_eq!(folder.text("out.csv"), "x,y,t,p\n3,5,1000,1\n3,5,1200,0\n");
    says(0, &["convert", &input, &output, "--polarity", "split"]);
    assert_eq!(folder.text("out.off.csv"), "x,y,t,p\n3,4,1200,0\n");
    assert_eq!(folder.text("out.on.csv").lines().count(), 4);
}

#[test]
fn what_is_doubtful_is_said_and_gives_the_code_1() {
    let folder = Folder::new();
    let csv = folder.file("odd.csv", format!("{EVENTS}1,1,100,1\nx,1,2,3\n"));
    let said = says(1, &["info", &csv]);
    assert!(
        said.contains("warning   events that are earlier than the one before, at event 4"),
        "{said}"
    );
    assert!(said.contains("no numbers"), "{said}");
    let mut cut = fs::read(example()).unwrap();
    cut.truncate(cut.len() - 1);
    let said = says(1, &["convert", &folder.file("cut.raw", cut), &folder.path("cut.npy")]);
    assert!(said.contains("ends in the middle of a word"), "{said}");
    assert!(Path::new(&folder.path("cut.npy")).exists());
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_written() {
    let folder = Folder::new();
    let input = folder.file("in.csv", EVENTS);
    for (args, part) in [
        (vec!["convert", "IN", "out.raw"], "`--to evt2` or `--to evt3`"),
        (vec!["convert", "IN", "out.aedat4"], "--size 346x260"),
        (vec!["convert", "IN", "out.txt"], "says no format that is written"),
        (vec!["convert", "IN", "out.csv", "--flip-y"], "give `--size WxH`"),
        (vec!["convert", "IN", "IN"], "would be lost"),
        (vec!["convert", "IN", "out.csv", "--crop", "1,2"], "100,50,128x128"),
        (vec!["convert", "IN", "-"], "is no recording here"),
        (vec!["info", "none.raw"], "No such file"),
    ] {
        let place = |arg: &&str| match *arg {
            "IN" => input.clone(),
            arg if arg.contains('.') && !arg.starts_with('-') => folder.path(arg),
            arg => arg.to_owned(),
        };
        let args: Vec<String> = args.iter().map(place).collect();
        let said = says(2, &args.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 1);
    assert_eq!(folder.text("in.csv"), EVENTS);
}

#[test]
fn a_picture_shows_the_sensor_and_time() {
    let folder = Folder::new();
    says(0, &["info", &example(), "--svg", &folder.path("picture.svg")]);
    let svg = folder.text("picture.svg");
    assert!(svg.starts_with("<svg") && svg.contains("32 x 32 pixels"), "{svg}");
    assert!(svg.matches("<rect").count() > 100);
}

#[test]
fn a_recording_is_a_stimulus_at_its_true_times() {
    let folder = Folder::new();
    let graph = "nirt 1\nversion \"1.0.8\"\ngraph {\n  in = Input { shape: i64[3] [2, 32, 32] }\n  out = Output { shape: i64[3] [2, 32, 32] }\n  in -> out\n}\n";
    let graph = folder.file("net.nirt", graph);
    let run = |input: &str, output: &str| {
        let args =
            ["run", &graph, "--exact", "--input", input, "--record", "out", "--output", output];
        Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
    };
    says(0, &["convert", &example(), &folder.path("same.npy"), "--rebase"]);
    let from_camera = run(&example(), &folder.path("a"));
    let said = String::from_utf8(from_camera.stderr.clone()).unwrap();
    assert_eq!(from_camera.status.code(), Some(0), "{said}");
    assert!(said.contains("a recording in Prophesee EVT 3.0"), "{said}");
    assert_eq!(run(&folder.path("same.npy"), &folder.path("b")).status.code(), Some(0));
    let spikes = |name: &str| {
        let folder = folder.0.path().join(name);
        let mut files: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "csv"));
        fs::read_to_string(files.first().expect("spikes are written")).unwrap()
    };
    assert!(spikes("a").lines().count() > 100);
    assert_eq!(spikes("a"), spikes("b"));
}

#[test]
fn an_option_that_a_format_has_no_use_for_is_refused() {
    let folder = Folder::new();
    let csv = folder.file("e.csv", EVENTS);
    for (option, formats) in [
        (["--camera", "dvs128"], "aedat1, aedat2, aedat3"),
        (["--stream", "0"], "aedat4"),
        (["--time-unit", "ms"], "npy, npz, csv"),
    ] {
        let said = says(2, &[&["info", &example()][..], &option].concat());
        assert!(said.contains("has no effect on Prophesee EVT 3.0"), "{said}");
        assert!(said.contains(formats), "{said}");
    }
    says(0, &["info", &csv, "--time-unit", "ms"]);
    let said = says(2, &["convert", &csv, &folder.path("o.npy"), "--compression", "zstd"]);
    assert!(said.contains("it belongs to aedat4"), "{said}");
    assert!(!Path::new(&folder.path("o.npy")).exists());
    let sized = ["--compression", "zstd", "--size", "16x16"];
    says(0, &[&["convert", &csv, &folder.path("o.aedat4")][..], &sized].concat());
}

#[test]
fn no_file_gets_the_ending_of_another_format() {
    let folder = Folder::new();
    let csv = folder.file("e.csv", EVENTS);
    for (name, to, help) in [
        ("o.npy", "csv", "o.csv"),
        ("o.raw", "dat", "o.dat"),
        ("o.npz", "npy", "o.npy"),
        ("o.BIN", "evt2", "o.raw"),
    ] {
        let said = says(2, &["convert", &csv, &folder.path(name), "--to", to]);
        assert!(said.contains(help), "{said}");
        assert!(!Path::new(&folder.path(name)).exists());
    }
    says(0, &["convert", &csv, &folder.path("o.raw"), "--to", "evt2", "--size", "16x16"]);
    says(0, &["convert", &csv, &folder.path("o.events"), "--to", "npy"]);
}

#[test]
fn an_n_mnist_file_without_events_says_how_it_is_read() {
    let folder = Folder::new();
    let csv = folder.file("e.csv", EVENTS);
    let bin = folder.path("o.bin");
    let said = says(0, &["convert", &csv, &bin, "--time-window", "5s:6s"]);
    assert!(said.contains("`--from nmnist` reads it"), "{said}");
    says(2, &["info", &bin]);
    assert!(says(0, &["info", &bin, "--from", "nmnist"]).contains("0: 0 ON"));
}

#[test]
fn a_doubtful_unit_is_told_and_can_be_said() {
    let folder = Folder::new();
    let graph = "nirt 1\nversion \"1.0.8\"\ngraph {\n  in = Input { shape: i64[2] [8, 8] }\n  out = Output { shape: i64[2] [8, 8] }\n  in -> out\n}\n";
    let graph = folder.file("net.nirt", graph);
    let text = "x,y,t,p\n3,4,0.0,1\n3,4,2.0,0\n";
    let said = says(1, &["info", &folder.file("whole.csv", text)]);
    assert!(said.contains("warning   times are fractions by their type"), "{said}");
    let said = says(0, &["info", &folder.path("whole.csv"), "--time-unit", "s"]);
    assert!(said.contains("duration  2 s") && !said.contains("warning"), "{said}");
    // The first is a table of events, the other a recording.
    for name in ["whole.csv", "whole.txt"] {
        let file = folder.file(name, text);
        let run = |more: &[&str]| {
            let args = ["run", &graph, "--clocked", "--dt", "0.5", "--input", &file];
            let output =
                Command::new(env!("CARGO_BIN_EXE_nir")).args(args).args(more).output().unwrap();
            String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
        };
        let said = run(&[]);
        assert!(said.contains("say so with `--event-times`"), "{name}: {said}");
        let said = run(&["--event-times", "s"]);
        assert!(said.contains("2.5 s, 5 steps") && !said.contains("say so"), "{name}: {said}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_nir"))
        .args(["run", &graph, "--clocked", "--dt", "0.5", "--event-times", "s", "--input"])
        .arg(example())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`--event-times` has no effect"), "{said}");
}

#[test]
fn limits_are_taken_by_their_names() {
    let folder = Folder::new();
    let csv = folder.file("a.csv", EVENTS);
    says(0, &["info", &csv, "--limit", "expansion=1"]);
    let said = says(2, &["info", &csv, "--limit", "expand=1"]);
    assert!(said.contains("there is no limit `expand`"), "{said}");
}
