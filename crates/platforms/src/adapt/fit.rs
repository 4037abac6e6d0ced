//! Solves for the parameters of one layer: with them a platform has the wanted decay, gain, threshold and rest.
//!
//! Voltages of the platform are `scale (v - shift)` of the wanted ones. What parameters cannot hold is left to the
//! weights before the layer (`factors`) and to a bias (`bias`).

use nirkit_engine::clocked::semantics::LayerNumbers;
use nirkit_engine::clocked::semantics::rule::{Fire, Floor, Rest, Rule, Spikes, Term};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_ir::Primitive;
use nirkit_run::Reset;

use super::closed::{Closed, fire};
use super::decay::decays;
use super::draft::{Draft, Kind, LEAK, R, RESET, THRESHOLD, W_IN};
use super::place::Place;
use super::reason::Reason;
use super::search::{Grain, next_down, next_up, solve};

/// How near a factor is to 1 that is 1 but for rounding.
pub(super) const CLOSE: f64 = 3e-7;
/// The share of a synapse that hands on what arrives as good as at once: `2^-30`.
pub(super) const VANISHING: f64 = 9.313_225_746_154_785e-10;

/// What is wanted of a layer.
pub(super) struct Wanted<'a> {
    /// The numbers of the reference.
    pub(super) numbers: &'a LayerNumbers,
    /// The same in closed form.
    pub(super) closed: &'a [Closed],
    /// How many spikes high the signals are that arrive, reference over platform.
    pub(super) primitive: &'a Primitive,
}

/// A layer for the platform.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// Its parameters.
    pub(super) draft: Draft,
    /// By what the weights before each neuron are multiplied.
    pub(super) factors: Vec<f64>,
    /// What is added to the bias before each neuron, after the factors.
    pub(super) bias: Vec<f64>,
    /// Voltages of the platform for a voltage of 1.
    pub(super) scale: Vec<f64>,
    /// The voltage that is 0 on the platform.
    pub(super) shift: Vec<f64>,
    /// What parameters could not reach.
    pub(super) reasons: Vec<Reason>,
}

/// Fits a layer of one kind; `None` where the platform has no such neurons.
pub(super) fn fit(wanted: &Wanted<'_>, place: &Place<'_>, kind: Kind) -> Option<Fit> {
    let original = Draft::of(wanted.primitive, &place.leaf.input)?;
    let own = original.kind;
    let mut draft = Draft { kind, ..original };
    if kind != own {
        draft.fields[R].fill(1.0);
        draft.fields[W_IN].fill(1.0);
    }
    let rule = place.rule(&draft)?;
    let mut reasons = Vec::new();
    place.closed(&draft)?;
    draft = decays(wanted, place, draft, &rule, &mut reasons)?;
    for field in [R, W_IN, LEAK] {
        if let Some(numbers) = place.demanded(&draft, field) {
            draft = draft.with(field, &numbers);
        }
    }
    let shift = shift(wanted, place, &draft);
    draft = levels(wanted, place, draft, &shift, &rule)?;
    let (mut draft, scale, factors) = gains(wanted, place, draft, &shift, &rule)?;
    let bias = rests(wanted, place, &mut draft, (&scale, &shift, &factors), &mut reasons)?;
    Some(Fit { draft, factors, bias, scale, shift, reasons })
}

/// The voltages that become 0.
fn shift(wanted: &Wanted<'_>, place: &Place<'_>, draft: &Draft) -> Vec<f64> {
    let none = || vec![0.0; wanted.closed.len()];
    let Some(fire) = fire(wanted.numbers).filter(|fire| fire.reset != Reset::Subtract) else {
        return none();
    };
    let is_one = wanted.closed.iter().all(|neuron| neuron.start[0] == neuron.reset);
    let is_zero = wanted.closed.iter().all(|neuron| neuron.reset == 0.0);
    let keeps = place.closed(draft).is_some_and(|found| {
        found
            .iter()
            .zip(wanted.closed)
            .all(|(found, wanted)| found.reset == wanted.reset && found.start[0] == wanted.start[0])
    });
    let is_fit = fire.floor == Floor::None;
    if is_zero || keeps || !is_one || !is_fit {
        return none();
    }
    wanted.closed.iter().map(|neuron| neuron.reset).collect()
}

