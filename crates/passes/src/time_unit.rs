//! Times: from milliseconds to seconds and back, and networks that are to run with another time step.
//!
//! All time constants and delays are multiplied by one factor F, and so are the times that metadata say: the time step,
//! the length of a pulse, the area of an impulse. With `t' = F t` the equations of NIR hold as before: in
//! `tau v' = (v_leak - v) + r x` nothing but `tau` has time in it, and gains that count steps (`r = tau / dt`) count the
//! same steps. `v' = r x` (I, IF) has no time constant: its `r` is per time, and becomes `r / F`. The spikes of the network
//! on a stimulus that is F times as slow are its spikes at F times their times.

use std::fmt;

use nirkit_ir::field::{Field, Unit};
use nirkit_ir::open::{ENTRIES, Entry, TIME_UNIT};
use nirkit_ir::{Document, Fields, Graph, Node, Place, Primitive, Text, Value};
use nirkit_numerics::{DType, Shortest, Tensor};

/// The entry of the metadata that says what a graph was made with: `snntorch@1.0.0 dt=1e-4 reset=zero`, with `dt` in seconds.
pub const REFERENCE: &str = "nirkit.reference";

/// The entry of the metadata with the factor by which times were multiplied so far.
pub const TIME_SCALE: &str = "time_scale";

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

    /// What rates are multiplied with.
    fn inverse(self) -> Self {
        Self { times: self.over, over: self.times }
    }

    /// What the numbers of a field are multiplied with; `None` where they have no time in them.
    fn for_field(self, primitive: &Primitive, field: &Field) -> Option<Self> {
        match primitive {
            _ if field.unit == Unit::Second => Some(self),
            Primitive::I(_) | Primitive::If(_) if field.unit == Unit::Ohm => Some(self.inverse()),
            _ => None,
        }
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
    let mut scaled = if from == to { Vec::new() } else { multiply(document, factor)? };
    if noted(document) != Some(to) {
        let unit = Value::Text(Text::scalar(to.symbol()));
        document.root.metadata.insert(TIME_UNIT.to_owned(), unit);
        let done = format!("metadata `{TIME_UNIT}` = {to}");
        scaled.push(Scaled { place: Place::root(), done });
    }
    Ok(scaled)
}

/// Multiplies the time step of the platform that the metadata say the graph was made with.
fn rescale_reference(document: &mut Document, factor: f64) -> Option<Scaled> {
    let Some(Value::Text(text)) = document.root.metadata.get(REFERENCE) else { return None };
    let text = text.as_str()?;
    let word = |word: &str| {
        let dt = word.strip_prefix("dt=").and_then(|dt| dt.parse::<f64>().ok());
        dt.map_or_else(|| word.to_owned(), |dt| format!("dt={}", Shortest(dt * factor)))
    };
    let scaled: Vec<String> = text.split_whitespace().map(word).collect();
    let scaled = scaled.join(" ");
    if scaled == text {
        return None;
    }
    let done = format!("metadata `{REFERENCE}` = {scaled}");
    document.root.metadata.insert(REFERENCE.to_owned(), Value::Text(Text::scalar(&scaled)));
    Some(Scaled { place: Place::root(), done })
}

/// Multiplies all times by a factor, and notes the factor in the metadata. After an error the document is what it was.
pub fn rescale(document: &mut Document, factor: f64) -> Result<Vec<Scaled>, OutOfRange> {
    let mut scaled = multiply(document, Factor { times: factor, over: 1.0 })?;
    let so_far = match document.root.metadata.get(TIME_SCALE) {
        Some(Value::Tensor(tensor)) => tensor.get_f64(0).unwrap_or(1.0),
        _ => 1.0,
    };
    scaled.extend(rescale_reference(document, factor));
    let noted = so_far * factor;
    let done = format!("metadata `{TIME_SCALE}` = {noted}");
    scaled.push(Scaled { place: Place::root(), done });
    document.root.metadata.insert(TIME_SCALE.to_owned(), Value::Tensor(Tensor::scalar(noted)));
    Ok(scaled)
}

fn multiply(document: &mut Document, factor: Factor) -> Result<Vec<Scaled>, OutOfRange> {
    let mut places = Vec::new();
    leaving(&document.root, &Place::root(), factor, &mut places);
    if !places.is_empty() {
        return Err(OutOfRange { factor: factor.of(1.0), places });
    }
    let mut scaled = Vec::new();
    multiply_node(&mut document.root, &Place::root(), factor, &mut scaled);
    Ok(scaled)
}

/// Adds the fields of a node that hold a number which becomes infinite or 0.
fn leaving(node: &Node, place: &Place, factor: Factor, places: &mut Vec<Place>) {
    if let Primitive::Graph(graph) = &node.primitive {
        for entry in ENTRIES.iter().filter(|entry| entry.is_time) {
            let before = node.metadata.get(entry.name).and_then(|value| entry.said(value)?.number);
            let after = in_entry(&node.metadata, entry, factor);
            if before.is_some() && after.and_then(|value| entry.said(&value)).is_none() {
                places.push(place.field(entry.name));
            }
        }
        for (_, name, node) in graph.nodes.iter() {
            leaving(node, &place.node(name), factor, places);
        }
        return;
    }
    for (field, value) in node.primitive.values() {
        let Value::Tensor(tensor) = &value else { continue };
        let Some(factor) = factor.for_field(&node.primitive, field) else { continue };
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
        multiply_entries(&mut node.metadata, place, factor, scaled);
        return multiply_graph(graph, place, factor, scaled);
    }
    let (mut fields, mut names) = (Fields::default(), Vec::new());
    let mut by = factor;
    for (field, value) in node.primitive.values() {
        let changed = match (&value, factor.for_field(&node.primitive, field)) {
            (Value::Tensor(tensor), Some(factor)) => {
                // A primitive has either time constants or a rate.
                by = factor;
                times(tensor, factor)
            }
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
    let done = format!("{} times {by}", names.join(", "));
    scaled.push(Scaled { place: place.clone(), done });
}

/// Multiplies the times in the metadata of a graph.
fn multiply_entries(
    metadata: &mut Fields,
    place: &Place,
    factor: Factor,
    scaled: &mut Vec<Scaled>,
) {
    for entry in ENTRIES.iter().filter(|entry| entry.is_time) {
        let Some(changed) = in_entry(metadata, entry, factor) else { continue };
        metadata.insert(entry.name.to_owned(), changed);
        let done = format!("metadata `{}` times {factor}", entry.name);
        scaled.push(Scaled { place: place.clone(), done });
    }
}

/// An entry of metadata with its time multiplied; `None` where it is absent or not understood.
fn in_entry(metadata: &Fields, entry: &Entry, factor: Factor) -> Option<Value> {
    let value = metadata.get(entry.name)?;
    let said = entry.said(value)?;
    Some(if let Value::Tensor(tensor) = value {
        Value::Tensor(times(tensor, factor)?)
    } else {
        let text = format!("{}:{}", said.word, factor.of(said.number?));
        Value::Text(Text::scalar(&text))
    })
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
