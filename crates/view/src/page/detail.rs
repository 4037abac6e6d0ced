//! What the page says of each node: its kind, shapes, parameters and metadata.

use std::borrow::Cow;
use std::collections::BTreeMap;

use nirkit_ir::field::{Axes, Unit};
use nirkit_ir::valid::Survey;
use nirkit_ir::{Graph, Node, Primitive, Value};
use nirkit_numerics::{Shortest, Tensor};
use serde::Serialize;

use super::data::{Size, is_default};
use super::picture::{Grid, HeatMap, Histogram};
use crate::parameter::shape;

/// Tensors of more numbers have no pictures.
const MOST_NUMBERS: usize = 1 << 26;
/// Characters of a text of the metadata, and entries of the metadata of a node.
const MOST_TEXT: usize = 400;
const MOST_ENTRIES: usize = 40;
/// Groups in groups of the metadata that are looked into.
const DEEPEST: usize = 4;

/// How large the pictures of parameters may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Richness {
    /// Rows and columns of a heat map.
    pub(super) side: usize,
    /// Intervals of a histogram.
    pub(super) bins: usize,
}

impl Richness {
    /// No pictures.
    pub(super) const NONE: Self = Self { side: 0, bins: 0 };
}

/// A node.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Detail {
    name: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<(String, String)>,
    #[serde(flatten)]
    size: Size,
}

/// A parameter.
#[derive(Clone, Debug, Serialize)]
struct Field {
    name: String,
    /// Type and shape: `f32[6, 4]`.
    holds: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    unit: &'static str,
    /// The number, or the few numbers, where they say all.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Least, greatest and mean of the finite numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<[Rounded; 3]>,
    /// Numbers that are 0.
    #[serde(skip_serializing_if = "is_default")]
    zeros: usize,
    /// Numbers that are infinite or none.
    #[serde(skip_serializing_if = "is_default")]
    not_finite: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<Histogram>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<HeatMap>,
}

/// A number with six digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rounded(pub(super) f64);

impl Serialize for Rounded {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = Shortest::six_digits(self.0).to_string().parse().unwrap_or(self.0);
        serializer.serialize_f64(rounded)
    }
}

/// A kind of node, as the documentation has it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Kind {
    doc: &'static str,
    fields: BTreeMap<&'static str, &'static str>,
}

/// The documentation of kinds that occur.
pub(super) fn kinds<'a>(kinds: impl Iterator<Item = &'a str>) -> BTreeMap<&'static str, Kind> {
    let declared = kinds.filter_map(nirkit_ir::primitive::declaration);
    let kind = |declaration: nirkit_ir::primitive::Declaration| {
        let fields = declaration.fields.iter().map(|field| (field.name, field.doc)).collect();
        (declaration.kind, Kind { doc: declaration.doc, fields })
    };
    declared.map(kind).collect()
}

/// A node under its names.
pub(super) struct Found<'a> {
    pub(super) path: Vec<String>,
    pub(super) node: &'a Node,
}

/// Lists all nodes of a graph, each before those in it.
pub(super) fn walk(graph: &Graph) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut waiting: Vec<(Vec<String>, &Graph)> = vec![(Vec::new(), graph)];
    while let Some((path, graph)) = waiting.pop() {
        for (_, name, node) in graph.nodes.iter() {
            let path = [path.as_slice(), &[name.to_owned()]].concat();
            if let Primitive::Graph(inner) = &node.primitive {
                waiting.push((path.clone(), inner));
            }
            found.push(Found { path, node });
        }
    }
    found
}

/// What is needed to describe nodes.
pub(super) struct Describer<'a> {
    pub(super) survey: &'a Survey,
    /// Unit of times in the file.
    pub(super) times: Unit,
    pub(super) shown: fn(&str) -> Cow<'_, str>,
    pub(super) sizes: &'a BTreeMap<String, Size>,
    pub(super) richness: Richness,
}

