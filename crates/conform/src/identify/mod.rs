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
mod grid;
mod ladder;
mod layer;
mod moves;
mod network;
mod patient;
mod plain;
mod probe;
mod triples;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Slot, Time, Unknown, UnknownNodePolicy,
};
use serde::Serialize;

use crate::driver::{Driver, DriverError, Hello};
use candidate::{Candidate, Step};
use graphs::KINDS;
use patient::Patient;
use work::{Report, Work};

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
    let mut driver = Patient::new(driver);
    let hello = driver.hello()?;
    let plain = Candidate {
        semantics: Semantics {
            time: Time::Step(1e-3),
            precision: Precision::F32,
            execution: Execution::PLAIN,
            maps: Maps::PLAIN,
            neurons: Neurons::NONE,
            unknown: Unknown { known: &KINDS, policy: UnknownNodePolicy::Refused },
        },
        step: Step::Given,
    };
    let mut work = Work {
        driver: &mut driver,
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
