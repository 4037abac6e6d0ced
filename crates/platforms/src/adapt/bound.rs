//! How far two layers can drift apart whose operations are the same but for rounding.
//!
//! Both voltages follow `v' = k v + g x + c`. If `k`, `g`, `c` and the weights of the two differ by small amounts, and
//! each operation rounds by a part `u`, the difference `e` of the voltages in the units of the reference follows
//! `|e'| <= |k| |e| + d`, so that it stays below `d / (1 - |k|)`, or below `d` times the number of steps where nothing
//! leaks. `d` is worked out for spikes of at most 1 a step and inputs of at most 1; see Higham, *Accuracy and Stability of
//! Numerical Algorithms*, chapter 3, for the rounding of sums.

use nirkit_engine::clocked::Precision;

use super::closed::Closed;
use super::judge::Units;
use super::reason::Reason;
use super::side::{SideLayer, SideMap};
use crate::phrase::brief;

/// Steps for which a bound is given where nothing leaks.
pub(super) const STEPS: f64 = 100.0;
/// How far weights may be apart that are the same but for rounding, as a part of the largest.
const CLOSE: f64 = 2e-6;
/// A share of a synapse that hands on what arrives as good as at once.
const VANISHING: f64 = 4e-9;
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

/// What stands against other sources.
#[must_use]
pub(super) fn far_sources(wanted: &SideLayer, found: &SideLayer, units: &Units) -> Option<Reason> {
    let is_known = wanted.map.is_some() && found.map.is_some();
    (is_known && rows(wanted, found, units).is_none()).then(|| {
        Reason::new(
            "other sources lead to the layer there",
            "take a platform that keeps the connections",
        )
    })
}

/// What stands against weights that are the same but for rounding.
#[must_use]
pub(super) fn far_weights(wanted: &SideLayer, found: &SideLayer, units: &Units) -> Option<Reason> {
    if wanted.map.is_none() || found.map.is_none() {
        return None;
    }
    if let Some(reason) = far_sources(wanted, found, units) {
        return Some(reason);
    }
    let rows = rows(wanted, found, units)?;
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

/// What a platform rounds in each step beside its number format, in its own units.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extra {
    /// The most by which one step of a current is off.
    pub(super) current: f64,
    /// The most by which one step of a voltage is off.
    pub(super) voltage: f64,
    /// Whether no operation of either side rounds anything.
    pub(super) is_exact: bool,
}

/// How far the voltages of two layers can drift apart, and what parts them, in the units of the reference.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drift {
    /// How near to its threshold, or to a multiple of it where several spikes fall into a step, a voltage of the reference
    /// may come without another spike: of the neuron that drifts most.
    pub(super) bound: f64,
    /// That neuron.
    pub(super) neuron: usize,
    /// How far it is from the voltage at which a neuron starts to its threshold.
    room: f64,
    /// The share of its weights.
    pub(super) weights: f64,
    /// The share of its decays.
    pub(super) decays: f64,
    /// The share of its constant inputs.
    pub(super) constants: f64,
    /// The share of what is rounded in each step.
    pub(super) roundings: f64,
    /// The largest size of a current there and of a voltage there, of all neurons, in the platform's own units.
    pub(super) largest: [f64; 2],
}

impl Drift {
    /// How far two layers drift apart; `None` where the maps are not known.
    #[must_use]
    pub(super) fn of(
        wanted: &SideLayer,
        found: &SideLayer,
        units: &Units,
        extra: impl Fn(usize) -> Extra,
    ) -> Option<Self> {
        let rows = rows(wanted, found, units)?;
        let unit = |layer: &SideLayer| match layer.numbers.precision {
            Precision::F32 => f64::from(f32::EPSILON) / 2.0,
            Precision::F64 => f64::EPSILON / 2.0,
        };
        let rounding = unit(wanted).max(unit(found));
        let mut most = Self::default();
        for (n, (row, terms)) in rows.iter().enumerate() {
            let pair = Neurons { n, wanted, found, units, row, terms: *terms, rounding };
            let own = pair.drift(extra(n));
            let largest = [0, 1].map(|at| most.largest[at].max(own.largest[at]));
            // A neuron whose bound says nothing counts before all others.
            let is_worse = match (own.says_nothing(), most.says_nothing()) {
                (true, false) => true,
                (false, true) => false,
                _ => own.bound > most.bound || own.bound.is_nan(),
            };
            if n == 0 || is_worse {
                most = own;
            }
            most.largest = largest;
        }
        Some(most)
    }

    /// Whether the bound leaves nothing to claim: the voltage at which the neuron starts is already nearer to its threshold.
    fn says_nothing(&self) -> bool {
        self.bound.is_nan() || self.bound >= self.room
    }

