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

/// What stands in the metadata of nodes, and in fields that their kinds do not declare.
#[derive(Clone, Debug, Default)]
pub struct Noted(Vec<(String, Vec<String>)>);

impl Noted {
    /// What stands in a graph, without nested ones.
    #[must_use]
    pub fn of(graph: &Graph) -> Self {
        let noted = graph.nodes.iter().map(|(_, name, node)| {
            let metadata = node.metadata.keys().map(|key| format!("metadata `{key}`"));
            let extra = node.extra.keys().map(|key| format!("field `{key}`"));
            (name, metadata.chain(extra).collect::<Vec<_>>())
        });
        let noted = noted.filter(|(_, keys)| !keys.is_empty());
        Self(noted.map(|(name, keys)| (name.to_owned(), keys)).collect())
    }

    /// The nodes of these that a graph no longer has, each with what goes with it, in words.
    pub fn lost<'a>(&'a self, graph: &'a Graph) -> impl Iterator<Item = (&'a str, String)> {
        let gone = self.0.iter().filter(|(name, _)| graph.nodes.get(name).is_none());
        gone.map(|(name, keys)| {
            (name.as_str(), format!("{} dropped with the node", keys.join(", ")))
        })
    }
}

/// The nodes whose metadata describe weights, with the weights and biases that they describe.
pub(super) struct Described(Vec<(String, Tensor, Option<Tensor>)>);

impl Described {
    /// Those of a graph.
    pub(super) fn of(graph: &Graph) -> Self {
        let nodes = graph.nodes.iter();
        let described = nodes.filter(|(_, _, node)| node.metadata.keys().any(|key| describes(key)));
        let found = described.filter_map(|(_, name, node)| {
            let weights = weight(&node.primitive)?.clone();
            Some((name.to_owned(), weights, bias(&node.primitive).cloned()))
        });
        Self(found.collect())
    }

    /// Scales metadata with the weights that were scaled, and drops those of weights that became others.
    pub(super) fn settle(self, graph: &mut Graph) -> Vec<Done> {
        let mut done = Vec::new();
        for (name, weights, biases) in self.0 {
            let Some(node) = graph.nodes.get_mut(&name) else { continue };
            let of_weights = Change::of(Some(&weights), weight(&node.primitive));
            let of_biases = Change::of(biases.as_ref(), bias(&node.primitive));
            let entries = [(of_weights, About::Weights), (of_biases, About::Biases)];
            for (change, about) in entries {
                let what = match change {
                    Change::None => continue,
                    Change::Times(ratio) => scale(&mut node.metadata, about, ratio),
                    Change::Other => drop_entries(&mut node.metadata, about),
                };
                done.extend(what.into_iter().map(|what| Done::new(name.clone(), what)));
            }
        }
        done
    }
}

/// What became of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    None,
    /// All were multiplied by one number.
    Times(f64),
    Other,
}

impl Change {
    fn of(before: Option<&Tensor>, after: Option<&Tensor>) -> Self {
        match (before, after) {
            (before, after) if before == after => Self::None,
            // A bias of zeros describes nothing that could change.
            (None, Some(new)) if new.is_zero() => Self::None,
            (Some(old), None) if old.is_zero() => Self::None,
            (Some(before), Some(after)) => ratio(before, after).map_or(Self::Other, Self::Times),
            _ => Self::Other,
        }
    }
}

/// What entries describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Weights,
    Biases,
}

impl About {
    /// Whether an entry of this name describes it.
    fn has(self, key: &str) -> bool {
        let is_of_bias = key.to_ascii_lowercase().contains("bias");
        describes(key) && is_of_bias == (self == Self::Biases)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Biases => "biases",
        }
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

fn bias(primitive: &Primitive) -> Option<&Tensor> {
    match primitive {
        Primitive::Affine(p) => Some(&p.bias),
        Primitive::Conv1d(p) => Some(&p.bias),
        Primitive::Conv2d(p) => Some(&p.bias),
        _ => None,
    }
}

/// The one number by which all of them were multiplied.
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

fn scale(metadata: &mut Fields, about: About, ratio: f64) -> Vec<String> {
    let mut done = Vec::new();
    metadata.retain(|key, value| {
        let scales = about.has(key) && key.to_ascii_lowercase().contains("scale");
        let Value::Tensor(tensor) = value else { return true };
        if !scales || tensor.to_f64().is_none() {
            return true;
        }
        let scaled = numbers::multiply(tensor, |_| ratio);
        let is_kept = scaled.is_some();
        done.push(if let Some(scaled) = scaled {
            *tensor = scaled;
            format!("metadata `{key}` times {ratio}, as the {}", about.word())
        } else {
            format!("dropped metadata `{key}`, which times {ratio} its number format does not hold")
        });
        is_kept
    });
    done
}

fn drop_entries(metadata: &mut Fields, about: About) -> Vec<String> {
    let gone: Vec<String> = metadata.keys().filter(|key| about.has(key)).cloned().collect();
    metadata.retain(|key, _| !gone.contains(key));
    gone.into_iter()
        .map(|key| format!("dropped metadata `{key}`, which described other {}", about.word()))
        .collect()
}
