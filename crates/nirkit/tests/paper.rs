//! Results that the authors of NIR published, met by the engines. Needs the material in `../shared`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit::numerics::Tensor;
use nirkit::{Choices, Model, Observable, Record, Run, Stimulus};

/// A file of the paper.
fn paper(name: &str) -> PathBuf {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/paper").join(name);
    assert!(path.exists(), "{} is absent", path.display());
    path
}

/// A column of a file of numbers.
fn column(path: &Path, column: usize) -> Vec<f64> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split(',').nth(column).unwrap().trim().parse().unwrap()).collect()
}

#[test]
#[ignore = "needs the material in ../shared"]
fn a_lif_under_forward_euler_has_the_spikes_and_voltages_that_norse_had() {
    let [graph, input, recorded] =
        ["01_lif/lif_norse.nir", "01_lif/lif_exact.csv", "01_lif/lif_norse.csv"].map(paper);
    let graph = nirkit::read(&graph).unwrap();
    let model = Model::clocked(&graph, &Choices::new().dt(1e-4)).unwrap();
    let values = column(&input, 0);
    let frames = Tensor::new(&[values.len(), 1], values).unwrap();
    let stimulus = Stimulus::of_frames(frames);
    let recording = model.run_with(&stimulus, &Run::new().record(Record::All)).unwrap();
    let of = |observable| recording.get("1", observable).unwrap().to_f64().unwrap().into_owned();
    let spikes: Vec<usize> = of(Observable::Spikes)
        .iter()
        .enumerate()
        .filter(|(_, s)| **s > 0.0)
        .map(|(t, _)| t)
        .collect();
    assert_eq!(spikes, [460, 510, 710, 760]);
    for (step, (ours, theirs)) in of(Observable::V).iter().zip(column(&recorded, 1)).enumerate() {
        assert!((ours - theirs).abs() <= 1e-6, "step {step}: {ours} and {theirs}");
    }
}
