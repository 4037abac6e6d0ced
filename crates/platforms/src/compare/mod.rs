//! Two runs of one graph side by side: how far apart their spikes are, where they part first, and
//! because of which choice.
//!
//! A variant is a semantics with a name: a platform, or the [`ideal`] on a grid. Both take the same
//! input in step, and are looked at after each step. [`mod@cause`] then switches the choices in which
//! the two semantics differ, one at a time, and sees which of them make the difference go away.

mod canonical;
pub mod cause;
mod choice;
mod ideal;
mod measure;
mod pair;
mod recorded;
mod word;

pub use cause::{Attribution, Cause, cause};
pub use choice::Choice;
pub use ideal::ideal;
pub use measure::{Difference, NodeDifference, cosine};
pub use pair::{First, compare_recordings};

use nirkit_engine::clocked::RunError;
use nirkit_engine::clocked::semantics::{Program, Semantics, SemanticsError, prepare};
use nirkit_ir::{Facts, Graph};
use nirkit_run::{Stimulus, interrupt};

use crate::profile::{Choices, Profile};

/// Something that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name, for the reader.
    pub title: String,
    /// How it computes.
    pub semantics: Semantics,
}

impl Variant {
    /// A platform under these choices.
    #[must_use]
    pub fn of(profile: &Profile, graph: &Graph, facts: &Facts, choices: &Choices) -> Self {
        let semantics = profile.semantics(&profile.settled(graph, facts, choices));
        Self { title: profile.title(), semantics }
    }
}

/// What is run.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// Its facts.
    pub facts: &'a Facts,
    /// What enters.
    pub stimulus: &'a Stimulus,
    /// How many steps are taken.
    pub steps: usize,
    /// Time constant of the van Rossum distance, in steps.
    pub memory: f64,
}

/// Why two runs could not be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// A semantics cannot run the graph.
    #[error("{title}: {}", list(errors))]
    Semantics {
        /// Name of the variant.
        title: String,
        /// What stands against it.
        errors: Vec<SemanticsError>,
    },
    /// The stimulus does not fit.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Who started the comparison does not want it any more.
    #[error("stopped")]
    Stopped,
}

fn list(errors: &[SemanticsError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Setup<'_> {
    /// How far apart two variants are.
    pub fn compare(&self, a: &Variant, b: &Variant) -> Result<Difference, CompareError> {
        pair::compare(self, &self.program(a)?, &self.program(b)?)
    }

    fn program(&self, variant: &Variant) -> Result<Program, CompareError> {
        // A search prepares and runs hundreds of variants.
        if interrupt::is_requested() {
            return Err(CompareError::Stopped);
        }
        prepare(self.graph, self.facts, &variant.semantics)
            .map_err(|errors| CompareError::Semantics { title: variant.title.clone(), errors })
    }
}