    /// What stands against a bound that leaves nothing to claim, with the part of the difference that weighs most.
    #[must_use]
    pub(super) fn too_far(&self, wanted: &SideLayer, found: &SideLayer) -> Option<Reason> {
        if !self.says_nothing() {
            return None;
        }
        let (a, b) = (&wanted.closed[self.neuron], &found.closed[self.neuron]);
        let keeps = |name: &str, a: f64, b: f64| {
            format!("the {name} keeps {} of itself in a step, not {}", brief(b), brief(a))
        };
        let largest = self.weights.max(self.decays).max(self.constants).max(self.roundings);
        let (what, instead) = if self.decays > 0.0 && self.decays >= largest {
            let of_membrane = (a.membrane.k - b.membrane.k).abs();
            let share = |neuron: &Closed| neuron.synapse.map_or(0.0, |s| s.k);
            let what = if (share(a) - share(b)).abs() > of_membrane {
                keeps("current", share(a), share(b))
            } else {
                keeps("voltage", a.membrane.k, b.membrane.k)
            };
            (what, "train with time constants that the platform has")
        } else if self.constants > 0.0 && self.constants >= largest {
            let what = "constant inputs are not what they are in the reference".to_owned();
            (what, "train without biases and with `v_leak` = 0")
        } else if self.weights >= largest {
            let instead = "train with the weights that the platform can hold; `nir eval` measures what it costs";
            ("weights are rounded".to_owned(), instead)
        } else {
            let instead =
                "train with a leak, or with smaller weights; `nir eval` measures what it costs";
            ("each step of a state is rounded".to_owned(), instead)
        };
        let what = format!(
            "{what}: with all spikes at once the voltage of neuron {} can be off by {}, and its threshold is {} away",
            self.neuron,
            brief(self.bound),
            brief(self.room)
        );
        Some(Reason::new(what, instead))
    }
}

/// A neuron of both sides.
struct Neurons<'a> {
    n: usize,
    wanted: &'a SideLayer,
    found: &'a SideLayer,
    units: &'a Units,
    /// What a spike of each channel adds, wanted and found.
    row: &'a [[f64; 2]],
    terms: usize,
    rounding: f64,
}

impl Neurons<'_> {
    /// A constant input: what reaches the voltage through the synapse in a step, and what is added to it.
    fn constants(layer: &SideLayer, n: usize) -> [f64; 2] {
        let neuron = &layer.closed[n];
        let bias = layer.map.as_ref().map_or(0.0, |map| map.bias[n]);
        let (g, c) = neuron.synapse.map_or((1.0, 0.0), |synapse| (synapse.g, synapse.c));
        [neuron.membrane.g * (g * bias + c), neuron.membrane.c]
    }

    fn drift(&self, extra: Extra) -> Drift {
        let (n, units) = (self.n, self.units);
        let (a, b) = (&self.wanted.closed[n], &self.found.closed[n]);
        let (scale, shift) = (units.scale[n], units.shift[n]);
        let lasts = |k: f64| if k.abs() < 1.0 { (1.0 / (1.0 - k.abs())).min(STEPS) } else { STEPS };
        let leak = lasts(a.membrane.k);
        let spread = a.synapse.map_or(1.0, |synapse| lasts(synapse.k));
        let spread_there = b.synapse.map_or(1.0, |synapse| lasts(synapse.k));
        let [of_synapse, of_rest] = Self::constants(self.wanted, n);
        let there = Self::constants(self.found, n).map(|x| x / scale);
        // Of one step: what arrives at most, and by how much the two differ.
        let arrives: f64 = self.row.iter().map(|[a, b]| a.abs().max(b.abs())).sum::<f64>()
            + of_synapse.abs().max(there[0].abs());
        // A current that starts elsewhere reaches the voltage while it decays.
        let starts = |neuron: &Closed| neuron.membrane.g * neuron.start[1];
        let [began, began_there] = [starts(a), starts(b) / scale];
        let started = (began - began_there).abs() * spread.max(spread_there);
        let differs: f64 = self.row.iter().map(|[a, b]| (a - b).abs()).sum();
        let current = arrives * spread.max(spread_there) + began.abs().max(began_there.abs());
        let largest =
            (current + a.membrane.c.abs()) * leak.max(lasts(b.membrane.k)) + a.threshold.abs();
        let decay = (a.membrane.k - b.membrane.k).abs() * largest;
        let of_current = match (a.synapse, b.synapse) {
            (Some(a), Some(b)) => (a.k - b.k).abs() * current * spread,
            (None, Some(b)) => b.k.abs() * spread_there * arrives,
            (Some(a), None) => a.k.abs() * spread * arrives,
            (None, None) => 0.0,
        };
        let rest = of_rest - (1.0 - a.membrane.k) * shift - there[1];
        let is_short = |k: f64| k.abs() <= VANISHING;
        // Without a synapse a current is as good as a constant of the voltage.
        let constants = if [a, b].iter().all(|n| n.synapse.is_none_or(|s| is_short(s.k))) {
            (of_synapse - there[0] + rest).abs()
        } else {
            (of_synapse - there[0]).abs() * spread + rest.abs()
        };
        let shifted = (a.threshold - shift - b.threshold / scale).abs();
        let levels = (a.reset - shift - b.reset / scale).abs()
            + (a.start[0] - shift - b.start[0] / scale).abs();
        let rounding = if extra.is_exact { 0.0 } else { self.rounding };
        let rounds = rounding
            * ((self.terms as f64 + OPERATIONS) * current + OPERATIONS * (largest + shift.abs()));
        let whole = (extra.current * b.membrane.g.abs() * spread_there + extra.voltage) / scale;
        let weights = differs * spread;
        let step = weights + decay + of_current + constants + rounds + whole + shifted;
        Drift {
            bound: step * leak + shifted + levels + started,
            neuron: n,
            room: (a.threshold - a.start[0]).abs(),
            weights: weights * leak,
            decays: (decay + of_current) * leak,
            constants: constants * leak + started,
            roundings: (rounds + whole) * leak,
            largest: [current * scale, largest * scale],
        }
    }
}
