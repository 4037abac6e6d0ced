//! Mends edges: many findings about the edges of a graph, in one pass over its list.

use nirkit_ir::{Diagnostic, Document, Edge, Graph};

/// What becomes of an edge, and what is said about it.
pub(super) enum EdgeRepair {
    /// It has other ends.
    Replace(Edge, String),
    /// Nothing.
    Keep,
    /// It is taken out.
    Remove(String),
}

/// Decides on the edge of each finding, graph by graph, and changes the lists of edges at once.
/// `decide` looks at a graph before anything in it is changed.
pub(super) fn mend(
    document: &mut Document,
    findings: &[&Diagnostic],
    decide: impl Fn(&Graph, &[&Edge]) -> Vec<EdgeRepair>,
) -> Vec<Option<String>> {
    let mut told = Vec::with_capacity(findings.len());
    for level in findings.chunk_by(|a, b| a.place.nodes == b.place.nodes) {
        let nodes = level.first().map_or(&[][..], |finding| &finding.place.nodes);
        let graph = document.graph_mut().and_then(|graph| graph.descend_mut(nodes));
        told.extend(match graph {
            Some(graph) => mend_level(graph, level, &decide),
            None => vec![None; level.len()],
        });
    }
    told
}

fn mend_level(
    graph: &mut Graph,
    findings: &[&Diagnostic],
    decide: impl Fn(&Graph, &[&Edge]) -> Vec<EdgeRepair>,
) -> Vec<Option<String>> {
    let position = |finding: &&Diagnostic| {
        finding.place.index.first().copied().filter(|&position| position < graph.edges.len())
    };
    let positions: Vec<Option<usize>> = findings.iter().map(position).collect();
    let edges: Vec<&Edge> = positions.iter().flatten().map(|&at| &graph.edges[at]).collect();
    let mut fates = decide(graph, &edges).into_iter();
    let mut leaves = vec![false; graph.edges.len()];
    let told = positions
        .into_iter()
        .map(|position| {
            let (position, fate) = (position?, fates.next()?);
            Some(match fate {
                EdgeRepair::Keep => return None,
                EdgeRepair::Replace(edge, told) => {
                    graph.edges[position] = edge;
                    told
                }
                EdgeRepair::Remove(told) => {
                    leaves[position] = true;
                    told
                }
            })
        })
        .collect();
    let mut leaves = leaves.into_iter();
    graph.edges.retain(|_| !leaves.next().unwrap_or(false));
    told
}
