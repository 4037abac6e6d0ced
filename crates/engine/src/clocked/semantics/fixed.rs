//! A layer of neurons whose states are integers: the loops behind
//! [`Fixed`](super::rule::Fixed).
//!
//! Both states decay by `s (4096 - d) / 4096`, rounded towards zero, where `d` is the leak as a
//! number of 12 bits. What arrives is a floating-point number and is cut to the units of the state.

use nirkit_ir::Primitive;

use super::super::parameter::Parameter;
use super::super::real::Real;
use super::coefficient::{Parameters, Setting, Which};
use super::error::SemanticsError;
use super::map::Site;
use super::rule::{Fixed, Rule, Stage, Terms};

/// Fractional bits of a state against the units of `scale`.
const STATE_UNITS: f64 = 64.0;
/// A leak of 1, as the integer that it is kept as.
const FULL_LEAK: f64 = 4096.0;
/// How far above the threshold, in units of the state, a voltage has to be.
const MARGIN: f64 = 0.01;

/// A layer of integer neurons.
#[derive(Debug)]
pub(super) struct FixedLayer {
    pub(super) neurons: usize,
    /// Units of the state for 1.
    pub(super) units: f64,
    /// What stays of the current and of the voltage, of 4096.
    pub(super) keep: [i64; 2],
    /// Gain of what arrives.
    pub(super) gain: f32,
    /// In single precision, in which it is compared: there the margin is lost for large units.
    pub(super) threshold: f32,
}

/// What changes in a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct FixedState {
    current: Vec<i64>,
    voltage: Vec<i64>,
    /// Voltages before the reset, in the units of the file.
    pub(super) v: Vec<f32>,
    /// Currents in the units of the file.
    pub(super) isyn: Vec<f32>,
}

impl FixedLayer {
    /// The layer of a neuron primitive; its parameters have to be the same for all neurons.
    pub(super) fn new(
        primitive: &Primitive,
        rule: &Rule,
        fixed: Fixed,
        site: &Site<'_>,
    ) -> Result<Self, SemanticsError> {
        let parameters = Parameters::of(primitive, site.leaf, &[])?;
        let [read @ .., _v_reset] = parameters.all();
        if read.iter().any(|parameter| matches!(parameter, Parameter::Each(_))) {
            return Err(site.uneven());
        }
        let setting = Setting::new(rule, site.semantics.time, &parameters, site.leaf.inputs());
        let numbers = parameters.numbers(0);
        let units = fixed.scale * STATE_UNITS;
        let threshold = (parameters.v_threshold.at(0) * fixed.scale).trunc() / fixed.scale;
        let keep = |stage: &Stage, which: Which, tau: f64| {
            let leak = f64::from((FULL_LEAK * setting.share(stage.leak, which, tau)) as f32);
            (FULL_LEAK - leak.round_ties_even()) as i64
        };
        let [tau_mem, tau_syn] = numbers.tau;
        let synapse = rule.synapse.as_ref();
        let terms = synapse.map_or(Terms::NONE, |synapse| synapse.gain).and(rule.membrane.gain);
        let gain = setting.gain(terms, numbers);
        Ok(Self {
            neurons: site.leaf.inputs(),
            units,
            keep: [
                synapse.map_or(0, |synapse| keep(synapse, Which::Synapse, tau_syn)),
                keep(&rule.membrane, Which::Membrane, tau_mem),
            ],
            gain: fixed.gain_grid.map_or(gain, |grid| grid.nearest(gain)) as f32,
            threshold: ((threshold + MARGIN / units) * units) as f32,
        })
    }

    /// The threshold, in the units of the file.
    pub(super) fn threshold(&self) -> f64 {
        f64::from(self.threshold) / self.units
    }

    /// The state before the first step.
    pub(super) fn start(&self) -> FixedState {
        let zeros = || vec![0; self.neurons];
        let reals = || vec![0.0; self.neurons];
        FixedState { current: zeros(), voltage: zeros(), v: reals(), isyn: reals() }
    }

    /// Takes a step. The gain applies to the first input only; a recurrent input has its own
    /// weights.
    pub(super) fn step<'a, T: Real>(
        &self,
        state: &mut FixedState,
        inputs: &(impl Iterator<Item = &'a [T]> + Clone),
        output: &mut [T],
    ) {
        let units = self.units as f32;
        for neuron in 0..self.neurons {
            let mut x = 0.0;
            for (number, input) in inputs.clone().enumerate() {
                let arriving = input[neuron].wide() as f32;
                x = if number == 0 { self.gain * arriving } else { x + arriving };
            }
            let current = decayed(state.current[neuron], self.keep[0]).wrapping_add(cut(units * x));
            state.isyn[neuron] = (current as f64 / self.units) as f32;
            let seen = cut(units * state.isyn[neuron]);
            let voltage = decayed(state.voltage[neuron], self.keep[1]).wrapping_add(seen);
            state.v[neuron] = (voltage as f64 / self.units) as f32;
            let is_spike = voltage as f32 >= self.threshold;
            output[neuron] = if is_spike { T::ONE } else { T::ZERO };
            state.current[neuron] = current;
            state.voltage[neuron] = if is_spike { 0 } else { voltage };
        }
    }
}

/// `state * keep / 4096`, rounded towards zero. The product wraps around, as integers of PyTorch do.
fn decayed(state: i64, keep: i64) -> i64 {
    state.wrapping_mul(keep) / 4096
}

/// The integer part of a number. One that no state can hold, or that is none, becomes the lowest
/// state, as in PyTorch on x86-64.
fn cut(x: f32) -> i64 {
    const END: f32 = 9_223_372_036_854_775_808.0;
    if (-END..END).contains(&x) { x as i64 } else { i64::MIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decay_rounds_towards_zero_on_both_sides() {
        // 4095 * 4000 = 16,380,000 = 3999 * 4096 + 96
        assert_eq!(decayed(4095, 4000), 3999);
        assert_eq!(decayed(-4095, 4000), -3999);
    }

    /// What `torch.tensor([...]).to(torch.int64)` and `torch.tensor(2**62) * 4` of PyTorch 2 say.
    #[test]
    fn numbers_beyond_a_state_are_those_of_pytorch() {
        assert_eq!([cut(-2.9), cut(2.9)], [-2, 2]);
        for x in [1e30, -1e30, f32::NAN, f32::INFINITY] {
            assert_eq!(cut(x), i64::MIN);
        }
        assert_eq!(decayed(1 << 62, 4), 0);
    }
}
