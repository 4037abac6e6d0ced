//! The numbers of a layer before they are rounded, and the largest scale under which they fit their integers.

use nirkit_passes::quantise::{Loss, scale};

use super::super::rules::{Layer, Way, Weights};

/// Numbers, and how far they reach: 255 with one sign, 254 in even steps with both, 127 in kernels.
pub(super) struct Numbered {
    pub(super) values: Vec<f64>,
    limit: f64,
    pub(super) step: f64,
}

impl Numbered {
    /// Numbers of a Dense.
    pub(super) fn dense(values: Vec<f64>) -> Self {
        let has_both = values.iter().any(|&v| v < 0.0) && values.iter().any(|&v| v > 0.0);
        let (limit, step) = if has_both { (254.0, 2.0) } else { (255.0, 1.0) };
        Self { values, limit, step }
    }

    /// The largest scale that brings all of them within reach.
    pub(super) fn scale(&self) -> f64 {
        self.limit / scale::extent(&self.values)
    }

    /// The integers under a scale, and what was lost.
    pub(super) fn quantise(&self, scale: f64) -> (Vec<i64>, Loss) {
        let integer =
            |&value: &f64| ((value * scale / self.step).round_ties_even() * self.step) as i64;
        let integers: Vec<i64> = self.values.iter().map(integer).collect();
        let loss = Loss::of(&self.values, &integers, scale);
        (integers, loss)
    }
}

/// The weights of a way, each multiplied by the factor of its neuron.
pub(super) fn numbered(way: &Way, factors: &[f64]) -> Numbered {
    match &way.weights {
        Weights::Dense(linear) => {
            let row = |target: usize| linear.row(target).iter().map(move |w| w * factors[target]);
            Numbered::dense((0..linear.targets).flat_map(row).collect())
        }
        Weights::Conv { kernel, .. } => {
            let factor = factors.first().copied().unwrap_or(1.0);
            let values = kernel.iter().map(|weight| weight * factor).collect();
            Numbered { values, limit: 127.0, step: 1.0 }
        }
    }
}

impl Layer {
    /// The sum of the biases of the weights that lead here.
    pub(super) fn bias(&self) -> Vec<f64> {
        let mut bias = vec![0.0; self.neurons];
        for way in &self.ways {
            let own = match &way.weights {
                Weights::Dense(linear) => &linear.bias,
                Weights::Conv { bias, .. } => bias,
            };
            for (sum, own) in bias.iter_mut().zip(own) {
                *sum += own;
            }
        }
        bias
    }

    /// The threshold that all neurons get.
    pub(super) fn common_threshold(&self) -> f64 {
        self.threshold.iter().copied().fold(0.0, f64::max)
    }

    /// By what a voltage of each neuron is multiplied so that it fits the common threshold.
    pub(super) fn ratios(&self) -> Vec<f64> {
        let common = self.common_threshold();
        let ratio = |&threshold: &f64| if threshold == common { 1.0 } else { common / threshold };
        self.threshold.iter().map(ratio).collect()
    }

    /// By what weights of each neuron are multiplied.
    pub(super) fn factors(&self) -> Vec<f64> {
        self.gain.iter().zip(self.ratios()).map(|(gain, ratio)| gain * ratio).collect()
    }
}
