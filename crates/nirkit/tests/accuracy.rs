//! The accuracy of each chip on the trained networks beside the project, next to the float networks;
//! the table in `docs/chips.md` follows from it. Counts per sample are those of the chips' own tools.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit --test accuracy` writes the table anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit::eval::{ChipJob, classes, counts_on_chip};
use nirkit::io::Limits;
use nirkit::io::array::read_array;
use nirkit::ir::validate;
use nirkit::numerics::Tensor;
use nirkit::platforms::{Chip, ChipChoices, Platform, platform};
use nirkit::stimulus::{self, Frames, Loaded, Source};
use serde_json::Value;

/// The trained networks, and the recorded simulator that reads each as it was trained.
const MODELS: &[(&str, &str)] = &[
    ("digits_mlp", "snntorch"),
    ("digits_mlp_r1", "norse"),
    ("digits_scnn", "sinabs"),
    ("digits_srnn_subtract", "norse"),
    ("digits_srnn_subtract8", "norse"),
    ("digits_srnn_zero", "norse"),
];

/// The columns: chip and quantisation.
const CHIPS: &[(&str, &str)] = &[
    ("xylo", "channel"),
    ("xylo", "global"),
    ("speck", "layer"),
    ("loihi2", "layer"),
    ("spinnaker2", "forward"),
];

const BEGIN: &str = "<!-- made by crates/nirkit/tests/accuracy.rs -->\n";
const END: &str = "<!-- end -->\n";

/// A trained network with its test samples.
struct Model {
    folder: PathBuf,
    about: Value,
    set: Loaded,
    labels: Vec<i64>,
}

impl Model {
    fn read(folder: PathBuf) -> Self {
        let about = fs::read_to_string(folder.join("model.json")).unwrap();
        let about: Value = serde_json::from_str(&about).unwrap();
        let document =
            nirkit::document::read(&folder.join("graph.nir"), &Limits::default()).unwrap();
        let graph = document.graph().unwrap();
        let facts = validate(graph).facts.unwrap();
        let path = folder.join(about["test_x"].as_str().unwrap());
        let source = [Source { node: None, path }];
        let set =
            stimulus::read(&source, graph, &facts, Frames::Auto, true, &Limits::default()).unwrap();
        let labels = read_array(folder.join("test_y.npy"), &Limits::default()).unwrap();
        Self { labels: labels.to_i64().unwrap(), folder, about, set }
    }

    /// Counts of all samples on a chip, and whether the chip has room for the network; `None` if it
    /// refuses it.
    fn counts(&self, chip: &Chip, quantize: &str) -> Option<(Tensor, bool)> {
        let path = self.folder.join("graph.nir");
        let document = nirkit::document::read(&path, &Limits::default()).unwrap();
        let graph = document.graph().unwrap();
        let facts = validate(graph).facts.unwrap();
        let dt = self.about["dt"].as_f64();
        let reset = self.about["reset"].as_str().map(|reset| reset.parse().unwrap());
        let choices = ChipChoices { dt, reset, quantize: Some(quantize.to_owned()) };
        let lowering = chip.lower(graph, &facts, &choices).unwrap();
        let design = lowering.design?;
        let steps = self.set.steps.unwrap();
        let samples = &self.set.samples;
        let job = ChipJob { design: &design, samples, steps, dt: dt.unwrap(), threads: 2 };
        Some((counts_on_chip(&job, &|_| {}).unwrap(), lowering.report.fits()))
    }

    fn accuracy(&self, counts: &Tensor) -> f64 {
        let found = classes(counts);
        let right =
            found.iter().zip(&self.labels).filter(|(class, label)| **class as i64 == **label);
        right.count() as f64 / self.labels.len() as f64
    }

    /// The counts that the chip's own tools gave, if they were recorded.
    fn recorded(&self, chip: &str, quantize: &str) -> Option<Tensor> {
        let runs = self.about["runs"].as_object().unwrap();
        let is_meant = |run: &Value| {
            let quantiser = run["options"]["quantize"].as_str().unwrap_or(quantize);
            run["platform"] == chip
                && quantiser == quantize
                && run["refused"] == false
                && run["put_together_by_hand"] == false
        };
        let (id, _) = runs.iter().find(|(_, run)| is_meant(run))?;
        Some(read_array(self.folder.join(id).join("counts.npy"), &Limits::default()).unwrap())
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[test]
fn the_accuracy_of_chips_stands_in_the_documentation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let models = root.join("../shared/models");
    if !models.exists() {
        println!("skipped: there are no models beside the project");
        return;
    }
    let names: Vec<String> = CHIPS.iter().map(|(chip, how)| format!("{chip}, {how}")).collect();
    let mut table = format!("| network | float | {} |\n", names.join(" | "));
    table += &format!("|---|---|{}\n", "---|".repeat(CHIPS.len()));
    let mut equal = 0;
    for (name, float) in MODELS {
        let model = Model::read(models.join(name));
        let of_float = model.about["runs"][float]["accuracy"].as_f64().unwrap();
        table += &format!("| {name} | {} ({float}) |", percent(of_float));
        for (chip, quantize) in CHIPS {
            let Platform::Chip(known) = platform(chip).unwrap() else { unreachable!() };
            let counts = model.counts(known, quantize);
            if let Some(wanted) = model.recorded(chip, quantize) {
                let (found, _) = counts.as_ref().unwrap();
                assert_eq!(found.to_i64(), wanted.to_i64(), "{name}, {chip}, {quantize}");
                equal += 1;
            }
            let cell = counts.map_or("refused".to_owned(), |(counts, fits)| {
                let mark = if fits { "" } else { " *" };
                format!("{}{mark}", percent(model.accuracy(&counts)))
            });
            table += &format!(" {cell} |");
        }
        table += "\n";
    }
    assert!(equal >= 7, "only {equal} runs of the chips' own tools were held against");
    let page = root.join("docs/chips.md");
    let text = fs::read_to_string(&page).unwrap();
    let begin = text.find(BEGIN).expect("the page marks where the table begins") + BEGIN.len();
    let end = begin + text[begin..].find(END).expect("the page marks where the table ends");
    if std::env::var_os("NIRKIT_UPDATE_DOCS").is_some() {
        fs::write(&page, format!("{}{table}{}", &text[..begin], &text[end..])).unwrap();
    } else {
        assert!(text[begin..end] == table, "docs/chips.md is stale; it should say\n{table}");
    }
}
