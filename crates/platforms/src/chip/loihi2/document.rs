//! The document: Lava's processes with their arguments, one after the other.
//!
//! A `Dense` or `Conv` takes the spikes of its `source`, or else those of the process before it (the
//! input for the first one), and leads to its `target`, or else to the process after it. Where that
//! is another `Dense`, this one takes whatever arrives that is not 0 for a spike, as Lava does.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json;

/// Version of the document.
pub(super) const VERSION: i64 = 1;

/// Name of the input where the document gives none.
pub(super) const INPUT: &str = "input";

/// A network of Lava's processes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// `"loihi2"`.
    #[serde(default)]
    pub platform: Option<String>,
    /// Version of the document.
    #[serde(default)]
    pub version: Option<i64>,
    /// Where spikes enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    /// Name of the LIF whose spikes are the answer; the last one unless it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The time step in seconds; nothing is computed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dt: Option<f64>,
    /// The processes.
    pub layers: Vec<Process>,
}

/// Where spikes enter: 0 or 1 for each channel in a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its shape, channels first.
    pub shape: Vec<usize>,
}

/// A process of Lava.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "process")]
pub enum Process {
    /// `lava.proc.dense.process.Dense`.
    Dense(Dense),
    /// `lava.proc.conv.process.Conv`.
    Conv(Conv),
    /// `lava.proc.lif.process.LIF`.
    #[serde(rename = "LIF")]
    Lif(Lif),
}

/// Weights from every source to every target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    /// Its name.
    pub name: String,
    /// Name of the process that it takes spikes of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Name of the process that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Weights: targets × sources.
    pub weights: Vec<Vec<i64>>,
    /// Bits of a weight, the sign included where there are both signs, 1 to 8.
    #[serde(default = "eight")]
    pub num_weight_bits: u32,
    /// Bits by which the sum is shifted left; a negative number shifts right, toward minus infinity.
    #[serde(default)]
    pub weight_exp: i32,
    /// Bits of a graded spike; 0, for spikes without a size.
    #[serde(default)]
    pub num_message_bits: u32,
    /// Steps after which the sum is sent: 1, as in the release of Lava.
    #[serde(default = "one")]
    pub delay: usize,
}

/// A kernel that moves over pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv {
    /// Its name.
    pub name: String,
    /// Name of the process that it takes spikes of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Name of the process that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Weights: output channels × input channels of a group × height × width, as a
    /// cross-correlation. Lava has them flipped and with other axes.
    pub weights: Vec<Vec<Vec<Vec<i64>>>>,
    /// The axes of the weights, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Step between two positions of the kernel: height, width.
    #[serde(default = "Pair::one")]
    pub stride: Pair,
    /// Zeros on each side: height, width.
    #[serde(default = "Pair::zero")]
    pub padding: Pair,
    /// Step between two elements of the kernel: height, width.
    #[serde(default = "Pair::one")]
    pub dilation: Pair,
    /// Groups of channels that do not see each other.
    #[serde(default = "one")]
    pub groups: usize,
    /// Bits of a graded spike; 0, for spikes without a size.
    #[serde(default)]
    pub num_message_bits: u32,
}

/// Leaky integrate-and-fire neurons with the current of a synapse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lif {
    /// Its name.
    pub name: String,
    /// Shape of its neurons, channels first; what arrives says it unless it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
    /// The current loses (du + 1) / 4096 of itself in each step.
    pub du: i64,
    /// The voltage loses dv / 4096 of itself in each step.
    pub dv: i64,
    /// The threshold, in units of 64.
    pub vth: i64,
    /// Mantissas of the biases: one for all neurons or one for each.
    #[serde(default)]
    pub bias_mant: Numbers,
    /// Bits by which mantissas are shifted left; a negative number shifts right.
    #[serde(default)]
    pub bias_exp: i32,
}

/// One number for all, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a whole number is expected, or a list of them")]
pub enum Numbers {
    /// One for all.
    One(i64),
    /// One for each.
    Each(Vec<i64>),
}

/// A number for height and width, or one for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a whole number is expected, or a list of two")]
pub enum Pair {
    /// One for both.
    Both(usize),
    /// Height and width.
    Each([usize; 2]),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::One(0)
    }
}

impl Numbers {
    /// The numbers.
    pub(super) fn list(&self) -> &[i64] {
        match self {
            Self::One(number) => std::slice::from_ref(number),
            Self::Each(numbers) => numbers,
        }
    }
}

impl Pair {
    fn zero() -> Self {
        Self::Both(0)
    }

    fn one() -> Self {
        Self::Both(1)
    }

    /// Height and width.
    pub(super) fn axes(self) -> [usize; 2] {
        match self {
            Self::Both(number) => [number; 2],
            Self::Each(numbers) => numbers,
        }
    }
}

fn one() -> usize {
    1
}

fn eight() -> u32 {
    8
}

impl Process {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Dense(dense) => &dense.name,
            Self::Conv(conv) => &conv.name,
            Self::Lif(lif) => &lif.name,
        }
    }
}

/// The document as JSON.
pub(super) fn write(document: &Document) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// A document, with remarks on what was not read, or everything that is wrong with it.
pub(super) fn read(text: &str) -> Result<(Document, Vec<String>), Vec<String>> {
    let value = json::parse(text).map_err(|error| vec![error.to_string()])?;
    let Value::Object(object) = &value else {
        return Err(vec!["the document is no JSON object".to_owned()]);
    };
    let platform = object.get("platform").unwrap_or(&Value::Null);
    if !platform.is_null() && platform != super::CHIP.name {
        return Err(vec![format!("the document is for {platform}, not \"{}\"", super::CHIP.name)]);
    }
    let version = object.get("version").unwrap_or(&Value::Null);
    if !version.is_null() && *version != VERSION {
        return Err(vec![format!("the document has version {version}; version {VERSION} is read")]);
    }
    let errors = wrong_layers(object);
    if !errors.is_empty() {
        return Err(errors);
    }
    let notes = unread(object);
    let document = json::read(&value).map_err(|error| vec![error])?;
    Ok((document, notes))
}

/// What is wrong with each of the layers.
fn wrong_layers(object: &Map<String, Value>) -> Vec<String> {
    let Some(Value::Array(layers)) = object.get("layers") else {
        return vec!["the document has no list `layers`".to_owned()];
    };
    let wrong = |(at, layer): (usize, &Value)| {
        let error = json::read::<Process>(layer).err()?;
        let name = layer.get("name").and_then(Value::as_str).unwrap_or("without a name");
        Some(format!("`layers[{at}]` ({name}): {error}"))
    };
    layers.iter().enumerate().filter_map(wrong).collect()
}

/// Remarks on keys that mean nothing here.
fn unread(object: &Map<String, Value>) -> Vec<String> {
    const KNOWN: &[&str] = &["platform", "version", "input", "output", "dt", "layers"];
    let unknown = object.keys().filter(|key| !KNOWN.contains(&key.as_str()));
    unknown.map(|key| format!("`{key}` of the document is not read")).collect()
}
