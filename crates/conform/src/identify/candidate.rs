//! A candidate for what a black box computes, and what it would answer.

use nirkit::platforms::profile::{Choices, Profile};
use nirkit::{Observable, Request};
use nirkit_engine::clocked::semantics::{Program, Semantics, Time, prepare, record};

use super::probe::{Outcome, Probe, Put};

/// What a black box takes for the time step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    /// The one that it is given.
    Given,
    /// A number of seconds of its own.
    Fixed(f64),
    /// It knows steps only: a time constant is a number of them.
    Counted,
    /// Its own for each layer.
    PerLayer,
}

/// What a black box may compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) semantics: Semantics,
    pub(super) step: Step,
}

impl Candidate {
    /// What a platform of nirkit computes with a given time step.
    pub(super) fn of(profile: &Profile) -> Self {
        let semantics = profile.semantics(&Choices { dt: Some(1e-3), ..Choices::default() });
        let step = match profile.dt {
            nirkit::platforms::profile::Dt::Fixed(dt) => Step::Fixed(dt),
            _ => Step::Given,
        };
        Self { semantics, step }
    }

    /// The semantics for a time step.
    pub(super) fn with_step(&self, dt: f64) -> Semantics {
        let time = match self.step {
            Step::Given => Time::Step(dt),
            Step::Fixed(own) => Time::Step(own),
            Step::Counted => Time::Counted,
            Step::PerLayer => Time::PerLayer,
        };
        Semantics { time, ..self.semantics }
    }

    pub(super) fn program(&self, probe: &Probe) -> Option<Program> {
        prepare(probe.graph(), &probe.facts, &self.with_step(probe.dt)).ok()
    }

    /// What it answers.
    pub(super) fn outcome(&self, probe: &Probe) -> Outcome {
        self.put(probe).map_or(Outcome::Refused, Outcome::Put)
    }

    fn put(&self, probe: &Probe) -> Option<Put> {
        let program = self.program(probe)?;
        let known = program.requests();
        // Some programs join a Threshold with the integrator before it.
        let before = || {
            probe
                .graph()
                .edges
                .iter()
                .find(|edge| edge.target == probe.watched)
                .map(|edge| edge.source.clone())
        };
        let of = |node: &str| {
            [Observable::Spikes, Observable::Output, Observable::V]
                .into_iter()
                .map(|observable| Request { node: node.to_owned(), observable })
                .find(|request| known.contains(request))
        };
        let request = of(&probe.watched).or_else(|| of(&before()?))?;
        let recording =
            record(&program, &probe.stimulus, probe.steps, std::slice::from_ref(&request)).ok()?;
        recording.arrays.first()?.1.to_f64().map(|values| Put(values.into_owned()))
    }
}
