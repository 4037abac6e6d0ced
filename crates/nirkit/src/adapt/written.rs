//! The document that is written: the adapted graph, and what its numbers mean.

use nirkit_ir::{Document, Value};
use nirkit_platforms::Platform;
use nirkit_platforms::adapt::{Adapted, Level};

use super::REFERENCE;
use super::target::Case;
use crate::model::platform;

/// The document with the adapted graph, and what its numbers mean now; the one that came in if the platform is the reference, or cannot
/// be like it without a change.
pub(super) fn written(
    original: &Document,
    seconds: &Document,
    adapted: &Adapted,
    case: &Case<'_>,
    like: &str,
) -> Document {
    let title = case.target.title();
    let is_unchanged = adapted.changes.is_empty();
    let is_itself = || match platform(like) {
        Ok(Platform::Simulator(profile)) => profile.title() == title,
        Ok(Platform::Chip(chip)) => chip.title() == title,
        Err(_) => false,
    };
    if is_unchanged && (adapted.level() == Level::Impossible || is_itself()) {
        return original.clone();
    }
    // A graph without a change may mean something else from now on: what the platform computes with it.
    let mut document = if is_unchanged { original.clone() } else { seconds.clone() };
    if let Some(graph) = document.graph_mut().filter(|_| !is_unchanged) {
        graph.clone_from(&adapted.graph);
    }
    let dt = case.target.dt().map_or(String::new(), |dt| format!(" dt={dt}"));
    let reset =
        case.reset_in(&adapted.graph).map_or(String::new(), |reset| format!(" reset={reset}"));
    let says = format!("{title}{dt}{reset}");
    let metadata = &mut document.root.metadata;
    metadata.insert(REFERENCE.to_owned(), Value::from(says.as_str()));
    metadata.insert("nirkit.adapted_from".to_owned(), Value::from(like));
    if let Some(dt) = case.target.dt().filter(|_| metadata.contains_key("dt")) {
        metadata.insert("dt".to_owned(), Value::from(nirkit_numerics::Tensor::scalar(dt)));
    }
    document
}
