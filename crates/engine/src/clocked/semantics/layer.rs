//! A layer of neurons under a rule, in floating point.

use nirkit_ir::Primitive;
use nirkit_ir::facts::Leaf;

use super::super::parameter::{Columns, Parameter};
use super::super::real::Real;
use super::super::simd::padded;
use super::coefficient::{Parameters, Setting, Which};
use super::error::SemanticsError;
use super::fire::Firing;
use super::map::Site;
use super::membrane::State;
use super::rule::{FanIn, Fire, Fold, Form, Height, Leak, Rest, Rule, Stage, Terms};
use super::values::Time;
use nirkit_run::choice::Reset;

/// A layer, ready to run. It holds coefficients only; what changes is in [`LayerState`].
#[derive(Debug)]
pub(super) struct Layer<T> {
    pub(super) neurons: usize,
    pub(super) synapse: Option<State<T>>,
    pub(super) membrane: State<T>,
    pub(super) firing: Option<Firing<T>>,
    pub(super) height: T,
    pub(super) fan_in: FanIn,
    /// Weights of a map between what arrives and the layer, up to a whole chunk; empty without one.
    pub(super) relay: Vec<T>,
}

/// What changes in a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct LayerState<T> {
    /// Voltages.
    pub(super) v: Vec<T>,
    /// Synaptic currents; empty without a synapse.
    pub(super) isyn: Vec<T>,
    /// Spikes of this step.
    pub(super) spikes: Vec<T>,
    /// Voltages as they were held against the thresholds.
    pub(super) tested: Vec<T>,
    /// Spikes that a voltage was worth when the step began.
    pending_reset: Vec<T>,
    /// What a relay hands on in the next step.
    pub(super) relayed: Vec<T>,
    /// Whether a number of spikes was none, which spreads to the whole layer.
    pub(super) is_spread: bool,
}

impl<T> LayerState<T> {
    /// All parts, each with a number for each neuron or none.
    pub(super) fn parts(&mut self) -> [&mut Vec<T>; 6] {
        let Self { v, isyn, spikes, tested, pending_reset, relayed, is_spread: _ } = self;
        [v, isyn, spikes, tested, pending_reset, relayed]
    }
}

impl<T: Real> Layer<T> {
    /// The layer of a neuron primitive. Some programs take the thresholds from a Threshold node that
    /// follows: `thresholds`.
    pub(super) fn new(
        primitive: &Primitive,
        thresholds: Option<&Primitive>,
        rule: &Rule,
        site: &Site<'_>,
    ) -> Result<Self, SemanticsError> {
        let neurons = site.leaf.inputs();
        let mut parameters = Parameters::of(primitive, site.leaf, rule.first_only)?;
        if let Some(thresholds) = thresholds {
            parameters = parameters.with_thresholds(thresholds, site.leaf)?;
        }
        let setting = Setting::new(rule, site.semantics.time, &parameters, site.leaf.inputs());
        let stage = |stage, which| State::new(stage, which, setting, &parameters, neurons);
        // A late membrane is a late synapse that is handed on as it is.
        let (synapse, membrane) = if rule.membrane.form.is_late() {
            let handed_on = Stage {
                form: Form::Keep,
                leak: Leak::Fixed(0.0),
                gain: Terms::NONE,
                rest: Rest::Ignored,
            };
            (Some(stage(&rule.membrane, Which::Membrane)), stage(&handed_on, Which::Membrane))
        } else {
            let synapse = rule.synapse.as_ref();
            (
                synapse.map(|synapse| stage(synapse, Which::Synapse)),
                stage(&rule.membrane, Which::Membrane),
            )
        };
        let firing =
            rule.fire.map(|fire| Firing::new(fire, levels(&fire, setting, &parameters, neurons)));
        let relay = match rule.fold {
            Fold::Relay(terms) => gains(primitive, rule, site, terms)?,
            Fold::None
            | Fold::Weights(_)
            | Fold::StoredWeights(_)
            | Fold::Threshold(_)
            | Fold::OwnThreshold(_) => Vec::new(),
        };
        let height = rule.fire.map_or(Height::One, |fire| fire.height);
        let mut relay: Vec<T> = relay.into_iter().map(T::round).collect();
        relay.resize(padded(relay.len()), T::ZERO);
        Ok(Self {
            neurons,
            synapse,
            membrane,
            firing,
            height: match height {
                Height::One => T::ONE,
                Height::PerStep => T::round(1.0 / setting.dt),
            },
            fan_in: rule.fan_in,
            relay,
        })
    }

