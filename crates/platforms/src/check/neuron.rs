//! What a rule makes of the parameters of a neuron.

use nirkit_engine::clocked::semantics::rule::{
    Fold, Form, Format, Leak, ResetTiming, Rest, Rule, Spikes, Stage, Term, Terms,
};
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Code, Place};
use nirkit_numerics::Width;
use nirkit_run::Reset;

use super::field::{is_same, numbers, width};
use super::{Case, Finding, Subject, Verdict};
use crate::phrase::{brief, range, times};

/// Gains that differ by less than this share are taken for the same.
const SAME_GAIN: f64 = 0.01;

/// Adds what a rule loses of a neuron.
pub(super) fn check(
    case: &Case<'_>,
    subject: &Subject<'_>,
    rule: &Rule,
    findings: &mut Vec<Finding>,
) {
    let neuron = Neuron { case, subject, rule, place: case.place(subject.leaf) };
    neuron.check_leak(findings);
    neuron.check_clip(findings);
    neuron.check_width(findings);
    neuron.check_fire(findings);
    neuron.check_threshold(findings);
    neuron.check_gain(findings);
    neuron.check_rest(findings);
    neuron.check_reset(findings);
    neuron.check_first(findings);
}

struct Neuron<'a> {
    case: &'a Case<'a>,
    subject: &'a Subject<'a>,
    rule: &'a Rule,
    place: Place,
}

