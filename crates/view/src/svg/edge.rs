//! Edges as paths with heads.

use std::fmt::Write as _;

use super::xml::{escaped, px};
use crate::layout::{Arrow, Layout};
use crate::options::Direction;

const COLOUR: &str = "#444444";
/// Colour of edges that lead back.
pub(super) const FEEDBACK: &str = "#a04000";
/// How edges that lead back are dashed.
pub(super) const DASHES: &str = "5 3";
/// Length and half the width of a head.
const HEAD: (f64, f64) = (7.0, 3.5);
/// Radius of corners.
const RADIUS: f64 = 5.0;

/// Draws all edges.
pub(super) fn draw(layout: &Layout, out: &mut String) {
    for arrow in &layout.edges {
        draw_one(arrow, layout, out);
    }
}

fn draw_one(arrow: &Arrow, layout: &Layout, out: &mut String) {
    let [.., end] = arrow.points.as_slice() else { return };
    let colour = if arrow.feedback { FEEDBACK } else { COLOUR };
    let dashes =
        if arrow.feedback { format!(" stroke-dasharray=\"{DASHES}\"") } else { String::new() };
    let width = if arrow.count > 1 { 2.4 } else { 1.2 };
    let _ = writeln!(
        out,
        "<g><title>{}</title><path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/><path d=\"{}\" fill=\"{colour}\"/></g>",
        escaped(&title(arrow, layout)),
        line(arrow, layout.direction),
        head(*end, layout.direction),
    );
}

/// The path of an edge, which ends inside of its head.
pub(crate) fn line(arrow: &Arrow, direction: Direction) -> String {
    let mut points = arrow.points.clone();
    if let Some(last) = points.last_mut() {
        let back = direction.turn([0.0, HEAD.0 - 1.0]);
        *last = [last[0] - back[0], last[1] - back[1]];
    }
    path(&points, direction)
}

fn title(arrow: &Arrow, layout: &Layout) -> String {
    let name = |at: usize| layout.nodes.get(at).map_or("", |block| block.name.as_str());
    let mut title = format!("{} → {}", name(arrow.source), name(arrow.target));
    if !arrow.shapes.is_empty() {
        let _ = write!(title, "\nsignal {}", arrow.shapes.join(" | "));
    }
    if arrow.count > 1 {
        let _ = write!(title, "\n{} edges", arrow.count);
    }
    if arrow.feedback {
        title.push_str("\nfeedback");
    }
    title
}

/// The outline of a head whose tip is at a point.
fn head(tip: [f64; 2], direction: Direction) -> String {
    let corner = |across: f64| {
        let [x, y] = direction.turn([across, -HEAD.0]);
        format!("{} {}", px(tip[0] + x), px(tip[1] + y))
    };
    format!("M{} {} L{} L{} z", px(tip[0]), px(tip[1]), corner(HEAD.1), corner(-HEAD.1))
}

/// A path through points: straight along the flow, in curves where both coordinates change, and with round corners.
fn path(points: &[[f64; 2]], direction: Direction) -> String {
    let mut path = String::new();
    for (at, &point) in points.iter().enumerate() {
        let [x, y] = point;
        let Some(&before) = at.checked_sub(1).and_then(|before| points.get(before)) else {
            let _ = write!(path, "M{} {}", px(x), px(y));
            continue;
        };
        if before[0] != x && before[1] != y {
            let ([from, start], [to, end]) = (direction.turn(before), direction.turn(point));
            let middle = f64::midpoint(start, end);
            let ([x1, y1], [x2, y2]) =
                (direction.turn([from, middle]), direction.turn([to, middle]));
            let curve = [x1, y1, x2, y2, x, y].map(px).join(" ");
            let _ = write!(path, " C{curve}");
            continue;
        }
        match points.get(at + 1) {
            Some(&next) if is_corner(before, point, next) => {
                let (near, far) = (toward(point, before), toward(point, next));
                let corner = [near[0], near[1]].map(px).join(" ");
                let curve = [x, y, far[0], far[1]].map(px).join(" ");
                let _ = write!(path, " L{corner} Q{curve}");
            }
            _ => {
                let _ = write!(path, " L{} {}", px(x), px(y));
            }
        }
    }
    path
}

/// Whether the way turns by a right angle.
fn is_corner(before: [f64; 2], at: [f64; 2], next: [f64; 2]) -> bool {
    let turns = |a: usize, b: usize| before[a] == at[a] && at[b] == next[b];
    (turns(0, 1) || turns(1, 0)) && before != at && at != next
}

/// The point at most [`RADIUS`], and half of the way, from one point towards another.
fn toward([x, y]: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    let (dx, dy) = (to[0] - x, to[1] - y);
    let length = dx.abs().max(dy.abs());
    let part = (RADIUS / length).min(0.5);
    [x + dx * part, y + dy * part]
}