impl Describer<'_> {
    /// Describes a node.
    pub(super) fn describe(&self, found: &Found<'_>) -> Detail {
        let name = found.path.join(".");
        let leaf = self.survey.leaf(&found.path);
        let of = |axes: Option<&Vec<usize>>| axes.map(|axes| shape(axes));
        let node = found.node;
        let declared = node.primitive.values();
        let mut fields: Vec<Field> = declared
            .iter()
            .map(|(field, value)| {
                let unit = field.unit.in_file(self.times).symbol();
                self.field(field.name, value, unit, Some(field.axes))
            })
            .collect();
        let unknown = match &node.primitive {
            Primitive::Unknown(unknown) => Some(&unknown.fields),
            _ => None,
        };
        let others = node.extra.iter().chain(unknown.into_iter().flatten());
        fields.extend(
            others.take(MOST_ENTRIES).map(|(name, value)| self.field(name, value, "", None)),
        );
        let mut metadata = Vec::new();
        for (name, value) in &node.metadata {
            self.entry(name, value, 0, &mut metadata);
        }
        Detail {
            kind: self.show(node.primitive.kind()),
            input: of(leaf.and_then(|leaf| leaf.input.as_ref())),
            output: of(leaf.and_then(|leaf| leaf.output.as_ref())),
            size: self.sizes.get(&name).cloned().unwrap_or_default(),
            name: self.show(&name),
            fields,
            metadata,
        }
    }

    fn show(&self, text: &str) -> String {
        (self.shown)(text).into_owned()
    }

    /// The metadata of a document or a node, a line each.
    pub(super) fn entry(
        &self,
        name: &str,
        value: &Value,
        depth: usize,
        out: &mut Vec<(String, String)>,
    ) {
        if out.len() > MOST_ENTRIES {
            return;
        }
        if out.len() == MOST_ENTRIES {
            out.push(("…".to_owned(), "more entries are left out".to_owned()));
            return;
        }
        match value {
            Value::Group(fields) if depth < DEEPEST => {
                for (inner, value) in fields {
                    self.entry(&format!("{name}.{inner}"), value, depth + 1, out);
                }
            }
            other => {
                let text = few(other, "").unwrap_or_else(|| other.describe());
                out.push((self.shorten(name), self.shorten(&text)));
            }
        }
    }

    fn shorten(&self, text: &str) -> String {
        let count = text.chars().count();
        if count <= MOST_TEXT {
            return self.show(text);
        }
        let beginning: String = text.chars().take(MOST_TEXT).collect();
        format!("{}… ({count} characters)", self.show(&beginning))
    }

    fn field(&self, name: &str, value: &Value, unit: &'static str, axes: Option<Axes>) -> Field {
        let mut field = Field {
            name: self.shorten(name),
            holds: value.describe(),
            unit,
            value: few(value, unit).map(|text| self.shorten(&text)),
            range: None,
            zeros: 0,
            not_finite: 0,
            histogram: None,
            map: None,
        };
        if let (Value::Tensor(tensor), None) = (value, &field.value) {
            self.numbers(tensor, axes, &mut field);
        }
        field
    }

    /// Adds what many numbers are like.
    fn numbers(&self, tensor: &Tensor, axes: Option<Axes>, field: &mut Field) {
        if tensor.len() > MOST_NUMBERS {
            field.value = Some("too many numbers for a picture".to_owned());
            return;
        }
        let Some(numbers) = tensor.to_f64() else { return };
        let (mut low, mut high, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0);
        for &number in numbers.iter() {
            if number.is_finite() {
                (low, high, sum, count) =
                    (low.min(number), high.max(number), sum + number, count + 1);
            }
            field.zeros += usize::from(number == 0.0);
        }
        field.not_finite = numbers.len() - count;
        if count == 0 {
            return;
        }
        if let Some(same) = same(&numbers, field.unit) {
            field.value = Some(same);
            field.zeros = 0;
            return;
        }
        field.range = Some([low, high, sum / count as f64].map(Rounded));
        let Richness { side, bins } = self.richness;
        if low < high && bins > 0 {
            field.histogram = Some(Histogram::of(&numbers, [low, high], bins));
        }
        if side > 1 {
            field.map = picture(&numbers, tensor.shape(), axes, [low, high], side);
        }
    }
}

/// The picture of a tensor: kernels of convolutions and maps of channels side by side, everything else as a matrix.
fn picture(
    numbers: &[f64],
    shape: &[usize],
    axes: Option<Axes>,
    range: [f64; 2],
    side: usize,
) -> Option<HeatMap> {
    let cells = 2 * side * side;
    let kernels = |outer: [usize; 2], rows: usize, columns: usize| {
        HeatMap::kernels(numbers, outer, Grid { rows, columns }, range, cells)
    };
    let tiled = match (axes, shape) {
        (Some(Axes::Kernel2d), &[outputs, inputs, rows, columns]) => {
            kernels([outputs, inputs], rows, columns)
        }
        (Some(Axes::Kernel1d), &[outputs, inputs, length]) => kernels([outputs, inputs], 1, length),
        (_, &[channels, rows, columns]) => kernels([channels, 1], rows, columns),
        _ => None,
    };
    let (&columns, outer) = shape.split_last()?;
    let grid = match outer {
        [] => Grid { rows: 1, columns },
        [rows, inner @ ..] => {
            Grid { rows: *rows, columns: columns * inner.iter().product::<usize>() }
        }
    };
    tiled.or_else(|| Some(HeatMap::matrix(numbers, grid, range, side)))
}

/// A value in full where it is short.
fn few(value: &Value, unit: &str) -> Option<String> {
    match value {
        Value::Tensor(tensor) if tensor.len() <= 6 && tensor.rank() <= 1 => {
            let numbers = tensor.to_f64()?;
            if let Some(same) = same(&numbers, unit) {
                return Some(same);
            }
            let texts: Vec<String> =
                numbers.iter().map(|&number| Shortest::six_digits(number).to_string()).collect();
            Some(format!("{} {unit}", texts.join(", ")).trim_end().to_owned())
        }
        Value::Text(text) => Some(text.as_str().map_or_else(
            || text.strings().iter().take(16).cloned().collect::<Vec<_>>().join(", "),
            str::to_owned,
        )),
        _ => None,
    }
}

/// Several numbers that are all the same.
fn same(numbers: &[f64], unit: &str) -> Option<String> {
    let [first, _, ..] = numbers else { return None };
    let number = Shortest::six_digits(*first);
    let all = numbers.iter().all(|number| number == first);
    let named = || format!("{number} {unit}").trim_end().to_owned();
    all.then(|| format!("{} in all {}", named(), numbers.len()))
}
