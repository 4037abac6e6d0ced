//! Sets of a sweep in folders and lists: the numbers of the same samples in one array.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use nirkit::io::Limits;
use nirkit::io::array::{read_array, write_array};
use nirkit::numerics::Tensor;
use nirkit::sweep::{Entry, Plan, Sweep, Table, keyed};
use tempfile::TempDir;

use crate::sweep::{SAMPLES, network};

/// The files of the network, with its samples in folders of classes, in one folder, and in lists.
fn files() -> TempDir {
    let files = network();
    let place = |name: &str| files.path().join(name);
    let read = |name: &str| read_array(place(name), &Limits::default()).unwrap();
    let (frames, labels) = (read("x.npy"), read("y.npy"));
    let (frames, labels) = (frames.to_f64().unwrap(), labels.to_i64().unwrap());
    let (mut csv, mut json) = ("file,label\n".to_owned(), Vec::new());
    fs::create_dir(place("flat")).unwrap();
    for (sample, label) in labels.iter().enumerate() {
        let frames = frames[sample * 80..(sample + 1) * 80].iter().map(|&x| x as f32).collect();
        let array = Tensor::new(&[20, 4], frames).unwrap();
        let class = place("classes").join(label.to_string());
        fs::create_dir_all(&class).unwrap();
        write_array(class.join(format!("s{sample}.npy")), &array).unwrap();
        write_array(place("flat").join(format!("s{sample}.npy")), &array).unwrap();
        csv += &format!("flat/s{sample}.npy,{label}\n");
        json.push(format!("{{\"file\": \"flat/s{sample}.npy\", \"label\": {label}}}"));
    }
    fs::write(place("list.csv"), csv).unwrap();
    fs::write(place("list.json"), format!("[{}]", json.join(", "))).unwrap();
    files
}

fn plan(files: &Path, set: &str, more: &str) -> Plan {
    let text = format!(
        "format = 1\ngraphs = [\"graph.nirt\"]\nplatforms = [\"norse\", \"loihi2\"]\ndt = [\"0.1ms\"]\nreference = \
         \"sinabs\"\nmetrics = [\"operations\", \"differences\", \"energy\"]\n{more}\n[[sets]]\nname = \"set\"\n{set}\n"
    );
    Plan::parse(&text).unwrap().within(files)
}

fn entries(plan: &Plan) -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    Sweep::new().threads(2).run(plan, folder.path()).unwrap();
    Table::of(&[folder.path()]).unwrap().entries
}

#[test]
fn folders_and_lists_give_the_numbers_of_an_array() {
    let files = files();
    let of = |set: &str, more: &str| entries(&plan(files.path(), set, more));
    let expected = of("input = \"x.npy\"\nlabels = \"y.npy\"", "");
    assert_eq!(expected[0].counts.unwrap().samples, SAMPLES as u64);
    let sets =
        ["input = \"list.csv\"", "input = \"list.json\"", "input = \"flat\"\nlabels = \"y.npy\""];
    for set in sets {
        for more in ["", "samples_per_task = 7"] {
            for (found, expected) in of(set, more).iter().zip(&expected) {
                assert_eq!(found.counts, expected.counts, "{set} {more}: {:?}", found.reasons);
                assert_eq!(found.first_difference, expected.first_difference);
                assert_eq!(found.accuracy, expected.accuracy);
            }
        }
    }
    // By class, the samples have another order: the first difference may be in another of them.
    for (found, expected) in
        of("input = \"classes\"", "samples_per_task = 11").iter().zip(&expected)
    {
        assert_eq!(found.counts, expected.counts, "{:?}", found.reasons);
        let step = |entry: &Entry| entry.first_difference.as_ref().map(|first| first.step);
        assert_eq!(step(found), step(expected));
        assert_eq!(found.settled["labels"], "the names of the folders");
    }
    let part = of("input = \"list.csv\"\nsamples = \"10:30\"", "");
    let expected = of("input = \"x.npy\"\nlabels = \"y.npy\"\nsamples = \"10:30\"", "");
    assert_eq!(part[0].counts, expected[0].counts);
    assert_eq!(part[0].first_difference, expected[0].first_difference);
}

#[test]
fn a_folder_without_classes_has_no_accuracy() {
    let files = files();
    let found = entries(&plan(files.path(), "input = \"flat\"", "samples_per_task = 20"));
    let counts = found[0].counts.unwrap();
    assert_eq!((counts.samples, counts.correct), (SAMPLES as u64, None));
    assert!(counts.same_class.is_some() && found[0].accuracy.is_none());
}

#[test]
fn the_key_follows_from_the_content_of_all_files_and_not_from_their_place() {
    let [one, two] = [files(), files()];
    let key = |files: &TempDir, set: &str| {
        let tasks = plan(files.path(), set, "").tasks(&Limits::default()).unwrap();
        keyed(tasks, &Limits::default()).unwrap().remove(0).1
    };
    for set in ["input = \"classes\"", "input = \"list.csv\""] {
        let before = key(&one, set);
        assert_eq!(before, key(&two, set), "{set}");
        let name = if set.contains("list") { "flat/s3.npy" } else { "classes/0" };
        let mut file = two.path().join(name);
        if file.is_dir() {
            file = file.read_dir().unwrap().next().unwrap().unwrap().path();
        }
        let other = Tensor::new(&[20, 4], vec![1.0_f32; 80]).unwrap();
        write_array(&file, &other).unwrap();
        assert_ne!(before, key(&two, set), "{set}");
    }
}

#[test]
fn what_does_not_fit_together_is_told() {
    let files = files();
    let reasons = |set: &str| {
        let found = entries(&plan(files.path(), set, "")).remove(0);
        format!("{:?}", found.reasons)
    };
    let said = reasons("input = \"list.csv\"\nlabels = \"y.npy\"");
    assert!(said.contains("the list states the classes of its files"), "{said}");
    let said = reasons("input = \"list.csv\"\nsamples = \"50:70\"");
    assert!(said.contains("the samples 50:70 of 60"), "{said}");
    fs::write(files.path().join("list.csv"), "file,label\nflat/s1.npy,0\nflat/none.npy,1\n")
        .unwrap();
    let plan = plan(files.path(), "input = \"list.csv\"", "");
    let tasks = plan.tasks(&Limits::default()).unwrap();
    let said = keyed(tasks, &Limits::default()).unwrap_err().to_string();
    assert!(said.contains("none.npy"), "{said}");
}
