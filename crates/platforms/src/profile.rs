//! Profiles: everything that is known about one version of one platform.

use nirkit_engine::clocked::Timing;
use nirkit_engine::clocked::semantics::{
    self, Program, Semantics, SemanticsError, Slot, Sums, Time, UnknownNodePolicy, When, text,
};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_run::Reset;
use serde::{Deserialize, Serialize};

use crate::capability::Capability;

/// One version of one platform.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Profile {
    /// Name, as on the command line: `norse`.
    pub name: &'static str,
    /// Version of the package: `1.1.0`, or a name for what was put together otherwise: `paper`.
    pub version: &'static str,
    /// The package and whatever else makes up the version.
    pub package: &'static str,
    /// How the profile is known to be right.
    pub evidence: &'static str,
    /// What the platform takes for the time step.
    pub dt: Dt,
    /// The primitives whose reset is an option of the platform, between zero and subtraction.
    #[serde(deserialize_with = "text::list")]
    pub free_reset: &'static [&'static str],
    /// The reset of graphs without a bias in a cycle, where it is free and not chosen: the authors of
    /// the NIR paper had two recurrent networks, and a notebook for each.
    pub unbiased_reset: Option<Reset>,
    /// What it does with each kind of node that it knows; the others meet
    /// [`Semantics::unknown`].
    #[serde(with = "crate::capability::by_kind")]
    pub capabilities: &'static [Capability],
    /// What the platform says about a kind that it does not know, with `{kind}` for the kind.
    pub unknown: &'static str,
    /// What it says to numbers in the byte order that the machine does not have; `None` if it takes them.
    pub big_endian: Option<BigEndian>,
    /// How it computes, for its default time step.
    pub semantics: Semantics,
}

/// What a platform says to numbers that are stored in big-endian order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct BigEndian {
    /// Its own words.
    pub says: &'static str,
    /// When it stops by parameters of neurons; by weights it stops at import.
    pub of_neurons: When,
}

/// What a platform takes for the time step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dt {
    /// An option, in seconds, with the platform's default.
    Option(f64),
    /// A number of seconds that is written into its code.
    Fixed(f64),
    /// It knows steps only; its users divide the time constants by the time step after the import.
    Counted,
    /// It derives one for each layer; its users overwrite it after the import.
    Derived,
}

/// What whoever runs a platform can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Choices {
    /// The time step in seconds; `None` takes what the platform takes by itself.
    pub dt: Option<f64>,
    /// The reset; `None` takes what the platform takes by itself.
    pub reset: Option<Reset>,
    /// Which of the ways is taken in which the platform can run the graph, counted from 0, where
    /// chance decides.
    pub way: usize,
    /// In which order weighted maps add; a platform leaves it to a library.
    pub sums: Sums,
}

impl Profile {
    /// Name and version, as on the command line.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The semantics under these choices.
    #[must_use]
    pub fn semantics(&self, choices: &Choices) -> Semantics {
        let mut semantics = self.semantics;
        semantics.time = match (self.dt, choices.dt) {
            (Dt::Fixed(dt), _)
            | (Dt::Option(dt), None)
            | (Dt::Option(_) | Dt::Counted | Dt::Derived, Some(dt)) => Time::Step(dt),
            (Dt::Counted, None) => Time::Counted,
            (Dt::Derived, None) => Time::PerLayer,
        };
        semantics.execution.chance = choices.way;
        semantics.maps.sums = choices.sums;
        if let Some(reset) = choices.reset {
            self.set_reset(&mut semantics, reset);
        }
        semantics
    }

    /// Gives the neurons whose reset is free the reset that is asked for; a platform of this kind
    /// resets to zero where NIR resets to `v_reset`.
    fn set_reset(&self, semantics: &mut Semantics, reset: Reset) {
        let reset = if reset == Reset::VReset { Reset::Zero } else { reset };
        for slot in Slot::ALL {
            let rule = semantics.neurons.get_mut(slot);
            let fire = rule.as_mut().and_then(|rule| rule.fire.as_mut());
            if let Some(fire) = fire.filter(|_| self.free_reset.contains(&slot.kind())) {
                fire.reset = reset;
            }
        }
    }

    /// A program that does with the graph what the platform does.
    ///
    /// It does not ask whether the platform would take the graph; [`check`](crate::check()) does.
    pub fn prepare(
        &self,
        graph: &Graph,
        facts: &Facts,
        choices: &Choices,
    ) -> Result<Program, Vec<SemanticsError>> {
        semantics::prepare(graph, facts, &self.semantics(&self.settled(graph, facts, choices)))
    }

    /// So many ways are looked at where a platform can run a graph in more: each takes a run of its own.
    pub const MOST_WAYS: usize = 16;

    /// What is said where there are more ways than are looked at.
    #[must_use]
    pub fn ways_left_out(&self, ways: usize) -> Option<String> {
        let more = ways.checked_sub(Self::MOST_WAYS).filter(|&more| more > 0)?;
        Some(format!(
            "{} can run the graph in {ways} ways; the first {} are looked at, and {more} are not",
            self.title(),
            Self::MOST_WAYS
        ))
    }

    /// In how many ways the platform can run the graph: more than 1 where the address of an object or
    /// the hash of a string decides, which differs from process to process.
    #[must_use]
    pub fn ways(&self, graph: &Graph, facts: &Facts, choices: &Choices) -> usize {
        let semantics = self.semantics(&self.settled(graph, facts, choices));
        semantics::route(graph, facts, &semantics).map_or(1, |route| route.ways)
    }

    /// What the platform does with a kind of node; `None` for kinds that it does not know.
    #[must_use]
    pub fn capability(&self, kind: &str) -> Option<&'static Capability> {
        self.capabilities.iter().find(|capability| capability.kind == kind)
    }

    /// What becomes of a node of this kind that the platform does not know; `None` if it does.
    #[must_use]
    pub fn policy(&self, primitive: &Primitive) -> Option<UnknownNodePolicy> {
        (!self.semantics.unknown.knows(primitive)).then_some(self.semantics.unknown.policy)
    }

    /// The same with every layer in step with its input: for the spike counts of a platform whose
    /// weights each delay by a step, which are recorded shifted back by as much.
    pub fn prepare_aligned(
        &self,
        graph: &Graph,
        facts: &Facts,
        choices: &Choices,
    ) -> Result<Program, Vec<SemanticsError>> {
        let mut semantics = self.semantics(&self.settled(graph, facts, choices));
        semantics.maps.arrival = Timing::Same;
        semantics::prepare(graph, facts, &semantics)
    }

    /// The choices with what the platform decides by the look of the graph.
    #[must_use]
    pub fn settled(&self, graph: &Graph, facts: &Facts, choices: &Choices) -> Choices {
        let by_look = self.unbiased_reset.filter(|_| !has_recurrent_bias(graph, facts));
        Choices { reset: choices.reset.or(by_look), ..*choices }
    }
}

/// Whether a map inside a cycle has a bias.
fn has_recurrent_bias(graph: &Graph, facts: &Facts) -> bool {
    let cycles = facts.components().iter().filter(|component| component.recurrent);
    let members = cycles.flat_map(|component| &component.members);
    members
        .filter_map(|&leaf| facts.primitive(graph, leaf))
        .any(|primitive| matches!(primitive, Primitive::Affine(_)))
}
