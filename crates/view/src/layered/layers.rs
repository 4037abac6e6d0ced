//! Layers: every node stands behind its sources. An edge over several layers gets a joint in each layer that it passes.

use super::{APART, BESIDE, Edge, Size};

/// Joints of all edges together; edges beyond that run beside the boxes.
const MOST_JOINTS: usize = 200_000;

/// Boxes of a layer that no edge joins with others.
const MOST_LONE: usize = 8;

/// What stands in layers: first the boxes, then joints of edges.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    /// Number of boxes among the members.
    pub(super) boxes: usize,
    /// The layer of each member.
    pub(super) layer: Vec<usize>,
    /// Lengths across the flow.
    pub(super) width: Vec<f64>,
    /// Members of each layer in their order across the flow.
    pub(super) order: Vec<Vec<usize>>,
    /// Members in the layer before that lead to each member, and in the layer behind that it leads to.
    pub(super) before: Vec<Vec<usize>>,
    /// See `before`.
    pub(super) behind: Vec<Vec<usize>>,
    /// For each edge its members from the source to the target; none for edges that run beside the boxes.
    pub(super) passes: Vec<Option<Vec<usize>>>,
}

impl Layers {
    /// Puts boxes into layers.
    pub(super) fn of(boxes: &[Size], edges: &[Edge], is_feedback: &[bool]) -> Self {
        let forward = || edges.iter().zip(is_feedback).filter(|(_, back)| !**back);
        let layer = ranks(boxes.len(), forward().map(|(edge, _)| *edge));
        let mut layers = Self {
            boxes: boxes.len(),
            width: boxes.iter().map(|size| size.size[0]).collect(),
            before: vec![Vec::new(); boxes.len()],
            behind: vec![Vec::new(); boxes.len()],
            passes: vec![None; edges.len()],
            order: Vec::new(),
            layer,
        };
        layers.connect(edges, is_feedback);
        layers.arrange();
        layers
    }

    /// Adds the edges, the short ones first.
    fn connect(&mut self, edges: &[Edge], is_feedback: &[bool]) {
        let span = |at: usize| self.layer[edges[at].1].saturating_sub(self.layer[edges[at].0]);
        let mut by_span: Vec<usize> = (0..edges.len()).filter(|&at| !is_feedback[at]).collect();
        by_span.sort_by_key(|&at| (span(at), at));
        let mut left = MOST_JOINTS;
        let fits = |&at: &usize| {
            let joints = span(at).saturating_sub(1);
            let fits = joints <= left;
            left -= if fits { joints } else { 0 };
            fits
        };
        let mut drawn: Vec<usize> = by_span.into_iter().filter(fits).collect();
        // Joints are numbered in the order of the edges.
        drawn.sort_unstable();
        for at in drawn {
            let (source, target) = edges[at];
            let mut members = vec![source];
            for layer in self.layer[source] + 1..self.layer[target] {
                members.push(self.joint(layer));
            }
            members.push(target);
            for pair in members.windows(2) {
                if let [from, to] = *pair {
                    self.behind[from].push(to);
                    self.before[to].push(from);
                }
            }
            self.passes[at] = Some(members);
        }
    }

    /// Adds a joint.
    fn joint(&mut self, layer: usize) -> usize {
        self.layer.push(layer);
        self.width.push(0.0);
        self.before.push(Vec::new());
        self.behind.push(Vec::new());
        self.layer.len() - 1
    }

    /// Puts the members of each layer in the order in which a search from the first boxes finds them, so that trees have no
    /// crossings.
    fn arrange(&mut self) {
        let count = self.layer.iter().max().map_or(0, |last| last + 1);
        self.order = vec![Vec::new(); count];
        let mut seen = vec![false; self.layer.len()];
        let starts = (0..self.boxes).filter(|&at| self.before[at].is_empty()).chain(0..self.boxes);
        for start in starts {
            let mut open = vec![start];
            while let Some(member) = open.pop() {
                if !std::mem::replace(&mut seen[member], true) {
                    self.order[self.layer[member]].push(member);
                    open.extend(self.behind[member].iter().rev());
                }
            }
        }
    }

    /// Whether a member is a joint of an edge.
    pub(super) fn is_joint(&self, member: usize) -> bool {
        member >= self.boxes
    }

    /// The least distance of the centres of two neighbours.
    pub(super) fn distance(&self, left: usize, right: usize) -> f64 {
        let both = self.is_joint(left) && self.is_joint(right);
        let gap = if both { APART } else { BESIDE };
        gap + f64::midpoint(self.width[left], self.width[right])
    }
}

/// The layer of each box: the longest way to it from a box without sources. Boxes without sources then move to just before the
/// first of their targets; those without targets are distributed among the layers.
fn ranks(boxes: usize, edges: impl Iterator<Item = Edge>) -> Vec<usize> {
    let (mut behind, mut missing) = (vec![Vec::new(); boxes], vec![0_usize; boxes]);
    for (source, target) in edges {
        behind[source].push(target);
        missing[target] += 1;
    }
    let mut ready: Vec<usize> = (0..boxes).filter(|&at| missing[at] == 0).collect();
    let starts = ready.clone();
    let mut layer = vec![0_usize; boxes];
    while let Some(at) = ready.pop() {
        for &target in &behind[at] {
            layer[target] = layer[target].max(layer[at] + 1);
            missing[target] -= 1;
            if missing[target] == 0 {
                ready.push(target);
            }
        }
    }
    let mut lone = 0;
    for at in starts {
        if behind[at].is_empty() {
            layer[at] = lone / MOST_LONE;
            lone += 1;
            continue;
        }
        let first = behind[at].iter().map(|&target| layer[target]).min();
        layer[at] = first.unwrap_or_default().saturating_sub(1);
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_edge_has_a_joint_in_every_layer_between() {
        let boxes = [Size { size: [10.0, 10.0], label: [0.0, 0.0] }; 4];
        let edges = [(0, 1), (1, 2), (2, 3), (0, 3)];
        let layers = Layers::of(&boxes, &edges, &[false; 4]);
        assert_eq!(layers.layer, [0, 1, 2, 3, 1, 2]);
        assert_eq!(layers.passes[3].as_deref(), Some(&[0, 4, 5, 3][..]));
    }
}
