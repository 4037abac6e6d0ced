//! `nir eval` on folders with a file for each sample.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nirkit::io::Limits;
use nirkit::io::array::{read_array, stage_array};
use nirkit::numerics::Tensor;
use serde_json::Value;
use tempfile::TempDir;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/snntorch").join(name)
}

fn write(path: &Path, array: &Tensor) {
    stage_array(path, array).unwrap().finish().unwrap();
}

/// The samples of the example, and their labels.
fn samples() -> (Vec<Tensor>, Vec<i64>) {
    let limits = Limits::default();
    let all = read_array(example("samples.npy"), &limits).unwrap();
    let labels = read_array(example("labels.npy"), &limits).unwrap().to_i64().unwrap();
    let (shape, values) = (all.shape().to_vec(), all.to_f64().unwrap().into_owned());
    let each = shape[1..].iter().product::<usize>();
    let of_sample = values.chunks(each).map(|values| {
        let values = values.iter().map(|&value| value as f32).collect();
        Tensor::new(&shape[1..], values).unwrap()
    });
    (of_sample.collect(), labels)
}

/// The result of a command that ends with a code: what it prints, and what it says.
fn eval(code: i32, args: &[&str]) -> (String, String) {
    let graph = example("net.nir").display().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_nir"))
        .args(["eval", &graph, "--platform", "snntorch", "--dt", "0.1ms"])
        .args(args)
        .output()
        .unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(code), "{args:?}: {out}{err}");
    (out, err)
}

fn json(args: &[&str]) -> Value {
    let (out, _) = eval(0, &[args, &["--format", "json"]].concat());
    serde_json::from_str::<Value>(&out).unwrap()["platforms"][0].clone()
}

fn choice(found: &Value, name: &str) -> String {
    let choices = found["choices"].as_array().unwrap();
    let of_name = choices.iter().find(|choice| choice["name"] == name);
    of_name.unwrap()["value"].as_str().unwrap().to_owned()
}

/// What an evaluation finds, without its choices and notes.
fn figures(found: &Value) -> Value {
    let mut figures = found.clone();
    for key in ["choices", "notes"] {
        figures.as_object_mut().unwrap().remove(key);
    }
    figures
}

#[test]
fn a_folder_gives_what_the_array_of_its_samples_gives() {
    let folder = tempfile::tempdir().unwrap();
    let (samples, labels) = samples();
    let inner = folder.path().join("set");
    fs::create_dir(&inner).unwrap();
    let mut table = "file,label\n".to_owned();
    // Names whose order as texts is another one.
    for (number, sample) in samples.iter().enumerate() {
        write(&inner.join(format!("s{number}.npy")), sample);
        table = format!("{table}s{number}.npy,{}\n", labels[number]);
    }
    fs::write(folder.path().join("labels.csv"), table).unwrap();
    fs::write(inner.join(".hidden"), "no sample").unwrap();
    let set = inner.display().to_string();
    let named = folder.path().join("labels.csv").display().to_string();
    let [all, labels] =
        ["samples.npy", "labels.npy"].map(|name| example(name).display().to_string());
    let expected = json(&["--input", &all, "--labels", &labels]);
    for labels in [&labels, &named] {
        for threads in ["1", "2"] {
            let found = json(&["--input", &set, "--labels", labels, "--threads", threads]);
            assert_eq!(figures(&found), figures(&expected));
            assert!(choice(&found, "order of the samples").contains("by their value"));
            assert_eq!(choice(&found, "files left out"), "1 with a dot in front");
        }
    }
    // The labels may stand among the samples.
    let among = inner.join("labels.npy");
    fs::copy(example("labels.npy"), &among).unwrap();
    let found = json(&["--input", &set, "--labels", &among.display().to_string()]);
    assert_eq!(figures(&found), figures(&expected));
}

#[test]
fn a_list_of_files_names_samples_and_classes() {
    let folder = tempfile::tempdir().unwrap();
    let (samples, labels) = samples();
    let (mut csv, mut entries) = ("file,label\n".to_owned(), Vec::new());
    for (number, (sample, label)) in samples.iter().zip(&labels).enumerate() {
        // In several folders, in the order of the array.
        let file = format!("part{}/s{number}.npy", number % 3);
        fs::create_dir_all(folder.path().join(&file).parent().unwrap()).unwrap();
        write(&folder.path().join(&file), sample);
        csv = format!("{csv}{file},{label}\n");
        entries.push(serde_json::json!({ "file": file, "label": label }));
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("list.csv"), &csv).unwrap();
    fs::write(path("list.json"), serde_json::to_string(&entries).unwrap()).unwrap();
    let [all, labels] =
        ["samples.npy", "labels.npy"].map(|name| example(name).display().to_string());
    let expected = json(&["--input", &all, "--labels", &labels]);
    for list in ["list.csv", "list.json"] {
        assert_eq!(figures(&json(&["--input", &path(list)])), figures(&expected), "{list}");
    }
    fs::write(path("none.csv"), "file,label\nnone.npy,1\npart0/gone.npy,2\n").unwrap();
    let (_, said) = eval(2, &["--input", &path("none.csv")]);
    assert!(said.contains("none.npy") && said.contains("gone.npy"), "{said}");
    fs::write(path("empty.json"), "[]").unwrap();
    let (_, said) = eval(2, &["--input", &path("empty.json")]);
    assert!(said.contains("the list names no files"), "{said}");
}

