//! Layouts as the page has them: numbers beside a table of boxes that all layouts share.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::unit::{OpenUnits, Unit};
use crate::block::{Block, Content, Style};
use crate::family::Family;
use crate::layout::Layout;
use crate::svg::edge::line;

/// A length in pixels; the page needs no more than one digit behind the point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Px(f64);

impl Serialize for Px {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = (self.0 * 10.0).round() / 10.0;
        if rounded.fract() == 0.0 && rounded.abs() < 1e9 {
            return serializer.serialize_i64(rounded as i64);
        }
        serializer.serialize_f64(rounded)
    }
}

/// What stands in a box, whatever its place.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Face {
    name: String,
    kind: String,
    family: Family,
    /// `node`, `nested`, `collapsed` or `folded`.
    content: &'static str,
    /// The text in it: style and text of each line.
    lines: Vec<(&'static str, String)>,
    /// Position of its node among the details.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<usize>,
    /// Positions of the nodes of a folded block.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<usize>,
    /// The unit that it opens or closes, or the open block in which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<usize>,
    /// `error` or `warning`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'static str>,
}

/// A layout.
#[derive(Clone, Debug, Serialize)]
pub(super) struct State {
    open: Vec<usize>,
    size: [Px; 2],
    /// Face, x, y, width, height, layer, and the position of the box around it or -1.
    boxes: Vec<(usize, Px, Px, Px, Px, usize, i64)>,
    /// Source, target, path, whether it leads back, and how many edges it stands for.
    edges: Vec<(usize, usize, String, u8, usize)>,
    /// Text, x and y of the base line.
    labels: Vec<(String, Px, Px)>,
    notes: Vec<String>,
}

/// The boxes of all layouts.
#[derive(Debug, Default)]
pub(super) struct Faces {
    known: BTreeMap<(Vec<String>, &'static str), usize>,
    pub(super) list: Vec<Face>,
}

/// What is known of the nodes.
pub(super) struct Nodes<'a> {
    pub(super) units: &'a [Unit],
    /// The units by their paths: of blocks by each of their nodes.
    pub(super) unit_of: &'a BTreeMap<(Vec<String>, bool), usize>,
    /// The position of the details of each node.
    pub(super) detail_of: &'a BTreeMap<Vec<String>, usize>,
}

impl Faces {
    /// Takes a layout into numbers.
    pub(super) fn state(&mut self, layout: &Layout, open: &OpenUnits, nodes: &Nodes<'_>) -> State {
        let boxes = layout.nodes.iter().map(|block| {
            let face = self.of(block, nodes);
            let [x, y, width, height] = [block.x, block.y, block.width, block.height].map(Px);
            let parent = block.parent.map_or(-1, |parent| parent as i64);
            (face, x, y, width, height, block.layer, parent)
        });
        let boxes = boxes.collect();
        let edges = layout.edges.iter().map(|arrow| {
            let path = line(arrow, layout.direction);
            (arrow.source, arrow.target, path, u8::from(arrow.feedback), arrow.count)
        });
        let labels = layout
            .labels
            .iter()
            .map(|label| (label.text.clone(), Px(label.x), Px(label.y + label.height - 3.0)));
        State {
            open: open.iter().copied().collect(),
            size: [Px(layout.width), Px(layout.height)],
            boxes,
            edges: edges.collect(),
            labels: labels.collect(),
            notes: layout.notes(),
        }
    }

    fn of(&mut self, block: &Block, nodes: &Nodes<'_>) -> usize {
        let content = match &block.content {
            Content::Node => "node",
            Content::Nested => "nested",
            Content::Collapsed { .. } => "collapsed",
            Content::Folded { .. } => "folded",
        };
        let key = (block.path.clone(), content);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let is_folded = content == "folded";
        let unit = |is_block| nodes.unit_of.get(&(block.path.clone(), is_block)).copied();
        let unit = match content {
            "folded" | "node" => unit(true),
            _ => unit(false),
        };
        let members = unit.filter(|_| is_folded).and_then(|unit| nodes.units.get(unit));
        let members = members.map_or(&[] as &[_], |unit| &unit.members);
        let detail = |path: &Vec<String>| nodes.detail_of.get(path).copied();
        let mark = block.findings.first().map(|mark| if mark.error { "error" } else { "warning" });
        let lines = block.lines.iter().map(|line| (style(line.style), line.text.clone()));
        let face = Face {
            name: block.name.clone(),
            kind: block.kind.clone(),
            family: block.family,
            content,
            lines: lines.collect(),
            detail: if is_folded { None } else { detail(&block.path) },
            members: members.iter().filter_map(detail).collect(),
            unit,
            mark,
        };
        self.known.insert(key, self.list.len());
        self.list.push(face);
        self.list.len() - 1
    }
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Name => "name",
        Style::Kind => "kind",
        Style::Detail => "detail",
        Style::Error => "error",
        Style::Warning => "warning",
    }
}
