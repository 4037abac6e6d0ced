//! Coefficients of a rule, worked out with the roundings of the program that it describes.

mod parameters;

use nirkit_numerics::{Width, math};

use super::rule::{Fold, Form, Format, Leak, Ratio, Rest, Rule, Stage, Term, Terms};
use super::values::Time;
use parameters::Widths;

pub(super) use parameters::{Numbers, Parameters, Which};

/// Gains up to this difference from 1 count as 1, as `numpy.allclose` has it.
const CLOSE: f64 = 1e-5 + 1e-8;

/// The setting in which coefficients are worked out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    pub(super) rule: &'a Rule,
    /// The time step in seconds; 1 where time constants are numbers of steps.
    pub(super) dt: f64,
    widths: Widths,
}

impl<'a> Setting<'a> {
    pub(super) fn new(rule: &'a Rule, time: Time, parameters: &Parameters, neurons: usize) -> Self {
        let own = |neuron: usize| parameters.tau_mem.at(neuron) / (1.0 + parameters.r.at(neuron));
        let dt = match time {
            Time::Step(dt) => dt,
            Time::Counted => 1.0,
            Time::PerLayer => (0..neurons).map(own).fold(f64::INFINITY, f64::min),
        };
        Self { rule, dt, widths: parameters.widths }
    }

    /// The numbers in which a program works with a time constant.
    fn width(self, format: Format, which: Which) -> Width {
        match format {
            Format::Single => Width::Single,
            Format::Double => Width::Double,
            Format::Stored => self.widths.tau[which.index()],
        }
    }

    /// `dt / tau`.
    fn ratio(self, ratio: Ratio, width: Width, tau: f64) -> f64 {
        let (dt, tau) = (width.round(self.dt), width.round(tau));
        match ratio {
            Ratio::Quotient => width.round(dt / tau),
            Ratio::Reciprocal => width.round(dt * width.round(1.0 / tau)),
            Ratio::Steps => width.round(1.0 / width.round(tau / dt)),
            Ratio::Milliseconds => step_in_milliseconds(self.dt) / milliseconds(tau),
        }
    }

    /// `[coefficient, gain, rest]` of a stage: the coefficient is `p` or the number of steps for forms
    /// that have one, else what stays.
    pub(super) fn stage(self, stage: &Stage, which: Which, numbers: Numbers) -> [f64; 3] {
        let tau = numbers.tau[which.index()];
        let coefficient = match stage.form {
            Form::Approach | Form::Recover => self.share(stage.leak, which, tau),
            Form::Relax => math::exp_m1(-self.share(stage.leak, which, tau)),
            Form::Add => self.dt,
            Form::ApproachSteps | Form::KeepSteps => tau / self.dt,
            Form::Keep | Form::KeepBoth | Form::Filter | Form::Late | Form::Charge => {
                self.keep(stage.leak, which, apart(stage.leak, numbers, tau))
            }
        };
        let adds = matches!(
            stage.form,
            Form::Keep | Form::KeepBoth | Form::Filter | Form::Late | Form::Charge
        );
        let rest = match stage.rest {
            Rest::Ignored => 0.0,
            Rest::Pull if adds => (1.0 - coefficient) * numbers.v_leak,
            Rest::PullByTau => {
                let tau = milliseconds(tau);
                (1.0 / tau * (1.0 - coefficient)) * tau * numbers.v_leak
            }
            Rest::Pull | Rest::Bias => numbers.v_leak,
            Rest::Reset => numbers.v_reset,
        };
        [coefficient, self.gain(stage.gain, numbers), rest]
    }

    /// `p` of a leak.
    pub(super) fn share(self, leak: Leak, which: Which, tau: f64) -> f64 {
        match leak {
            Leak::None => 0.0,
            Leak::Fixed(keep) => 1.0 - keep,
            Leak::WholeSeconds(ratio, format) => {
                self.ratio(ratio, self.width(format, which), tau.trunc())
            }
            Leak::Clipped(ratio, format) => {
                self.ratio(ratio, self.width(format, which), tau).clamp(0.0, 1.0)
            }
            Leak::Euler(ratio, format)
            | Leak::Exponential(ratio, format)
            | Leak::Warped(ratio, format) => self.ratio(ratio, self.width(format, which), tau),
            Leak::Nearest(ratio) => self.ratio(ratio, Width::Double, tau),
            // The longer time constant is given in milliseconds, as it comes from there.
            Leak::Apart(_) => step_in_milliseconds(self.dt) / tau,
        }
    }

