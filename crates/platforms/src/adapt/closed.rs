//! Layers in closed form: `i' = k i + g x + c`, `v' = k v + g i + c`, test and reset.
//!
//! The coefficients follow from the numbers with which the engine computes, in double precision, so they are those
//! that a platform has after its own reading and rounding of a file.

use nirkit_engine::clocked::semantics::rule::{Fire, Form, Test};
use nirkit_engine::clocked::semantics::{LayerNumbers, StageNumbers};

/// A step of one state: `s' = k s + g x + c`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    /// The share that stays.
    pub k: f64,
    /// By what an input is multiplied.
    pub g: f64,
    /// What is added in every step.
    pub c: f64,
}

/// One neuron in closed form. Voltages and currents are in the units of the program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closed {
    /// The synaptic current, for neurons that have one.
    pub synapse: Option<Linear>,
    /// The voltage; its input is the current, or what arrives.
    pub membrane: Linear,
    /// By what weights are multiplied before the neuron.
    pub weight_gain: f64,
    /// The threshold; infinite for neurons without spikes.
    pub threshold: f64,
    /// The voltage after a reset that does not subtract.
    pub reset: f64,
    /// The lowest voltage.
    pub floor: f64,
    /// Voltage and current before the first step.
    pub start: [f64; 2],
}

impl Closed {
    /// What one unit of a weight adds to the voltage at last, before any leak.
    #[must_use]
    pub fn gain(&self) -> f64 {
        self.weight_gain * self.synapse.map_or(1.0, |synapse| synapse.g) * self.membrane.g
    }
}

/// How far two shares of a current may be apart that are the same but for rounding.
const CLOSE: f64 = 2e-6;

impl Closed {
    /// The gain that makes this neuron comparable with another: where their currents decay otherwise, what one unit of a
    /// weight brings to the voltage over all steps.
    #[must_use]
    pub(super) fn gain_beside(&self, other: &Self) -> f64 {
        let share = |neuron: &Self| neuron.synapse.map_or(0.0, |synapse| synapse.k);
        let (own, there) = (share(self), share(other));
        if (own - there).abs() <= CLOSE || own.abs() >= 1.0 || there.abs() >= 1.0 {
            self.gain()
        } else {
            self.gain() / (1.0 - own)
        }
    }
}

/// The step of a state of one neuron.
fn linear(stage: &StageNumbers, neuron: usize) -> Linear {
    let [a, gain, rest] = stage.numbers[neuron];
    let Linear { k, g, c } = match stage.form {
        Form::Keep | Form::Late => Linear { k: a, g: gain, c: 0.0 },
        Form::KeepBoth => Linear { k: a, g: a * gain, c: 0.0 },
        Form::Approach | Form::Recover => Linear { k: 1.0 - a, g: a * gain, c: a * rest },
        Form::Relax => Linear { k: 1.0 + a, g: -a * gain, c: -a * rest },
        Form::Add => Linear { k: 1.0, g: gain * a, c: 0.0 },
        Form::Filter => Linear { k: a, g: (1.0 - a) * gain, c: 0.0 },
        Form::ApproachSteps => Linear { k: 1.0 - 1.0 / a, g: gain / a, c: rest / a },
        Form::KeepSteps => Linear { k: 1.0 - 1.0 / a, g: gain, c: rest / a },
        Form::Charge => Linear { k: a, g: gain, c: rest },
    };
    Linear { k, g, c: if stage.biased { c + rest } else { c } }
}

/// The neurons of a layer in closed form.
#[must_use]
pub fn closed(numbers: &LayerNumbers) -> Vec<Closed> {
    let neurons = numbers.membrane.numbers.len();
    let gain = |gains: &[f64], neuron: usize| gains.get(neuron).copied().unwrap_or(1.0);
    (0..neurons)
        .map(|neuron| {
            let levels = numbers.firing.as_ref().map(|firing| firing.levels[neuron]);
            let [threshold, reset, floor] =
                levels.unwrap_or([f64::INFINITY, 0.0, f64::NEG_INFINITY]);
            let start_of = |stage: &StageNumbers| stage.start[neuron];
            Closed {
                synapse: numbers.synapse.as_ref().map(|stage| linear(stage, neuron)),
                membrane: linear(&numbers.membrane, neuron),
                weight_gain: gain(&numbers.weight_gains, neuron) * gain(&numbers.relay, neuron),
                threshold,
                reset,
                floor,
                start: [
                    start_of(&numbers.membrane),
                    numbers.synapse.as_ref().map_or(0.0, start_of),
                ],
            }
        })
        .collect()
}

/// How many steps lie between what arrives and the spikes that follow from it.
#[must_use]
pub fn own_delay(numbers: &LayerNumbers) -> i64 {
    let is_late = numbers.synapse.as_ref().is_some_and(|stage| stage.form.is_late());
    let before = fire(numbers).is_some_and(|fire| fire.test == Test::Before);
    i64::from(is_late) + i64::from(before) + i64::from(!numbers.relay.is_empty())
}

/// What happens at the threshold.
#[must_use]
pub fn fire(numbers: &LayerNumbers) -> Option<Fire> {
    numbers.firing.as_ref().map(|firing| firing.fire)
}
