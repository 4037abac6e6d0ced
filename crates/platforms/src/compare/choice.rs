//! The choices in which two semantics can differ.

use nirkit_engine::clocked::semantics::rule::{Fire, Fold, Height, Rule, Spikes, Stage, Term};
use nirkit_engine::clocked::semantics::{Dilation, Execution, Neurons, Semantics, Slot};

use super::word;

/// A choice that a program makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// The time step.
    TimeStep,
    /// What stays of a state.
    Decay,
    /// By what part of `dt / tau` an input is multiplied.
    Gain,
    /// Whether `r` is read.
    R,
    /// Whether `w_in` is read.
    WIn,
    /// What `v_leak` does.
    VLeak,
    /// Whether the current decays before, after or beside its input.
    SynapseOrder,
    /// How a voltage is held against a threshold.
    Comparison,
    /// How many spikes a step can hold.
    SpikesPerStep,
    /// On which voltage a neuron decides.
    Test,
    /// What a reset does.
    Reset,
    /// When a reset acts.
    ResetTiming,
    /// A limit below the voltage.
    Floor,
    /// How high a spike is for its receivers.
    Height,
    /// Whether one neuron's parameters stand for a layer.
    FirstOnly,
    /// Which nodes and edges run; it is the order where both run the same ones.
    Structure,
    /// In which order nodes run.
    Order,
    /// What a node gets from a source that runs later.
    Recurrence,
    /// Whether weights delay by a step.
    Delay,
    /// Whether a map sees only which inputs are not 0.
    Truth,
    /// A map between weights and neuron that hands on late.
    Relay,
    /// Whether the bias of recurrent weights is read.
    RecurrentBias,
    /// Whether the biases of convolutions are read.
    ConvolutionBias,
    /// Whether recurrent weights are rounded.
    Quantisation,
    /// Whether states are integers.
    Integers,
    /// In which order Flatten takes axes.
    Flatten,
    /// How a pool adds, and what its padding does.
    Pool,
    /// Whether the dilation of convolutions is used.
    Dilation,
    /// In which numbers the program computes.
    Precision,
    /// In which order numbers are added and multiplied, and how coefficients are rounded.
    Arithmetic,
}

impl Choice {
    /// Every choice; the last is told by [`Arithmetic`](Self::Arithmetic).
    pub const ALL: [Self; 30] = [
        Self::TimeStep,
        Self::Decay,
        Self::Gain,
        Self::R,
        Self::WIn,
        Self::VLeak,
        Self::SynapseOrder,
        Self::Comparison,
        Self::SpikesPerStep,
        Self::Test,
        Self::Reset,
        Self::ResetTiming,
        Self::Floor,
        Self::Height,
        Self::FirstOnly,
        Self::Structure,
        Self::Order,
        Self::Recurrence,
        Self::Delay,
        Self::Truth,
        Self::Relay,
        Self::RecurrentBias,
        Self::ConvolutionBias,
        Self::Quantisation,
        Self::Integers,
        Self::Flatten,
        Self::Pool,
        Self::Dilation,
        Self::Precision,
        Self::Arithmetic,
    ];

