//! Conditions on numbers: fields against each other, against the time step, and against given numbers.

use nirkit_engine::clocked::semantics::thresholds;
use nirkit_ir::primitive::Primitive;
use nirkit_numerics::Width;

use super::super::field::{is_same, numbers, width};
use super::super::{Case, Subject};
use super::{Unmet, of_field};
use crate::capability::Level;
use crate::phrase::{brief, range};

/// The numbers that a field is held against, and the precision of the file for them.
fn level(case: &Case<'_>, primitive: &Primitive, level: Level) -> Option<(Vec<f64>, Width)> {
    Some(match level {
        Level::Number(number) => (vec![number], Width::Half),
        Level::PerStep => (vec![1.0 / case.dt()?], Width::Double),
        Level::Field(field) => (numbers(primitive, field)?, width(primitive, field)),
        Level::Steps(tau) => {
            let (dt, width) = (case.dt()?, width(primitive, tau));
            let taus = numbers(primitive, tau)?;
            (taus.iter().map(|tau| width.round(tau / width.round(dt))).collect(), width)
        }
    })
}

/// In words, with the time step that nobody may have given.
fn name(case: &Case<'_>, level: Level) -> String {
    let step = || case.dt().map_or(String::new(), |dt| format!(" with dt = {} s", brief(dt)));
    match level {
        Level::Number(number) => brief(number),
        Level::PerStep => format!("1 / dt{}", step()),
        Level::Field(field) => field.to_owned(),
        Level::Steps(tau) => format!("{tau} / dt{}", step()),
    }
}

/// `numpy.allclose(field, level)`: `|a - b| <= 1e-8 + 1e-5 |b|`, each operation in the precision of the
/// file.
pub(super) fn all_close(
    case: &Case<'_>,
    primitive: &Primitive,
    field: &'static str,
    wanted: Level,
) -> Option<Unmet> {
    let found = numbers(primitive, field)?;
    let (levels, width_of_level) = level(case, primitive, wanted)?;
    let width = width(primitive, field).max(width_of_level);
    let is_close = |n: usize| {
        let (a, b) = (found[n % found.len()], levels[n % levels.len()]);
        let bound = width.round(1e-8 + width.round(1e-5 * b.abs()));
        is_same(a, b) || width.round(a - b).abs() <= bound
    };
    let is_met = (0..found.len().max(levels.len())).all(is_close);
    let asked = format!("it asks for {field} = {}, not {}", name(case, wanted), range(&found));
    of_field(is_met, field, asked)
}

/// Whether the first number of a field is one of these, within a millionth.
pub(super) fn close(
    case: &Case<'_>,
    primitive: &Primitive,
    field: &'static str,
    levels: &[Level],
) -> Option<Unmet> {
    let found = numbers(primitive, field).unwrap_or_else(|| vec![1.0]);
    let first = *found.first()?;
    let is_close = |&wanted: &Level| {
        let wanted = match wanted {
            // Time constants are read as doubles here before they are divided.
            Level::Steps(tau) => Some(*numbers(primitive, tau)?.first()? / case.dt()?),
            other => level(case, primitive, other).and_then(|(found, _)| found.first().copied()),
        }?;
        let is_finite = first.is_finite() && wanted.is_finite();
        Some(is_finite && (first - wanted).abs() <= 1e-12 + 1e-6 * wanted.abs())
    };
    let is_met = levels.iter().any(|level| is_close(level).unwrap_or(true));
    let names: Vec<String> = levels.iter().map(|&level| name(case, level)).collect();
    let asked = format!("it asks for {field} = {}, not {}", names.join(" or "), range(&found));
    of_field(is_met, field, asked)
}

/// Whether a time constant is so many steps.
pub(super) fn steps_of(
    case: &Case<'_>,
    primitive: &Primitive,
    tau: &'static str,
    is_met: impl Fn(f64) -> bool,
    wanted: &str,
) -> Option<Unmet> {
    let dt = case.dt()?;
    let steps: Vec<f64> = numbers(primitive, tau)?.iter().map(|tau| tau / dt).collect();
    let asked = format!("it asks for {tau} / dt of {wanted}, not {}", range(&steps));
    of_field(steps.iter().all(|&steps| steps.is_finite() && is_met(steps)), tau, asked)
}

/// Whether one threshold stands for all neurons after the division.
pub(super) fn one_divided_threshold(case: &Case<'_>, subject: &Subject<'_>) -> Option<Unmet> {
    let (primitive, leaf) = (subject.primitive, subject.leaf);
    let rule = case.semantics.neurons.rule(primitive, subject.walked.recurrent, leaf.inputs())?;
    let found = thresholds(primitive, leaf, rule, case.semantics.time)?;
    let is_met = found.windows(2).all(|pair| is_same(pair[0], pair[1]));
    let spread = found.iter().fold(0.0_f64, |spread, level| spread.max((level - found[0]).abs()));
    let asked = format!(
        "it divides each threshold by w_in dt / tau_syn and asks for one; they differ by up to {}",
        brief(spread)
    );
    of_field(is_met, "v_threshold", asked)
}

/// Whether each number of a field is below that of another.
pub(super) fn below(primitive: &Primitive, low: &'static str, high: &str) -> Option<Unmet> {
    let (lows, highs) = (numbers(primitive, low)?, numbers(primitive, high)?);
    let at = |values: &[f64], n: usize| values[n % values.len().max(1)];
    let is_met = (0..lows.len().max(highs.len())).all(|n| at(&lows, n) < at(&highs, n));
    let asked = format!("it asks for {low} = {} below {high} = {}", range(&lows), range(&highs));
    of_field(is_met, low, asked)
}

/// `gain dt / tau` of each neuron; `None` without a time step.
pub(super) fn gains(
    case: &Case<'_>,
    primitive: &Primitive,
    gain: &str,
    tau: &str,
) -> Option<Vec<f64>> {
    let dt = case.dt()?;
    let (gain, tau) = (numbers(primitive, gain).unwrap_or(vec![1.0]), numbers(primitive, tau)?);
    let at = |values: &[f64], n: usize| values[n % values.len().max(1)];
    let neurons = gain.len().max(tau.len());
    Some((0..neurons).map(|n| at(&gain, n) * dt / at(&tau, n)).collect())
}