#[test]
fn folders_of_classes_are_labels() {
    let (samples, labels) = samples();
    for names in [["0", "1", "2", "3"], ["ant", "bee", "cat", "dog"]] {
        let folder = tempfile::tempdir().unwrap();
        for (number, (sample, &label)) in samples.iter().zip(&labels).enumerate() {
            let class = folder.path().join(names[usize::try_from(label).unwrap()]);
            fs::create_dir_all(&class).unwrap();
            write(&class.join(format!("{number}.npy")), sample);
        }
        let found = json(&["--input", &folder.path().display().to_string()]);
        let [all, labels] =
            ["samples.npy", "labels.npy"].map(|name| example(name).display().to_string());
        let expected = json(&["--input", &all, "--labels", &labels]);
        for key in ["accuracy", "confusion", "classes"] {
            assert_eq!(found[key], expected[key], "{key}");
        }
        if names[0] == "ant" {
            assert!(choice(&found, "labels").starts_with("0 = ant, 1 = bee"), "{found}");
        }
    }
}

#[test]
fn samples_of_other_lengths_run_each_as_long_as_it_lasts() {
    let (samples, labels) = samples();
    let cut = |sample: &Tensor, steps: usize| {
        let (shape, values) = (sample.shape(), sample.to_f64().unwrap());
        let frame: usize = shape[1..].iter().product();
        let values = values[..steps * frame].iter().map(|&value| value as f32).collect();
        Tensor::new(&[&[steps], &shape[1..]].concat(), values).unwrap()
    };
    let lengths = [20, 30, 20, 25, 30];
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    fs::create_dir(&set).unwrap();
    let mut table = "file,label\n".to_owned();
    let mut alone = Vec::new();
    for (number, steps) in lengths.into_iter().enumerate() {
        let sample = cut(&samples[number], steps);
        write(&set.join(format!("{number}.npy")), &sample);
        table = format!("{table}{number}.npy,{}\n", labels[number]);
        let one = folder.path().join(format!("one{number}"));
        fs::create_dir(&one).unwrap();
        write(&one.join("a.npy"), &sample);
        fs::write(folder.path().join("one.csv"), format!("file,label\na.npy,{}\n", labels[number]))
            .unwrap();
        let output = folder.path().join(format!("out{number}")).display().to_string();
        let csv = folder.path().join("one.csv").display().to_string();
        eval(0, &["--input", &one.display().to_string(), "--labels", &csv, "--output", &output]);
        alone.push(read_array(Path::new(&output).join("counts.npy"), &Limits::default()).unwrap());
    }
    let csv = folder.path().join("labels.csv");
    fs::write(&csv, table).unwrap();
    let output = folder.path().join("out");
    let [set, csv, out] = [&set, &csv, &output].map(|path| path.display().to_string());
    eval(0, &["--input", &set, "--labels", &csv, "--output", &out]);
    let all = read_array(output.join("counts.npy"), &Limits::default()).unwrap();
    let alone: Vec<i64> = alone.iter().flat_map(|counts| counts.to_i64().unwrap()).collect();
    assert_eq!(all.to_i64().unwrap(), alone);
    assert!(alone.iter().any(|&count| count > 0));
    let report: Value =
        serde_json::from_str(&fs::read_to_string(output.join("eval.json")).unwrap()).unwrap();
    let stimuli = report["stimuli"].as_array().unwrap();
    assert_eq!(stimuli.len(), 5);
    assert!(stimuli[3]["file"].as_str().unwrap().ends_with("3.npy"), "{stimuli:?}");
    assert!(stimuli[3]["sha256"].is_string());
}

