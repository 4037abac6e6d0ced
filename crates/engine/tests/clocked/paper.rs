//! The recorded run of a real simulator that computes forward Euler: one LIF neuron of the paper on
//! NIR, with the spikes and voltages that its authors published.

use std::path::{Path, PathBuf};

use nirkit_engine::clocked::{Options, Precision, Start, run};

use super::setup::{frames, numbers, program, request};

/// `lif_norse.nir`: `tau` is the single-precision number nearest to 2.5 ms.
const GRAPH: &str = "nirt 1
graph {
  input = Input { shape: i64[1] [1] }
  0 = Affine { weight: f32[1, 1] [[1]] bias: f32[1] [0] }
  1 = LIF { tau: f32[1] [0.0025] r: f32[1] [1] v_leak: f32[1] [0] v_threshold: f32[1] [0.1] }
  output = Output { shape: i64[1] [1] }
  input -> 0 -> 1 -> output
}";

/// The folder of the published files.
fn folder() -> PathBuf {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/paper/01_lif");
    assert!(folder.is_dir(), "the published recordings are not at {}", folder.display());
    folder
}

/// A column of a file of numbers.
fn column(path: &Path, column: usize) -> Vec<f64> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split(',').nth(column).unwrap().parse().unwrap()).collect()
}

#[test]
#[ignore = "needs the material in ../shared"]
fn forward_euler_gives_the_spikes_and_voltages_that_norse_gave() {
    let folder = folder();
    let input = column(&folder.join("lif_exact.csv"), 0);
    let voltage = column(&folder.join("lif_norse.csv"), 1);
    for precision in [Precision::F32, Precision::F64] {
        let program =
            program(GRAPH, &Options { precision, start: Start::Rest, ..Options::new(1e-4) });
        let requests = [request("1.spikes"), request("1.v")];
        let stimulus = frames(1, input.clone(), true);
        let recording = run(&program, &stimulus, input.len(), &requests).unwrap();
        let spikes = numbers(&recording, "1.spikes");
        let steps: Vec<usize> = (0..spikes.len()).filter(|&step| spikes[step] != 0.0).collect();
        assert_eq!(steps, [460, 510, 710, 760], "{precision}");
        for (step, (found, expected)) in numbers(&recording, "1.v").iter().zip(&voltage).enumerate()
        {
            assert!((found - expected).abs() < 1e-6, "{precision} {step}: {found} {expected}");
        }
    }
}
