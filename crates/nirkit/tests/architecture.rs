//! Holds the architecture: which crate may use which, and that the pages about it are true.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may use. Tests may use anything.
const MAY_USE: &[(&str, &[&str])] = &[
    ("nirkit-numerics", &[]),
    ("nirkit-ir", &["nirkit-numerics"]),
    ("nirkit-io", &["nirkit-numerics", "nirkit-ir"]),
    ("nirkit-events", &["nirkit-numerics"]),
    ("nirkit-passes", &["nirkit-numerics", "nirkit-ir"]),
    ("nirkit-step", &[]),
    ("nirkit-codegen", &["nirkit-passes", "nirkit-step"]),
    ("nirkit-view", &["nirkit-numerics", "nirkit-ir"]),
    ("nirkit-run", &["nirkit-numerics"]),
    ("nirkit-exact", &["nirkit-numerics", "nirkit-ir", "nirkit-run"]),
    ("nirkit-engine", &["nirkit-numerics", "nirkit-ir", "nirkit-run", "nirkit-step"]),
    (
        "nirkit-platforms",
        &[
            "nirkit-numerics",
            "nirkit-ir",
            "nirkit-passes",
            "nirkit-step",
            "nirkit-run",
            "nirkit-engine",
        ],
    ),
    (
        "nirkit",
        &[
            "nirkit-numerics",
            "nirkit-ir",
            "nirkit-io",
            "nirkit-events",
            "nirkit-passes",
            "nirkit-step",
            "nirkit-codegen",
            "nirkit-view",
            "nirkit-run",
            "nirkit-exact",
            "nirkit-engine",
            "nirkit-platforms",
        ],
    ),
    (
        "nirkit-testing",
        &[
            "nirkit-numerics",
            "nirkit-ir",
            "nirkit-platforms",
            "nirkit-run",
            "nirkit-engine",
            "nirkit-step",
        ],
    ),
    ("nirkit-conform", &["nirkit", "nirkit-run", "nirkit-engine"]),
    ("nirkit-cli", &["nirkit", "nirkit-conform"]),
    ("nirkit-py", &["nirkit", "nirkit-conform", "nirkit-cli"]),
    ("nirkit-web", &["nirkit"]),
];

/// Simulators and chips, which the engines must not know by name.
const PLATFORMS: &[&str] = &[
    "norse",
    "snntorch",
    "sinabs",
    "rockpool",
    "spyx",
    "nengo",
    "lava",
    "loihi",
    "speck",
    "spinnaker",
    "xylo",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn dependencies_run_one_way() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .unwrap();
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    for package in &metadata.packages {
        let Some(allowed) = allowed.get(package.name.as_str()) else {
            panic!("say in MAY_USE what {} may use", package.name);
        };
        let used: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .filter(|name| name.starts_with("nirkit"))
            .collect();
        for name in used {
            assert!(allowed.contains(&name), "{} must not use {name}", package.name);
        }
    }
}

/// A file that no binary names would never run, and nothing would say so.
#[test]
fn every_file_of_tests_belongs_to_a_binary() {
    let files = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten();
        let stem = |path: PathBuf| {
            let is_module = path.extension().is_some_and(|ending| ending == "rs")
                || path.join("mod.rs").exists();
            is_module.then(|| path.file_stem().unwrap().to_string_lossy().into_owned())
        };
        entries.filter_map(|entry| stem(entry.unwrap().path())).collect::<BTreeSet<String>>()
    };
    let mut merged = 0;
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(main) = fs::read_to_string(path.join("tests/main.rs")) else { continue };
        merged += 1;
        let manifest = fs::read_to_string(path.join("Cargo.toml")).unwrap();
        for name in files(&path.join("tests")) {
            let is_alone = manifest.contains(&format!("[[test]]\nname = \"{name}\"\n"));
            let is_module = main.contains(&format!("\nmod {name};\n"));
            assert!(name == "main" || is_alone || is_module, "{}: tests/{name}", path.display());
        }
    }
    assert!(merged >= 8, "{merged}");
}

#[test]
fn every_path_on_the_pages_about_the_house_exists() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for path in text.split('`').skip(1).step_by(2).filter(|code| is_path(code)) {
            assert!(root().join(path).exists(), "{page} names `{path}`, which does not exist");
        }
    }
}

/// Whether a piece of code in a text is a path of this project, without placeholders.
fn is_path(code: &str) -> bool {
    let starts = ["crates/", "docs/", "examples/", "fuzz/", "scripts/", "bench/", "python/"];
    let placeholders = [" ", "\n", "*", "NAME", "N000", "/name."];
    starts.iter().any(|start| code.starts_with(start))
        && !placeholders.iter().any(|placeholder| code.contains(placeholder))
}

#[test]
fn the_engines_know_no_platform_by_name() {
    let mut open =
        ["run", "exact", "engine"].map(|name| root().join(format!("crates/{name}/src"))).to_vec();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().to_lowercase();
        for name in PLATFORMS {
            assert!(!text.contains(name), "{} names {name}", path.display());
        }
    }
}
