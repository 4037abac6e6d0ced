//! The tables of the NIR paper, reproduced (Pedersen et al., 2024): the single LIF of its first task
//! and the similarities of its third, on simulators and on chips.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit-platforms --test integration -- --ignored paper` writes the page anew. The
//! paper's files lie beside the project and are no part of it; the test is ignored unless it is asked for (`-- --ignored`).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::beside;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use nirkit_engine::clocked::Recording;
use nirkit_engine::clocked::semantics::record;
use nirkit_exact::Options;
use nirkit_io::{Limits, array, nir};
use nirkit_ir::{Document, Facts, validate};
use nirkit_platforms::compare::compare_recordings;
use nirkit_platforms::{ChipChoices, Choices, Platform, platform};
use nirkit_run::{Observable, Request, Reset, Signal, Stimulus};

use beside::shared;

/// The time step of all of the paper's networks, in seconds.
const DT: f64 = 1e-4;

/// Single neurons: the file of the paper, the platform, and the graph that it was given.
const LIFS: &[(&str, &str, &str)] = &[
    ("lif_norse.csv", "norse@1.1.0", "lif_norse.nir"),
    ("lif_snntorch.csv", "snntorch@1.0.0", "lif_norse.nir"),
    ("lif_nengo.csv", "nengo@4.1.0", "lif_norse.nir"),
    ("lif_sinabs.csv", "sinabs@2.0.3", "lif_norse.nir"),
    ("lif_rockpool.csv", "rockpool@paper", "lif_rockpool.nir"),
    ("lif_spyx.csv", "spyx@paper", "lif_norse.nir"),
    ("lif_lava_cpu_float.csv", "lava@paper", "lif_norse.nir"),
];

/// Single neurons on chips, with what is asked of the chip and how its numbers become those of the
/// file.
const CHIP_LIFS: &[ChipLif] = &[
    ChipLif {
        file: "lif_lava_cpu_fixed.csv",
        title: "loihi2@paper",
        quantize: "paper",
        scale: 1.0,
        late: 0,
        at_spikes: None,
    },
    // The probe of the chip shows 2 << 6 where Lava's model shows the voltage after the reset.
    ChipLif {
        file: "lif_lava_loihi_fixed.csv",
        title: "loihi2@paper",
        quantize: "paper",
        scale: 1.0,
        late: 0,
        at_spikes: Some(128.0),
    },
    // Recorded with py-spinnaker2's Brian2 backend, in which spikes arrive in their own step.
    ChipLif {
        file: "lif_spinnaker2.csv",
        title: "spinnaker2@paper",
        quantize: "notebook",
        scale: 102.02,
        late: 1,
        at_spikes: None,
    },
];

/// A single neuron on a chip.
struct ChipLif {
    file: &'static str,
    title: &'static str,
    quantize: &'static str,
    /// What a voltage of the file is on the chip.
    scale: f64,
    /// Steps by which the chip is later than the file.
    late: usize,
    /// What the file has for the voltage of a step with a spike, where that is no voltage.
    at_spikes: Option<f64>,
}

/// Similarities as the paper's repository has them, above the diagonal, row by row.
struct Similarities {
    title: &'static str,
    case: &'static str,
    /// The reset, for platforms that ask for it.
    reset: Reset,
    platforms: &'static [&'static str],
    stored: &'static [f64],
}

const SIMILARITIES: &[Similarities] = &[
    Similarities {
        title: "Braille, noDelay_bias_zero",
        case: "paper_braille_zero",
        reset: Reset::Zero,
        platforms: &[
            "lava-dl@paper",
            "nengo@4.1.0",
            "norse@paper",
            "snntorch@paper",
            "spinnaker2@paper",
            "spyx@paper",
        ],
        stored: &[
            0.744_401, 0.774_032, 0.800_490, 0.850_551, 0.753_119, // lava-dl
            0.941_080, 0.938_063, 0.963_248, 0.967_167, // nengo
            0.998_607, 0.964_313, 0.993_160, // norse
            0.966_844, 0.990_627, // snntorch
            0.964_495, // spinnaker2
        ],
    },
    Similarities {
        title: "Braille, noDelay_noBias_subtract",
        case: "paper_braille_subtract",
        reset: Reset::Subtract,
        platforms: &[
            "nengo@4.1.0",
            "norse@paper",
            "snntorch@paper",
            "spinnaker2@paper",
            "spyx@paper",
        ],
        stored: &[
            0.949_893, 0.956_883, 0.955_585, 0.957_202, // nengo
            0.992_866, 0.986_203, 0.995_733, // norse
            0.992_468, 0.997_615, // snntorch
            0.995_432, // spinnaker2
        ],
    },
];

/// A platform with what is asked of it.
struct Ask {
    title: &'static str,
    reset: Option<Reset>,
    quantize: Option<&'static str>,
}

impl Ask {
    fn plain(title: &'static str) -> Self {
        Self { title, reset: None, quantize: None }
    }
}

