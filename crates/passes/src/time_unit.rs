//! Times: from milliseconds to seconds and back, and networks that are to run with another time step.
//!
//! All time constants and delays are multiplied by one factor. Resistances and gains stay: where they count steps
//! (`r = tau / dt`), the time step is multiplied by the same factor, and step for step the network does what it
//! did.

use std::fmt;

use nirkit_ir::field::Unit;
use nirkit_ir::open::TIME_UNIT;
use nirkit_ir::{Document, Graph, Node, Place, Primitive, Text, Value};
use nirkit_numerics::{DType, Tensor};

/// The entry of the metadata with the factor by which times were multiplied so far.
pub const TIME_SCALE: &str = "time_scale";

/// The entry of the metadata that says a time step.
const DT: &str = "dt";

/// A unit of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    Second,
    /// Milliseconds.
    Millisecond,
}

impl TimeUnit {
    /// Its symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
        }
    }

    /// How many of it make a second.
    fn per_second(self) -> f64 {
        match self {
            Self::Second => 1.0,
            Self::Millisecond => 1e3,
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// What times are multiplied with: a fraction, so that a thousandth is not rounded twice.
#[derive(Clone, Copy)]
struct Factor {
    times: f64,
    over: f64,
}

impl Factor {
    fn of(self, value: f64) -> f64 {
        value * self.times / self.over
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.times / self.over).fmt(f)
    }
}

/// A field whose numbers were multiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The node, or the graph for its metadata.
    pub place: Place,
    /// What was done, as a sentence without a full stop.
    pub done: String,
}

impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.done)
    }
}

/// Times that leave the range of numbers when they are multiplied: they would become 0 or infinite.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("times {factor:e}, these leave the range of numbers: {}", places.iter().map(Place::to_string).collect::<Vec<_>>().join(", "))]
pub struct OutOfRange {
    /// The factor.
    pub factor: f64,
    /// The fields.
    pub places: Vec<Place>,
}

/// The unit that the metadata of a document say.
#[must_use]
pub fn noted(document: &Document) -> Option<TimeUnit> {
    let Some(Value::Text(text)) = document.root.metadata.get(TIME_UNIT) else { return None };
    let units = [TimeUnit::Second, TimeUnit::Millisecond];
    units.into_iter().find(|unit| *text == Text::scalar(unit.symbol()))
}

/// Brings all times from one unit to another, and notes the unit in the metadata. After an error the document is what
/// it was.
pub fn convert(
    document: &mut Document,
    from: TimeUnit,
    to: TimeUnit,
) -> Result<Vec<Scaled>, OutOfRange> {
    let factor = Factor { times: to.per_second(), over: from.per_second() };
    let scaled = if from == to { Vec::new() } else { multiply(document, factor)? };
    let unit = Value::Text(Text::scalar(to.symbol()));
    document.root.metadata.insert(TIME_UNIT.to_owned(), unit);
    Ok(scaled)
}

/// Multiplies all times by a factor, and notes the factor in the metadata. After an error the document is what it was.
pub fn rescale(document: &mut Document, factor: f64) -> Result<Vec<Scaled>, OutOfRange> {
    let scaled = multiply(document, Factor { times: factor, over: 1.0 })?;
    let so_far = match document.root.metadata.get(TIME_SCALE) {
        Some(Value::Tensor(tensor)) => tensor.get_f64(0).unwrap_or(1.0),
        _ => 1.0,
    };
    let noted = Value::Tensor(Tensor::scalar(so_far * factor));
    document.root.metadata.insert(TIME_SCALE.to_owned(), noted);
    Ok(scaled)
}

fn multiply(document: &mut Document, factor: Factor) -> Result<Vec<Scaled>, OutOfRange> {
    let mut places = Vec::new();
    leaving(&document.root, &Place::root(), factor, &mut places);
    if !places.is_empty() {
        return Err(OutOfRange { factor: factor.of(1.0), places });
    }
    let mut scaled = Vec::new();
    if let Some(Value::Tensor(dt)) = document.root.metadata.get(DT)
        && let Some(changed) = times(dt, factor)
    {
        let done = format!("metadata `{DT}` times {factor}");
        scaled.push(Scaled { place: Place::root(), done });
        document.root.metadata.insert(DT.to_owned(), Value::Tensor(changed));
    }
    multiply_node(&mut document.root, &Place::root(), factor, &mut scaled);
    Ok(scaled)
}

/// Adds the fields of a node that hold a number which becomes infinite or 0.
fn leaving(node: &Node, place: &Place, factor: Factor, places: &mut Vec<Place>) {
    if let Primitive::Graph(graph) = &node.primitive {
        for (_, name, node) in graph.nodes.iter() {
            leaving(node, &place.node(name), factor, places);
        }
        return;
    }
    for (field, value) in node.primitive.values() {
        let Value::Tensor(tensor) = &value else { continue };
        if field.unit != Unit::Second {
            continue;
        }
        let (Some(before), Some(after)) = (
            tensor.to_f64(),
            times(tensor, factor).and_then(|changed| changed.to_f64().map(|after| after.to_vec())),
        ) else {
            continue;
        };
        let is_lost = |(before, after): (&f64, &f64)| {
            before.is_finite() && *before != 0.0 && (!after.is_finite() || *after == 0.0)
        };
        if before.iter().zip(&after).any(is_lost) {
            places.push(place.field(field.name));
        }
    }
}

fn multiply_node(node: &mut Node, place: &Place, factor: Factor, scaled: &mut Vec<Scaled>) {
    if let Primitive::Graph(graph) = &mut node.primitive {
        return multiply_graph(graph, place, factor, scaled);
    }
    let (mut fields, mut names) = (nirkit_ir::Fields::new(), Vec::new());
    for (field, value) in node.primitive.values() {
        let changed = match &value {
            Value::Tensor(tensor) if field.unit == Unit::Second => times(tensor, factor),
            _ => None,
        };
        if changed.is_some() {
            names.push(format!("`{}`", field.name));
        }
        fields.insert(field.name.to_owned(), changed.map_or(value, Value::Tensor));
    }
    if names.is_empty() {
        return;
    }
    node.primitive = Primitive::from_fields(node.primitive.kind(), fields).0;
    let done = format!("{} times {factor}", names.join(", "));
    scaled.push(Scaled { place: place.clone(), done });
}

fn multiply_graph(graph: &mut Graph, place: &Place, factor: Factor, scaled: &mut Vec<Scaled>) {
    for (name, node) in graph.nodes.iter_mut() {
        let place = place.node(name);
        multiply_node(node, &place, factor, scaled);
    }
}

/// A tensor times a number, worked out in double precision and rounded once to the format of the tensor; to
/// double precision where that holds whole numbers only.
fn times(tensor: &Tensor, factor: Factor) -> Option<Tensor> {
    let values: Vec<f64> = tensor.to_f64()?.iter().map(|value| factor.of(*value)).collect();
    match tensor.dtype() {
        DType::F16 | DType::F32 => {
            Tensor::new(tensor.shape(), values.into_iter().map(|value| value as f32).collect()).ok()
        }
        _ => Tensor::new(tensor.shape(), values).ok(),
    }
}
