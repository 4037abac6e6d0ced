//! What becomes of a graph on a platform, as data.

use nirkit_engine::clocked::semantics::When;
use nirkit_ir::{Code, Diagnostic};

/// What a platform does with a node, in ascending order of what is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// What the graph says, up to the grid.
    Fine,
    /// Something that the file leaves open is taken from the platform.
    Assumed,
    /// A number or an edge is taken for something else.
    Reinterpreted,
    /// A parameter is not read, and it would have mattered.
    Ignored,
    /// The node does not run.
    Dropped,
    /// What becomes of the node differs from process to process.
    Chance,
    /// The platform stops.
    Refused,
}

impl Verdict {
    /// A word for it, as reports show it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Assumed => "assumed",
            Self::Reinterpreted => "reinterpreted",
            Self::Ignored => "ignored",
            Self::Dropped => "dropped",
            Self::Chance => "chance",
            Self::Refused => "refused",
        }
    }
}

/// One thing that a platform does with a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it does.
    pub verdict: Verdict,
    /// When the platform stops by it; `None` if it does not.
    pub ends: Option<When>,
    /// Whether something is lost by it that the file says.
    pub matters: bool,
    /// Where and why, in numbers.
    pub diagnostic: Diagnostic,
}

/// A node and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeReport {
    /// Full name of the node.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What the platform turns it into; empty for nodes that it does not know.
    pub becomes: &'static str,
    /// The worst that happens to it.
    pub verdict: Verdict,
}

/// How a platform ends with a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It runs the graph.
    Runs,
    /// It runs the graph, or a part of it, as chance decides.
    DependsOnChance,
    /// It takes the graph, and the first step raises an error.
    RaisesAtFirstStep,
    /// The import raises an error.
    RaisesAtImport,
    /// The import goes on for ever.
    NeverEnds,
    /// The graph has errors with which nobody knows what the platform does.
    Untold,
}

impl Outcome {
    /// The outcome in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::DependsOnChance => "depends on chance",
            Self::RaisesAtFirstStep => "raises at the first step",
            Self::RaisesAtImport => "raises at import",
            Self::NeverEnds => "never ends",
            Self::Untold => "no verdict",
        }
    }
}

/// What becomes of a graph on a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Name and version of the platform.
    pub platform: String,
    /// Every node, in ascending order of the full names.
    pub nodes: Vec<NodeReport>,
    /// Everything that there is to say; refusals first.
    pub findings: Vec<Finding>,
    /// Why there is no verdict, if there is none.
    pub no_verdict: Option<String>,
}

impl Report {
    /// The report that there is no verdict for this reason.
    #[must_use]
    pub fn without_verdict(platform: String, reason: String) -> Self {
        Self { platform, nodes: Vec::new(), findings: Vec::new(), no_verdict: Some(reason) }
    }

    /// Whether the platform stops, so that there is no run.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.refusals().next().is_some()
    }

    /// The findings by which the platform stops: not those that the recorded copy was cured of, and
    /// not what a chip has no room for.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| {
            finding.verdict == Verdict::Refused
                && !matches!(finding.diagnostic.code, Code::Mended | Code::DoesNotFit)
        })
    }

    /// How the platform ends with the graph.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.no_verdict.is_some() {
            return Outcome::Untold;
        }
        let when = self.refusals().map(|finding| finding.ends.unwrap_or(When::Import)).min();
        let is_chance = || self.findings.iter().any(|found| found.verdict == Verdict::Chance);
        match when {
            Some(When::Import) => Outcome::RaisesAtImport,
            Some(When::Never) => Outcome::NeverEnds,
            Some(When::FirstStep) => Outcome::RaisesAtFirstStep,
            None if is_chance() => Outcome::DependsOnChance,
            None => Outcome::Runs,
        }
    }

    /// Whether a chip has room for the graph.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.findings.iter().all(|finding| finding.diagnostic.code != Code::DoesNotFit)
    }

    /// Whether the platform stops, or loses something that the file says.
    #[must_use]
    pub fn loses(&self) -> bool {
        self.findings.iter().any(|finding| finding.matters)
    }

    /// The findings without their verdicts.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.findings.iter().map(|finding| finding.diagnostic.clone()).collect()
    }
}
