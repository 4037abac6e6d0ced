//! Whether two layers compute the same bits: the same operations, in the same format, with the same coefficients.

use nirkit_engine::clocked::semantics::StageNumbers;
use nirkit_engine::clocked::semantics::rule::{Fire, Form, Spikes, Test};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_step::Operation;

use super::effect::{Effect, effect};
use super::judge::Pair;
use super::search::{Grain, next_up};
use super::side::SideLayer;

impl Pair<'_> {
    /// Whether both compute the same bits.
    pub(super) fn is_same(&self) -> bool {
        let (a, b) = (&self.wanted.numbers, &self.found.numbers);
        let synapses = match (&a.synapse, &b.synapse) {
            (Some(a), Some(b)) => is_same_stage(a, b),
            (None, None) => true,
            _ => false,
        };
        let has_same_units = self.units.scale.iter().all(|scale| *scale == 1.0)
            && self.units.shift.iter().all(|shift| *shift == 0.0);
        let is_alone = |layer: &SideLayer| {
            let last = layer.operations.last();
            last.is_some_and(|last| matches!(last, Operation::Add { from, .. } if from.len() <= 1))
        };
        let fan_in = a.fan_in == b.fan_in || (is_alone(self.wanted) && is_alone(self.found));
        has_same_units
            && synapses
            && fan_in
            && is_same_stage(&a.membrane, &b.membrane)
            && a.precision == b.precision
            && a.height == b.height
            && a.relay == b.relay
            && self.wanted.operations == self.found.operations
            && self.fires_alike()
    }

    fn fires_alike(&self) -> bool {
        let (a, b) = (&self.wanted.numbers, &self.found.numbers);
        let (Some(a), Some(b), precision) = (&a.firing, &b.firing, a.precision) else {
            return a.firing.is_none() && b.firing.is_none();
        };
        let grain = if precision == Precision::F32 { Grain::Single } else { Grain::Double };
        let (is, other) = (effect(&a.fire), effect(&b.fire));
        let subtracts =
            matches!(is, Effect::Off | Effect::OffLate | Effect::OffPending | Effect::Twice);
        let counts = |fire: &Fire| match fire.spikes {
            Spikes::One => 0,
            Spikes::Several(_) | Spikes::Quotient | Spikes::FloorQuotient(_) => 1,
        };
        let comparison =
            |fire: &Fire| if counts(fire) == 1 { Comparison::AtLeast } else { fire.comparison };
        let same_most = a.fire.spikes == b.fire.spikes;
        // A test before the input is that of the step before: only the lag differs.
        let tests = a.fire.test == b.fire.test
            || matches!(
                (a.fire.test, b.fire.test),
                (Test::After, Test::Before) | (Test::Before, Test::After)
            ) && matches!(is, Effect::Off | Effect::To);
        is == other
            && tests
            && (counts(&a.fire) == 0 && counts(&b.fire) == 0 || same_most)
            && a.fire.zero_feedback == b.fire.zero_feedback
            && a.levels.iter().zip(&b.levels).all(|(x, y)| {
                let thresholds = match (comparison(&a.fire), comparison(&b.fire)) {
                    (Comparison::Above, Comparison::AtLeast) => {
                        next_up(grain, x[0]) == y[0] && !subtracts
                    }
                    (Comparison::AtLeast, Comparison::Above) => {
                        next_up(grain, y[0]) == x[0] && !subtracts
                    }
                    _ => x[0] == y[0],
                };
                thresholds && (subtracts || x[1] == y[1]) && (x[2] == y[2] || self.is_never_low())
            })
    }
}

/// Whether two states take the same step.
fn is_same_stage(a: &StageNumbers, b: &StageNumbers) -> bool {
    let adds =
        matches!(a.form, Form::Keep | Form::KeepBoth | Form::Late | Form::Filter | Form::Add);
    // Forms that add nothing have a rest that is not read.
    let rest = |stage: &StageNumbers, n: &[f64; 3]| if adds && !stage.biased { 0.0 } else { n[2] };
    a.form == b.form
        && a.start == b.start
        && a.numbers
            .iter()
            .zip(&b.numbers)
            .all(|(x, y)| x[..2] == y[..2] && rest(a, x) == rest(b, y))
}
