//! What a run says about itself: what was done, under which choices, and with what result.

use nirkit::numerics::Shortest;
use nirkit::platforms::chip::cost::Activity;
use nirkit::recording::Total;
use nirkit::rounding::Affected;
use nirkit::{Choice, Error, Operations, Recording};
use serde::Serialize;

use crate::inputs::{Inputs, PROGRAM};
use crate::render::activity;
use crate::render::table::{choices, table};
use nirkit::escape;

/// The report of a run, as it stands in `run.json`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    program: &'static str,
    #[serde(flatten)]
    inputs: Inputs,
    engine: &'static str,
    /// In seconds; missing where steps have no length.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
    /// Samples of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    samples: Option<usize>,
    choices: Vec<Choice>,
    /// How things were computed: the order of the nodes on a grid, the method of each node without.
    methods: Vec<String>,
    pub(super) notes: Vec<String>,
    /// Decisions that are closer than the arithmetic can tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grazes: Vec<GrazeInfo>,
    nodes: Vec<Total>,
    /// Nodes whose spikes depend on the order of additions; `None` if that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rounding: Option<Vec<Affected>>,
    /// Spikes and what they set off, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    operations: Option<Activity>,
    /// The other ways in which a platform can run the graph, where chance decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ways: Vec<Way>,
    pub(super) files: Vec<String>,
}

/// One of the other ways in which a platform can run a graph.
#[derive(Debug, Serialize)]
pub(super) struct Way {
    /// Its number, counted from 1; the report itself is about the first one that runs.
    #[serde(rename = "way")]
    number: usize,
    /// The nodes in the order of their turns; empty if it fails.
    methods: Vec<String>,
    nodes: Vec<Total>,
    /// Why it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    pub(super) files: Vec<String>,
}

/// A spike, or a missing one, that hangs by a hair.
#[derive(Debug, Serialize)]
struct GrazeInfo {
    node: String,
    channel: usize,
    /// In seconds.
    time: f64,
    /// In the unit of the threshold.
    margin: f64,
    spikes: bool,
}

impl Report {
    pub(super) fn of(inputs: Inputs, recording: &Recording) -> Self {
        let graze = |graze: &nirkit::recording::Graze| GrazeInfo {
            node: graze.node.clone(),
            channel: graze.channel,
            time: graze.time,
            margin: graze.margin,
            spikes: graze.spikes,
        };
        Self {
            program: PROGRAM,
            inputs,
            engine: recording.engine,
            duration: recording.duration,
            steps: recording.steps,
            samples: recording.has_batch.then_some(recording.samples),
            choices: recording.choices.clone(),
            methods: recording.methods.clone(),
            notes: recording.notes.clone(),
            grazes: recording.grazes.iter().map(graze).collect(),
            nodes: recording.totals.clone(),
            rounding: recording.affected.clone(),
            operations: None,
            ways: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Takes in what was counted.
    pub(super) fn count(&mut self, operations: Operations) {
        self.notes.extend(operations.notes);
        self.operations = Some(operations.activity);
    }

    pub(super) fn print(&self) -> String {
        let nodes = self
            .nodes
            .iter()
            .map(|node| vec![node.node.clone(), Shortest::six_digits(node.sum).to_string()]);
        let duration =
            self.duration.map(|duration| format!("{} s", Shortest::six_digits(duration)));
        let steps = self.steps.map(|steps| format!("{steps} steps"));
        let samples = self.samples.map(|samples| format!("{samples} samples"));
        let lengths: Vec<String> = samples.into_iter().chain(duration).chain(steps).collect();
        format!(
            "{}: {}, {}\n\n{}\n{}",
            escape::line(&self.inputs.file),
            lengths.join(", "),
            self.engine,
            choices(&self.choices),
            table(&["node", TOTAL], nodes),
        ) + &self.operations.as_ref().map_or(String::new(), print_operations)
            + &self.rounding.as_deref().map_or(String::new(), print_affected)
            + &self.ways.iter().map(Way::print).collect::<String>()
    }
}

/// Spikes and what they set off.
fn print_operations(activity: &Activity) -> String {
    let macs: u64 = activity.traffic.iter().map(|traffic| traffic.macs).sum();
    let operations = activity.synaptic_operations();
    let each = (operations > 0).then(|| macs as f64 / operations as f64);
    format!("\n{}\n{}", activity::layers(activity), activity::traffic(activity, each))
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

/// The head of the column that says what each node put out.
const TOTAL: &str = "total (spikes, or the sum of a map)";

impl Way {
    pub(super) fn of(number: usize, recording: &Recording) -> Self {
        let (methods, nodes) = (recording.methods.clone(), recording.totals.clone());
        Self { number, methods, nodes, error: None, files: Vec::new() }
    }

    pub(super) fn failed(number: usize, error: &Error) -> Self {
        let error = Some(error.to_string());
        Self { number, methods: Vec::new(), nodes: Vec::new(), error, files: Vec::new() }
    }

    fn print(&self) -> String {
        let number = self.number;
        if let Some(error) = &self.error {
            return format!("\nway {number} fails: {error}\n");
        }
        let nodes = self
            .nodes
            .iter()
            .map(|node| vec![node.node.clone(), Shortest::six_digits(node.sum).to_string()]);
        let nodes = table(&["node", TOTAL], nodes);
        format!("\nway {number}, in another process\n\n{nodes}")
    }
}
