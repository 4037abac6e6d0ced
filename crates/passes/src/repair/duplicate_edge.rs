//! Keeps one of several equal edges.

use nirkit_ir::{Diagnostic, Document};

use super::edges::{self, EdgeRepair};

pub(super) fn mend(document: &mut Document, findings: &[&Diagnostic]) -> Vec<Option<String>> {
    edges::mend(document, findings, |_, edges| {
        let told = edges.iter().map(|edge| {
            let (source, target) = (&edge.source, &edge.target);
            EdgeRepair::Remove(format!("took out the second edge `{source}` -> `{target}`"))
        });
        told.collect()
    })
}
