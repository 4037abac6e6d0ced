//! Finds out from the outside which choices a black box makes.
//!
//! A candidate is a semantics, the same values by which nirkit describes simulators. Probes are graphs with stimuli. The search
//! starts from the semantics of the simulators that nirkit has, changes one value after the other until every probe is
//! answered as the black box does, and then asks probes that rivals would answer otherwise. What no probe tells apart is
//! reported as unsure.

mod candidate;
mod file;
mod fit;
mod graphs;
mod layer;
mod moves;
mod probe;

use std::collections::{BTreeMap, BTreeSet};

use nirkit::platforms::version::all as profiles;
use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::{
    Blocks, Execution, Fate, Maps, Neurons, Order, Semantics, Slot, Time, Unknown,
};
use serde::Serialize;

use crate::driver::{Driver, DriverError, Hello};
use candidate::{Candidate, Step};
use fit::{Fit, Search, fits};
use graphs::{KINDS, Known};
use layer::{Matrix, Taste};
use moves::Move;
use probe::Probe;

pub use file::to_toml;

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Probes of a kind of neuron before the search begins.
    pub first: u64,
    /// Probes of a kind of neuron in all.
    pub most: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { first: 36, most: 120 }
    }
}

/// What was found out about a black box.
#[derive(Clone, Debug, Serialize)]
pub struct Identified {
    /// Who was asked.
    pub driver: Hello,
    /// Probes that were asked.
    pub probes: usize,
    /// The values of which other ones would give the same answers, by their keys in the platform file, with the others.
    pub unsure: BTreeMap<String, BTreeSet<String>>,
    /// Keys that nothing was asked about, with the reason; they hold what the base has.
    pub not_probed: BTreeMap<String, String>,
    /// Probes that no candidate explains.
    pub unexplained: Vec<String>,
    /// What the black box said where it refused a kind of node.
    pub refused: BTreeMap<String, String>,
    /// The values.
    #[serde(skip)]
    found: Candidate,
}

impl Identified {
    /// The semantics that was found, for a time step.
    #[must_use]
    pub fn semantics(&self, dt: f64) -> Semantics {
        self.found.with_step(dt)
    }

