//! The report of generated code.

use nirkit_codegen::{File, Layer, VerilogReport};
use serde::Serialize;

use super::{Generated, Quantisation};
use crate::choices::Choice;
use crate::error::{Error, ErrorKind};

/// What is said of generated code.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The name of the language.
    pub target: &'static str,
    /// Places of the files in the folder.
    pub files: Vec<String>,
    /// The command that builds the code and replays the vectors.
    pub check: String,
    /// Every choice, with where it comes from.
    pub choices: Vec<Choice>,
    /// What the platform loses of the graph.
    pub notes: Vec<String>,
    /// Steps that the test bench replays.
    pub steps: usize,
    /// Neurons of all cells of the step program; a chip has cells beside its neurons, which limit or delay spikes.
    pub neurons: usize,
    /// Bytes of weights and parameters.
    pub constant_bytes: usize,
    /// Bytes of the state.
    pub state_bytes: usize,
    /// Products of weighted maps in a step in which every input is active.
    pub most_products: usize,
    /// Arithmetic operations and comparisons of the cells in a step.
    pub cell_operations: usize,
    /// Operations of a step in which everything is active: products with their sums, sums of pools, and the arithmetic operations and
    /// comparisons of neurons.
    pub most_operations: u64,
    /// Operations of a step of the vectors, on average.
    pub typical_operations: f64,
    /// What each node takes, in the order in which they are computed.
    pub layers: Vec<LayerSummary>,
    /// What a design of Verilog takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<VerilogReport>,
    /// What became integers, and what was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantisation: Option<Quantisation>,
}

/// What a node takes.
#[derive(Clone, Debug, Serialize)]
pub struct LayerSummary {
    /// Its name.
    pub name: String,
    /// What it is: `input`, `matrix`, `convolution`, `pool`, `neurons`, `sum` or `move`.
    pub kind: &'static str,
    /// Bytes of its weights and parameters.
    pub constant_bytes: usize,
    /// Bytes of the state that it writes first.
    pub state_bytes: usize,
    /// Operations of a step in which all its inputs are active.
    pub most_operations: u64,
    /// Operations of a step of the vectors, on average.
    pub typical_operations: f64,
}

impl LayerSummary {
    fn of(layer: &Layer, steps: usize) -> Self {
        Self {
            name: layer.name.clone(),
            kind: layer.kind,
            constant_bytes: layer.constants,
            state_bytes: layer.state,
            most_operations: layer.most_operations,
            typical_operations: layer.recorded_operations as f64 / steps.max(1) as f64,
        }
    }
}

impl Generated {
    /// Returns what is said of the code in a folder of this name.
    #[must_use]
    pub fn summary(&self, folder: &str) -> Summary {
        let report = &self.report;
        let layers: Vec<LayerSummary> =
            report.layers.iter().map(|layer| LayerSummary::of(layer, self.steps)).collect();
        Summary {
            target: self.target.name(),
            files: self.files.iter().map(|file| file.path.clone()).collect(),
            check: self.target.check(folder),
            choices: self.choices.clone(),
            notes: self.notes.clone(),
            steps: self.steps,
            neurons: report.neurons,
            constant_bytes: report.constants,
            state_bytes: report.state,
            most_products: report.most_products,
            cell_operations: report.cell_operations,
            most_operations: report.most_operations(),
            typical_operations: layers.iter().map(|layer| layer.typical_operations).sum(),
            layers,
            hardware: self.hardware,
            quantisation: self.quantisation.clone(),
        }
    }

    /// Adds the report to the files.
    pub(super) fn add_report(&mut self) -> Result<(), Error> {
        self.files.push(File { path: "report.json".to_owned(), text: String::new() });
        let text = serde_json::to_string_pretty(&self.summary("."))
            .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Internal))?;
        if let Some(file) = self.files.last_mut() {
            file.text = text + "\n";
        }
        Ok(())
    }
}
