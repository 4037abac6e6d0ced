//! The search, kind of neuron by kind of neuron.

use std::collections::{BTreeMap, BTreeSet};

use nirkit::platforms::version::all as profiles;
use nirkit_engine::clocked::semantics::Slot;
use nirkit_engine::clocked::semantics::rule::Rule;

use super::candidate::Candidate;
use super::fit::{Fit, Search};
use super::graphs::Known;
use super::ladder;
use super::layer::{self, Matrix, Taste};
use super::moves::{self, Move};
use super::probe::Probe;
use super::{Effort, fallback, key_of};
use crate::driver::{Driver, DriverError};

#[derive(Default)]
pub(super) struct Report {
    pub(super) unsure: BTreeMap<String, BTreeSet<String>>,
    pub(super) not_probed: BTreeMap<String, String>,
    pub(super) unexplained: Vec<String>,
    pub(super) refused: BTreeMap<String, String>,
}

/// What is known so far.
pub(super) struct Work<'a> {
    pub(super) driver: &'a mut dyn Driver,
    pub(super) effort: Effort,
    pub(super) at: Candidate,
    /// A layer that spikes, for probes of what lies before it.
    pub(super) known: Option<Known>,
    /// What parameters are taken of the slots that have a rule.
    pub(super) tastes: BTreeMap<&'static str, Taste>,
    pub(super) asked: usize,
    pub(super) report: Report,
}

/// Probes with weights of many sizes that show where neurons begin to spike.
const LADDERS: u64 = 4;

/// Tastes that are taken of those that a black box takes.
const TASTES: usize = 3;

