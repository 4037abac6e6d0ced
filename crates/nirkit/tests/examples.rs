//! The examples run: one for each verb.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The file of an example that Cargo built beside this test.
fn program(name: &str) -> PathBuf {
    let folder = std::env::current_exe().unwrap();
    folder.parent().unwrap().parent().unwrap().join("examples").join(name)
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    path.display().to_string()
}

/// What an example prints; it has to end well.
fn run(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(program(name)).args(arguments).output();
    let output = output
        .expect("`cargo test -p nirkit` builds the examples, `--test integration` alone does not");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn each_verb_has_an_example_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (graph, input) = (example("small.nir"), example("small_input.npy"));
    assert!(run("run", &[&graph, &input, "norse"]).contains("lif1: "));
    assert!(run("check", &[&graph, "norse", "spyx"]).contains("norse@"));
    assert!(run("compare", &[&graph, &input, "norse", "spyx"]).contains("first at step"));
    assert!(
        run("lower", &[&graph, "speck", &file("speck.json")]).contains("error")
            || Path::new(&file("speck.json")).exists()
    );
    run("rewrite", &[&graph, &file("out.nir")]);
    assert!(run("diff", &[&graph, &graph]).is_empty());
    assert!(run("view", &[&graph, &file("net.svg")]).contains("7 boxes, 7 edges"));
    let adapted = run("adapt", &[&graph, "spyx", "norse", &file("for_spyx.nir")]);
    assert!(adapted.contains("verdict: "), "{adapted}");
    assert!(run("codegen", &[&graph, "norse", &file("net_c")]).contains("bytes of state"));
    assert!(run("show", &[&graph, "norse"]).contains("lif1.v"));
    assert!(run("events", &[&example("events.raw")]).contains(" events in "));
    let table = run("sweep", &[&example("sweep.toml"), &file("sweep")]);
    assert!(table.contains("norse@"), "{table}");
    let set = nirkit::numerics::Tensor::new(&[2, 5, 4], vec![1.0; 40]).unwrap();
    nirkit::io::array::write_array(file("x.npy"), &set).unwrap();
    let labels = nirkit::numerics::Tensor::vector(vec![0_i64, 1]);
    nirkit::io::array::write_array(file("y.npy"), &labels).unwrap();
    let scores = run("eval", &[&graph, &file("x.npy"), &file("y.npy"), "norse", "clocked"]);
    assert!(scores.contains("clocked: 50.00 %"), "{scores}");
}
