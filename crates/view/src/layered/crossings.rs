//! Orders within layers with few crossings of edges: sweeps down and up that sort each layer by the mean place of neighbours.

use super::layers::Layers;

/// Sweeps, down and up in turn.
const SWEEPS: usize = 12;

/// Sorts the layers; the order with the fewest crossings that was seen stays.
pub(super) fn reduce(layers: &mut Layers) {
    let mut place = vec![0; layers.layer.len()];
    note(&layers.order, &mut place);
    let mut best = (crossings(layers, &place), layers.order.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        let down = sweep % 2 == 0;
        let count = layers.order.len();
        for step in 1..count {
            let at = if down { step } else { count - 1 - step };
            let mut order = std::mem::take(&mut layers.order[at]);
            sort(&mut order, if down { &layers.before } else { &layers.behind }, &place);
            for (position, &member) in order.iter().enumerate() {
                place[member] = position;
            }
            layers.order[at] = order;
        }
        let found = crossings(layers, &place);
        if found < best.0 {
            best = (found, layers.order.clone());
        }
    }
    layers.order = best.1;
}

/// Writes down the place of each member in its layer.
fn note(order: &[Vec<usize>], place: &mut [usize]) {
    for layer in order {
        for (position, &member) in layer.iter().enumerate() {
            place[member] = position;
        }
    }
}

/// Sorts a layer by the mean place of neighbours; members without any keep theirs.
fn sort(order: &mut [usize], neighbours: &[Vec<usize>], place: &[usize]) {
    let mean = |member: usize| {
        let near = &neighbours[member];
        let sum: usize = near.iter().map(|&other| place[other]).sum();
        if near.is_empty() { place[member] as f64 } else { sum as f64 / near.len() as f64 }
    };
    let mut keyed: Vec<(f64, usize)> = order.iter().map(|&member| (mean(member), member)).collect();
    // The sort is stable: equal means leave the order as it is.
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (slot, (_, member)) in order.iter_mut().zip(keyed) {
        *slot = member;
    }
}

/// Number of crossings between all neighbouring layers.
fn crossings(layers: &Layers, place: &[usize]) -> u64 {
    layers.order.iter().map(|layer| between(layers, layer, place)).sum()
}

/// Crossings of the edges that leave a layer: pairs of edges that begin in one order and end in the other. The ends are counted
/// in a tree of partial sums, so that the time is n log n.
fn between(layers: &Layers, layer: &[usize], place: &[usize]) -> u64 {
    let targets = layer.iter().flat_map(|&member| &layers.behind[member]);
    let Some(last) = targets.map(|&target| place[target]).max() else { return 0 };
    let mut sums = vec![0_u64; last + 2];
    let (mut crossings, mut counted) = (0, 0);
    for &member in layer {
        let ends: Vec<usize> = layers.behind[member].iter().map(|&to| place[to]).collect();
        // Edges of one source do not cross each other.
        for &end in &ends {
            crossings += counted - prefix(&sums, end + 1);
        }
        for &end in &ends {
            counted += 1;
            let mut at = end + 1;
            while at < sums.len() {
                sums[at] += 1;
                at += at & at.wrapping_neg();
            }
        }
    }
    crossings
}

/// The sum of the first `count` entries.
fn prefix(sums: &[u64], count: usize) -> u64 {
    let (mut at, mut sum) = (count, 0);
    while at > 0 {
        sum += sums[at];
        at -= at & at.wrapping_neg();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::Size;
    use super::*;

    #[test]
    fn two_crossed_edges_are_uncrossed() {
        let boxes = [Size::default(); 4];
        let mut layers = Layers::of(&boxes, &[(0, 3), (1, 2)], &[false; 2]);
        layers.order = vec![vec![0, 1], vec![2, 3]];
        let mut place = vec![0; 4];
        note(&layers.order, &mut place);
        assert_eq!(crossings(&layers, &place), 1);
        reduce(&mut layers);
        note(&layers.order, &mut place);
        assert_eq!(crossings(&layers, &place), 0);
    }
}
