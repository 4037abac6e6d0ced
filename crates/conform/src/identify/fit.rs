//! The search for candidates that answer as the black box does, and for probes that tell them apart.

use crate::driver::{Driver, DriverError};

use super::candidate::Candidate;
use super::grid::nearest;
use super::moves::Move;
use super::plain::{differences, plainer, rareness};
use super::probe::{Outcome, Probe};
use super::triples::triples;

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

/// Times that a search which explains no more asks for further answers.
const STUCK: usize = 3;

/// A value that is as good as the one that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rival {
    /// Keys and values of what differs.
    pub(super) differs: Vec<(String, String)>,
}

/// A candidate with the keys and values in which it differs from another.
pub(super) type Differing = (Candidate, Vec<(String, String)>);

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
        let (mut number, mut refusals, mut stuck) = (self.first, 0, 0);
        while probes.len() < self.most {
            if !fits(&found, &probes) {
                // More answers show the way where these do not.
                stuck += 1;
                if stuck > STUCK || !self.ask_more(&mut number, &mut probes)? {
                    break;
                }
                found = self.climb(&[&[found], starts].concat(), &probes);
                continue;
            }
            let mut rivals = self.rivals(&found, &probes);
            let mut told = self.separating(&found, &rivals, &mut number);
            if told.is_none() {
                rivals.extend(triples(self.moves, &found, &probes, &rivals));
                told = self.separating(&found, &rivals, &mut number);
            }
            if told.is_none() {
                let plain = self.plainer(&found, &probes);
                told = self.separating(&found, &plain, &mut number);
                rivals.extend(plain);
            }
            let Some((mut probe, rival)) = told else { break };
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
        let mut rivals = Vec::new();
        if fits(&found, &probes) {
            // Of candidates that no probe tells apart, the plainest is taken; the others say what is unsure.
            let plain = self.plainer(&found, &probes);
            let plainest = plain.iter().min_by_key(|(candidate, _)| rareness(candidate));
            if let Some((plainest, _)) = plainest.filter(|(c, _)| rareness(c) < rareness(&found)) {
                rivals.push((found, differences(plainest, &found)));
                found = *plainest;
            } else {
                rivals.extend(plain);
            }
            rivals.extend(self.rivals(&found, &probes));
            let far = triples(self.moves, &found, &probes, &rivals);
            rivals.extend(far);
        }
        let unexplained = probes.iter().filter(|probe| found.outcome(probe) != probe.found);
        let unexplained = unexplained.map(|probe| probe.about.clone()).collect();
        let rivals = rivals.into_iter().map(|(_, differs)| Rival { differs }).collect();
        Ok(Fit { candidate: found, rivals, unexplained, probes })
    }

    fn ask(&mut self, probe: &mut Probe) -> Result<(), DriverError> {
        self.asked += 1;
        probe.ask(self.driver).map(|_| ())
    }

    /// Asks some probes, whatever they tell apart. Returns whether any was answered.
    fn ask_more(&mut self, number: &mut u64, probes: &mut Vec<Probe>) -> Result<bool, DriverError> {
        let before = probes.len();
        for _ in 0..FEW {
            if let Some(mut probe) = (self.draw)(*number) {
                self.ask(&mut probe)?;
                if !self.is_skipped(&probe) {
                    probes.push(probe);
                }
            }
            *number += 1;
        }
        Ok(probes.len() > before)
    }

    fn is_skipped(&self, probe: &Probe) -> bool {
        self.skips_refusals && probe.found == Outcome::Refused
    }

    /// Follows the nearest starts, and where none leads to all answers, other structures of what came nearest.
    fn climb(&self, starts: &[Candidate], probes: &[Probe]) -> Candidate {
        let found = self.climb_from(starts, probes);
        if fits(&found, probes) {
            return found;
        }
        let few = probes.get(..FEW).unwrap_or(probes);
        let others = nearest(self.moves, &found, few);
        self.climb_from(&[&[found], &*others].concat(), probes)
    }

    /// Changes values one at a time, and where that does not help in pairs, as long as the answers come nearer.
    fn climb_from(&self, starts: &[Candidate], probes: &[Probe]) -> Candidate {
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
    fn rivals(&self, found: &Candidate, probes: &[Probe]) -> Vec<Differing> {
        let named = |step: &Move| (step.key.clone(), step.value.clone());
        let mut rivals: Vec<Differing> = Vec::new();
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

    /// Candidates with fewer rare values that give all answers too.
    fn plainer(&self, found: &Candidate, probes: &[Probe]) -> Vec<Differing> {
        let mut rivals: Vec<Differing> = Vec::new();
        for start in plainer(self.moves, found) {
            let apart = distance(&start, probes, f64::INFINITY);
            let (apart, other) = self.descend(&start, apart, probes);
            if apart == 0.0 && other != *found && rivals.iter().all(|(known, _)| *known != other) {
                rivals.push((other, differences(found, &other)));
            }
        }
        rivals
    }

    /// A probe that a rival answers otherwise.
    fn separating(
        &self,
        found: &Candidate,
        rivals: &[Differing],
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
