//! Spikes and resets of integer neurons.

use crate::clocked::Comparison;

/// When a neuron spikes, and what a spike does to its voltage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fire {
    /// The threshold of each neuron, not negative.
    pub threshold: Vec<i64>,
    /// How the voltage is held against it.
    pub comparison: Comparison,
    /// The most spikes of a neuron in a step, those of its aliases included.
    pub limit: i64,
    /// What a spike does to the voltage.
    pub reset: Reset,
    /// The lowest voltage of each neuron, held after the reset.
    pub floor: Option<Vec<i64>>,
}

/// What a spike does to the voltage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reset {
    /// It becomes 0, so that there is one spike in a step.
    Zero,
    /// It loses the threshold; a neuron spikes until it is below, or has reached the limit.
    Subtract,
}

impl Fire {
    /// Spikes of a neuron that has `before` of them already, and its voltage after them.
    #[must_use]
    pub fn spikes(&self, neuron: usize, v: i64, before: i64) -> (i64, i64) {
        let threshold = self.threshold[neuron];
        let headroom = (self.limit - before).max(0);
        let passes = match self.comparison {
            Comparison::Above => v > threshold,
            Comparison::AtLeast => v >= threshold,
        };
        let (more, v) = match self.reset {
            _ if !passes || headroom == 0 => (0, v),
            Reset::Zero => (1, 0),
            Reset::Subtract => {
                let more = self.fitting(v, threshold).min(headroom);
                (more, v - more * threshold)
            }
        };
        let floored = self.floor.as_ref().map_or(v, |floor| v.max(floor[neuron]));
        (before + more, floored)
    }

    /// How often the threshold can be taken off a voltage that passes it.
    fn fitting(&self, v: i64, threshold: i64) -> i64 {
        match self.comparison {
            _ if threshold == 0 => i64::MAX,
            Comparison::Above => (v - 1) / threshold,
            Comparison::AtLeast => v / threshold,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fire(threshold: i64, comparison: Comparison, limit: i64) -> Fire {
        Fire { threshold: vec![threshold], comparison, limit, reset: Reset::Subtract, floor: None }
    }

    proptest! {
        /// One spike at a time, as the hardware does it.
        #[test]
        fn as_many_spikes_as_there_are_thresholds(
            v in -500_i64..5_000, threshold in 0_i64..300, limit in 0_i64..40, before in 0_i64..40,
            strict: bool,
        ) {
            let comparison = if strict { Comparison::Above } else { Comparison::AtLeast };
            let (mut spikes, mut left) = (before, v);
            while (left > threshold || (!strict && left == threshold)) && spikes < limit {
                spikes += 1;
                left -= threshold;
            }
            let found = fire(threshold, comparison, limit).spikes(0, v, before);
            prop_assert_eq!(found, (spikes, left));
        }
    }

    #[test]
    fn a_voltage_at_the_threshold_depends_on_the_comparison() {
        assert_eq!(fire(10, Comparison::AtLeast, 31).spikes(0, 10, 0), (1, 0));
        assert_eq!(fire(10, Comparison::Above, 31).spikes(0, 10, 0), (0, 10));
        assert_eq!(fire(10, Comparison::Above, 31).spikes(0, 21, 0), (2, 1));
    }

    #[test]
    fn a_reset_to_zero_takes_one_spike_and_the_floor_comes_last() {
        let mut fire = fire(10, Comparison::Above, 1);
        fire.reset = Reset::Zero;
        fire.floor = Some(vec![-10]);
        assert_eq!(fire.spikes(0, 35, 0), (1, 0));
        assert_eq!(fire.spikes(0, -11, 0), (0, -10));
    }
}
