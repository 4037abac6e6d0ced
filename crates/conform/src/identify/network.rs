//! What shows only between layers: maps, kinds that are known, and the order in which nodes run.

use nirkit::platforms::version::all as profiles;
use nirkit_engine::clocked::semantics::{Blocks, Maps, Order, Slot, UnknownNodePolicy};

use super::candidate::Candidate;
use super::fit::fits;
use super::graphs::{self, KINDS, Known};
use super::moves::{self, Move};
use super::probe::Probe;
use super::work::Work;
use super::{SLOTS, key_of};
use crate::driver::DriverError;

/// What a search is about that is none of neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Kinds,
    Maps,
    Execution,
    /// What of a slot shows with another layer only.
    Slot,
}

impl Work<'_> {
    /// Looks at maps, kinds, and the order in which nodes run.
    pub(super) fn between(&mut self) -> Result<(), DriverError> {
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
            self.report.not_probed.insert("semantics.unknown.policy".to_owned(), reason.to_owned());
        }
        for kind in refused {
            if is_missing {
                let reason = "it is refused, and other kinds are left out".to_owned();
                self.report.not_probed.insert(format!("semantics.unknown.known.{kind}"), reason);
            }
            semantics.known = moves::with_kind(semantics.known, kind, is_missing);
        }
        if !is_missing {
            semantics.policy = UnknownNodePolicy::Refused;
            if self.report.refused.is_empty() {
                self.report.not_probed.insert(
                    "semantics.unknown.policy".to_owned(),
                    "every kind is taken".to_owned(),
                );
            } else {
                self.report.unsure.remove("semantics.unknown.policy");
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
