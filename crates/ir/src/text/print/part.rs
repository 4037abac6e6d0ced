//! What stands in the block of a node beside nodes and edges: fields, and blocks of fields under a keyword.

use std::borrow::Cow;

use crate::field::Unit;
use crate::graph::Node;
use crate::primitive::{GRAPH_KIND, Primitive, Unknown, declaration};
use crate::value::{Fields, Value};

/// One thing in the block of a node: a field, or a block of fields under a keyword.
pub(super) enum Part<'a> {
    Field { name: &'a str, value: Cow<'a, Value>, unit: &'static str },
    Block { word: &'static str, fields: Vec<(&'a str, &'a Value)> },
}

impl Part<'_> {
    pub(super) fn unit(&self) -> &'static str {
        match self {
            Self::Field { unit, .. } => unit,
            Self::Block { .. } => "",
        }
    }
}

/// What stands in the block of a node beside nodes and edges, in the order of the text.
pub(super) fn parts(node: &Node, times: Unit) -> Vec<Part<'_>> {
    let declared = node.primitive.values().into_iter().map(|(field, value)| Part::Field {
        name: field.name,
        value: Cow::Owned(value),
        unit: field.unit.in_file(times).symbol(),
    });
    let unknown = match &node.primitive {
        Primitive::Unknown(unknown) => Some(&unknown.fields),
        #[allow(clippy::wildcard_enum_match_arm, reason = "other primitives have declared fields")]
        _ => None,
    };
    let (plain, hidden): (Vec<_>, Vec<_>) =
        node.extra.iter().partition(|(name, _)| stays_extra(&node.primitive, name));
    let verbatim = unknown.into_iter().flatten().chain(plain).map(|(name, value)| Part::Field {
        name,
        value: Cow::Borrowed(value),
        unit: "",
    });
    let blocks = [block("metadata", &node.metadata), block("extra", hidden)];
    let filled = |part: &Part| !matches!(part, Part::Block { fields, .. } if fields.is_empty());
    declared.chain(verbatim).chain(blocks).filter(filled).collect()
}

/// A block of fields under a keyword.
pub(super) fn block<'a>(
    word: &'static str,
    fields: impl IntoIterator<Item = (&'a String, &'a Value)>,
) -> Part<'a> {
    Part::Block { word, fields: entries(fields) }
}

/// Names and values in their order.
pub(super) fn entries<'a>(
    fields: impl IntoIterator<Item = (&'a String, &'a Value)>,
) -> Vec<(&'a str, &'a Value)> {
    fields.into_iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// Whether a field beside the declared ones is read as such when it stands among them. If not, it
/// has to stand in a block `extra`.
fn stays_extra(primitive: &Primitive, name: &str) -> bool {
    match primitive {
        Primitive::Unknown(_) => false,
        #[allow(clippy::wildcard_enum_match_arm, reason = "the declaration tells")]
        known => declaration(known.kind())
            .is_none_or(|declared| declared.fields.iter().all(|field| field.name != name)),
    }
}

/// Whether an unknown node would be read as a known one without the word `unknown`.
pub(super) fn looks_known(unknown: &Unknown) -> bool {
    let complete = |fields: &Fields| {
        declaration(&unknown.kind).is_some_and(|declared| (declared.faults)(fields).is_empty())
    };
    unknown.kind == GRAPH_KIND || complete(&unknown.fields)
}