#[test]
fn what_is_wrong_with_a_folder_is_said() {
    let (samples, _) = samples();
    let folder = tempfile::tempdir().unwrap();
    let refused = |folder: &TempDir, more: &[&str]| {
        let set = folder.path().display().to_string();
        eval(2, &[&["--input", &set][..], more].concat()).1
    };
    assert!(refused(&folder, &[]).contains("it holds no samples"));
    write(&folder.path().join("a.npy"), &samples[0]);
    assert!(refused(&folder, &[]).contains("nothing says the classes"));
    let csv = tempfile::tempdir().unwrap();
    let labels = csv.path().join("l.csv").display().to_string();
    fs::write(&labels, "file,label\nb.npy,1\n").unwrap();
    let said = refused(&folder, &["--labels", &labels]);
    assert!(said.contains("no label for a.npy") && said.contains("no file b.npy"), "{said}");
    // Labels of another set are told before a file is read.
    let labels_of_all = example("labels.npy").display().to_string();
    let said = refused(&folder, &["--labels", &labels_of_all]);
    assert!(said.contains("labels for 1 samples, which are `a.npy`"), "{said}");
    fs::write(folder.path().join("b.txt"), "no stimulus").unwrap();
    fs::write(&labels, "file,label\na.npy,0\nb.txt,1\n").unwrap();
    let said = refused(&folder, &["--labels", &labels]);
    assert!(said.contains("b.txt: this is no stimulus"), "{said}");
    fs::create_dir(folder.path().join("0")).unwrap();
    assert!(refused(&folder, &[]).contains("files and folders"));
    let labels = example("labels.npy").display().to_string();
    let classes = tempfile::tempdir().unwrap();
    fs::create_dir(classes.path().join("0")).unwrap();
    assert!(refused(&classes, &[]).contains("its folders hold no samples"));
    write(&classes.path().join("0/a.npy"), &samples[0]);
    assert!(refused(&classes, &["--labels", &labels]).contains("give one of the two"));
    let inside = classes.path().join("0").display().to_string();
    let said = refused(&classes, &["--output", &inside]);
    assert!(said.contains("lies among the samples"), "{said}");
    fs::rename(classes.path().join("0"), classes.path().join("99")).unwrap();
    assert!(refused(&classes, &[]).contains("the label 99 of sample 0 is none of"));
}

#[test]
fn names_of_folders_are_classes_only_where_all_are_whole_numbers() {
    let (samples, _) = samples();
    let of = |names: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        for (name, sample) in names.iter().zip(&samples) {
            fs::create_dir(folder.path().join(name)).unwrap();
            write(&folder.path().join(name).join("a.npy"), sample);
        }
        folder
    };
    let said = |code: i32, names: &[&str]| {
        let folder = of(names);
        eval(code, &["--input", &folder.path().display().to_string()]).1
    };
    for (names, wrong) in [
        (["1", "18446744073709551616"], "`18446744073709551616` is no class"),
        (["-1", "0"], "`-1` is no class"),
        (["0", "99999999999"], "`99999999999` is no class"),
        (["00", "0"], "are both class 0"),
    ] {
        let said = said(2, &names);
        assert!(said.contains(wrong), "{said}");
    }
    let said = said(0, &["1", "2", "3", "zero"]);
    assert!(said.contains("note: ") && said.contains("0 = 1, 1 = 2, 2 = 3, 3 = zero"), "{said}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_a_folder_of_samples_is_named() {
    let (samples, _) = samples();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("0")).unwrap();
    write(&path("0/a.npy"), &samples[0]);
    let refused = || eval(2, &["--input", &folder.path().display().to_string()]).1;
    assert!(Command::new("mkfifo").arg(path("0/x.npy")).status().unwrap().success());
    let said = refused();
    assert!(said.contains("0/x.npy: it is a device or a pipe"), "{said}");
    fs::remove_file(path("0/x.npy")).unwrap();
    std::os::unix::fs::symlink("gone.npy", path("0/y.npy")).unwrap();
    let said = refused();
    assert!(said.contains("0/y.npy: the link leads to `gone.npy`"), "{said}");
}

#[test]
fn files_without_a_label_are_counted_by_their_endings() {
    let (samples, labels) = samples();
    let folder = tempfile::tempdir().unwrap();
    for (number, sample) in samples.iter().take(3).enumerate() {
        write(&folder.path().join(format!("{number}.npy")), sample);
    }
    fs::write(folder.path().join("README"), "about the samples").unwrap();
    let table = tempfile::tempdir().unwrap();
    let file = table.path().join("labels.npy");
    write(&file, &Tensor::new(&[3], labels[..3].to_vec()).unwrap());
    let [set, file] = [folder.path(), &file].map(|path| path.display().to_string());
    let said = eval(2, &["--input", &set, "--labels", &file]).1;
    let counted = "3 labels for 4 samples, which are `README`, 3 files with the ending `.npy`";
    assert!(said.contains(counted), "{said}");
}
