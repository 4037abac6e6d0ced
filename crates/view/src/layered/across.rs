//! Places across the flow: each member near its neighbours in the other layers, in the order of its layer, without overlap.

use super::layers::Layers;

/// Sweeps, down and up in turn, and then by both sides.
const SWEEPS: usize = 10;
/// Sweeps by the neighbours on both sides.
const LAST: usize = 4;

/// A member this near to the place below its source is moved there, in pixels.
const NEARLY: f64 = 12.0;

/// Centres of all members across the flow; the leftmost edge is at 0.
pub(super) fn place(layers: &Layers) -> Vec<f64> {
    let mut centre = vec![0.0; layers.layer.len()];
    for order in &layers.order {
        pack(layers, order, &mut centre);
    }
    let count = layers.order.len();
    for sweep in 0..SWEEPS + LAST {
        for step in 0..count {
            let at = if sweep % 2 == 0 { step } else { count - 1 - step };
            let sides = (sweep % 2 == 0 || sweep >= SWEEPS, sweep % 2 == 1 || sweep >= SWEEPS);
            settle(layers, &layers.order[at], sides, &mut centre);
        }
    }
    for order in &layers.order {
        align(layers, order, &mut centre);
    }
    let left = (0..centre.len()).map(|at| centre[at] - layers.width[at] / 2.0);
    let least = left.fold(f64::INFINITY, f64::min);
    // Whole pixels: the distances of neighbours leave room for the rounding.
    centre.iter().map(|x| (x - least).round()).collect()
}

/// Moves members of a layer that stand nearly below their one source, or are its one target, to just below it, where the
/// members beside them leave room.
fn align(layers: &Layers, order: &[usize], centre: &mut [f64]) {
    for (at, &member) in order.iter().enumerate() {
        let &[source] = layers.before[member].as_slice() else { continue };
        let is_only = layers.behind[source].len() == 1;
        let place = centre[source];
        if !is_only && (place - centre[member]).abs() > NEARLY {
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| order.get(before));
        let behind = order.get(at + 1);
        let fits = before.is_none_or(|&left| place - centre[left] >= layers.distance(left, member))
            && behind.is_none_or(|&right| centre[right] - place >= layers.distance(member, right));
        if fits {
            centre[member] = place;
        }
    }
}

/// Puts the members of a layer side by side around 0.
fn pack(layers: &Layers, order: &[usize], centre: &mut [f64]) {
    let mut x = 0.0;
    for (at, &member) in order.iter().enumerate() {
        x += if at == 0 { 0.0 } else { layers.distance(order[at - 1], member) };
        centre[member] = x;
    }
    for &member in order {
        centre[member] -= x / 2.0;
    }
}

/// Moves the members of a layer towards their neighbours: the places with the least squares of distances among those that keep
/// the order and the room between members. Neighbours that would overlap form a group, which is placed as a whole.
fn settle(layers: &Layers, order: &[usize], sides: (bool, bool), centre: &mut [f64]) {
    // Each group: the sum of weights, of weighted places (less the room before the member), and how many members it has.
    let mut groups: Vec<(f64, f64, usize)> = Vec::with_capacity(order.len());
    let (mut offsets, mut offset) = (Vec::with_capacity(order.len()), 0.0);
    for (at, &member) in order.iter().enumerate() {
        offset += if at == 0 { 0.0 } else { layers.distance(order[at - 1], member) };
        offsets.push(offset);
        let (place, weight) = wanted(layers, member, sides, centre);
        let mut group = (weight, weight * (place - offset), 1);
        while let Some(&(weight, sum, members)) = groups.last() {
            if sum / weight < group.1 / group.0 {
                break;
            }
            group = (group.0 + weight, group.1 + sum, group.2 + members);
            groups.pop();
        }
        groups.push(group);
    }
    let places = groups
        .iter()
        .flat_map(|&(weight, sum, members)| std::iter::repeat_n(sum / weight, members));
    for ((&member, place), offset) in order.iter().zip(places).zip(offsets) {
        centre[member] = place + offset;
    }
}

/// The mean centre of a member's neighbours and its weight. Joints weigh more, so that long edges are straight.
fn wanted(
    layers: &Layers,
    member: usize,
    (before, behind): (bool, bool),
    centre: &[f64],
) -> (f64, f64) {
    let side = |is_asked: bool, neighbours: &'_ [Vec<usize>]| -> usize {
        if is_asked { neighbours[member].len() } else { 0 }
    };
    let counts = (side(before, &layers.before), side(behind, &layers.behind));
    let near = layers.before[member].iter().take(counts.0);
    let near = near.chain(layers.behind[member].iter().take(counts.1));
    let (mut sum, mut total) = (0.0, 0.0);
    for &other in near {
        let weight = match (layers.is_joint(member), layers.is_joint(other)) {
            (true, true) => 8.0,
            (false, false) => 1.0,
            _ => 2.0,
        };
        sum += weight * centre[other];
        total += weight;
    }
    if total == 0.0 { (centre[member], 0.05) } else { (sum / total, total) }
}
