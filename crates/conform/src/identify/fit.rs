//! The search for candidates that answer as the black box does, and for probes that tell them apart.

use crate::driver::{Driver, DriverError};

use super::candidate::Candidate;
use super::moves::Move;
use super::probe::{Outcome, Probe};

/// Draws that are tried for a probe that tells two candidates apart.
const TRIES: u64 = 24;

/// Probes that can be refused before a search gives up.
const MOST_REFUSALS: usize = 24;

/// Probes that decide which pairs of changes are looked at with all probes.
const FEW: usize = 12;

/// Times that pairs are tried from one start.
const ROUNDS: usize = 8;

/// Starts that are followed.
const STARTS: usize = 4;

/// A value that is as good as the one that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rival {
    /// Keys and values of what differs.
    pub(super) differs: Vec<(String, String)>,
}

/// What a search found.
pub(super) struct Fit {
    pub(super) candidate: Candidate,
    /// What no probe could tell from it.
    pub(super) rivals: Vec<Rival>,
    /// The probes that it does not explain.
    pub(super) unexplained: Vec<String>,
    /// Every probe that was asked.
    pub(super) probes: Vec<Probe>,
}

/// A search: the values that may be changed, and the probes that may be asked.
pub(super) struct Search<'a> {
    pub(super) driver: &'a mut dyn Driver,
    pub(super) moves: &'a [Move],
    /// Makes the probe with a number.
    pub(super) draw: &'a dyn Fn(u64) -> Option<Probe>,
    /// Makes a probe in which a neuron stands as near to its threshold as two candidates are to each other.
    pub(super) sharpen: &'a dyn Fn(&Probe, &Candidate, &Candidate) -> Option<Probe>,
    /// Probes that are asked at first, and at most.
    pub(super) first: u64,
    pub(super) most: usize,
    /// Whether a probe that is refused says nothing: packages refuse for reasons that no semantics has.
    pub(super) skips_refusals: bool,
    /// Probes that were asked.
    pub(super) asked: usize,
}

/// How far a candidate is from all answers; more than `bound` is not computed further.
pub(super) fn distance(candidate: &Candidate, probes: &[Probe], bound: f64) -> f64 {
    let mut sum = 0.0;
    for probe in probes {
        sum += candidate.outcome(probe).distance(&probe.found);
        if sum > bound {
            return sum;
        }
    }
    sum
}

/// Whether a candidate gives every answer.
pub(super) fn fits(candidate: &Candidate, probes: &[Probe]) -> bool {
    distance(candidate, probes, 0.0) == 0.0
}