/// Runs a platform; the arrays of these observables of a node.
fn run(
    ask: &Ask,
    file: &Path,
    values: &[f64],
    node: impl Fn(&Document, &Facts) -> String,
    observables: &[Observable],
) -> Recording {
    let document = nir::read(file, &Limits::default()).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let input = facts.leaf(facts.inputs(graph).next().unwrap());
    let channels = input.outputs();
    let signal = Signal::Frames { channels, values: values.to_vec(), counts: true };
    let stimulus = Stimulus { signals: BTreeMap::from([(input.name.clone(), signal)]) };
    let node = node(&document, &facts);
    let request = |&observable| Request { node: node.clone(), observable };
    let requests: Vec<Request> = observables.iter().map(request).collect();
    let steps = values.len() / channels;
    match platform(ask.title).unwrap() {
        Platform::Simulator(profile) => {
            let choices = Choices { dt: Some(DT), reset: None, ..Choices::default() };
            let program = profile.prepare(graph, &facts, &choices).unwrap();
            record(&program, &stimulus, steps, &requests).unwrap()
        }
        Platform::Chip(chip) => {
            let quantize = ask.quantize.map(str::to_owned);
            let choices =
                ChipChoices { dt: Some(DT), reset: ask.reset, quantize, ..ChipChoices::default() };
            let design = chip.lower(graph, &facts, &choices).unwrap().design.unwrap();
            design.emulation.record(&stimulus, steps, DT, &requests).unwrap()
        }
    }
}

/// The columns of a table of the paper: input, voltage, spikes.
fn columns(path: &Path) -> [Vec<f64>; 3] {
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<f64>> =
        text.lines().map(|line| line.split(',').map(|x| x.parse().unwrap()).collect()).collect();
    [0, 1, 2].map(|column| rows.iter().map(|row| row[column]).collect())
}

/// Steps in which there are spikes.
fn steps(spikes: &[f64]) -> Vec<usize> {
    spikes.iter().enumerate().filter(|(_, spike)| **spike > 0.0).map(|(step, _)| step).collect()
}

/// The neuron that leads to the output.
fn neuron(_: &Document, facts: &Facts) -> String {
    let output = facts.leaves().iter().find(|leaf| leaf.name == "output").unwrap();
    facts.leaf(output.sources[0]).name.clone()
}

/// A row of the page: file, platform, steps of the spikes, largest voltage.
fn row(file: &str, title: &str, spikes: &[f64], largest: f64) -> String {
    let steps: Vec<String> = steps(spikes).iter().map(ToString::to_string).collect();
    format!("| `{file}` | {title} | {} | {largest:.5} |\n", steps.join(", "))
}

/// Holds spikes and voltages of a platform against a file.
fn meet(file: &str, [spikes, v]: [&[f64]; 2], [found_spikes, found_v]: [&[f64]; 2]) -> f64 {
    assert_eq!(steps(found_spikes), steps(spikes), "{file}");
    let largest = v.iter().fold(0.0, |largest: f64, v| largest.max(v.abs()));
    let away = found_v.iter().zip(v).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(away <= 1e-6 * largest, "{file}: voltages differ by {away} of {largest}");
    largest
}

