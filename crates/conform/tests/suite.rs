//! The suite: what is written, and whether it is right.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nirkit_conform::suite::{self, Draft, Expected, Level, MARGINS, spikes_with};

/// One case of each plan.
fn is_first(name: &str) -> bool {
    name.ends_with("_1") || name.starts_with("re") || name.ends_with("silent")
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn a_suite_has_the_same_bytes_each_time_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = |name: &str| {
        name.starts_with("lif_normal") || name.starts_with("li_") || name.starts_with("refuse")
    };
    let cases = suite::make(wanted, |_, _| ()).unwrap();
    let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
    suite::write(&a, &cases).unwrap();
    suite::write(&b, &suite::make(wanted, |_, _| ()).unwrap()).unwrap();
    let strip = |folder: &Path| -> Vec<(String, Vec<u8>)> {
        let prefix = folder.display().to_string();
        files(folder).into_iter().map(|(name, bytes)| (name.replace(&prefix, ""), bytes)).collect()
    };
    assert!(strip(&a) == strip(&b));
    let read = suite::load(&a, &[]).unwrap();
    assert_eq!(read.cases.len(), cases.len());
    for (read, made) in read.cases.iter().zip(&cases) {
        assert_eq!(read.expected, made.expected, "{}", made.name);
        assert_eq!((&read.name, read.dt, read.steps), (&made.name, made.dt, made.steps));
        assert_eq!(read.inputs, made.inputs);
    }
    // What is not as it was written is told, whatever the answer would be.
    let case = a.join("lif_normal_1");
    let refused = |what: &str| {
        let error = suite::load(&a, &[]).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    let exact = fs::read(case.join("exact.csv")).unwrap();
    fs::write(case.join("exact.csv"), b"node,time,channel\n").unwrap();
    refused("are not those whose sha256 stands in `suite.toml`");
    fs::write(case.join("exact.csv"), exact).unwrap();
    fs::write(case.join("answer.0.npy"), b"an answer beside the case").unwrap();
    suite::load(&a, &[]).unwrap();
    let listed = fs::read_to_string(a.join("suite.toml")).unwrap();
    fs::write(a.join("suite.toml"), listed.replace("\"lif_normal_1\"", "\"../b/lif_normal_1\""))
        .unwrap();
    refused("the case `../b/lif_normal_1` is no folder of the suite");
    fs::write(a.join("suite.toml"), listed).unwrap();
    #[cfg(unix)]
    {
        fs::remove_file(case.join("case.toml")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", case.join("case.toml")).unwrap();
        refused("`case.toml` is no regular file");
    }
    // A folder with something in it is left alone.
    let error = suite::write(&a, &cases).unwrap_err();
    assert!(error.to_string().contains("not empty"), "{error}");
}

#[test]
fn every_kind_of_case_is_made_and_margins_are_true() {
    let cases = suite::make(is_first, |_, _| ()).unwrap();
    for level in Level::ALL {
        assert!(cases.iter().any(|case| case.level == level), "{level}");
    }
    for case in &cases {
        let Expected::Answers(answers) = &case.expected else { continue };
        let (Some(margin), draft) = (answers.margin, Draft::of(case)) else { continue };
        let same = |share: f64| spikes_with(&draft, share).unwrap() == answers.exact.nodes;
        if margin > 0.0 {
            for share in [margin, -margin, 0.4 * margin, -0.7 * margin] {
                assert!(same(share), "{}: a change of {share} changes a spike", case.name);
            }
        }
        if let Some(next) = MARGINS.iter().find(|&&next| next > margin) {
            assert!(
                !(same(*next) && same(-next)),
                "{}: the margin is larger than {margin}",
                case.name
            );
        }
    }
}