    /// Whether nothing could be asked about a key of the platform file.
    #[must_use]
    pub fn is_not_probed(&self, key: &str) -> bool {
        self.not_probed.keys().any(|found| {
            key.strip_prefix(found.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether a key of the platform file is unsure or was not probed.
    #[must_use]
    pub fn is_unsure(&self, key: &str) -> bool {
        // A slot without a rule has that of another one.
        for slot in SLOTS {
            let own = format!("semantics.neurons.{}.", key_of(slot));
            if let (Some(rest), Some(other)) = (key.strip_prefix(&own), fallback(slot))
                && self.found.semantics.neurons.get(slot).is_none()
                && self.is_unsure(&format!("semantics.neurons.{}.{rest}", key_of(other)))
            {
                return true;
            }
        }
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let covers = |found: &String| within(key, found) || within(found, key);
        self.unsure.keys().chain(self.not_probed.keys()).any(covers)
    }
}

/// The slots in the order in which they are looked at: the common ones first, and those that only some programs have with rules
/// of their own behind those that they fall back to.
const SLOTS: [Slot; 9] = [
    Slot::Lif,
    Slot::CubaLif,
    Slot::If,
    Slot::UnitLif,
    Slot::LoneLif,
    Slot::Li,
    Slot::RecurrentIf,
    Slot::RecurrentLif,
    Slot::RecurrentCubaLif,
];

/// The key of a slot in a platform file.
fn key_of(slot: Slot) -> &'static str {
    match slot {
        Slot::Li => "li",
        Slot::ThresholdLi => "threshold_li",
        Slot::If => "if",
        Slot::RecurrentIf => "recurrent_if",
        Slot::Lif => "lif",
        Slot::UnitLif => "unit_lif",
        Slot::LoneLif => "lone_lif",
        Slot::RecurrentLif => "recurrent_lif",
        Slot::CubaLif => "cuba_lif",
        Slot::RecurrentCubaLif => "recurrent_cuba_lif",
    }
}

/// The slot whose rule counts where this one has none.
fn fallback(slot: Slot) -> Option<Slot> {
    match slot {
        Slot::RecurrentIf => Some(Slot::If),
        Slot::UnitLif | Slot::LoneLif | Slot::RecurrentLif => Some(Slot::Lif),
        Slot::RecurrentCubaLif => Some(Slot::CubaLif),
        _ => None,
    }
}

/// Finds out what a black box computes.
///
/// # Errors
///
/// The driver fails.
pub fn identify(
    driver: &mut dyn Driver,
    effort: Effort,
    mut tell: impl FnMut(&str),
) -> Result<Identified, DriverError> {
    let hello = driver.hello()?;
    let plain = Candidate {
        semantics: Semantics {
            time: Time::Step(1e-3),
            precision: Precision::F32,
            execution: Execution::PLAIN,
            maps: Maps::PLAIN,
            neurons: Neurons::NONE,
            unknown: Unknown { known: &KINDS, fate: Fate::Refused },
        },
        step: Step::Given,
    };
    let mut work = Work {
        driver,
        effort,
        at: plain,
        known: None,
        tastes: BTreeMap::new(),
        asked: 0,
        report: Report::default(),
    };
    for slot in SLOTS {
        tell(key_of(slot));
        work.slot(slot)?;
    }
    tell("maps and execution");
    work.between()?;
    // Whether an integrator and a Threshold become one is a part of how a graph is taken.
    tell(key_of(Slot::ThresholdLi));
    work.slot(Slot::ThresholdLi)?;
    let Work { at, asked, report, .. } = work;
    let Report { unsure, not_probed, unexplained, refused } = report;
    Ok(Identified {
        driver: hello,
        probes: asked,
        unsure,
        not_probed,
        unexplained,
        refused,
        found: at,
    })
}

#[derive(Default)]
struct Report {
    unsure: BTreeMap<String, BTreeSet<String>>,
    not_probed: BTreeMap<String, String>,
    unexplained: Vec<String>,
    refused: BTreeMap<String, String>,
}

/// What is known so far.
struct Work<'a> {
    driver: &'a mut dyn Driver,
    effort: Effort,
    at: Candidate,
    /// A layer that spikes, for probes of what lies before it.
    known: Option<Known>,
    /// What parameters are taken of the slots that have a rule.
    tastes: BTreeMap<&'static str, Taste>,
    asked: usize,
    report: Report,
}

/// What a search is about that is none of neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Kinds,
    Maps,
    Execution,
    /// What of a slot shows with another layer only.
    Slot,
}

/// Tastes that are taken of those that a black box takes.
const TASTES: usize = 3;

impl Work<'_> {
    /// Looks at the neurons of a slot.
    fn slot(&mut self, slot: Slot) -> Result<(), DriverError> {
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
        let draw = |number: u64| layer::draw(slot, tastes[number as usize % tastes.len()], number);
        if fallback(slot).is_some() && self.is_explained(&draw)? {
            return Ok(());
        }
        let starts = self.starts(slot);
        let mut moves = moves::rule(slot, &key);
        // A neuron without a time constant says nothing of the step.
        if fallback(slot).is_none() {
            moves.extend(moves::shared());
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
            let Some(mut probe) = layer::draw(slot, taste, 4) else { continue };
            self.asked += 1;
            match probe.ask(self.driver)? {
                Some(refusal) => words = Some(refusal),
                None => taken.push(taste),
            }
        }
        Ok((taken, words))
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
        let mut add = |rule: Option<nirkit_engine::clocked::semantics::rule::Rule>,
                       like: Option<&Candidate>| {
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

    fn search(
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
    fn take(&mut self, fit: Fit, moves: &[Move]) {
        // A fold that takes a factor from a gain says something of the gain too.
        let also = |key: &str| -> Vec<String> {
            let rule = key.split(".fold").next().unwrap_or(key);
            let is_transfer = key.contains(".fold");
            let parts = ["membrane.gain", "synapse.gain"].map(|part| format!("{rule}.{part}"));
            if is_transfer { parts.to_vec() } else { Vec::new() }
        };
        self.at = fit.candidate;
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

    /// Looks at maps, kinds, and the order in which nodes run.
    fn between(&mut self) -> Result<(), DriverError> {
        let Some(known) = self.known else {
            self.report.not_probed.insert("semantics".to_owned(), "no neuron spikes".to_owned());
            return Ok(());
        };
        self.kinds(known)?;
        for slot in SLOTS.into_iter().filter(|slot| !matches!(slot, Slot::Li | Slot::ThresholdLi)) {
            let Some(&taste) = self.tastes.get(&key_of(slot)) else { continue };
            let known = Known { slot, taste };
            let key = format!("semantics.neurons.{}", key_of(slot));
            let first = self.effort.first / 3;
            self.part(
                Part::Slot,
                &moves::between(slot, &key),
                &|number| graphs::wiring(known, 7 * number + 3 + number % 2),
                first,
            )?;
        }
        self.part(
            Part::Maps,
            &moves::maps(),
            &|number| graphs::picture(known, number),
            self.effort.first,
        )?;
        self.part(
            Part::Execution,
            &moves::execution(),
            &|number| graphs::wiring(known, number),
            self.effort.first,
        )?;
        if let Order::Chain(_) = self.at.semantics.execution.order {
            let reason = "what becomes of a chain that does not reach its end is not asked";
            self.report
                .not_probed
                .insert("semantics.execution.order".to_owned(), reason.to_owned());
        }
        if self.at.semantics.execution.blocks != Blocks::Walked {
            let reason = "the words and sizes of its demands are not asked";
            self.report
                .not_probed
                .insert("semantics.execution.blocks".to_owned(), reason.to_owned());
        }
        for (key, reason) in [
            ("semantics.execution.completes", "graphs without Inputs and Outputs are not asked"),
            ("semantics.execution.doubled", "doubled edges are not asked"),
            (
                "semantics.execution.shaped_by_input",
                "it is a part of what the first step of a cycle does",
            ),
        ] {
            self.report.not_probed.insert(key.to_owned(), reason.to_owned());
        }
        Ok(())
    }

    /// Looks at which kinds are known, and what becomes of the others.
    fn kinds(&mut self, known: Known) -> Result<(), DriverError> {
        let (mut taken, mut refused): (Vec<&'static str>, Vec<&'static str>) =
            (Vec::new(), Vec::new());
        for kind in KINDS {
            let mut words = None;
            let mut is_taken = false;
            for number in 0..3 {
                let Some(mut probe) = graphs::kind(known, kind, number) else { continue };
                self.asked += 1;
                match probe.ask(self.driver)? {
                    Some(refusal) => words = Some(refusal),
                    None => is_taken = true,
                }
            }
            if is_taken {
                taken.push(kind);
            } else {
                refused.push(kind);
                self.report
                    .refused
                    .entry(kind.to_owned())
                    .or_insert_with(|| words.unwrap_or_default());
            }
        }
        let draw = |number: u64| {
            let kind = taken.get(number as usize % taken.len().max(1))?;
            graphs::kind(known, kind, number / taken.len().max(1) as u64)
        };
        // A kind that has no rule is no kind that is known.
        let first = (taken.len() * 4) as u64;
        self.part(Part::Kinds, &moves::kinds(&taken), &draw, first)?;
        let semantics = &mut self.at.semantics.unknown;
        let is_missing = taken.iter().any(|kind| !semantics.known.contains(kind));
        if is_missing && !refused.is_empty() {
            let reason = "some kinds are refused, and others are left out";
            self.report.not_probed.insert("semantics.unknown.fate".to_owned(), reason.to_owned());
        }
        for kind in refused {
            if is_missing {
                let reason = "it is refused, and other kinds are left out".to_owned();
                self.report.not_probed.insert(format!("semantics.unknown.known.{kind}"), reason);
            }
            semantics.known = moves::with_kind(semantics.known, kind, is_missing);
        }
        if !is_missing {
            semantics.fate = Fate::Refused;
            if self.report.refused.is_empty() {
                self.report
                    .not_probed
                    .insert("semantics.unknown.fate".to_owned(), "every kind is taken".to_owned());
            } else {
                self.report.unsure.remove("semantics.unknown.fate");
            }
        }
        Ok(())
    }

    fn part(
        &mut self,
        part: Part,
        moves: &[Move],
        draw: &dyn Fn(u64) -> Option<Probe>,
        first: u64,
    ) -> Result<(), DriverError> {
        let starts: Vec<Candidate> = std::iter::once(self.at)
            .chain(profiles().map(|profile| {
                let like = Candidate::of(profile).semantics;
                let mut start = self.at;
                let maps = start.semantics.maps;
                match part {
                    Part::Kinds => {
                        (start.semantics.unknown, start.semantics.execution) =
                            (like.unknown, like.execution);
                    }
                    Part::Maps => {
                        let (arrival, truth_only) = (maps.arrival, maps.truth_only);
                        start.semantics.maps = Maps { arrival, truth_only, ..like.maps };
                    }
                    Part::Execution => start.semantics.execution = like.execution,
                    Part::Slot => {}
                }
                start
            }))
            .collect();
        let effort = self.effort;
        self.effort.first = first;
        self.effort.most = effort.most.max(first as usize + 40);
        let fit = self.search(moves, draw, &starts);
        self.effort = effort;
        let fit = fit?;
        debug_assert!(fit.unexplained.is_empty() || !fits(&fit.candidate, &fit.probes));
        self.take(fit, moves);
        Ok(())
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
