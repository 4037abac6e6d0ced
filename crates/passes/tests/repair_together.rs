//! Several faults in one graph: a repair does what is promised, in an order that destroys no evidence, and once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::text::{PrintOptions, parse, print};
use nirkit_ir::valid::validate_document;
use nirkit_ir::{Code, Diagnostic, Document, Limits, Severity};
use nirkit_passes::repair;
use nirkit_passes::repair::hold_promises;

const MATRIX: &str = "[[0, 0.1, 0.2, 0.3], [0.4, 0.5, 0.6, 0.7], [0.8, 0.9, 1, 1.1]]";
const TRANSPOSED: &str = "[[0, 0.4, 0.8], [0.1, 0.5, 0.9], [0.2, 0.6, 1], [0.3, 0.7, 1.1]]";

/// Nodes of a network with an Input of this shape, a matrix, neurons and an Output of this shape.
fn nodes(input: &str, weight: &str, neurons: &str, output: &str) -> String {
    let layer = if weight == MATRIX { "[3, 4]" } else { "[4, 3]" };
    let numbers = |value: &str| format!("f64{neurons} {value}");
    let lif = format!(
        "LIF {{ tau: {} r: {} v_leak: {} v_threshold: {} v_reset: {} }}",
        numbers("0.01"),
        numbers("1"),
        numbers("0"),
        numbers("1"),
        numbers("0")
    );
    let port = |kind: &str, shape: &str| {
        if shape.is_empty() {
            return String::new();
        }
        let axes = shape.split(',').count();
        format!("  {} = {kind} {{ shape: i64[{axes}] {shape} }}\n", &kind[..1].to_lowercase())
    };
    let fc = format!("  fc = Affine {{ weight: f64{layer} {weight} bias: f64[3] 0 }}\n");
    [port("Input", input), fc, format!("  l = {lif}\n"), port("Output", output)].concat()
}

fn document(body: &str) -> Document {
    parse(&format!("nirt 1\nversion \"1.0.8\"\n\ngraph {{\n{body}}}\n"), &()).unwrap()
}

/// What `check` says.
fn check(document: &Document) -> Vec<Diagnostic> {
    let mut found = validate_document(document).findings;
    hold_promises(document, &mut found, &Limits::default());
    found
}

/// Repairs, and holds what is promised of any repair; the codes of the changes, what is left, and the text.
fn mended(body: &str) -> (Vec<Code>, Vec<Code>, String) {
    let mut document = document(body);
    let promised: Vec<(Code, String)> = check(&document)
        .into_iter()
        .filter(|finding| finding.repairable)
        .map(|finding| (finding.code, finding.place.to_string()))
        .collect();
    let changes = repair(&mut document);
    assert_eq!(repair(&mut document.clone()), [], "a second repair finds something: {body}");
    let left = check(&document);
    for finding in &left {
        assert!(!finding.repairable, "{finding} is left of {changes:?}");
        let same = (finding.code, finding.place.to_string());
        assert!(!promised.contains(&same), "{finding} was promised: {changes:?}");
    }
    let codes = changes.iter().map(|change| change.code).collect();
    let serious = left.iter().filter(|finding| finding.severity > Severity::Note);
    let serious = serious.map(|finding| finding.code).collect();
    let options = PrintOptions { units: false, ..PrintOptions::complete() };
    (codes, serious, print(&document, &options).text)
}

/// A network that stands in a graph of its own, with ports of these shapes around it.
fn nested(input: &str, inner: &str, output: &str) -> String {
    let inner = inner.replace("\n  ", "\n    ");
    let axes = |shape: &str| shape.split(',').count();
    format!(
        "  I0 = Input {{ shape: i64[{}] {input} }}\n  blk = graph {{\n  {inner}  }}\n  \
         O0 = Output {{ shape: i64[{}] {output} }}\n  I0 -> blk -> O0\n",
        axes(input),
        axes(output)
    )
}

#[test]
fn a_batch_axis_of_a_nested_graph_and_of_the_graph_around_it_goes() {
    let inner = nodes("[1, 4]", MATRIX, "[3]", "[3]") + "  i -> fc -> l -> o\n";
    let (codes, left, text) = mended(&nested("[1, 4]", &inner, "[3]"));
    assert!(!codes.is_empty() && left.is_empty(), "{codes:?} {left:?}\n{text}");
    assert!(!text.contains("[1, 4]"), "{text}");
}

