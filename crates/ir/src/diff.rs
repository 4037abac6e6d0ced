//! What differs between two graphs, and whether it changes what they mean.

mod tensor;

use std::collections::BTreeMap;

use crate::diag::Place;
use crate::document::Document;
use crate::graph::{Edge, Graph, Node};
use crate::open::{Entry, Said, WEIGHT_SCALE};
use crate::primitive::Primitive;
use crate::text::write_element;
use crate::value::{Fields, Value};
use tensor::is_equal;

/// One thing in which two graphs differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where, in either graph.
    pub place: Place,
    /// What differs, with both sides, as a sentence without a full stop.
    pub what: String,
    /// Whether the two mean something else; false for what is only written in another way.
    pub matters: bool,
    /// How many numbers differ here by no more than the tolerance.
    pub tolerated: usize,
}

/// Everything in which two files differ, in the order of their names.
///
/// Numbers count as equal up to `tolerance` times the larger of the two; 0 asks for equal numbers.
/// What stands for the same is told, but does not matter: a default that is written out, one number
/// for all neurons, another number format or order of bytes of equal numbers, another order of nodes, numbers that
/// differ by no more than the tolerance.
#[must_use]
pub fn diff(a: &Document, b: &Document, tolerance: f64) -> Vec<Difference> {
    let mut differ = Differ { tolerance, found: Vec::new() };
    differ.node(&Place::root(), &a.root, &b.root);
    let version = |document: &Document| {
        document.version.as_ref().and_then(|text| text.as_str()).unwrap_or("none").to_owned()
    };
    if version(a) != version(b) {
        let what = format!("version {} and {}", version(a), version(b));
        differ.remark(&Place::root(), what);
    }
    differ.extra(&Place::root(), &a.extra, &b.extra);
    differ.found
}

struct Differ {
    tolerance: f64,
    found: Vec<Difference>,
}

impl Differ {
    fn note(&mut self, place: &Place, what: String) {
        self.found.push(Difference { place: place.clone(), what, matters: true, tolerated: 0 });
    }

    fn remark(&mut self, place: &Place, what: String) {
        self.tolerate(place, what, 0);
    }

    /// Says how many numbers differ by no more than the tolerance.
    fn tolerate(&mut self, place: &Place, what: String, tolerated: usize) {
        self.found.push(Difference { place: place.clone(), what, matters: false, tolerated });
    }

    fn node(&mut self, place: &Place, a: &Node, b: &Node) {
        match (&a.primitive, &b.primitive) {
            (Primitive::Graph(a), Primitive::Graph(b)) => self.graph(place, a, b),
            (Primitive::Unknown(x), Primitive::Unknown(y)) if x.kind == y.kind => {
                if x.fields != y.fields {
                    self.note(place, format!("the fields of the unknown kind {} differ", x.kind));
                }
            }
            (x, y) if x.kind() == y.kind() => self.fields(place, x, y),
            (x, y) => self.note(place, format!("{} and {}", x.kind(), y.kind())),
        }
        self.extra(place, &a.extra, &b.extra);
        for name in names(&a.metadata, &b.metadata) {
            self.entry(place, name, &a.metadata, &b.metadata);
        }
    }

    /// An entry of the metadata in which two nodes differ. What a graph is run with is read from its metadata, and the
    /// scale of weights from those of the node.
    fn entry(&mut self, place: &Place, name: &str, a: &Fields, b: &Fields) {
        let shown = |fields: &Fields| fields.get(name).map_or("nothing".to_owned(), entry);
        let (of_a, of_b) = (shown(a), shown(b));
        let same = if of_a == of_b { ", which differ" } else { "" };
        let what = format!("metadata `{name}`: {of_a} and {of_b}{same}");
        let is_read = if place.nodes.is_empty() {
            let entry = Entry::find(name);
            entry.and_then(|entry| self.say_the_same(entry.said_by(a), entry.said_by(b)))
        } else {
            (name == WEIGHT_SCALE).then(|| self.hold_the_same(a.get(name), b.get(name)))
        };
        match is_read {
            Some(false) => self.note(place, what),
            Some(true) => self.remark(place, format!("{what}, which say the same")),
            None => self.remark(place, what),
        }
    }

    /// Whether two entries say the same; `None` where neither is understood, so that neither is read.
    fn say_the_same(&self, a: Option<Said>, b: Option<Said>) -> Option<bool> {
        let (a, b) = match (a, b) {
            (None, None) => return None,
            (Some(a), Some(b)) => (a, b),
            _ => return Some(false),
        };
        let is_same = match (a.number, b.number) {
            (Some(a), Some(b)) => self.same(a, b),
            (a, b) => a == b,
        };
        Some(a.word == b.word && is_same)
    }

    fn hold_the_same(&self, a: Option<&Value>, b: Option<&Value>) -> bool {
        let (Some(Value::Tensor(a)), Some(Value::Tensor(b))) = (a, b) else { return false };
        let (Some(a), Some(b)) = (a.to_f64(), b.to_f64()) else { return false };
        a.len() == b.len() && a.iter().zip(b.iter()).all(|(&a, &b)| self.same(a, b))
    }