impl Neuron<'_> {
    fn numbers(&self, field: &str) -> Option<Vec<f64>> {
        numbers(self.subject.primitive, field)
    }

    fn push(
        &self,
        findings: &mut Vec<Finding>,
        verdict: Verdict,
        field: Option<&str>,
        message: &str,
    ) {
        let code = match verdict {
            Verdict::Ignored => Code::ParameterIgnored,
            _ => Code::ParameterReinterpreted,
        };
        let place = field.map_or_else(|| self.place.clone(), |field| self.place.field(field));
        findings.push(self.case.loss(verdict, code, place, message));
    }

    /// Leaks that the file does not say.
    fn check_leak(&self, findings: &mut Vec<Finding>) {
        // A voltage that is handed on as it is has a leak of 1 by construction.
        let Leak::Fixed(keep) = self.rule.membrane.leak else { return };
        let loss = brief(100.0 * (1.0 - keep));
        let kind = self.subject.primitive.kind();
        let message = format!("leaks {loss} % in each step, whatever the {kind} says");
        self.push(findings, Verdict::Reinterpreted, None, &message);
    }

    /// The time constants that the rule reads, each with the leak that it becomes.
    fn leaks(&self) -> Vec<(&'static str, Leak)> {
        let membrane = match self.subject.primitive {
            Primitive::CubaLif(_) => "tau_mem",
            _ => "tau",
        };
        let synapse = self.rule.synapse.map(|stage| ("tau_syn", stage.leak));
        synapse.into_iter().chain([(membrane, self.rule.membrane.leak)]).collect()
    }

    /// Coefficients that are cut.
    fn check_clip(&self, findings: &mut Vec<Finding>) {
        let Some(dt) = self.case.dt() else { return };
        for (field, leak) in self.leaks() {
            let taus = self.numbers(field).unwrap_or_default();
            let keeps: Vec<f64> = taus.iter().map(|tau| 1.0 - dt / tau).collect();
            let is_cut = keeps.iter().any(|keep| !(0.0..=1.0).contains(keep));
            if matches!(leak, Leak::Clipped(..)) && is_cut {
                let message =
                    format!("cuts 1 - dt / {field} = {} to the numbers from 0 to 1", range(&keeps));
                self.push(findings, Verdict::Reinterpreted, Some(field), &message);
            }
        }
    }

    /// Coefficients that are worked out in fewer digits than the run has.
    fn check_width(&self, findings: &mut Vec<Finding>) {
        for (field, leak) in self.leaks() {
            let (Leak::Euler(_, format) | Leak::Clipped(_, format) | Leak::Warped(_, format)) =
                leak
            else {
                continue;
            };
            let has_field = self.numbers(field).is_some();
            if has_field
                && format == Format::Stored
                && width(self.subject.primitive, field) == Width::Half
            {
                let message =
                    format!("works out 1 - dt / {field} in half precision, as it is stored");
                let place = self.place.field(field);
                findings.push(self.case.remark(Code::ParameterReinterpreted, place, &message));
            }
        }
    }

    /// Neurons with a threshold that never spike.
    fn check_fire(&self, findings: &mut Vec<Finding>) {
        if self.rule.fire.is_none() && self.numbers("v_threshold").is_some() {
            let message = "never spikes: it puts out its voltage";
            self.push(findings, Verdict::Reinterpreted, Some("v_threshold"), message);
        }
    }

    /// Thresholds that a division by them makes something else of.
    fn check_threshold(&self, findings: &mut Vec<Finding>) {
        let Some(fire) = self.rule.fire else { return };
        let thresholds = self.numbers("v_threshold").unwrap_or_default();
        let divides = self.rule.normalised || fire.spikes != Spikes::One;
        let field = Some("v_threshold");
        if divides && thresholds.iter().any(|&threshold| is_same(threshold, 0.0)) {
            let message = "divides by the threshold: where it is 0, spikes are no numbers";
            self.push(findings, Verdict::Reinterpreted, field, message);
        }
        if fire.spikes != Spikes::One && thresholds.iter().any(|&threshold| threshold < 0.0) {
            let message = "divides by the threshold: where it is below 0, so are the spikes";
            self.push(findings, Verdict::Reinterpreted, field, message);
        }
    }

    /// By how much the input counts more than the equations say.
    fn check_gain(&self, findings: &mut Vec<Finding>) {
        let Some(factors) = self.factors() else { return };
        if factors.iter().all(|factor| (factor - 1.0).abs() < SAME_GAIN) {
            return;
        }
        let r = self.numbers("r").unwrap_or_default();
        // An `r` of `1 / dt` makes a unit of what is added for a step: who writes it means the sum of a platform.
        let is_per_step = |dt: f64| r.iter().all(|r| (r * dt - 1.0).abs() < SAME_GAIN);
        let is_if = matches!(self.subject.primitive, Primitive::If(_));
        if is_if && !self.rule.uses(Term::R) && self.case.dt().is_some_and(is_per_step) {
            return;
        }
        let without_r = |n: usize, factor: &f64| {
            (factor * r.get(n % r.len().max(1)).unwrap_or(&1.0) - 1.0).abs() < SAME_GAIN
        };
        let effect = times(&factors);
        if !self.rule.uses(Term::R) && factors.iter().enumerate().all(|(n, f)| without_r(n, f)) {
            let message = format!("ignores r = {}: the input counts {effect}", range(&r));
            self.push(findings, Verdict::Ignored, Some("r"), &message);
        } else {
            let formula = self.formula();
            let message = format!("does not apply {formula}: the input counts {effect}");
            self.push(findings, Verdict::Reinterpreted, None, &message);
        }
    }

    /// The gain of the equations, in words.
    fn formula(&self) -> &'static str {
        match self.subject.primitive {
            Primitive::CubaLif(_) => "w_in dt / tau_syn r dt / tau_mem",
            Primitive::If(_) => "r",
            _ => "r dt / tau",
        }
    }

    /// The gain of the platform over that of the equations, for each neuron; `None` where there is
    /// no time step to compare them with.
    fn factors(&self) -> Option<Vec<f64>> {
        let dt = self.case.dt()?;
        let asked = self.case.choices.dt.unwrap_or(dt);
        let neurons = self.subject.leaf.inputs();
        let parameters = Gains::of(self, neurons);
        let divisor = match self.rule.fold {
            Fold::Threshold(terms) | Fold::OwnThreshold(terms) => {
                (0..neurons).map(|n| parameters.product(terms, n, dt)).fold(f64::INFINITY, f64::min)
            }
            _ => 1.0,
        };
        let factor =
            |n: usize| parameters.factor(self, n, dt, divisor) / parameters.ideal(n, asked);
        Some((0..neurons).map(factor).collect())
    }

    fn check_rest(&self, findings: &mut Vec<Finding>) {
        let Some(v_leak) = self.numbers("v_leak").filter(|v_leak| is_nonzero(v_leak)) else {
            return;
        };
        let (field, value) = (Some("v_leak"), range(&v_leak));
        if !self.rule.reads_rest() {
            let message = format!("ignores v_leak = {value}: the neuron rests at 0");
            self.push(findings, Verdict::Ignored, field, &message);
        } else if self.rule.membrane.rest == Rest::Bias {
            let message = format!("adds v_leak = {value} in each step, as a current");
            self.push(findings, Verdict::Reinterpreted, field, &message);
        } else if self.rule.synapse.is_some_and(|synapse| synapse.rest == Rest::Pull) {
            let message = format!("lets the synaptic current rest at v_leak = {value} too");
            self.push(findings, Verdict::Reinterpreted, field, &message);
        }
    }

    fn check_reset(&self, findings: &mut Vec<Finding>) {
        let Some(fire) = self.rule.fire else { return };
        if fire.timing == ResetTiming::Never {
            let (verdict, place) = (Verdict::Reinterpreted, self.place.clone());
            findings.push(self.case.loss(verdict, Code::ResetFixed, place, "never resets"));
            return;
        }
        let v_reset = self.numbers("v_reset").unwrap_or_default();
        if fire.reset != Reset::VReset && is_nonzero(&v_reset) {
            let instead = match fire.reset {
                Reset::Subtract => "the threshold is subtracted",
                Reset::Zero | Reset::VReset => "the voltage goes to 0",
            };
            let message = format!("ignores v_reset = {}: {instead}", range(&v_reset));
            self.push(findings, Verdict::Ignored, Some("v_reset"), &message);
        }
        let does = if fire.reset == Reset::Subtract { Reset::Subtract } else { Reset::Zero };
        let asked = self.case.choices.reset;
        let wanted = asked.map(|r| if r == Reset::VReset { Reset::Zero } else { r });
        let message = match (wanted, does) {
            (None, _) => return,
            (Some(wanted), does) if wanted == does => return,
            (_, Reset::Subtract) => "subtracts the threshold, whatever reset is asked for",
            _ if fire.reset == Reset::VReset => "resets to v_reset, whatever reset is asked for",
            (_, Reset::Zero | Reset::VReset) => "resets to 0, whatever reset is asked for",
        };
        let place = self.place.clone();
        let verdict = Verdict::Reinterpreted;
        findings.push(self.case.loss(verdict, Code::ResetFixed, place, message));
    }

    /// Parameters of which one number stands for all.
    fn check_first(&self, findings: &mut Vec<Finding>) {
        for field in self.rule.first_only {
            let Some(values) = self.numbers(field) else { continue };
            if values.windows(2).any(|pair| !is_same(pair[0], pair[1])) {
                let message = format!(
                    "takes the first neuron's {field} = {} for all, which have {}",
                    brief(values[0]),
                    range(&values)
                );
                self.push(findings, Verdict::Ignored, Some(field), &message);
            }
        }
    }
}

