//! The platform that a graph is adapted for, with the choices under which it runs.

use nirkit_engine::clocked::semantics::{Program, Semantics, SemanticsError};
use nirkit_ir::open::Open;
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Shortest;
use nirkit_platforms::adapt::Goal;
use nirkit_platforms::chip::{Chip, ChipChoices};
use nirkit_platforms::{Choices as PlatformChoices, Platform, Profile};
use nirkit_run::Reset;

use crate::choices::Choices;
use crate::error::Error;
use crate::model::{Ledger, chip_choices, choices_of_chip, reset_of};
use crate::settle;

/// A platform under its choices.
pub(super) enum Target {
    Simulator(&'static Profile, PlatformChoices),
    Chip(&'static Chip, ChipChoices),
}

/// What is adapted.
pub(super) struct Case<'a> {
    pub(super) graph: &'a Graph,
    pub(super) facts: &'a Facts,
    pub(super) target: Target,
    pub(super) reference: Semantics,
}

impl Case<'_> {
    /// What is wanted.
    pub(super) fn goal(&self) -> Goal<'_> {
        match &self.target {
            Target::Simulator(profile, choices) => {
                Goal::simulator(profile, *choices, &self.reference)
            }
            Target::Chip(chip, choices) => Goal::chip(chip, choices, &self.reference),
        }
    }
}

impl Case<'_> {
    /// The reset that was settled, where the platform has a choice of it for a neuron of a graph.
    pub(super) fn reset_in(&self, graph: &Graph) -> Option<Reset> {
        fn has(graph: &Graph, kinds: &[&str]) -> bool {
            graph.nodes.iter().any(|(_, _, node)| match &node.primitive {
                Primitive::Graph(nested) => has(nested, kinds),
                primitive => kinds.contains(&primitive.kind()),
            })
        }
        match &self.target {
            Target::Simulator(profile, choices) => {
                choices.reset.filter(|_| has(graph, profile.free_reset))
            }
            Target::Chip(chip, choices) => choices.reset.filter(|_| chip.resets.len() > 1),
        }
    }
}

impl Target {
    /// Settles the choices of a platform.
    pub(super) fn of(
        platform: Platform,
        given: &Choices,
        (graph, facts, open): (&Graph, &Facts, &Open),
        ledger: &mut Ledger,
    ) -> Result<Self, Error> {
        match platform {
            Platform::Simulator(profile) => {
                Ok(Self::Simulator(profile, of_simulator(profile, given, open, ledger)?))
            }
            Platform::Chip(chip) => {
                let step = settle::known_step(given, open)?;
                let dt = step.as_ref().map(|step| step.value);
                ledger.push("platform", chip.title(), "given");
                match step {
                    Some(step) => {
                        ledger.take_time("dt", step);
                    }
                    None => ledger.push("dt", "none", "none: steps have no length"),
                }
                ledger.choices.push(reset_of(chip, given, open));
                ledger.choices.extend(choices_of_chip(chip, given));
                Ok(Self::Chip(chip, chip_choices(given, open, dt, graph, facts)?))
            }
        }
    }

    /// Name and version.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Simulator(profile, _) => profile.title(),
            Self::Chip(chip, _) => chip.title(),
        }
    }

    /// Name without the version.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Simulator(profile, _) => profile.name,
            Self::Chip(chip, _) => chip.name,
        }
    }

    /// The time step in seconds, if there is one.
    pub(super) fn dt(&self) -> Option<f64> {
        match self {
            Self::Simulator(_, choices) => choices.dt,
            Self::Chip(_, choices) => choices.dt,
        }
    }

    /// Whether maps see only that something arrives, and not how much.
    pub(super) fn sees_only_truth(&self) -> bool {
        match self {
            Self::Simulator(profile, choices) => profile.semantics(choices).maps.truth_only,
            // Spikes on a chip have no size.
            Self::Chip(..) => true,
        }
    }

    /// The program of a simulator; `None` for a chip, whose integers are made from the graph.
    pub(super) fn program(
        &self,
        graph: &Graph,
        facts: &Facts,
    ) -> Result<Option<Program>, Vec<SemanticsError>> {
        match self {
            Self::Simulator(profile, choices) => profile.prepare(graph, facts, choices).map(Some),
            Self::Chip(..) => Ok(None),
        }
    }
}

/// The choices under which the platform runs.
fn of_simulator(
    profile: &'static Profile,
    given: &Choices,
    open: &Open,
    ledger: &mut Ledger,
) -> Result<PlatformChoices, Error> {
    let step = settle::platform_step(profile, given, open)?;
    let dt = step.value.map_or("none".to_owned(), |dt| Shortest(dt).to_string());
    ledger.push("platform", profile.title(), "given");
    ledger.push("dt", dt, step.source);
    ledger.notes.extend(step.note);
    let asked = settle::asked_reset(given, open);
    if let Some(asked) = asked.as_ref().filter(|_| !profile.free_reset.is_empty()) {
        ledger.push("reset", asked.value, asked.source.clone());
    }
    let reset = asked.map(|asked| asked.value);
    Ok(PlatformChoices { dt: step.value, reset, ..PlatformChoices::default() })
}
