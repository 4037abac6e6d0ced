//! `nir lower --platform nest`, and recordings that come back, as their users meet them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(
    clippy::disallowed_methods,
    reason = "the reference computes with the exponential of the system"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use nirkit::io::Limits;
use nirkit::io::array::read_array;
use serde_json::Value;

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    folder.join(name).display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn fine(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

fn numbers(path: &Path) -> Vec<f64> {
    read_array(path, &Limits::default()).unwrap().to_f64().unwrap().into_owned()
}

/// What a network of `iaf_psc_delta` does by its documentation: the spikes of each neuron in each step.
fn played(folder: &Path, frames: &[f64], steps: usize) -> Vec<Vec<bool>> {
    let network: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("network.json")).unwrap()).unwrap();
    let h = network["resolution_ms"].as_f64().unwrap();
    let parameter =
        |population: &Value, name: &str| population["parameters"][name].as_f64().unwrap();
    let mut cells = Vec::new();
    for population in network["populations"].as_array().unwrap() {
        assert_eq!(population["model"], "iaf_psc_delta");
        let [tau, capacity, current, threshold, reset] =
            ["tau_m", "C_m", "I_e", "V_th", "V_reset"].map(|name| parameter(population, name));
        let keep = (-h / tau).exp();
        let drive = tau / capacity * (1.0 - keep) * current;
        let cell = (keep, drive, threshold, reset);
        cells.extend(std::iter::repeat_n(cell, population["neurons"].as_u64().unwrap() as usize));
    }
    let block = |part: &str| numbers(&folder.join(format!("connections-0.{part}.npy")));
    let (sources, targets) = (block("sources"), block("targets"));
    let (weights, delays) = (block("weights"), block("delays"));
    let neurons = cells.len();
    let channels = frames.len() / steps;
    let mut arriving = vec![vec![0.0; neurons]; steps + 100];
    let (mut v, mut spikes) = (vec![0.0; neurons], vec![vec![false; neurons]; steps]);
    for step in 0..steps {
        for (n, &(keep, drive, threshold, reset)) in cells.iter().enumerate() {
            v[n] = keep * v[n] + drive + arriving[step][n];
            if v[n] >= threshold {
                v[n] = reset;
                spikes[step][n] = true;
            }
        }
        for connection in 0..sources.len() {
            let source = sources[connection] as usize - 1;
            let height = match source.checked_sub(neurons) {
                Some(channel) => frames[step * channels + channel],
                None => f64::from(u8::from(spikes[step][source])),
            };
            let later = (delays[connection] / h).round() as usize;
            arriving[step + later][targets[connection] as usize - 1] +=
                height * weights[connection];
        }
    }
    spikes
}

#[test]
fn the_arrays_of_a_network_give_the_spikes_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (graph, input) = (example("small.nir"), example("small_input.npy"));
    let of_nest = ["--platform", "nest", "--dt", "1e-4"];
    fine(&nir(&[&["lower", &graph, "--output", &place("net")], &of_nest[..]].concat()));
    fine(&nir(
        &[&["run", &graph, "--input", &input, "--output", &place("run")], &of_nest[..]].concat()
    ));
    let frames = numbers(Path::new(&input));
    let spikes = played(&folder.path().join("net"), &frames, 300);
    for (node, first, neurons) in [("lif1", 0, 6), ("lif2", 6, 2)] {
        let ours = numbers(&folder.path().join(format!("run/{node}.spikes.npy")));
        let theirs = spikes.iter().flat_map(|row| &row[first..first + neurons]);
        let theirs: Vec<f64> = theirs.map(|&spike| f64::from(u8::from(spike))).collect();
        assert!(ours.iter().sum::<f64>() > 50.0, "{node}");
        assert_eq!(ours, theirs, "{node}");
    }
}

#[test]
fn a_network_that_cannot_be_handed_over_is_refused_for_every_reason_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let text = "nirt 1
graph {
  in = Input { shape: i64[1] [2] }
  late = Delay { delay: f32[2] 0.002 }
  biased = Affine { weight: f32[2, 2] [[1, 2], [3, 0]] bias: f32[2] [1, 0] }
  lif = LIF { tau: f32[2] 0.01 r: f32[2] 1 v_leak: f32[2] 0 v_threshold: f32[2] 1 v_reset: f32[2] 2 }
  sums = Linear { weight: f32[2, 2] 1 }
  perfect = IF { r: f32[2] 1 v_threshold: f32[2] 1 v_reset: f32[2] 0 }
  first = Output { shape: i64[1] [2] }
  second = Output { shape: i64[1] [2] }
  in -> biased -> late -> lif -> sums -> first
  in -> perfect -> second
}
";
    fs::write(place("net.nirt"), text).unwrap();
    let output = nir(&[
        "lower",
        &place("net.nirt"),
        "--platform",
        "nest",
        "--dt",
        "1e-3",
        "--output",
        &place("out"),
    ]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for reason in ["Reset potential", "through a Delay", "leads to an Output", "no model for IF"] {
        assert!(said.contains(reason), "{reason}: {said}");
    }
    assert!(!Path::new(&place("out")).exists());
}

#[test]
fn a_recording_stands_in_the_place_of_a_platform() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (graph, input, recorded) = (example("small.nir"), example("small_input.npy"), place("run"));
    fine(&nir(&[
        "run",
        &graph,
        "--platform",
        "nest",
        "--dt",
        "1e-4",
        "--input",
        &input,
        "--output",
        &recorded,
    ]));
    let compared = |platform: &str, dt: &str| {
        let sides = ["--platform", platform, "--platform", &recorded];
        nir(&[&["compare", &graph, "--input", &input, "--dt", dt], &sides[..]].concat())
    };
    fine(&compared("nest", "1e-4"));
    let other = compared("spyx", "1e-4");
    assert_eq!(other.status.code(), Some(1), "{}", String::from_utf8_lossy(&other.stderr));
    let said = String::from_utf8_lossy(&other.stdout).into_owned();
    assert!(said.contains("a recording, in which no choice can be switched"), "{said}");
    let wrong = compared("nest", "1e-3");
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(2), "{said}");
    assert!(said.contains("recorded with dt = 0.0001 s"), "{said}");
    fs::remove_file(Path::new(&recorded).join("lif1.spikes.npy")).unwrap();
    assert_eq!(compared("nest", "1e-4").status.code(), Some(2));
}

#[test]
fn options_of_chips_are_none_of_nest() {
    let graph = example("small.nir");
    let input = example("small_input.npy");
    for more in [["--input", input.as_str()], ["--output", "-"], ["--output", "net.json"]] {
        let output =
            nir(&[&["lower", &graph, "--platform", "nest", "--dt", "1e-4"], &more[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}");
    }
}
