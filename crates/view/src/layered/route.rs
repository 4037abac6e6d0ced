//! Ways of edges and places of labels, once the order and the places across the flow are known.
//!
//! Between two layers there is, in the direction of the flow: room for labels, tracks for edges that leave for a lane, room in
//! which edges go from one place across to another, tracks for edges that come from a lane, and a straight piece for arrows. A
//! layer is passed straight. So no edge touches a box but its ends.

use super::layers::Layers;
use super::tracks::assign;
use super::{APART, ARROW, BETWEEN, Edge, LABEL_GAP, Placed, Size, Way};

/// Layers and gaps that all lanes together may pass while each looks for a place near its boxes.
const MOST_PASSED: usize = 50_000_000;

/// Places boxes and labels, and finds the ways of edges.
pub(super) fn route(
    boxes: &[Size],
    edges: &[Edge],
    is_feedback: &[bool],
    layers: &Layers,
    centres: &[f64],
) -> Placed {
    let labels = Labels::of(boxes, edges, layers, centres);
    let lanes = Lanes::of(boxes, edges, layers, centres, &labels);
    let along = Along::of(boxes, layers, &lanes);
    let top = |at: usize| along.middle(layers.layer[at]) - boxes[at].size[1] / 2.0;
    let bottom = |at: usize| along.middle(layers.layer[at]) + boxes[at].size[1] / 2.0;
    let forward = |members: &[usize]| {
        let mut points = Vec::new();
        for (position, &member) in members.iter().enumerate() {
            let (x, layer) = (centres[member], layers.layer[member]);
            if position > 0 {
                points.push([x, along.tops[layer] - ARROW]);
                points.extend((!layers.is_joint(member)).then(|| [x, top(member)]));
            }
            if position + 1 < members.len() {
                points.extend((!layers.is_joint(member)).then(|| [x, bottom(member)]));
                points.push([x, along.bottoms[layer] + along.labels[layer]]);
            }
        }
        straightened(points)
    };
    let beside = |lane: &Lane| {
        let (source, target) = edges[lane.edge];
        let (from, to) = (along.leaving(lane), along.coming(lane));
        vec![
            [lane.from, bottom(source)],
            [lane.from, from],
            [lane.at, from],
            [lane.at, to],
            [lane.to, to],
            [lane.to, top(target)],
        ]
    };
    let mut ways = vec![Way::default(); edges.len()];
    for ((way, passes), &feedback) in ways.iter_mut().zip(&layers.passes).zip(is_feedback) {
        way.feedback = feedback;
        way.points = passes.as_deref().map(forward).unwrap_or_default();
    }
    for lane in &lanes.all {
        ways[lane.edge].points = beside(lane);
    }
    let corners = (0..boxes.len()).map(|at| [centres[at] - boxes[at].size[0] / 2.0, top(at)]);
    let label = |at: usize| [labels.start[at], bottom(at) + LABEL_GAP];
    let mut placed = Placed {
        boxes: corners.collect(),
        labels: (0..boxes.len()).map(label).collect(),
        ways,
        layers: layers.layer.iter().copied().take(boxes.len()).collect(),
        size: [lanes.right.iter().copied().fold(0.0, f64::max), along.end],
    };
    // A label can begin before the first box.
    let least = labels.start.iter().copied().fold(0.0, f64::min);
    placed.shift(-least);
    placed
}

