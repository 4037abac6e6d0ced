//! Coefficients of a rule, worked out with the roundings of the program that it describes.

use nirkit_ir::facts::Leaf;
use nirkit_ir::{Primitive, Value};
use nirkit_numerics::{DType, Tensor, math};

use super::super::parameter::Parameter;
use super::error::SchemeError;
use super::rule::{Form, Format, Leak, Ratio, Rest, Rule, Stage, Term, Terms};
use super::values::Time;

/// Gains up to this relative difference from 1 count as 1, as `numpy.allclose` has it.
const CLOSE: f64 = 1e-5 + 1e-8;

/// The parameters of a layer of neurons; those that a primitive does not have are neutral.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pub(super) tau_mem: Parameter,
    pub(super) tau_syn: Parameter,
    pub(super) r: Parameter,
    pub(super) w_in: Parameter,
    pub(super) v_leak: Parameter,
    pub(super) v_threshold: Parameter,
    pub(super) v_reset: Parameter,
    /// Whether the file holds the time constant of the membrane in single precision.
    single: bool,
}

impl Parameters {
    /// The parameters of a node; of those in `first_only`, the first neuron's number for all.
    pub(super) fn of(
        primitive: &Primitive,
        leaf: &Leaf,
        first_only: &[&str],
    ) -> Result<Self, SchemeError> {
        let values = primitive.values();
        let tensor = |name: &str| {
            values.iter().find(|(field, _)| field.name == name).and_then(|(_, value)| match value {
                Value::Tensor(tensor) => Some(tensor),
                _ => None,
            })
        };
        let read = |name: &'static str, default: f64| -> Result<Parameter, SchemeError> {
            let parameter = Parameter::or(leaf, name, tensor(name), default)?;
            let is_cut = first_only.contains(&name);
            Ok(if is_cut { Parameter::Uniform(parameter.at(0)) } else { parameter })
        };
        let tau_name = if tensor("tau").is_some() { "tau" } else { "tau_mem" };
        let is_single = |tensor: &Tensor| tensor.dtype() != DType::F64;
        Ok(Self {
            tau_mem: read(tau_name, 1.0)?,
            tau_syn: read("tau_syn", 1.0)?,
            r: read("r", 1.0)?,
            w_in: read("w_in", 1.0)?,
            v_leak: read("v_leak", 0.0)?,
            v_threshold: read("v_threshold", 1.0)?,
            v_reset: read("v_reset", 0.0)?,
            single: tensor(tau_name).is_none_or(is_single),
        })
    }

    /// All parameters but the reset, in the order in which [`Numbers`] takes them.
    pub(super) fn all(&self) -> [&Parameter; 6] {
        [&self.tau_mem, &self.tau_syn, &self.r, &self.w_in, &self.v_leak, &self.v_threshold]
    }
}

/// The parameters of one neuron.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub(super) tau: [f64; 2],
    r: f64,
    w_in: f64,
    v_leak: f64,
    v_threshold: f64,
}

impl Numbers {
    /// The numbers of [`Parameters::all`].
    pub(super) fn new([tau_mem, tau_syn, r, w_in, v_leak, v_threshold]: [f64; 6]) -> Self {
        Self { tau: [tau_mem, tau_syn], r, w_in, v_leak, v_threshold }
    }
}

/// Which of the two states of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Membrane,
    Synapse,
}

/// The setting in which coefficients are worked out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    pub(super) rule: &'a Rule,
    /// The time step in seconds; 1 where time constants are numbers of steps.
    pub(super) dt: f64,
    /// Whether the file holds single precision.
    single: bool,
}

/// Arithmetic in single or double precision. An operation on two single-precision numbers that is
/// computed in double precision and then rounded is correctly rounded.
#[derive(Clone, Copy, Debug)]
struct Arithmetic {
    single: bool,
}

impl Arithmetic {
    fn round(self, value: f64) -> f64 {
        if self.single { f64::from(value as f32) } else { value }
    }
}

impl<'a> Setting<'a> {
    pub(super) fn new(rule: &'a Rule, time: Time, parameters: &Parameters, neurons: usize) -> Self {
        let own = |neuron: usize| parameters.tau_mem.at(neuron) / (1.0 + parameters.r.at(neuron));
        let dt = match time {
            Time::Step(dt) => dt,
            Time::Counted => 1.0,
            Time::PerLayer => (0..neurons).map(own).fold(f64::INFINITY, f64::min),
        };
        Self { rule, dt, single: parameters.single }
    }

