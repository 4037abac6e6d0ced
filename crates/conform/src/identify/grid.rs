//! Starts that differ in the structure of a rule: what decays how, and which factors there are.
//!
//! A search that changes few values at a time ends where several have to change at once. The structure has few values, so that all
//! combinations of them can be looked at.

use super::candidate::Candidate;
use super::fit::distance;
use super::moves::Move;
use super::probe::Probe;

/// What is combined: the end of a key, and those of its values that differ by more than rounding.
const STRUCTURE: [(&str, &[&str]); 9] = [
    ("synapse.form", &["Keep", "Approach", "Recover", "Relax"]),
    ("synapse.leak", &["euler", "exponential", "warped"]),
    ("synapse.gain.WIn", &["other"]),
    ("synapse.gain.Synapse", &["other"]),
    ("membrane.form", &["Keep", "Approach", "Recover", "Relax"]),
    ("membrane.leak", &["euler", "exponential", "warped"]),
    ("membrane.gain.R", &["other"]),
    ("membrane.gain.Membrane", &["other"]),
    ("fire.reset", &["v_reset", "zero", "subtract"]),
];

/// Starts that are returned.
const KEPT: usize = 6;

/// Returns the combinations of structure that come nearest to the answers, the nearest first.
pub(super) fn nearest(moves: &[Move], at: &Candidate, probes: &[Probe]) -> Vec<Candidate> {
    let groups: Vec<Vec<&Move>> = STRUCTURE
        .iter()
        .map(|(key, values)| {
            let is_meant = |step: &&Move| step.key.ends_with(key) && values.contains(&&*step.value);
            moves.iter().filter(is_meant).collect()
        })
        .filter(|group: &Vec<&Move>| !group.is_empty())
        .collect();
    let mut nearest: Vec<(f64, Candidate)> = Vec::new();
    visit(&groups, at, &mut |candidate| {
        let bound = if nearest.len() < KEPT { f64::INFINITY } else { nearest[KEPT - 1].0 };
        let apart = distance(candidate, probes, bound);
        if apart < bound && nearest.iter().all(|(_, known)| known != candidate) {
            nearest.push((apart, *candidate));
            nearest.sort_by(|a, b| a.0.total_cmp(&b.0));
            nearest.truncate(KEPT);
        }
    });
    nearest.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Visits a candidate with each combination of one or no move of each group.
fn visit(groups: &[Vec<&Move>], at: &Candidate, found: &mut dyn FnMut(&Candidate)) {
    let Some((group, rest)) = groups.split_first() else {
        found(at);
        return;
    };
    visit(rest, at, found);
    for step in group {
        let changed = step.of(at);
        if changed != *at {
            visit(rest, &changed, found);
        }
    }
}
