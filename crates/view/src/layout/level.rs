//! Places a level: first the levels in it, then their boxes among the others.

use super::boxes::joined;
use super::{Arrow, Folded, Label, Layout, Maker};
use crate::block::{Block, Content, PADDING, Style, even, size_of};
use crate::layered::{self, BESIDE, Edge, LABEL_GAP, Size};
use crate::options::Direction;
use crate::scope::{Body, Scope};

/// Room between the outline of a nested graph and what is in it.
const INSET: f64 = 14.0;
/// Widest label in pixels.
const MOST_LABEL: f64 = 96.0;

/// Places the level under these names, with its upper left corner at 0.
pub(super) fn place(maker: &mut Maker<'_>, scope: &Scope<'_>, path: &mut Vec<String>) -> Layout {
    let direction = maker.options.direction;
    let texts = label_texts(scope);
    let (mut blocks, mut inner, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    for (item, text) in scope.items.iter().zip(&texts) {
        let mut block = maker.block(item, path);
        let level = if let Body::Nested(nested) = &item.body {
            path.push((*item.names.first().unwrap_or(&"")).to_owned());
            let level = place(maker, nested, path);
            path.pop();
            Some(level)
        } else {
            None
        };
        let label = label_size(text);
        [block.width, block.height] = room(&block, level.as_ref(), label, direction);
        sizes.push(Size {
            size: direction.turn([block.width, block.height]),
            label: direction.turn(label),
        });
        blocks.push(block);
        inner.push(level);
    }
    let edges: Vec<Edge> = scope.links.iter().map(|link| (link.source, link.target)).collect();
    let placed = layered::place(&sizes, &edges);
    let [width, height] = direction.turn(placed.size);
    let mut layout = Layout { direction, width, height, ..Layout::default() };
    for ((block, corner), layer) in blocks.iter_mut().zip(&placed.boxes).zip(&placed.layers) {
        [block.x, block.y] = direction.turn(*corner);
        block.layer = *layer;
    }
    for (node, (text, corner)) in texts.iter().zip(&placed.labels).enumerate() {
        let ([x, y], [width, height]) = (direction.turn(*corner), label_size(text));
        if width > 0.0 {
            layout.labels.push(Label { text: text.clone(), node, x, y, width, height });
        }
    }
    for (link, way) in scope.links.iter().zip(placed.ways) {
        let points = way.points.iter().map(|point| direction.turn(*point)).collect();
        let (shapes, count, feedback) = (link.shapes.clone(), link.count, way.feedback);
        let (source, target) = (link.source, link.target);
        layout.edges.push(Arrow { source, target, shapes, count, feedback, points });
    }
    layout.folded = folded(scope, maker, path);
    layout.nodes = blocks;
    for (at, level) in inner.into_iter().enumerate() {
        if let Some(level) = level {
            layout.insert(at, level);
        }
    }
    layout
}

/// The folded blocks of a level.
fn folded(scope: &Scope<'_>, maker: &Maker<'_>, path: &[String]) -> Vec<Folded> {
    let shown = |text: &str| (maker.options.shown)(text).into_owned();
    let full = |name: Option<&&str>| {
        let names = path.iter().map(String::as_str).chain(name.copied());
        shown(&names.collect::<Vec<_>>().join("."))
    };
    let folded = scope.items.iter().enumerate().filter_map(|(node, item)| {
        let Body::Folded { times, kinds } = &item.body else { return None };
        let kinds = kinds.iter().map(|kind| shown(kind)).collect();
        let ends = [full(item.names.first()), full(item.names.last())];
        Some(Folded { node, times: *times, kinds, ends })
    });
    folded.collect()
}

/// The label of each item: the shapes of the signals on the edges that leave it.
fn label_texts(scope: &Scope<'_>) -> Vec<String> {
    let mut shapes: Vec<Vec<String>> = vec![Vec::new(); scope.items.len()];
    for link in &scope.links {
        shapes[link.source].extend(link.shapes.iter().cloned());
    }
    let text = |mut shapes: Vec<String>| {
        shapes.sort_unstable();
        shapes.dedup();
        let text = joined(&shapes).unwrap_or_default();
        Style::Detail.font().shorten(&text, MOST_LABEL)
    };
    shapes.into_iter().map(text).collect()
}

/// Width and height of a label; 0 without a text.
fn label_size(text: &str) -> [f64; 2] {
    if text.is_empty() {
        return [0.0, 0.0];
    }
    [Style::Detail.font().width(text).ceil(), 12.0]
}

/// Width and height of a box: room for its text, for the level in it, and for the label, which stands beside the middle.
fn room(block: &Block, inner: Option<&Layout>, label: [f64; 2], direction: Direction) -> [f64; 2] {
    let [mut width, mut height] = size_of(&block.lines);
    if matches!(block.content, Content::Folded { .. }) {
        // Two outlines.
        (width, height) = (width + 6.0, height + 6.0);
    }
    if let Some(inner) = inner {
        width = width.max(inner.width + 2.0 * INSET);
        height += inner.height + INSET;
    }
    let across = 2.0 * (LABEL_GAP + direction.turn(label)[0]) - BESIDE + 6.0;
    match direction {
        Direction::Down => width = width.max(across),
        Direction::Right => height = height.max(across),
    }
    [even(width), even(height)]
}

impl Layout {
    /// Puts a level into the box at a position.
    fn insert(&mut self, at: usize, level: Self) {
        let base = self.nodes.len();
        let Some(around) = self.nodes.get(at) else { return };
        // The text of the box is above, and what is in it stands in the middle.
        let x = around.x + ((around.width - level.width) / 2.0).round();
        let y = around.y + around.height - INSET - level.height;
        let y = y.max(around.y + PADDING).round();
        for mut block in level.nodes {
            (block.x, block.y) = (block.x + x, block.y + y);
            block.parent = Some(block.parent.map_or(at, |parent| parent + base));
            self.nodes.push(block);
        }
        for mut arrow in level.edges {
            (arrow.source, arrow.target) = (arrow.source + base, arrow.target + base);
            arrow.points.iter_mut().for_each(|point| *point = [point[0] + x, point[1] + y]);
            self.edges.push(arrow);
        }
        for label in level.labels {
            let (node, x, y) = (label.node + base, label.x + x, label.y + y);
            self.labels.push(Label { node, x, y, ..label });
        }
        let moved =
            level.folded.into_iter().map(|folded| Folded { node: folded.node + base, ..folded });
        self.folded.extend(moved);
    }
}
