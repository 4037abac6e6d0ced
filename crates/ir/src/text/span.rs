//! Where in a text each part of a document stands.
//!
//! Diagnostics speak of a [`Place`] in the graph; a reader wants a line and a caret. The printer
//! and the parser both build [`Spans`] as they go, in the shape of the document itself.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diag::Place;

/// The field under which [`Place::edge`] counts the edges of a graph.
const EDGES: &str = "edges";

/// Byte ranges of a text, found by [`Place`].
///
/// A node is drawn at its head (`lif1 = LIF`), a field with axes at its name and type
/// (`tau: f32[4]`), a field without axes up to its value, an element at its number, an edge at
/// both names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// The root node; a nested graph holds its nodes in turn.
    pub(super) root: NodeSpans,
}

/// The ranges of a node and of what stands in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NodeSpans {
    /// Name and kind.
    pub(super) head: Range<usize>,
    /// Fields by name, the word `metadata` among them if there is such a block.
    pub(super) fields: BTreeMap<String, FieldSpans>,
    /// Nodes of a graph by name.
    pub(super) nodes: BTreeMap<String, NodeSpans>,
    /// Edges of a graph in their order.
    pub(super) edges: Vec<Range<usize>>,
}

/// The ranges of a field and of its elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldSpans {
    /// What stands for the field as a whole.
    pub(super) head: Range<usize>,
    /// What stands for its elements.
    pub(super) elements: Elements,
}

/// The ranges of the elements of one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Elements {
    /// The value has no elements, or they cannot be told apart.
    #[default]
    None,
    /// One text stands for all of them: a repeated value or a reference.
    Same(Range<usize>),
    /// Each has its own text.
    Each {
        /// Lengths of the axes.
        shape: Vec<usize>,
        /// The ranges in C order.
        ranges: Ranges,
    },
}

/// Many ranges near each other, in eight bytes each: a matrix may have millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges {
    base: usize,
    /// Start after `base`, and length.
    compact: Vec<[u32; 2]>,
}

impl Ranges {
    /// No ranges yet; those to come begin at or after `base`.
    pub(super) fn after(base: usize) -> Self {
        Self { base, compact: Vec::new() }
    }

    /// Adds a range. One that is 4 GiB away or longer is kept as empty and not found again.
    pub(super) fn push(&mut self, range: Range<usize>) {
        let start = u32::try_from(range.start.saturating_sub(self.base));
        let length = u32::try_from(range.len());
        self.compact.push(match (start, length) {
            (Ok(start), Ok(length)) => [start, length],
            _ => [0, 0],
        });
    }

    /// Forgets all ranges.
    pub(super) fn clear(&mut self) {
        self.compact.clear();
    }

    fn get(&self, index: usize) -> Option<Range<usize>> {
        let [start, length] = *self.compact.get(index)?;
        let start = self.base + start as usize;
        (length > 0).then(|| start..start + length as usize)
    }
}

impl Spans {
    /// The byte range of a place, or of the nearest thing around it that has a text: an element
    /// falls back to its field, a field to its node, a node to the graph that it should be in.
    ///
    /// The answer is `None` only for an empty `Spans`.
    #[must_use]
    pub fn get(&self, place: &Place) -> Option<Range<usize>> {
        let mut node = &self.root;
        for name in &place.nodes {
            let Some(inner) = node.nodes.get(name) else { return node.head() };
            node = inner;
        }
        let part = place.field.as_ref().and_then(|field| node.part(field, &place.index));
        part.or_else(|| node.head())
    }
}

impl NodeSpans {
    fn head(&self) -> Option<Range<usize>> {
        (!self.head.is_empty()).then(|| self.head.clone())
    }

    fn part(&self, name: &str, index: &[usize]) -> Option<Range<usize>> {
        match self.fields.get(name) {
            Some(field) => field.element(index).or_else(|| Some(field.head.clone())),
            None if name == EDGES => self.edges.get(*index.first()?).cloned(),
            None => None,
        }
    }
}

impl FieldSpans {
    fn element(&self, index: &[usize]) -> Option<Range<usize>> {
        if index.is_empty() {
            return None;
        }
        match &self.elements {
            Elements::None => None,
            Elements::Same(range) => Some(range.clone()),
            Elements::Each { shape, ranges } => ranges.get(position(shape, index)?),
        }
    }
}

/// Position in C order of an index with one number for each axis.
fn position(shape: &[usize], index: &[usize]) -> Option<usize> {
    if shape.len() != index.len() {
        return None;
    }
    shape.iter().zip(index).try_fold(0_usize, |position, (&length, &index)| {
        (index < length).then_some(())?;
        position.checked_mul(length)?.checked_add(index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field() -> FieldSpans {
        let mut ranges = Ranges::after(100);
        (0..6).for_each(|i| ranges.push(100 + 2 * i..101 + 2 * i));
        FieldSpans { head: 90..99, elements: Elements::Each { shape: vec![2, 3], ranges } }
    }

    fn spans() -> Spans {
        let mut inner = NodeSpans { head: 80..89, ..NodeSpans::default() };
        inner.fields.insert("tau".into(), field());
        let mut root = NodeSpans { head: 0..5, ..NodeSpans::default() };
        root.edges.push(200..206);
        root.nodes.insert("lif".into(), inner);
        Spans { root }
    }

    #[test]
    fn an_element_is_found_in_c_order() {
        let tau = Place::root().node("lif").field("tau");
        assert_eq!(spans().get(&tau.element(&[1, 2])), Some(110..111));
        assert_eq!(spans().get(&tau), Some(90..99));
    }

    #[test]
    fn what_has_no_text_falls_back_to_what_is_around_it() {
        let lif = Place::root().node("lif");
        for index in [&[2, 0][..], &[0], &[0, 3], &[usize::MAX, usize::MAX]] {
            assert_eq!(spans().get(&lif.field("tau").element(index)), Some(90..99), "{index:?}");
        }
        assert_eq!(spans().get(&lif.field("absent")), Some(80..89));
        assert_eq!(spans().get(&lif.node("absent").field("tau")), Some(80..89));
        assert_eq!(spans().get(&Place::root().node("absent")), Some(0..5));
    }

    #[test]
    fn an_edge_is_found_by_its_number() {
        assert_eq!(spans().get(&Place::root().edge(0)), Some(200..206));
        assert_eq!(spans().get(&Place::root().edge(1)), Some(0..5));
    }

    #[test]
    fn empty_spans_have_no_answer() {
        assert_eq!(Spans::default().get(&Place::root()), None);
    }
}
