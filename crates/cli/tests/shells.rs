//! What shells and `man` are given: scripts for completion, and pages.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::{Command, Output};

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn text(args: &[&str]) -> String {
    let output = nir(args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn shells_complete_platforms_passes_codes_and_files() {
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&["completions", shell]);
        for value in ["norse", "norse@1.1.0", "xylo", "fold_gain", "count", "v_reset", "ideal"] {
            assert!(script.contains(value), "{shell}: {value}");
        }
        assert!(script.contains("N204"), "{shell}");
    }
    assert!(text(&["completions", "zsh"]).contains("_files"));
    // Without quotes, fish takes the comparisons for redirections.
    assert!(text(&["completions", "fish"]).contains("\"'>'\\t''\n'>='\\t''\""));
}

#[test]
#[ignore = "needs bash"]
fn bash_completes_the_value_of_an_option() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("nir.bash");
    fs::write(&script, text(&["completions", "bash"])).unwrap();
    let complete = "source \"$1\"; COMP_WORDS=(nir check net.nir --platform nor); COMP_CWORD=4; \
                    _nir nir nor --platform; echo \"${COMPREPLY[@]}\"";
    let found = Command::new("bash").args(["-c", complete, "bash"]).arg(&script).output().unwrap();
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(found.split_whitespace().any(|word| word == "norse@1.1.0"), "{found}");
    assert!(found.split_whitespace().all(|word| word.starts_with("nor")), "{found}");
}

#[test]
fn a_wrong_value_is_still_told_with_what_was_meant() {
    let said = nir(&["platforms", "--platform", "nors"]);
    assert_eq!(said.status.code(), Some(2));
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("did you mean `norse`?"), "{said}");
}

#[test]
fn every_verb_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let listed = text(&["man", "--output", &pages.display().to_string()]);
    let help = text(&["--help"]);
    let verbs = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let verbs = verbs.take_while(|line| !line.is_empty());
    let verbs: Vec<&str> = verbs.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(verbs.len() > 10, "{verbs:?}");
    for verb in verbs.iter().filter(|verb| **verb != "help") {
        let page = fs::read_to_string(pages.join(format!("nir-{verb}.1"))).unwrap();
        assert!(page.contains(&format!(".TH nir-{verb} 1")), "{page}");
        assert!(page.contains("nirkit 0."), "{page}");
    }
    let page = fs::read_to_string(pages.join("nir.1")).unwrap();
    assert!(page.contains("nir\\-eval(1)"), "{page}");
    assert_eq!(fs::read_dir(&pages).unwrap().count(), listed.lines().count());
}
