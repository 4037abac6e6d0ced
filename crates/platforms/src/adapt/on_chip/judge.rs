//! The claim about the integers of a chip: a bound where one can be worked out that leaves anything, else the reason.
//!
//! A layer is never said to be equal in bits: its states are rounded in each step. The bound is that of
//! [`Drift`], with weights, thresholds and decays as the chip has them, and with what each step of an integer state
//! rounds.

use std::collections::BTreeMap;

use nirkit_engine::clocked::Precision;
use nirkit_step::Operation;

use super::super::bound::{Drift, Extra, STEPS, far_sources};
use super::super::closed::{Closed, Linear};
use super::super::judge::{Level, NodeVerdict, Pair, Units, renamed};
use super::super::lag::lags;
use super::super::reason::Reason;
use super::super::side::Side;
use super::population::Rounding;
use super::side::ChipSide;
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
        if self.wanted.numbers.firing.is_none() {
            let what = "the neurons of the chip spike, and these put out their voltage";
            reasons.push(Reason::new(what, "give them a threshold, and count their spikes"));
            return verdict(self.name, 0, None, reasons);
        }
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
        let is_exact = self.is_exact(rounding);
        let extra = |_| Extra { current: rounding.current, voltage: rounding.voltage, is_exact };
        let drift = Drift::of(self.wanted, self.found, self.units, extra);
        let Some(drift) = drift else {
            if reasons.is_empty() {
                let what = "the map before the layer is too large to be compared";
                reasons.push(Reason::new(what, "run both and compare them"));
            }
            return verdict(self.name, self.lags.of(self.name), None, reasons);
        };
        reasons.extend(drift.too_far(self.wanted, self.found));
        reasons.extend(overflow(&drift, rounding));
        let bound = reasons.is_empty().then_some(drift.bound);
        verdict(self.name, self.lags.of(self.name), bound, reasons)
    }

    /// Whether neither side rounds anything in the steps for which a bound is given: neurons without leak and synapse whose
    /// numbers are whole multiples of a power of two, in sums that both formats hold.
    fn is_exact(&self, rounding: Rounding) -> bool {
        let sums_up = |operation: &Operation| match operation {
            Operation::Add { .. }
            | Operation::Permute { .. }
            | Operation::Dense(_)
            | Operation::Convolution(_) => true,
            Operation::Pool(pool) => pool.mean.is_none(),
            _ => false,
        };
        let keeps_all = |neuron: &Closed| {
            let Linear { k, g, c } = neuron.membrane;
            neuron.synapse.is_none()
                && k == 1.0
                && g == 1.0
                && c == 0.0
                && neuron.weight_gain == 1.0
        };
        let is_plain = rounding.current == 0.0
            && rounding.voltage == 0.0
            && self.found.numbers.precision == Precision::F64
            && self.wanted.operations.iter().all(sums_up)
            && self.each().all(|(wanted, found, ..)| keeps_all(wanted) && keeps_all(found));
        let Some(map) = self.wanted.map.as_ref().filter(|_| is_plain) else { return false };
        let held = match self.wanted.numbers.precision {
            Precision::F32 => (1_u64 << f32::MANTISSA_DIGITS) as f64,
            Precision::F64 => (1_u64 << f64::MANTISSA_DIGITS) as f64,
        };
        self.wanted.closed.iter().enumerate().all(|(n, neuron)| {
            let weights = || map.columns.iter().flat_map(|(_, columns)| columns).map(move |c| c[n]);
            let all =
                weights().chain([map.bias[n], neuron.threshold, neuron.start[0], neuron.reset]);
            let grain = all.filter(|x| *x != 0.0).map(grain).fold(f64::INFINITY, f64::min);
            let arrives = weights().map(f64::abs).sum::<f64>() + map.bias[n].abs();
            arrives * STEPS + neuron.threshold.abs() <= held * grain
        })
    }
}

/// The largest power of two of which a number is a whole multiple.
fn grain(x: f64) -> f64 {
    let bits = x.abs().to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let exponent = (bits >> 52) as i32 - 1075 + mantissa.trailing_zeros() as i32;
    2.0_f64.powi(exponent)
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
