//! Tracks for pieces of edges that run across the flow between two layers: no two on a track touch.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A place on the line, ordered.
#[derive(Clone, Copy, PartialEq)]
struct Place(f64);

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Gives each piece, from its least to its largest place, the number of a track; and says how many tracks there are. Takes n log n.
pub(super) fn assign(pieces: &[(f64, f64)], apart: f64) -> (Vec<usize>, usize) {
    let mut by_start: Vec<usize> = (0..pieces.len()).collect();
    by_start.sort_by(|&a, &b| pieces[a].0.total_cmp(&pieces[b].0).then(a.cmp(&b)));
    let (mut tracks, mut count) = (vec![0; pieces.len()], 0);
    // Tracks by the places where they are free again.
    let mut free: BinaryHeap<Reverse<(Place, usize)>> = BinaryHeap::new();
    for at in by_start {
        let (start, end) = pieces[at];
        let track = match free.peek() {
            Some(&Reverse((Place(from), track))) if from + apart < start => {
                free.pop();
                track
            }
            _ => {
                count += 1;
                count - 1
            }
        };
        tracks[at] = track;
        free.push(Reverse((Place(end), track)));
    }
    (tracks, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_do_not_touch_share_a_track() {
        let (tracks, count) = assign(&[(0.0, 10.0), (5.0, 30.0), (20.0, 25.0)], 4.0);
        assert_eq!((tracks, count), (vec![0, 1, 0], 2));
    }
}
