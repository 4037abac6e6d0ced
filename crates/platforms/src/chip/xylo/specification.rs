//! The document: a specification with the keys of `XyloSim.from_specification`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::map::Weights;
use crate::json;

/// Version of the document.
const VERSION: i64 = 1;

/// A network for Xylo, under the names of `XyloSim.from_specification`. A list that is absent is
/// all zeros.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Specification {
    /// Weights to the hidden neurons: inputs × hidden, or inputs × hidden × synapses.
    pub weights_in: Nested,
    /// Weights between hidden neurons: hidden × hidden, or hidden × hidden × synapses.
    #[serde(default)]
    pub weights_rec: Option<Nested>,
    /// Weights to the output neurons: hidden × outputs; fewer rows are those of the last hidden
    /// neurons.
    pub weights_out: Vec<Vec<i64>>,
    /// Shifts by which the voltages of hidden neurons decay.
    #[serde(default)]
    pub dash_mem: Option<Vec<i64>>,
    /// Shifts by which the voltages of output neurons decay.
    #[serde(default)]
    pub dash_mem_out: Option<Vec<i64>>,
    /// Shifts by which the currents of hidden neurons decay.
    #[serde(default)]
    pub dash_syn: Option<Vec<i64>>,
    /// The same for their second synapses.
    #[serde(default)]
    pub dash_syn_2: Option<Vec<i64>>,
    /// Shifts by which the currents of output neurons decay.
    #[serde(default)]
    pub dash_syn_out: Option<Vec<i64>>,
    /// Thresholds of hidden neurons.
    #[serde(default)]
    pub threshold: Option<Vec<i64>>,
    /// Thresholds of output neurons.
    #[serde(default)]
    pub threshold_out: Option<Vec<i64>>,
    /// What is added to the voltages of hidden neurons in each step.
    #[serde(default)]
    pub bias: Option<Vec<i64>>,
    /// What is added to the voltages of output neurons in each step.
    #[serde(default)]
    pub bias_out: Option<Vec<i64>>,
    /// Bits by which input weights are shifted left.
    #[serde(default)]
    pub weight_shift_in: i64,
    /// Bits by which recurrent weights are shifted left.
    #[serde(default)]
    pub weight_shift_rec: i64,
    /// Bits by which output weights are shifted left.
    #[serde(default)]
    pub weight_shift_out: i64,
    /// For each hidden neuron those that count its spikes as theirs.
    #[serde(default)]
    pub aliases: Option<Vec<Vec<usize>>>,
    /// The time step in seconds; nothing is computed with it.
    #[serde(default)]
    pub dt: Option<f64>,
}

/// Nested lists of weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "lists of whole numbers are expected, two or three deep")]
pub enum Nested {
    /// Sources × targets, for the first synapse.
    Flat(Vec<Vec<i64>>),
    /// Sources × targets × synapses.
    Deep(Vec<Vec<Vec<i64>>>),
}

impl Nested {
    /// Weights of the first synapse, in the shape of `like`, each in a list of its own.
    pub(super) fn deep(values: &[i64], like: &Weights) -> Self {
        let rows = Self::rows(values, like.targets);
        let rows = if rows.is_empty() { vec![Vec::new(); like.sources] } else { rows };
        let deep = |row: Vec<i64>| row.into_iter().map(|weight| vec![weight]).collect();
        Self::Deep(rows.into_iter().map(deep).collect())
    }

    /// Rows of so many targets.
    pub(super) fn rows(values: &[i64], targets: usize) -> Vec<Vec<i64>> {
        values.chunks(targets.max(1)).map(<[i64]>::to_vec).collect()
    }

    /// The same with a list for each weight.
    pub(super) fn into_deep(self) -> Vec<Vec<Vec<i64>>> {
        let deep = |row: Vec<i64>| row.into_iter().map(|weight| vec![weight]).collect();
        match self {
            Self::Flat(rows) => rows.into_iter().map(deep).collect(),
            Self::Deep(rows) => rows,
        }
    }
}

/// The document of a specification.
pub(super) fn write(specification: &Specification) -> String {
    let document = serde_json::json!({
        "platform": super::CHIP.name,
        "version": VERSION,
        "specification": specification,
    });
    document.to_string()
}

/// A specification from a document of ours, or from a bare one with the keys of XyloSim, with
/// remarks on what was not read.
pub(super) fn read(document: &str) -> Result<(Specification, Vec<String>), Vec<String>> {
    let value = json::parse(document).map_err(|error| vec![error.to_string()])?;
    let Value::Object(mut object) = value else {
        return Err(vec!["the document is no JSON object".to_owned()]);
    };
    let mut notes = Vec::new();
    if let Some(platform) = object.get("platform") {
        let (version, name) = (object.get("version"), super::CHIP.name);
        if platform != name || version != Some(&Value::from(VERSION)) {
            let version = version.unwrap_or(&Value::Null);
            return Err(vec![format!(
                "the document is for {platform} in version {version}, not \"{name}\" in version {VERSION}"
            )]);
        }
        let Some(Value::Object(inner)) = object.remove("specification") else {
            return Err(vec!["the document has no object `specification`".to_owned()]);
        };
        notes.extend(unread(&object, &["platform", "version"], "document"));
        object = inner;
    }
    notes.extend(unread(&object, KEYS, "specification"));
    let specification = json::read(&Value::Object(object))
        .map_err(|error| vec![format!("the specification: {error}")])?;
    Ok((specification, notes))
}

/// What a specification can have.
const KEYS: &[&str] = &[
    "weights_in",
    "weights_rec",
    "weights_out",
    "dash_mem",
    "dash_mem_out",
    "dash_syn",
    "dash_syn_2",
    "dash_syn_out",
    "threshold",
    "threshold_out",
    "bias",
    "bias_out",
    "weight_shift_in",
    "weight_shift_rec",
    "weight_shift_out",
    "aliases",
    "dt",
];

/// Remarks on keys that mean nothing here.
fn unread(object: &Map<String, Value>, known: &[&str], place: &str) -> Vec<String> {
    let unknown = object.keys().filter(|key| !known.contains(&key.as_str()));
    unknown.map(|key| format!("`{key}` of the {place} is not read")).collect()
}
