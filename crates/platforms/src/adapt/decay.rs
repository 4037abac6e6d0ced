//! Chooses time constants by which a platform keeps the wanted share of a voltage and a current.

use nirkit_engine::clocked::semantics::rule::Rule;

use super::closed::Closed;
use super::draft::{Draft, Kind, TAU, TAU_SYN};
use super::fit::{CLOSE, VANISHING, Wanted};
use super::place::Place;
use super::reason::Reason;
use super::search::solve;

/// Chooses the time constants.
pub(super) fn decays(
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    mut draft: Draft,
    rule: &Rule,
    reasons: &mut Vec<Reason>,
) -> Option<Draft> {
    let membranes: Vec<f64> = wanted.closed.iter().map(|neuron| neuron.membrane.k).collect();
    let synapses: Option<Vec<f64>> =
        wanted.closed.iter().map(|neuron| neuron.synapse.map(|synapse| synapse.k)).collect();
    let of_membrane = |neurons: &[Closed]| neurons.iter().map(|n| n.membrane.k).collect::<Vec<_>>();
    let of_synapse = |neurons: &[Closed]| {
        neurons.iter().map(|n| n.synapse.map_or(0.0, |s| s.k)).collect::<Vec<_>>()
    };
    if draft.kind != Kind::If {
        draft = met(place, draft, TAU, &membranes, of_membrane)?;
    }
    let has_synapse = draft.kind == Kind::CubaLif && rule.synapse.is_some();
    match synapses {
        Some(synapses) if has_synapse => {
            draft = met(place, draft, TAU_SYN, &synapses, of_synapse)?;
        }
        Some(synapses) if synapses.iter().any(|&k| k != 0.0) => reasons.push(Reason::no_synapse()),
        None if has_synapse => {
            // A synapse that keeps nothing where that leaves a gain; else one that keeps as good as nothing.
            let none = vec![0.0; membranes.len()];
            let gone = met(place, draft.clone(), TAU_SYN, &none, of_synapse)?;
            let has_gain = place.closed(&gone)?.iter().all(|neuron| neuron.gain() != 0.0);
            let little = vec![VANISHING; membranes.len()];
            draft = if has_gain { gone } else { met(place, draft, TAU_SYN, &little, of_synapse)? };
        }
        Some(_) | None => {}
    }
    let found = place.closed(&draft)?;
    let far = |a: f64, b: f64| (a - b).abs() > CLOSE;
    if let Some((n, at)) =
        found.iter().enumerate().find(|(n, found)| far(found.membrane.k, membranes[*n]))
    {
        reasons.push(Reason::decay("voltage", membranes[n], at.membrane.k));
    }
    for (found, wanted) in found.iter().zip(wanted.closed) {
        if let (Some(found), Some(wanted)) = (found.synapse, wanted.synapse)
            && far(found.k, wanted.k)
        {
            reasons.push(Reason::decay("current", wanted.k, found.k));
            break;
        }
    }
    Some(draft)
}

/// The draft with a time constant by which a coefficient is the wanted one.
fn met(
    place: &Place<'_>,
    draft: Draft,
    field: usize,
    wanted: &[f64],
    of: impl Fn(&[Closed]) -> Vec<f64>,
) -> Option<Draft> {
    let eval = |taus: &[f64]| Some(of(&place.closed(&draft.with(field, taus))?));
    // Where the coefficient is no matter of the time constant, the file keeps it.
    let ends = [1e-9, 1e9].map(|tau| eval(&vec![tau; wanted.len()]));
    if ends[0] == ends[1] {
        return Some(draft);
    }
    let mut found = solve(draft.grain, &draft.fields[field], wanted, eval)?;
    for tau in &mut found {
        *tau = place.within(&draft, field, *tau);
    }
    Some(draft.with(field, &found))
}
