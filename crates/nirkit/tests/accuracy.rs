//! The accuracy of each chip on the trained networks beside the project, next to the float networks;
//! the table in `docs/chips.md` follows from it. Counts per sample are those of the chips' own tools.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit --test integration -- --ignored accuracy` writes the table anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit::eval::{Eval, Score, evaluate, read_labels};
use nirkit::io::Limits;
use nirkit::io::array::read_array;
use nirkit::numerics::Tensor;
use nirkit::{Choices, ErrorKind, Model as Prepared, Reset, Stimulus, lower};
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
    set: Stimulus,
    labels: Vec<i64>,
}

impl Model {
    fn read(folder: PathBuf) -> Self {
        let about = fs::read_to_string(folder.join("model.json")).unwrap();
        let about: Value = serde_json::from_str(&about).unwrap();
        let set = Stimulus::read(folder.join(about["test_x"].as_str().unwrap())).unwrap();
        let labels = read_labels(folder.join("test_y.npy"), &Limits::default()).unwrap();
        Self { labels, folder, about, set: set.batched(true) }
    }

    /// The score on a chip, and whether the chip has room for the network; `None` if it refuses it.
    fn score(&self, chip: &str, quantize: &str) -> Option<(Score, bool)> {
        let graph = nirkit::read(self.folder.join("graph.nir")).unwrap();
        let reset = self.about["reset"].as_str();
        let reset: Option<Reset> = reset.map(|reset| reset.parse().unwrap());
        let choices = Choices::new().dt(self.about["dt"].as_f64()).reset(reset);
        let choices = choices.set("quantize", quantize);
        let model = match Prepared::platform(&graph, chip, &choices) {
            Ok(model) => model,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
                return None;
            }
        };
        let set = model.bind(&self.set).unwrap();
        let score = evaluate(&model, &set, &self.labels, &Eval::new().threads(2)).unwrap();
        let lowered = lower(&graph, chip, &choices).unwrap();
        Some((score, lowered.lowering.report.fits()))
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
#[ignore = "needs the material in ../shared"]
fn the_accuracy_of_chips_stands_in_the_documentation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let models = root.join("../shared/models");
    assert!(models.exists(), "there are no models beside the project");
    let names: Vec<String> = CHIPS.iter().map(|(chip, how)| format!("{chip}, {how}")).collect();
    let mut table = format!("| network | float | {} |\n", names.join(" | "));
    table += &format!("|---|---|{}\n", "---|".repeat(CHIPS.len()));
    let mut equal = 0;
    for (name, float) in MODELS {
        let model = Model::read(models.join(name));
        let of_float = model.about["runs"][float]["accuracy"].as_f64().unwrap();
        table += &format!("| {name} | {} ({float}) |", percent(of_float));
        for (chip, quantize) in CHIPS {
            let score = model.score(chip, quantize);
            if let Some(wanted) = model.recorded(chip, quantize) {
                let (found, _) = score.as_ref().unwrap();
                assert_eq!(found.readings.to_f64(), wanted.to_f64(), "{name}, {chip}, {quantize}");
                equal += 1;
            }
            let cell = score.map_or("refused".to_owned(), |(score, fits)| {
                let mark = if fits { "" } else { " *" };
                format!("{}{mark}", percent(score.accuracy))
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
