//! How far two layers can drift apart whose operations are the same but for rounding.
//!
//! Both voltages follow `v' = k v + g x + c`. If `k`, `g`, `c` and the weights of the two differ by small amounts, and
//! each operation rounds by a part `u`, the difference `e` of the voltages in the units of the reference follows
//! `|e'| <= |k| |e| + d`, so that it stays below `d / (1 - |k|)`, or below `d` times the number of steps where nothing
//! leaks. `d` is worked out for spikes of at most 1 a step and inputs of at most 1; see Higham, *Accuracy and Stability of
//! Numerical Algorithms*, chapter 3, for the rounding of sums.

use nirkit_engine::clocked::Precision;

use super::judge::Units;
use super::reason::Reason;
use super::side::{SideLayer, SideMap};
use crate::phrase::brief;

/// Steps for which a bound is given where nothing leaks.
pub(super) const STEPS: f64 = 1000.0;
/// How far weights may be apart that are the same but for rounding, as a part of the largest.
const CLOSE: f64 = 2e-6;
/// Operations of a step besides the sum, each with a rounding.
const OPERATIONS: f64 = 16.0;

/// The columns of a map in the order of the sources of another.
fn ordered<'a>(map: &'a SideMap, names: &[String]) -> Option<Vec<&'a [Vec<f64>]>> {
    let of = |name: &String| {
        map.columns.iter().find(|(source, _)| source == name).map(|(_, columns)| columns.as_slice())
    };
    names.iter().map(of).collect()
}

/// What a spike of each channel adds to the voltage at last, in the units of the reference: wanted and found, for each
/// neuron.
fn rows(
    wanted: &SideLayer,
    found: &SideLayer,
    units: &Units,
) -> Option<Vec<(Vec<[f64; 2]>, usize)>> {
    let (a, b) = (wanted.map.as_ref()?, found.map.as_ref()?);
    let names: Vec<String> = a.columns.iter().map(|(name, _)| name.clone()).collect();
    let a = ordered(a, &names)?;
    let b = ordered(b, &names)?;
    if a.len() != b.len() || a.iter().zip(&b).any(|(a, b)| a.len() != b.len()) {
        return None;
    }
    let gain = |layer: &SideLayer, n: usize| {
        let neuron = &layer.closed[n];
        neuron.membrane.g * neuron.synapse.map_or(1.0, |synapse| synapse.g)
    };
    let row = |n: usize| {
        let (own, other) = (gain(wanted, n), gain(found, n) / units.scale[n]);
        let columns = a.iter().zip(&b).flat_map(|(a, b)| a.iter().zip(b.iter()));
        let row: Vec<[f64; 2]> = columns.map(|(a, b)| [own * a[n], other * b[n]]).collect();
        let terms = row.len();
        (row, terms)
    };
    Some((0..wanted.closed.len()).map(row).collect())
}

/// What stands against weights that are the same but for rounding.
#[must_use]
pub(super) fn far_weights(wanted: &SideLayer, found: &SideLayer, units: &Units) -> Option<Reason> {
    if wanted.map.is_none() || found.map.is_none() {
        return None;
    }
    let Some(rows) = rows(wanted, found, units) else {
        return Some(Reason::new(
            "other sources lead to the layer there",
            "take a platform that keeps the connections",
        ));
    };
    for (n, (row, _)) in rows.iter().enumerate() {
        let largest = row.iter().flatten().fold(0.0_f64, |most, x| most.max(x.abs()));
        let worst = row.iter().fold(0.0_f64, |most, [a, b]| most.max((a - b).abs()));
        if worst > CLOSE * largest.max(wanted.closed[n].threshold.abs().min(1.0)) || worst.is_nan()
        {
            let what = format!(
                "weights differ: neuron {n} gets {} of a spike there instead of {}",
                row.iter()
                    .find(|[a, b]| (a - b).abs() == worst)
                    .map_or(String::new(), |[_, b]| brief(*b)),
                row.iter()
                    .find(|[a, b]| (a - b).abs() == worst)
                    .map_or(String::new(), |[a, _]| brief(*a)),
            );
            return Some(Reason::new(what, "take weights that the platform can hold"));
        }
    }
    None
}

/// How near to its threshold, or to a multiple of it where several spikes fall into a step, a voltage of the reference
/// may come without another spike; `None` where the maps are not known.
#[must_use]
pub(super) fn bound(wanted: &SideLayer, found: &SideLayer, units: &Units) -> Option<f64> {
    let rows = rows(wanted, found, units)?;
    let unit = |layer: &SideLayer| match layer.numbers.precision {
        Precision::F32 => f64::from(f32::EPSILON) / 2.0,
        Precision::F64 => f64::EPSILON / 2.0,
    };
    let rounding = unit(wanted).max(unit(found));
    let mut most = 0.0_f64;
    for (n, (row, terms)) in rows.iter().enumerate() {
        let (a, b) = (&wanted.closed[n], &found.closed[n]);
        let keep = a.membrane.k.abs();
        let leak = if keep < 1.0 { (1.0 / (1.0 - keep)).min(STEPS) } else { STEPS };
        let of_synapse =
            |k: f64| if k.abs() < 1.0 { (1.0 / (1.0 - k.abs())).min(STEPS) } else { STEPS };
        let spread = a.synapse.map_or(1.0, |synapse| of_synapse(synapse.k));
        let bias = wanted.map.as_ref().map_or(0.0, |map| map.bias[n].abs()) * a.gain().abs()
            / a.weight_gain.abs();
        // Of one step: what arrives at most, and by how much the two differ.
        let arrives: f64 = row.iter().map(|[a, b]| a.abs().max(b.abs())).sum::<f64>() + bias;
        let differs: f64 =
            row.iter().map(|[a, b]| (a - b).abs()).sum::<f64>() + CLOSE.min(rounding * 4.0) * bias;
        let current = arrives * spread;
        let largest = (current + a.membrane.c.abs()) * leak + a.threshold.abs();
        let decay = (a.membrane.k - b.membrane.k).abs() * largest;
        let of_current =
            a.synapse.zip(b.synapse).map_or(0.0, |(a, b)| (a.k - b.k).abs()) * current * spread
                + b.synapse.filter(|_| a.synapse.is_none()).map_or(0.0, |b| b.k.abs()) * current;
        let shifted = (a.threshold - units.shift[n] - b.threshold / units.scale[n]).abs();
        let levels = (a.reset - units.shift[n] - b.reset / units.scale[n]).abs()
            + (a.start[0] - units.shift[n] - b.start[0] / units.scale[n]).abs();
        let rest =
            (a.membrane.c - (1.0 - a.membrane.k) * units.shift[n] - b.membrane.c / units.scale[n])
                .abs();
        let rounds = rounding
            * ((*terms as f64 + OPERATIONS) * current
                + OPERATIONS * (largest + units.shift[n].abs()));
        let step = differs * spread + decay + of_current + rest + rounds + shifted;
        most = most.max(step * leak + shifted + levels);
    }
    Some(most)
}
