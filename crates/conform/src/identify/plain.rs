//! Plainer candidates: those with fewer of the values that few packages have.
//!
//! Several rare values together can compute what common ones do, but for roundings. Such a candidate is many changes away from the
//! common one, so that no search for rivals nearby finds it.

use nirkit_engine::clocked::semantics::Slot;
use nirkit_engine::clocked::semantics::rule::{
    FanIn, Floor, Fold, ResetTiming, Rule, Spikes, Stage, Term, Terms,
};
use serde_json::Value;

use super::candidate::Candidate;
use super::moves::Move;

/// Starts that are returned.
const MOST: usize = 5;

/// Returns candidates that have fewer rare values: first the one without any that a single move takes away, then those without one.
pub(super) fn plainer(moves: &[Move], found: &Candidate) -> Vec<Candidate> {
    let mut plainest = *found;
    let mut starts = Vec::new();
    for step in moves {
        let changed = step.of(&plainest);
        if rareness(&changed) < rareness(&plainest) {
            plainest = changed;
        }
        let alone = step.of(found);
        if rareness(&alone) < rareness(found) && !starts.contains(&alone) {
            starts.push(alone);
        }
    }
    if plainest != *found {
        starts.insert(0, plainest);
        starts.dedup();
    }
    starts.truncate(MOST);
    starts
}

/// How many rare values a candidate has, with more weight to the rarer ones.
pub(super) fn rareness(candidate: &Candidate) -> usize {
    Slot::ALL
        .into_iter()
        .filter_map(|slot| *candidate.semantics.neurons.get(slot))
        .map(of_rule)
        .sum()
}

fn of_rule(rule: Rule) -> usize {
    let count = |terms: Terms| Term::ALL.into_iter().filter(|&term| terms.contains(term)).count();
    let of_stage = |stage: Stage| {
        let rare = [Term::PerThreshold, Term::PerStep, Term::Share];
        2 * rare.into_iter().filter(|&term| stage.gain.contains(term)).count()
    };
    let fire = rule.fire.map_or(0, |fire| {
        usize::from(fire.timing != ResetTiming::AtOnce)
            + usize::from(fire.floor != Floor::None)
            + usize::from(fire.spikes != Spikes::One)
    });
    let fold = match rule.fold {
        Fold::None => 0,
        Fold::Weights(terms) => 1 + count(terms),
        other => 2 + count(other.terms()),
    };
    4 * usize::from(!rule.first_only.is_empty())
        + 4 * usize::from(rule.normalised)
        + 4 * usize::from(rule.fixed.is_some())
        + usize::from(rule.fan_in != FanIn::Joined)
        + fold
        + of_stage(rule.membrane)
        + rule.synapse.map_or(0, of_stage)
        + fire
}

/// Returns the keys in which two candidates differ, with the values of the second.
pub(super) fn differences(one: &Candidate, other: &Candidate) -> Vec<(String, String)> {
    let [one, other] = [one, other].map(|c| serde_json::to_value(c.semantics).unwrap_or_default());
    let mut found = Vec::new();
    compare("", &one, &other, &mut found);
    found
}

fn compare(key: &str, one: &Value, other: &Value, found: &mut Vec<(String, String)>) {
    if one == other {
        return;
    }
    let (Value::Object(a), Value::Object(b)) = (one, other) else {
        found.push((key.to_owned(), other.to_string()));
        return;
    };
    if a.keys().ne(b.keys()) {
        found.push((key.to_owned(), other.to_string()));
        return;
    }
    for (name, value) in a {
        let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        compare(&key, value, b.get(name).unwrap_or(&Value::Null), found);
    }
}
