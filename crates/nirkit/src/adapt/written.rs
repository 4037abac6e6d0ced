//! The document that is written: the adapted graph, and what its numbers mean.

use nirkit_ir::{Document, Value};
use nirkit_platforms::adapt::Adapted;

use super::REFERENCE;
use super::target::Case;

/// The document with the adapted graph, and what its numbers mean now; the one that came in if nothing was changed.
pub(super) fn written(
    original: &Document,
    seconds: &Document,
    adapted: &Adapted,
    case: &Case<'_>,
    like: &str,
) -> Document {
    if adapted.changes.is_empty() {
        return original.clone();
    }
    let mut document = seconds.clone();
    if let Some(graph) = document.graph_mut() {
        graph.clone_from(&adapted.graph);
    }
    let dt = case.target.dt().map_or(String::new(), |dt| format!(" dt={dt}"));
    let reset =
        case.reset_in(&adapted.graph).map_or(String::new(), |reset| format!(" reset={reset}"));
    let says = format!("{}{dt}{reset}", case.target.title());
    let metadata = &mut document.root.metadata;
    metadata.insert(REFERENCE.to_owned(), Value::from(says.as_str()));
    metadata.insert("nirkit.adapted_from".to_owned(), Value::from(like));
    if let Some(dt) = case.target.dt().filter(|_| metadata.contains_key("dt")) {
        metadata.insert("dt".to_owned(), Value::from(nirkit_numerics::Tensor::scalar(dt)));
    }
    document
}
