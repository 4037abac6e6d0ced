//! The program gives the bits and the choices of the crate, on networks and options that are drawn at random.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use nirkit::io::Limits;
use nirkit::io::array::{read_array, write_array};
use nirkit::ir::Document;
use nirkit::numerics::Tensor;
use nirkit::{Choices, Model, Record, Run, Stimulus};
use nirkit_testing::{Numbers, chain};
use serde_json::Value;

const NETWORKS: u64 = 10;
const STEPS: usize = 12;

/// Meanings of a graph, with options of the program.
const ENGINES: [(&str, &[&str]); 8] = [
    ("clocked", &["--clocked"]),
    ("exact", &["--exact"]),
    ("norse", &["--platform", "norse"]),
    ("sinabs", &["--platform", "sinabs"]),
    ("spyx", &["--platform", "spyx"]),
    ("nengo", &["--platform", "nengo"]),
    ("xylo", &["--platform", "xylo"]),
    ("loihi2", &["--platform", "loihi2"]),
];

/// Options by name; of which a meaning may have some only.
const OPTIONS: [(&str, &[&str]); 8] = [
    ("reset", &["zero", "subtract", "v_reset"]),
    ("spike", &["impulse:1", "pulse:0.5"]),
    ("precision", &["f32", "f64"]),
    ("synapse", &["old", "new"]),
    ("comparison", &[">", ">="]),
    ("integrator", &["euler", "exponential"]),
    ("quantize", &["global", "layer"]),
    ("weight_scale", &["own"]),
];

/// What a run gave: its choices and what was recorded, by file.
type Answer = Result<(Vec<(String, String, String)>, BTreeMap<String, Vec<u64>>), String>;

fn bits(tensor: &Tensor) -> Vec<u64> {
    tensor.to_f64().unwrap().iter().map(|number| number.to_bits()).collect()
}

fn of_crate(graph: &Document, meaning: &str, chosen: &[(&str, &str)], x: &Path) -> Answer {
    let run = || {
        let stimulus = Stimulus::read(x)?;
        let mut choices = Choices::new().dt(1.0).of_stimulus(&stimulus);
        for &(name, value) in chosen {
            choices = match name {
                "reset" => choices.reset(value.parse::<nirkit::Reset>().unwrap()),
                "spike" => choices.spike(value.parse::<nirkit::SpikeReading>().unwrap()),
                _ => choices.set(name, value),
            };
        }
        let model = Model::new(graph, meaning, &choices)?;
        model.run_with(&stimulus, &Run::new().record(Record::Spikes))
    };
    let recording = run().map_err(|error: nirkit::Error| error.to_string())?;
    let choices = recording.choices.iter();
    let choices = choices.map(|c| (c.name.clone(), c.value.clone(), c.source.clone())).collect();
    let mut files: BTreeMap<String, Vec<u64>> = recording
        .arrays
        .iter()
        .map(|(request, array)| {
            (format!("{}.{}.npy", request.node, request.observable), bits(array))
        })
        .collect();
    for (node, trains) in &recording.events {
        let spike = |(time, channel): (&f64, &i64)| [time.to_bits(), (*channel as f64).to_bits()];
        let spikes = trains[0].times.iter().zip(&trains[0].channels).flat_map(spike).collect();
        files.insert(format!("{node}.spikes.csv"), spikes);
    }
    Ok((choices, files))
}

fn of_program(folder: &Path, engine: &[&str], chosen: &[(&str, &str)]) -> Answer {
    let out = folder.join("out");
    let _ = fs::remove_dir_all(&out);
    let mut command = Command::new(env!("CARGO_BIN_EXE_nir"));
    command.current_dir(folder).args(["run", "net.nir", "--input", "x.npy", "--dt", "1"]);
    command.args(engine).args(["--output", "out", "--format", "json"]);
    for (name, value) in chosen {
        command.args([format!("--{}", name.replace('_', "-")), (*value).to_owned()]);
    }
    let output = command.output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let choices = report["choices"].as_array().unwrap().iter().map(|choice| {
        let text = |key: &str| choice[key].as_str().unwrap().to_owned();
        (text("name"), text("value"), text("source"))
    });
    let mut files = BTreeMap::new();
    for name in report["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
        let path = out.join(name);
        let kind = path.extension().unwrap_or_default();
        if kind == "npy" {
            files.insert(name.to_owned(), bits(&read_array(&path, &Limits::default()).unwrap()));
        } else if kind == "csv" {
            let table = fs::read_to_string(&path).unwrap();
            let numbers = table
                .lines()
                .skip(1)
                .flat_map(|line| line.split(','))
                .map(|number| number.parse::<f64>().unwrap().to_bits());
            files.insert(name.to_owned(), numbers.collect());
        }
    }
    Ok((choices.collect(), files))
}

#[test]
fn the_program_answers_as_the_crate_does() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ran, mut refused) = (0, 0);
    for seed in 0..NETWORKS {
        let mut numbers = Numbers(7 + seed);
        let graph = if seed % 2 == 0 {
            chain::network(&mut numbers).0
        } else {
            chain::for_chips(&mut numbers, (seed / 2 % 3) as usize)
        };
        let document = Document::of_graph(graph);
        nirkit::write(folder.path().join("net.nir"), &document).unwrap();
        let graph = nirkit::read(folder.path().join("net.nir")).unwrap();
        let facts = nirkit::ir::validate(graph.graph().unwrap()).facts.unwrap();
        let input = facts.leaf(facts.inputs(graph.graph().unwrap()).next().unwrap());
        let shape = [&[STEPS], input.output.as_slice()].concat();
        let counts = (0..shape.iter().product()).map(|_| u8::from(numbers.draw() > 0.5)).collect();
        let x = folder.path().join("x.npy");
        write_array(&x, &Tensor::new::<u8>(&shape, counts).unwrap()).unwrap();
        for (meaning, engine) in ENGINES {
            let mut chosen = Vec::new();
            for (name, values) in OPTIONS {
                if numbers.below(12) == 0 {
                    chosen.push((name, values[numbers.below(values.len())]));
                }
            }
            let told = format!("seed {seed}, {meaning}, {chosen:?}");
            match (
                of_crate(&graph, meaning, &chosen, &x),
                of_program(folder.path(), engine, &chosen),
            ) {
                (Ok(crate_), Ok(program)) => {
                    assert_eq!(crate_.0, program.0, "{told}");
                    assert_eq!(crate_.1, program.1, "{told}");
                    ran += 1;
                }
                (Err(_), Err(said)) => {
                    assert!(said.contains("error"), "{told}: {said}");
                    refused += 1;
                }
                (Ok(_), Err(said)) => panic!("{told}: the program refuses: {said}"),
                (Err(said), Ok(_)) => panic!("{told}: the crate refuses: {said}"),
            }
        }
    }
    assert!(ran > 12 && refused > 12, "{ran} ran, {refused} were refused");
}
