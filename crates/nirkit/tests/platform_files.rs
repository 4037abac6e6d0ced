//! Platforms that are described in a file, wherever a platform has a name.
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
    let text = format!("{HEAD}[semantics.neurons.lif.fire]\nreset = \"subtract\"\n");
    assert_eq!(spikes(&platform(&folder, &text), Choices::new()), subtracted);
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_the_file() {
    let folder = TempDir::new().unwrap();
    let mine = platform(&folder, &format!("{HEAD}[semantics.maps]\npool = \"max\"\n"));
    let error = run(&mine, Choices::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Choice);
    let told = error.to_string();
    assert!(told.contains("mine.toml: semantics.maps.pool: unknown variant `max`"), "{told}");
    let error = run("no-such-file.toml", Choices::new()).unwrap_err();
    assert!(error.to_string().contains("no-such-file.toml"), "{error}");
}

/// A network that Xylo takes: two hidden neurons, one output neuron, and an input that makes hidden neurons spike
/// several times in a step.
const SMALL: &str = "nirt 1
version \"1.0.8\"
graph {
  input = Input { shape: i64[1] [1] }
  fc = Linear { weight: f32[2, 1] [[1.0], [0.9]] }
  hidden = CubaLIF { tau_syn: f32[2] 0.004, tau_mem: f32[2] 0.016, r: f32[2] 1, v_leak: f32[2] 0, v_reset: f32[2] 0, v_threshold: f32[2] 0.3, w_in: f32[2] 1 }
  out = Linear { weight: f32[1, 2] [[0.6, 0.5]] }
  last = CubaLIF { tau_syn: f32[1] 0.004, tau_mem: f32[1] 0.016, r: f32[1] 1, v_leak: f32[1] 0, v_reset: f32[1] 0, v_threshold: f32[1] 0.7, w_in: f32[1] 1 }
  output = Output { shape: i64[1] [1] }
  input -> fc -> hidden -> out -> last -> output
}
";

const CHIP: &str = "format = 1\nbase = \"xylo\"\nname = \"tiny\"\nversion = \"1\"\n";

fn graph() -> nirkit::ir::Document {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("graph.nirt");
    fs::write(&path, SMALL).unwrap();
    nirkit::read(&path).unwrap()
}

/// The most spikes of a hidden neuron in a step.
fn most(platform: &str) -> f64 {
    let model = Model::platform(&graph(), platform, &Choices::new().dt(1e-3)).unwrap();
    let stimulus = Stimulus::of_frames(Tensor::new(&[20, 1], vec![15.0_f32; 20]).unwrap());
    let recording = model.run(&stimulus).unwrap();
    let spikes = recording.get("hidden", Observable::Spikes).unwrap().to_f64().unwrap();
    spikes.iter().copied().fold(0.0, f64::max)
}

#[test]
fn a_chip_of_another_size_says_what_does_not_fit() {
    let folder = TempDir::new().unwrap();
    let mine = platform(&folder, &format!("{CHIP}[limits]\nhidden_neurons = 1\n"));
    let misfits = |platform: &str| {
        let lowered = nirkit::lower(&graph(), platform, &Choices::new().dt(1e-3)).unwrap();
        assert_eq!(lowered.choices[0].name, "platform file");
        let found = lowered.lowering.report.findings.into_iter().map(|found| found.diagnostic);
        let found = found.filter(|found| found.code == nirkit::ir::Code::DoesNotFit);
        found.map(|found| found.message).collect::<Vec<_>>()
    };
    let expected = "tiny has 1 hidden neurons, the graph needs 2 (platform file)";
    assert_eq!(misfits(&mine), [expected]);
    let enough = platform(&folder, &format!("{CHIP}[limits]\nhidden_neurons = 2\n"));
    assert!(misfits(&enough).is_empty());
}

#[test]
fn a_limit_of_spikes_is_run() {
    let folder = TempDir::new().unwrap();
    let all = most("xylo");
    assert!(all > 2.0, "{all}");
    let mine = platform(&folder, &format!("{CHIP}[limits]\nhidden_spikes = 2\n"));
    assert_eq!(most(&mine).total_cmp(&2.0), std::cmp::Ordering::Equal);
    let same = platform(&folder, CHIP);
    assert_eq!(most(&same).total_cmp(&all), std::cmp::Ordering::Equal);
}

#[test]
fn spikes_that_a_chip_does_not_see_are_told() {
    let model = Model::platform(&graph(), "xylo", &Choices::new().dt(1e-3)).unwrap();
    let notes = |count: f32| {
        let frames = Tensor::new(&[20, 1], vec![count; 20]).unwrap();
        model.run(&Stimulus::of_frames(frames)).unwrap().notes.join("\n")
    };
    let told = "100 of 400 spikes for `input` are not seen: the chip takes up to 15 of a channel in a step";
    assert!(notes(20.0).contains(told), "{}", notes(20.0));
    assert!(!notes(15.0).contains("not seen"));
    // Every verb that runs the chip says so.
    let frames = |shape: &[usize]| {
        let frames = Tensor::new(shape, vec![20.0_f32; 20]).unwrap();
        Stimulus::of_frames(frames)
    };
    let choices = Choices::new().dt(1e-3);
    let how = nirkit::Compare::new();
    let titles = ["xylo", "norse"];
    let compared =
        nirkit::compare_platforms(&graph(), &titles, &frames(&[20, 1]), &choices, &how).unwrap();
    let set = nirkit::LabelledSet::new(frames(&[1, 20, 1]).batched(true), vec![0]);
    let scores =
        nirkit::eval_platforms(&graph(), &["xylo"], &set, &choices, &nirkit::Eval::new()).unwrap();
    let mut lowered = nirkit::lower::lower(&graph(), "xylo", &choices).unwrap();
    lowered.cost(&frames(&[20, 1]), None).unwrap();
    for notes in [&compared.notes, &scores[0].notes, &lowered.notes] {
        assert!(notes.iter().any(|note| note.contains(told)), "{notes:?}");
    }
}
