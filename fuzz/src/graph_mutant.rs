//! Networks, edited until most of them are unsound: check, repair and everything else that takes any
//! document end in order, and agree with each other.

use nirkit::io::Limits;
use nirkit::io::nir::{WriteOptions, read_bytes, to_bytes};
use nirkit::ir::text::{PrintOptions, parse, print};
use nirkit::ir::valid::validate_document_within;
use nirkit::ir::{Document, diff, open};
use nirkit::passes::repair::repair_within;
use nirkit_platforms::{Choices, check, lenient, simulator};

use super::{edit_graph, verbs};
use nirkit_testing::{Bytes, recipe};

/// What a graph may ask for; the limits of the product are far above.
pub(crate) const LIMITS: Limits = Limits {
    layer_elements: 1 << 13,
    graph_elements: 1 << 16,
    layer_products: 1 << 21,
    recording_bytes: 1 << 24,
    spikes: 8_000,
    ..Limits::NONE
};

/// Edits a network and does everything that a document needs not be sound for.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let mut document = Document::of_graph(recipe::network(&mut bytes));
    if let Some(graph) = document.graph_mut() {
        edit_graph::edit(&mut bytes, graph);
    }
    copies(&document);
    let platform = bytes.pick(&simulator::ALL.concat());
    let opened = open::open(&document);
    let _ = open::findings(&opened);
    if let Some(graph) = document.graph()
        && let Some(seen) = lenient::seen(graph, &LIMITS)
    {
        let _ = check(platform, &seen.graph, &seen.facts, &Choices::default());
        verbs::run_on(platform, &seen.graph, &seen.facts);
    }
    mend(document);
}

/// A document is the same after it was written and read again.
fn copies(document: &Document) {
    let printed = print(document, &PrintOptions::default());
    let again = parse(&printed.text, &printed.tensors).expect("what was printed can be read");
    assert_eq!(again, *document);
    assert_eq!(diff::diff(document, &again, 0.0), []);
    // Some names cannot be written.
    let Ok(bytes) = to_bytes(document, &WriteOptions::default()) else { return };
    let again = read_bytes(bytes, &Limits::NONE).expect("what was written can be read");
    let printed = print(&again, &PrintOptions::default()).text;
    let _ = (printed, diff::diff(document, &again, 0.0));
}

/// What is repaired needs no repair, and has nothing that would need it.
fn mend(mut document: Document) {
    let before = validate_document_within(&document, &LIMITS);
    let changes = repair_within(&mut document, &LIMITS);
    let after = validate_document_within(&document, &LIMITS);
    assert!(before.facts.is_none() || after.facts.is_some(), "{changes:?} {:?}", after.findings);
    assert_eq!(repair_within(&mut document, &LIMITS), [], "after {changes:?}");
}