fn lif(folder: &Path, (file, title, graph): (&str, &'static str, &str)) -> String {
    let [input, v, spikes] = columns(&folder.join(file));
    let observables = [Observable::Spikes, Observable::V];
    let found = run(&Ask::plain(title), &folder.join(graph), &input, neuron, &observables);
    let [found_spikes, found_v] = [0, 1].map(|at| found.arrays[at].1.to_f64().unwrap());
    let largest = meet(file, [&spikes, &v], [&found_spikes, &found_v]);
    row(file, title, &spikes, largest)
}

fn chip_lif(folder: &Path, case: &ChipLif) -> String {
    let [mut input, mut v, spikes] = columns(&folder.join(case.file));
    if input.iter().all(|&x| x == 0.0) {
        // The files of Lava leave the input out; it is the same everywhere.
        [input, _, _] = columns(&folder.join("lif_norse.csv"));
    }
    for step in steps(&spikes) {
        if let Some(shown) = case.at_spikes {
            assert_eq!(v[step], shown, "{}", case.file);
            v[step] = 0.0;
        }
    }
    input.extend(vec![0.0; case.late]);
    let ask = Ask { title: case.title, reset: Some(Reset::Zero), quantize: Some(case.quantize) };
    let observables = [Observable::Spikes, Observable::V];
    let found = run(&ask, &folder.join("lif_norse.nir"), &input, neuron, &observables);
    let [found_spikes, found_v] = [0, 1].map(|at| found.arrays[at].1.to_f64().unwrap());
    let found_v: Vec<f64> = found_v.iter().map(|v| v / case.scale).collect();
    let late = case.late;
    let largest = meet(case.file, [&spikes, &v], [&found_spikes[late..], &found_v[late..]]);
    row(case.file, &format!("{}, `{}`", case.title, case.quantize), &spikes, largest)
}

/// The row of the exact solution: `lif_exact.csv` against the ideal, voltages at the ends of steps.
fn exact_lif(folder: &Path) -> String {
    let file = "lif_exact.csv";
    let [input, v, spikes] = columns(&folder.join(file));
    let document = nir::read(folder.join("lif_norse.nir"), &Limits::default()).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let options = Options { step: DT, ..Options::default() };
    let program = nirkit_exact::prepare(graph, &facts, &options).unwrap();
    let name = facts.leaf(facts.inputs(graph).next().unwrap()).name.clone();
    let current = Signal::Frames { channels: 1, values: input.clone(), counts: false };
    let stimulus = Stimulus { signals: BTreeMap::from([(name, current)]) };
    let neuron = program.find("1").unwrap();
    let times = (1..=input.len()).map(|step| step as f64 * DT).collect();
    let mut found = nirkit_exact::Recording::sampling(times, [(neuron, Observable::V)]);
    let mut run = program.start(&stimulus).unwrap();
    run.advance(input.len() as f64 * DT, &mut found).unwrap();
    let found_steps: Vec<usize> =
        found.spikes(neuron).map(|(time, _)| (time / DT).floor() as usize).collect();
    assert_eq!(found_steps, steps(&spikes), "{file}");
    let largest = v.iter().fold(0.0, |largest: f64, v| largest.max(v.abs()));
    let pairs = found.traces[0].values.iter().zip(&v);
    let away = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    // The file holds numbers that were rounded to single precision.
    assert!(away <= 1e-6 * largest, "{file}: voltages differ by {away} of {largest}");
    let steps: Vec<String> = found_steps.iter().map(ToString::to_string).collect();
    format!("| `{file}` | ideal | {} | {largest:.5} |\n", steps.join(", "))
}

#[test]
#[ignore = "needs the material in ../shared"]
fn the_tables_of_the_paper_are_reproduced() {
    let (lifs, cases) = (shared("reference/paper/01_lif"), shared("goldens/simulators"));
    let mut page = String::from(
        "# The paper's tables, reproduced\n\nResults stored with the NIR paper (Pedersen et al., 2024), computed by nirkit. \
         This page is made by a test.\n\n## A single LIF\n\nSteps of the spikes are equal, voltages up to a millionth of the \
         largest.\n\n| file | platform | spikes at | largest voltage |\n|---|---|---|---|\n",
    );
    page += &exact_lif(&lifs);
    for &row in LIFS {
        page += &lif(&lifs, row);
    }
    for case in CHIP_LIFS {
        page += &chip_lif(&lifs, case);
    }
    page += "\n`lif_lava_loihi_fixed.csv` was recorded on a chip, whose probe shows 128 instead of the voltage where there \
             is a spike.\n`lif_spinnaker2.csv` comes from a simulator in which spikes arrive in their own step; on the \
             chip they arrive one step\nlater, which was taken off.\n";
    page += "\n## Similarity of the first layer\n\nCosine of the mean activity of the recurrent layer for the first test \
             sample: stored, then computed.\n";
    for table in SIMILARITIES {
        similarities(&mut page, &cases, table);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/paper.md");
    if std::env::var_os("NIRKIT_UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/paper.md is stale; run this test with NIRKIT_UPDATE_DOCS=1");
}

fn similarities(page: &mut String, cases: &Path, table: &Similarities) {
    let case = cases.join(table.case);
    let input = array::read_array(case.join("input.npy"), &Limits::default()).unwrap();
    let input = input.to_f64().unwrap();
    let layer = |_: &Document, _: &Facts| "lif1.lif".to_owned();
    let spikes = |&title: &&'static str| {
        let ask = Ask { title, reset: Some(table.reset), quantize: None };
        run(&ask, &case.join("graph.nir"), &input, layer, &[Observable::Spikes])
    };
    let runs: Vec<Recording> = table.platforms.iter().map(spikes).collect();
    write!(page, "\n### {}\n\n| |", table.title).unwrap();
    writeln!(page, " {} |", table.platforms[1..].join(" | ")).unwrap();
    writeln!(page, "|---|{}", "---|".repeat(runs.len() - 1)).unwrap();
    let mut stored = table.stored.iter();
    for (row, title) in table.platforms.iter().enumerate().take(runs.len() - 1) {
        write!(page, "| {title} |{}", " |".repeat(row)).unwrap();
        for other in &runs[row + 1..] {
            let expected = stored.next().unwrap();
            let found = compare_recordings(&runs[row], other, 10.0).nodes[0].cosine;
            assert!((found - expected).abs() < 1e-6, "{title}: {found}, stored {expected}");
            write!(page, " {expected:.6}, {found:.6} |").unwrap();
        }
        page.push('\n');
    }
}
