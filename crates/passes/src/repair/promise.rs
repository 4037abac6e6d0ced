//! What is promised of a repair, held against the repair: two findings that can be mended each by itself can contradict each
//! other.

use std::collections::BTreeSet;

use nirkit_ir::{Code, Diagnostic, Document, Limits, Place};

use super::repair_surveyed;

/// What a finding is about, also when other edges are gone: its code, its place, and the names at the ends of its edge.
type About = (Code, Place, Option<(String, String)>);

/// Findings whose repair stands in the way of no other, and in whose way no other stands: a graph with no others is not
/// repaired to see it.
const BY_ITSELF: [Code; 4] =
    [Code::DefaultTaken, Code::DuplicateEdge, Code::NoInput, Code::NoOutput];

/// Takes back the promise of findings that are still there after a repair. `findings` are those of the document.
pub fn hold_promises(document: &Document, findings: &mut [Diagnostic], limits: &Limits) {
    let mut repairable = findings.iter().filter(|finding| finding.repairable);
    if repairable.all(|finding| BY_ITSELF.contains(&finding.code)) {
        return;
    }
    let mut mended = document.clone();
    let (_, survey) = repair_surveyed(&mut mended, limits);
    let left: BTreeSet<About> =
        survey.findings.iter().map(|finding| about(&mended, finding)).collect();
    for finding in findings.iter_mut().filter(|finding| finding.repairable) {
        if left.contains(&about(document, finding)) {
            finding.repairable = false;
            let help = "mend it by hand: what a repair would do here contradicts something else in the file";
            finding.help = Some(help.to_owned());
        }
    }
}

fn about(document: &Document, finding: &Diagnostic) -> About {
    let (place, code) = (&finding.place, finding.code);
    let level = document.graph().and_then(|graph| {
        place
            .nodes
            .iter()
            .try_fold(graph, |graph, name| graph.nodes.get(name)?.primitive.as_graph())
    });
    let is_edge = place.field.as_deref() == Some("edges");
    let edge = level.filter(|_| is_edge).and_then(|level| level.edges.get(*place.index.first()?));
    match edge {
        Some(edge) => {
            let ends = (edge.source.clone(), edge.target.clone());
            (code, Place { index: Vec::new(), ..place.clone() }, Some(ends))
        }
        None => (code, place.clone(), None),
    }
}