    /// Its name, for the reader.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TimeStep => "time step",
            Self::Decay => "decay",
            Self::Gain => "gain of the input",
            Self::R => "parameter r",
            Self::WIn => "parameter w_in",
            Self::VLeak => "parameter v_leak",
            Self::SynapseOrder => "order of decay and input",
            Self::Comparison => "comparison",
            Self::SpikesPerStep => "spikes per step",
            Self::Test => "step of the spike",
            Self::Reset => "reset",
            Self::ResetTiming => "step of the reset",
            Self::Floor => "lower limit",
            Self::Height => "height of a spike",
            Self::FirstOnly => "one neuron for all",
            Self::Structure => "nodes and edges that run",
            Self::Order => "order of execution",
            Self::Recurrence => "delay of recurrence",
            Self::Delay => "delay of weights",
            Self::Truth => "input as truth",
            Self::Relay => "relay",
            Self::RecurrentBias => "bias of recurrence",
            Self::ConvolutionBias => "bias of convolutions",
            Self::Quantisation => "quantisation of weights",
            Self::Integers => "integer states",
            Self::Flatten => "order of axes",
            Self::Pool => "sum of pools",
            Self::Dilation => "dilation",
            Self::Precision => "number format",
            Self::Arithmetic => "order of arithmetic",
        }
    }

    /// Whether a semantics has to be in canonical form before this choice can be switched in it.
    pub(super) fn is_canonical(self) -> bool {
        matches!(
            self,
            Self::Decay
                | Self::Gain
                | Self::R
                | Self::WIn
                | Self::VLeak
                | Self::SynapseOrder
                | Self::Height
                | Self::Relay
                | Self::Integers
        )
    }

    /// Whether two semantics in canonical form differ in this choice.
    pub(super) fn differs(self, a: &Semantics, b: &Semantics) -> bool {
        let mut switched = *a;
        self.copy(b, &mut switched);
        switched != *a
    }

    /// Gives a semantics the choice of another.
    pub(super) fn copy(self, from: &Semantics, to: &mut Semantics) {
        match self {
            Self::TimeStep => to.time = from.time,
            Self::Structure | Self::Order => {
                to.execution = Execution { later: to.execution.later, ..from.execution };
                to.unknown = from.unknown;
                // What only the other one runs has no rule here.
                let mut rules = from.neurons;
                for slot in Slot::ALL {
                    let rule = to.neurons.get_mut(slot);
                    *rule = rule.or(*rules.get_mut(slot));
                }
            }
            Self::Recurrence => to.execution.later = from.execution.later,
            Self::Delay => {
                to.maps.arrival = from.maps.arrival;
                to.maps.wiring = from.maps.wiring;
            }
            Self::Truth => to.maps.truth_only = from.maps.truth_only,
            Self::RecurrentBias => to.maps.recurrent_bias = from.maps.recurrent_bias,
            Self::ConvolutionBias => to.maps.convolution_bias = from.maps.convolution_bias,
            Self::Quantisation => to.maps.recurrent_grid = from.maps.recurrent_grid,
            Self::Flatten => to.maps.flatten = from.maps.flatten,
            Self::Pool => {
                to.maps.pool = from.maps.pool;
                to.maps.pool_padding = from.maps.pool_padding;
            }
            Self::Dilation => to.maps.dilation = from.maps.dilation,
            Self::Precision => to.precision = from.precision,
            Self::Arithmetic => {}
            _ => copy_rules(&from.neurons, &mut to.neurons, |from, to| self.copy_rule(from, to)),
        }
    }

    /// Gives a rule the choice of another.
    fn copy_rule(self, from: &Rule, to: &mut Rule) {
        match self {
            Self::Decay => {
                to.membrane.leak = from.membrane.leak;
                copy_synapse(from, to, |from, to| to.leak = from.leak);
            }
            Self::Gain => {
                for term in [Term::Membrane, Term::Synapse, Term::Share, Term::PerStep] {
                    copy_term(term, from, to);
                }
            }
            Self::R => copy_term(Term::R, from, to),
            Self::WIn => copy_term(Term::WIn, from, to),
            Self::VLeak => {
                to.membrane.rest = from.membrane.rest;
                copy_synapse(from, to, |from, to| to.rest = from.rest);
            }
            Self::SynapseOrder => {
                to.membrane.form = from.membrane.form;
                copy_synapse(from, to, |from, to| to.form = from.form);
            }
            Self::FirstOnly => to.first_only = from.first_only,
            Self::Relay => to.fold = from.fold,
            Self::Integers => to.fixed = from.fixed,
            _ => {
                if let (Some(from), Some(to)) = (&from.fire, &mut to.fire) {
                    self.copy_fire(from, to);
                }
            }
        }
    }

    fn copy_fire(self, from: &Fire, to: &mut Fire) {
        match self {
            Self::Comparison => to.comparison = from.comparison,
            Self::SpikesPerStep => {
                to.spikes = from.spikes;
                to.zero_feedback = from.zero_feedback;
            }
            Self::Test => to.test = from.test,
            Self::Reset => to.reset = from.reset,
            Self::ResetTiming => to.timing = from.timing,
            Self::Floor => to.floor = from.floor,
            Self::Height => to.height = from.height,
            _ => {}
        }
    }

    /// What a semantics in canonical form chooses, for the reader; several rules are told if they
    /// differ.
    #[must_use]
    pub(super) fn say(self, semantics: &Semantics) -> String {
        match self {
            Self::TimeStep => word::time(semantics.time),
            Self::Structure | Self::Order => {
                let order = word::order(semantics.execution.order);
                match semantics.execution.chance {
                    0 => order.to_owned(),
                    way => format!("{order}, way {}", way + 1),
                }
            }
            Self::Recurrence => word::later(semantics.execution.later).to_owned(),
            Self::Delay => word::delay(&semantics.maps),
            Self::Truth => word::yes(semantics.maps.truth_only).to_owned(),
            Self::RecurrentBias => word::yes(semantics.maps.recurrent_bias).to_owned(),
            Self::ConvolutionBias => word::yes(semantics.maps.convolution_bias).to_owned(),
            Self::Quantisation => semantics.maps.recurrent_grid.map_or("none".to_owned(), |grid| {
                format!("multiples of {} from {} to {}", grid.step, grid.low, grid.high)
            }),
            Self::Flatten => word::axes(semantics.maps.flatten).to_owned(),
            Self::Pool => word::pool(&semantics.maps),
            Self::Dilation => word::yes(semantics.maps.dilation == Dilation::Spread).to_owned(),
            Self::Precision => word::precision(semantics.precision).to_owned(),
            Self::Arithmetic => "its own".to_owned(),
            _ => {
                let mut said: Vec<String> =
                    rules(&semantics.neurons).filter_map(|rule| self.say_rule(rule)).collect();
                said.sort();
                said.dedup();
                said.join("; ")
            }
        }
    }

    fn say_rule(self, rule: &Rule) -> Option<String> {
        let of_gain = |term: Term| word::yes(rule.membrane.gain.contains(term)).to_owned();
        Some(match self {
            Self::Decay => word::leak(rule.membrane.leak),
            Self::Gain => word::gain(rule),
            Self::R => of_gain(Term::R),
            Self::WIn => of_gain(Term::WIn),
            Self::VLeak => word::rest(rule.membrane.rest).to_owned(),
            Self::SynapseOrder => word::form(rule.synapse.as_ref()?.form).to_owned(),
            Self::FirstOnly => word::yes(!rule.first_only.is_empty()).to_owned(),
            Self::Relay => word::yes(matches!(rule.fold, Fold::Relay(_))).to_owned(),
            Self::Integers => word::yes(rule.fixed.is_some()).to_owned(),
            _ => return rule.fire.as_ref().map(|fire| self.say_fire(fire)),
        })
    }

    fn say_fire(self, fire: &Fire) -> String {
        match self {
            Self::Comparison => fire.comparison.to_string(),
            Self::SpikesPerStep => match fire.spikes {
                Spikes::One => "one".to_owned(),
                Spikes::Several(_) | Spikes::Quotient | Spikes::FloorQuotient(_) => {
                    "several".to_owned()
                }
            },
            Self::Test => word::test(fire.test).to_owned(),
            Self::Reset => fire.reset.to_string(),
            Self::ResetTiming => word::timing(fire.timing).to_owned(),
            Self::Floor => word::floor(fire.floor).to_owned(),
            Self::Height => match fire.height {
                Height::One => "1".to_owned(),
                Height::PerStep => "1 / dt".to_owned(),
            },
            _ => String::new(),
        }
    }
}

/// The rules that both sides have.
fn copy_rules(from: &Neurons, to: &mut Neurons, copy: impl Fn(&Rule, &mut Rule)) {
    for slot in Slot::ALL {
        if let (Some(from), Some(to)) = (from.get(slot), to.get_mut(slot)) {
            copy(from, to);
        }
    }
}

fn rules(neurons: &Neurons) -> impl Iterator<Item = &Rule> {
    Slot::ALL.into_iter().filter_map(|slot| neurons.get(slot).as_ref())
}

fn copy_term(term: Term, from: &Rule, to: &mut Rule) {
    to.membrane.gain = to.membrane.gain.set(term, from.membrane.gain.contains(term));
}

fn copy_synapse(from: &Rule, to: &mut Rule, copy: impl Fn(&Stage, &mut Stage)) {
    if let (Some(from), Some(to)) = (&from.synapse, &mut to.synapse) {
        copy(from, to);
    }
}