/// The parameters that make up a gain.
struct Gains {
    r: Vec<f64>,
    w_in: Vec<f64>,
    tau: Vec<f64>,
    tau_syn: Vec<f64>,
    has_tau: bool,
    has_synapse: bool,
}

impl Gains {
    fn of(neuron: &Neuron<'_>, neurons: usize) -> Self {
        let read = |field: &str| {
            let values = neuron.numbers(field).filter(|values| !values.is_empty())?;
            let first_only = neuron.rule.first_only.contains(&field);
            let at = |n: usize| values[if first_only { 0 } else { n % values.len() }];
            Some((0..neurons).map(at).collect::<Vec<f64>>())
        };
        let ones = || vec![1.0; neurons];
        let tau = read("tau").or_else(|| read("tau_mem"));
        let tau_syn = read("tau_syn");
        Self {
            r: read("r").unwrap_or_else(ones),
            w_in: read("w_in").unwrap_or_else(ones),
            has_tau: tau.is_some(),
            has_synapse: tau_syn.is_some(),
            tau: tau.unwrap_or_else(ones),
            tau_syn: tau_syn.unwrap_or_else(ones),
        }
    }

    /// What one spike adds to the voltage by the equations, to first order in the time step. An IF
    /// takes a spike for an impulse of area 1.
    fn ideal(&self, n: usize, dt: f64) -> f64 {
        let membrane = if self.has_tau { dt / self.tau[n] } else { 1.0 };
        let synapse = if self.has_synapse { self.w_in[n] * dt / self.tau_syn[n] } else { 1.0 };
        self.r[n] * membrane * synapse
    }

    /// A product of factors; a factor of the threshold is taken back by the units of the voltage.
    fn product(&self, terms: Terms, n: usize, dt: f64) -> f64 {
        let factor = |term: Term| match term {
            Term::R => self.r[n],
            Term::WIn => self.w_in[n],
            Term::Membrane | Term::Share | Term::Propagator => dt / self.tau[n],
            Term::Synapse => dt / self.tau_syn[n],
            Term::PerThreshold => 1.0,
            Term::PerStep => 1.0 / dt,
        };
        terms.iter().map(factor).product()
    }

    /// What one spike adds to the voltage by the rule, against the threshold.
    fn factor(&self, neuron: &Neuron<'_>, n: usize, dt: f64, divisor: f64) -> f64 {
        let rule = neuron.rule;
        let stage = |stage: &Stage, tau: f64| {
            let share = match stage.form {
                Form::Approach
                | Form::Recover
                | Form::Relax
                | Form::Filter
                | Form::ApproachSteps => dt / tau,
                Form::Add => dt,
                Form::Keep | Form::KeepBoth | Form::Late | Form::KeepSteps | Form::Charge => 1.0,
            };
            share * self.product(stage.gain, n, dt)
        };
        let synapse = rule.synapse.as_ref().map_or(1.0, |synapse| stage(synapse, self.tau_syn[n]));
        let folded = match rule.fold {
            Fold::Weights(terms) | Fold::StoredWeights(terms) | Fold::Relay(terms) => {
                self.product(terms, n, dt)
            }
            Fold::None | Fold::Threshold(_) | Fold::OwnThreshold(_) => 1.0,
        };
        stage(&rule.membrane, self.tau[n]) * synapse * folded * divisor
    }
}

fn is_nonzero(values: &[f64]) -> bool {
    values.iter().any(|value| *value != 0.0)
}