/// Chooses thresholds, and values after a reset.
fn levels(
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    mut draft: Draft,
    shift: &[f64],
    rule: &Rule,
) -> Option<Draft> {
    let Some(held) = fire(wanted.numbers) else { return Some(draft) };
    let shifted = |of: fn(&Closed) -> f64| {
        wanted.closed.iter().zip(shift).map(|(n, s)| of(n) - s).collect::<Vec<f64>>()
    };
    let mut thresholds = shifted(|neuron| neuron.threshold);
    if place.is_uniform(THRESHOLD, draft.kind) {
        let first = thresholds[0];
        thresholds.fill(first);
    }
    let resets = shifted(|neuron| neuron.reset);
    if held.reset != Reset::Subtract {
        draft = draft.with(RESET, &resets);
    } else if rule.membrane.rest == Rest::Reset {
        draft = draft.with(RESET, &shifted(|neuron| neuron.start[0]));
    }
    if shift.iter().any(|s| *s != 0.0) {
        draft = draft.with(LEAK, &vec![0.0; shift.len()]);
    }
    let now: Vec<f64> = place.closed(&draft)?.iter().map(|neuron| neuron.threshold).collect();
    // The threshold of the file where it already is the wanted one.
    if now != thresholds || thresholds.iter().any(|t| draft.grain.round(*t) != *t) {
        draft = draft.with(THRESHOLD, &thresholds);
    }
    Some(draft)
}

/// By how much the comparison moves a threshold, in neighbours of the format in which the platform compares.
fn beside(wanted: Fire, found: Fire) -> fn(Grain, f64) -> f64 {
    match (wanted.comparison, found.comparison) {
        (Comparison::Above, Comparison::AtLeast) => next_up,
        (Comparison::AtLeast, Comparison::Above) if found.spikes == Spikes::One => next_down,
        _ => |_, x| x,
    }
}

/// Chooses gains; what is left of them goes into the weights.
fn gains(
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    mut draft: Draft,
    shift: &[f64],
    rule: &Rule,
) -> Option<(Draft, Vec<f64>, Vec<f64>)> {
    let levels: Vec<f64> = wanted.closed.iter().zip(shift).map(|(n, s)| n.threshold - s).collect();
    let scales = |found: &[Closed]| -> Vec<f64> {
        found
            .iter()
            .zip(&levels)
            .map(|(found, &level)| {
                let scale = found.threshold / level;
                if !scale.is_finite() || scale <= 0.0 || (scale - 1.0).abs() <= CLOSE {
                    1.0
                } else {
                    scale
                }
            })
            .collect()
    };
    let left = |found: &[Closed], scale: &[f64]| -> Vec<f64> {
        let each = found.iter().zip(wanted.closed).zip(scale);
        each.map(|((found, wanted), scale)| {
            let factor = wanted.gain_beside(found) * scale / found.gain_beside(wanted);
            if (factor - 1.0).abs() <= CLOSE { 1.0 } else { factor }
        })
        .collect()
    };
    let uniform = |factors: &[f64]| factors.iter().all(|factor| *factor == factors[0]);
    // A gain that the platform reads takes what it can; one that it does not read says what the weights say.
    let field = if draft.kind == Kind::CubaLif
        && !rule.uses(Term::R)
        && (rule.uses(Term::WIn) || place.demanded(&draft, R).is_some())
    {
        W_IN
    } else {
        R
    };
    let is_free = place.demanded(&draft, field).is_none();
    let term = if field == R { Term::R } else { Term::WIn };
    if is_free && rule.uses(term) {
        for _ in 0..3 {
            let found = place.closed(&draft)?;
            let factors = left(&found, &scales(&found));
            if factors.iter().all(|factor| *factor == 1.0) {
                break;
            }
            if place.is_uniform(field, draft.kind) && !uniform(&factors) {
                break;
            }
            let numbers: Vec<f64> =
                draft.fields[field].iter().zip(&factors).map(|(x, factor)| x * factor).collect();
            draft = draft.with(field, &numbers);
        }
    }
    let found = place.closed(&draft)?;
    let scale = scales(&found);
    let factors = left(&found, &scale);
    if is_free
        && !rule.uses(term)
        && factors.iter().all(|factor| factor.is_finite() && *factor != 0.0)
    {
        // The file then means, read by others, what it meant before.
        let original = Draft::of(wanted.primitive, &place.leaf.input)?;
        // From the rest, which the file may have elsewhere.
        let level = |n: usize| {
            let share = levels[n] / wanted.closed[n].threshold;
            original.fields[THRESHOLD][n]
                * if levels[n] == wanted.closed[n].threshold { 1.0 } else { share }
        };
        let moved = |n: usize| draft.fields[THRESHOLD][n] / level(n);
        let moved = |n: usize| if moved(n).is_finite() && moved(n) != 0.0 { moved(n) } else { 1.0 };
        let each = draft.fields[field].iter().zip(&factors).enumerate();
        let numbers: Vec<f64> = each.map(|(n, (x, factor))| x * moved(n) / factor).collect();
        draft = draft.with(field, &numbers);
    }
    let draft = thresholds(wanted, place, draft, (&levels, &scale), rule)?;
    Some((draft, scale, factors))
}

