//! What a run says about itself: what was done, under which choices, and with what result.

use std::path::Path;

use nirkit::rounding::Affected;
use serde::Serialize;

use crate::render::table::table;
use nirkit::escape;

/// The report of a run, as it stands in `run.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    program: String,
    file: String,
    engine: &'static str,
    /// In seconds.
    pub(crate) duration: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steps: Option<usize>,
    pub(crate) choices: Vec<Choice>,
    /// How things were computed: the order of the nodes on a grid, the method of each node without.
    pub(crate) methods: Vec<String>,
    pub(crate) notes: Vec<String>,
    /// Decisions that are closer than the arithmetic can tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) grazes: Vec<GrazeInfo>,
    pub(crate) nodes: Vec<Activity>,
    /// Nodes whose spikes depend on the order of additions; `None` if that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rounding: Option<Vec<Affected>>,
    /// The other ways in which a platform can run the graph, where chance decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ways: Vec<Way>,
    pub(crate) files: Vec<String>,
}

/// One of the other ways in which a platform can run a graph.
#[derive(Debug, Serialize)]
pub(crate) struct Way {
    /// Its number, counted from 1; the report itself is about the first one that runs.
    #[serde(rename = "way")]
    pub(crate) number: usize,
    /// The nodes in the order of their turns; empty if it fails.
    pub(crate) methods: Vec<String>,
    pub(crate) nodes: Vec<Activity>,
    /// Why it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    pub(crate) files: Vec<String>,
}

/// A choice, its value, and where the value comes from.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    value: String,
    source: String,
}

impl Choice {
    #[expect(clippy::needless_pass_by_value, reason = "most values are made for this call")]
    pub(crate) fn new(name: &'static str, value: impl ToString, source: impl Into<String>) -> Self {
        Self { name, value: value.to_string(), source: source.into() }
    }

    /// The cells of a table.
    pub(crate) fn cells(&self) -> Vec<String> {
        vec![self.name.to_owned(), self.value.clone(), self.source.clone()]
    }
}

/// What a node put out in all.
#[derive(Debug, Serialize)]
pub(crate) struct Activity {
    pub(crate) node: String,
    pub(crate) sum: f64,
}

/// A spike, or a missing one, that hangs by a hair.
#[derive(Debug, Serialize)]
pub(crate) struct GrazeInfo {
    pub(crate) node: String,
    pub(crate) channel: usize,
    /// In seconds.
    pub(crate) time: f64,
    /// In the unit of the threshold.
    pub(crate) margin: f64,
    pub(crate) spikes: bool,
}

impl Report {
    pub(crate) fn new(file: &Path, engine: &'static str, duration: f64) -> Self {
        Self {
            program: concat!("nirkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            file: file.display().to_string(),
            engine,
            duration,
            steps: None,
            choices: Vec::new(),
            methods: Vec::new(),
            notes: Vec::new(),
            grazes: Vec::new(),
            nodes: Vec::new(),
            rounding: None,
            ways: Vec::new(),
            files: Vec::new(),
        }
    }

    pub(crate) fn print(&self) -> String {
        let choices = self.choices.iter().map(Choice::cells);
        let nodes = self.nodes.iter().map(|node| vec![node.node.clone(), rounded(node.sum)]);
        let steps = self.steps.map_or(String::new(), |steps| format!(", {steps} steps"));
        format!(
            "{}: {} s{steps}, {}\n\n{}\n{}",
            escape::line(&self.file),
            rounded(self.duration),
            self.engine,
            table(&["choice", "value", "from"], choices),
            table(&["node", "output in all"], nodes),
        ) + &self.rounding.as_deref().map_or(String::new(), print_affected)
            + &self.ways.iter().map(Way::print).collect::<String>()
    }
}

/// The nodes whose spikes depend on the order of additions.
fn print_affected(affected: &[Affected]) -> String {
    if affected.is_empty() {
        return "\nno spike depends on the order of additions, of those that were tried\n"
            .to_owned();
    }
    let rows = affected.iter().map(|affected| {
        let entries = format!("{} of {}", affected.entries, affected.of);
        vec![affected.node.clone(), entries, affected.first_step.to_string()]
    });
    let header = ["node", "spikes that depend on the order of additions", "first step"];
    format!("\n{}", table(&header, rows))
}

impl Way {
    fn print(&self) -> String {
        let number = self.number;
        if let Some(error) = &self.error {
            return format!("\nway {number} fails: {error}\n");
        }
        let nodes = self.nodes.iter().map(|node| vec![node.node.clone(), rounded(node.sum)]);
        let nodes = table(&["node", "output in all"], nodes);
        format!("\nway {number}, in another process\n\n{nodes}")
    }
}

/// A number for people: six digits, without zeros at the end.
fn rounded(value: f64) -> String {
    // Zero has no sign here.
    (format!("{value:.5e}").parse::<f64>().unwrap_or(value) + 0.0).to_string()
}
