//! Simulators that are described in a file, wherever a platform has a name.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use nirkit::numerics::Tensor;
use nirkit::{Choices, Error, ErrorKind, Model, Observable, Recording, Reset, Stimulus};
use tempfile::TempDir;

const NETWORK: &str = "nirt 1
version \"1.0.8\"
graph {
  input = Input { shape: i64[1] [2] }
  fc = Affine { weight: f32[2, 2] [[0.9, 0.4], [0.3, 0.8]], bias: f32[2] [0.1, 0.2] }
  lif = LIF { tau: f32[2] [0.01, 0.02], r: f32[2] 1, v_leak: f32[2] 0, v_reset: f32[2] 0, v_threshold: f32[2] [0.3, 0.4] }
  output = Output { shape: i64[1] [2] }
  input -> fc -> lif -> output
}
";

fn platform(folder: &TempDir, text: &str) -> String {
    let path = folder.path().join("mine.toml");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Runs the network on a platform for 100 steps of 1 ms.
fn run(platform: &str, choices: Choices) -> Result<Recording, Error> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("graph.nirt");
    fs::write(&path, NETWORK).unwrap();
    let model = Model::platform(&nirkit::read(&path)?, platform, &choices.dt(1e-3))?;
    let frames: Vec<f32> = (0..200).map(|step| ((step * 7) % 11) as f32 * 0.3).collect();
    model.run(&Stimulus::of_frames(Tensor::new(&[100, 2], frames).unwrap()))
}

/// The spikes of the neurons.
fn spikes(platform: &str, choices: Choices) -> Tensor {
    run(platform, choices).unwrap().get("lif", Observable::Spikes).unwrap().clone()
}

const HEAD: &str = "format = 1\nbase = \"norse@1.1.0\"\nname = \"mine\"\nversion = \"1\"\n";

#[test]
fn a_file_that_changes_nothing_runs_as_its_base() {
    let folder = TempDir::new().unwrap();
    let base = spikes("norse", Choices::new());
    assert_eq!(spikes(&platform(&folder, HEAD), Choices::new()), base);
    assert!(base.to_f64().unwrap().iter().sum::<f64>() > 0.0);
}

#[test]
fn a_change_is_run() {
    let folder = TempDir::new().unwrap();
    let mine = platform(&folder, &format!("{HEAD}free_reset = [\"LIF\"]\n"));
    let subtracted = spikes(&mine, Choices::new().reset(Reset::Subtract));
    assert_ne!(subtracted, spikes("norse", Choices::new()));
    let text = format!("{HEAD}[scheme.neurons.lif.fire]\nreset = \"subtract\"\n");
    assert_eq!(spikes(&platform(&folder, &text), Choices::new()), subtracted);
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_the_file() {
    let folder = TempDir::new().unwrap();
    let mine = platform(&folder, &format!("{HEAD}[scheme.maps]\npool = \"max\"\n"));
    let error = run(&mine, Choices::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Choice);
    let told = error.to_string();
    assert!(told.contains("mine.toml: scheme.maps.pool: unknown variant `max`"), "{told}");
    let error = run("no-such-file.toml", Choices::new()).unwrap_err();
    assert!(error.to_string().contains("no-such-file.toml"), "{error}");
}
