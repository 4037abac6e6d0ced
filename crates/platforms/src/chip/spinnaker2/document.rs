//! The document: populations and projections with the arguments that `spinnaker2.snn` takes.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;

/// Version of the document.
pub(super) const VERSION: i64 = 1;

/// The neuron model of populations that a stimulus fills.
pub(super) const SPIKE_LIST: &str = "spike_list";

/// A network of `snn.Population`, `snn.Projection` and `snn.Conv2DProjection`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `"spinnaker2"`.
    pub platform: String,
    /// Version of the document.
    pub version: i64,
    /// The time step in seconds; nothing is computed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dt: Option<f64>,
    /// Name of the population whose spikes are the answer; the last one unless it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Populations, those that a stimulus fills among them.
    pub populations: Vec<Population>,
    /// What connects them.
    pub projections: Vec<Projection>,
}

/// Arguments of `snn.Population`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Number of its neurons.
    pub size: usize,
    /// Their shape, channels first, which py-spinnaker2 does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<usize>,
    /// `spike_list`, `lif_no_delay`, `lif_conv2d` or `lif_curr_exp_no_delay`.
    pub neuron_model: String,
    /// Parameters of the model; none for `spike_list`.
    #[serde(default)]
    pub params: BTreeMap<String, Parameter>,
    /// What the chip records.
    #[serde(default)]
    pub record: Vec<String>,
}

/// A parameter of neurons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a word, a number or a list of numbers is expected")]
pub enum Parameter {
    /// A word, such as the name of a reset.
    Word(String),
    /// One number for all neurons.
    One(f64),
    /// One number for each.
    Each(Vec<f64>),
}

/// Arguments of `snn.Projection` or of `snn.Conv2DProjection`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a list of synapses or a kernel that moves is expected")]
pub enum Projection {
    /// A list of synapses.
    List(ListProjection),
    /// A kernel that moves.
    Conv2d(Conv2dProjection),
}

/// A list of synapses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListProjection {
    /// Name of the population whose spikes are taken.
    pub pre: String,
    /// Name of the population that receives them.
    pub post: String,
    /// For each synapse its source, target, weight, and delay in steps beyond the first.
    pub connections: Vec<[i64; 4]>,
}

/// A kernel that moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv2dProjection {
    /// Name of the population whose spikes are taken.
    pub pre: String,
    /// Name of the population that receives them.
    pub post: String,
    /// Weights: input channels × output channels × height × width.
    pub weights: Vec<Vec<Vec<Vec<i64>>>>,
    /// How the kernel moves.
    pub params: Conv2dParams,
}

/// How a kernel moves. `x` stands for the first axis of a picture, as in py-spinnaker2's own import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv2dParams {
    /// Height of the input, before the pool.
    pub in_height: usize,
    /// Width of the input, before the pool.
    pub in_width: usize,
    /// Step along the first axis.
    pub stride_x: usize,
    /// Step along the second axis.
    pub stride_y: usize,
    /// Rows of the pool that sums up what arrives first.
    pub pool_x: usize,
    /// Columns of this pool.
    pub pool_y: usize,
    /// Zeros above.
    pub pad_top: usize,
    /// Zeros below.
    pub pad_bottom: usize,
    /// Zeros to the left.
    pub pad_left: usize,
    /// Zeros to the right.
    pub pad_right: usize,
}

impl Population {
    /// Shape of its neurons.
    pub(super) fn axes(&self) -> Vec<usize> {
        if self.shape.is_empty() { vec![self.size] } else { self.shape.clone() }
    }
}

/// The document as JSON.
pub(super) fn write(document: &Document) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// A document, or everything that is wrong with it.
pub(super) fn read(text: &str) -> Result<Document, Vec<String>> {
    let value = json::parse(text).map_err(|error| vec![error.to_string()])?;
    let head = (value.get("platform"), value.get("version"));
    if head != (Some(&super::CHIP.name.into()), Some(&VERSION.into())) {
        let [platform, version] = [head.0, head.1].map(|found| found.unwrap_or(&Value::Null));
        return Err(vec![format!(
            "the document is for {platform} in version {version}, not \"{}\" in version {VERSION}",
            super::CHIP.name
        )]);
    }
    let mut errors = Vec::new();
    for (at, item) in items(&value, "populations") {
        errors.extend(wrong::<Population>("populations", at, item));
    }
    for (at, item) in items(&value, "projections") {
        let is_conv = item.get("params").is_some();
        let wrong = if is_conv { wrong::<Conv2dProjection> } else { wrong::<ListProjection> };
        errors.extend(wrong("projections", at, item));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    json::read(&value).map_err(|error| vec![error])
}

/// The items of a list, with their numbers.
fn items<'a>(value: &'a Value, list: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    value.get(list).and_then(Value::as_array).into_iter().flatten().enumerate()
}

/// What is wrong with an item of a list.
fn wrong<T: DeserializeOwned>(list: &str, at: usize, item: &Value) -> Option<String> {
    let error = json::read::<T>(item).err()?;
    Some(format!("`{list}[{at}]`: {error}"))
}
