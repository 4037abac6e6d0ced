//! Results that the authors of NIR published, met by the engines. Needs the material in `../shared`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit::numerics::Tensor;
use nirkit::{Choices, Model, Observable, Record, Run, Stimulus};

/// A file of the paper; `None`, with a word, where the material is absent.
fn paper(name: &str) -> Option<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/paper").join(name);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
    }
    path.exists().then_some(path)
}

/// A column of a file of numbers.
fn column(path: &Path, column: usize) -> Vec<f64> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split(',').nth(column).unwrap().trim().parse().unwrap()).collect()
}

#[test]
fn a_lif_under_forward_euler_has_the_spikes_and_voltages_that_norse_had() {
    let (Some(graph), Some(input), Some(recorded)) = (
        paper("01_lif/lif_norse.nir"),
        paper("01_lif/lif_exact.csv"),
        paper("01_lif/lif_norse.csv"),
    ) else {
        return;
    };
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
