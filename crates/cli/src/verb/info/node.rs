//! The nodes of a file, with their fields and the values in short.

use nirkit::ir::facts::Leaf;
use nirkit::ir::field::Unit;
use nirkit::ir::{Facts, Graph, Node, Primitive, Value};
use nirkit::numerics::Tensor;
use serde::Serialize;

/// One node, under its full name.
#[derive(Serialize)]
pub(super) struct NodeInfo {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) input: Option<Vec<usize>>,
    pub(super) output: Option<Vec<usize>>,
    pub(super) fields: Vec<FieldInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) metadata: Vec<FieldInfo>,
}

/// One field of a node.
#[derive(Serialize)]
pub(super) struct FieldInfo {
    name: String,
    holds: String,
    value: Option<String>,
}

/// What the walk over all nodes has found so far.
pub(super) struct Collected {
    /// The unit of times.
    times: Unit,
    pub(super) nodes: Vec<NodeInfo>,
    pub(super) edges: usize,
    pub(super) parameters: usize,
    pub(super) parameter_bytes: usize,
}

impl Collected {
    pub(super) fn new(times: Unit) -> Self {
        Self { times, nodes: Vec::new(), edges: 0, parameters: 0, parameter_bytes: 0 }
    }

    /// Takes in the nodes of a graph and of all graphs within it.
    pub(super) fn graph(&mut self, graph: &Graph, prefix: &str, facts: Option<&Facts>) {
        self.edges += graph.edges.len();
        for (_, name, node) in graph.nodes.iter() {
            let full = format!("{prefix}{name}");
            let leaf = facts.and_then(|facts| Some(facts.leaf(facts.find(&full)?)));
            self.node(&full, node, leaf);
            if let Primitive::Graph(inner) = &node.primitive {
                self.graph(inner, &format!("{full}."), facts);
            }
        }
    }

    /// Takes in a node.
    pub(super) fn node(&mut self, name: &str, node: &Node, leaf: Option<&Leaf>) {
        let mut fields = Vec::new();
        for (field, value) in node.primitive.values() {
            if let (Value::Tensor(tensor), false) = (&value, field.unit == Unit::Count) {
                self.parameters += tensor.len();
                self.parameter_bytes += tensor.bytes();
            }
            fields.push(FieldInfo::of(field.name, &value, field.unit.in_file(self.times)));
        }
        let extra = node.extra.iter();
        fields.extend(extra.map(|(name, value)| FieldInfo::of(name, value, Unit::One)));
        self.nodes.push(NodeInfo {
            name: name.to_owned(),
            kind: node.primitive.kind().to_owned(),
            input: leaf.map(|leaf| leaf.input.clone()),
            output: leaf.map(|leaf| leaf.output.clone()),
            fields,
            metadata: metadata(node),
        });
    }
}

/// The metadata of a node.
pub(super) fn metadata(node: &Node) -> Vec<FieldInfo> {
    node.metadata.iter().map(|(name, value)| FieldInfo::of(name, value, Unit::One)).collect()
}

impl FieldInfo {
    fn of(name: &str, value: &Value, unit: Unit) -> Self {
        let shown = match value {
            Value::Tensor(tensor) => range(tensor, unit),
            Value::Text(text) => text.as_str().map(|text| format!("{text:?}")),
            Value::Group(_) => None,
        };
        Self { name: name.to_owned(), holds: value.describe(), value: shown }
    }

    pub(super) fn print(&self) -> String {
        match &self.value {
            Some(value) => format!("{} {} = {value}", self.name, self.holds),
            None => format!("{} {}", self.name, self.holds),
        }
    }
}

/// The values of a tensor in short: the one value, the few values, or the smallest and the largest.
fn range(tensor: &Tensor, unit: Unit) -> Option<String> {
    let values = tensor.to_f64()?;
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    let unit = if unit.symbol().is_empty() { String::new() } else { format!(" {}", unit.symbol()) };
    let is_short = (2..=4).contains(&values.len());
    if let Some(counts) = is_short.then(|| tensor.to_i64()).flatten() {
        return Some(format!("{counts:?}"));
    }
    match values.len() {
        0 => None,
        _ if low == high => Some(format!("{}{unit}", short(low))),
        _ => Some(format!("{} … {}{unit}", short(low), short(high))),
    }
}

/// A number with four digits.
fn short(value: f64) -> String {
    // Most numbers need no rounding, which is slow.
    if value.fract() == 0.0 && value.abs() < 1e4 && (value != 0.0 || value.is_sign_positive()) {
        return value.to_string();
    }
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded != 0.0 && (rounded.abs() < 1e-4 || rounded.abs() >= 1e6) {
        format!("{rounded:e}")
    } else {
        rounded.to_string()
    }
}