    fn extra(&mut self, place: &Place, a: &Fields, b: &Fields) {
        if a != b {
            let names = names(a, b).join(", ");
            self.remark(place, format!("fields that NIR does not know differ: {names}"));
        }
    }

    fn graph(&mut self, place: &Place, a: &Graph, b: &Graph) {
        for (_, name, node) in a.nodes.iter() {
            let place = place.node(name);
            if let Some(other) = b.nodes.get(name) {
                self.node(&place, node, other);
            } else {
                self.note(&place, format!("only the first has this {}", node.primitive.kind()));
            }
        }
        for (_, name, node) in b.nodes.iter().filter(|(_, name, _)| !a.nodes.contains(name)) {
            let what = format!("only the second has this {}", node.primitive.kind());
            self.note(&place.node(name), what);
        }
        self.edges(place, &a.edges, &b.edges);
    }

    /// Edges, which may stand more than once.
    fn edges(&mut self, place: &Place, a: &[Edge], b: &[Edge]) {
        let mut counts: BTreeMap<&Edge, [usize; 2]> = BTreeMap::new();
        for (side, edges) in [a, b].into_iter().enumerate() {
            for edge in edges {
                counts.entry(edge).or_default()[side] += 1;
            }
        }
        let place = place.field("edges");
        let mut same = true;
        for (edge, [first, second]) in counts {
            if first != second {
                same = false;
                let (source, target) = (&edge.source, &edge.target);
                let what =
                    format!("`{source} -> {target}` stands {first} times and {second} times");
                self.note(&place, what);
            }
        }
        if same && a != b {
            let what = "the same edges in another order, which some platforms run by";
            self.remark(&place, what.to_owned());
        }
    }

    fn fields(&mut self, place: &Place, a: &Primitive, b: &Primitive) {
        let (of_a, of_b) = (values(a), values(b));
        for (name, value) in &of_a {
            let place = place.field(name);
            match of_b.iter().find(|(other, _)| other == name) {
                Some((_, other)) => self.value(&place, value, other),
                None => self.lone(&place, a, value, ["first", "second"]),
            }
        }
        for (name, value) in &of_b {
            if of_a.iter().all(|(other, _)| other != name) {
                self.lone(&place.field(name), b, value, ["second", "first"]);
            }
        }
    }

    /// A field that one of the two lacks: the same if it holds what is meant without it.
    fn lone(
        &mut self,
        place: &Place,
        primitive: &Primitive,
        value: &Value,
        [has, lacks]: [&str; 2],
    ) {
        let default = match place.field.as_deref() {
            Some("v_reset") => Some(0.0),
            Some("w_in") => Some(1.0),
            _ => None,
        };
        let is_default = match (default, value) {
            (Some(default), Value::Tensor(tensor)) => tensor
                .to_f64()
                .is_some_and(|values| values.iter().all(|&value| self.same(value, default))),
            _ => false,
        };
        // Shapes that repeat what arrives say nothing of their own.
        let repeats = matches!(place.field.as_deref(), Some("input_shape" | "input_type"));
        let what =
            format!("the {has} {} has {}, the {lacks} none", primitive.kind(), value.describe());
        if is_default {
            self.remark(place, format!("{what}: the default is written out"));
        } else if repeats {
            self.remark(place, what);
        } else {
            self.note(place, what);
        }
    }

    fn value(&mut self, place: &Place, a: &Value, b: &Value) {
        match (a, b) {
            (Value::Tensor(a), Value::Tensor(b)) => self.tensor(place, a, b),
            (Value::Text(x), Value::Text(y)) if x.strings() == y.strings() => {}
            (a, b) if a == b => {}
            (a, b) => self.note(place, format!("{} and {}", shown(a), shown(b))),
        }
    }

    fn same(&self, a: f64, b: f64) -> bool {
        let are_finite = a.is_finite() && b.is_finite();
        is_equal(a, b) || are_finite && (a - b).abs() <= self.tolerance * a.abs().max(b.abs())
    }
}

fn values(primitive: &Primitive) -> Vec<(&'static str, Value)> {
    primitive.values().into_iter().map(|(field, value)| (field.name, value)).collect()
}

/// A short string as it stands, everything else in words.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => {
            text.as_str().map_or_else(|| value.describe(), |string| format!("\"{string}\""))
        }
        _ => value.describe(),
    }
}

/// The entries in which two groups differ.
fn names<'a>(a: &'a Fields, b: &'a Fields) -> Vec<&'a str> {
    let differs = |name: &&String| a.get(*name) != b.get(*name);
    let mut names: Vec<&str> =
        a.keys().chain(b.keys()).filter(differs).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Elements of a tensor that are shown each.
const FEW: usize = 8;

/// A few numbers or a short string as they stand, everything else in words.
fn entry(value: &Value) -> String {
    let Value::Tensor(tensor) = value else { return shown(value) };
    let element = |at| {
        let mut out = String::new();
        write_element(tensor, at, &mut out);
        out
    };
    match tensor.len() {
        1 => element(0),
        2..=FEW => {
            let elements: Vec<String> = (0..tensor.len()).map(element).collect();
            format!("{} of {}", value.describe(), elements.join(", "))
        }
        _ => value.describe(),
    }
}
