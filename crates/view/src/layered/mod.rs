//! The layered layout of one graph: boxes and edges without names. Lengths are pairs (across the flow, along the flow).

mod across;
mod crossings;
pub(crate) mod feedback;
mod layers;
mod route;
mod tracks;

use layers::Layers;

/// Room between two boxes of a layer.
pub(crate) const BESIDE: f64 = 26.0;
/// Room between two layers, beside labels and edges that run across.
const BETWEEN: f64 = 24.0;
/// Distance of edges that run side by side.
const APART: f64 = 10.0;
/// Length of the straight piece before an arrow.
const ARROW: f64 = 10.0;
/// Distance of a label from its edge and its box.
pub(crate) const LABEL_GAP: f64 = 4.0;

/// A box to be placed, with the label of the signal that leaves it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    /// Lengths of the box.
    pub(crate) size: [f64; 2],
    /// Lengths of the label; 0 without one.
    pub(crate) label: [f64; 2],
}

/// An edge to be drawn, between boxes by their positions.
pub(crate) type Edge = (usize, usize);

/// The way of an edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Way {
    /// From the source to the target.
    pub(crate) points: Vec<[f64; 2]>,
    /// Whether the edge leads back.
    pub(crate) feedback: bool,
}

/// Boxes and edges in their places; all are at 0 or above.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placed {
    /// The corner of each box that is nearest to the origin.
    pub(crate) boxes: Vec<[f64; 2]>,
    /// The same of each label.
    pub(crate) labels: Vec<[f64; 2]>,
    /// The way of each edge.
    pub(crate) ways: Vec<Way>,
    /// The layer of each box, from 0.
    pub(crate) layers: Vec<usize>,
    /// Lengths of the whole.
    pub(crate) size: [f64; 2],
}

/// Places boxes, of which the first in the list are also first in the search for cycles and in their layers. Edges
/// between the same boxes must be given once.
pub(crate) fn place(boxes: &[Size], edges: &[Edge]) -> Placed {
    if boxes.is_empty() {
        return Placed::default();
    }
    let is_feedback = feedback::find(boxes.len(), edges);
    let mut layers = Layers::of(boxes, edges, &is_feedback);
    crossings::reduce(&mut layers);
    let centres = across::place(&layers);
    route::route(boxes, edges, &is_feedback, &layers, &centres)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(count: usize) -> Vec<Size> {
        vec![Size { size: [80.0, 40.0], label: [30.0, 12.0] }; count]
    }

    #[test]
    fn a_chain_is_straight() {
        let edges: Vec<Edge> = (0..9).map(|at| (at, at + 1)).collect();
        let placed = place(&boxes(10), &edges);
        assert!(placed.boxes.iter().all(|corner| corner[0] == placed.boxes[0][0]));
        assert!(placed.boxes.is_sorted_by(|a, b| a[1] + 40.0 < b[1]));
        assert!(placed.ways.iter().all(|way| !way.feedback));
    }

    #[test]
    fn an_edge_back_runs_beside_the_boxes() {
        let placed = place(&boxes(3), &[(0, 1), (1, 2), (2, 1), (1, 1)]);
        let feedback: Vec<bool> = placed.ways.iter().map(|way| way.feedback).collect();
        assert_eq!(feedback, [false, false, true, true]);
        let back = &placed.ways[2].points;
        assert!(back.first().unwrap()[1] > back.last().unwrap()[1]);
        assert!(back.iter().any(|point| point[0] > placed.boxes[1][0] + 80.0));
    }

    #[test]
    fn nothing_and_one_box_have_a_place() {
        assert_eq!(place(&[], &[]).size, [0.0, 0.0]);
        let one = place(&boxes(1), &[]);
        assert_eq!(one.boxes, [[0.0, 0.0]]);
    }
}
