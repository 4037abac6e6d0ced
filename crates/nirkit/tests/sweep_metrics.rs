//! The metrics of a sweep, held against `compare` and `lower`, sample by sample.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit::compare::{Compare, compare_platforms};
use nirkit::io::Limits;
use nirkit::io::array::{read_array, write_array};
use nirkit::ir::Document;
use nirkit::numerics::Tensor;
use nirkit::sweep::{Entry, Plan, Sweep, Table};
use nirkit::{Choices, Stimulus};
use tempfile::TempDir;

use crate::sweep::{SAMPLES, network};

/// Samples in which nothing enters.
const SILENT: usize = 7;

/// What a plan over all samples gives.
fn entries(files: &TempDir, platforms: &[&str], reference: &str, metrics: &[&str]) -> Vec<Entry> {
    let plan = format!(
        "format = 1\ngraphs = [\"graph.nirt\"]\nplatforms = {platforms:?}\ndt = [\"0.1ms\"]\nreference = \
         \"{reference}\"\nsamples_per_task = 25\nmetrics = {metrics:?}\n[[sets]]\ninput = \"x.npy\"\nlabels = \"y.npy\"\n"
    );
    let plan = Plan::parse(&plan).unwrap().within(files.path());
    let folder = tempfile::tempdir().unwrap();
    Sweep::new().threads(2).run(&plan, folder.path()).unwrap();
    Table::of(&[folder.path()]).unwrap().entries
}

/// The files of the network, with nothing in the first samples, which all platforms answer alike.
fn network_with_silence() -> TempDir {
    let files = network();
    let path = files.path().join("x.npy");
    let all = read_array(&path, &Limits::default()).unwrap();
    let mut frames: Vec<f32> = all.to_f64().unwrap().iter().map(|&x| x as f32).collect();
    frames[..SILENT * 80].fill(0.0);
    write_array(&path, &Tensor::new(&[SAMPLES, 20, 4], frames).unwrap()).unwrap();
    files
}

/// The graph, and each sample by itself.
fn samples(files: &TempDir) -> (Document, Vec<Stimulus>) {
    let graph = nirkit::read(files.path().join("graph.nirt")).unwrap();
    let all = read_array(files.path().join("x.npy"), &Limits::default()).unwrap();
    let frames = all.to_f64().unwrap();
    let one = |sample: usize| {
        let frames = frames[sample * 80..(sample + 1) * 80].to_vec();
        let path = files.path().join(format!("sample{sample}.npy"));
        write_array(&path, &Tensor::new(&[20, 4], frames).unwrap()).unwrap();
        Stimulus::read(path).unwrap()
    };
    (graph, (0..SAMPLES).map(one).collect())
}

#[test]
fn differences_are_those_of_a_comparison() {
    let files = network_with_silence();
    let (graph, stimuli) = samples(&files);
    let choices = Choices::new().dt(1e-4);
    let (mut equal, mut differing) = (0, 0);
    for (reference, platforms) in [
        ("snntorch", ["norse", "sinabs", "spinnaker2", "ideal"]),
        ("ideal", ["snntorch", "loihi2", "sinabs", "norse"]),
    ] {
        for (entry, platform) in
            entries(&files, &platforms, reference, &["differences"]).iter().zip(platforms)
        {
            let (mut same, mut same_output, mut first) = (0, 0, None);
            for (sample, stimulus) in stimuli.iter().enumerate() {
                let how = Compare::new().causes(false);
                let titles = [reference, platform];
                let report =
                    compare_platforms(&graph, &titles, stimulus, &choices, &how).unwrap().report;
                let pair = report
                    .pairs
                    .iter()
                    .find(|pair| pair.b.starts_with(platform) || pair.a.starts_with(platform))
                    .unwrap();
                same += u64::from(pair.first.is_none());
                let output = pair.nodes.iter().find(|node| node.node == "m");
                let output = output.unwrap_or_else(|| panic!("{titles:?}: {:?}", report.pairs));
                same_output += u64::from(output.first.is_none());
                if let Some(found) = &pair.first {
                    let found = (found.step, sample, found.node.clone(), found.neuron);
                    first = Some(
                        first.map_or(found.clone(), |earlier: (usize, usize, String, usize)| {
                            earlier.min(found)
                        }),
                    );
                }
            }
            let counts = entry.counts.unwrap();
            let name = format!("{platform} against {reference}: {:?}", entry.notes);
            assert_eq!(counts.same_spikes, Some(same), "{name}");
            assert_eq!(counts.same_output, Some(same_output), "{name}");
            assert_eq!(entry.differing, Some((SAMPLES as u64 - same) as f64 / SAMPLES as f64));
            let found = entry.first_difference.clone();
            let found = found.map(|found| (found.step, found.sample, found.node, found.neuron));
            assert_eq!(found, first, "{name}");
            equal += usize::from(same > 0);
            differing += usize::from(same < SAMPLES as u64);
        }
    }
    assert!(equal > 0 && differing > 0, "{equal} {differing}: the test needs both");
}

#[test]
fn energy_is_the_mean_over_the_samples_of_what_lowering_estimates() {
    let files = network();
    let (graph, stimuli) = samples(&files);
    let platforms = ["loihi2", "spinnaker2"];
    for (entry, platform) in
        entries(&files, &platforms, "norse", &["energy", "operations"]).iter().zip(platforms)
    {
        let choices = Choices::new().dt(1e-4);
        let counts = entry.counts.unwrap();
        let (mut sums, mut operations) = ([0.0; 2], 0);
        for stimulus in &stimuli {
            let cost = nirkit::lower::lower(&graph, platform, &choices)
                .unwrap()
                .cost(stimulus, None)
                .unwrap();
            operations += cost.activity.synaptic_operations();
            for part in &cost.estimate.energy {
                sums[0] += part.range[0] / SAMPLES as f64;
                sums[1] += part.range[1] / SAMPLES as f64;
            }
        }
        let energy = entry.energy.unwrap();
        for (found, expected) in energy.iter().zip(sums) {
            assert!((found - expected).abs() < 1e-6 * expected, "{platform}: {energy:?} {sums:?}");
            assert!(expected > 0.0);
        }
        assert_eq!(counts.synaptic_operations, Some(operations), "{platform}");
    }
}

#[test]
fn what_has_no_number_has_a_reason() {
    let files = network();
    let found =
        entries(&files, &["sinabs", "ideal", "clocked"], "ideal", &["energy", "differences"]);
    for (entry, platform) in found.iter().zip(["sinabs@2.0.3", "exact", "clocked"]) {
        assert_eq!(entry.energy, None);
        let said = entry
            .notes
            .iter()
            .any(|note| note.contains("no energy is estimated") && note.contains(platform));
        assert!(said, "{:?}", entry.notes);
    }
    let said = found[1].notes.iter().any(|note| note.contains("both run in continuous time"));
    assert!(said && found[1].differing.is_none(), "{:?}", found[1].notes);
    assert!(found[0].differing.is_some() && found[2].differing.is_some());
}