    /// A number in the precision of the file.
    pub(super) fn stored(self, value: f64) -> f64 {
        self.arithmetic(Format::Stored).round(value)
    }

    fn arithmetic(self, format: Format) -> Arithmetic {
        let single = match format {
            Format::Single => true,
            Format::Double => false,
            Format::Stored => self.single,
        };
        Arithmetic { single }
    }

    /// `dt / tau`.
    fn ratio(self, ratio: Ratio, format: Format, tau: f64) -> f64 {
        let number = self.arithmetic(format);
        let (dt, tau) = (number.round(self.dt), number.round(tau));
        match ratio {
            Ratio::Quotient => number.round(dt / tau),
            Ratio::Reciprocal => number.round(dt * number.round(1.0 / tau)),
            Ratio::Steps => number.round(1.0 / number.round(tau / dt)),
        }
    }

    /// `[coefficient, gain, rest]` of a stage: the coefficient is `p` for forms that have one, else
    /// what stays.
    pub(super) fn stage(self, stage: &Stage, which: Which, numbers: Numbers) -> [f64; 3] {
        let tau = numbers.tau[usize::from(which == Which::Synapse)];
        let coefficient = match stage.form {
            Form::Approach | Form::Recover => self.share(stage.leak, tau),
            Form::Relax => math::exp_m1(-self.share(stage.leak, tau)),
            Form::Add => self.dt,
            Form::Keep | Form::KeepBoth | Form::Filter | Form::Late => self.keep(stage.leak, tau),
        };
        let adds = matches!(stage.form, Form::Keep | Form::KeepBoth | Form::Filter | Form::Late);
        let rest = match stage.rest {
            Rest::Ignored => 0.0,
            Rest::Pull if adds => (1.0 - coefficient) * numbers.v_leak,
            Rest::Pull | Rest::Bias => numbers.v_leak,
        };
        [coefficient, self.gain(stage.gain, numbers), rest]
    }

    /// `p` of a leak.
    pub(super) fn share(self, leak: Leak, tau: f64) -> f64 {
        match leak {
            Leak::None => 0.0,
            Leak::Fixed(keep) => 1.0 - keep,
            Leak::Euler(ratio, format)
            | Leak::Exponential(ratio, format)
            | Leak::Warped(ratio, format) => self.ratio(ratio, format, tau),
        }
    }

    /// The share that stays.
    fn keep(self, leak: Leak, tau: f64) -> f64 {
        match leak {
            Leak::None => 1.0,
            Leak::Fixed(keep) => keep,
            Leak::Euler(ratio, format) => {
                self.arithmetic(format).round(1.0 - self.ratio(ratio, format, tau))
            }
            Leak::Exponential(ratio, format) => {
                self.arithmetic(format).round(math::exp(-self.ratio(ratio, format, tau)))
            }
            Leak::Warped(ratio, format) => {
                let number = self.arithmetic(format);
                let log =
                    number.round(math::ln(number.round(1.0 - self.ratio(ratio, format, tau))));
                math::exp(-self.dt / number.round(-number.round(self.dt) / log))
            }
        }
    }

    /// A product of factors; 1 for none.
    pub(super) fn gain(self, terms: Terms, numbers: Numbers) -> f64 {
        terms.iter().fold(1.0, |gain, term| gain * self.factor(term, numbers))
    }

    fn factor(self, term: Term, numbers: Numbers) -> f64 {
        match term {
            Term::R => numbers.r,
            Term::WIn => numbers.w_in,
            Term::Membrane => self.dt / numbers.tau[0],
            Term::Synapse => self.dt / numbers.tau[1],
            Term::PerThreshold => 1.0 / numbers.v_threshold,
            Term::PerStep => 1.0 / self.dt,
            Term::Share => 1.0 - self.keep(self.rule.membrane.leak, numbers.tau[0]),
        }
    }

    /// What every threshold of a layer is divided by: the smallest gain, or 1 where all are close
    /// to it.
    pub(super) fn divisor(self, terms: Terms, parameters: &Parameters, neurons: usize) -> f64 {
        let number = self.arithmetic(Format::Stored);
        let gains = (0..neurons).map(|neuron| {
            let numbers = Numbers::new(parameters.all().map(|parameter| parameter.at(neuron)));
            terms.iter().fold(1.0, |gain, term| number.round(gain * self.factor(term, numbers)))
        });
        let gains: Vec<f64> = gains.collect();
        if gains.iter().all(|gain| (gain - 1.0).abs() <= CLOSE) {
            return 1.0;
        }
        gains.into_iter().fold(f64::INFINITY, f64::min)
    }
}
