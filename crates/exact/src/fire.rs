//! What makes a neuron spike, and what the spike does to it.

use super::error::PrepareError;
use super::parameter::Fields;
use nirkit_numerics::Tensor;
use nirkit_run::choice::Reset;

/// Threshold and reset of one channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fire {
    /// The level that `v` has to rise above.
    pub(super) threshold: f64,
    /// The value after a spike; `None` where the threshold is subtracted.
    reset: Option<f64>,
}

/// Reads threshold and reset of a node under the run's choice of reset.
pub(super) fn rules(
    fields: &mut Fields<'_>,
    threshold: &Tensor,
    v_reset: Option<&Tensor>,
    reset: Reset,
) -> Vec<Fire> {
    let thresholds = fields.finite("v_threshold", threshold);
    let resets = match reset {
        Reset::VReset => fields.finite_or("v_reset", v_reset, 0.0),
        Reset::Zero | Reset::Subtract => vec![0.0; thresholds.len()],
    };
    // Subtraction from just above the threshold leaves 0, so it too has to be below.
    let bad = thresholds.iter().zip(&resets).position(|(threshold, reset)| reset >= threshold);
    if let Some(channel) = bad {
        let (reset, threshold) = (resets[channel], thresholds[channel]);
        fields.fault(PrepareError::ResetNotBelow {
            node: fields.node(),
            channel,
            reset,
            threshold,
        });
    }
    let level = |value| (reset != Reset::Subtract).then_some(value);
    let rule = |(threshold, value)| Fire { threshold, reset: level(value) };
    thresholds.into_iter().zip(resets).map(rule).collect()
}

impl Fire {
    /// Resets a voltage that has crossed the threshold; says how many spikes that makes, and stops
    /// counting above `most`.
    ///
    /// A jump over several thresholds is several spikes when they are subtracted.
    pub(super) fn reset(&self, v: &mut f64, most: u32) -> u32 {
        if let Some(value) = self.reset {
            *v = value;
            return 1;
        }
        let mut spikes = 1;
        *v -= self.threshold;
        while *v > self.threshold && spikes <= most {
            *v -= self.threshold;
            spikes += 1;
        }
        spikes
    }
}
