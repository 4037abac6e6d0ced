//! The form of `case.toml` and `suite.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::{Follows, Level};

/// Number of the form of these files.
pub const FORMAT: u32 = 1;

/// Name of the file that describes a case.
pub const CASE: &str = "case.toml";

/// Name of the file that describes the suite.
pub const SUITE: &str = "suite.toml";

/// The suite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteFile {
    /// Number of the form.
    pub format: u32,
    /// Version of NIR that the graphs follow.
    pub nir: String,
    /// Version of nirkit that computed the answers.
    pub nirkit: String,
    /// Licence of the suite.
    pub licence: String,
    /// Every case.
    pub cases: Vec<Listed>,
}

/// The licence of what is written.
const LICENCE: &str = "MIT OR Apache-2.0; images of digits: E. Alpaydin, UCI, 1998, CC BY 4.0, scaled to 0 to 1 and turned \
                       into spikes";

impl SuiteFile {
    /// The description of a suite of this version with these cases.
    #[must_use]
    pub fn new(cases: Vec<Listed>) -> Self {
        let (nir, nirkit) = (nirkit::ir::REFERENCE_VERSION, env!("CARGO_PKG_VERSION"));
        Self {
            format: FORMAT,
            nir: nir.to_owned(),
            nirkit: nirkit.to_owned(),
            licence: LICENCE.to_owned(),
            cases,
        }
    }
}

/// A case in the list of the suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its name, which is that of its folder.
    pub name: String,
    /// What it is about.
    pub level: Level,
    /// SHA-256 of the names and contents of its files.
    pub sha256: String,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseFile {
    /// Number of the form.
    pub format: u32,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub level: Level,
    /// The kinds of the nodes.
    pub primitives: Vec<String>,
    /// What it asks.
    pub asks: String,
    /// Why the graph has to be refused; missing if it has to be run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refuse: Option<String>,
    /// Length of a step in seconds.
    pub dt: f64,
    /// Number of steps.
    pub steps: usize,
    /// What a spike is to the node that receives it: `pulse:SECONDS` or `impulse:AREA`.
    pub spike: String,
    /// Whether every sound discretisation gives the exact answer, but for a constant lag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robust: Option<bool>,
    /// The choices that change the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive_to: Vec<String>,
    /// The largest relative change of all thresholds that leaves every exact spike in its step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Bound of the error of the exact times, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
    /// For each Input, the file with its frames.
    pub inputs: BTreeMap<String, String>,
    /// For each Output, its exact answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, OutputFile>,
    /// The nodes that spike, sources first; their spikes are in `exact.csv`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeFile>,
    /// The answers of the clocked engine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocked: Vec<ClockedFile>,
}

/// The exact answer of an Output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputFile {
    /// File with (T, *shape): spikes counted by steps, or voltages at the end of each step.
    pub exact: String,
    /// Of voltages, what sound discretisations differ by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
}

/// A node that spikes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NodeFile {
    /// Its full name.
    pub name: String,
    /// Its shape, without time.
    pub shape: Vec<usize>,
}

/// An answer of the clocked engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockedFile {
    /// Name of the choices.
    pub name: String,
    /// Whether NIR makes them.
    pub follows: Follows,
    /// The choices.
    pub choices: BTreeMap<String, String>,
    /// For each Output, a file; none where the answer is the exact one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, String>,
}