    /// The share that stays.
    fn keep(self, leak: Leak, which: Which, tau: f64) -> f64 {
        match leak {
            Leak::None => 1.0,
            Leak::Fixed(keep) => keep,
            Leak::Euler(ratio, format) => {
                let width = self.width(format, which);
                width.round(1.0 - self.ratio(ratio, width, tau))
            }
            Leak::Clipped(ratio, format) => {
                self.keep(Leak::Euler(ratio, format), which, tau).clamp(0.0, 1.0)
            }
            Leak::Exponential(ratio, format) => {
                let width = self.width(format, which);
                width.round(math::exp(-self.ratio(ratio, width, tau)))
            }
            Leak::Nearest(_) | Leak::Apart(_) => math::exp_nearest(-self.share(leak, which, tau)),
            Leak::WholeSeconds(ratio, format) => {
                self.keep(Leak::Exponential(ratio, format), which, tau.trunc())
            }
            Leak::Warped(ratio, format) => {
                let width = self.width(format, which);
                let log = width.round(math::ln(width.round(1.0 - self.ratio(ratio, width, tau))));
                math::exp(-self.dt / width.round(-width.round(self.dt) / log))
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
            Term::Share => -math::exp_m1(-self.dt / numbers.tau[0]),
            Term::Propagator => self.propagator(numbers),
        }
    }

    /// What a synaptic current of 1 adds to a voltage in a step.
    fn propagator(self, numbers: Numbers) -> f64 {
        let (dt, tau_mem) = (step_in_milliseconds(self.dt), milliseconds(numbers.tau[0]));
        let tau_syn = synaptic(numbers);
        let spread = tau_mem - tau_syn;
        let scale = tau_syn * tau_mem / spread / tau_mem;
        let kept = math::exp_nearest(-dt * (1.0 / tau_syn));
        let grown = growth(dt * (spread / (tau_syn * tau_mem)));
        let product = scale * kept * grown;
        if product.is_normal() && product > 0.0 {
            return product;
        }
        dt * (1.0 / tau_mem) * math::exp_nearest(-dt * (1.0 / tau_mem))
    }

    /// The gain by which a program multiplies weights, rounded after each operation in the precision of the file.
    pub(super) fn stored_weight_gain(self, terms: Terms, numbers: Numbers, is_inside: bool) -> f64 {
        let widths = self.widths;
        let stages = [
            (Term::Membrane, Term::R, widths.tau[0], numbers.tau[0], widths.r, numbers.r),
            (Term::Synapse, Term::WIn, widths.tau[1], numbers.tau[1], widths.w_in, numbers.w_in),
        ];
        let mut product = (1.0, Width::Half);
        for (time, factor, of_tau, tau, of_gain, gain) in stages {
            if !terms.contains(time) {
                continue;
            }
            let share = self.ratio(Ratio::Quotient, of_tau, tau);
            let width = of_tau.max(of_gain);
            let (gain, width) = match (terms.contains(factor), is_inside) {
                (false, _) => (share, of_tau),
                (true, false) => (width.round(share * gain), width),
                (true, true) => {
                    let charge = of_gain.round(gain * of_gain.round(self.dt));
                    (width.round(charge / tau), width)
                }
            };
            let width = width.max(product.1);
            product = (width.round(product.0 * gain), width);
        }
        product.0
    }

    /// The gain by which a program divides a threshold, rounded after each operation in the precision
    /// of the file, and that precision: `((r dt) / tau)` and `w_in (dt / tau_syn)`.
    fn stored_gain(self, terms: Terms, numbers: Numbers) -> (f64, Width) {
        let widths = self.widths;
        let mut gain = (1.0, Width::Half);
        if terms.contains(Term::Membrane) {
            let r = if terms.contains(Term::R) { numbers.r } else { 1.0 };
            let width = widths.r.max(widths.tau[0]);
            let charge = widths.r.round(r * widths.r.round(self.dt));
            gain = (width.round(charge / numbers.tau[0]), width);
        }
        if terms.contains(Term::Synapse) {
            let w_in = if terms.contains(Term::WIn) { numbers.w_in } else { 1.0 };
            let width = widths.w_in.max(widths.tau[1]).max(gain.1);
            let share = self.ratio(Ratio::Quotient, widths.tau[1], numbers.tau[1]);
            gain = (width.round(gain.0 * width.round(w_in * share)), width);
        }
        gain
    }

    /// The thresholds of a layer, each with what divides it.
    pub(super) fn thresholds(self, parameters: &Parameters, neurons: usize) -> Thresholds {
        let own = |terms| -> Vec<(f64, Width)> {
            (0..neurons).map(|n| self.stored_gain(terms, parameters.numbers(n))).collect()
        };
        let is_close =
            |gains: &[(f64, Width)]| gains.iter().all(|(gain, _)| (gain - 1.0).abs() <= CLOSE);
        let (divisors, width) = match self.rule.fold {
            Fold::Threshold(terms) => {
                let gains = own(terms);
                let least = gains.iter().map(|(gain, _)| *gain).fold(f64::INFINITY, f64::min);
                let width = gains.first().map_or(Width::Half, |(_, width)| *width);
                (if is_close(&gains) { Vec::new() } else { vec![least] }, width)
            }
            Fold::OwnThreshold(terms) => {
                let gains = own(terms);
                let width = gains.first().map_or(Width::Half, |(_, width)| *width);
                let divisors = gains.iter().map(|(gain, _)| *gain).collect();
                (if is_close(&gains) { Vec::new() } else { divisors }, width)
            }
            Fold::None | Fold::Weights(_) | Fold::StoredWeights(_) | Fold::Relay(_) => {
                (Vec::new(), Width::Half)
            }
        };
        Thresholds { divisors, width: width.max(self.widths.v_threshold) }
    }
}

/// A time in milliseconds.
pub(super) fn milliseconds(seconds: f64) -> f64 {
    1000.0 * seconds
}

/// A time step of a whole number of microseconds in milliseconds.
#[must_use]
pub fn step_in_milliseconds(dt: f64) -> f64 {
    (1e6 * dt).round_ties_even() / 1000.0
}

/// The time constant of the synapse in milliseconds, which is never that of the membrane.
pub(super) fn synaptic(numbers: Numbers) -> f64 {
    let [tau_mem, tau_syn] = numbers.tau.map(milliseconds);
    if tau_syn.to_bits() == tau_mem.to_bits() { tau_syn.next_up() } else { tau_syn }
}

/// The time constant that a leak takes, in the unit that it takes.
fn apart(leak: Leak, numbers: Numbers, tau: f64) -> f64 {
    if matches!(leak, Leak::Apart(_)) { synaptic(numbers) } else { tau }
}

/// `e^x - 1`: the power series up to `ln 2`, until a term changes nothing, and a difference beyond.
fn growth(x: f64) -> f64 {
    if x.abs() > std::f64::consts::LN_2 {
        return math::exp_nearest(x) - 1.0;
    }
    let (mut sum, mut term, mut number) = (x, x * x / 2.0, 2.0);
    while term.abs() > sum.abs() * f64::EPSILON {
        sum += term;
        number += 1.0;
        term *= x / number;
    }
    sum
}

/// What the thresholds of a layer are divided by.
#[derive(Clone, Debug)]
pub(super) struct Thresholds {
    /// None, one for all, or one for each neuron.
    divisors: Vec<f64>,
    width: Width,
}

impl Thresholds {
    /// A level of a neuron in the units of the layer.
    pub(super) fn divided(&self, neuron: usize, level: f64) -> f64 {
        match self.divisors.as_slice() {
            [] => level,
            divisors => self.width.round(level / divisors[neuron.min(divisors.len() - 1)]),
        }
    }

    /// Whether all neurons are divided by the same number.
    pub(super) fn is_uniform(&self) -> bool {
        self.divisors.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits())
    }
}
