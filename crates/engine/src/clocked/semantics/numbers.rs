//! The numbers of one layer under a semantics, as a program works them out: for those who look for parameters that give
//! a program wanted numbers.

use nirkit_ir::Primitive;
use nirkit_ir::facts::Leaf;

use super::super::option::Precision;
use super::super::real::Real;
use super::error::SemanticsError;
use super::layer::{Layer, weight_gains};
use super::map::Site;
use super::membrane::State;
use super::rule::{FanIn, Fire, Form};
use super::values::Semantics;

/// What a layer of neurons computes with, in double precision; each number was rounded to the precision of the semantics.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNumbers {
    /// The synaptic current, for neurons that have one. A membrane that is a step late is one.
    pub synapse: Option<StageNumbers>,
    /// The voltage.
    pub membrane: StageNumbers,
    /// Spikes and resets; `None` for neurons that put out their voltage.
    pub firing: Option<FiringNumbers>,
    /// How high a spike is for those who receive it.
    pub height: f64,
    /// How the signals of several edges come together.
    pub fan_in: FanIn,
    /// The weight of each neuron in a map between what arrives and the layer; empty without one.
    pub relay: Vec<f64>,
    /// By what the weights of maps before the layer are multiplied; empty where they are not.
    pub weight_gains: Vec<f64>,
    /// The same for maps inside a recurrent layer.
    pub recurrent_gains: Vec<f64>,
    /// The format of all numbers.
    pub precision: Precision,
}

/// The numbers of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct StageNumbers {
    /// The arithmetic of the step.
    pub form: Form,
    /// Whether the rest is added in every step.
    pub biased: bool,
    /// Coefficient, gain and rest of each neuron.
    pub numbers: Vec<[f64; 3]>,
    /// The state of each neuron before the first step.
    pub start: Vec<f64>,
}

/// The levels of the voltage.
#[derive(Clone, Debug, PartialEq)]
pub struct FiringNumbers {
    /// What happens at the threshold, and when.
    pub fire: Fire,
    /// Threshold, value after a reset, and lower limit of each neuron.
    pub levels: Vec<[f64; 3]>,
}

/// Works out the numbers of a node under a semantics, `recurrent` or not.
///
/// `None` for nodes without a rule, and for layers whose states are integers.
///
/// # Errors
///
/// Parameters that do not fit the node.
pub fn layer_numbers(
    primitive: &Primitive,
    threshold: Option<&Primitive>,
    leaf: &Leaf,
    semantics: &Semantics,
    recurrent: bool,
) -> Result<Option<LayerNumbers>, SemanticsError> {
    match semantics.precision {
        Precision::F32 => of::<f32>(primitive, threshold, leaf, semantics, recurrent),
        Precision::F64 => of::<f64>(primitive, threshold, leaf, semantics, recurrent),
    }
}

fn of<T: Real>(
    primitive: &Primitive,
    threshold: Option<&Primitive>,
    leaf: &Leaf,
    semantics: &Semantics,
    recurrent: bool,
) -> Result<Option<LayerNumbers>, SemanticsError> {
    let rules = &semantics.neurons;
    let rule = match threshold {
        Some(_) => rules.threshold_li.as_ref(),
        None => rules.rule(primitive, recurrent, leaf.inputs()),
    };
    let Some(rule) = rule.filter(|rule| rule.fixed.is_none()) else { return Ok(None) };
    let site = Site { leaf, semantics, recurrent };
    let layer = Layer::<T>::new(primitive, threshold, rule, &site)?;
    let gains = |is_inside| weight_gains(primitive, rule, &site, is_inside);
    let wide = |values: &[T]| values.iter().map(|x| x.wide()).collect::<Vec<f64>>();
    let neurons = layer.neurons;
    Ok(Some(LayerNumbers {
        synapse: layer.synapse.as_ref().map(|state| stage(state, neurons)),
        membrane: stage(&layer.membrane, neurons),
        firing: layer.firing.as_ref().map(|firing| {
            let mut levels = vec![[0.0; 3]; neurons];
            firing.levels.visit(neurons, |n, numbers| levels[n] = numbers.map(Real::wide));
            FiringNumbers { fire: firing.fire, levels }
        }),
        height: layer.height.wide(),
        fan_in: layer.fan_in,
        relay: wide(&layer.relay[..neurons.min(layer.relay.len())]),
        weight_gains: gains(false)?.unwrap_or_default(),
        recurrent_gains: gains(true)?.unwrap_or_default(),
        precision: semantics.precision,
    }))
}

fn stage<T: Real>(state: &State<T>, neurons: usize) -> StageNumbers {
    let mut numbers = vec![[0.0; 3]; neurons];
    state.columns.visit(neurons, |n, of| numbers[n] = of.map(Real::wide));
    let mut start = vec![T::ZERO; neurons];
    state.start(&mut start);
    StageNumbers {
        form: state.form,
        biased: state.biased,
        numbers,
        start: start.iter().map(|x| x.wide()).collect(),
    }
}