#[test]
fn a_batch_axis_everywhere_goes_in_one_repair() {
    let inner = nodes("[1, 4]", MATRIX, "[1, 3]", "[1, 3]") + "  i -> fc -> l -> o\n";
    let (_, left, text) = mended(&nested("[1, 4]", &inner, "[1, 3]"));
    assert_eq!(left, [], "{text}");
    assert!(!text.contains("[1, 4]") && !text.contains("shape: i64[2]"), "{text}");
}

#[test]
fn the_shape_of_an_output_stays_as_evidence_until_the_weights_are_mended() {
    let edges = "  i -> fc\n  fc -> lx\n  l -> o\n";
    let (codes, left, text) = mended(&(nodes("[4]", TRANSPOSED, "[3]", "[1, 3]") + edges));
    assert_eq!(codes, [Code::DanglingEdge, Code::TransposedWeight, Code::UnitAxes], "{text}");
    assert_eq!(left, [], "{text}");
    assert!(text.contains("o = Output { shape: i64[1] [3] }"), "{text}");
}

#[test]
fn a_matrix_is_transposed_before_an_input_is_added_and_an_output_is_shaped() {
    let edges = "  fc -> l -> o\n";
    let (codes, left, text) = mended(&(nodes("", TRANSPOSED, "[3]", "[1, 3]") + edges));
    assert_eq!(codes, [Code::TransposedWeight, Code::NoInput, Code::UnitAxes], "{text}");
    assert_eq!(left, [], "{text}");
    assert!(text.contains("input_fc = Input { shape: i64[1] [4] }"), "{text}");
}

#[test]
fn the_shape_of_an_output_stays_while_an_error_before_it_is_open() {
    let body = nodes("[5]", MATRIX, "[3]", "[7]") + "  i -> fc -> l -> o\n";
    let found = check(&document(&body));
    let shape = found.iter().find(|finding| finding.code == Code::DeclaredShape).unwrap();
    assert!(!shape.repairable, "{found:?}");
    let (codes, _, text) = mended(&body);
    assert!(
        codes.is_empty() && text.contains("o = Output { shape: i64[1] [7] }"),
        "{codes:?} {text}"
    );
}

#[test]
fn a_name_is_not_guessed_where_that_closes_a_cycle() {
    let net = nodes("[4]", MATRIX, "[3]", "[3]") + "  i -> fc -> l -> o\n";
    for edge in ["l -> l1", "l -> fc2"] {
        let body = format!("{net}  {edge}\n");
        let found = check(&document(&body));
        let dangling = found.iter().find(|finding| finding.code == Code::DanglingEdge).unwrap();
        let help = dangling.help.as_deref().unwrap();
        assert!(!dangling.repairable && help.contains("close a cycle"), "{edge}: {help}");
        let (codes, left, text) = mended(&body);
        assert_eq!((codes, left), (vec![], vec![Code::DanglingEdge]), "{text}");
        assert!(text.contains(&format!("{edge}\n")), "{text}");
    }
}

#[test]
fn a_cycle_that_the_file_has_is_mended_with_the_name_of_its_node() {
    let body = nodes("[4]", MATRIX, "[3]", "[3]").replace("  l = ", "  l1 = ")
        + "  rec = Linear { weight: f64[3, 3] 0.1 }\n  i -> fc -> l -> o\n  l -> rec -> l\n";
    let (codes, left, text) = mended(&body);
    assert_eq!((codes, left), (vec![Code::DanglingEdge; 4], vec![]), "{text}");
    assert!(text.contains("rec -> l1"), "{text}");
}

#[test]
fn an_output_is_added_although_an_edge_names_no_node() {
    let body = nodes("[4]", MATRIX, "[3]", "") + "  i -> fc -> l\n  l -> l1\n";
    let (codes, left, text) = mended(&body);
    assert_eq!((codes, left), (vec![Code::NoOutput], vec![Code::DanglingEdge]), "{text}");
    assert!(text.contains("l -> output_l"), "{text}");
}

#[test]
fn no_input_is_led_straight_to_an_output_and_no_edge_is_guessed_twice() {
    let body = nodes("", MATRIX, "[3]", "[3]") + "  fc -> l\n  fc -> lx\n";
    let (_, _, text) = mended(&body);
    assert!(text.contains("input_fc -> fc") && !text.contains("input_o"), "{text}");
    assert!(!text.contains("lx"), "{text}");
}
