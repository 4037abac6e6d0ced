//! Candidates that are three changes away: values that stand for each other only together.

use super::candidate::Candidate;
use super::fit::Differing;
use super::moves::Move;
use super::probe::Probe;

/// Candidates that are kept: more of them say nothing more of what is unsure.
const KEPT: usize = 24;

/// The probes in the order in which they are looked at: those that ruled out a candidate last come first.
struct Sieve<'a>(Vec<&'a Probe>);

impl Sieve<'_> {
    /// Whether a candidate gives every answer.
    fn passes(&mut self, candidate: &Candidate) -> bool {
        let ruled_out = |probe: &&Probe| candidate.outcome(probe).distance(&probe.found) > 0.0;
        match self.0.iter().position(ruled_out) {
            Some(at) => {
                self.0[..=at].rotate_right(1);
                false
            }
            None => true,
        }
    }
}

/// Returns candidates three changes away that give all answers too. Changes that some of `rivals` consist of are left out: what
/// stands beside a change that changes nothing is no rival by itself.
pub(super) fn triples(
    moves: &[Move],
    found: &Candidate,
    probes: &[Probe],
    rivals: &[Differing],
) -> Vec<Differing> {
    let is_known = |steps: &[&Move]| {
        rivals.iter().any(|(_, differs)| {
            differs.iter().all(|(key, value)| {
                steps.iter().any(|step| step.key == *key && step.value == *value)
            })
        })
    };
    let mut sieve = Sieve(probes.iter().collect());
    let mut kept: Vec<Differing> = Vec::new();
    let effective: Vec<&Move> =
        moves.iter().filter(|step| step.of(found) != *found && !is_known(&[step])).collect();
    for (first, one) in effective.iter().enumerate() {
        let by_one = one.of(found);
        for (second, two) in effective.iter().enumerate().skip(first + 1) {
            let by_two = two.of(&by_one);
            if two.key == one.key || by_two == by_one || is_known(&[one, two]) {
                continue;
            }
            for three in &effective[second + 1..] {
                let candidate = three.of(&by_two);
                let is_new = three.key != one.key && three.key != two.key && candidate != by_two;
                if !is_new || is_known(&[one, three]) || is_known(&[two, three]) {
                    continue;
                }
                if sieve.passes(&candidate) {
                    let named =
                        [one, two, three].map(|step| (step.key.clone(), step.value.clone()));
                    kept.push((candidate, named.to_vec()));
                    if kept.len() == KEPT {
                        return kept;
                    }
                }
            }
        }
    }
    kept
}
