//! The claim about the integers of a chip: a bound where one can be worked out that leaves anything, else the reason.
//!
//! A layer is never said to be equal in bits: its states are rounded in each step. The bound is that of
//! [`Drift`], with weights, thresholds and decays as the chip has them, and with what each step of an integer state
//! rounds.

use std::collections::BTreeMap;

use super::super::bound::{Drift, Extra, far_sources};
use super::super::judge::{Level, NodeVerdict, Pair, Units, renamed};
use super::super::lag::lags;
use super::super::reason::Reason;
use super::super::side::Side;
use super::side::{ChipSide, Rounding};
use crate::phrase::brief;

/// What holds for each layer of the reference.
pub(super) fn judge(
    reference: &Side,
    found: &ChipSide,
    units: &BTreeMap<String, Units>,
) -> Vec<NodeVerdict> {
    let side = &renamed(&found.side, units);
    let lags = lags(reference, side, units);
    let each = reference.layers.iter();
    each.map(|(name, wanted)| {
        let own = units.get(name);
        let pair = own.and_then(|own| {
            Some((own, side.layers.get(&own.name)?, found.roundings.get(&own.name)?))
        });
        let Some((own, layer, rounding)) = pair else {
            let reason = Reason::new("the chip has no such layer", "take another chip");
            return verdict(name, 0, None, vec![reason]);
        };
        // Voltages of the chip are counted in its thresholds.
        let scale = |n: usize| {
            let level = wanted.closed[n].threshold - own.shift[n];
            layer.closed[n].threshold / level
        };
        let scale = (0..wanted.closed.len()).map(scale).collect();
        let units = Units { name: own.name.clone(), scale, shift: own.shift.clone() };
        let pair = Pair { name, wanted, found: layer, units: &units, lags: &lags };
        pair.rounded(*rounding)
    })
    .collect()
}

fn verdict(name: &str, lag: i64, bound: Option<f64>, reasons: Vec<Reason>) -> NodeVerdict {
    let level = if reasons.is_empty() { Level::Bounded } else { Level::Impossible };
    NodeVerdict { node: name.to_owned(), level, lag, bound, reasons }
}

impl Pair<'_> {
    fn rounded(&self, rounding: Rounding) -> NodeVerdict {
        let mut reasons = Vec::new();
        let is_sound = self.each().all(|(wanted, _, scale, shift)| {
            wanted.threshold > shift && scale.is_finite() && scale > 0.0
        });
        if !is_sound {
            reasons.push(Reason::new(
                "a threshold is not above 0, on the chip or in the reference",
                "train with thresholds above 0, and larger than the step of the chip's integers",
            ));
            return verdict(self.name, 0, None, reasons);
        }
        self.starts(&mut reasons);
        self.firing(&mut reasons);
        reasons.extend(far_sources(self.wanted, self.found, self.units));
        reasons.extend(self.lags.reasons(self.name).iter().cloned());
        let extra = |_| Extra { current: rounding.current, voltage: rounding.voltage };
        let drift = Drift::of(self.wanted, self.found, self.units, extra);
        let Some(drift) = drift else {
            if reasons.is_empty() {
                let what = "the map before the layer is too large to be compared";
                reasons.push(Reason::new(what, "run both and compare them"));
            }
            return verdict(self.name, self.lags.of(self.name), None, reasons);
        };
        reasons.extend(self.too_far(&drift));
        reasons.extend(overflow(&drift, rounding));
        let bound = reasons.is_empty().then_some(drift.bound);
        verdict(self.name, self.lags.of(self.name), bound, reasons)
    }

    /// A bound that leaves nothing: the voltage at which a neuron starts may already come nearer to the threshold.
    fn too_far(&self, drift: &Drift) -> Option<Reason> {
        let n = drift.neuron;
        let wanted = &self.wanted.closed[n];
        let room = wanted.threshold - wanted.start[0];
        if drift.bound < room {
            return None;
        }
        let (a, b) = (wanted, &self.found.closed[n]);
        let keeps = |name: &str, a: f64, b: f64| {
            format!("the {name} keeps {} of itself in a step, not {}", brief(b), brief(a))
        };
        let largest = drift.weights.max(drift.decays).max(drift.constants);
        let (what, instead) = if drift.decays > 0.0 && drift.decays >= largest {
            let of_membrane = (a.membrane.k - b.membrane.k).abs();
            let share = |neuron: &super::super::closed::Closed| neuron.synapse.map_or(0.0, |s| s.k);
            let what = if (share(a) - share(b)).abs() > of_membrane {
                keeps("current", share(a), share(b))
            } else {
                keeps("voltage", a.membrane.k, b.membrane.k)
            };
            (what, "train with time constants that the chip has")
        } else if drift.constants > 0.0 && drift.constants >= largest {
            let what = "constant inputs are not what they are in the reference".to_owned();
            (what, "train without biases and with `v_leak` = 0")
        } else {
            (
                "weights are rounded".to_owned(),
                "train with the chip's integers; `nir eval` measures what it costs",
            )
        };
        let what = format!(
            "{what}: with all spikes at once the voltage of neuron {n} can be off by {}, and its threshold is {} away",
            brief(drift.bound),
            brief(room)
        );
        Some(Reason::new(what, instead))
    }
}

/// States that can leave their registers.
fn overflow(drift: &Drift, rounding: Rounding) -> Option<Reason> {
    let of = ["current", "voltage"];
    let mut each = of.into_iter().zip(drift.largest).zip(rounding.ends);
    let ((name, largest), end) = each.find(|((_, largest), end)| largest > end)?;
    let what = format!(
        "with all spikes at once a {name} can reach {} units, and its register holds {}",
        brief(largest),
        brief(end)
    );
    Some(Reason::new(what, "train with fewer or smaller weights that act in the same direction"))
}