    /// The same with a constant current for each neuron, which takes the place of `v_leak` where the voltage is drawn to.
    pub(super) fn driven(
        primitive: &Primitive,
        rule: &Rule,
        site: &Site<'_>,
        currents: &[f64],
    ) -> Result<Self, SemanticsError> {
        let mut layer = Self::new(primitive, None, rule, site)?;
        let parameters = Parameters::of(primitive, site.leaf, rule.first_only)?;
        let setting = Setting::new(rule, site.semantics.time, &parameters, layer.neurons);
        let numbers = |n: usize| parameters.numbers(n).driven_by(currents[n]);
        let stage = |n: usize| setting.stage(&rule.membrane, Which::Membrane, numbers(n));
        let is_uniform = parameters.all().iter().all(|p| matches!(p, Parameter::Uniform(_)))
            && currents.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits());
        layer.membrane.columns = match currents.first() {
            Some(_) if is_uniform => Columns::Uniform(stage(0).map(T::round)),
            Some(_) => Columns::numbered(layer.neurons, stage),
            None => return Ok(layer),
        };
        Ok(layer)
    }

    /// Whether all neurons are alike, and it does not matter in which order they stand.
    pub(super) fn is_uniform(&self) -> bool {
        let synapse = self.synapse.as_ref().is_none_or(State::is_uniform);
        let firing = self.firing.as_ref().is_none_or(Firing::is_uniform);
        synapse && firing && self.membrane.is_uniform() && self.relay.is_empty()
    }

    /// Whether the output of a step depends on the input of the same step.
    pub(super) fn has_feedthrough(&self) -> bool {
        !self.is_late() && !self.decides_before()
    }

    /// Whether the membrane sees the synaptic current of the step before.
    pub(super) fn is_late(&self) -> bool {
        self.synapse.as_ref().is_some_and(State::is_late)
    }

    /// Whether the spikes follow from the voltage of the step before.
    pub(super) fn decides_before(&self) -> bool {
        self.firing.as_ref().is_some_and(|firing| !firing.has_feedthrough())
    }

    /// The state before the first step.
    pub(super) fn start(&self) -> LayerState<T> {
        let zeros = || vec![T::ZERO; self.neurons];
        let mut state = LayerState {
            v: zeros(),
            isyn: if self.synapse.is_some() { zeros() } else { Vec::new() },
            spikes: zeros(),
            tested: zeros(),
            pending_reset: zeros(),
            relayed: if self.relay.is_empty() { Vec::new() } else { zeros() },
            is_spread: false,
        };
        self.membrane.start(&mut state.v);
        if let Some(synapse) = &self.synapse {
            synapse.start(&mut state.isyn);
        }
        state
    }

    /// Brings a state back to the start, with all parts as long as whole chunks need.
    pub(super) fn restart(&self, state: &mut LayerState<T>) {
        let len = padded(self.neurons);
        state.is_spread = false;
        for part in state.parts() {
            part.clear();
            part.resize(len, T::ZERO);
        }
        self.membrane.start(&mut state.v[..self.neurons]);
        if let Some(synapse) = &self.synapse {
            synapse.start(&mut state.isyn[..self.neurons]);
        }
    }

    /// Writes the output of a layer without feedthrough.
    pub(super) fn emit(&self, state: &mut LayerState<T>, output: &mut [T]) {
        if let Some(firing) = self.firing.as_ref().filter(|firing| !firing.has_feedthrough()) {
            firing.count(&state.v, &mut state.spikes);
            state.tested.copy_from_slice(&state.v);
            scale(&state.spikes, self.height, output);
        } else {
            self.note_reset(state);
            self.membrane.step(&mut state.v, &state.isyn, &[]);
            self.fire(state, output);
        }
    }

    /// Takes a step, and writes the output of a layer with feedthrough.
    pub(super) fn step(&self, state: &mut LayerState<T>, inputs: &[&[T]], output: &mut [T]) {
        if self.is_late() && !self.decides_before() {
            self.accept_input(state, inputs);
            return;
        }
        self.note_reset(state);
        if self.relay.is_empty() {
            self.integrate(state, inputs);
        } else {
            let arriving = std::mem::take(&mut state.relayed);
            self.integrate(state, &[&arriving]);
            state.relayed = arriving;
            self.relay(&mut state.relayed, inputs);
        }
        self.fire(state, output);
        if self.spreads() {
            self.spread(state, output);
        }
    }

    /// Whether what is no number spreads from a neuron to all.
    pub(super) fn spreads(&self) -> bool {
        let feeds = self.firing.as_ref().is_some_and(|firing| firing.fire.zero_feedback);
        feeds && self.has_feedthrough()
    }

    /// Spreads it, one step late.
    fn spread(&self, state: &mut LayerState<T>, output: &mut [T]) {
        if state.is_spread {
            let nan = T::round(f64::NAN);
            let LayerState { v, isyn, spikes, .. } = state;
            for numbers in [v.as_mut_slice(), isyn, spikes, output] {
                numbers.fill(nan);
            }
        }
        state.is_spread |= state.spikes[..self.neurons].iter().any(|x| x.wide().is_nan());
    }

    /// Moves the synaptic current.
    fn accept_input(&self, state: &mut LayerState<T>, inputs: &[&[T]]) {
        if let (Some(synapse), Some((first, others))) = (&self.synapse, inputs.split_first()) {
            synapse.step(&mut state.isyn, first, others);
        }
    }

    /// Tests, resets and limits the voltages, and writes what leaves unless it was written before.
    fn fire(&self, state: &mut LayerState<T>, output: &mut [T]) {
        let Some(firing) = &self.firing else {
            output.copy_from_slice(&state.v);
            return;
        };
        firing.after_input(&mut state.v, &state.pending_reset);
        if firing.has_feedthrough() {
            firing.count(&state.v, &mut state.spikes);
            state.tested.copy_from_slice(&state.v);
            firing.at_once(&mut state.v, &state.spikes, &state.pending_reset);
            scale(&state.spikes, self.height, output);
        }
        firing.limit(&mut state.v);
    }

    /// Works out the reset that is pending from the step before, and takes what is due before the leak.
    fn note_reset(&self, state: &mut LayerState<T>) {
        let Some(firing) = self.firing.as_ref().filter(|firing| firing.has_pending_reset()) else {
            return;
        };
        if firing.has_feedthrough() {
            firing.count(&state.v, &mut state.pending_reset);
        } else {
            state.pending_reset.copy_from_slice(&state.spikes);
        }
        firing.before_leak(&mut state.v, &state.pending_reset);
    }

    /// Moves current and voltage.
    fn integrate(&self, state: &mut LayerState<T>, inputs: &[&[T]]) {
        if self.synapse.is_none() {
            if let Some((first, others)) = inputs.split_first() {
                self.membrane.step(&mut state.v, first, others);
            }
        } else if self.is_late() {
            self.membrane.step(&mut state.v, &state.isyn, &[]);
            self.accept_input(state, inputs);
        } else {
            self.accept_input(state, inputs);
            self.membrane.step(&mut state.v, &state.isyn, &[]);
        }
    }

    /// Writes what the relay hands on in the next step.
    fn relay(&self, relayed: &mut [T], inputs: &[&[T]]) {
        for (neuron, (out, &weight)) in relayed.iter_mut().zip(&self.relay).enumerate() {
            let is_active = inputs.iter().any(|input| input[neuron] != T::ZERO);
            *out = if is_active { weight } else { T::ZERO };
        }
    }

    /// The threshold of a neuron; infinite without spikes.
    pub(super) fn threshold(&self, neuron: usize) -> f64 {
        self.firing.as_ref().map_or(f64::INFINITY, |firing| firing.threshold(neuron))
    }

    /// How the signals of several edges come together.
    pub(super) fn fan_in(&self) -> FanIn {
        self.fan_in
    }
}