impl Work<'_> {
    /// Looks at the neurons of a slot.
    pub(super) fn slot(&mut self, slot: Slot) -> Result<(), DriverError> {
        let key = format!("semantics.neurons.{}", key_of(slot));
        if fallback(slot).is_some_and(|other| self.at.semantics.neurons.get(other).is_none()) {
            self.report.not_probed.insert(key, format!("{} is not taken", slot.kind()));
            return Ok(());
        }
        let (tastes, words) = self.tastes(slot)?;
        if tastes.is_empty() {
            if fallback(slot).is_none() && slot != Slot::ThresholdLi {
                self.report
                    .refused
                    .insert(slot.kind().to_owned(), words.clone().unwrap_or_default());
            }
            let reason = words
                .map_or_else(|| "nothing spikes".to_owned(), |words| format!("refused: {words}"));
            self.report.not_probed.insert(key, reason);
            return Ok(());
        }
        let middle = self.middle(slot, tastes[0])?;
        let draw =
            |number: u64| layer::draw(slot, tastes[number as usize % tastes.len()], number, middle);
        if fallback(slot).is_some() && self.is_explained(&draw)? {
            return Ok(());
        }
        let starts = self.starts(slot);
        let mut moves = moves::rule(slot, &key);
        // What is known for sure is asked once: a neuron without a time constant says nothing of the step.
        if fallback(slot).is_none() {
            let is_open = |step: &Move| {
                self.known.is_none() || self.report.unsure.contains_key(&full(&step.key))
            };
            moves.extend(moves::shared().into_iter().filter(is_open));
        }
        let fit = self.search(&moves, &draw, &starts)?;
        // What never spikes is left out, and tells nothing of a rule.
        if !fit.probes.iter().any(|probe| probe.found.is_lively()) {
            self.report.not_probed.insert(key, "nothing is put out".to_owned());
            return Ok(());
        }
        self.take(fit, &moves);
        self.limits_of(slot, &tastes, &key);
        self.tastes.insert(key_of(slot), tastes[0]);
        if self.known.is_none() && slot != Slot::Li {
            self.known = Some(Known { slot, taste: tastes[0] });
        }
        Ok(())
    }

    /// The parameters that the black box takes for a slot, or the words with which it refuses.
    fn tastes(&mut self, slot: Slot) -> Result<(Vec<Taste>, Option<String>), DriverError> {
        let (mut taken, mut words) = (Vec::new(), None);
        for taste in layer::tastes(slot) {
            if taken.len() == TASTES {
                break;
            }
            let Some(mut probe) = layer::draw(slot, taste, 4, None) else { continue };
            self.asked += 1;
            match probe.ask(self.driver)? {
                Some(refusal) => words = Some(refusal),
                None => taken.push(taste),
            }
        }
        Ok((taken, words))
    }

    /// The size of weights at which neurons of a slot begin to spike, as an exponent of ten.
    fn middle(&mut self, slot: Slot, taste: Taste) -> Result<Option<f64>, DriverError> {
        let mut boundaries = Vec::new();
        for number in 0..LADDERS {
            let Some(mut probe) = layer::draw(slot, taste, number, None) else { continue };
            self.asked += 1;
            probe.ask(self.driver)?;
            boundaries.extend(ladder::boundary(&probe));
        }
        Ok(ladder::middle(boundaries))
    }

    /// Whether what is known already explains the first probes.
    fn is_explained(&mut self, draw: &dyn Fn(u64) -> Option<Probe>) -> Result<bool, DriverError> {
        for number in 0..self.effort.first {
            let Some(mut probe) = draw(number) else { continue };
            probe.ask(self.driver)?;
            self.asked += 1;
            if self.at.outcome(&probe) != probe.found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The candidates that a search starts from: the rules of the simulators that nirkit has, and what was found for other
    /// neurons.
    fn starts(&self, slot: Slot) -> Vec<Candidate> {
        let mut starts: Vec<Candidate> = Vec::new();
        let mut add = |rule: Option<Rule>, like: Option<&Candidate>| {
            let Some(mut rule) = rule else { return };
            // A slot without a test has none, and one with a test needs it.
            if slot == Slot::Li {
                rule.fire = None;
            } else if rule.fire.is_none() {
                return;
            }
            let mut start = self.at;
            if let Some(like) = like.filter(|_| self.known.is_none()) {
                start.semantics.maps.arrival = like.semantics.maps.arrival;
                start.semantics.maps.truth_only = like.semantics.maps.truth_only;
                start.semantics.precision = like.semantics.precision;
                start.step = like.step;
            }
            *start.semantics.neurons.get_mut(slot) = Some(rule);
            if !starts.contains(&start) {
                starts.push(start);
            }
        };
        let is_like = |other: &Slot| {
            other.kind() == slot.kind() || (slot == Slot::ThresholdLi && other.kind() == "LIF")
        };
        for other in Slot::ALL.into_iter().filter(is_like) {
            add(*self.at.semantics.neurons.get(other), None);
        }
        for profile in profiles() {
            let like = Candidate::of(profile);
            for other in Slot::ALL.into_iter().filter(is_like) {
                add(*like.semantics.neurons.get(other), Some(&like));
            }
        }
        starts
    }

    pub(super) fn search(
        &mut self,
        moves: &[Move],
        draw: &dyn Fn(u64) -> Option<Probe>,
        starts: &[Candidate],
    ) -> Result<Fit, DriverError> {
        let Effort { first, most } = self.effort;
        let mut search = Search {
            driver: &mut *self.driver,
            moves,
            draw,
            sharpen: &layer::sharpen,
            first,
            most,
            skips_refusals: true,
            asked: 0,
        };
        let fit = search.run(starts);
        self.asked += search.asked;
        fit
    }

    /// Takes over what a search found.
    pub(super) fn take(&mut self, fit: Fit, moves: &[Move]) {
        // A fold that takes a factor from a gain says something of the gain too.
        let also = |key: &str| -> Vec<String> {
            let rule = key.split(".fold").next().unwrap_or(key);
            let is_transfer = key.contains(".fold");
            let parts = ["membrane.gain", "synapse.gain"].map(|part| format!("{rule}.{part}"));
            if is_transfer { parts.to_vec() } else { Vec::new() }
        };
        self.at = fit.candidate;
        for slot in Slot::ALL {
            let rule = self.at.semantics.neurons.get_mut(slot);
            *rule = rule.map(Rule::canonical);
        }
        // What was unsure before was looked at once more.
        for step in moves {
            self.report.unsure.remove(&full(&step.key));
        }
        if !fit.unexplained.is_empty() {
            // Nothing of it is known for sure.
            for step in moves {
                self.report.unsure.entry(full(&step.key)).or_default();
            }
        }
        self.report.unexplained.extend(fit.unexplained);
        for rival in fit.rivals {
            let named = |(key, value): &(String, String)| {
                format!("{} = {value}", key.rsplit('.').next().unwrap_or(key))
            };
            for (at, (key, value)) in rival.differs.iter().enumerate() {
                let others = rival.differs.iter().enumerate().filter(|(other, _)| *other != at);
                let with: String =
                    others.map(|(_, other)| format!(" with {}", named(other))).collect();
                let said = format!("{value}{with}");
                if value.contains("gain") {
                    let stage = key.strip_suffix(".form").map(|stage| format!("{stage}.gain"));
                    for other in also(key).into_iter().chain(stage) {
                        self.report
                            .unsure
                            .entry(full(&other))
                            .or_default()
                            .insert("a factor that stands elsewhere".to_owned());
                    }
                }
                self.report.unsure.entry(full(key)).or_default().insert(said);
            }
        }
    }

    /// Says which values could not be probed because of what the black box refuses.
    fn limits_of(&mut self, slot: Slot, tastes: &[Taste], key: &str) {
        let mut add = |name: &str, reason: &str| {
            self.report.not_probed.insert(format!("{key}.{name}"), reason.to_owned());
        };
        if !tastes.iter().any(|taste| taste.each) {
            add("first_only", "only uniform parameters are taken");
        }
        if tastes.iter().all(|taste| taste.matrix == Matrix::None) {
            add("fold", "a matrix before these neurons is not taken");
        }
        if slot == Slot::ThresholdLi {
            add("fan_in", "several edges are not asked");
            add("fire.height", "another layer behind these neurons is not asked");
        }
    }
}

/// The key in a platform file.
fn full(key: &str) -> String {
    if key.starts_with("semantics") || key == "dt" {
        key.to_owned()
    } else {
        format!("semantics.{key}")
    }
}
