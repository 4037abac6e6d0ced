//! Metadata that describe weights, when a pass changes the weights.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::value::Fields;
use nirkit_ir::{Graph, Value};
use nirkit_numerics::Tensor;

use super::{Done, numbers};

/// Parts of the names of entries that describe weights.
const DESCRIBES: [&str; 4] = ["quant", "scale", "zero_point", "weight"];

/// How near the ratios of all weights have to be for one number: a few roundings of single precision.
const SAME: f64 = 1e-6;

/// The nodes whose metadata describe weights, with the weights that they describe.
pub(super) struct Described(Vec<(String, Tensor)>);

impl Described {
    /// Those of a graph.
    pub(super) fn of(graph: &Graph) -> Self {
        let nodes = graph.nodes.iter();
        let described = nodes.filter(|(_, _, node)| node.metadata.keys().any(|key| describes(key)));
        let weights = |primitive: &Primitive| weight(primitive).cloned();
        let found = described
            .filter_map(|(_, name, node)| Some((name.to_owned(), weights(&node.primitive)?)));
        Self(found.collect())
    }

    /// Scales metadata with the weights that were scaled, and drops those of weights that became others.
    pub(super) fn settle(self, graph: &mut Graph) -> Vec<Done> {
        let mut done = Vec::new();
        for (name, before) in self.0 {
            let Some(node) = graph.nodes.get_mut(&name) else { continue };
            let after = weight(&node.primitive);
            if after == Some(&before) {
                continue;
            }
            let what = match after.and_then(|after| ratio(&before, after)) {
                Some(ratio) => scale(&mut node.metadata, ratio),
                None => drop_entries(&mut node.metadata),
            };
            done.extend(what.into_iter().map(|what| Done::new(name.clone(), what)));
        }
        done
    }
}

fn describes(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    DESCRIBES.iter().any(|part| key.contains(part))
}

fn weight(primitive: &Primitive) -> Option<&Tensor> {
    match primitive {
        Primitive::Affine(p) => Some(&p.weight),
        Primitive::Linear(p) => Some(&p.weight),
        Primitive::Conv1d(p) => Some(&p.weight),
        Primitive::Conv2d(p) => Some(&p.weight),
        _ => None,
    }
}

/// The one number by which all weights were multiplied.
fn ratio(before: &Tensor, after: &Tensor) -> Option<f64> {
    if before.shape() != after.shape() {
        return None;
    }
    let (old, new) = (before.to_f64()?, after.to_f64()?);
    let largest = (0..old.len()).max_by(|&a, &b| old[a].abs().total_cmp(&old[b].abs()))?;
    let ratio = new[largest] / old[largest];
    let room = SAME * old[largest].abs() * ratio.abs();
    let is_one = old.iter().zip(new.iter()).all(|(old, new)| (old * ratio - new).abs() <= room);
    (ratio.is_finite() && is_one).then_some(ratio)
}

fn scale(metadata: &mut Fields, ratio: f64) -> Vec<String> {
    let mut done = Vec::new();
    let scales = |key: &str| describes(key) && key.to_ascii_lowercase().contains("scale");
    for (key, value) in metadata.iter_mut().filter(|(key, _)| scales(key)) {
        if let Value::Tensor(tensor) = value
            && let Some(scaled) = numbers::map(tensor, |_, number| number * ratio)
        {
            *tensor = scaled;
            done.push(format!("metadata `{key}` times {ratio}, as the weights"));
        }
    }
    done
}

fn drop_entries(metadata: &mut Fields) -> Vec<String> {
    let gone: Vec<String> = metadata.keys().filter(|key| describes(key)).cloned().collect();
    metadata.retain(|key, _| !gone.contains(key));
    gone.into_iter()
        .map(|key| format!("dropped metadata `{key}`, which described other weights"))
        .collect()
}