/// Leaves out points in the middle of straight pieces along the flow.
fn straightened(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = Vec::with_capacity(points.len());
    for point in points {
        while let [.., before, last] = kept.as_slice()
            && before[0] == last[0]
            && last[0] == point[0]
        {
            kept.pop();
        }
        if kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    kept
}

impl Placed {
    /// Moves everything across the flow.
    fn shift(&mut self, by: f64) {
        let points = self.ways.iter_mut().flat_map(|way| &mut way.points);
        let all = self.boxes.iter_mut().chain(&mut self.labels).chain(points);
        all.for_each(|point| point[0] += by);
        self.size[0] += by;
    }
}

/// Where the labels of signals stand across the flow: beside the place where the edges leave, on the side to which fewer of them go.
struct Labels {
    start: Vec<f64>,
}

impl Labels {
    fn of(boxes: &[Size], edges: &[Edge], layers: &Layers, centres: &[f64]) -> Self {
        let mut start: Vec<f64> = centres.iter().copied().take(boxes.len()).collect();
        let mut before = vec![false; boxes.len()];
        for (&(source, _), passes) in edges.iter().zip(&layers.passes) {
            before[source] |= passes.is_none();
        }
        for (at, size) in boxes.iter().enumerate() {
            let near = &layers.behind[at];
            let sum: f64 = near.iter().map(|&other| centres[other] - centres[at]).sum();
            let is_before = before[at] || sum > 1.0;
            let width = size.label[0];
            start[at] += if is_before { -LABEL_GAP - width } else { LABEL_GAP };
            if width == 0.0 {
                start[at] = centres[at];
            }
        }
        Self { start }
    }
}

/// The way of an edge beside the boxes, across the flow.
struct Lane {
    edge: usize,
    /// Where it leaves its source, runs, and comes to its target.
    from: f64,
    at: f64,
    to: f64,
    /// The gap in which it leaves, and its track there; gap 0 is before the first layer.
    leaving: (usize, usize),
    /// The gap in which it comes, and its track there.
    coming: (usize, usize),
}

/// Edges that run beside the boxes.
struct Lanes {
    all: Vec<Lane>,
    /// For each gap the tracks for leaving and for coming edges.
    tracks: Vec<(usize, usize)>,
    /// How far each gap and each layer reach across the flow: gap 0, layer 0, gap 1, layer 1, and so on.
    right: Vec<f64>,
}

impl Lanes {
    fn of(
        boxes: &[Size],
        edges: &[Edge],
        layers: &Layers,
        centres: &[f64],
        labels: &Labels,
    ) -> Self {
        let gaps = layers.order.len() + 1;
        let mut right = vec![0.0_f64; 2 * gaps - 1];
        for (member, &centre) in centres.iter().enumerate() {
            let layer = layers.layer[member];
            let end = centre + layers.width[member] / 2.0;
            right[2 * layer + 1] = right[2 * layer + 1].max(end);
            let label = boxes.get(member).map_or(end, |size| labels.start[member] + size.label[0]);
            right[2 * layer + 2] = right[2 * layer + 2].max(label);
        }
        let gap = |edge: usize| (layers.layer[edges[edge].0] + 1, layers.layer[edges[edge].1]);
        let span = |edge: usize| gap(edge).0.abs_diff(gap(edge).1);
        let mut beside: Vec<usize> =
            (0..edges.len()).filter(|&edge| layers.passes[edge].is_none()).collect();
        beside.sort_by_key(|&edge| (span(edge), edge));
        // Very many long lanes run beside the whole drawing.
        let is_near = beside.iter().map(|&edge| 2 * span(edge) + 1).sum::<usize>() < MOST_PASSED;
        let mut outer = right.iter().copied().fold(0.0, f64::max);
        let mut lanes = Vec::with_capacity(beside.len());
        for edge in beside {
            let (leaving, coming) = gap(edge);
            let passed = 2 * leaving.min(coming)..=2 * leaving.max(coming);
            let least = if is_near {
                right[passed.clone()].iter().copied().fold(0.0, f64::max)
            } else {
                outer
            };
            let at = least + APART;
            outer = outer.max(at);
            if is_near {
                right[passed].fill(at);
            }
            let end = |at: usize| (centres[at] + boxes[at].size[0] / 4.0).round();
            let (from, to) = (end(edges[edge].0), end(edges[edge].1));
            lanes.push(Lane { edge, from, at, to, leaving: (leaving, 0), coming: (coming, 0) });
        }
        right.push(outer);
        let tracks = Self::tracks(&mut lanes, gaps);
        Self { all: lanes, tracks, right }
    }

    /// Gives each lane a track in the gap in which it leaves, and one in the gap in which it comes.
    fn tracks(lanes: &mut [Lane], gaps: usize) -> Vec<(usize, usize)> {
        let (mut leaving, mut coming) = (vec![Vec::new(); gaps], vec![Vec::new(); gaps]);
        for (at, lane) in lanes.iter().enumerate() {
            leaving[lane.leaving.0].push((at, (lane.from, lane.at)));
            coming[lane.coming.0].push((at, (lane.to, lane.at)));
        }
        let mut tracks = vec![(0, 0); gaps];
        for (gap, count) in tracks.iter_mut().enumerate() {
            let pieces =
                |of: &[(usize, (f64, f64))]| of.iter().map(|piece| piece.1).collect::<Vec<_>>();
            let (given, most) = assign(&pieces(&leaving[gap]), APART);
            count.0 = most;
            for (&(at, _), track) in leaving[gap].iter().zip(given) {
                lanes[at].leaving.1 = track;
            }
            let (given, most) = assign(&pieces(&coming[gap]), APART);
            count.1 = most;
            for (&(at, _), track) in coming[gap].iter().zip(given) {
                lanes[at].coming.1 = track;
            }
        }
        tracks
    }
}

/// Places along the flow.
struct Along {
    /// Where each layer begins and ends.
    tops: Vec<f64>,
    bottoms: Vec<f64>,
    /// Room for labels behind each layer.
    labels: Vec<f64>,
    /// Where the drawing ends.
    end: f64,
}

impl Along {
    fn of(boxes: &[Size], layers: &Layers, lanes: &Lanes) -> Self {
        let count = layers.order.len();
        let (mut heights, mut labels) = (vec![0.0_f64; count], vec![0.0_f64; count]);
        for (size, &layer) in boxes.iter().zip(&layers.layer) {
            heights[layer] = heights[layer].max(size.size[1]);
            if size.label[1] > 0.0 {
                labels[layer] = labels[layer].max(size.label[1] + 2.0 * LABEL_GAP);
            }
        }
        let room = |gap: usize| {
            let (leaving, coming) = lanes.tracks[gap];
            let before = gap.checked_sub(1).map_or(0.0, |layer| labels[layer]);
            let tracks = before + (leaving + coming) as f64 * APART;
            let is_between = gap > 0 && gap < count;
            let arrow = if is_between || coming > 0 { ARROW } else { 0.0 };
            tracks + arrow + if is_between { BETWEEN } else { 0.0 }
        };
        let (mut tops, mut bottoms, mut at) = (Vec::new(), Vec::new(), 0.0);
        for (layer, height) in heights.iter().enumerate() {
            at += room(layer);
            tops.push(at);
            at += height;
            bottoms.push(at);
        }
        let end = at + room(count);
        Self { tops, bottoms, labels, end }
    }

    fn middle(&self, layer: usize) -> f64 {
        f64::midpoint(self.tops[layer], self.bottoms[layer])
    }

    /// Where a lane's edge leaves, in its track behind the layer of its source.
    fn leaving(&self, lane: &Lane) -> f64 {
        let (gap, track) = lane.leaving;
        let layer = gap.saturating_sub(1);
        self.bottoms[layer] + self.labels[layer] + (track as f64 + 0.5) * APART
    }

    /// Where a lane's edge comes, in its track before the layer of its target.
    fn coming(&self, lane: &Lane) -> f64 {
        let (gap, track) = lane.coming;
        self.tops[gap] - ARROW - (track as f64 + 0.5) * APART
    }
}