/// Threshold, value after a reset, and lower limit of each neuron.
fn levels<T: Real>(
    fire: &Fire,
    setting: Setting<'_>,
    parameters: &Parameters,
    neurons: usize,
) -> Columns<T, 3> {
    let rule = setting.rule;
    let thresholds = setting.thresholds(parameters, neurons);
    let reset = match fire.reset {
        Reset::VReset => &parameters.v_reset,
        Reset::Zero | Reset::Subtract => &Parameter::Uniform(0.0),
    };
    let levels = |neuron: usize, [threshold, reset]: [f64; 2]| {
        let (level, reset) =
            if rule.normalised { (1.0, reset / threshold) } else { (threshold, reset) };
        let level = thresholds.divided(neuron, level);
        [level, thresholds.divided(neuron, reset), Firing::<T>::floor(fire, level)]
    };
    let parameters = [&parameters.v_threshold, reset];
    if thresholds.is_uniform() {
        return Columns::new(neurons, parameters, |numbers| levels(0, numbers));
    }
    Columns::numbered(neurons, |neuron| levels(neuron, parameters.map(|p| p.at(neuron))))
}

/// The threshold of each neuron of a node under a rule, in the precision in which a program works it
/// out; `None` for parameters that do not fit the node.
#[must_use]
pub fn thresholds(primitive: &Primitive, leaf: &Leaf, rule: &Rule, time: Time) -> Option<Vec<f64>> {
    let parameters = Parameters::of(primitive, leaf, rule.first_only).ok()?;
    let neurons = leaf.inputs();
    let setting = Setting::new(rule, time, &parameters, neurons);
    let thresholds = setting.thresholds(&parameters, neurons);
    Some((0..neurons).map(|n| thresholds.divided(n, parameters.v_threshold.at(n))).collect())
}