impl Search<'_> {
    /// Asks the first probes, looks for the candidate that fits from several starts, and then for probes that its rivals
    /// answer otherwise, until none is left.
    pub(super) fn run(&mut self, starts: &[Candidate]) -> Result<Fit, DriverError> {
        let mut probes: Vec<Probe> = Vec::new();
        for number in 0..self.first {
            if let Some(mut probe) = (self.draw)(number) {
                self.ask(&mut probe)?;
                if !self.is_skipped(&probe) {
                    probes.push(probe);
                }
            }
        }
        let mut found = self.climb(starts, &probes);
        let (mut number, mut refusals) = (self.first, 0);
        while probes.len() < self.most && fits(&found, &probes) {
            let rivals = self.rivals(&found, &probes);
            let Some((mut probe, rival)) = self.separating(&found, &rivals, &mut number) else {
                break;
            };
            self.ask(&mut probe)?;
            if self.is_skipped(&probe) {
                refusals += 1;
                if refusals > MOST_REFUSALS {
                    break;
                }
                continue;
            }
            let other = rival.outcome(&probe) == probe.found;
            probes.push(probe);
            if !fits(&found, &probes) {
                let alive: Vec<Candidate> = rivals
                    .iter()
                    .map(|(candidate, _)| *candidate)
                    .filter(|rival| fits(rival, &probes))
                    .collect();
                found = match alive.first() {
                    Some(first) => *first,
                    None if other => rival,
                    None => self.climb(&[[found, rival].as_slice(), starts].concat(), &probes),
                };
            }
        }
        let rivals = if fits(&found, &probes) { self.rivals(&found, &probes) } else { Vec::new() };
        let unexplained = probes.iter().filter(|probe| found.outcome(probe) != probe.found);
        let unexplained = unexplained.map(|probe| probe.about.clone()).collect();
        let rivals = rivals.into_iter().map(|(_, differs)| Rival { differs }).collect();
        Ok(Fit { candidate: found, rivals, unexplained, probes })
    }

    fn ask(&mut self, probe: &mut Probe) -> Result<(), DriverError> {
        self.asked += 1;
        probe.ask(self.driver).map(|_| ())
    }

    fn is_skipped(&self, probe: &Probe) -> bool {
        self.skips_refusals && probe.found == Outcome::Refused
    }

    /// Changes values one at a time, and where that does not help in pairs, as long as the answers come nearer.
    fn climb(&self, starts: &[Candidate], probes: &[Probe]) -> Candidate {
        let mut ranked: Vec<(f64, Candidate)> =
            starts.iter().map(|start| (distance(start, probes, f64::INFINITY), *start)).collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        ranked.dedup_by(|a, b| a.1 == b.1);
        let mut best: Option<(f64, Candidate)> = None;
        for &(apart, start) in ranked.iter().take(STARTS) {
            let found = self.descend(&start, apart, probes);
            if best.is_none_or(|(least, _)| found.0 < least) {
                best = Some(found);
            }
            if best.is_some_and(|(least, _)| least == 0.0) {
                break;
            }
        }
        best.or(ranked.first().copied()).map_or(starts[0], |(_, candidate)| candidate)
    }

    fn descend(&self, start: &Candidate, apart: f64, probes: &[Probe]) -> (f64, Candidate) {
        let (mut least, mut at) = (apart, *start);
        let few = probes.get(..FEW).unwrap_or(probes);
        let mut rounds = 0;
        while least > 0.0 {
            let mut next = None;
            for step in self.moves {
                let candidate = step.of(&at);
                if candidate == at {
                    continue;
                }
                let apart = distance(&candidate, probes, least);
                if apart < least {
                    (least, next) = (apart, Some(candidate));
                }
            }
            if next.is_none() && rounds < ROUNDS {
                rounds += 1;
                let least_of_few = distance(&at, few, f64::INFINITY);
                'pairs: for (first, one) in self.moves.iter().enumerate() {
                    let changed = one.of(&at);
                    if changed == at {
                        continue;
                    }
                    for other in &self.moves[first + 1..] {
                        let candidate = other.of(&changed);
                        if candidate == changed || other.key == one.key {
                            continue;
                        }
                        if distance(&candidate, few, least_of_few) > least_of_few {
                            continue;
                        }
                        let apart = distance(&candidate, probes, least);
                        if apart < least {
                            (least, next) = (apart, Some(candidate));
                            // Single changes are tried again, which are cheaper.
                            break 'pairs;
                        }
                    }
                }
            }
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        (least, at)
    }

    /// Every candidate that is one or two changes away and gives all answers too.
    fn rivals(
        &self,
        found: &Candidate,
        probes: &[Probe],
    ) -> Vec<(Candidate, Vec<(String, String)>)> {
        let named = |step: &Move| (step.key.clone(), step.value.clone());
        let mut rivals: Vec<(Candidate, Vec<(String, String)>)> = Vec::new();
        for (first, one) in self.moves.iter().enumerate() {
            let changed = one.of(found);
            if changed == *found {
                continue;
            }
            if fits(&changed, probes) {
                rivals.push((changed, vec![named(one)]));
                // What stands beside a change that changes nothing is a rival by itself.
                continue;
            }
            for other in &self.moves[first + 1..] {
                let candidate = other.of(&changed);
                let is_new =
                    candidate != changed && other.key != one.key && other.of(found) != *found;
                if is_new && fits(&candidate, probes) {
                    rivals.push((candidate, vec![named(one), named(other)]));
                }
            }
        }
        rivals
    }

    /// A probe that a rival answers otherwise.
    fn separating(
        &self,
        found: &Candidate,
        rivals: &[(Candidate, Vec<(String, String)>)],
        number: &mut u64,
    ) -> Option<(Probe, Candidate)> {
        let drawn: Vec<Probe> = (0..TRIES).filter_map(|at| (self.draw)(*number + at)).collect();
        *number += TRIES;
        for (rival, _) in rivals {
            for probe in &drawn {
                if found.outcome(probe) != rival.outcome(probe) {
                    return Some((probe.clone(), *rival));
                }
            }
        }
        for (rival, _) in rivals {
            for probe in &drawn {
                if let Some(sharp) = (self.sharpen)(probe, found, rival) {
                    return Some((sharp, *rival));
                }
            }
        }
        None
    }
}
