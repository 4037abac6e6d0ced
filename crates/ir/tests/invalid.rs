//! Every graph in `tests/invalid` has exactly the findings that its first lines name, and every
//! code about graphs has a graph there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit_ir::diag::{CODES, Code};
use nirkit_ir::text::parse;
use nirkit_ir::valid::validate_document;

/// Codes that are about stimuli, runs and files, which no graph can show.
const NOT_ABOUT_GRAPHS: u16 = 400;

fn graphs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn expected(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("// finds: "))
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

fn found(text: &str) -> Vec<String> {
    let document = parse(text, &()).unwrap();
    let findings = validate_document(&document).findings;
    let mut lines: Vec<String> =
        findings.iter().map(|finding| format!("{} {}", finding.code, finding.place)).collect();
    lines.sort();
    lines
}

#[test]
fn each_graph_has_exactly_the_findings_that_it_names() {
    for file in graphs() {
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(found(&text), expected(&text), "{}", file.display());
    }
}

#[test]
fn each_code_about_graphs_has_a_graph_of_its_name() {
    let names: Vec<String> = graphs()
        .iter()
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    // What is left out of an HDF5 file has no text; the tests of `nirkit-io` have files for it.
    let in_text = |code: &&Code| code.number() < NOT_ABOUT_GRAPHS && **code != Code::LeftOut;
    for code in CODES.iter().filter(in_text) {
        let prefix = format!("{code}_");
        assert!(names.iter().any(|name| name.starts_with(&prefix)), "no graph for {code}");
    }
}

#[test]
fn every_finding_prints_its_place_and_says_what_to_do_or_where_to_look() {
    for file in graphs() {
        let text = fs::read_to_string(&file).unwrap();
        let document = parse(&text, &()).unwrap();
        for finding in validate_document(&document).findings {
            assert!(!finding.message.ends_with('.'), "{finding}");
            assert!(finding.message.starts_with(|c: char| !c.is_uppercase()), "{finding}");
            assert!(finding.place.hdf5_path().starts_with("/node"), "{finding}");
        }
    }
}