/// Chooses thresholds to the bit, with the neighbour where the comparison differs.
fn thresholds(
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    mut draft: Draft,
    (levels, scale): (&[f64], &[f64]),
    rule: &Rule,
) -> Option<Draft> {
    let numbers = place.numbers(&draft)?;
    if let (Some(held), Some(own)) = (fire(wanted.numbers), fire(&numbers)) {
        let move_by = beside(held, own);
        let grain = match numbers.precision {
            Precision::F32 => Grain::Single,
            Precision::F64 => Grain::Double,
        };
        let aims: Vec<f64> = levels
            .iter()
            .zip(scale)
            .map(|(level, scale)| move_by(grain, grain.round(level * scale)))
            .collect();
        if aims.iter().all(|aim| *aim > 0.0) && !rule.normalised {
            let eval = |thresholds: &[f64]| {
                let found = place.closed(&draft.with(THRESHOLD, thresholds))?;
                Some(found.iter().map(|neuron| neuron.threshold).collect())
            };
            let found = solve(draft.grain, &draft.fields[THRESHOLD], &aims, eval)?;
            draft = draft.with(THRESHOLD, &found);
        }
    }
    Some(draft)
}

/// Chooses the rest; what is left of it is a bias.
fn rests(
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    draft: &mut Draft,
    (scale, shift, factors): (&[f64], &[f64], &[f64]),
    reasons: &mut Vec<Reason>,
) -> Option<Vec<f64>> {
    let neurons = wanted.closed.len();
    let aims: Vec<f64> = (0..neurons)
        .map(|n| {
            let membrane = wanted.closed[n].membrane;
            scale[n] * (membrane.c - (1.0 - membrane.k) * shift[n])
        })
        .collect();
    let constant = |found: &[Closed]| found.iter().map(|n| n.membrane.c).collect::<Vec<f64>>();
    let near = |a: f64, b: f64| (a - b).abs() <= CLOSE * (a.abs() + b.abs());
    let fits = |found: &[f64]| found.iter().zip(&aims).all(|(found, aim)| near(*found, *aim));
    let zero = draft.with(LEAK, &vec![0.0; neurons]);
    let one = draft.with(LEAK, &vec![1.0; neurons]);
    let [none, unit] = [constant(&place.closed(&zero)?), constant(&place.closed(&one)?)];
    let is_free = place.demanded(draft, LEAK).is_none();
    if draft.kind != Kind::If && is_free && !fits(&constant(&place.closed(draft)?)) {
        let leaks: Vec<f64> =
            (0..neurons)
                .map(|n| {
                    if unit[n] == none[n] { 0.0 } else { (aims[n] - none[n]) / (unit[n] - none[n]) }
                })
                .collect();
        *draft = draft.with(LEAK, &leaks);
    }
    let found = place.closed(draft)?;
    let mut bias = vec![0.0; neurons];
    for (n, found) in found.iter().enumerate() {
        let currents = |neuron: &Closed| neuron.synapse.map_or(0.0, |synapse| synapse.c);
        // The current of the platform for one of 1.
        let own = wanted.closed[n]
            .synapse
            .map_or(wanted.closed[n].weight_gain, |s| s.g * wanted.closed[n].weight_gain);
        let other = found.synapse.map_or(1.0, |s| s.g) * found.weight_gain;
        let per_current = other * factors[n] / own;
        let of_current = currents(&wanted.closed[n]) * per_current - currents(found);
        if of_current != 0.0 && found.synapse.is_some() && of_current.abs() > 1e-12 {
            bias[n] += of_current / other;
        }
        let of_voltage = aims[n] - found.membrane.c;
        if !near(aims[n], found.membrane.c) {
            bias[n] += match found.synapse {
                None => of_voltage / found.gain(),
                Some(synapse) => of_voltage * (1.0 - synapse.k) / (found.membrane.g * other),
            };
            let keeps = found.synapse.is_some_and(|synapse| synapse.k > VANISHING * 2.0);
            if keeps && !reasons.iter().any(Reason::is_transient) {
                reasons.push(Reason::transient());
            }
        }
    }
    for (n, found) in found.iter().enumerate() {
        let wanted = &wanted.closed[n];
        let start = scale[n] * (wanted.start[0] - shift[n]);
        if !near(start, found.start[0]) {
            reasons.push(Reason::start(wanted.start[0], found.start[0] / scale[n] + shift[n]));
            break;
        }
    }
    Some(bias)
}
