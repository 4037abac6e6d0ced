//! What a run says about itself: what was done, under which choices, and with what result.

use serde::Serialize;

use crate::args::RunArgs;
use crate::render::table::table;

/// The report of a run, as it stands in `run.json`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    program: String,
    file: String,
    engine: &'static str,
    /// In seconds.
    pub(super) duration: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) steps: Option<usize>,
    pub(super) choices: Vec<Choice>,
    /// How things were computed: the order of the nodes on a grid, the method of each node without.
    pub(super) methods: Vec<String>,
    pub(super) notes: Vec<String>,
    /// Decisions that are closer than the arithmetic can tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) grazes: Vec<GrazeInfo>,
    pub(super) nodes: Vec<Activity>,
    pub(super) files: Vec<String>,
}

/// A choice, its value, and where the value comes from.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    value: String,
    source: String,
}

impl Choice {
    #[expect(clippy::needless_pass_by_value, reason = "most values are made for this call")]
    pub(super) fn new(name: &'static str, value: impl ToString, source: impl Into<String>) -> Self {
        Self { name, value: value.to_string(), source: source.into() }
    }
}

/// What a node put out in all.
#[derive(Debug, Serialize)]
pub(super) struct Activity {
    pub(super) node: String,
    pub(super) sum: f64,
}

/// A spike, or a missing one, that hangs by a hair.
#[derive(Debug, Serialize)]
pub(super) struct GrazeInfo {
    pub(super) node: String,
    pub(super) channel: usize,
    /// In seconds.
    pub(super) time: f64,
    /// In the unit of the threshold.
    pub(super) margin: f64,
    pub(super) spikes: bool,
}

impl Report {
    pub(super) fn new(args: &RunArgs, engine: &'static str, duration: f64) -> Self {
        Self {
            program: concat!("nirkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            file: args.file().display().to_string(),
            engine,
            duration,
            steps: None,
            choices: Vec::new(),
            methods: Vec::new(),
            notes: Vec::new(),
            grazes: Vec::new(),
            nodes: Vec::new(),
            files: Vec::new(),
        }
    }

    pub(super) fn print(&self) -> String {
        let choices = self.choices.iter().map(|choice| {
            vec![choice.name.to_owned(), choice.value.clone(), choice.source.clone()]
        });
        let nodes = self.nodes.iter().map(|node| vec![node.node.clone(), rounded(node.sum)]);
        let steps = self.steps.map_or(String::new(), |steps| format!(", {steps} steps"));
        format!(
            "{}: {} s{steps}, {}\n\n{}\n{}",
            self.file,
            rounded(self.duration),
            self.engine,
            table(&["choice", "value", "from"], choices),
            table(&["node", "output in all"], nodes),
        )
    }
}

/// A number for people: six digits, without zeros at the end.
fn rounded(value: f64) -> String {
    format!("{value:.5e}").parse::<f64>().unwrap_or(value).to_string()
}
