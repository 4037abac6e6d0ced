//! Integers of quantisation-aware training: the scale of a layer's weights, given or in the metadata of the file.

use std::collections::BTreeMap;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Node, Value};
use nirkit_run::list_items;

use super::Job;

/// The entry of a node's metadata with the scale of its weights, as Brevitas' users write it.
pub use nirkit_ir::open::WEIGHT_SCALE as ENTRY;

/// How far from an integer a weight over its scale may be: half precision moves 127 by as much.
const OFF: f64 = 0.06;

/// Where the scales of weights come from: a weight is an integer times the scale of its layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum WeightScales {
    /// The metadata of the nodes, where they have a scale; the chip's own choice elsewhere.
    #[default]
    OfFile,
    /// The chip's own choice.
    Own,
    /// These nodes have these scales; the others as the file says.
    Given(BTreeMap<String, f64>),
}

impl std::str::FromStr for WeightScales {
    type Err = String;

    /// Reads `file`, `own`, or `NODE=SCALE` with commas between several; a comma in a name is written `\,`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "file" => return Ok(Self::OfFile),
            "own" => return Ok(Self::Own),
            _ => {}
        }
        let read = |part: &str| {
            let (node, scale) = part.rsplit_once('=')?;
            let scale: f64 = scale.trim().parse().ok()?;
            (scale.is_finite() && scale > 0.0).then(|| (node.trim().to_owned(), scale))
        };
        let given = |part: &str| {
            read(part).ok_or_else(|| {
                format!(
                    "`{part}` is no scale; give `file`, `own` or NODE=SCALE with a number above 0"
                )
            })
        };
        let mut scales = BTreeMap::new();
        for part in list_items(text) {
            let (node, scale) = given(&part)?;
            if scales.insert(node.clone(), scale).is_some() {
                return Err(format!("`{node}` has two scales"));
            }
        }
        Ok(Self::Given(scales))
    }
}

/// The scale of a node's weights in its metadata; `None` where there is none, or one for each channel.
fn of_metadata(node: &Node) -> Option<f64> {
    let Some(Value::Tensor(scale)) = node.metadata.get(ENTRY) else { return None };
    let scale = scale.to_f64()?;
    match *scale {
        [scale] if scale.is_finite() && scale > 0.0 => Some(scale),
        _ => None,
    }
}

impl Job<'_> {
    /// The scale of the integers that a leaf's weights are; `None` where nothing says one, or only the file says one and
    /// the weights are no integers times it. A scale that is given is taken.
    pub(super) fn weight_scale(&self, leaf: LeafId) -> Option<f64> {
        let is_given = matches!(self.weight_scales, WeightScales::Given(scales) if scales.contains_key(&self.leaf(leaf).name));
        self.said_weight_scale(leaf).filter(|&scale| is_given || self.are_integers(leaf, scale))
    }

    /// Whether the weights of a leaf are integers times a scale, but for the rounding of the file.
    pub(super) fn are_integers(&self, leaf: LeafId, scale: f64) -> bool {
        let values = self.primitive(leaf).map(nirkit_ir::Primitive::values).unwrap_or_default();
        let weight = values.into_iter().find(|(field, _)| field.name == "weight");
        let Some((_, Value::Tensor(weight))) = weight else { return false };
        let is_integer = |weight: &f64| {
            let integer = weight / scale;
            (integer - integer.round()).abs() <= OFF
        };
        weight.to_f64().is_some_and(|numbers| numbers.iter().all(is_integer))
    }

    /// The scale that is given for a leaf's weights, or that the file says.
    pub(super) fn said_weight_scale(&self, leaf: LeafId) -> Option<f64> {
        let of_file = || of_metadata(self.node(leaf)?);
        match self.weight_scales {
            WeightScales::Own => None,
            WeightScales::OfFile => of_file(),
            WeightScales::Given(scales) => {
                scales.get(&self.leaf(leaf).name).copied().or_else(of_file)
            }
        }
    }

    /// The scale that all of these maps have; `None` where they differ, or one has none.
    pub(super) fn common_weight_scale<'n>(
        &self,
        mut maps: impl Iterator<Item = &'n String>,
    ) -> Option<f64> {
        let scale = |name: &String| self.weight_scale(self.facts.find(name)?);
        let first = scale(maps.next()?)?;
        maps.all(|name| scale(name).is_some_and(|scale| scale - first == 0.0)).then_some(first)
    }
}
