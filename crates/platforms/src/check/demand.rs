//! What a platform asks for, held against a node.

use nirkit_ir::field::Padding;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Code, Diagnostic, Place, Value};
use nirkit_sim::clocked::scheme::When;

use super::{Case, Finding, Subject, Verdict, is_close};
use crate::capability::{Demand, Requirement};
use crate::phrase::{brief, range};

/// Adds the demands of a platform that a leaf does not meet.
pub(super) fn check(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(capability) = case.profile.capability(subject.primitive.kind()) else { return };
    for demand in capability.demands {
        if let Some((field, asked)) = unmet(case, subject, demand.what) {
            let place = case.place(subject.leaf);
            let place = field.map_or_else(|| place.clone(), |field| place.field(field));
            findings.push(refusal(case, demand, place, &asked));
        }
    }
}

fn refusal(case: &Case<'_>, demand: &Demand, place: Place, asked: &str) -> Finding {
    let code = if demand.mended { Code::Mended } else { Code::PlatformRefuses };
    let message = format!("{}: {}", case.profile.name, demand.reason);
    let diagnostic = Diagnostic::new(code, place, message);
    let diagnostic = if asked.is_empty() { diagnostic } else { diagnostic.help(asked) };
    let ends = Some(When::Import);
    Finding { verdict: Verdict::Refused, ends, matters: true, diagnostic }
}

/// The field at fault and what is asked for, if a requirement is not met.
fn unmet(
    case: &Case<'_>,
    subject: &Subject<'_>,
    what: Requirement,
) -> Option<(Option<&'static str>, String)> {
    let (primitive, leaf) = (subject.primitive, subject.leaf);
    let node = |is_met: bool, asked: String| (!is_met).then_some((None, asked));
    match what {
        Requirement::Never => node(false, String::new()),
        Requirement::Equals(field, value) => {
            let numbers = numbers(primitive, field)?;
            let is_met = numbers.iter().all(|&number| is_same(number, value));
            let asked = format!("it asks for {field} = {}, not {}", brief(value), range(&numbers));
            (!is_met).then_some((Some(field), asked))
        }
        Requirement::Zero(field) => unmet(case, subject, Requirement::Equals(field, 0.0)),
        Requirement::Uniform(field) => {
            let numbers = numbers(primitive, field)?;
            let is_met = numbers.windows(2).all(|pair| is_same(pair[0], pair[1]));
            let asked = format!("it asks for one {field}, not {}", range(&numbers));
            (!is_met).then_some((Some(field), asked))
        }
        Requirement::UnitGain(gain, tau) => {
            let gains = gains(case, primitive, gain, tau)?;
            let is_met = gains.iter().all(|&gain| is_close(gain, 1.0));
            let asked = format!("it asks for {gain} dt / {tau} = 1, not {}", range(&gains));
            (!is_met).then_some((Some(gain), asked))
        }
        Requirement::UniformGain(gain, tau) => {
            let gains = gains(case, primitive, gain, tau)?;
            let is_met = gains.windows(2).all(|pair| is_close(pair[0], pair[1]));
            let asked = format!("it asks for one {gain} dt / {tau}, not {}", range(&gains));
            (!is_met).then_some((Some(gain), asked))
        }
        Requirement::Last => {
            let is_output = |&target| matches!(case.primitive(target), Some(Primitive::Output(_)));
            node(leaf.targets.iter().all(is_output), "only an Output may follow".to_owned())
        }
        Requirement::OneAxis => node(
            leaf.input.len() == 1,
            format!("it asks for one axis, the signal has the shape {:?}", leaf.input),
        ),
        Requirement::AtLeast(neurons) => node(
            leaf.inputs() >= neurons,
            format!("it asks for {neurons} neurons or more, there are {}", leaf.inputs()),
        ),
        Requirement::ExactlyOutsideCycles(neurons) => node(
            subject.recurrent || leaf.inputs() == neurons,
            format!("it asks for {neurons} neurons, there are {}", leaf.inputs()),
        ),
        Requirement::NoCycle => {
            node(!subject.recurrent, "it takes no recurrent connection".to_owned())
        }
        Requirement::InputByName(shapes) => {
            let found = shapes.iter().find(|(name, _)| *name == leaf.name).or(shapes.last())?;
            let asked = format!("it asks for the shape {:?}, not {:?}", found.1, leaf.input);
            node(leaf.input == found.1, asked)
        }
    }
}

/// The numbers of a field; `None` where the node does not have it.
pub(super) fn numbers(primitive: &Primitive, field: &str) -> Option<Vec<f64>> {
    if let Some(padding) = padding(primitive).filter(|_| field == "padding") {
        return match padding {
            Padding::Amount(zeros) => Some(zeros.to_f64()?.into_owned()),
            Padding::Rule(_) => None,
        };
    }
    let values = primitive.values();
    let (_, value) = values.iter().find(|(declared, _)| declared.name == field)?;
    match value {
        Value::Tensor(tensor) => Some(tensor.to_f64()?.into_owned()),
        _ => None,
    }
}

fn padding(primitive: &Primitive) -> Option<&Padding> {
    match primitive {
        Primitive::Conv1d(p) => Some(&p.padding),
        Primitive::Conv2d(p) => Some(&p.padding),
        _ => None,
    }
}

/// Whether two numbers are the same; 0 and -0 are.
pub(super) fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.0
}

/// `gain dt / tau` of each neuron; `None` without a time step.
fn gains(case: &Case<'_>, primitive: &Primitive, gain: &str, tau: &str) -> Option<Vec<f64>> {
    let dt = case.dt()?;
    let (gain, tau) = (numbers(primitive, gain).unwrap_or(vec![1.0]), numbers(primitive, tau)?);
    let at = |values: &[f64], n: usize| values[n % values.len().max(1)];
    let neurons = gain.len().max(tau.len());
    Some((0..neurons).map(|n| at(&gain, n) * dt / at(&tau, n)).collect())
}
