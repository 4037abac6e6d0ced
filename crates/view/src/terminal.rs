//! Draws a layout as text for a terminal: a row for each box, layer by layer.

use crate::block::{Block, Content, mark_titles};
use crate::layout::{Arrow, Layout};

/// Most characters of a name or a kind.
const MOST: usize = 40;
/// Sources that are named; the others are counted.
const MOST_SOURCES: usize = 6;
/// Titles of the columns.
const HEAD: [&str; 5] = ["layer", "node", "kind", "signal", "from"];

/// Draws a layout as a table, with the layer of each box and the boxes from which edges come. The boxes of a nested graph
/// follow its own, with the layers in it behind a point.
#[must_use]
pub fn text(layout: &Layout) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    let mut order: Vec<(Vec<usize>, usize)> = Vec::with_capacity(layout.nodes.len());
    let mut keys: Vec<(Vec<usize>, String)> = Vec::with_capacity(layout.nodes.len());
    for (at, block) in layout.nodes.iter().enumerate() {
        // A nested graph comes before what is in it.
        let around = block.parent.and_then(|parent| keys.get(parent)).cloned();
        let (mut key, mut number) = around.unwrap_or_default();
        key.extend([block.layer, at]);
        if !number.is_empty() {
            number.push('.');
        }
        number.push_str(&block.layer.to_string());
        order.push((key.clone(), at));
        keys.push((key, number));
    }
    order.sort_unstable();
    let mut entering: Vec<Vec<&Arrow>> = vec![Vec::new(); layout.nodes.len()];
    for arrow in &layout.edges {
        if let Some(arrows) = entering.get_mut(arrow.target) {
            arrows.push(arrow);
        }
    }
    let mut remarks = mark_titles(&layout.findings);
    for (_, at) in order {
        let (Some(block), Some(arrows), Some((_, number))) =
            (layout.nodes.get(at), entering.get(at), keys.get(at))
        else {
            continue;
        };
        let sources = sources(layout, arrows);
        rows.push([number.clone(), short(&block.name), kind(block), signal(block), sources]);
        let titles = mark_titles(&block.findings);
        remarks.extend(titles.into_iter().map(|title| format!("{}: {title}", short(&block.name))));
    }
    let mut text = table(&rows);
    if !remarks.is_empty() {
        text.push('\n');
        for remark in &remarks {
            text.push_str(&format!("{remark}\n"));
        }
    }
    text
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

fn kind(block: &Block) -> String {
    match &block.content {
        Content::Node | Content::Nested => short(&block.kind),
        Content::Collapsed { nodes, .. } => format!("{} of {nodes} nodes", block.kind),
        Content::Folded { times, .. } => short(&format!("{times} × {}", block.kind)),
    }
}

fn signal(block: &Block) -> String {
    match &block.shapes {
        [Some(input), Some(output)] if input == output => input.clone(),
        [Some(input), Some(output)] => format!("{input} → {output}"),
        [Some(input), None] => format!("{input} → ?"),
        [None, Some(output)] => format!("? → {output}"),
        [None, None] => "?".to_owned(),
    }
}

/// The boxes from which edges come.
fn sources(layout: &Layout, arrows: &[&Arrow]) -> String {
    let named = arrows.iter().take(MOST_SOURCES).map(|arrow| {
        let name = layout.nodes.get(arrow.source).map_or("", |block| block.name.as_str());
        let count = if arrow.count > 1 { format!(" ×{}", arrow.count) } else { String::new() };
        let back = if arrow.feedback { " (feedback)" } else { "" };
        format!("{}{count}{back}", short(name))
    });
    let mut text = named.collect::<Vec<_>>().join(", ");
    if arrows.len() > MOST_SOURCES {
        text.push_str(&format!(" and {} more", arrows.len() - MOST_SOURCES));
    }
    text
}

/// Columns side by side.
fn table(rows: &[[String; 5]]) -> String {
    let mut widths = [0; 5];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| {
            let room = width - cell.chars().count();
            format!("{cell}{}", " ".repeat(room))
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