/// What leaves a layer: its spikes, each as high as `height`.
fn scale<T: Real>(spikes: &[T], height: T, output: &mut [T]) {
    for (out, &spike) in output.iter_mut().zip(spikes) {
        *out = spike * height;
    }
}

/// The gains by which a rule multiplies the weights before a layer, or inside a recurrent one, one for each neuron.
pub(super) fn weight_gains(
    primitive: &Primitive,
    rule: &Rule,
    site: &Site<'_>,
    is_inside: bool,
) -> Result<Option<Vec<f64>>, SemanticsError> {
    match rule.fold {
        Fold::Weights(terms) => gains(primitive, rule, site, terms).map(Some),
        Fold::StoredWeights(terms) => {
            let parameters = Parameters::of(primitive, site.leaf, rule.first_only)?;
            let setting = Setting::new(rule, site.semantics.time, &parameters, site.leaf.inputs());
            let gain = |n| setting.stored_weight_gain(terms, parameters.numbers(n), is_inside);
            Ok(Some((0..site.leaf.inputs()).map(gain).collect()))
        }
        _ => Ok(None),
    }
}

/// Products of factors, one for each neuron.
pub(super) fn gains(
    primitive: &Primitive,
    rule: &Rule,
    site: &Site<'_>,
    terms: Terms,
) -> Result<Vec<f64>, SemanticsError> {
    let parameters = Parameters::of(primitive, site.leaf, rule.first_only)?;
    let setting = Setting::new(rule, site.semantics.time, &parameters, site.leaf.inputs());
    Ok((0..site.leaf.inputs()).map(|n| setting.gain(terms, parameters.numbers(n))).collect())
}
