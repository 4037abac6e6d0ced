//! How a graph is walked, for those who want to know and not to run it.

use nirkit_ir::{Facts, Graph};

use super::super::values::{Later, Semantics};
use super::ending::Ending;
use super::{InputRef, walk};

/// What becomes of a connection under a semantics.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Full name of the source.
    pub source: String,
    /// Full name of the target.
    pub target: String,
    /// How the target sees a source that has its turn after it; `None` if it is seen in the same
    /// step.
    pub later: Option<Later>,
    /// Whether source and target are part of the same cycle.
    pub closes_cycle: bool,
}

/// How a graph is walked under a semantics.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Full names of the nodes that run, in the order of their turns.
    pub order: Vec<String>,
    /// The connections between them.
    pub connections: Vec<Connection>,
    /// Full names of nested graphs, each with the node whose output leaves it.
    pub outcomes: Vec<(String, String)>,
    /// Full names of the nodes whose outputs the executor returns; several are a tuple.
    pub results: Vec<String>,
    /// Full names of the Inputs that the stimulus fills.
    pub entries: Vec<String>,
    /// Full names of the nodes that are part of a recurrent layer, as the importer sees it.
    pub recurrent: Vec<String>,
    /// Full names of Threshold nodes that became part of the node before them.
    pub fused: Vec<String>,
    /// In how many ways the graph can run, where chance decides.
    pub ways: usize,
}

/// How a graph is walked under a semantics, or how the import ends without a run.
pub fn route(graph: &Graph, facts: &Facts, semantics: &Semantics) -> Result<Route, Ending> {
    let walked = walk(graph, facts, semantics)?;
    let name = |leaf: usize| facts.leaves()[leaf].name.clone();
    let connection = |target: usize, input_ref: &InputRef| Connection {
        source: name(input_ref.source),
        target: name(target),
        later: input_ref.later,
        closes_cycle: input_ref.closes_cycle,
    };
    let turns = || walked.turns.iter();
    Ok(Route {
        order: turns().map(|turn| name(turn.leaf)).collect(),
        connections: turns()
            .flat_map(|turn| {
                turn.input_refs.iter().map(move |input_ref| connection(turn.leaf, input_ref))
            })
            .collect(),
        outcomes: walked.outcomes.iter().map(|(nested, &at)| (nested.clone(), name(at))).collect(),
        results: walked.results.iter().map(|&leaf| name(leaf)).collect(),
        entries: walked.entries.iter().map(|&leaf| name(leaf)).collect(),
        recurrent: turns().filter(|turn| turn.recurrent).map(|turn| name(turn.leaf)).collect(),
        fused: turns().filter_map(|turn| turn.threshold.map(name)).collect(),
        ways: walked.ways,
    })
}
