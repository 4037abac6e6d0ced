//! The document: the integers of each layer, as a discretised dynapcnn network has them, with the
//! geometry that they need.

use serde::{Deserialize, Serialize};

/// Version of the document.
const VERSION: i64 = 1;

/// A network for Speck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Always `speck`.
    pub platform: String,
    /// Version of the document.
    pub version: i64,
    /// Where events enter.
    pub input: Input,
    /// The layers in their order.
    pub layers: Vec<Layer>,
}

/// Where events enter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Name of the Input.
    pub name: String,
    /// Channels, height and width.
    pub shape: [usize; 3],
    /// Height and width of the sum pool before the first layer.
    pub pool: [usize; 2],
}

/// A convolution, its neurons and the pool behind them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Node of the graph that has the weights.
    pub layer: String,
    /// Node of the graph that has the neurons.
    pub neuron: String,
    /// Output channels, input channels of a group, height and width of the kernel.
    pub weight_shape: [usize; 4],
    /// The weights in C order.
    pub weight: Vec<i64>,
    /// What is added to each output channel in each step.
    pub bias: Vec<i64>,
    /// Whether the layer has biases at all, even if all of them are 0.
    pub has_bias: bool,
    /// Steps between two positions of the kernel, along height and width.
    pub stride: [usize; 2],
    /// Zeros on each side, along height and width.
    pub padding: [usize; 2],
    /// Steps between two elements of the kernel, along height and width.
    pub dilation: [usize; 2],
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// The threshold of all neurons.
    pub threshold: i64,
    /// The lowest voltage.
    pub min_v_mem: i64,
    /// Integers for each unit of the graph.
    pub scale: f64,
    /// Height and width of the sum pool behind the neurons.
    pub pool: [usize; 2],
    /// The core that holds the layer, if there is room.
    pub core: Option<usize>,
}

impl Document {
    pub(super) fn new(input: Input, layers: Vec<Layer>) -> Self {
        Self { platform: super::CHIP.name.to_owned(), version: VERSION, input, layers }
    }
}

pub(super) fn write(document: &Document) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// Reads a document of ours.
pub(super) fn read(text: &str) -> Result<Document, Vec<String>> {
    let document: Document = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    let Document { platform, version, .. } = &document;
    if platform != super::CHIP.name || *version != VERSION {
        return Err(vec![format!(
            "the document is for `{platform}` in version {version}, not `{}` in version {VERSION}",
            super::CHIP.name
        )]);
    }
    Ok(document)
}
